import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CompactSign, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { SYSTEM } from "../../src/core/actor.ts";
import { createIdTokens } from "../../src/modules/accounts/trusted-publishing/id-tokens.ts";
import { createGuardedFetch } from "../../src/platform/outbound/guarded-fetch.ts";
import { type CiIssuer, startCiIssuer } from "../support/ci-issuer.ts";
import {
  type Client,
  createClient,
  eachMarketplace,
  type Json,
  judged,
  PASSWORD,
  publish,
} from "../support/marketplace.ts";
import { createVisitor } from "../support/visitor.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const AUDIENCE = "https://marketplace.test";
let issuer: CiIssuer;
let stranger: CiIssuer;
const env: Record<string, string> = { MARKETPLACE_TRUSTED_PUBLISHING_AUDIENCE: AUDIENCE };
beforeAll(async () => {
  stranger = await startCiIssuer(AUDIENCE);
});
afterAll(async () => {
  await issuer.stop();
  await stranger.stop();
});
// The servers' configuration needs its address before any hook has run.
issuer = await startCiIssuer(AUDIENCE);
env["MARKETPLACE_TRUSTED_PUBLISHING_ISSUERS"] = issuer.url;

const GITHUB = { repository: "acme/skills", repository_owner_id: "4711" };
const JOB = {
  ...GITHUB,
  job_workflow_ref: "acme/skills/.github/workflows/release.yml@refs/heads/main",
  ref: "refs/heads/main",
  sha: "0123456789abcdef0123456789abcdef01234567",
  run_id: "99",
  actor: "somebody-personal",
};

eachMarketplace(
  "trusted publishing",
  (server) => {
    let count = 0;
    const repository = () => `acme/r${count++}`;
    const exchange = async (token: string, more: Json = {}): Promise<Json> => {
      const json = { token, ...more };
      const response = await server().stranger.send("POST", "/api/v1/auth/trusted-publishing/exchange", { json });
      return { status: response.status, ...((await response.json()) as Json) };
    };
    const trust = (owner: Client, slug: string, claims: Json, status = 201) =>
      owner.api("POST", `/namespaces/${owner.username}/trusted-publishers`, status, {
        json: { slug, issuer: issuer.url, claims },
      });
    const job = ({ data }: Json): Client => createClient(server().url, data.token, "a CI job");

    test("a job makes the asset it is trusted with and publishes again; what came from where is shown", async () => {
      const anna = await server().person("anna");
      await trust(anna, "tides", { ...GITHUB, workflow_file: "release.yml" });
      const first = await exchange(await issuer.token(JOB));
      expect(first).toMatchObject({ status: 200, data: { namespace: "anna", slug: "tides", expires_in: 900 } });
      const ci = job(first);
      expect((await ci.put("anna/tides", "1.0.0", skill("tides"))).status).toBe(201);
      // The same key sees and adds to what it just made …
      await judged(ci, "anna/tides", "1.0.0");
      const version = (await server().stranger.api("GET", "/assets/anna/tides/versions/1.0.0", 200)).data;
      expect(version.provenance).toMatchObject({
        issuer: issuer.url,
        repository: "acme/skills",
        sha: JOB.sha,
        run_id: "99",
      });
      expect(JSON.stringify(version)).not.toContain("somebody-personal");
      const page = await server().stranger.send("GET", "/anna/tides", { headers: { Accept: "text/html" } });
      expect(await page.text()).toContain("acme/skills");
      // … and a later job, with another algorithm, gets one for the asset that is there now.
      const second = job(await exchange(await issuer.token(JOB, { alg: "ES256" })));
      expect((await second.put("anna/tides", "1.1.0", skill("tides", { body: "more" }))).status).toBe(201);
      const byHand = await publish(server(), anna, "anna/tides", "1.2.0", skill("tides", { body: "by hand" }));
      expect(byHand.provenance).toBeNull();
      const listed = await anna.api("GET", "/assets/anna/tides/trusted-publishers", 200);
      expect(listed.data).toMatchObject([{ slug: "tides", exists: true, last_used_at: expect.any(String) }]);
    });

    test("the job's key does nothing but publish that one asset", async () => {
      const ben = await server().person("ben", "admin");
      await publish(server(), ben, "ben/own", "1.0.0", skill("own"));
      await publish(server(), ben, "ben/hidden", "1.0.0", skill("hidden"), { visibility: "private" });
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(ben, "own", claims);
      const ci = job(await exchange(await issuer.token(claims)));
      expect((await ci.put("ben/own", "1.0.1", skill("own", { body: "2" }))).status).toBe(201);
      expect((await ci.put("ben/new", "1.0.0", skill("new"))).status).toBe(403);
      expect((await ci.put("ben/hidden", "1.0.1", skill("hidden", { body: "2" }))).status).toBe(403);
      await ci.api("GET", "/assets/ben/hidden", 404);
      await ci.api("DELETE", "/assets/ben/own", 403);
      await ci.api("PATCH", "/assets/ben/own", 403, { json: { visibility: "private" } });
      await ci.api("POST", "/me/api-keys", 403, { json: { name: "k", scopes: ["read"] } });
      await ci.api("GET", "/assets/ben/own/trusted-publishers", 403);
      await ci.api("POST", "/namespaces/ben/trusted-publishers", 403, {
        json: { slug: "own", issuer: issuer.url, claims: { sub: "more" } },
      });
    });

    test("its keys end with the publisher, for an asset and for a slug that waits for one", async () => {
      const dina = await server().person("dina");
      await publish(server(), dina, "dina/there", "1.0.0", skill("there"));
      for (const slug of ["there", "not-yet"]) {
        const claims = { repository: repository(), repository_owner_id: "1" };
        await trust(dina, slug, claims);
        const ci = job(await exchange(await issuer.token(claims)));
        const { data } = await dina.api("GET", "/namespaces/dina/trusted-publishers", 200);
        const { id } = data.find((one: { slug: string }) => one.slug === slug);
        await ci.api("GET", "/assets/dina/there", 200);
        await dina.api("DELETE", `/namespaces/dina/trusted-publishers/${id}`, 204);
        await ci.api("GET", "/assets/dina/there", 401);
        expect((await ci.put(`dina/${slug}`, "2.0.0", skill(slug))).status).toBe(401);
      }
    });

    test("it acts for whoever registered it, and only while they may", async () => {
      const cleo = await server().person("cleo");
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(cleo, "sun", claims);
      const ci = job(await exchange(await issuer.token(claims)));
      expect((await ci.put("cleo/sun", "1.0.0", skill("sun"))).status).toBe(201);
      await server().app.accounts.administration.disable(SYSTEM, "cleo");
      expect((await ci.put("cleo/sun", "1.0.1", skill("sun", { body: "2" }))).status).toBe(401);
      expect((await exchange(await issuer.token(claims))).error.code).toBe("FORBIDDEN");
    });

    test("the pages list, register and remove them", async () => {
      await server().person("jutta");
      const visitor = createVisitor(server().url);
      await visitor.signIn("jutta", PASSWORD);
      const mine = "/settings/trusted-publishers";
      const claims = "repository = acme/<b>x</b>\n\n repository_owner_id=1 ";
      const fields = { namespace: "jutta", slug: "pages", issuer: issuer.url, claims };
      expect((await visitor.submit(mine, { ...fields, claims: "environment = prod" })).status).toBe(422);
      expect((await visitor.submit(mine, fields)).status).toBe(303);
      const page = await (await visitor.visit("GET", mine)).text();
      expect(page).toContain("repository = acme/&lt;b&gt;x");
      expect(page).toContain("not made yet");
      const id = /trusted-publishers\/([0-9a-f-]{36})\/remove/.exec(page)?.[1];
      expect((await visitor.submitFrom(page, `${mine}/${id}/remove`, { namespace: "jutta" })).status).toBe(303);
      expect(await (await visitor.visit("GET", mine)).text()).toContain("No trusted publisher yet");
      const kurt = await server().person("kurt");
      await publish(server(), kurt, "kurt/a", "1.0.0", skill("a"));
      expect((await visitor.visit("GET", "/kurt/a/settings/trusted-publishers")).status).toBe(403);
      const owner = createVisitor(server().url);
      await owner.signIn("kurt", PASSWORD);
      expect((await owner.submit("/kurt/a/settings/trusted-publishers", fields)).status).toBe(303);
      expect(await (await owner.visit("GET", "/kurt/a/settings")).text()).toContain("settings/trusted-publishers");
    });

    test("a token works once, though fifty jobs show it at once", async () => {
      const dora = await server().person("dora");
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(dora, "moon", claims);
      const token = await issuer.token(claims);
      const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(token)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status, error }) => status === 401 && /used already/.test(error.message))).toHaveLength(
        49,
      );
    });

    test("keys that the issuer rotated are fetched; those it took away do not count", async () => {
      const emil = await server().person("emil");
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(emil, "comet", claims);
      expect((await exchange(await issuer.token(claims))).status).toBe(200);
      const old = await issuer.token(claims);
      await issuer.rotate();
      expect((await exchange(await issuer.token(claims))).status).toBe(200);
      expect((await exchange(old)).status).toBe(401);
    });

    test("several that trust one job: the job says which is meant", async () => {
      const fritz = await server().person("fritz");
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(fritz, "one", claims);
      await trust(fritz, "two", claims);
      const token = await issuer.token(claims);
      expect(await exchange(token)).toMatchObject({
        status: 400,
        error: { message: expect.stringContaining("fritz/one, fritz/two") },
      });
      expect(await exchange(token, { namespace: "fritz", slug: "two" })).toMatchObject({ data: { slug: "two" } });
      expect((await exchange(await issuer.token(claims), { slug: "three" })).status).toBe(403);
    });

    test("a job that differs in any demanded claim is refused", async () => {
      const gerd = await server().person("gerd");
      const name = repository();
      const workflow = (file: string) => `${name}/.github/workflows/${file}@refs/heads/main`;
      const claims = { repository: name, repository_owner_id: "1", workflow_file: "release.yml", environment: "prod" };
      await trust(gerd, "mars", claims);
      const right = { ...claims, job_workflow_ref: workflow("release.yml"), workflow_file: undefined };
      const wrong: Json[] = [
        { repository: `${name}x` },
        { repository: name.toUpperCase() },
        { repository: [name] },
        { repository_owner_id: "2" },
        { environment: undefined },
        { environment: { prod: true } },
        { job_workflow_ref: workflow("other.yml") },
        { job_workflow_ref: workflow("release.yml@x.yml") },
        { job_workflow_ref: `acme/other/.github/workflows/release.yml@refs/heads/main` },
        { job_workflow_ref: undefined, workflow_file: "release.yml" },
      ];
      for (const change of wrong)
        expect([change, (await exchange(await issuer.token({ ...right, ...change }))).status]).toEqual([change, 403]);
      // Numbers are as good as their digits.
      expect((await exchange(await issuer.token({ ...right, repository_owner_id: 1 }))).status).toBe(200);
    });

    test("a token that is not a whole, fresh, asymmetric one for this server, from a trusted issuer, is refused", async () => {
      const hans = await server().person("hans");
      const claims = { repository: repository(), repository_owner_id: "1" };
      await trust(hans, "venus", claims);
      const now = Math.floor(Date.now() / 1000);
      const changes: Json[] = [
        { aud: "https://other.example" },
        { aud: undefined },
        { iss: undefined },
        { iss: `${issuer.url}/` },
        { exp: now - 31 },
        { exp: undefined },
        { nbf: now + 120 },
        { iat: now - 3700 },
        { iat: now + 120 },
        { iat: undefined },
        { jti: undefined },
        { jti: "" },
        { jti: 7 },
        { jti: "x".repeat(501) },
      ];
      for (const change of changes)
        expect([change, (await exchange(await issuer.token({ ...claims, ...change }))).status]).toEqual([change, 401]);
      const good = await issuer.token(claims);
      const [head = "", body = "", mark = ""] = good.split(".");
      const header = (fields: Json) => Buffer.from(JSON.stringify(fields)).toString("base64url");
      const kid = JSON.parse(Buffer.from(head, "base64url").toString()).kid as string;
      const jwks = (await (await fetch(`${issuer.url}/keys`)).json()) as Json;
      const secret = new TextEncoder().encode(JSON.stringify(jwks.keys[0]));
      const own = await generateKeyPair("RS256", { extractable: true });
      const forged = [
        "",
        "a.b.c",
        `${header({ alg: "none" })}.${body}.`,
        `${head}.${body}.`,
        `${head}.${body.slice(0, -2)}.${mark}`,
        await new CompactSign(Buffer.from(body, "base64url")).setProtectedHeader({ alg: "HS256", kid }).sign(secret),
        await new SignJWT(JSON.parse(Buffer.from(body, "base64url").toString()))
          .setProtectedHeader({ alg: "RS256", kid, jku: `${stranger.url}/keys` })
          .sign(own.privateKey),
        await new CompactSign(Buffer.from(body, "base64url"))
          .setProtectedHeader({ alg: "HS256", kid })
          .sign(new TextEncoder().encode(await exportSPKI(own.publicKey))),
        // Of an issuer that is well and good, but not named in the configuration.
        await stranger.token(claims),
      ];
      for (const token of forged) expect([token, (await exchange(token)).status]).toEqual([token, 401]);
      expect((await exchange("x".repeat(20_000))).status).toBe(422);
      // Nobody but the named issuer was asked for anything.
      expect(stranger.asked).toEqual([]);
      expect((await exchange(good)).status).toBe(200);
    });

    test("only those with the right register, and only what names one project", async () => {
      const ina = await server().person("ina");
      const mallory = await server().person(`mallory-${server().engine}`);
      await publish(server(), ina, "ina/a", "1.0.0", skill("a"));
      await publish(server(), ina, "ina/p", "1.0.0", skill("p"), { visibility: "private" });
      const json = { issuer: issuer.url, claims: { sub: "repo:x" } };
      await mallory.api("POST", "/assets/ina/a/trusted-publishers", 403, { json });
      await mallory.api("GET", "/assets/ina/a/trusted-publishers", 403);
      await mallory.api("POST", "/assets/ina/p/trusted-publishers", 404, { json });
      await mallory.api("POST", "/namespaces/ina/trusted-publishers", 404, { json: { ...json, slug: "b" } });
      await server().stranger.api("GET", "/namespaces/ina/trusted-publishers", 401);
      const key = (await ina.api("POST", "/me/api-keys", 201, { json: { name: "k", scopes: ["publish"] } })).data.key;
      const byKey = createClient(server().url, key);
      await byKey.api("POST", "/assets/ina/a/trusted-publishers", 403, { json });
      const { data } = await ina.api("POST", "/assets/ina/a/trusted-publishers", 201, { json });
      await ina.api("POST", "/assets/ina/a/trusted-publishers", 409, { json });
      const refused: Json[] = [
        {},
        { environment: "prod" },
        { repository: "acme/x" },
        { repository_owner_id: "1" },
        { project_path: "g/p" },
        { ref: "refs/heads/main" },
        { iss: "x", sub: "y" },
        { sub: "" },
        { ["a\nb"]: "c", sub: "s" },
      ];
      for (const claims of refused)
        await ina.api("POST", "/assets/ina/a/trusted-publishers", 422, { json: { ...json, claims } });
      await ina.api("POST", "/assets/ina/a/trusted-publishers", 422, { json: { ...json, issuer: stranger.url } });
      await ina.api("DELETE", `/assets/ina/p/trusted-publishers/${data.id}`, 404);
      await mallory.api("DELETE", `/assets/ina/a/trusted-publishers/${data.id}`, 403);
      await mallory.api("DELETE", `/namespaces/ina/trusted-publishers/${data.id}`, 404);
      await ina.api("DELETE", `/namespaces/ina/trusted-publishers/${data.id}`, 204);
      await ina.api("DELETE", `/namespaces/ina/trusted-publishers/${data.id}`, 404);
      expect((await exchange(await issuer.token({ sub: "repo:x" }))).status).toBe(403);
    });
  },
  { env },
);

describe("an issuer that answers strangely", () => {
  const cases: [string, (own: CiIssuer) => CiIssuer["answers"]][] = [
    [
      "is another one",
      (own) => ({ discovery: () => Response.json({ issuer: "https://x", jwks_uri: `${own.url}/keys` }) }),
    ],
    ["sends on", () => ({ discovery: () => Response.redirect(`${stranger.url}/`, 302) })],
    [
      "keeps its keys elsewhere",
      (own) => ({ discovery: () => Response.json({ issuer: own.url, jwks_uri: `${stranger.url}/keys` }) }),
    ],
    ["is broken", () => ({ keys: () => new Response("{", { status: 200 }) })],
    ["floods", () => ({ keys: () => new Response("x".repeat(300 * 1024)) })],
  ];
  test.each(cases)("%s: nothing is taken, and nobody else is asked", async (_name, spoil) => {
    const own = await startCiIssuer(AUDIENCE);
    Object.assign(own.answers, spoil(own));
    const before = stranger.asked.length;
    const tokens = createIdTokens({
      issuers: [own.url],
      audience: AUDIENCE,
      clock: { now: () => new Date() },
      fetch: createGuardedFetch({ trusted: new Set([own.url]), timeoutMs: 5000, maxBytes: 256 * 1024 }),
    });
    const failure = await tokens.verify(await own.token()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(stranger.asked.length).toBe(before);
    await own.stop();
  });
});
