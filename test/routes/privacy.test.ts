import { expect, test } from "bun:test";
import { readZip } from "../support/read-zip.ts";
import { SYSTEM } from "../../src/core/actor.ts";
import { instant } from "../../src/core/clock.ts";
import type { PrivacyDeps } from "../../src/modules/privacy/deps.ts";
import { requestErasure } from "../../src/modules/privacy/erase-person.ts";
import { COLUMN_CLASSES } from "../../src/platform/database/index.ts";
import { type Client, eachMarketplace, PASSWORD, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const freshName = (() => {
  let count = 0;
  return (about: string) => `${about}-${++count}`;
})();

/** The files of somebody's export, by name: each a list of records. */
async function exported(client: Client): Promise<{ text: string; records: Record<string, Record<string, unknown>[]> }> {
  const ready = await until("the export", async () => {
    const { data } = await client.api("GET", "/me/export", 200).catch(() => ({ data: null }));
    return data?.status === "ready" ? data : null;
  });
  const response = await client.send("GET", ready.url);
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const files = await readZip(new Uint8Array(await response.arrayBuffer()));
  const records: Record<string, Record<string, unknown>[]> = Object.create(null);
  for (const [path, bytes] of files)
    if (path.endsWith(".jsonl"))
      records[path.slice(0, -6)] = bytes
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
  return { text: [...files.values()].join("\n"), records };
}

eachMarketplace("people's data", (server) => {
  test("an export holds what is kept about its person, no secret, and nobody else's", async () => {
    const name = freshName("export");
    const person = await server().person(name);
    const other = await server().person(freshName("other"));
    await publish(server(), person, `${name}/tool`, "1.0.0", skill("tool"));
    const key = (await person.api("POST", "/me/api-keys", 201, { json: { name: "ci", scopes: ["read"] } })).data;
    const started = await person.api("GET", "/me/export", 202);
    expect(started.data).toMatchObject({ status: "waiting", url: null });
    const { text, records } = await exported(person);
    expect(records["users"]).toMatchObject([{ username: name, email: `${name}@example.org` }]);
    expect(records["assets"]).toMatchObject([{ slug: "tool" }]);
    expect(records["versions"]).toMatchObject([{ version: "1.0.0" }]);
    expect(records["api_keys"]).toMatchObject([{ name: "ci" }]);
    expect(records["audit_entries"]!.length).toBeGreaterThan(0);
    for (const secret of [key.key, person.token!, PASSWORD, other.username]) expect(text).not.toContain(secret);
    for (const [table, rows] of Object.entries(records))
      for (const [column, of] of Object.entries(COLUMN_CLASSES[table as keyof typeof COLUMN_CLASSES]))
        if (of === "secret") for (const row of rows) expect(row).not.toHaveProperty(column);
    // Somebody else asks for it by its address, and a key asks for anything of it.
    const { data } = await person.api("GET", "/me/export", 200);
    expect((await other.send("GET", data.url)).status).toBe(404);
    expect((await server().stranger.send("GET", data.url)).status).toBe(401);
    const byKey = { headers: { Authorization: `Bearer ${key.key}` } };
    for (const path of ["/api/v1/me/export", data.url])
      expect((await person.send("GET", path, byKey)).status).toBe(403);
  });

  test("an export says of what its person may not read any more only that they made it", async () => {
    const owner = await server().person(freshName("owner"));
    const member = await server().person(freshName("member"));
    const slug = freshName("org");
    const json = { slug, display_name: "Secretive", visibility: "private" };
    await owner.api("POST", "/organizations", 201, { json });
    const { data } = await owner.api("POST", `/organizations/${slug}/invitations`, 201, {
      json: { username: member.username, role: "member" },
    });
    await member.api("POST", `/invitations/${data.id}/accept`, 200);
    await publish(server(), member, `${slug}/plan`, "1.0.0", skill("plan"), { visibility: "organization" });
    await publish(server(), member, `${member.username}/mine`, "1.0.0", skill("mine"), { visibility: "private" });
    await owner.api("PATCH", `/assets/${slug}/plan`, 200, { json: { title: "What came later" } });
    await owner.api("DELETE", `/organizations/${slug}/members/${member.username}`, 204);
    await member.api("GET", "/me/export", 202);
    const { records } = await exported(member);
    expect(JSON.stringify(records["assets"])).not.toContain("What came later");
    const shown = (rows: Record<string, unknown>[] | undefined, column: string) => rows!.map((row) => row[column]);
    expect(shown(records["assets"], "slug").toSorted()).toEqual(["mine", undefined]);
    expect(shown(records["versions"], "version").toSorted()).toEqual(["1.0.0", undefined]);
    for (const row of records["assets"]!)
      expect(row).toMatchObject({ id: expect.any(String), created_by: expect.any(String) });
  });

  test("garbage collection leaves an export, until it expires", async () => {
    const person = await server().person(freshName("kept"));
    await person.api("GET", "/me/export", 202);
    await exported(person);
    const { database } = server().app;
    const row = await database.read
      .selectFrom("data_exports")
      .innerJoin("users", "users.id", "data_exports.user_id")
      .select(["digest", "data_exports.id"])
      .where("username", "=", person.username)
      .executeTakeFirstOrThrow();
    const { referencedDigests } = await import("../../src/modules/administration/repository.ts");
    const digest = row.digest as `sha256:${string}`;
    expect((await referencedDigests(database.read, [digest])).size).toBe(1);
    await database.write((tx) =>
      tx.updateTable("data_exports").set({ expires_at: "2020-01-01T00:00:00.000Z" }).where("id", "=", row.id).execute(),
    );
    await server().app.privacy.housekeeping();
    expect((await referencedDigests(database.read, [digest])).size).toBe(0);
  });

  test("erasure: asked for, undone, and carried out when its time has come", async () => {
    const name = freshName("leaver");
    const person = await server().person(name);
    const admin = await server().person(freshName("admin"), "admin");
    await publish(server(), person, `${name}/kept`, "1.0.0", skill("kept"));
    const key = (await person.api("POST", "/me/api-keys", 201, { json: { name: "ci", scopes: ["read"] } })).data.key;
    const withKey = { headers: { Authorization: `Bearer ${key}` } };
    expect((await person.send("DELETE", "/api/v1/me", withKey)).status).toBe(403);
    const planned = await person.api("DELETE", "/me", 202);
    expect(planned.data.erase_after > new Date().toISOString()).toBe(true);
    // Every way in is shut at once.
    for (const options of [{}, withKey]) expect((await person.send("GET", "/api/v1/me", options)).status).toBe(401);
    const back = await server().stranger.api("POST", "/auth/login", 200, {
      json: { username: name, password: PASSWORD },
    });
    const again = { headers: { Authorization: `Bearer ${back.data.access_token}` } };
    expect((await person.send("DELETE", "/api/v1/me/erasure", again)).status).toBe(204);
    await makeDue(name);
    await server().app.privacy.housekeeping();
    await server().stranger.api("GET", `/users/${name}`, 200);

    expect((await person.send("DELETE", "/api/v1/me", again)).status).toBe(202);
    await makeDue(name);
    await server().app.privacy.housekeeping();
    await server().stranger.api("GET", `/users/${name}`, 404);
    // What others install stays; nothing else in the database still tells who it was.
    await server().stranger.api("GET", `/assets/${name}/kept/versions/1.0.0`, 200);
    expect(await whereFound(`${name}@example.org`)).toEqual([]);
    // The name is the first half of what others install, and stands in what is said of that.
    const ofAssets =
      /^(namespaces\.name|events\.payload|jobs\.payload|audit_entries\.personal|transparency_entries\.entry)$/;
    expect((await whereFound(name)).filter((place) => !ofAssets.test(place))).toEqual([]);
    expect(await whereFound(`"${name}"`)).toEqual([]);
    await server().stranger.api("POST", "/auth/login", 401, { json: { username: name, password: PASSWORD } });
    await admin.api("GET", "/admin/audit/verify", 200);
  });

  test("a plan whose person stays signed in is none", async () => {
    const person = await server().person(freshName("torn"));
    const { database } = server().app;
    const row = () =>
      database.read
        .selectFrom("users")
        .select(["id", "erase_after"])
        .where("username", "=", person.username)
        .executeTakeFirstOrThrow();
    const actor = {
      ...SYSTEM,
      userId: (await row()).id,
      via: "session",
      authenticatedAt: instant(new Date()),
    } as const;
    const deps = { database, clock: { now: () => new Date() }, audit: { append: async () => {} }, graceMs: 1000 };
    const endAccess = () => Promise.reject(new Error("the disk is full"));
    const torn = requestErasure({ ...deps, endAccess } as unknown as PrivacyDeps, actor);
    expect(await torn.catch((error: Error) => error.message)).toBe("the disk is full");
    expect((await row()).erase_after).toBeNull();
  });

  test("who never published leaves no name behind", async () => {
    const name = freshName("ghost");
    const person = await server().person(name);
    await person.api("DELETE", "/me", 202);
    await makeDue(name);
    await server().app.privacy.housekeeping();
    expect(await whereFound(name)).toEqual([]);
    await server().app.accounts.administration.create(
      SYSTEM,
      { username: name, email: `${name}@example.org`, password: PASSWORD },
      "user",
    );
  });

  async function makeDue(username: string): Promise<void> {
    await server().app.database.write((tx) =>
      tx
        .updateTable("users")
        .set({ erase_after: "2020-01-01T00:00:00.000Z" })
        .where("username", "=", username)
        .where("erase_after", "is not", null)
        .execute(),
    );
  }

  /** Every column of the database that holds a text, but for hashes. */
  async function whereFound(text: string): Promise<string[]> {
    const found: string[] = [];
    for (const [table, columns] of Object.entries(COLUMN_CLASSES)) {
      const rows = (await server()
        .app.database.read.selectFrom(table as "users")
        .selectAll()
        .execute()) as Record<string, unknown>[];
      for (const column of Object.keys(columns))
        if (rows.some((row) => String(row[column] ?? "").includes(text))) found.push(`${table}.${column}`);
    }
    return found;
  }
});
