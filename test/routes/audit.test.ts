import { describe, expect, test } from "bun:test";
import { SYSTEM } from "../../src/core/actor.ts";
import {
  eachMarketplace,
  type Client,
  createClient,
  type Json,
  judged,
  PASSWORD,
  publish,
} from "../support/marketplace.ts";
import { skill, tarGz } from "../support/packages.ts";

const ADDRESS = "127.0.0.1";
const WRONG = "not the password at all";

eachMarketplace("the audit log", (server) => {
  let admins = 0;
  const administrator = () => server().person(`auditor${++admins}`, "admin");
  const entries = async (admin: Client, query: string): Promise<Json[]> =>
    (await admin.api("GET", `/admin/audit?per_page=100&${query}`, 200)).data;
  const login = (username: string, password: string, headers: Record<string, string> = {}) =>
    server().stranger.send("POST", "/api/v1/auth/login", { json: { username, password }, headers });

  test("holds who signed in, out and in vain, from where, in which request, and no password", async () => {
    const admin = await administrator();
    const id = "request-of-this-test";
    const made = await server().stranger.api("POST", "/auth/register", 201, {
      json: { username: "signer", email: "signer@example.org", password: PASSWORD },
    });
    const signedIn = await login("signer", PASSWORD, { "X-Request-Id": id, "User-Agent": "Test client" });
    const { data } = (await signedIn.json()) as Json;
    expect((await login("signer", WRONG)).status).toBe(401);
    expect((await login("nobody-here", WRONG)).status).toBe(401);
    const signer = createClient(server().url, data.access_token, "signer");
    await signer.api("POST", "/auth/logout", 204, { json: { refresh_token: data.refresh_token } });
    const found = await entries(admin, "subject=signer");
    expect(found.map((entry) => `${entry.action} ${entry.outcome}`)).toEqual([
      "session.ended success",
      "password.refused failure",
      "session.started success",
      "session.started success",
      "user.created success",
    ]);
    const userId = made.data.user.id;
    expect(found[2]).toMatchObject({
      actor: { id: userId, name: "signer" },
      subject: { type: "user", id: userId, name: "signer" },
      address: ADDRESS,
      user_agent: "Test client",
      request_id: id,
    });
    expect(found[1]).toMatchObject({ actor: { id: null }, details: { why: "wrong password" } });
    const [unknown] = await entries(admin, "action=password.refused");
    expect(unknown).toMatchObject({ subject: { id: null }, personal: { tried: "nobody-here" } });
  });

  test("holds keys, passwords and what administrators do with accounts", async () => {
    const admin = await administrator();
    const kim = await server().person("kim");
    const { data } = await kim.api("POST", "/me/api-keys", 201, { json: { name: "ci", scopes: ["publish"] } });
    await kim.api("DELETE", `/me/api-keys/${data.id}`, 204);
    await kim.api("POST", "/me/password", 200, { json: { current_password: PASSWORD, new_password: `${PASSWORD} 2` } });
    const { administration } = server().app.accounts;
    await administration.setRole(SYSTEM, "kim", "moderator");
    await administration.disable(SYSTEM, "kim");
    await administration.enable(SYSTEM, "kim");
    await administration.resetPassword(SYSTEM, "kim", `${PASSWORD} 3`);
    const actions = (await entries(admin, "subject=kim")).map((entry) => entry.action).reverse();
    for (const action of [
      "user.created",
      "password.changed",
      "user.role.changed",
      "user.disabled",
      "user.enabled",
      "password.reset",
    ])
      expect(actions).toContain(action);
    expect((await entries(admin, `subject=${data.id}`)).map((entry) => entry.action)).toEqual([
      "api_key.revoked",
      "api_key.created",
    ]);
    expect((await entries(admin, "actor=system&action=user.disabled"))[0]).toMatchObject({ actor: { via: "system" } });
  });

  test("holds what becomes of assets and versions, by whom", async () => {
    const admin = await administrator();
    const maker = await server().person("maker");
    await publish(server(), maker, "maker/tool", "1.0.0", skill("tool"));
    await publish(server(), maker, "maker/tool", "1.1.0", skill("tool", { body: "More." }));
    await maker.api("PATCH", "/assets/maker/tool", 200, { json: { visibility: "internal" } });
    await maker.api("POST", "/assets/maker/tool/versions/1.1.0/yank", 200, {
      json: { reason: "broken secret-reason" },
    });
    await maker.api("POST", "/assets/maker/tool/deprecate", 200, { json: { reason: "old" } });
    await maker.api("POST", "/assets/maker/tool/archive", 200, { json: { reason: "old" } });
    await maker.api("DELETE", "/assets/maker/tool", 204);
    const found = await entries(admin, "subject=maker/tool");
    const actions = found.map((entry) => entry.action).reverse();
    for (const action of [
      "asset.created",
      "asset.version.created",
      "asset.visibility.changed",
      "asset.version.yanked",
      "asset.deprecated",
      "asset.archived",
      "asset.deleted",
    ])
      expect(actions).toContain(action);
    expect(found.every((entry) => entry.actor.name === "maker" && entry.address === ADDRESS && entry.request_id)).toBe(
      true,
    );
    expect(found.find((entry) => entry.action === "asset.visibility.changed").details).toEqual({
      from: "public",
      to: "internal",
    });
    expect(JSON.stringify(found)).not.toContain("secret-reason");
  });

  test("holds one entry when a hundred publish one version at once", async () => {
    const admin = await administrator();
    const racer = await server().person("racer");
    const archives = Array.from({ length: 100 }, (_, i) => tarGz(skill("race", { body: `Body ${i}.` })));
    const statuses = await Promise.all(
      archives.map(async (bytes) => {
        const answer = await racer.put("racer/race", "1.0.0", bytes);
        await answer.body?.cancel();
        return answer.status;
      }),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(99);
    expect(await entries(admin, "subject=racer/race&action=asset.version.created")).toHaveLength(1);
    await judged(racer, "racer/race", "1.0.0");
  }, 60_000);

  test("holds what was refused to somebody signed in", async () => {
    const admin = await administrator();
    const nosy = await server().person("nosy");
    await nosy.api("GET", "/admin/audit", 403);
    const [entry] = await entries(admin, "actor=nosy&outcome=denied");
    expect(entry).toMatchObject({
      action: "access.denied",
      details: { method: "GET" },
      personal: { path: "/api/v1/admin/audit" },
    });
  });

  test("is listed newest first in pages, and filtered", async () => {
    const admin = await administrator();
    const first = await admin.api("GET", "/admin/audit?per_page=3", 200);
    expect(first.data).toHaveLength(3);
    const second = await admin.api("GET", `/admin/audit?per_page=3&cursor=${first.meta.next_cursor}`, 200);
    expect(second.data[0].seq).toBe(first.data[2].seq - 1);
    expect(await entries(admin, "actor=nobody-at-all")).toEqual([]);
    expect(await entries(admin, "from=2000-01-01&to=2000-01-02")).toEqual([]);
    const today = new Date().toISOString().slice(0, 10);
    expect((await entries(admin, `from=${today.slice(0, 4)}-01-01`)).length).toBeGreaterThan(0);
    for (const query of ["outcome=maybe", "from=yesterday", "cursor=x", "action=%27%25"])
      await admin.api("GET", `/admin/audit?${query}`, 422);
  });

  describe("exports", () => {
    test("JSON Lines and CSV, oldest first, that verify elsewhere, without formulas", async () => {
      const admin = await administrator();
      const keeper = await server().person("keeper");
      await keeper.api("POST", "/me/api-keys", 201, { json: { name: '=HYPERLINK("x")', scopes: ["read"] } });
      const jsonl = await (await admin.send("GET", "/api/v1/admin/audit/export?actor=keeper")).text();
      const rows = jsonl
        .trimEnd()
        .split("\n")
        .map((line): Json => JSON.parse(line));
      expect(rows.map((row) => row.seq)).toEqual(rows.map((row) => row.seq).sort((a, b) => a - b));
      expect(rows.at(-1)).toMatchObject({ action: "api_key.created", subject: { name: '=HYPERLINK("x")' } });
      const csv = await admin.send("GET", "/api/v1/admin/audit/export?format=csv&actor=keeper");
      expect(csv.headers.get("Content-Disposition")).toMatch(/audit-\d{4}-\d{2}-\d{2}\.csv/);
      expect(await csv.text()).toContain(`"'=HYPERLINK(""x"")"`);
      expect((await entries(admin, `action=audit.exported&actor=${admin.username}`)).length).toBe(2);
    });
  });

  test("is whole after all of this, and nothing secret is in it", async () => {
    const admin = await administrator();
    const { data: verified } = await admin.api("GET", "/admin/audit/verify", 200);
    expect(verified).toMatchObject({ ok: true, complete: true, problems: [] });
    const all = await (await admin.send("GET", "/api/v1/admin/audit/export")).text();
    expect(all).not.toContain(PASSWORD);
    expect(all).not.toContain(WRONG);
    expect(all).not.toMatch(/mkt_|mkr_|eyJ[\w-]{20}/);
    expect(all).not.toContain(admin.token);
  });

  test("has a page with filters, files and older entries, for administrators alone", async () => {
    const admin = await administrator();
    const get = async (client: Client, path: string) => client.send("GET", path, { headers: { Accept: "text/html" } });
    const page = await get(admin, "/admin/audit?action=session.");
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain("session.started");
    expect(html).toContain('href="/admin/audit/export?action=session.&amp;format=csv"');
    expect((await get(admin, "/admin/audit?from=yesterday")).status).toBe(422);
    const saved = await get(admin, "/admin/audit/export?format=jsonl&action=session.");
    expect(saved.headers.get("Content-Type")).toContain("jsonl");
    await saved.body?.cancel();
    const user = await server().person("onlooker");
    expect((await get(user, "/admin/audit")).status).toBe(403);
    expect((await get(server().stranger, "/admin/audit")).headers.get("Location")).toContain("/sign-in");
  });
});
