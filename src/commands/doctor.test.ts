import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, type RunningServer, startServer } from "../../test/support/executable.ts";

interface Check {
  name: string;
  status: string;
  summary: string;
  remedy: string;
  examples: string[];
}

const root = mkdtempSync(join(tmpdir(), "marketplace-doctor-"));
const filled = join(root, "filled");
let server: RunningServer | undefined;

async function doctor(data: string, ...args: string[]) {
  const { code, stdout, stderr } = await run(["doctor", "--data", data, "--json", ...args]);
  if (stdout === "") throw new Error(stderr);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const troubled = checks.filter((check) => check.status !== "ok");
  return { code, checks, troubled, names: troubled.map((check) => `${check.name} ${check.status}`) };
}

/** The filled folder, copied, for one test to break. */
function broken(name: string, damage: (data: string) => void): string {
  const data = join(root, name);
  cpSync(filled, data, { recursive: true });
  damage(data);
  return data;
}

function sql(data: string, statement: string): void {
  const database = new Sqlite(join(data, "marketplace.db"));
  database.run("PRAGMA foreign_keys = OFF");
  database.run(statement);
  database.close();
}

const blobPath = (data: string, digest: string): string => {
  const hex = digest.slice("sha256:".length);
  return join(data, "blobs", "blobs", "sha256", hex.slice(0, 2), hex.slice(2, 4), hex);
};

function one(data: string, query: string): string {
  const database = new Sqlite(join(data, "marketplace.db"), { readonly: true });
  const row = database.query(query).get() as Record<string, string>;
  database.close();
  return Object.values(row)[0]!;
}

const digestOf = (path: string): string =>
  one(filled, `SELECT digest FROM files WHERE path = '${path}' ORDER BY digest LIMIT 1`);

async function demoReady(running: RunningServer): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!running.output().includes("the demo is ready")) {
    if (Date.now() > limit) throw new Error(`The demo was not filled:\n${running.output()}`);
    await Bun.sleep(50);
  }
}

beforeAll(async () => {
  const fresh = join(root, "filled");
  cpSync(mkdtempSync(join(root, "empty-")), fresh, { recursive: true });
  server = await startServer({ data: fresh, args: ["--demo"] });
  await demoReady(server);
}, 120_000);

afterAll(async () => {
  await server?.kill();
  rmSync(root, { recursive: true, force: true });
});

describe("a server that runs", () => {
  test("is clean, to the last byte", async () => {
    const { code, checks, names } = await doctor(filled, "--deep");
    expect(names).toEqual([]);
    expect(code).toBe(0);
    expect(checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(["database", "integrity", "blobs", "manifests", "bytes", "quotas", "downloads", "search"]),
    );
  });

  test("keeps every blob through garbage collection beside it, scrubs clean, and indexes anew", async () => {
    const collected = await run(["admin", "gc", "--data", filled, "--json"]);
    expect(JSON.parse(collected.stdout)).toMatchObject({ removed: 0, stopped: false });
    const scrubbed = await run(["admin", "scrub", "--data", filled, "--json"]);
    expect(JSON.parse(scrubbed.stdout)).toMatchObject({ damagedCount: 0, missingCount: 0 });
    expect((await run(["admin", "reindex", "--data", filled])).code).toBe(0);
    expect((await doctor(filled)).names).toEqual([]);
  });

  test("shows the demo: fourteen assets, two of them signed, one that waits for a moderator", async () => {
    const counts = "SELECT (SELECT count(*) FROM assets) || ' ' || (SELECT count(*) FROM signatures)";
    expect(one(filled, counts)).toBe("14 2");
    expect(one(filled, "SELECT group_concat(slug) FROM assets WHERE status <> 'published'")).toBe("workstation-setup");
    const found = await fetch(`${server!.url}/api/v1/search?q=changelog`);
    expect(JSON.stringify(await found.json())).toContain("changelog-writer");
  });

  test("is as it was after a second start with --demo, and after a power cut", async () => {
    const before = one(filled, "SELECT max(seq) FROM events WHERE type LIKE 'asset.%'");
    await server!.kill();
    expect((await doctor(filled)).names).toEqual([]);
    server = await startServer({ data: filled, args: ["--demo"] });
    expect(await server.stop()).toBe(0);
    server = undefined;
    expect(one(filled, "SELECT max(seq) FROM events WHERE type LIKE 'asset.%'")).toBe(before);
    expect((await doctor(filled, "--deep")).names).toEqual([]);
  }, 30_000);
});

describe("finds", () => {
  test.each<[string, (data: string) => void, string[]]>([
    ["a deleted blob", (data) => rmSync(blobPath(data, digestOf("SKILL.md"))), ["blobs wrong"]],
    ["a truncated blob", (data) => truncateSync(blobPath(data, digestOf("SKILL.md")), 3), ["sizes wrong"]],
    [
      "a deleted manifest",
      (data) => rmSync(blobPath(data, one(data, "SELECT manifest_digest FROM versions LIMIT 1"))),
      ["blobs wrong", "manifests wrong"],
    ],
    [
      "a wrong quota",
      (data) => sql(data, "UPDATE namespaces SET storage_bytes = storage_bytes + 1 WHERE name = 'examples'"),
      ["quotas wrong"],
    ],
    [
      "a lost file row",
      (data) => sql(data, "DELETE FROM files WHERE path = 'SKILL.md'"),
      ["versions wrong", "manifests wrong"],
    ],
    ["a changed file row", (data) => sql(data, "UPDATE files SET executable = 1 - executable"), ["manifests wrong"]],
    [
      "a row that refers to nothing",
      (data) => sql(data, "UPDATE asset_tags SET asset_id = 'nobody' WHERE rowid = 1"),
      ["integrity wrong"],
    ],
    ["a hole in the event log", (data) => sql(data, "DELETE FROM events WHERE seq = 3"), ["events wrong"]],
    [
      "a lost event counter",
      (data) => sql(data, "DELETE FROM counters WHERE name = 'events'"),
      ["events wrong", "search warning"],
    ],
    [
      "a wrong download count",
      (data) => sql(data, "UPDATE versions SET downloads = 7 WHERE id = (SELECT min(id) FROM versions)"),
      ["downloads wrong"],
    ],
    [
      "a version that nobody scans",
      (data) => sql(data, "UPDATE versions SET status = 'scanning', verdict = 'pending' WHERE status = 'under_review'"),
      ["scans wrong"],
    ],
    [
      "a channel to a withdrawn version",
      (data) => sql(data, "UPDATE versions SET yanked_at = 'x' WHERE id IN (SELECT version_id FROM channels LIMIT 1)"),
      ["channels wrong"],
    ],
    [
      "a failed job",
      (data) => sql(data, "UPDATE jobs SET status = 'failed', last_error = 'no luck' WHERE rowid = 1"),
      ["jobs warning"],
    ],
    ["a damaged snapshot", (data) => truncateSync(join(data, "search", "index.snapshot"), 200), ["search warning"]],
    [
      "no database",
      (data) => {
        for (const name of readdirSync(data)) if (name.startsWith("marketplace.db")) rmSync(join(data, name));
      },
      ["database wrong"],
    ],
    [
      "what is no database",
      (data) => writeFileSync(join(data, "marketplace.db"), "hello".repeat(1000)),
      ["database wrong"],
    ],
    ["no storage", (data) => rmSync(join(data, "blobs"), { recursive: true }), ["storage wrong"]],
    [
      "a database of a newer program",
      (data) =>
        sql(data, "INSERT INTO schema_migrations VALUES ('9999_future', 'sha256:0', '2030-01-01T00:00:00.000Z')"),
      ["database wrong"],
    ],
    [
      "a database that is behind",
      (data) => sql(data, "DELETE FROM schema_migrations WHERE name LIKE '0005%'"),
      ["database wrong"],
    ],
  ])("%s", async (name, damage, expected) => {
    const data = broken(name.replaceAll(" ", "-"), damage);
    const { code, names, troubled } = await doctor(data);
    expect(names).toEqual(expected);
    expect(code).toBe(expected.some((line) => line.endsWith("wrong")) ? 1 : 0);
    for (const check of troubled) if (!check.summary.includes("9999_future")) expect(check.remedy).not.toBe("");
    rmSync(data, { recursive: true, force: true });
  });

  test("a changed byte, when every byte is read", async () => {
    const digest = digestOf("SKILL.md");
    const data = broken("changed-byte", (folder) => {
      const path = blobPath(folder, digest);
      const size = Bun.file(path).size;
      writeFileSync(path, "x".repeat(size));
    });
    expect((await doctor(data)).names).toEqual([]);
    const { code, troubled } = await doctor(data, "--deep");
    expect(code).toBe(1);
    expect(troubled).toHaveLength(1);
    expect(troubled[0]!.examples[0]).toMatch(new RegExp(`^${digest} \\(examples/[a-z-]+@[0-9.]+ SKILL.md`));
    expect((await run(["admin", "scrub", "--data", data])).code).toBe(1);
  });

  test("a configuration that cannot be used", async () => {
    const { code, names } = await doctor(filled, "--config", "/nowhere/marketplace.toml");
    expect([code, ...names]).toEqual([1, "configuration wrong"]);
  });

  test("no data folder, and makes none", async () => {
    const data = join(root, "nothing");
    const { code, names } = await doctor(data);
    expect([code, ...names]).toEqual([1, "folder wrong"]);
    expect(await Bun.file(data).exists()).toBe(false);
  });

  test("nothing of another program's data to migrate", async () => {
    const data = broken("behind", (folder) => sql(folder, "DELETE FROM schema_migrations WHERE name LIKE '0005%'"));
    await doctor(data);
    expect(one(data, "SELECT count(*) FROM schema_migrations WHERE name LIKE '0005%'")).toBe(0 as never);
  });
});
