import { expect, setDefaultTimeout, test } from "bun:test";
import { eachMarketplace, type Json, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

eachMarketplace("keys in addresses", (server) => {
  const make = async (owner: Json, input: Json = {}): Promise<Json> => {
    const json = { name: "feed", kind: "capability", scopes: ["read"], expires_in_days: 30, ...input };
    return (await owner.api("POST", "/me/api-keys", 201, { json })).data;
  };
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    server().stranger.send(method, path, { headers });

  test("reads what its person may read, below its prefix, and is kept by no store", async () => {
    const anna = await server().person("anna");
    await publish(server(), anna, "anna/secret", "1.0.0", skill("secret"), { visibility: "private" });
    await publish(server(), anna, "anna/other", "1.0.0", skill("other"), { visibility: "private" });
    const { key, kind } = await make(anna, { assets: ["anna/secret"] });
    expect(kind).toBe("capability");
    expect((await get("/api/v1/assets/anna/secret")).status).toBe(404);
    const answer = await get(`/k/${key}/api/v1/assets/anna/secret`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
    expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(answer.headers.getSetCookie()).toEqual([]);
    // Confined to the one asset.
    expect((await get(`/k/${key}/api/v1/assets/anna/other`)).status).toBe(404);
    const list = await get(`/k/${key}/api/v1/assets?per_page=1`);
    expect(list.headers.get("Link")).toContain(`</k/${key}/api/v1/assets?`);
    const bytes = await get(`/k/${key}/api/v1/assets/anna/secret/versions/1.0.0/download?format=tar.gz`);
    expect(bytes.status).toBe(200);
    const head = await get(`/k/${key}/api/v1/assets/anna/secret/versions/1.0.0/download`, {}, "HEAD");
    expect(head.status).toBe(200);
    const page = await get(`/k/${key}/anna/secret`, { Accept: "text/html" });
    expect(page.status).toBe(200);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  test("opens nothing that changes, is about its person, or is not plainly a path to read", async () => {
    const ben = await server().person("ben");
    const { key } = await make(ben);
    const closed = [
      "",
      "/",
      "/api/v1/me",
      "/api/v1/me/",
      "/api/v1/me/api-keys",
      "/api/v1/%6de",
      "/api/v1/ME",
      "//api/v1/me",
    ];
    closed.push(
      "/x/../api/v1/me",
      "/%2e%2e/api/v1/me",
      "/api/v1/auth/trusted-publishing",
      "/api/v1/admin/jobs",
      "/settings",
    );
    closed.push(
      "/confirm-email?token=x",
      "/undo-email?token=x",
      "/sign-in",
      "/register",
      "/admin",
      "/dashboard",
      "/device",
      "/sudo",
      "/publish",
      "/static/x",
      "/metrics",
    );
    closed.push("/healthz", `/k/${key}/api/v1/assets`, "/ben/asset/settings", "/graphql", "/ws", "/%zz");
    const html = { Accept: "text/html" };
    for (const path of closed)
      expect([path, (await get(`/k/${key}${path}`)).status, (await get(`/k/${key}${path}`, html)).status]).toEqual([
        path,
        404,
        404,
      ]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
      expect((await get(`/k/${key}/api/v1/assets`, {}, method)).status).toBe(404);
    // Other credentials beside it neither help nor count.
    const mixed = await get(`/k/${key}/api/v1/me`, { Authorization: `Bearer ${ben.token}` });
    expect(mixed.status).toBe(404);
    const wrong = `/k/${key.slice(0, -1)}0/api/v1/assets`;
    expect((await get(wrong, { Authorization: `Bearer ${ben.token}` })).status).toBe(404);
  });

  test("only a key made for this, and only here; wrong, expired and revoked ones are nothing", async () => {
    const cleo = await server().person("cleo");
    const personal = (await cleo.api("POST", "/me/api-keys", 201, { json: { name: "k", scopes: ["read"] } })).data;
    expect((await get(`/k/${personal.key}/api/v1/assets`)).status).toBe(404);
    expect((await get(`/k/${cleo.token}/api/v1/assets`)).status).toBe(404);
    const { key, id } = await make(cleo);
    expect((await get(`/k/${key}/api/v1/assets`)).status).toBe(200);
    expect((await get("/api/v1/assets", { Authorization: `Bearer ${key}` })).status).toBe(401);
    expect((await get("/api/v1/assets", { "X-API-Key": key })).status).toBe(401);
    const refused = async (input: Json) => {
      const json = { name: "k", kind: "capability", scopes: ["read"], expires_in_days: 30, ...input };
      await cleo.api("POST", "/me/api-keys", 422, { json });
    };
    await refused({ scopes: ["publish"] });
    await refused({ expires_in_days: null });
    await refused({ expires_in_days: 3650 });
    await cleo.api("DELETE", `/me/api-keys/${id}`, 204);
    const gone = await get(`/k/${key}/api/v1/assets`);
    expect(gone.status).toBe(404);
    expect(await gone.text()).not.toContain(key);
  });

  test("the log of acts names the key's making and its first use of the day, never the key", async () => {
    const dora = await server().person("dora");
    const { key, id } = await make(dora);
    for (let i = 0; i < 3; i++) await get(`/k/${key}/api/v1/assets`);
    const entries = await server()
      .app.database.read.selectFrom("audit_entries" as never)
      .selectAll()
      .execute();
    const text = entries.map((entry) => JSON.stringify(entry)).filter((entry) => entry.includes(id));
    expect(text.filter((entry) => entry.includes("capability.used"))).toHaveLength(1);
    expect(text.filter((entry) => entry.includes("api_key.created"))).toHaveLength(1);
    expect(JSON.stringify(entries)).not.toContain(key);
    expect(server().complaints.join("\n")).not.toContain(key);
  });
});
