import { ANONYMOUS, type Confinement, type Role } from "../../../core/actor.ts";
import { type Clock, instant, later, MINUTE } from "../../../core/clock.ts";
import { AppError, forbidden, invalidRequest } from "../../../core/error.ts";
import type { Rate, RateLedger } from "../../../core/rate.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import type { ApiKeys } from "../api-keys.ts";
import { assetAt } from "../key-restriction-read-model.ts";
import type { OneTimeTokens } from "../one-time-tokens.ts";
import { findUser } from "../repository.ts";
import { badJobToken, type IdTokens, type VerifiedIdToken } from "./id-tokens.ts";
import { publisherActor } from "./publisher-rights.ts";
import * as repository from "./repository.ts";
import { claimText, matches, provenanceOf } from "./trusted-publisher.ts";

export const PUBLISH_KEY_MS = 15 * MINUTE;
/** Runners of one company often share an address. */
const EXCHANGES: Rate = { limit: 60, windowMs: MINUTE };

export interface Exchange {
  token: string;
  /** Tells which of several publishers that trust the same job is meant. */
  namespace?: string;
  slug?: string;
  /** The network that the job asks from, as exchanges are counted. */
  address: string;
}

export interface Exchanged {
  secret: string;
  /** Seconds. */
  expiresIn: number;
  namespace: string;
  slug: string;
}

export interface ExchangeDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  rates: RateLedger;
  limitRates: boolean;
  apiKeys: ApiKeys;
  oneTime: OneTimeTokens;
  idTokens: IdTokens;
  /** Roles that count only with a second factor. */
  needTwoFactor: readonly Role[];
}

/**
 * A CI job's token becomes a key that may publish one asset for 15 minutes. Each token works once. Throws INVALID_TOKEN,
 * FORBIDDEN when nobody trusts the job, and INVALID_REQUEST when it is trusted with several assets and names none.
 */
export async function exchangeToken(deps: ExchangeDeps, exchange: Exchange): Promise<Exchanged> {
  await limit(deps, exchange.address);
  const verified = await deps.idTokens.verify(exchange.token);
  const outcome = await deps.database.write(async (tx) => {
    const publisher = await trustedPublisher(tx, deps, verified, exchange);
    if (publisher instanceof AppError) return publisher;
    // Last: a token that did not fit may still be used with the right asset named.
    if (!(await deps.oneTime.remember(tx, `${verified.issuer} ${verified.tokenId}`, verified.rememberUntil)))
      return badJobToken("The job's token was used already. Ask for a new one: each works once.");
    return issueKey(tx, deps, verified, publisher);
  });
  if (!(outcome instanceof AppError)) return outcome;
  await deps.audit.record({
    action: "trusted-publisher.exchanged",
    outcome: "denied",
    actor: ANONYMOUS,
    subject: { type: "issuer", id: null, name: verified.issuer },
    details: { code: outcome.code },
    personal: { claims: describe(verified) },
  });
  throw outcome;
}

async function limit({ rates, limitRates }: ExchangeDeps, address: string): Promise<void> {
  if (!limitRates) return;
  const decision = await rates.take(`trusted-publishing ${address}`, EXCHANGES);
  if (decision.allowed) return;
  const seconds = Math.max(1, Math.ceil(decision.retryMs / 1000));
  throw new AppError("RATE_LIMIT_EXCEEDED", `Too many exchanges from this address: try again in ${seconds} s.`, {
    details: { retry_after: seconds },
    headers: { "Retry-After": String(seconds) },
  });
}

const describe = ({ claims }: VerifiedIdToken): string =>
  ["repository", "project_path", "sub"].map((name) => claimText(claims, name)).find((text) => text !== null) ?? "";

type Found = repository.NamedPublisher & { target: Confinement };

async function trustedPublisher(
  tx: Queries,
  { needTwoFactor }: ExchangeDeps,
  verified: VerifiedIdToken,
  { namespace, slug }: Exchange,
): Promise<Found | AppError> {
  const { issuer, claims } = verified;
  const trusting = await repository.publishersTrusting(tx, issuer, { namespace, slug });
  const fitting = trusting.filter((publisher) => matches(publisher.claims, claims));
  const living: Found[] = [];
  for (const publisher of fitting) {
    const asset = await assetAt(tx, publisher.namespaceId, publisher.slug);
    const target: Confinement = asset
      ? { namespaceIds: [], assetIds: [asset.id], slug: null }
      : { namespaceIds: [], assetIds: [], slug: { namespaceId: publisher.namespaceId, slug: publisher.slug } };
    const user = await findUser(tx, { id: publisher.createdBy });
    if (user?.status === "active" && (await publisherActor(tx, user, target, { needTwoFactor })))
      living.push({ ...publisher, target });
  }
  const [first] = living;
  if (!first)
    return fitting.length > 0
      ? forbidden("Whoever registered this trusted publisher may not publish there any more. Register it anew.")
      : forbidden(`No trusted publisher fits this job (${describe(verified)}). Compare its claims.`);
  const refs = [...new Set(living.map((one) => `${one.namespace}/${one.slug}`))];
  if (refs.length > 1)
    return invalidRequest(`This job may publish ${refs.slice(0, 10).join(", ")}: say which with namespace and slug.`);
  return first;
}

async function issueKey(
  tx: Queries,
  deps: ExchangeDeps,
  { issuer, claims }: VerifiedIdToken,
  publisher: Found,
): Promise<Exchanged> {
  const now = deps.clock.now();
  const provenance = provenanceOf(issuer, claims, publisher.claims);
  const ref = `${publisher.namespace}/${publisher.slug}`;
  const { key, secret } = await deps.apiKeys.createFor(tx, {
    userId: publisher.createdBy,
    name: `Trusted publisher of ${ref}`.slice(0, 100),
    kind: "trusted-publisher",
    scopes: ["publish"],
    confinement: publisher.target,
    provenance,
    expiresAt: later(now, PUBLISH_KEY_MS),
  });
  await repository.touchPublisher(tx, publisher.id, instant(now));
  await deps.audit.append(tx, {
    action: "trusted-publisher.exchanged",
    outcome: "success",
    actor: ANONYMOUS,
    subject: { type: "trusted-publisher", id: publisher.id, name: ref },
    details: { key: key.id, ...provenance },
  });
  const { namespace, slug } = publisher;
  return { secret, expiresIn: PUBLISH_KEY_MS / 1000, namespace, slug };
}
