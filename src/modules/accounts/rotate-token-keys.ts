import { type Actor, type SignedIn, SYSTEM } from "../../core/actor.ts";
import { type Instant, instant, later, MINUTE } from "../../core/clock.ts";
import { conflict } from "../../core/error.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import { makeTokenKey, PUBLISH_LEAD_MS } from "./token-key.ts";
import * as repository from "./token-key-repository.ts";
import type { TokenKeyRow } from "./token-key-repository.ts";
import {
  newestRow,
  signingRow,
  TOKEN_KEYS_LOCK,
  type TokenKeySet,
  type TokenKeySetDeps,
  toTokenKeyRow,
} from "./token-key-set.ts";
import { revokeAllTokens } from "./token-repository.ts";

/** Changes the keys of access tokens. */
export interface TokenKeys {
  /** For administrators. The newest first. */
  list(actor: Actor): Promise<TokenKeyState[]>;
  /**
   * For administrators who proved just now who they are. A new key takes over after PUBLISH_LEAD_MS; with `revoke` it does at
   * once, and every access and refresh token there is ends. Throws FORBIDDEN, and CONFLICT when another rotation was quicker.
   */
  rotate(actor: Actor, options: { revoke: boolean }): Promise<void>;
  /** For a schedule: rotates when the newest key is as old as keys may be; answers whether it did. */
  rotateWhenDue(): Promise<boolean>;
  /** Deletes the keys of which no token can live any more; answers how many. */
  deleteExpired(): Promise<number>;
}

export interface TokenKeyState {
  /** RFC 7638 thumbprint, the `kid` of tokens. */
  id: string;
  createdAt: Instant;
  /** When it stops to sign; null: not decided yet. */
  retiredAt: Instant | null;
  /** `next`: published, signs soon; `retired`: verifies only. */
  state: "next" | "signing" | "retired";
}

export interface TokenKeysDeps extends TokenKeySetDeps {
  audit: AuditLog;
  keys: TokenKeySet;
  /** How old a key gets before it is rotated. */
  keyLifetimeMs: number;
  /** How long a token lives. */
  tokenLifetimeMs: number;
}

export function createTokenKeys(deps: TokenKeysDeps): TokenKeys {
  const { database, clock } = deps;
  const listed = () => repository.listTokenKeys(database.read);
  return {
    async list(actor) {
      requireAdmin(actor);
      return statesOf(await listed(), instant(clock.now()));
    },
    async rotate(actor, options) {
      requireAdmin(actor);
      requireRecent(actor, clock.now());
      await deps.keys.current();
      const rotated = await rotate(deps, actor, { ...options, from: newestRow(await listed())?.id });
      if (!rotated) throw conflict("The keys were rotated by somebody else just now: look at them again.");
    },
    async rotateWhenDue() {
      await deps.keys.current();
      const newest = newestRow(await listed());
      if (newest && newest.createdAt > later(clock.now(), -deps.keyLifetimeMs)) return false;
      return rotate(deps, SYSTEM, { revoke: false, from: newest?.id });
    },
    async deleteExpired() {
      const before = later(clock.now(), -(deps.tokenLifetimeMs + MINUTE));
      return database.write((tx) => repository.deleteRetiredTokenKeys(tx, before));
    },
  };
}

/** False when `from` is not the newest key any more. */
async function rotate(
  deps: TokenKeysDeps,
  actor: SignedIn,
  { from, revoke }: { from: string | undefined; revoke: boolean },
): Promise<boolean> {
  const { database, clock } = deps;
  const row = await toTokenKeyRow(await makeTokenKey(), deps);
  const rotated = await database.exclusively(TOKEN_KEYS_LOCK, async (tx) => {
    if (newestRow(await repository.listTokenKeys(tx))?.id !== from) return false;
    if (revoke) {
      await repository.deleteTokenKeys(tx);
      await revokeAllTokens(tx, row.createdAt);
    } else await repository.retireTokenKeys(tx, later(clock.now(), PUBLISH_LEAD_MS));
    await repository.addTokenKey(tx, row);
    await deps.audit.append(tx, {
      action: "token_key.rotated",
      outcome: "success",
      actor,
      subject: { type: "token_key", id: null },
      details: { key: row.id, revoked: revoke },
    });
    return true;
  });
  deps.keys.forget();
  return rotated;
}

function statesOf(rows: readonly TokenKeyRow[], now: Instant): TokenKeyState[] {
  const signing = signingRow(rows, now)?.id;
  const state = (row: TokenKeyRow): TokenKeyState["state"] =>
    row.id === signing ? "signing" : row.retiredAt !== null && row.retiredAt <= now ? "retired" : "next";
  return rows
    .map((row) => ({ id: row.id, createdAt: row.createdAt, retiredAt: row.retiredAt, state: state(row) }))
    .reverse();
}
