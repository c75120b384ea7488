import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT, createVisitor } from "../support/identity-provider.ts";
import { type Marketplace, PASSWORD, startMarketplace } from "../support/marketplace.ts";

/** What of GitHub Enterprise a sign-in touches. */
const gitHub = { user: {} as object, emails: [] as object[], teams: [] as object[], forms: [] as URLSearchParams[] };
let enterprise: Bun.Server<undefined>;
let server: Marketplace;
const folder = mkdtempSync(join(tmpdir(), "marketplace-sign-on-"));

beforeAll(async () => {
  enterprise = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/login/oauth/access_token") {
        const form = new URLSearchParams(await request.text());
        gitHub.forms.push(form);
        return form.get("code") === "bad"
          ? Response.json({ error: "bad_verification_code" })
          : Response.json({ access_token: "gho_x", token_type: "bearer" });
      }
      if (request.headers.get("Authorization") !== "Bearer gho_x") return new Response(null, { status: 401 });
      const answers = new Map<string, unknown>([
        ["/api/v3/user", gitHub.user],
        ["/api/v3/user/emails", gitHub.emails],
        ["/api/v3/user/teams", gitHub.teams],
        ["/api/v3/user/orgs", [{ login: "corp" }]],
      ]);
      return answers.has(pathname) ? Response.json(answers.get(pathname)) : new Response(null, { status: 404 });
    },
  });
  server = await startMarketplace({
    engine: "sqlite",
    location: { url: "", path: join(folder, "marketplace.db") },
    env: {
      MARKETPLACE_ACCOUNTS_PASSWORD_LOGIN: "false",
      MARKETPLACE_OIDC_HUB_KIND: "github",
      MARKETPLACE_OIDC_HUB_ISSUER: enterprise.url.origin,
      MARKETPLACE_OIDC_HUB_CLIENT_ID: CLIENT.id,
      MARKETPLACE_OIDC_HUB_CLIENT_SECRET: CLIENT.secret,
      MARKETPLACE_OIDC_HUB_GROUPS: "corp/security=role:moderator",
    },
  });
}, 60_000);
afterAll(async () => {
  await server?.stop();
  enterprise?.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

const address = (email: string, verified = true) => ({ email, verified, primary: true });

async function signIn(code: string, more: Record<string, string> = {}) {
  const visitor = createVisitor();
  const away = new URL((await visitor.visit(`${server.url}/api/v1/auth/oauth/hub`)).headers.get("Location")!);
  const back = new URL(away.searchParams.get("redirect_uri")!);
  back.search = new URLSearchParams({ code, state: away.searchParams.get("state")!, ...more }).toString();
  return { away, visitor, response: await visitor.visit(back.href) };
}

test("GitHub signs in without an ID token, by its API", async () => {
  gitHub.user = { id: 7, login: "Octo-Cat", name: "Octo Cat" };
  gitHub.emails = [{ email: "old@example.org", verified: true, primary: false }, address("octo@example.org")];
  gitHub.teams = [{ slug: "security", organization: { login: "corp" } }];
  const { away, visitor, response } = await signIn("good");
  expect([response.status, response.headers.get("Location")]).toEqual([302, "/"]);
  expect(away.searchParams.get("scope")).toBe("read:user user:email read:org");
  expect(away.searchParams.get("code_challenge_method")).toBe("S256");
  const sent = gitHub.forms.at(-1)!;
  const challenge = new Bun.CryptoHasher("sha256").update(sent.get("code_verifier")!).digest("base64url");
  expect(challenge).toBe(away.searchParams.get("code_challenge")!);
  const { data } = (await (await visitor.visit(`${server.url}/api/v1/me`)).json()) as { data: object };
  expect(data).toMatchObject({ username: "octo-cat", email: "octo@example.org", role: "moderator" });
  // GitHub does not say when it asked: another sign-in confirms nothing. The first counts, for who has no other proof.
  const sudo = await (await visitor.visit(`${server.url}/sudo`)).text();
  expect(sudo).not.toContain("/api/v1/auth/oauth/hub");
  expect(sudo).toContain("Forgot your");
  const again = await visitor.visit(`${server.url}/api/v1/auth/oauth/hub?fresh=true`);
  const asked = new URL(again.headers.get("Location")!);
  const back = new URL(asked.searchParams.get("redirect_uri")!);
  back.search = new URLSearchParams({ code: "good-again", state: asked.searchParams.get("state")! }).toString();
  expect((await visitor.visit(back.href)).status).toBe(403);
  const sessions = await server.app.database.read.selectFrom("sessions").select("authenticated_at").execute();
  expect(sessions).toEqual([{ authenticated_at: expect.any(String) }]);
});

test("a code that GitHub refuses, another issuer and an answer without a user sign nobody in", async () => {
  expect((await signIn("bad")).response.status).toBe(403);
  expect((await signIn("other-1", { iss: `${enterprise.url.origin}.evil.example` })).response.status).toBe(403);
  gitHub.user = { message: "hello" };
  expect((await signIn("other-2")).response.status).toBe(403);
});

test("where passwords are off, they sign in administrators alone", async () => {
  await server.person("root-1", "admin");
  await server.person("ordinary");
  const page = await (await createVisitor().visit(`${server.url}/sign-in`)).text();
  expect(page).toContain("/api/v1/auth/oauth/hub");
  expect(page).not.toContain('type="password"');
  const login = (username: string, password = PASSWORD) =>
    server.stranger.send("POST", "/api/v1/auth/login", { json: { username, password } }).then(({ status }) => status);
  expect(await login("ordinary")).toBe(403);
  expect(await login("ordinary", "wrong wrong wrong")).toBe(401);
  expect(await login("root-1")).toBe(200);
  const json = { username: "new", email: "new@example.org", password: PASSWORD };
  expect((await server.stranger.send("POST", "/api/v1/auth/register", { json })).status).toBe(403);
  const visitor = createVisitor();
  const form = await visitor.follow(`${server.url}/sign-in?password`);
  expect(form.text).toContain('type="password"');
  await visitor.submit(form, { username: "root-1", password: PASSWORD });
  expect((await visitor.visit(`${server.url}/api/v1/me`)).status).toBe(200);
});
