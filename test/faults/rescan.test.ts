import { expect, test } from "bun:test";
import { newId } from "../../src/core/id.ts";
import { eachMarketplace, type Client, type Json, type Marketplace, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const scansOf = async (client: Client, ref: string): Promise<Json[]> =>
  (await client.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data;

const queueEmpty = (admin: Client) =>
  until("the queue to be empty", async () => (await admin.api("GET", "/admin/rescans", 200)).data.waiting === 0);

/** As though the version had been scanned by another revision of one scanner. */
async function outdate({ app }: Marketplace, versionId: string, scanner: string): Promise<void> {
  await app.database.write(async (tx) => {
    const scan = await tx
      .selectFrom("scans")
      .select(["id", "outcomes"])
      .where("version_id", "=", versionId)
      .executeTakeFirstOrThrow();
    const outcomes = (JSON.parse(scan.outcomes) as { scanner: string; version: string; elapsedMs: number }[]).map(
      (one) => ({
        ...one,
        // Told from what runs anew.
        elapsedMs: 123_456,
        version: one.scanner === scanner ? "an older one" : one.version,
      }),
    );
    await tx
      .updateTable("scans")
      .set({ outcomes: JSON.stringify(outcomes) })
      .where("id", "=", scan.id)
      .execute();
  });
}

eachMarketplace("rescans", (server) => {
  test("only versions scanned by other rules are scanned again, only by the scanners that changed, to a whole verdict", async () => {
    const admin = await server().person("re-boss", "admin");
    const ana = await server().person("re-ana");
    const old = await publish(server(), ana, "re-ana/old", "1.0.0", {
      ...skill("old"),
      "setup.sh": "npm install left-pad\n",
    });
    await publish(server(), ana, "re-ana/new", "1.0.0", skill("new"));
    const before = await server().app.catalog.capabilitiesOf(old.id);
    await outdate(server(), old.id, "secrets");
    expect(await server().app.compliance.rescanVersions("outdated", new AbortController().signal)).toBe(1);
    await queueEmpty(admin);
    await until("the scan", async () => (await scansOf(ana, "re-ana/old"))[0].status === "completed");
    expect(await scansOf(ana, "re-ana/new")).toHaveLength(1);
    const [again] = await scansOf(ana, "re-ana/old");
    expect(again.verdict).toBe("passed");
    const expected = server().app.engine.scanners();
    for (const { name, version } of expected) {
      const ran = again.scanners.filter((one: Json) => one.scanner === name);
      expect(ran).toMatchObject([{ version, state: "completed" }]);
      if (name === "secrets") expect(ran[0].elapsed_ms).toBeLessThan(123_456);
      else expect(ran[0].elapsed_ms).toBe(123_456);
    }
    expect(await server().app.catalog.capabilitiesOf(old.id)).toEqual(before);
    expect(await server().app.compliance.packagesOf(old.id)).toMatchObject([
      { name: "left-pad", path: "setup.sh", line: 1 },
    ]);
    expect(await server().app.compliance.rescanVersions("outdated", new AbortController().signal)).toBe(0);
  });

  test("a rescan that a process died over is done as a whole, and the queue goes on", async () => {
    const admin = await server().person("dead-boss", "admin");
    const ana = await server().person("dead-ana");
    const version = await publish(server(), ana, "dead-ana/a", "1.0.0", skill("a"));
    const { database, jobs, clock } = server().app;
    const at = clock.now().toISOString();
    // What is left behind: a scan that nobody runs, and the version still in the queue.
    await database.write(async (tx) => {
      await tx
        .insertInto("scans")
        .values({
          id: newId(),
          version_id: version.id,
          status: "running",
          verdict: null,
          error: null,
          policy_reason: null,
          requested_by: null,
          created_at: at,
          started_at: at,
          finished_at: null,
        })
        .execute();
      await server().app.compliance.requestRescans(tx, [version.id]);
    });
    jobs.wake();
    await queueEmpty(admin);
    await until("both scans", async () =>
      (await scansOf(ana, "dead-ana/a")).every(({ status }) => status === "completed"),
    );
    expect(await scansOf(ana, "dead-ana/a")).toHaveLength(2);
    await ana.api("GET", "/admin/rescans", 403);
  });
});
