import { expect, test } from "bun:test";
import { type Client, eachMarketplace, judged, type Marketplace, publish } from "../support/marketplace.ts";
import { skill, tarGz } from "../support/packages.ts";

const QUOTA = 400_000;
const statuses = async (answers: Promise<Response>[]): Promise<Record<number, number>> => {
  const counts: Record<number, number> = {};
  for (const response of await Promise.all(answers)) {
    counts[response.status] = (counts[response.status] ?? 0) + 1;
    await response.body?.cancel();
  }
  return counts;
};
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** Bytes that the namespace is charged for, and what its versions hold by recount. */
async function storageOf({ app }: Marketplace, namespace: string): Promise<{ charged: number; held: number }> {
  const row = await app.database.read
    .selectFrom("namespaces")
    .select(["id", "storage_bytes"])
    .where("name", "=", namespace)
    .executeTakeFirstOrThrow();
  const versions = await app.database.read
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .select("versions.total_size")
    .where("assets.namespace_id", "=", row.id)
    .execute();
  const held = versions.reduce((sum, version) => sum + Number(version.total_size), 0);
  return { charged: Number(row.storage_bytes), held };
}

async function versionsOf(client: Client, ref: string): Promise<string[]> {
  const { data } = await client.api("GET", `/assets/${ref}/versions`, 200);
  return data.map((version: { version: string }) => version.version);
}

eachMarketplace(
  "at the same time",
  (server) => {
    test("100 publications of one version with other content each: one wins, 99 conflict, one row", async () => {
      const ann = await server().person("ann");
      const archives = times(100, (i) => tarGz(skill("rush", { body: `Number ${i}.\n` })));
      expect(await statuses(archives.map((bytes) => ann.put("ann/rush", "1.0.0", bytes)))).toEqual({ 201: 1, 409: 99 });
      expect(await versionsOf(ann, "ann/rush")).toEqual(["1.0.0"]);
      const { charged, held } = await storageOf(server(), "ann");
      expect(charged).toBe(held);
      const { data } = await ann.api("GET", "/assets/ann/rush/versions/1.0.0", 200);
      const events = await server().app.outbox.read(0, 10_000);
      const created = events.filter((e) => e.type === "asset.version.created" && e.subjectId === data.asset.id);
      expect(created).toHaveLength(1);
      await judged(ann, "ann/rush", "1.0.0");
    });

    test("100 publications of one version with the same content: one is new, 99 say so", async () => {
      const bea = await server().person("bea");
      const bytes = tarGz(skill("echo"));
      expect(await statuses(times(100, () => bea.put("bea/echo", "1.0.0", bytes)))).toEqual({ 200: 99, 201: 1 });
      const { charged, held } = await storageOf(server(), "bea");
      expect(charged).toBe(held);
      expect((await judged(bea, "bea/echo", "1.0.0")).scans).toHaveLength(1);
    });

    test("many versions of a new asset at once: one asset, every version, the highest is the latest", async () => {
      const cem = await server().person("cem");
      const puts = times(20, (i) => cem.put("cem/many", `1.${i}.0`, skill("many", { body: `${i}\n` })));
      expect(await statuses(puts)).toEqual({ 201: 20 });
      for (let i = 0; i < 20; i++) await judged(cem, "cem/many", `1.${i}.0`);
      expect((await server().stranger.api("GET", "/assets/cem/many", 200)).data.version).toBe("1.19.0");
      expect(await versionsOf(cem, "cem/many")).toHaveLength(20);
    });

    test("50 uploads beside each other never pass the quota, and what is refused is not charged", async () => {
      const dan = await server().person("dan");
      const blob = (i: number) => Buffer.alloc(30_000, `${i} `);
      const puts = times(50, (i) =>
        dan.put(`dan/part-${i}`, "1.0.0", skill(`part-${i}`, { files: { "data.txt": blob(i) } })),
      );
      const counts = await statuses(puts);
      expect((counts[201] ?? 0) + (counts[422] ?? 0)).toBe(50);
      const { charged, held } = await storageOf(server(), "dan");
      expect(charged).toBe(held);
      expect(charged).toBeLessThanOrEqual(QUOTA);
      // Not one more would have fitted.
      expect(charged).toBeGreaterThan(QUOTA - 31_000);
      const refused = await dan.put("dan/late", "1.0.0", skill("late", { files: { "data.txt": blob(99) } }));
      expect(((await refused.json()) as { error: { code: string } }).error.code).toBe("QUOTA_EXCEEDED");
    });

    test("yanking, undoing, publishing, deprecating and setting channels in a crowd leave one consistent asset", async () => {
      const eva = await server().person("eva");
      const ref = "eva/crowd";
      for (const minor of [0, 1, 2])
        await publish(server(), eva, ref, `1.${minor}.0`, skill("crowd", { body: `${minor}\n` }));
      const at = `/api/v1/assets/${ref}`;
      const moves: (() => Promise<Response>)[] = [
        ...times(3, (i) => () => eva.send("POST", `${at}/versions/1.${i}.0/yank`, { json: { reason: "x" } })),
        ...times(3, (i) => () => eva.send("DELETE", `${at}/versions/1.${i}.0/yank`)),
        ...times(3, (i) => () => eva.send("PUT", `${at}/channels/prod`, { json: { version: `1.${i}.0` } })),
        () => eva.send("POST", `${at}/deprecate`, { json: { reason: "x" } }),
        () => eva.send("POST", `${at}/publish`),
        () => eva.put(ref, "1.3.0", skill("crowd", { body: "3\n" })),
        () => eva.send("PATCH", at, { json: { tags: ["a", "b"] } }),
      ];
      const counts = await statuses(times(5, () => moves.map((move) => move())).flat());
      expect(Object.keys(counts).filter((status) => !["200", "201", "409"].includes(status))).toEqual([]);
      await judged(eva, ref, "1.3.0");

      const { data: asset } = await eva.api("GET", `/assets/${ref}`, 200);
      const { data: versions } = await eva.api("GET", `/assets/${ref}/versions`, 200);
      const open = versions.filter((v: { status: string; yanked: boolean }) => v.status === "published" && !v.yanked);
      expect(asset.version).toBe(open[0].version);
      expect(asset.channels.latest).toBe(open[0].version);
      if (asset.channels.prod) expect(open.map((v: { version: string }) => v.version)).toContain(asset.channels.prod);
      expect(versions).toHaveLength(4);
    });

    test("publishing against deleting: the name stays dead, and nothing is added behind its back", async () => {
      const fay = await server().person("fay");
      await publish(server(), fay, "fay/doomed", "1.0.0", skill("doomed"));
      const id = (await fay.api("GET", "/assets/fay/doomed", 200)).data.id;
      const puts = times(10, (i) => fay.put("fay/doomed", `1.0.${i + 1}`, skill("doomed", { body: `${i}\n` })));
      const gone = fay.send("DELETE", "/api/v1/assets/fay/doomed");
      const answers = await Promise.all(puts);
      expect((await gone).status).toBe(204);
      for (const response of answers) expect(response.status).toBeOneOf([201, 409]);
      const rows = await server()
        .app.database.read.selectFrom("versions")
        .innerJoin("assets", "assets.id", "versions.asset_id")
        .select(["versions.created_at", "assets.deleted_at"])
        .where("asset_id", "=", id)
        .execute();
      expect(rows).toHaveLength(1 + answers.filter((response) => response.status === 201).length);
      expect((await fay.put("fay/doomed", "2.0.0", skill("doomed"))).status).toBe(409);
      await server().app.discovery.indexer.sync();
      expect((await server().stranger.api("GET", "/search?q=doomed", 200)).data).toEqual([]);
    });
  },
  { env: { MARKETPLACE_LIMITS_NAMESPACE_BYTES: String(QUOTA) } },
);
