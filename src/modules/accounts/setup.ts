import { timingSafeEqual } from "node:crypto";
import { instant } from "../../core/clock.ts";
import { conflict, forbidden } from "../../core/error.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { secretPlace } from "./instance-secrets.ts";
import { hashSecret, randomSecret } from "./random.ts";
import { createUser, type RegisterDeps } from "./register-user.ts";
import * as repository from "./repository.ts";
import type { NewAccount, User } from "./user.ts";

const SECRET_NAME = "setup-token";

/** How the first administrator comes to be. */
export interface Setup {
  /**
   * At start: a token for `/setup?token=…`, to be shown once (only its hash is kept; the one of an earlier start dies). Null
   * when there is an administrator.
   */
  begin(): Promise<string | null>;
  /** Whether the token would be accepted now. */
  accepts(token: string): Promise<boolean>;
  /** Makes the first administrator and kills the token. Of many at once one succeeds. Throws FORBIDDEN for a dead token. */
  complete(token: string, account: NewAccount): Promise<User>;
  /** Unattended: makes the administrator if there is none. CONFLICT when the name or address is somebody else's. */
  ensureAdministrator(account: NewAccount): Promise<"created" | "exists">;
}

const deadLink = () =>
  forbidden(
    "This setup link is not valid (any more). Start the server again: it prints a new one while there is no administrator.",
  );

export function createSetup(deps: RegisterDeps & { sealer: Sealer }): Setup {
  const { database, clock, sealer } = deps;
  /** What is stored of the token, when it is the right one. */
  const find = async (q: Queries, token: string): Promise<string | null> => {
    const stored = await repository.findSecret(q, SECRET_NAME);
    if (stored === null) return null;
    const hash = sealer.open(stored, secretPlace(SECRET_NAME));
    return timingSafeEqual(Buffer.from(hashSecret(token)), Buffer.from(hash)) ? stored : null;
  };
  const accepts = async (token: string) => (await find(database.read, token)) !== null;
  return {
    async begin() {
      const token = randomSecret();
      const createdAt = instant(clock.now());
      return database.exclusively("accounts.setup", async (tx) => {
        await repository.deleteSecret(tx, SECRET_NAME);
        if ((await repository.countActiveAdmins(tx)) > 0) return null;
        const value = sealer.seal(hashSecret(token), secretPlace(SECRET_NAME));
        await repository.addSecret(tx, { name: SECRET_NAME, value, createdAt });
        return token;
      });
    },
    accepts,
    async complete(token, account) {
      // Before the costly hash, so that a stranger cannot make the server compute.
      if (!(await accepts(token))) throw deadLink();
      const before = async (tx: Queries) => {
        const stored = await find(tx, token);
        const alive = stored !== null && (await repository.deleteSecret(tx, SECRET_NAME, stored));
        if (!alive || (await repository.countActiveAdmins(tx)) > 0) throw deadLink();
      };
      return createUser(deps, account, { role: "admin", administrator: true, before });
    },
    async ensureAdministrator(account) {
      const before = async (tx: Queries) => {
        if ((await repository.countActiveAdmins(tx)) > 0) throw conflict("There is an administrator already.");
        await repository.deleteSecret(tx, SECRET_NAME);
      };
      const there = async () => (await repository.countActiveAdmins(database.read)) > 0;
      if (await there()) return "exists";
      // Another process that starts at the same moment may be quicker.
      return createUser(deps, account, { role: "admin", administrator: true, before }).then(
        () => "created" as const,
        async (error) => ((await there()) ? ("exists" as const) : Promise.reject(error)),
      );
    },
  };
}
