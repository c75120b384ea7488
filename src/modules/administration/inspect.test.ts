import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eachDatabase } from "../../../test/support/databases.ts";
import { type Digest, sha256 } from "../../core/digest.ts";
import { newId } from "../../core/id.ts";
import { buildManifest } from "../../core/package/manifest.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { createFilesystemBlobStore } from "../../platform/blobs/filesystem.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { namedBlobs } from "./blob-read-model.ts";
import { inspectBlobs } from "./inspect-blobs.ts";
import { inspectRecords } from "./inspect-records.ts";

// The faults themselves are in src/commands/doctor.test.ts; here is what must hold on both databases.

const at = "2026-01-01T00:00:00.000Z";
const bytes = new TextEncoder().encode("# Skill\n");

async function publish(database: Database, blobs: BlobStore): Promise<string> {
  const file = {
    path: "SKILL.md",
    size: bytes.length,
    digest: sha256(bytes),
    mediaType: "text/markdown",
    executable: false,
  };
  const metadata = { kind: "skill", slug: "skill", version: "1.0.0", title: "Skill", description: "" } as const;
  const empty = { license: null, tags: [], categories: [], homepage: null, repository: null, readmePath: "SKILL.md" };
  const manifest = buildManifest({ ...metadata, ...empty, dependencies: [], compatibility: {} } as never, [file]);
  for (const content of [bytes, manifest.config, manifest.manifest]) await blobs.put(content);
  const [namespace_id, user, asset_id, id] = [newId(), newId(), newId(), newId()];
  await database.write(async (tx) => {
    const space = {
      id: namespace_id,
      name: "mira",
      kind: "user",
      created_at: at,
      storage_bytes: bytes.length,
    } as const;
    await tx.insertInto("namespaces").values(space).execute();
    const names = { username: "mira", email: "m@example.org", email_key: "m@example.org", display_name: "Mira" };
    const account = { password_hash: "x", role: "user", status: "active", created_at: at, updated_at: at } as const;
    await tx
      .insertInto("users")
      .values({ id: user, namespace_id, ...names, ...account })
      .execute();
    const asset = { slug: "skill", kind: "skill", title: "Skill", description: "", visibility: "public", downloads: 2 };
    const times = { created_by: user, created_at: at, updated_at: at, latest_version_id: id };
    await tx
      .insertInto("assets")
      .values({ id: asset_id, namespace_id, status: "published", ...asset, ...times })
      .execute();
    const content = {
      manifest_digest: manifest.digest,
      manifest_size: manifest.manifest.length,
      config_digest: manifest.configDigest,
    };
    const facts = { metadata: "{}", status: "published", verdict: "passed", total_size: bytes.length, file_count: 1 };
    const told = { published_by: user, created_at: at, downloads: 2 };
    await tx
      .insertInto("versions")
      .values({ id, asset_id, version: "1.0.0", ...content, ...facts, ...told })
      .execute();
    const { path, size, digest } = file;
    await tx
      .insertInto("files")
      .values({ version_id: id, path, size, digest, media_type: "text/markdown", executable: 0 })
      .execute();
    await tx.insertInto("channels").values({ asset_id, name: "latest", version_id: id, updated_at: at }).execute();
    await tx
      .insertInto("daily_downloads")
      .values({ asset_id, version_id: id, day: "2026-01-01", downloads: 2 })
      .execute();
  });
  return id;
}

eachDatabase("inspection", (open) => {
  let database: Database;
  let blobs: BlobStore;
  let versionId: string;
  const root = mkdtempSync(join(tmpdir(), "marketplace-inspect-"));
  beforeAll(async () => {
    database = await open();
    blobs = createFilesystemBlobStore({ root });
    versionId = await publish(database, blobs);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const troubles = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name, status, examples } of inspectRecords(database.read))
      if (status !== "ok") found.push(`${name}: ${examples[0] ?? ""}`);
    for await (const { name, status, examples } of inspectBlobs({ database, blobs }, { deep: true }))
      if (status !== "ok") found.push(`${name}: ${examples[0] ?? ""}`);
    return found;
  };

  test("finds nothing in what is whole", async () => {
    expect(await troubles()).toEqual([]);
  });

  const change = (work: (tx: Queries) => Promise<unknown>) => database.write(work);

  test("names what is not", async () => {
    await change(async (tx) => {
      await tx.updateTable("namespaces").set({ storage_bytes: 5_000_000_000 }).execute();
      await tx.updateTable("daily_downloads").set({ downloads: 3 }).execute();
      const namespace = { id: newId(), name: "nobodys", kind: "organization", created_at: at } as const;
      await tx.insertInto("namespaces").values(namespace).execute();
      const { id: created_by } = await tx.selectFrom("users").select("id").executeTakeFirstOrThrow();
      const organization = { id: newId(), namespace_id: namespace.id, display_name: "Nobody's", created_by };
      await tx
        .insertInto("organizations")
        .values({ ...organization, created_at: at, updated_at: at })
        .execute();
      await tx.updateTable("versions").set({ file_count: 2, status: "scanning" }).execute();
      await tx
        .insertInto("events")
        .values({ seq: 7, type: "asset.made", subject_id: "x", payload: "{}", created_at: at })
        .execute();
      const job = {
        id: newId(),
        kind: "tests.fail",
        payload: "{}",
        status: "failed",
        max_attempts: 1,
        run_at: at,
        created_at: at,
      } as const;
      await tx
        .insertInto("jobs")
        .values({ ...job, last_error: "no luck" })
        .execute();
    });
    expect(await troubles()).toEqual([
      "versions: mira/skill@1.0.0",
      "channels: mira/skill@latest",
      "scans: mira/skill@1.0.0",
      "quotas: mira: counts 5000000000, holds 8 bytes",
      `downloads: versions ${versionId}: 2 told, 3 counted`,
      "organizations: nobodys has no owner who can sign in",
      "events: ",
      "jobs: tests.fail (1): no luck",
    ]);
  });

  test("lists every named blob once, in order, over many pages", async () => {
    const digests = Array.from({ length: 2500 }, (_, index) => sha256(`blob ${index}`));
    await change(async (tx) => {
      for (const [index, digest] of digests.entries())
        for (const copy of index % 3 === 0 ? ["a", "b"] : ["a"])
          await tx
            .insertInto("files")
            .values({
              version_id: versionId,
              path: `${copy}/${index}`,
              size: index,
              digest,
              media_type: "text/plain",
              executable: 0,
            })
            .execute();
      const archive = { version_id: versionId, format: "zip", size: 9, created_at: at } as const;
      await tx
        .insertInto("version_archives")
        .values({ ...archive, digest: digests[0]!, stored: 1 })
        .execute();
    });
    const listed: Digest[] = [];
    for await (const { digest, least, most } of namedBlobs(database.read)) {
      listed.push(digest);
      if (digest === digests[0]) expect([least, most]).toEqual([0, 9]);
      else if (digests.includes(digest)) expect(least).toBe(most);
    }
    expect(listed).toEqual([...new Set(listed)].sort());
    expect(listed).toHaveLength(2500 + 3);
  });
});
