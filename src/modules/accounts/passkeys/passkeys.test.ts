import { expect, test } from "bun:test";
import { type Authenticator, createAuthenticator, type Falsehoods } from "../../../../test/support/authenticator.ts";
import {
  type AccountsServer,
  createAccountsServer,
  createBrowser,
  PASSWORD,
  register,
} from "../../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../../test/support/databases.ts";
import { MINUTE } from "../../../core/clock.ts";
import { relyingParty } from "./passkey.ts";

type Browser = ReturnType<typeof createBrowser>;
const ORIGIN = "http://localhost";

/** Posts as the pages' script does, and answers the challenge. */
async function optionsOf(browser: Browser, path: string, from: string) {
  const page = await (await browser.visit("GET", from)).text();
  const token = /name="csrf-token" content="([^"]+)"/.exec(page)?.[1] ?? "";
  const response = await browser.visit("POST", path, { headers: { "X-CSRF-Token": token, Accept: "*/*" } });
  expect(response.status).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: the options of WebAuthn, which the authenticator reads.
  return ((await response.json()) as { data: any }).data;
}

async function signedIn(server: AccountsServer, username = "ada"): Promise<Browser> {
  await register(server, username);
  const browser = createBrowser(server);
  expect((await browser.submit("/sign-in", { username, password: PASSWORD })).status).toBe(303);
  return browser;
}

async function add(browser: Browser, key: Authenticator, lie: Falsehoods = {}, name = "A key") {
  const options = await optionsOf(browser, "/settings/security/passkeys/options", "/settings/security");
  const credential = key.create(options, lie);
  return browser.submit("/settings/security/passkeys", { name, credential }, "/settings/security");
}

async function signInWith(
  server: AccountsServer,
  key: Authenticator,
  lie: Falsehoods = {},
  use?: { challenge?: string },
) {
  const browser = createBrowser(server);
  const options = await optionsOf(browser, "/sign-in/passkey/options", "/sign-in");
  const credential = key.get({ ...options, ...use }, lie);
  const response = await browser.submit("/sign-in/passkey", { credential, next: "/settings/security" }, "/sign-in");
  return { browser, response, options, credential };
}

/** A signed-in person with a passkey, and the person's browser. */
async function withKey(server: AccountsServer, username = "ada") {
  const browser = await signedIn(server, username);
  const key = createAuthenticator(ORIGIN);
  expect((await add(browser, key)).status).toBe(200);
  return { browser, key };
}

const auditOf = (server: AccountsServer, action: string) =>
  server.database.read.selectFrom("audit_entries").selectAll().where("action", "=", action).execute();

eachDatabase("passkeys", (open) => {
  test("sign in without a password, with two factors, and the secret is new", async () => {
    const server = createAccountsServer({ database: await open() });
    const { key } = await withKey(server);
    const { browser, response, options } = await signInWith(server, key);
    expect(options).toMatchObject({ rpId: "localhost", userVerification: "required", allowCredentials: [] });
    expect([response.status, response.headers.get("Location")]).toEqual([303, "/settings/security"]);
    expect((await browser.visit("GET", "/settings/security")).status).toBe(200);
    const rows = await server.database.read.selectFrom("sessions").select("two_factor").execute();
    expect(rows.map((row) => row.two_factor)).toEqual([1, 1]);
  });

  const lies: [what: string, lie: Falsehoods][] = [
    ["another origin", { origin: "https://localhost" }],
    ["another port", { origin: "http://localhost:8081" }],
    ["a look-alike", { origin: "http://localhost.evil.example" }],
    ["another relying party", { rpId: "evil.example" }],
    ["a challenge of its own", { challenge: Buffer.alloc(32, 7).toString("base64url") }],
    ["the wrong ceremony", { type: "webauthn.create" }],
    ["a foreign page's frame", { crossOrigin: true }],
    ["nobody's finger", { userVerified: false }],
    ["nobody there", { userPresent: false }],
    ["a changed signature", { forged: true }],
    ["somebody else's handle", { userHandle: Buffer.from("somebody").toString("base64url") }],
  ];
  test("are refused with anything wrong, and the same key works right after", async () => {
    const server = createAccountsServer({ database: await open() });
    const { key } = await withKey(server);
    const outcomes: [string, number][] = [];
    for (const [what, lie] of lies) outcomes.push([what, (await signInWith(server, key, lie)).response.status]);
    expect(outcomes).toEqual(lies.map(([what]) => [what, 401]));
    expect((await signInWith(server, key)).response.status).toBe(303);
    expect((await signInWith(server, createAuthenticator(ORIGIN))).response.status).toBe(401);
  });

  test("an answer works once, within five minutes, for one of fifty at once", async () => {
    const server = createAccountsServer({ database: await open() });
    const { key } = await withKey(server);
    const { credential } = await signInWith(server, key);
    const again = (sent: string) => createBrowser(server).submit("/sign-in/passkey", { credential: sent }, "/sign-in");
    expect((await again(credential)).status).toBe(401);

    const options = await optionsOf(createBrowser(server), "/sign-in/passkey/options", "/sign-in");
    const answer = key.get(options);
    const raced = await Promise.all(Array.from({ length: 50 }, () => again(answer)));
    expect(raced.filter((response) => response.status === 303)).toHaveLength(1);

    const late = await optionsOf(createBrowser(server), "/sign-in/passkey/options", "/sign-in");
    server.clock.move(5 * MINUTE + 1000);
    expect((await again(key.get(late))).status).toBe(401);
  });

  test("a counter that does not grow is refused and noted; one that was never used need not count", async () => {
    const server = createAccountsServer({ database: await open() });
    const { browser, key } = await withKey(server);
    expect((await signInWith(server, key, { counter: 50 })).response.status).toBe(303);
    expect((await signInWith(server, key, { counter: 50 })).response.status).toBe(401);
    expect((await signInWith(server, key, { counter: 7 })).response.status).toBe(401);
    expect((await signInWith(server, key, { counter: 0 })).response.status).toBe(401);
    expect(await auditOf(server, "passkey.refused")).toHaveLength(3);
    // Only whoever holds the key can make the server believe in a clone.
    expect((await signInWith(server, key, { counter: 3, forged: true })).response.status).toBe(401);
    expect(await auditOf(server, "passkey.refused")).toHaveLength(3);
    expect((await signInWith(server, key, { counter: 51 })).response.status).toBe(303);

    const still = createAuthenticator(ORIGIN);
    expect((await add(browser, still, { counter: 0 }, "Counts nothing")).status).toBe(303);
    for (let i = 0; i < 2; i++) expect((await signInWith(server, still, { counter: 0 })).response.status).toBe(303);
  });

  test("stand in as the second factor, of their own person and of no other", async () => {
    const server = createAccountsServer({ database: await open() });
    const { key } = await withKey(server);
    const bob = await withKey(server, "bob");
    const browser = createBrowser(server);
    const first = await browser.submit("/sign-in", { username: "ada", password: PASSWORD, next: "/publish" });
    expect(first.headers.get("Location")).toBe("/sign-in/two-factor");
    const path = "/sign-in/two-factor/passkey";
    const answer = async (who: Authenticator, lie: Falsehoods = {}) => {
      const options = await optionsOf(browser, `${path}/options`, "/sign-in/two-factor");
      expect(options.allowCredentials.map((one: { id: string }) => one.id)).toEqual([key.id]);
      return browser.submit(path, { credential: who.get(options, lie) }, "/sign-in/two-factor");
    };
    expect((await answer(bob.key)).status).toBe(401);
    // A challenge for signing in without a password does not do here.
    const other = await optionsOf(createBrowser(server), "/sign-in/passkey/options", "/sign-in");
    expect((await browser.submit(path, { credential: key.get(other) }, "/sign-in/two-factor")).status).toBe(401);
    // With the password given, being there is enough.
    const done = await answer(key, { userVerified: false });
    expect([done.status, done.headers.get("Location")]).toEqual([303, "/publish"]);
  });

  test("registration checks origin, relying party and challenge, and takes no answer twice", async () => {
    const server = createAccountsServer({ database: await open() });
    const browser = await signedIn(server);
    for (const lie of [
      { origin: "https://evil.example" },
      { rpId: "evil.example" },
      { challenge: Buffer.alloc(32, 7).toString("base64url") },
      { type: "webauthn.get" },
      { crossOrigin: true },
    ])
      expect([lie, (await add(browser, createAuthenticator(ORIGIN), lie)).status]).toEqual([lie, 401]);
    for (const credential of ["", "null", "{}", "[]", '{"response":null}', '{"response":{}}', "x".repeat(70_000)])
      expect(
        (await browser.submit("/settings/security/passkeys", { name: "k", credential }, "/settings/security")).status,
      ).toBe(401);
    const key = createAuthenticator(ORIGIN);
    expect(await (await add(browser, key)).text()).toMatch(/[a-z2-7]{6}(-[a-z2-7]{6}){3}/);
    // The same key again, for this person and for another.
    expect((await add(browser, key)).status).toBe(409);
    expect((await add(await signedIn(server, "bob"), key)).status).toBe(409);
    expect(await server.database.read.selectFrom("passkeys").select("id").execute()).toHaveLength(1);
  });

  test("have names, are removed by their own person after a recent proof, and then sign nobody in", async () => {
    const server = createAccountsServer({ database: await open() });
    const { browser, key } = await withKey(server);
    const bob = await signedIn(server, "bob");
    const [{ id }] = (await server.database.read.selectFrom("passkeys").select("id").execute()) as [{ id: string }];
    const act = (who: Browser, action: string, fields = {}) =>
      who.submit(`/settings/security/passkeys/${id}/${action}`, fields, "/settings/security");
    expect((await act(bob, "rename", { name: "mine" })).status).toBe(404);
    expect((await act(bob, "remove")).status).toBe(404);
    expect((await act(browser, "rename", { name: " " })).status).toBe(422);
    expect((await act(browser, "rename", { name: "<b>Drawer</b>" })).status).toBe(303);
    expect(await (await browser.visit("GET", "/settings/security")).text()).toContain("&lt;b>Drawer&lt;/b>");
    server.clock.move(16 * MINUTE);
    expect((await act(browser, "remove")).headers.get("Location")).toStartWith("/sudo");
    const sudo = await optionsOf(browser, "/sudo/passkey/options", "/sudo");
    const before = browser.jar.get("session");
    const proved = await browser.submit("/sudo/passkey", { credential: key.get(sudo) }, "/sudo");
    expect(proved.status).toBe(303);
    expect(browser.jar.get("session")).not.toBe(before);
    expect((await act(browser, "remove")).status).toBe(303);
    expect((await signInWith(server, key)).response.status).toBe(401);
    expect(await server.database.read.selectFrom("recovery_codes").select("id").execute()).toEqual([]);
    const login = { username: "ada", password: PASSWORD };
    expect((await server.send("POST", "/api/v1/auth/login", { json: login })).status).toBe(200);
  });
});

test("browsers offer passkeys at names with https, and on localhost", () => {
  const found = (url: string) => relyingParty(url, "M");
  expect(found("https://market.example.org/sub")).toEqual({
    id: "market.example.org",
    origin: "https://market.example.org",
    name: "M",
  });
  expect(found("https://market.example.org:8443")?.origin).toBe("https://market.example.org:8443");
  expect(found("http://localhost:8080")).toMatchObject({ id: "localhost", origin: "http://localhost:8080" });
  for (const url of ["http://market.example.org", "https://10.0.0.1", "https://[::1]", "http://127.0.0.1:8080"])
    expect(found(url)).toBeNull();
});
