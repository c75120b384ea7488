import { beforeAll, expect, test } from "bun:test";
import { ERROR_STATUS, type ErrorCode } from "../../src/core/error.ts";
import { type Client, createClient, type Json, onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { type Caller, CALLERS, freshAsset, MATRIX, type Row, TRUSTED_ISSUER } from "../support/route-matrix.ts";

onOneMarketplace(
  "every route of the OpenAPI document",
  (server) => {
    const callers = {} as Record<Caller, Client>;

    beforeAll(async () => {
      const owner = await server().person("owner");
      const { data } = await owner.api("POST", "/me/api-keys", 201, { json: { name: "reader", scopes: ["read"] } });
      Object.assign(callers, {
        stranger: server().stranger,
        user: await server().person("visitor"),
        reader: createClient(server().url, data.key, "reader"),
        owner,
        moderator: await server().person("moderator-1", "moderator"),
        admin: { ...(await server().person("admin-1", "admin")), username: "admin" },
      });
      await publish(server(), owner, "owner/shared", "1.0.0", skill("shared"));
    });

    test("stands in the table, and the table holds no other", async () => {
      const { paths } = (await (await server().stranger.send("GET", "/openapi.json")).json()) as Json;
      const routes = Object.entries(paths as Record<string, object>).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(Object.keys(MATRIX).toSorted()).toEqual(routes.toSorted());
    });

    test.each(Object.entries(MATRIX))("%s", async (route, row) => {
      const answers: [Caller, number][] = [];
      for (const caller of CALLERS) {
        const response = await ask(route, row, caller);
        answers.push([caller, response.status]);
        await expectDocumented(response, caller);
      }
      expect(answers).toEqual(CALLERS.map((caller, i) => [caller, row.statuses[i]!]));
    });

    test("GET and HEAD change nothing, also on the addresses of what changes", async () => {
      await server().app.retrieval.counter.flush();
      const before = await fingerprint();
      for (const [route, row] of Object.entries(MATRIX)) {
        const [, path = ""] = route.split(" ");
        // The first request begins the export that it asks for; that is all it changes.
        if (path === "/api/v1/me/export") continue;
        const filled = fill(path, { namespace: "owner", slug: "shared", version: "1.0.0", path: "SKILL.md" });
        for (const method of ["GET", "HEAD"]) {
          const response = await callers.admin.send(method, filled);
          if (method === "HEAD") expect(await response.text()).toBe("");
          if (!route.startsWith("GET")) continue;
          // What else an address names is not there.
          const named = /\{/.test(path.replace(/\{namespace\}\/\{slug\}|\{(version|path)\}/g, ""));
          if (row.statuses[5] === 200 && !named)
            expect([method, filled, response.status]).toEqual([method, filled, 200]);
        }
      }
      for (const page of ["publish", "deprecate", "archive", "delete", "channels", "versions/1.0.0/yank"])
        await callers.admin.send("GET", `/owner/shared/${page}`, { headers: { Accept: "text/html" } });
      expect(await fingerprint()).toEqual(before);
    });

    test("what is no route answers 404 in the envelope, whatever the method", async () => {
      for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
        for (const path of ["/api/v1/nothing", "/api/v1", "/api/v2/assets", "/api/v1/assets/a/b/c/d/e/f"]) {
          const response = await callers.owner.send(method, path);
          expect([method, path, response.status]).toEqual([method, path, 404]);
          await expectDocumented(response, "owner");
        }
      await expectDocumented(await callers.owner.send("DELETE", "/api/v1/search"), "owner");
    });

    test("bodies and queries that are none are refused in the envelope", async () => {
      for (const [method, path, options] of [
        ["POST", "/assets", { body: "{", headers: { "Content-Type": "application/json" } }],
        ["POST", "/assets", { body: "slug=x", headers: { "Content-Type": "text/plain" } }],
        ["POST", "/assets", { json: null }],
        ["POST", "/assets", { json: [] }],
        ["PATCH", "/me", { json: { bio: 5 } }],
        ["GET", "/assets?page=0", {}],
        ["GET", "/assets?per_page=101", {}],
        ["GET", "/assets?sort=name", {}],
        ["GET", "/search?type=nothing", {}],
        ["GET", `/search?q=${"a".repeat(300)}`, {}],
        ["GET", `/search?verdict=${"0".repeat(4001)}`, {}],
        ["GET", `/trending?type=${"0".repeat(4001)}`, {}],
        ["POST", "/resolve-dependencies", { json: { requirements: [] } }],
        ["POST", "/resolve-dependencies", { json: { requirements: [{ ref: "x", range: "*" }] } }],
      ] as const) {
        const response = await callers.owner.send(method, `/api/v1${path}`, options);
        expect([path, [400, 415, 422].includes(response.status), response.status]).toEqual([
          path,
          true,
          response.status,
        ]);
        await expectDocumented(response, "owner");
      }
      for (const token of ["nonsense", "mkt_nonsense", "a.b.c"]) {
        const response = await createClient(server().url, token).send("GET", "/api/v1/assets");
        expect([token, response.status]).toEqual([token, 401]);
        await expectDocumented(response, "stranger");
      }
    });

    async function ask(route: string, row: Row, caller: Caller): Promise<Response> {
      const [method = "", path = ""] = route.split(" ");
      const { owner } = callers;
      const fresh = (options?: { license?: string }) => freshAsset(server(), owner, options?.license);
      const asked = await row.ask({ server: server(), caller: callers[caller], owner, fresh });
      return callers[caller].send(method, `${fill(path, asked.path)}${asked.query ?? ""}`, asked.options);
    }

    /** What the database holds of what people see, without the counters of visits. */
    async function fingerprint(): Promise<string> {
      const { read } = server().app.database;
      const tables = [
        "users",
        "assets",
        "versions",
        "channels",
        "asset_tags",
        "signatures",
        "signing_keys",
        "scans",
      ] as const;
      const rows = await Promise.all(
        [...tables, "moderation_decisions" as const].map((table) => read.selectFrom(table).selectAll().execute()),
      );
      const keys = await read.selectFrom("api_keys").select(["id", "revoked_at"]).execute();
      return JSON.stringify([...rows, keys], (name, value) => (name === "downloads" ? undefined : value));
    }
  },
  {
    MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT",
    MARKETPLACE_TRUSTED_PUBLISHING_ISSUERS: TRUSTED_ISSUER,
    MARKETPLACE_TRUSTED_PUBLISHING_AUDIENCE: "https://marketplace.example.org",
  },
);

const fill = (path: string, values: Record<string, string>): string =>
  path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? "none");

/** What every answer carries, and what every refusal says. */
async function expectDocumented(response: Response, caller: Caller): Promise<void> {
  const where = `${response.url} for ${caller}`;
  const id = response.headers.get("X-Request-Id");
  expect([where, id]).toEqual([where, expect.stringMatching(/^[\w.-]{8,64}$/)]);
  expect([where, response.headers.get("X-Content-Type-Options")]).toEqual([where, "nosniff"]);
  const caching = response.headers.get("Cache-Control");
  if (caller !== "stranger" && response.url.includes("/api/")) expect([where, caching]).toEqual([where, "no-store"]);
  if (response.status < 400) return void (await response.body?.cancel());
  expect([where, caching]).toEqual([where, "no-store"]);
  const { error } = (await response.json()) as { error: Json };
  expect([where, error]).toEqual([
    where,
    {
      code: expect.any(String),
      message: expect.any(String),
      details: expect.any(Object),
      request_id: id,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  ]);
  expect([where, ERROR_STATUS[error.code as ErrorCode]]).toEqual([where, response.status as never]);
  if (response.status === 401) expect(response.headers.get("WWW-Authenticate")).toStartWith("Bearer");
}
