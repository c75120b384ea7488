import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { type Clock, HOUR, MINUTE } from "../../../core/clock.ts";
import type { GuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";

const MAX_AGE = HOUR;
const MAX_KEYS = 100;
/** Fetches a minute that unknown key ids may cause. */
const REFETCHES = 10;

/**
 * The signing keys of a provider, kept for an hour. A key id that is not among them makes the set be fetched anew (the
 * provider rotated its keys), at most ten times a minute.
 */
export function createProviderKeys(deps: { uri: string; fetch: GuardedFetch; clock: Clock }): JWTVerifyGetKey {
  let known: { keys: ReturnType<typeof createLocalJWKSet>; at: number } | null = null;
  let refetched: number[] = [];
  const now = () => deps.clock.now().getTime();
  const load = async () => {
    known = { keys: createLocalJWKSet(await fetchKeys(deps.uri, deps.fetch)), at: now() };
    return known;
  };
  const mayRefetch = (): boolean => {
    refetched = refetched.filter((at) => Math.abs(now() - at) < MINUTE);
    return refetched.length < REFETCHES && refetched.push(now()) > 0;
  };
  return async (header, token) => {
    const fresh = known !== null && Math.abs(now() - known.at) < MAX_AGE ? known : await load();
    try {
      return await fresh.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayRefetch()) throw error;
      return (await load()).keys(header, token);
    }
  };
}

async function fetchKeys(uri: string, fetch: GuardedFetch): Promise<JSONWebKeySet> {
  const response = await fetch(uri, { headers: { Accept: "application/jwk-set+json, application/json" } });
  if (response.status !== 200) throw new Error(`the keys were answered with status ${response.status}`);
  const set = (await response.json()) as JSONWebKeySet;
  if (!Array.isArray(set?.keys) || set.keys.length > MAX_KEYS)
    throw new Error("the keys are not a JWK set of usable size");
  return set;
}
