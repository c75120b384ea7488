import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPair, SignJWT } from "jose";
import { newId } from "../../src/core/id.ts";
import { type DatabaseUnderTest, eachDatabase } from "../support/databases.ts";
import { type FalseProvider, startFalseProvider } from "../support/false-provider.ts";
import {
  CLIENT,
  createVisitor,
  type IdentityProvider,
  type People,
  signInAt,
  startIdentityProvider,
  type Visitor,
} from "../support/identity-provider.ts";
import { type Marketplace, PASSWORD, startMarketplace } from "../support/marketplace.ts";

const PEOPLE: People = {
  ada: {
    email: "ada@corp.example",
    email_verified: true,
    name: "Ada Lovelace",
    preferred_username: "Ada.L",
    groups: ["engineering", "admins"],
  },
  bob: { email: "bob@corp.example", email_verified: true, groups: [] },
  carol: { email: "carol@corp.example", email_verified: true },
};

const section = (name: string, issuer: string, more: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ issuer, client_id: CLIENT.id, client_secret: CLIENT.secret, ...more }).map(([key, value]) => [
      `MARKETPLACE_OIDC_${name}_${key}`.toUpperCase(),
      value,
    ]),
  );

eachDatabase("sign-on", (_open, under) => {
  // Within, so that the server ends before its database does.
  describe("through other providers", () => signOnSuite(under));
});

function signOnSuite({ engine, locate }: DatabaseUnderTest): void {
  let corporate: IdentityProvider;
  let wary: FalseProvider;
  let trusted: FalseProvider;
  let guarded: FalseProvider;
  let server: Marketplace;

  beforeAll(async () => {
    [corporate, wary, trusted, guarded] = await Promise.all([
      startIdentityProvider(structuredClone(PEOPLE)),
      startFalseProvider(),
      startFalseProvider(),
      startFalseProvider(),
    ]);
    server = await startMarketplace({
      engine,
      location: await locate(),
      env: {
        ...section("corporate", corporate.issuer, {
          label: "Example SSO",
          groups: "engineering=acme:member;acme/platform;nowhere:owner,admins=role:admin",
        }),
        ...section("wary", wary.issuer),
        ...section("trusted", trusted.issuer, { trust_email: "true" }),
        ...section("guarded", guarded.issuer, { create_accounts: "never", allowed_domains: "corp.example" }),
      },
    });
    await corporate.serve(callback("corporate"));
    const founder = await server.person("founder", "admin");
    await founder.api("POST", "/organizations", 201, { json: { slug: "acme", display_name: "Acme" } });
    await founder.api("POST", "/organizations/acme/teams", 201, { json: { slug: "platform", name: "Platform" } });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    for (const one of [corporate, wary, trusted, guarded]) one?.stop();
  }, 30_000);
  beforeEach(() => {
    for (const one of [wary, trusted, guarded]) one.reset();
  });

  const begin = (provider: string, query = "") => `${server.url}/api/v1/auth/oauth/${provider}${query}`;
  const callback = (provider: string) => `${server.url}/api/v1/auth/oauth/${provider}/callback`;
  /** Leaves for a false provider and answers where it sends the browser back to. */
  const leave = async (visitor: Visitor, name: string, provider: FalseProvider, more?: Record<string, string>) => {
    const away = await visitor.visit(begin(name));
    expect(away.status).toBe(302);
    return provider.answerOf(away.headers.get("Location")!, more);
  };
  const signIn = async (name: string, provider: FalseProvider, claims: object, visitor = createVisitor()) => {
    provider.claims = { ...claims };
    const response = await visitor.visit(await leave(visitor, name, provider));
    return { response, visitor, location: response.headers.get("Location") };
  };
  const who = async (visitor: Visitor): Promise<string | null> => {
    const response = await visitor.visit(`${server.url}/api/v1/me`, { headers: { Accept: "application/json" } });
    return response.status === 200 ? ((await response.json()) as { data: { username: string } }).data.username : null;
  };
  const corporateSignIn = async (login: string, next = "/") => {
    const visitor = createVisitor();
    const back = await signInAt(
      visitor,
      begin("corporate", `?next=${encodeURIComponent(next)}`),
      login,
      callback("corporate"),
    );
    return { visitor, back, response: await visitor.visit(back) };
  };
  const query = () => server.app.database.read;
  const identities = (username: string) =>
    query()
      .selectFrom("identities as i")
      .innerJoin("users as u", "u.id", "i.user_id")
      .select(["i.provider", "i.subject"])
      .where("u.username", "=", username)
      .execute();

  describe("a real provider", () => {
    test("signs two people in, with what their groups give", async () => {
      const page = await (await createVisitor().visit(`${server.url}/sign-in?next=%2Fpublish`)).text();
      expect(page).toContain('href="/api/v1/auth/oauth/corporate?next=%2Fpublish"');
      expect(page).toContain("Sign in with Example SSO");
      const ada = await corporateSignIn("ada", "/settings/profile");
      expect([ada.response.status, ada.response.headers.get("Location")]).toEqual([302, "/settings/profile"]);
      expect(await who(ada.visitor)).toBe("ada-l");
      const bob = await corporateSignIn("bob", "https://evil.example/");
      expect(bob.response.headers.get("Location")).toBe("/");
      expect(await who(bob.visitor)).toBe("bob");
      const held = await query()
        .selectFrom("users as u")
        .leftJoin("organization_members as m", "m.user_id", "u.id")
        .leftJoin("team_members as t", "t.user_id", "u.id")
        .select([
          "u.username",
          "u.display_name",
          "u.role",
          "u.role_source",
          "m.role as member",
          "m.source",
          "t.source as team",
        ])
        .where("u.username", "in", ["ada-l", "bob"])
        .orderBy("u.username")
        .execute();
      expect(held.map((row) => Object.values(row))).toEqual([
        ["ada-l", "Ada Lovelace", "admin", "corporate", "member", "corporate", "corporate"],
        ["bob", "bob", "user", "manual", null, null, null],
      ]);
      // The same person again is the same account.
      expect(await who((await corporateSignIn("ada")).visitor)).toBe("ada-l");
    });

    test("takes away with the group what it gave, at the next sign-in", async () => {
      await corporateSignIn("ada");
      corporate.people["ada"]!.groups = [];
      const { visitor } = await corporateSignIn("ada");
      corporate.people["ada"]!.groups = PEOPLE["ada"]!.groups;
      expect(await who(visitor)).toBe("ada-l");
      const row = await query()
        .selectFrom("users as u")
        .leftJoin("organization_members as m", "m.user_id", "u.id")
        .select(["u.role", "m.role as member"])
        .where("u.username", "=", "ada-l")
        .executeTakeFirst();
      expect(row).toEqual({ role: "user", member: null });
    });

    test("may change its keys while the server runs", async () => {
      await corporateSignIn("carol");
      await corporate.rotateKeys();
      expect(await who((await corporateSignIn("carol")).visitor)).toBe("carol");
    });

    test("asks with PKCE, state, nonce and the exact redirect URI", async () => {
      const away = await createVisitor().visit(begin("corporate"));
      const asked = new URL(away.headers.get("Location")!);
      expect(asked.origin).toBe(corporate.issuer);
      expect(Object.fromEntries(asked.searchParams)).toMatchObject({
        response_type: "code",
        client_id: CLIENT.id,
        redirect_uri: callback("corporate"),
        scope: "openid profile email",
        code_challenge_method: "S256",
        state: expect.stringMatching(/^[\w-]{43}$/),
        nonce: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(away.headers.get("Set-Cookie")).toMatch(/HttpOnly; SameSite=Lax/);
      expect((await createVisitor().visit(begin("nobody"))).status).toBe(404);
    });

    test("is begun by people, not by a link on another site", async () => {
      for (const site of ["cross-site", "same-site"]) {
        const sent = await fetch(begin("corporate", "?next=/publish"), {
          redirect: "manual",
          headers: { "Sec-Fetch-Site": site },
        });
        expect([sent.status, sent.headers.get("Location")]).toEqual([302, "/sign-in?next=%2Fpublish"]);
        expect(sent.headers.getSetCookie().filter((cookie) => cookie.includes("sign-on"))).toEqual([]);
      }
      for (const site of ["none", "same-origin"]) {
        const sent = await fetch(begin("corporate"), { redirect: "manual", headers: { "Sec-Fetch-Site": site } });
        expect(new URL(sent.headers.get("Location") ?? "", server.url).origin).toBe(new URL(corporate.issuer).origin);
      }
    });

    test("of fifty who come back with one answer one is signed in", async () => {
      const visitor = createVisitor();
      const back = await signInAt(visitor, begin("corporate"), "bob", callback("corporate"));
      const cookies = [...visitor.jars.get(server.url)!].map(([name, value]) => `${name}=${value}`).join("; ");
      const answers = await Promise.all(
        Array.from({ length: 50 }, () =>
          fetch(back, { redirect: "manual", headers: { Cookie: cookies, Accept: "text/html" } }),
        ),
      );
      expect(answers.filter(({ status }) => status === 302)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 400)).toHaveLength(49);
      expect((await visitor.visit(back)).status).toBe(400);
    });

    test("another issuer's name in the answer, or none, is a mix-up", async () => {
      for (const iss of ["https://evil.example", null]) {
        const visitor = createVisitor();
        const back = new URL(await signInAt(visitor, begin("corporate"), "bob", callback("corporate")));
        if (iss === null) back.searchParams.delete("iss");
        else back.searchParams.set("iss", iss);
        expect((await visitor.visit(back.href)).status).toBe(403);
        expect(await who(visitor)).toBeNull();
      }
    });

    test("a refusal there is told here", async () => {
      const visitor = createVisitor();
      const away = new URL((await visitor.visit(begin("corporate"))).headers.get("Location")!);
      const back = new URL(callback("corporate"));
      const state = away.searchParams.get("state")!;
      back.search = new URLSearchParams({ error: "access_denied", state, iss: corporate.issuer }).toString();
      const response = await visitor.visit(back.href);
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("access_denied");
    });
  });

  describe("what comes back", () => {
    test("counts only in the browser that left, and is not used up by another", async () => {
      const visitor = createVisitor();
      wary.claims = { sub: "dora", email: "dora@example.org" };
      const back = await leave(visitor, "wary", wary);
      expect((await createVisitor().visit(back)).status).toBe(400);
      const other = createVisitor();
      await other.visit(begin("wary"));
      expect((await other.visit(back)).status).toBe(400);
      expect((await visitor.visit(back)).status).toBe(302);
      expect(await who(visitor)).toBe("dora");
    });

    test("counts only for the provider that was left for", async () => {
      const visitor = createVisitor();
      const back = new URL(await leave(visitor, "wary", wary));
      const swapped = `${callback("trusted")}${back.search}`;
      expect((await visitor.visit(swapped)).status).toBe(400);
    });

    test("is nothing without a state, with an unknown one, or with a code that was used", async () => {
      const visitor = createVisitor();
      await visitor.visit(begin("wary"));
      for (const search of ["", "?code=x", "?code=x&state=y", `?code=x&state=${"z".repeat(43)}`])
        expect((await visitor.visit(`${callback("wary")}${search}`)).status).toBe(400);
      wary.claims = { sub: "emil", email: "emil@example.org" };
      const back = new URL(await leave(visitor, "wary", wary));
      expect((await visitor.visit(back.href)).status).toBe(302);
      const again = await leave(createVisitor(), "wary", wary, { code: back.searchParams.get("code")! });
      expect((await visitor.visit(again)).status).toBe(400);
      const replay = createVisitor();
      const replayed = await leave(replay, "wary", wary, { code: back.searchParams.get("code")! });
      expect((await replay.visit(replayed)).status).toBe(400);
      expect(await who(replay)).toBeNull();
    });

    const now = () => Math.floor(Date.now() / 1000);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const other = generateKeyPair("RS256");
    test.each<[string, (provider: FalseProvider) => void]>([
      ["no signature", (p) => (p.sign = (claims) => `${encode({ alg: "none" })}.${encode(claims)}.`)],
      [
        "the client's secret as key",
        (p) =>
          (p.sign = (claims) =>
            new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(CLIENT.secret))),
      ],
      ["another key", (p) => (p.sign = async (claims) => p.signed(claims, (await other).privateKey))],
      [
        "another key of another id",
        (p) => (p.sign = async (claims) => p.signed(claims, (await other).privateKey, { kid: "two" })),
      ],
      [
        "a key that the token brings",
        (p) =>
          (p.sign = async (claims) =>
            p.signed(claims, (await other).privateKey, { kid: undefined, jku: "https://evil.example/jwks" })),
      ],
      ["an expired token", (p) => (p.claims = { exp: now() - 3600, iat: now() - 7200 })],
      ["a token of tomorrow", (p) => (p.claims = { nbf: now() + 86_400 })],
      ["no expiry", (p) => (p.claims = { exp: undefined })],
      ["another nonce", (p) => (p.claims = { nonce: "another" })],
      ["no nonce", (p) => (p.claims = { nonce: undefined })],
      ["another audience", (p) => (p.claims = { aud: "another" })],
      ["another issuer", (p) => (p.claims = { iss: "https://evil.example" })],
      ["no subject", (p) => (p.claims = { sub: undefined })],
      ["a subject that is no text", (p) => (p.claims = { sub: 7 })],
      ["no token", (p) => p.instead.set("/token", () => Response.json({ access_token: "a", token_type: "Bearer" }))],
      ["a redirect", (p) => p.instead.set("/token", () => Response.redirect("https://evil.example/token", 307))],
      ["too much", (p) => p.instead.set("/token", () => new Response("x".repeat(3_000_000)))],
    ])("%s signs nobody in", async (_, arrange) => {
      const visitor = createVisitor();
      arrange(wary);
      const response = await visitor.visit(await leave(visitor, "wary", wary));
      expect(response.status).toBe(403);
      expect(response.headers.get("Content-Type")).toStartWith("text/html");
      expect(await who(visitor)).toBeNull();
      expect(await query().selectFrom("identities").select("id").where("subject", "=", "somebody").execute()).toEqual(
        [],
      );
    });

    test("unknown keys are fetched anew, but not without bound", async () => {
      wary.sign = async (claims) => wary.signed(claims, (await other).privateKey, { kid: crypto.randomUUID() });
      const before = wary.asked.get("/jwks") ?? 0;
      for (let tries = 0; tries < 25; tries++) {
        const visitor = createVisitor();
        await visitor.visit(await leave(visitor, "wary", wary));
      }
      expect((wary.asked.get("/jwks") ?? 0) - before).toBeLessThanOrEqual(12);
    });

    test("a provider that is away is told so", async () => {
      const gone = createVisitor();
      const back = await leave(gone, "guarded", guarded);
      guarded.instead.set("/token", () => new Response(null, { status: 500 }));
      expect((await gone.visit(back)).status).toBe(403);
    });
  });

  describe("a proof anew", () => {
    const seconds = (ago: number) => Math.floor(Date.now() / 1000) - ago;
    test.each([
      ["none", undefined, 403],
      ["an old one", 3600, 403],
      ["one of this moment", 1, 302],
    ])("holds with the provider's word when it was: %s", async (_, ago, status) => {
      const sub = `anew-${ago}`;
      const visitor = createVisitor();
      wary.claims = { sub, email: `${sub}@example.org`, ...(ago === undefined ? {} : { auth_time: seconds(ago) }) };
      const away = await visitor.visit(begin("wary", "?fresh=true"));
      expect(away.headers.get("Location")).toContain("max_age=0");
      const back = await visitor.visit(wary.answerOf(away.headers.get("Location")!));
      expect(back.status).toBe(status);
    });
  });

  describe("an address", () => {
    const verified = { email_verified: true };

    test.each([
      ["that was not verified, of a provider that is not trusted", "wary", {}],
      ["that was verified, of a provider that is not trusted", "wary", verified],
      ["that was not verified, of a trusted provider", "trusted", {}],
      ["that a trusted provider says is verified with other words", "trusted", { email_verified: "yes" }],
    ])("%s connects with no account", async (_, name, claims) => {
      const username = `owner-${newId().slice(-12)}`;
      await server.person(username);
      const provider = name === "wary" ? wary : trusted;
      const { response, visitor, location } = await signIn(name, provider, {
        sub: username,
        email: `${username}@example.org`,
        ...claims,
      });
      expect([response.status, location]).toEqual([302, "/sign-in/connect"]);
      expect(await who(visitor)).toBeNull();
      expect(await identities(username)).toEqual([]);
      const page = await (await visitor.visit(`${server.url}/sign-in/connect`)).text();
      expect(page).toContain("Sign in to your account");
    });

    test("connects after signing in to the account that has it, once", async () => {
      await server.person("finn");
      const { visitor } = await signIn("wary", wary, { sub: "finn-there", email: "finn@example.org" });
      const form = await visitor.follow(`${server.url}/sign-in?next=%2Fsign-in%2Fconnect`);
      const page = await visitor.submit(form, { username: "finn", password: PASSWORD });
      expect(page.url).toBe(`${server.url}/sign-in/connect`);
      expect(page.text).toContain("finn@example.org");
      const done = await visitor.submit(page, {});
      expect(done.url).toContain("/settings/connected-accounts");
      expect(await identities("finn")).toEqual([{ provider: "wary", subject: "finn-there" }]);
      const { visitor: next } = await signIn("wary", wary, { sub: "finn-there", email: "elsewhere@example.org" });
      expect(await who(next)).toBe("finn");
    });

    test("that a trusted provider verified is proof, unless the account's own was never confirmed", async () => {
      await server.person("gina");
      const { visitor } = await signIn("trusted", trusted, { sub: "g", email: "Gina@example.org", ...verified });
      expect(await who(visitor)).toBe("gina");
      // Somebody else of the provider, who got the address later, is somebody else.
      const second = await signIn("trusted", trusted, { sub: "g2", email: "gina@example.org", ...verified });
      expect(second.location).toBe("/sign-in/connect");
      // Whoever registers with an address that is not theirs does not get its owner's sign-ons.
      const json = { username: "squatter", email: "hugo@example.org", password: PASSWORD };
      await server.stranger.api("POST", "/auth/register", 201, { json });
      const hugo = await signIn("trusted", trusted, { sub: "h", email: "hugo@example.org", ...verified });
      expect(await who(hugo.visitor)).toBe("hugo");
      expect(await identities("squatter")).toEqual([]);
    });

    test("outside the domains that are allowed, or not verified in them, signs nobody in", async () => {
      await server.person("ivan");
      for (const claims of [
        { sub: "i", email: "ivan@example.org", ...verified },
        { sub: "i", email: "ivan@corp.example" },
        { sub: "i", email: "ivan@corp.example.evil.example", ...verified },
      ])
        expect((await signIn("guarded", guarded, claims)).response.status).toBe(403);
      const nobody = await signIn("guarded", guarded, { sub: "i", email: "ivan@corp.example", ...verified });
      expect(nobody.location).toBe("/sign-in/connect");
    });
  });

  describe("accounts", () => {
    test("names that are taken, reserved or no names at all are made into free ones", async () => {
      const names: (string | null)[] = [];
      for (const [sub, preferred_username] of [
        ["n1", "founder"],
        ["n2", "admin"],
        ["n3", "Ünïcode Näme!"],
        ["n4", "日本"],
      ]) {
        const { visitor } = await signIn("wary", wary, { sub, preferred_username, email: `${sub}@example.org` });
        names.push(await who(visitor));
      }
      expect(names).toEqual(
        ["founder-2", "admin-2", "unicode-name", "user"].map((name) => expect.stringMatching(name)),
      );
    });

    test("are made once, also when somebody comes from two browsers at once", async () => {
      wary.claims = { sub: "twin", email: "twin@example.org" };
      const visitors = Array.from({ length: 8 }, createVisitor);
      const backs: string[] = [];
      for (const visitor of visitors) backs.push(await leave(visitor, "wary", wary));
      await Promise.all(visitors.map((visitor, index) => visitor.visit(backs[index]!)));
      expect(new Set(await Promise.all(visitors.map(who)))).toEqual(new Set(["twin"]));
      expect(await identities("twin")).toHaveLength(1);
    });

    test("that are disabled are not signed in to", async () => {
      const { visitor } = await signIn("wary", wary, { sub: "jo", email: "jo@example.org" });
      expect(await who(visitor)).toBe("jo");
      await server.app.database.write((tx) =>
        tx.updateTable("users").set({ status: "disabled" }).where("username", "=", "jo").execute(),
      );
      const again = await signIn("wary", wary, { sub: "jo", email: "jo@example.org" });
      expect(again.response.status).toBe(403);
      expect(await who(again.visitor)).toBeNull();
    });

    test("with a second factor are asked for it, unless the provider saw to two", async () => {
      const { visitor } = await signIn("wary", wary, { sub: "kim", email: "kim@example.org" });
      expect(await who(visitor)).toBe("kim");
      const kim = await server.app.accounts.profile("kim");
      await server.app.database.write((tx) =>
        tx
          .insertInto("passkeys")
          .values({
            id: newId(),
            user_id: kim.id,
            credential_id: "c",
            public_key: "k",
            counter: 0,
            name: "key",
            created_at: new Date().toISOString(),
          })
          .execute(),
      );
      const once = await signIn("wary", wary, { sub: "kim", email: "kim@example.org", amr: ["pwd"] });
      expect(once.location).toBe("/sign-in/two-factor");
      expect(await who(once.visitor)).toBeNull();
      const twice = await signIn("wary", wary, { sub: "kim", email: "kim@example.org", amr: ["pwd", "mfa"] });
      expect(await who(twice.visitor)).toBe("kim");
      const sessions = await query()
        .selectFrom("sessions")
        .select("two_factor")
        .where("user_id", "=", kim.id)
        .execute();
      expect(sessions.map(({ two_factor }) => Number(two_factor)).sort()).toEqual([0, 1]);
    });

    test("are connected from the settings, and never left without a way in", async () => {
      const settings = "/settings/connected-accounts";
      const { visitor } = await signIn("wary", wary, { sub: "lea", email: "lea@example.org" });
      const csrf = async () => {
        const page = await (await visitor.visit(`${server.url}${settings}`)).text();
        return /name="csrf_token" value="([^"]+)"/.exec(page)![1]!;
      };
      const post = async (path: string) =>
        visitor.visit(`${server.url}${path}`, {
          method: "POST",
          body: new URLSearchParams({ csrf_token: await csrf() }),
          headers: { "Sec-Fetch-Site": "same-origin" },
        });
      const first = (await identityIds("lea"))[0]!;
      expect((await post(`${settings}/${first}/disconnect`)).status).toBe(409);
      const leaving = await post(`${settings}/trusted/connect`);
      const away = /^0; url=(.*)$/.exec(leaving.headers.get("Refresh")!)![1]!;
      trusted.claims = { sub: "lea-there", email: "other@example.org" };
      expect((await visitor.visit(trusted.answerOf(away))).headers.get("Location")).toBe(`${settings}?connected`);
      expect((await post(`${settings}/${first}/disconnect`)).status).toBe(303);
      expect(await identities("lea")).toEqual([{ provider: "trusted", subject: "lea-there" }]);
      const elsewhere = await signIn("trusted", trusted, { sub: "lea-there" });
      expect(await who(elsewhere.visitor)).toBe("lea");
      // What somebody else has connected stays theirs; and nobody connects for another.
      const mia = await signIn("wary", wary, { sub: "mia", email: "mia@example.org" });
      const hers = /^0; url=(.*)$/.exec((await post(`${settings}/trusted/connect`)).headers.get("Refresh")!)![1]!;
      expect((await mia.visitor.visit(trusted.answerOf(hers))).status).toBe(400);
      expect((await visitor.visit(`${server.url}${settings}/wary/connect`, { method: "POST" })).status).toBe(403);
    });

    const identityIds = async (username: string) =>
      (
        await query()
          .selectFrom("identities as i")
          .innerJoin("users as u", "u.id", "i.user_id")
          .select("i.id")
          .where("u.username", "=", username)
          .execute()
      ).map(({ id }) => id);

    test("what happened stands in the audit log", async () => {
      const actions = (await query().selectFrom("audit_entries").select("action").distinct().execute()).map(
        ({ action }) => action,
      );
      for (const action of [
        "user.created",
        "identity.connected",
        "identity.disconnected",
        "organization.member.added",
        "organization.member.removed",
        "organization.unknown",
        "user.role.changed",
        "session.refused",
      ])
        expect(actions).toContain(action);
    });
  });
}
