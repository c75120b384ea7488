import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../../core/id.ts";
import { type Digest, sha256 } from "../../core/digest.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { createFilesystemBlobStore } from "../../platform/blobs/filesystem.ts";
import type { Database } from "../../platform/database/index.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { createBlobGuard } from "./blob-guard.ts";
import { collectGarbage, garbageLedger } from "./collect-garbage.ts";
import { scrubBlobs } from "./scrub-blobs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const graceMs = DAY;
const clock = { now: () => new Date() };
const at = "2026-01-01T00:00:00.000Z";

/** One published version to hang references on. */
async function seed(database: Database): Promise<string> {
  const [namespace_id, user, asset_id, id] = [newId(), newId(), newId(), newId()];
  await database.write(async (tx) => {
    await tx
      .insertInto("namespaces")
      .values({ id: namespace_id, name: "mira", kind: "user", created_at: at })
      .execute();
    const names = { username: "mira", email: "m@example.org", email_key: "m@example.org", display_name: "Mira" };
    const account = { password_hash: "x", role: "user", status: "active", created_at: at, updated_at: at } as const;
    await tx
      .insertInto("users")
      .values({ id: user, namespace_id, ...names, ...account })
      .execute();
    const asset = { slug: "skill", kind: "skill", title: "Skill", description: "", visibility: "public" };
    const times = { created_by: user, created_at: at, updated_at: at };
    await tx
      .insertInto("assets")
      .values({ id: asset_id, namespace_id, status: "published", ...asset, ...times })
      .execute();
    const content = { manifest_digest: sha256("manifest"), manifest_size: 8, config_digest: sha256("config") };
    const facts = { metadata: "{}", status: "published", verdict: "passed", total_size: 1, file_count: 1 };
    await tx
      .insertInto("versions")
      .values({ id, asset_id, version: "1.0.0", ...content, ...facts, published_by: user, created_at: at })
      .execute();
  });
  return id;
}

eachDatabase("garbage collection", (open) => {
  let database: Database;
  let versionId: string;
  let blobs: BlobStore;
  const root = mkdtempSync(join(tmpdir(), "marketplace-gc-"));
  beforeAll(async () => {
    database = await open();
    versionId = await seed(database);
    blobs = createFilesystemBlobStore({ root });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const refer = async (digest: Digest, tx = database.read): Promise<void> => {
    const file = { version_id: versionId, path: newId(), size: 1, media_type: "text/plain", executable: 0 };
    await tx
      .insertInto("files")
      .values({ ...file, digest })
      .execute();
  };
  const dropReferences = () => database.write((tx) => tx.deleteFrom("files").execute());
  const age = async (digest: Digest, ms: number): Promise<void> => {
    const then = new Date(Date.now() - ms);
    await utimes(blobs.localPath(digest)!, then, then).catch(() => {});
  };
  const putOld = async (text: string): Promise<Digest> => {
    const { digest } = await blobs.put(new TextEncoder().encode(text));
    await age(digest, 2 * DAY);
    return digest;
  };
  const exists = async (digest: Digest): Promise<boolean> => (await blobs.stat(digest)) !== null;
  const collect = () => collectGarbage({ database, blobs, clock, graceMs });

  test("removes what nothing refers to, keeps what any table names and what is young", async () => {
    const kept = [await putOld("manifest"), await putOld("config"), await putOld("file"), await putOld("archive")];
    const orphans = [await putOld("orphan"), await putOld("archive that was dropped")];
    await database.write(async (tx) => {
      await refer(kept[2]!, tx);
      const archive = { version_id: versionId, size: 1, created_at: at };
      await tx
        .insertInto("version_archives")
        .values([
          { ...archive, format: "zip", digest: kept[3]!, stored: 1 },
          { ...archive, format: "tar.gz", digest: orphans[1]!, stored: 0 },
        ])
        .execute();
    });
    const young = (await blobs.put(new TextEncoder().encode("young"))).digest;
    expect(await collect()).toMatchObject({ seen: 7, removed: 2, removedBytes: 6 + 24, stopped: false });
    for (const digest of [...kept, young]) expect(await exists(digest)).toBe(true);
    for (const digest of orphans) expect(await exists(digest)).toBe(false);
    expect(await collect()).toMatchObject({ seen: 5, removed: 0 });
    await blobs.delete(young);
    await dropReferences();
  });

  test("a publication is told when what it put may be gone, and only then", async () => {
    const guard = createBlobGuard(database);
    const digest = await putOld("published again");
    const early = await guard.takeTicket();
    const { digests, at: stamp } = await garbageLedger({ database, clock }).condemn([digest]);
    expect(digests).toEqual([digest]);
    const commit = (ticket: typeof early, named: Digest[]) =>
      database.write((tx) => guard.assertNotCondemned(tx, named, ticket)).then(() => "ok", guard.isCollected);

    expect(await commit(early, [digest])).toBe(true);
    expect(await commit(await guard.takeTicket(), [sha256("another"), digest])).toBe(true);
    expect(await commit(early, [sha256("another")])).toBe("ok");
    await garbageLedger({ database, clock }).removed([digest], stamp);
    expect(await commit(early, [digest])).toBe(true);
    expect(await commit(await guard.takeTicket(), [digest])).toBe("ok");
    expect(await commit(early, [])).toBe("ok");

    // A week later the removal is forgotten, but not what it means for a ticket from before it.
    const inAWeek = { now: () => new Date(Date.now() + 8 * DAY) };
    await garbageLedger({ database, clock: inAWeek }).forget();
    expect(await database.read.selectFrom("condemned_blobs").select("digest").execute()).toEqual([]);
    expect(await commit(early, [sha256("another")])).toBe(true);
    expect(await commit(await guard.takeTicket(), [digest])).toBe("ok");
  });

  test("condemns nothing that is referred to, also by a publication that is committing", async () => {
    const guard = createBlobGuard(database);
    const ledger = garbageLedger({ database, clock });
    const digest = await putOld("being published");
    const ticket = await guard.takeTicket();
    // Begun outside of the transaction, as another process would.
    const begin = Promise.withResolvers<void>();
    const condemning = begin.promise.then(() => ledger.condemn([digest]));
    // Time enough for a condemnation that does not wait for the transaction.
    const enoughTime = begin.promise.then(async () => {
      for (let turn = 0; turn < 50; turn++) await database.check();
    });
    await database.write(async (tx) => {
      await guard.assertNotCondemned(tx, [digest], ticket);
      begin.resolve();
      await enoughTime;
      await refer(digest, tx);
    });
    expect((await condemning).digests).toEqual([]);
    expect((await ledger.condemn([digest, sha256("manifest")])).digests).toEqual([]);
    await dropReferences();
    await blobs.delete(digest);
  });

  test("finishes what a killed run began, but not what a live one is doing", async () => {
    await collect();
    const digest = await putOld("left behind");
    const began = { now: () => new Date(Date.now() - 5 * 60_000) };
    await garbageLedger({ database, clock: began }).condemn([digest]);
    expect(await collect()).toMatchObject({ removed: 0 });
    expect(await exists(digest)).toBe(true);
    const ticket = await createBlobGuard(database).takeTicket();
    const later = { now: () => new Date(Date.now() + 6 * 60_000) };
    expect(await collectGarbage({ database, blobs, clock: later, graceMs })).toMatchObject({ removed: 1 });
    expect(await exists(digest)).toBe(false);
    expect(await createBlobGuard(database).takeTicket()).toBe((ticket + 1) as typeof ticket);
    // The killed run was only held up: what it says now changes nothing.
    await garbageLedger({ database, clock }).condemn([digest]);
    await garbageLedger({ database, clock }).removed([digest], began.now().toISOString());
    const row = database.read.selectFrom("condemned_blobs").selectAll().where("digest", "=", digest);
    expect((await row.executeTakeFirst())!.removed_epoch).toBeNull();
    await database.write((tx) => tx.deleteFrom("condemned_blobs").execute());
  });

  test("no interleaving with publications of the same bytes loses a blob", async () => {
    const rounds = database.engine === "sqlite" ? 200 : 80;
    const bytes = new TextEncoder().encode("wanted by many");
    const guard = createBlobGuard(database);
    let [collected, again] = [0, 0];
    for (let round = 1; round <= rounds; round++) {
      const digest = await putOld("wanted by many");
      const { pause, pick } = seeded(round);
      const steps = timeline();
      const slow: BlobStore = {
        ...blobs,
        async stat(wanted) {
          await steps.reach(1).then(pause);
          const info = await blobs.stat(wanted);
          await steps.reach(2).then(pause);
          return info;
        },
        async delete(wanted) {
          await steps.reach(3).then(pause);
          await blobs.delete(wanted);
          await steps.reach(4).then(pause);
        },
      };
      const publish = async (): Promise<void> => {
        const [toPut, toCommit] = [pick(6), pick(6)];
        for (;;) {
          const ticket = await guard.takeTicket();
          await steps.reached(toPut).then(pause);
          await blobs.put(bytes);
          await steps.reached(toCommit).then(pause);
          try {
            await database.write(async (tx) => {
              await guard.assertNotCondemned(tx, [digest], ticket);
              await pause();
              await refer(digest, tx);
            });
            return;
          } catch (error) {
            if (!guard.isCollected(error)) throw error;
            again++;
          }
        }
      };
      const gc = async (): Promise<void> => {
        await pause();
        collected += (await collectGarbage({ database, blobs: slow, clock, graceMs })).removed;
      };
      await Promise.all([publish(), publish(), Promise.all([gc(), gc()]).then(() => steps.reach(5))]);
      expect(await exists(digest), `round ${round}`).toBe(true);
      expect((await scrubBlobs({ database, blobs })).missing).not.toContain(digest);
      await dropReferences();
    }
    // The rounds must have met: collections that won, and publications that noticed.
    expect(collected).toBeGreaterThan(rounds / 20);
    expect(again).toBeGreaterThan(0);
  }, 60_000);
});

/** Small random waits and choices from a seed: they shuffle who runs first. */
function seeded(seedNumber: number): { pause(): Promise<void>; pick(below: number): number } {
  let state = (seedNumber * 2_654_435_761) >>> 0;
  const pick = (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
  const pause = async (): Promise<void> => {
    for (let turns = pick(3) === 0 ? pick(80) : pick(4); turns > 0; turns--) await new Promise(setImmediate);
  };
  return { pause, pick };
}

/** Lets some wait until others came so far: 1 before the second look, 2 behind it, 3 and 4 around the deletion, 5 the end. */
function timeline(): { reach(step: number): Promise<void>; reached(step: number): Promise<void> } {
  const marks = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
  marks[0]!.resolve();
  return {
    async reach(step) {
      for (const mark of marks.slice(0, step + 1)) mark.resolve();
    },
    reached: (step) => marks[step]!.promise,
  };
}
