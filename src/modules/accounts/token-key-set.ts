import type { JWK } from "jose";
import { type Clock, type Instant, instant, SECOND } from "../../core/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { secretPlace } from "./instance-secrets.ts";
import * as secrets from "./repository.ts";
import { makeTokenKey, readTokenKey, type TokenKey } from "./token-key.ts";
import * as repository from "./token-key-repository.ts";
import type { TokenKeyRow } from "./token-key-repository.ts";

/** The keys of access tokens as this process knows them; other processes' changes are seen within REFRESH_MS. */
export interface TokenKeySet {
  /** The key to sign with now. The first one is made here, by the first process that asks. */
  current(): Promise<TokenKey>;
  /** The key of that id, if it is one of ours. */
  find(kid: string): Promise<TokenKey | null>;
  published(): Promise<JWK[]>;
  /** Look again before the next answer. */
  forget(): void;
}

export interface TokenKeySetDeps {
  database: Database;
  clock: Clock;
  sealer: Sealer;
}

/** Whoever changes the set holds this name. */
export const TOKEN_KEYS_LOCK = "accounts.token-keys";

const REFRESH_MS = 10 * SECOND;
/** Tokens with made-up key ids make a process look at most this often. */
const UNKNOWN_MS = SECOND;
/** Where the only key was kept before keys were rotated. */
const FORMER_SECRET = "access-token-key";

interface Known {
  rows: TokenKeyRow[];
  keys: Map<string, TokenKey>;
  at: number;
}

export function createTokenKeySet(deps: TokenKeySetDeps): TokenKeySet {
  const { database, clock, sealer } = deps;
  let known: Known | null = null;
  let loading: Promise<Known> | null = null;

  async function load(): Promise<Known> {
    let rows = await repository.listTokenKeys(database.read);
    if (rows.length === 0) {
      await makeFirst(deps);
      rows = await repository.listTokenKeys(database.read);
    }
    const keys = new Map<string, TokenKey>();
    for (const { id, privateJwk } of rows)
      keys.set(id, known?.keys.get(id) ?? (await readTokenKey(sealer.open(privateJwk, keyPlace(id)))));
    return { rows, keys, at: clock.now().getTime() };
  }
  /** Clocks may go backwards, too. */
  const isFresh = (of: Known, ms: number) => Math.abs(clock.now().getTime() - of.at) < ms;
  async function look(maxAgeMs: number): Promise<Known> {
    if (known && isFresh(known, maxAgeMs)) return known;
    loading ??= load()
      .then((loaded) => {
        known = loaded;
        return loaded;
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  }
  return {
    async current() {
      const { rows, keys } = await look(REFRESH_MS);
      const signing = signingRow(rows, instant(clock.now()));
      const key = signing && keys.get(signing.id);
      if (!key) throw new Error("no key of access tokens signs: token_keys has none that is not retired");
      return key;
    },
    find: async (kid) => (await look(REFRESH_MS)).keys.get(kid) ?? (await look(UNKNOWN_MS)).keys.get(kid) ?? null,
    published: async () => [...(await look(REFRESH_MS)).keys.values()].map(({ publicJwk }) => publicJwk),
    forget() {
      known = null;
    },
  };
}

/** The one that signs now: of those that are not retired the one that will be next. */
export function signingRow(rows: readonly TokenKeyRow[], now: Instant): TokenKeyRow | undefined {
  const retiring = rows.filter(({ retiredAt }) => retiredAt !== null && retiredAt > now);
  const next = retiring.reduce<TokenKeyRow | undefined>(
    (first, row) => (first?.retiredAt && row.retiredAt && first.retiredAt <= row.retiredAt ? first : row),
    undefined,
  );
  return next ?? newestRow(rows);
}

/** The one that is not to retire yet. */
export const newestRow = (rows: readonly TokenKeyRow[]): TokenKeyRow | undefined =>
  rows.findLast(({ retiredAt }) => retiredAt === null);

/** A private key as it is stored. */
export async function toTokenKeyRow(privateJwk: string, deps: TokenKeySetDeps): Promise<TokenKeyRow> {
  const { kid, publicJwk } = await readTokenKey(privateJwk);
  return {
    id: kid,
    publicJwk: JSON.stringify(publicJwk),
    privateJwk: deps.sealer.seal(privateJwk, keyPlace(kid)),
    createdAt: instant(deps.clock.now()),
    retiredAt: null,
  };
}

/** Of many processes that start together one succeeds. */
async function makeFirst(deps: TokenKeySetDeps): Promise<void> {
  const former = await secrets.findSecret(deps.database.read, FORMER_SECRET);
  const privateJwk = former === null ? await makeTokenKey() : deps.sealer.open(former, secretPlace(FORMER_SECRET));
  const row = await toTokenKeyRow(privateJwk, deps);
  await deps.database.exclusively(TOKEN_KEYS_LOCK, async (tx) => {
    if ((await repository.listTokenKeys(tx)).length > 0) return;
    await repository.addTokenKey(tx, row);
    await secrets.deleteSecret(tx, FORMER_SECRET);
  });
}

const keyPlace = (id: string): string => `token_keys:${id}`;
