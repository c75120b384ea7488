import { type Clock, instant, later } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import * as repository from "./one-time-token-repository.ts";
import { hashSecret, randomSecret } from "./random.ts";

/** What a secret that works once is for; one of another purpose does not do. */
export type OneTimePurpose =
  | "email-verification"
  | "email-change"
  | "email-undo"
  | "password-reset"
  | "second-factor"
  | "passkey-registration"
  | "passkey-sign-in"
  | "sign-on-state"
  | "sign-on-link"
  | "token-id";

export interface OneTimeToken<P> {
  userId: Id | null;
  payload: P;
}

/** Secrets that work once, also when a crowd tries at the same time; the payload is kept sealed. */
export interface OneTimeTokens {
  /** Answers the secret (256 bits, URL-safe), which is stored as its hash alone. */
  issue<P>(
    tx: Queries,
    token: { purpose: OneTimePurpose; userId: Id | null; payload: P; lifetimeMs: number },
  ): Promise<string>;
  /** What it is for, without using it up; null when it is unknown, used, expired or of another purpose. */
  peek<P>(q: Queries, purpose: OneTimePurpose, secret: string): Promise<OneTimeToken<P> | null>;
  /** The same, and it never works again: of many at once exactly one gets it. */
  take<P>(tx: Queries, purpose: OneTimePurpose, secret: string): Promise<OneTimeToken<P> | null>;
  /** Counts a wrong try against a token that stays usable; answers the tries so far. After `most` it is used up. */
  fail(tx: Queries, purpose: OneTimePurpose, secret: string, most: number): Promise<number>;
  /** Ends all of a purpose that a person has, so that only the newest works. */
  forget(tx: Queries, purpose: OneTimePurpose, userId: Id): Promise<void>;
  /** Remembers an id that somebody else made (a JWT's `jti`); false when it was seen before. Keep it beyond its expiry plus leeway. */
  remember(tx: Queries, id: string, untilMs: number): Promise<boolean>;
}

export function createOneTimeTokens({ clock, sealer }: { clock: Clock; sealer: Sealer }): OneTimeTokens {
  const now = () => instant(clock.now());
  const place = (id: string) => `one_time_tokens:${id}`;
  const opened = <P>(row: repository.OneTimeRow | null): OneTimeToken<P> | null =>
    row && { userId: row.userId, payload: JSON.parse(sealer.open(row.payload, place(row.id))) as P };
  return {
    async issue(tx, { purpose, userId, payload, lifetimeMs }) {
      const secret = randomSecret();
      const id = hashSecret(secret);
      await repository.addOneTimeToken(tx, {
        id,
        purpose,
        userId,
        payload: sealer.seal(JSON.stringify(payload), place(id)),
        createdAt: now(),
        expiresAt: later(clock.now(), lifetimeMs),
      });
      return secret;
    },
    peek: async (q, purpose, secret) =>
      opened(await repository.findOneTimeToken(q, purpose, hashSecret(secret), now())),
    take: async (tx, purpose, secret) =>
      opened(await repository.useOneTimeToken(tx, purpose, hashSecret(secret), now())),
    fail: (tx, purpose, secret, most) => repository.failOneTimeToken(tx, purpose, hashSecret(secret), most, now()),
    forget: (tx, purpose, userId) => repository.forgetOneTimeTokens(tx, purpose, userId, now()),
    remember: (tx, id, untilMs) => repository.rememberTokenId(tx, hashSecret(id), now(), instant(new Date(untilMs))),
  };
}
