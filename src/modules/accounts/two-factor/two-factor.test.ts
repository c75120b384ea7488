import { expect, test } from "bun:test";
import { generateSync } from "otplib";
import { SYSTEM } from "../../../core/actor.ts";
import { DAY, MINUTE } from "../../../core/clock.ts";
import {
  type AccountsServer,
  createAccountsServer,
  createBrowser,
  PASSWORD,
  register,
  type Tokens,
} from "../../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../../test/support/databases.ts";

const STEP = 30_000;

/** What an app of somebody else's making shows now, or some steps away. */
const codeAt = (server: AccountsServer, secret: string, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor((server.clock.now().getTime() + steps * STEP) / 1000) });

const login = (server: AccountsServer, json: { username?: string; password?: string; otp?: string }) =>
  server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: PASSWORD, ...json } });

/** Somebody new with an authenticator app, enrolled over the API; its first code is used up. */
async function enrolled(server: AccountsServer, username = "ada") {
  const { access_token: token, user } = await register(server, username);
  const begun = await server.send("POST", "/api/v1/me/two-factor/totp", { token });
  expect(begun.status).toBe(201);
  const { secret } = ((await begun.json()) as { data: { secret: string } }).data;
  const json = { code: codeAt(server, secret) };
  const confirmed = await server.send("POST", "/api/v1/me/two-factor/totp/confirm", { token, json });
  expect([confirmed.status, confirmed.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  const { recovery_codes: codes } = ((await confirmed.json()) as { data: { recovery_codes: string[] } }).data;
  server.clock.move(STEP);
  return { secret, codes, token, user };
}

eachDatabase("an authenticator app", (open) => {
  test("is asked for beside the password, by the codes that another implementation makes", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret, codes } = await enrolled(server);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);

    const missing = await login(server, {});
    expect(missing.status).toBe(401);
    expect((await missing.json()).error).toMatchObject({
      code: "UNAUTHORIZED",
      details: { second_factor: true, methods: ["otp", "recovery"] },
    });
    expect((await login(server, { otp: codeAt(server, secret) })).status).toBe(200);
  });

  test("tells nobody without the password that there is one", async () => {
    const server = createAccountsServer({ database: await open() });
    await enrolled(server);
    const text = async (response: Response) => {
      const { code, message, details } = (await response.json()).error;
      return [response.status, code, message, details];
    };
    const wrong = await text(await login(server, { password: "wrong password" }));
    expect(await text(await login(server, { username: "nobody", password: "wrong password" }))).toEqual(wrong);
    expect(await text(await login(server, { password: "wrong password", otp: "123456" }))).toEqual(wrong);
  });

  test("takes the code before and after the present one, and none beyond", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { limitGuesses: false } });
    const { secret } = await enrolled(server);
    server.clock.move(10 * STEP);
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 200],
      [0, 200],
      [1, 200],
      [0, 401],
    ] as const)
      expect([steps, (await login(server, { otp: codeAt(server, secret, steps) })).status]).toEqual([steps, status]);
  });

  test("each code works once, also with blanks, and for one of fifty at once", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { limitGuesses: false } });
    const { secret } = await enrolled(server);
    const code = codeAt(server, secret);
    const spaced = `${code.slice(0, 3)} ${code.slice(3)} `;
    const raced = await Promise.all(
      Array.from({ length: 50 }, (_, i) => login(server, { otp: i % 2 === 0 ? code : spaced }).then((r) => r.status)),
    );
    expect(raced.filter((status) => status === 200)).toHaveLength(1);
    expect(raced.filter((status) => status === 401)).toHaveLength(49);
    for (const again of [code, spaced, ` ${code}`, code.split("").join("-")])
      expect((await login(server, { otp: again })).status).toBe(401);
    server.clock.move(STEP);
    expect((await login(server, { otp: spaced })).status).toBe(401);
    const next = codeAt(server, secret);
    expect((await login(server, { otp: ` ${next.slice(0, 3)}\u00a0${next.slice(3)}` })).status).toBe(200);
  });

  test("the code that enrolled it does not sign in", async () => {
    const server = createAccountsServer({ database: await open() });
    const { access_token: token } = await register(server, "ada");
    const begun = await server.send("POST", "/api/v1/me/two-factor/totp", { token });
    const { secret } = ((await begun.json()) as { data: { secret: string } }).data;
    const code = codeAt(server, secret);
    // A seed that nobody confirmed asks for nothing.
    expect((await login(server, {})).status).toBe(200);
    const confirm = (json: { code: string }) =>
      server.send("POST", "/api/v1/me/two-factor/totp/confirm", { token, json });
    expect((await confirm({ code: codeAt(server, secret, 5) })).status).toBe(422);
    expect((await confirm({ code })).status).toBe(200);
    expect((await login(server, { otp: code })).status).toBe(401);
    expect((await confirm({ code })).status).toBe(404);
    expect((await server.send("POST", "/api/v1/me/two-factor/totp", { token })).status).toBe(409);
  });

  test("is guessed at most some times an hour, from wherever", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret } = await enrolled(server);
    const right = () => codeAt(server, secret);
    const wrong = () => (right() === "000000" ? "000001" : "000000");
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await login(server, { otp: wrong() })).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    expect((await login(server, { otp: right() })).status).toBe(429);
    server.clock.move(60 * MINUTE);
    expect((await login(server, { otp: right() })).status).toBe(200);
  });

  test("its seed lies sealed, and recovery codes as hashes", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret, codes } = await enrolled(server);
    const rows = JSON.stringify([
      await server.database.read.selectFrom("totp_credentials").selectAll().execute(),
      await server.database.read.selectFrom("recovery_codes").selectAll().execute(),
      await server.database.read.selectFrom("one_time_tokens").selectAll().execute(),
      await server.database.read.selectFrom("audit_entries").selectAll().execute(),
    ]);
    for (const hidden of [secret, ...codes, ...codes.map((code) => code.replaceAll("-", ""))])
      expect(rows).not.toContain(hidden);
    expect(JSON.stringify(server.lines)).not.toContain(secret);
  });
});

eachDatabase("recovery codes", (open) => {
  test("work once each, however they are typed, and die when new ones are made", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { limitGuesses: false } });
    const { codes, token } = await enrolled(server);
    const [first, second, third] = codes as [string, string, string];
    const raced = await Promise.all(Array.from({ length: 20 }, () => login(server, { otp: first })));
    expect(raced.filter((response) => response.status === 200)).toHaveLength(1);
    expect((await login(server, { otp: ` ${second.toUpperCase().replaceAll("-", " ")} ` })).status).toBe(200);
    expect((await login(server, { otp: second })).status).toBe(401);
    const status = await (await server.send("GET", "/api/v1/me/two-factor", { token })).json();
    expect(status.data).toMatchObject({ enabled: true, recovery_codes_left: 8 });

    const renewed = await server.send("POST", "/api/v1/me/two-factor/recovery-codes", { token });
    const fresh = ((await renewed.json()) as { data: { recovery_codes: string[] } }).data.recovery_codes;
    expect(fresh).toHaveLength(10);
    expect((await login(server, { otp: third })).status).toBe(401);
    expect((await login(server, { otp: fresh[0]! })).status).toBe(200);
  });

  test("are of nobody else, and need a second factor to stand in for", async () => {
    const server = createAccountsServer({ database: await open() });
    const { codes } = await enrolled(server);
    const bob = await enrolled(server, "bob");
    expect((await login(server, { username: "bob", otp: codes[0]! })).status).toBe(401);
    expect((await login(server, { username: "bob", otp: bob.codes[0]! })).status).toBe(200);
    const { access_token: token } = await register(server, "cleo");
    expect((await server.send("POST", "/api/v1/me/two-factor/recovery-codes", { token })).status).toBe(409);
  });
});

eachDatabase("somebody who lost every factor", (open) => {
  test("is helped by an administrator, after which the password signs in alone and nothing is signed in", async () => {
    const server = createAccountsServer({ database: await open() });
    const { token } = await enrolled(server);
    const boss = { username: "root-1", email: "r@example.org", password: PASSWORD };
    await server.accounts.administration.create(SYSTEM, boss, "admin");
    const signedIn = await login(server, { username: "root-1" });
    const admin = ((await signedIn.json()) as { data: Tokens }).data.access_token;
    const reset = (by: string) => server.send("DELETE", "/api/v1/admin/users/ada/two-factor", { token: by });
    expect((await reset(token)).status).toBe(403);
    server.clock.move(10 * MINUTE);
    expect((await reset(admin)).status).toBe(204);
    expect((await login(server, {})).status).toBe(200);
    expect((await server.send("GET", "/api/v1/me", { token })).status).toBe(401);
    const entries = await server.database.read
      .selectFrom("audit_entries")
      .select("action")
      .where("action", "=", "user.second_factors.removed")
      .execute();
    expect(entries).toHaveLength(1);
  });

  test("whoever can read the mailbox learns that factors changed; without a mail server nothing waits", async () => {
    const kinds = async (server: AccountsServer) =>
      (await server.database.read.selectFrom("mails").select(["kind", "to_address"]).execute()).filter(
        ({ kind }) => kind === "security-notice",
      );
    const mailing = createAccountsServer({ database: await open(), transport: { send: async () => {} } });
    const { secret, token } = await enrolled(mailing);
    expect(await kinds(mailing)).toEqual([{ kind: "security-notice", to_address: "ada@example.org" }]);
    const json = { code: codeAt(mailing, secret) };
    await mailing.send("POST", "/api/v1/me/two-factor/totp/disable", { token, json });
    expect(await kinds(mailing)).toHaveLength(2);
    const silent = createAccountsServer({ database: await open() });
    await enrolled(silent);
    expect(await kinds(silent)).toEqual([]);
  });
});

eachDatabase("the step between password and second factor", (open) => {
  const reach = async (server: AccountsServer) => {
    const browser = createBrowser(server);
    const first = await browser.submit("/sign-in", { username: "ada", password: PASSWORD, next: "/settings/security" });
    expect([first.status, first.headers.get("Location")]).toEqual([303, "/sign-in/two-factor"]);
    expect(browser.jar.has("session")).toBe(false);
    const enter = (code: string) => browser.submit("/sign-in/two-factor", { code });
    return { browser, enter };
  };

  test("signs nobody in before the code, then goes where it was asked to", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret } = await enrolled(server);
    const { browser, enter } = await reach(server);
    expect((await browser.visit("GET", "/settings/security")).status).toBe(303);
    const refused = await enter("000000");
    expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining("The code is wrong")]);
    const done = await enter(codeAt(server, secret));
    expect([done.status, done.headers.get("Location")]).toEqual([303, "/settings/security"]);
    expect(browser.jar.has("second-step")).toBe(false);
    expect((await browser.visit("GET", "/settings/security")).status).toBe(200);
    const [row] = await server.database.read.selectFrom("sessions").selectAll().execute();
    expect(row).toMatchObject({ two_factor: 1 });
  });

  test("ends after five wrong codes, after five minutes, after one use, and with a new password", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret, user } = await enrolled(server);
    const over = (response: Response) => response.headers.get("Location") === "/sign-in?over";

    const tried = await reach(server);
    for (let i = 0; i < 5; i++) expect((await tried.enter("000000")).status).toBe(401);
    expect(over(await tried.browser.visit("GET", "/sign-in/two-factor"))).toBe(true);

    const late = await reach(server);
    server.clock.move(5 * MINUTE + 1000);
    expect(over(await late.browser.visit("GET", "/sign-in/two-factor"))).toBe(true);

    const used = await reach(server);
    const step = used.browser.jar.get("second-step")!;
    expect((await used.enter(codeAt(server, secret))).status).toBe(303);
    const again = createBrowser(server);
    again.jar.set("second-step", step);
    expect(over(await again.visit("GET", "/sign-in/two-factor"))).toBe(true);

    const changed = await reach(server);
    await server.accounts.administration.resetPassword(SYSTEM, "ada", "another horse battery");
    expect(over(await changed.browser.visit("GET", "/sign-in/two-factor"))).toBe(true);
    expect(user.username).toBe("ada");
  });

  test("of fifty at once with one code one is signed in", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { limitGuesses: false } });
    const { secret } = await enrolled(server);
    const steps = await Promise.all(Array.from({ length: 20 }, () => reach(server)));
    const code = codeAt(server, secret);
    const answers = await Promise.all(steps.map(({ enter }) => enter(code)));
    expect(answers.filter((response) => response.status === 303)).toHaveLength(1);
    expect(await server.database.read.selectFrom("sessions").select("id").execute()).toHaveLength(1);
  });
});

eachDatabase("sudo mode", (open) => {
  test("is asked for by pages before a factor changes, changes the session's secret, and wears off", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    server.clock.move(16 * MINUTE);
    const headers = { Referer: "http://localhost/settings/security" };
    const begin = () => browser.submit("/settings/security/authenticator", {}, "/settings/security");
    const asked = await begin();
    expect([asked.status, asked.headers.get("Location")]).toEqual([303, "/sudo?next=%2F"]);
    const token = /name="csrf_token" value="([^"]+)"/.exec(
      await (await browser.visit("GET", "/settings/security")).text(),
    )![1]!;
    const body = new URLSearchParams({ csrf_token: token }).toString();
    const form = { "Content-Type": "application/x-www-form-urlencoded" };
    const from = await browser.visit("POST", "/settings/security/authenticator", {
      body,
      headers: { ...headers, ...form },
    });
    expect(from.headers.get("Location")).toBe("/sudo?next=%2Fsettings%2Fsecurity");

    const old = browser.jar.get("session")!;
    const wrong = await browser.submit("/sudo", { password: "wrong password", next: "/settings/security" });
    expect(wrong.status).toBe(422);
    expect((await begin()).status).toBe(303);
    const proved = await browser.submit("/sudo", { password: PASSWORD, next: "//elsewhere.example" });
    expect([proved.status, proved.headers.get("Location")]).toEqual([303, "/settings/security"]);
    expect(browser.jar.get("session")).not.toBe(old);
    const dead = await server.send("GET", "/settings/security", {
      cookie: `session=${old}`,
      headers: { Accept: "text/html" },
    });
    expect(dead.status).toBe(303);
    expect((await begin()).status).toBe(200);
    server.clock.move(15 * MINUTE + 1000);
    expect((await begin()).status).toBe(303);
  });

  test("gives new tokens for the old ones", async () => {
    const server = createAccountsServer({ database: await open() });
    const { access_token: old } = await register(server, "ada");
    server.clock.move(10 * MINUTE);
    const sudo = (token: string, json: object) => server.send("POST", "/api/v1/auth/sudo", { token, json });
    expect((await sudo(old, {})).status).toBe(422);
    expect((await sudo(old, { password: "wrong password" })).status).toBe(422);
    const proved = await sudo(old, { password: PASSWORD });
    expect(proved.status).toBe(200);
    const { access_token: fresh } = ((await proved.json()) as { data: Tokens }).data;
    expect((await server.send("GET", "/api/v1/me", { token: old })).status).toBe(401);
    server.clock.move(10 * MINUTE);
    expect((await server.send("POST", "/api/v1/me/two-factor/totp", { token: fresh })).status).toBe(201);
  });

  test("a key cannot do what needs it, nor a token from before", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { accessTokenLifetimeMs: DAY } });
    const { access_token: token } = await register(server, "ada");
    const made = await server.send("POST", "/api/v1/me/api-keys", { token, json: { name: "k", scopes: ["publish"] } });
    const { key } = ((await made.json()) as { data: { key: string } }).data;
    expect((await server.send("POST", "/api/v1/me/two-factor/totp", { token: key })).status).toBe(403);
    expect((await server.send("POST", "/api/v1/auth/sudo", { token: key, json: { password: PASSWORD } })).status).toBe(
      403,
    );
    server.clock.move(16 * MINUTE);
    const late = await server.send("POST", "/api/v1/me/two-factor/totp", { token });
    expect([late.status, (await late.json()).error.details]).toEqual([403, { reauthenticate: true }]);
    const boss = { username: "root-1", email: "r@example.org", password: PASSWORD };
    await server.accounts.administration.create(SYSTEM, boss, "admin");
    const signedIn = await login(server, { username: "root-1" });
    const strong = ((await signedIn.json()) as { data: Tokens }).data.access_token;
    const make = () =>
      server.send("POST", "/api/v1/me/api-keys", { token: strong, json: { name: "k", scopes: ["admin"] } });
    expect((await make()).status).toBe(201);
    server.clock.move(16 * MINUTE);
    expect((await make()).status).toBe(403);
  });

  test("removing the app wants a code too; afterwards the password alone signs in", async () => {
    const server = createAccountsServer({ database: await open() });
    const { secret, token, codes } = await enrolled(server);
    const disable = (code: string) =>
      server.send("POST", "/api/v1/me/two-factor/totp/disable", { token, json: { code } });
    expect((await disable("000000")).status).toBe(422);
    expect((await login(server, {})).status).toBe(401);
    expect((await disable(codeAt(server, secret))).status).toBe(204);
    expect((await login(server, {})).status).toBe(200);
    expect((await login(server, { otp: codes[0]! })).status).toBe(200);
    const left = await server.database.read.selectFrom("recovery_codes").select("id").execute();
    expect(left).toHaveLength(0);
  });

  test("enrolling in a browser shows codes once and changes the session's secret", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const before = browser.jar.get("session")!;
    const page = await (await browser.submit("/settings/security/authenticator", {}, "/settings/security")).text();
    const secret = /data-copy="([A-Z2-7]{32})"/.exec(page)![1]!;
    expect(page).toContain("<svg");
    const confirm = (code: string) =>
      browser.submit("/settings/security/authenticator/confirm", { code }, "/settings/security");
    expect((await confirm("123")).status).toBe(422);
    const shown = await confirm(codeAt(server, secret));
    const codes = await shown.text();
    expect(codes).toMatch(/[a-z2-7]{6}(-[a-z2-7]{6}){3}/);
    expect(browser.jar.get("session")).not.toBe(before);
    // The forms of that page hold the token of the new secret.
    const next = await (await browser.visit("GET", "/settings/security")).text();
    const token = (html: string) => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1];
    expect(token(codes)).toBe(token(next)!);
    const later = await (await browser.visit("GET", "/settings/security")).text();
    expect(later).not.toMatch(/[a-z2-7]{6}(-[a-z2-7]{6}){3}/);
    const [row] = await server.database.read.selectFrom("sessions").select("two_factor").execute();
    expect(row).toEqual({ two_factor: 1 });
  });
});

eachDatabase("roles that need a second factor", (open) => {
  test("count only for a sign-in with one, and lead to the page that enrols it", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { rolesWithTwoFactor: ["admin"] } });
    const admin = { username: "root-1", email: "r@example.org", password: PASSWORD };
    await server.accounts.administration.create(SYSTEM, admin, "admin");
    const signIn = async (otp?: string) => {
      const response = await login(server, { username: "root-1", otp });
      return ((await response.json()) as { data: Tokens }).data.access_token;
    };
    const role = async (token: string) => {
      const { actor } = await server.accounts.authenticate({
        authorization: `Bearer ${token}`,
        apiKey: null,
        session: null,
        address: "192.0.2.1",
      });
      return actor.kind === "user" ? [actor.role, actor.scopes.includes("admin")] : null;
    };
    const weak = await signIn();
    expect(await role(weak)).toEqual(["user", false]);

    const browser = createBrowser(server);
    const led = await browser.submit("/sign-in", { username: "root-1", password: PASSWORD, next: "/publish" });
    expect(led.headers.get("Location")).toBe("/settings/security?required");
    expect(await (await browser.visit("GET", "/settings/security?required")).text()).toContain("needs a second factor");

    const refused = await server.send("GET", "/api/v1/admin/invitations", { token: weak });
    expect((await refused.json()).error).toMatchObject({
      code: "FORBIDDEN",
      details: { second_factor_required: true },
    });

    const begun = await server.send("POST", "/api/v1/me/two-factor/totp", { token: weak });
    const { secret } = ((await begun.json()) as { data: { secret: string } }).data;
    const json = { code: codeAt(server, secret) };
    await server.send("POST", "/api/v1/me/two-factor/totp/confirm", { token: weak, json });
    server.clock.move(STEP);
    expect(await role(await signIn(codeAt(server, secret)))).toEqual(["admin", true]);
    expect(await role(weak)).toEqual(["user", false]);
  });
});
