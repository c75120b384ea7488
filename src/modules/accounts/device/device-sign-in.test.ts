import { describe, expect, test } from "bun:test";
import {
  createAccountsServer,
  onSqlite,
  PASSWORD,
  register,
  TEST_SEALER,
} from "../../../../test/support/accounts-server.ts";
import { SYSTEM, type SignedIn } from "../../../core/actor.ts";
import { HOUR, MINUTE } from "../../../core/clock.ts";
import { createAuditLog } from "../../../platform/audit/database-audit-log.ts";
import { createRateLedger } from "../../../platform/rates/database-rate-ledger.ts";
import { createGuessLimit } from "../guess-limit.ts";
import { makeUserCode, readUserCode, shownUserCode } from "./device-authorization.ts";
import { createDeviceSignIn } from "./device-sign-in.ts";

onSqlite("codes of command lines", (open) => {
  async function setUp() {
    const database = await open();
    const server = createAccountsServer({ database });
    const { clock, accounts } = server;
    const rates = createRateLedger({ database, clock, secret: async () => "a secret of this test" });
    const { user } = await register(server, "anna");
    const person = (): SignedIn => ({
      ...SYSTEM,
      userId: user.id,
      username: "anna",
      via: "session",
      authenticatedAt: clock.now().toISOString(),
    });
    const device = createDeviceSignIn({
      database,
      clock,
      audit: createAuditLog({ database, clock, sealer: TEST_SEALER }),
      guessLimit: createGuessLimit({ kind: "device-code", rates, enabled: true }),
      tokens: accounts.tokens,
    });
    return {
      accounts,
      clock,
      device,
      person,
      begin: () => device.begin({ clientId: "x", hostname: "y", address: "192.0.2.1" }),
    };
  }

  test("a person who tries codes is stopped, also before the one that would be right", async () => {
    const { device, person, begin } = await setUp();
    const { userCode } = await begin();
    const codes: unknown[] = [];
    for (let i = 0; i < 25; i++)
      codes.push(await device.look(person(), makeUserCode()).catch((error: { code: string }) => error.code));
    expect(codes.filter((code) => code === "VALIDATION_ERROR")).toHaveLength(20);
    expect(codes.slice(20)).toEqual(Array(5).fill("RATE_LIMIT_EXCEEDED"));
    expect(device.look(person(), userCode)).rejects.toMatchObject({ code: "RATE_LIMIT_EXCEEDED" });
  });

  test("a code ends after ten minutes, undecided and decided alike", async () => {
    const { clock, device, person, begin } = await setUp();
    const undecided = await begin();
    const decided = await begin();
    await device.decide(person(), decided.userCode, "approved");
    clock.move(10 * MINUTE);
    expect(device.look(person(), undecided.userCode)).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    for (const { deviceCode } of [undecided, decided])
      expect(await device.poll(deviceCode)).toMatchObject({ refused: "expired_token" });
    clock.move(2 * HOUR);
    await device.housekeeping();
    expect(await device.poll(decided.deviceCode)).toMatchObject({ refused: "invalid_grant" });
  });

  test("what was approved before a new password is not signed in after it", async () => {
    const { accounts, device, person, begin } = await setUp();
    const approved = await begin();
    await device.decide(person(), approved.userCode, "approved");
    await accounts.changePassword(person(), { current: PASSWORD, next: "another horse battery" });
    expect(await device.poll(approved.deviceCode)).toMatchObject({ refused: "access_denied" });
    const later = await begin();
    await device.decide(person(), later.userCode, "approved");
    expect(await device.poll(later.deviceCode)).toMatchObject({ tokens: { expiresIn: 900 } });
  });

  test("whoever proved long ago who they are, or came with a token, decides nothing", async () => {
    const { clock, device, person, begin } = await setUp();
    const { userCode } = await begin();
    const before = person();
    clock.move(16 * MINUTE);
    expect(device.decide(before, userCode, "approved")).rejects.toMatchObject({ details: { reauthenticate: true } });
    expect(device.decide({ ...person(), via: "access-token" }, userCode, "approved")).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  test("a client that asks too fast waits longer each time, but never for ever", async () => {
    const { clock, device, begin } = await setUp();
    const { deviceCode } = await begin();
    expect(await device.poll(deviceCode)).toEqual({ refused: "authorization_pending", interval: 5 });
    clock.move(5000);
    expect(await device.poll(deviceCode)).toEqual({ refused: "authorization_pending", interval: 5 });
    for (let interval = 10; interval <= 60; interval += 5)
      expect(await device.poll(deviceCode)).toEqual({ refused: "slow_down", interval });
    expect(await device.poll(deviceCode)).toEqual({ refused: "slow_down", interval: 60 });
    clock.move(60_000);
    expect(await device.poll(deviceCode)).toEqual({ refused: "authorization_pending", interval: 60 });
  });
});

describe("a code as people type it", () => {
  test("is read in any case and with anything between", () => {
    const code = makeUserCode();
    const shown = shownUserCode(code);
    for (const typed of [code, shown, shown.toLowerCase(), ` ${shown.replace("-", " – ")} `, [...code].join(".")])
      expect(readUserCode(typed)).toBe(code);
    for (const typed of ["", code.slice(1), `${code}B`, `${code.slice(1)}A`, "\u0000".repeat(8), "ＢＢＢＢＢＢＢＢ"])
      expect(readUserCode(typed)).toBeNull();
  });
});
