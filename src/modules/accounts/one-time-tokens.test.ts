import { expect, test } from "bun:test";
import { createOneTimeTokens, type OneTimePurpose } from "./one-time-tokens.ts";
import { deleteExpiredOneTimeTokens } from "./one-time-token-repository.ts";
import { MINUTE } from "../../core/clock.ts";
import { SealBroken } from "../../platform/sealing/sealer.ts";
import type { Database } from "../../platform/database/index.ts";
import { handClock, TEST_SEALER } from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";

eachDatabase("one-time tokens", (open) => {
  const start = async () => {
    const database = await open();
    const clock = handClock();
    const tokens = createOneTimeTokens({ clock, sealer: TEST_SEALER });
    const issue = (purpose: OneTimePurpose, payload: unknown, userId: string | null = null) =>
      database.write((tx) => tokens.issue(tx, { purpose, userId, payload, lifetimeMs: 15 * MINUTE }));
    const take = (purpose: OneTimePurpose, secret: string) => database.write((tx) => tokens.take(tx, purpose, secret));
    return { database, clock, tokens, issue, take };
  };
  const person = async (database: Database, id: string) => {
    const at = new Date().toISOString();
    await database.write(async (tx) => {
      await tx
        .insertInto("namespaces")
        .values({ id, name: `n-${id}`, kind: "user", created_at: at })
        .execute();
      const user = { id, namespace_id: id, username: `n-${id}`, email: id, email_key: id, display_name: "" };
      const rest = { password_hash: "", role: "user", status: "active", created_at: at, updated_at: at } as const;
      await tx
        .insertInto("users")
        .values({ ...user, ...rest })
        .execute();
    });
    return id;
  };

  test("of fifty at once exactly one gets what it is for", async () => {
    const { issue, take } = await start();
    const secret = await issue("sign-on-state", { nonce: "n" });
    const got = await Promise.all(Array.from({ length: 50 }, () => take("sign-on-state", secret)));
    expect(got.filter((one) => one !== null)).toEqual([{ userId: null, payload: { nonce: "n" } }]);
  });

  test("of fifty who bring the same id one is the first, and it stays known until it is told to be forgotten", async () => {
    const { database, clock, tokens } = await start();
    const until = clock.now().getTime() + 10 * MINUTE;
    const remember = (id: string) => database.write((tx) => tokens.remember(tx, id, until));
    const first = await Promise.all(Array.from({ length: 50 }, () => remember("jti-1")));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await remember("jti-2")).toBe(true);
    clock.move(10 * MINUTE - 1);
    await database.write((tx) => deleteExpiredOneTimeTokens(tx, clock.now().toISOString()));
    expect(await remember("jti-1")).toBe(false);
    clock.move(1);
    await database.write((tx) => deleteExpiredOneTimeTokens(tx, clock.now().toISOString()));
    expect(await database.read.selectFrom("one_time_tokens").selectAll().execute()).toEqual([]);
  });

  test("one purpose's does not do for another", async () => {
    const { database, tokens, issue, take } = await start();
    const secret = await issue("password-reset", { for: "ada" });
    for (const purpose of ["email-verification", "second-factor", "passkey-sign-in", "token-id"] as const) {
      expect(await take(purpose, secret)).toBeNull();
      expect(await tokens.peek(database.read, purpose, secret)).toBeNull();
      expect(await database.write((tx) => tokens.fail(tx, purpose, secret, 1))).toBe(0);
    }
    expect(await take("password-reset", secret)).toEqual({ userId: null, payload: { for: "ada" } });
  });

  test("works until its time is over, and not after it was used or forgotten", async () => {
    const { database, clock, tokens, issue, take } = await start();
    const ada = await person(database, "ada");
    const [early, late] = [await issue("email-verification", 1), await issue("email-verification", 2)];
    clock.move(15 * MINUTE - 1);
    expect(await tokens.peek<number>(database.read, "email-verification", early)).toEqual({ userId: null, payload: 1 });
    expect((await take("email-verification", early))?.payload).toBe(1);
    expect(await take("email-verification", early)).toBeNull();
    expect(await tokens.peek(database.read, "email-verification", early)).toBeNull();
    clock.move(1);
    expect(await take("email-verification", late)).toBeNull();
    const [older, other] = [await issue("password-reset", 3, ada), await issue("email-change", 4, ada)];
    await database.write((tx) => tokens.forget(tx, "password-reset", ada));
    expect(await take("password-reset", older)).toBeNull();
    expect(await take("email-change", other)).toEqual({ userId: ada, payload: 4 });
  });

  test("bears so many wrong tries, also when they come at once", async () => {
    const { database, tokens, issue, take } = await start();
    const secret = await issue("second-factor", {});
    const wrong = () => database.write((tx) => tokens.fail(tx, "second-factor", secret, 5));
    const tries = await Promise.all([wrong(), wrong(), wrong(), wrong()]);
    expect(tries.sort()).toEqual([1, 2, 3, 4]);
    expect(await tokens.peek(database.read, "second-factor", secret)).not.toBeNull();
    expect(await wrong()).toBe(5);
    expect(await take("second-factor", secret)).toBeNull();
  });

  test("neither secret nor payload lies in the database, and a payload opens nowhere else", async () => {
    const { database, issue, take } = await start();
    const secrets = [await issue("sign-on-state", "the verifier"), await issue("sign-on-state", "another")];
    const rows = await database.read.selectFrom("one_time_tokens").selectAll().orderBy("id").execute();
    const stored = JSON.stringify(rows);
    for (const text of [...secrets, "verifier", "another"]) expect(stored).not.toContain(text);
    const [one, two] = rows;
    await database.write(async (tx) => {
      await tx.updateTable("one_time_tokens").set({ payload: two!.payload }).where("id", "=", one!.id).execute();
      await tx.updateTable("one_time_tokens").set({ payload: one!.payload }).where("id", "=", two!.id).execute();
    });
    for (const secret of secrets) await expect(take("sign-on-state", secret)).rejects.toThrow(SealBroken);
  });
});
