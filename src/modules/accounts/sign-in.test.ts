import { expect, test } from "bun:test";
import { DAY, HOUR, MINUTE } from "../../core/clock.ts";
import { SYSTEM } from "../../core/actor.ts";
import {
  createAccountsServer,
  createBrowser,
  onSqlite,
  PASSWORD,
  register,
  type Tokens,
} from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";

eachDatabase("signing in", (open) => {
  test("registers, signs in, says who one is, and signs out for good", async () => {
    const server = createAccountsServer({ database: await open() });
    const { access_token, user } = await register(server, "ada");
    const me = await server.send("GET", "/api/v1/me", { token: access_token });
    expect((await me.json()).data).toMatchObject({
      id: user.id,
      username: "ada",
      role: "user",
      email: "ada@example.org",
    });
    expect(me.headers.get("Cache-Control")).toBe("no-store");

    const login = await server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: PASSWORD } });
    expect(login.headers.get("Cache-Control")).toBe("no-store");
    const { data } = (await login.json()) as { data: Tokens };
    expect((await server.send("POST", "/api/v1/auth/logout", { token: data.access_token })).status).toBe(204);
    const after = await server.send("GET", "/api/v1/me", { token: data.access_token });
    expect([after.status, (await after.json()).error.code]).toEqual([401, "INVALID_TOKEN"]);
    expect((await server.send("GET", "/api/v1/me", { token: access_token })).status).toBe(200);
  });

  test("refuses bad accounts field by field, and taken names and addresses whatever their case", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const attempt = async (json: Record<string, string>) => {
      const response = await server.send("POST", "/api/v1/auth/register", { json });
      const { error } = await response.json();
      return [error.code, (error.details.fields ?? []).map((f: { field: string }) => f.field)];
    };
    const good = { username: "grace", email: "grace@example.org", password: PASSWORD };
    expect(await attempt({ ...good, username: "Grace" })).toEqual(["VALIDATION_ERROR", ["username"]]);
    expect(await attempt({ ...good, username: "admin" })).toEqual(["VALIDATION_ERROR", ["username"]]);
    expect(await attempt({ ...good, email: "grace" })).toEqual(["VALIDATION_ERROR", ["email"]]);
    expect(await attempt({ ...good, password: "short" })).toEqual(["VALIDATION_ERROR", ["password"]]);
    expect(await attempt({ username: "grace-hopper", email: good.email, password: "grace-hopper" })).toEqual([
      "VALIDATION_ERROR",
      ["password"],
    ]);
    expect(await attempt({ ...good, username: "ada" })).toEqual(["CONFLICT", ["username"]]);
    expect(await attempt({ ...good, email: "ADA@example.org" })).toEqual(["CONFLICT", ["email"]]);
    expect((await attempt({ username: "grace" }))[0]).toBe("VALIDATION_ERROR");
  });

  test("of fifty registrations of one name one succeeds", async () => {
    const server = createAccountsServer({ database: await open() });
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const json = { username: "ada", email: `ada${i}@example.org`, password: PASSWORD };
        return (await server.send("POST", "/api/v1/auth/register", { json })).status;
      }),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
  });

  test("says the same of unknown names, wrong passwords and disabled accounts", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    await register(server, "bob");
    await server.accounts.administration.create(
      SYSTEM,
      { username: "root-1", email: "r@example.org", password: PASSWORD },
      "admin",
    );
    await server.accounts.administration.disable(SYSTEM, "bob");
    const answer = async (username: string, password: string) => {
      const response = await server.send("POST", "/api/v1/auth/login", { json: { username, password } });
      const { error } = await response.json();
      return JSON.stringify([response.status, error.code, error.message, error.details]);
    };
    const answers = [
      await answer("ada", "wrong password"),
      await answer("nobody", "wrong password"),
      await answer("nobody@example.org", PASSWORD),
      await answer("bob", PASSWORD),
      await answer("", ""),
    ];
    expect(new Set(answers).size).toBe(1);
  });

  test("limits wrong passwords for one name from many addresses, and forgets with time", async () => {
    const server = createAccountsServer({ database: await open(), rateLimits: true });
    await register(server, "ada");
    const attempt = async (password: string, i: number) =>
      (
        await server.send("POST", "/api/v1/auth/login", {
          json: { username: "ada", password },
          address: `198.51.${i}.1`,
        })
      ).status;
    for (let i = 0; i < 50; i++) expect(await attempt("wrong password", i)).toBe(401);
    expect(await attempt(PASSWORD, 51)).toBe(429);
    server.clock.move(HOUR);
    expect(await attempt(PASSWORD, 52)).toBe(200);
  });

  test("every spelling of an address counts as the one that it is", async () => {
    const server = createAccountsServer({ database: await open() });
    const json = { username: "ada", email: "ådå@example.org", password: PASSWORD };
    expect((await server.send("POST", "/api/v1/auth/register", { json })).status).toBe(201);
    const spellings = ["NFC", "NFD"].flatMap((form) => {
      const text = json.email.normalize(form);
      return [text, text.toUpperCase(), ` ${text}`];
    });
    const attempt = async (username: string, password: string) =>
      (await server.send("POST", "/api/v1/auth/login", { json: { username, password } })).status;
    expect(await attempt(json.email.normalize("NFD"), PASSWORD)).toBe(200);
    for (let i = 0; i < 50; i++) expect(await attempt(spellings[i % spellings.length]!, "wrong password")).toBe(401);
    for (const spelling of spellings) expect(await attempt(spelling, PASSWORD)).toBe(429);
  });

  test("closed registration", async () => {
    const server = createAccountsServer({ database: await open(), accounts: { registration: "closed" } });
    const json = { username: "ada", email: "ada@example.org", password: PASSWORD };
    expect((await server.send("POST", "/api/v1/auth/register", { json })).status).toBe(403);
    expect((await createBrowser(server).visit("GET", "/register")).status).toBe(404);
  });
});

eachDatabase("browser sessions", (open) => {
  test("signs in by form with a new secret each time, and the old one is dead", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server);
    browser.jar.set("session", "chosen-by-an-attacker");
    const signIn = () => browser.submit("/sign-in", { username: "ada", password: PASSWORD, next: "/settings/profile" });
    const first = await signIn();
    expect([first.status, first.headers.get("Location")]).toEqual([303, "/settings/profile"]);
    expect(first.headers.getSetCookie().join()).toMatch(/session=[^;]{43}; Path=\/; HttpOnly; SameSite=Lax/);
    const firstSecret = browser.jar.get("session")!;
    expect(firstSecret).not.toBe("chosen-by-an-attacker");
    expect((await browser.visit("GET", "/settings/profile")).status).toBe(200);

    // Signed in as somebody already, the browser signs in again over the same form.
    const page = await (await browser.visit("GET", "/settings/profile")).text();
    const token = /name="csrf_token" value="([^"]+)"/.exec(page)![1]!;
    const body = new URLSearchParams({ csrf_token: token, username: "ada", password: PASSWORD }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    expect((await browser.visit("POST", "/sign-in", { body, headers })).status).toBe(303);
    expect(browser.jar.get("session")).not.toBe(firstSecret);
    const old = await server.send("GET", "/settings/profile", {
      cookie: `session=${firstSecret}`,
      headers: { Accept: "text/html" },
    });
    expect([old.status, old.headers.get("Location")]).toEqual([303, "/sign-in?next=%2Fsettings%2Fprofile"]);
    expect(old.headers.getSetCookie().join()).toContain("session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");

    const rows = await server.database.read.selectFrom("sessions").selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(browser.jar.get("session")!);
  });

  test("a wrong password shows the form again, without the password", async () => {
    const server = createAccountsServer({ database: await open() });
    const browser = createBrowser(server);
    const response = await browser.submit("/sign-in", {
      username: 'ada"><b>',
      password: "hunter2hunter2",
      next: "//evil",
    });
    const html = await response.text();
    expect(response.status).toBe(401);
    expect(html).toContain("The user name or the password is wrong.");
    expect(html).toContain("ada&#34;");
    expect(html).not.toContain('ada"><b>');
    expect(html).not.toContain("hunter2hunter2");
    expect(html).not.toContain("//evil");
  });

  test("ends when idle, and at last in any case", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server);
    const signedIn = async () => (await browser.visit("GET", "/settings/profile")).status === 200;
    const signIn = () => browser.submit("/sign-in", { username: "ada", password: PASSWORD, remember: "on" });
    await signIn();
    server.clock.move(31 * DAY);
    expect(await signedIn()).toBe(false);

    expect((await signIn()).headers.getSetCookie().join()).toMatch(/session=[^;]{43};.*Max-Age=2592000/);
    for (let day = 0; day < 80; day += 20) {
      server.clock.move(20 * DAY);
      expect(await signedIn()).toBe(true);
    }
    server.clock.move(11 * DAY);
    expect(await signedIn()).toBe(false);
    expect(await server.accounts.housekeeping()).toMatchObject({ refreshTokens: 1 });
  });

  test("is forgotten by a browser that is not to remember, and ends after some hours of idleness", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server);
    const visit = () => browser.visit("GET", "/settings/profile");
    const signIn = await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    expect(signIn.headers.getSetCookie().join()).not.toMatch(/session=[^,]*Max-Age/);
    for (let hour = 0; hour < 30; hour += 3) {
      server.clock.move(3 * HOUR);
      const response = await visit();
      expect(response.status).toBe(200);
      expect(response.headers.getSetCookie().join()).not.toMatch(/session=[^,]*Max-Age/);
    }
    server.clock.move(4 * HOUR);
    expect((await visit()).status).toBe(303);
  });

  test("tells where and when a browser was seen, once a minute, and signs the others out", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const browser = createBrowser(server, { headers: { "User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140" } });
    const sessions = async () =>
      server.database.read.selectFrom("sessions").selectAll().orderBy("created_at").execute();
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const begun = (await sessions())[0]!.seen_at;
    server.clock.move(30_000);
    await browser.visit("GET", "/settings/sessions", { address: "198.51.100.7" });
    expect((await sessions())[0]).toMatchObject({ seen_at: begun, address: "192.0.2.1" });
    server.clock.move(30_000);
    await browser.visit("GET", "/settings/sessions", { address: "198.51.100.7" });
    expect((await sessions())[0]).toMatchObject({ seen_at: server.clock.now().toISOString(), address: "198.51.100.7" });

    const others = [createBrowser(server), createBrowser(server)];
    for (const other of others) await other.submit("/sign-in", { username: "ada", password: PASSWORD });
    const list = await (await browser.visit("GET", "/settings/sessions")).text();
    expect(list).toContain("Firefox on Linux");
    expect(list).toContain("198.51.100.7");
    expect(list.match(/this one/g)).toHaveLength(1);
    expect((await browser.submit("/settings/sessions/revoke-others", {}, "/settings/sessions")).status).toBe(303);
    expect(await sessions()).toHaveLength(1);
    expect((await browser.visit("GET", "/settings/sessions")).status).toBe(200);
    for (const other of others) expect((await other.visit("GET", "/settings/sessions")).status).toBe(303);
  });

  test("signing out, a new password, a new role and disabling end it", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const { administration } = server.accounts;
    await administration.create(SYSTEM, { username: "first", email: "f@example.org", password: PASSWORD }, "admin");
    let password = PASSWORD;
    const signIn = async () => {
      const browser = createBrowser(server);
      await browser.submit("/sign-in", { username: "ada", password });
      expect((await browser.visit("GET", "/settings/profile")).status).toBe(200);
      return browser;
    };
    const one = await signIn();
    const secret = one.jar.get("session")!;
    const out = await one.submit("/sign-out", {}, "/settings/profile");
    expect(out.headers.get("Clear-Site-Data")).toBe('"cache", "storage"');
    expect(one.jar.has("session")).toBe(false);
    one.jar.set("session", secret);
    expect((await one.visit("GET", "/settings/profile")).status).toBe(303);

    const [here, there] = [await signIn(), await signIn()];
    const change = { current_password: password, new_password: "another horse battery" };
    expect((await here.submit("/settings/password", { ...change, current_password: "wrong one" })).status).toBe(422);
    expect((await here.submit("/settings/password", change)).status).toBe(303);
    password = change.new_password;
    expect((await here.visit("GET", "/settings/profile")).status).toBe(200);
    expect((await there.visit("GET", "/settings/profile")).status).toBe(303);

    await administration.setRole(SYSTEM, "ada", "moderator");
    expect((await here.visit("GET", "/settings/profile")).status).toBe(303);
    const last = await signIn();
    await administration.disable(SYSTEM, "ada");
    expect((await last.visit("GET", "/settings/profile")).status).toBe(303);
  });

  test("lists one's own sessions and ends them, nobody else's", async () => {
    const server = createAccountsServer({ database: await open() });
    const { access_token } = await register(server, "ada");
    const bob = await register(server, "bob");
    const browser = createBrowser(server, { headers: { "User-Agent": "Firefox" } });
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const list = await (await server.send("GET", "/api/v1/me/sessions", { token: access_token })).json();
    expect(list.data).toMatchObject([{ user_agent: "Firefox", current: false }]);
    const path = `/api/v1/me/sessions/${list.data[0].id}`;
    expect((await server.send("DELETE", path, { token: bob.access_token })).status).toBe(404);
    expect((await server.send("DELETE", path, { token: access_token })).status).toBe(204);
    expect((await browser.visit("GET", "/settings/profile")).status).toBe(303);
  });
});

eachDatabase("refresh tokens", (open) => {
  test("rotate; the old one ends the family", async () => {
    const server = createAccountsServer({ database: await open() });
    const first = await register(server, "ada");
    const refresh = async (refresh_token: string) =>
      server.send("POST", "/api/v1/auth/refresh", { json: { refresh_token } });
    const second = ((await (await refresh(first.refresh_token)).json()) as { data: Tokens }).data;
    expect((await server.send("GET", "/api/v1/me", { token: second.access_token })).status).toBe(200);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await refresh(second.refresh_token)).status).toBe(401);
    expect((await server.send("GET", "/api/v1/me", { token: second.access_token })).status).toBe(401);
    expect((await refresh("mkr_never-was")).status).toBe(401);
  });

  test("of fifty at once at most one succeeds, and the family is over", async () => {
    const server = createAccountsServer({ database: await open() });
    const { refresh_token } = await register(server, "ada");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => server.send("POST", "/api/v1/auth/refresh", { json: { refresh_token } })),
    );
    const won = answers.filter((response) => response.status === 200);
    expect(won).toHaveLength(1);
    const { data } = (await won[0]!.json()) as { data: Tokens };
    const again = await server.send("POST", "/api/v1/auth/refresh", { json: { refresh_token: data.refresh_token } });
    expect(again.status).toBe(401);
  });

  test("expire, end by logout, and last no longer than the family may", async () => {
    const server = createAccountsServer({ database: await open() });
    let { refresh_token } = await register(server, "ada");
    const refresh = async () => server.send("POST", "/api/v1/auth/refresh", { json: { refresh_token } });
    for (let day = 0; day < 80; day += 20) {
      server.clock.move(20 * DAY);
      refresh_token = ((await (await refresh()).json()) as { data: Tokens }).data.refresh_token;
    }
    server.clock.move(11 * DAY);
    expect((await refresh()).status).toBe(401);

    const login = await server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: PASSWORD } });
    refresh_token = ((await login.json()) as { data: Tokens }).data.refresh_token;
    expect((await server.send("POST", "/api/v1/auth/logout", { json: { refresh_token } })).status).toBe(204);
    expect((await refresh()).status).toBe(401);
    expect((await server.send("POST", "/api/v1/auth/logout")).status).toBe(401);
  });

  test("access tokens expire", async () => {
    const server = createAccountsServer({ database: await open() });
    const { access_token, expires_in } = await register(server, "ada");
    expect(expires_in).toBe(900);
    server.clock.move(15 * MINUTE + 1000);
    expect((await server.send("GET", "/api/v1/me", { token: access_token })).status).toBe(401);
  });
});

onSqlite("the time of signing in", (open) => {
  test("an unknown name costs a hash like a known one", async () => {
    const server = createAccountsServer({
      database: await open(),
      accounts: { argon2: { memoryKiB: 19_456, iterations: 2, concurrency: 2 }, limitGuesses: false },
    });
    await register(server, "ada");
    const attempt = async (username: string) => {
      const started = performance.now();
      await server.send("POST", "/api/v1/auth/login", { json: { username, password: "wrong password" } });
      return performance.now() - started;
    };
    await attempt("nobody");
    const times = { known: Infinity, unknown: Infinity };
    // The fastest of many: what else the machine does only ever adds.
    for (let i = 0; i < 12; i++) {
      times.known = Math.min(times.known, await attempt("ada"));
      times.unknown = Math.min(times.unknown, await attempt("nobody"));
    }
    // Without the decoy the unknown name answers some fifty times faster.
    expect(times.unknown).toBeGreaterThan(times.known / 2);
  });
});
