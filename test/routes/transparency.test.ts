import { beforeAll, expect, test } from "bun:test";
import { readCheckpoint } from "../../src/core/signing/checkpoint.ts";
import { generatePrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../../src/core/signing/merkle-tree.ts";
import { type Client, eachMarketplace, type Json, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const hex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");

eachMarketplace("the transparency log over HTTP", (server) => {
  let [ana, admin]: Client[] = [];
  beforeAll(async () => {
    ana = await server().person("ana");
    admin = await server().person("chief", "admin");
  });

  const get = async (client: Client, path: string, status = 200): Promise<Json> =>
    (await client.api("GET", path, status)).data;
  async function checkpoint() {
    const key = Buffer.from((await get(server().stranger, "/server-key")).public_key, "base64");
    const note = await (await server().stranger.send("GET", "/api/v1/transparency/checkpoint")).text();
    const read = await readCheckpoint(note, key);
    expect(read).not.toBeNull();
    return read!;
  }
  const newest = async (client: Client): Promise<Json> => {
    const { size } = await checkpoint();
    const [entry] = await get(client, `/transparency/entries?from=${size - 1}`);
    return entry;
  };
  async function proves(client: Client, digest: string, query = ""): Promise<Json> {
    const { size, root } = await checkpoint();
    const found = await get(client, `/transparency/inclusion?digest=${digest}&size=${size}${query}`);
    const leaf = hex(found.leaf_hash);
    expect(leafHash(Buffer.from(found.entry))).toBe(leaf);
    const proof = found.proof.map(hex);
    expect(verifyInclusion({ leaf, index: found.index, size, root, proof })).toBe(true);
    return JSON.parse(found.entry);
  }

  test("a version is in the log as soon as it is out, once however often it is judged", async () => {
    const before = await checkpoint();
    const { digest } = await publish(server(), ana!, "ana/tool", "1.0.0", skill("tool"));
    expect(await proves(server().stranger, digest)).toMatchObject({
      type: "version.published",
      facts: { ref: "ana/tool", version: "1.0.0", digest },
    });
    const after = await checkpoint();
    const { proof } = await get(server().stranger, `/transparency/consistency?from=${before.size}&to=${after.size}`);
    expect(verifyConsistency(before, after, proof.map(hex))).toBe(true);
    await ana!.api("POST", "/assets/ana/tool/versions/1.0.0/scans", 202);
    await until("the second scan", async () => {
      const scans = await get(ana!, "/assets/ana/tool/versions/1.0.0/scans");
      return scans.length === 2 && scans.every((scan: Json) => scan.status === "completed");
    });
    expect(await checkpoint()).toEqual(after);
  });

  test("keys that come and go, recalls and their lifting are in it", async () => {
    const public_key = Buffer.from(await publicKeyOf(generatePrivateKey())).toString("base64");
    const { data: key } = await ana!.api("POST", "/me/keys", 201, { json: { name: "laptop", public_key } });
    const facts = { username: "ana", fingerprint: key.fingerprint, public_key };
    const added = JSON.parse((await newest(server().stranger)).entry);
    expect(added).toMatchObject({ type: "key.added", facts });
    await ana!.api("DELETE", `/me/keys/${key.id}`, 204);
    expect(JSON.parse((await newest(server().stranger)).entry)).toMatchObject({ type: "key.revoked", facts });
    const { digest } = await publish(server(), ana!, "ana/bad", "1.0.0", skill("bad"));
    const json = { ref: "ana/bad", digest, reason: "It reads keys." };
    const { data: recall } = await admin!.api("POST", "/admin/recalls", 201, { json });
    const said = { ref: "ana/bad", version: "1.0.0", digest, number: recall.number };
    expect(JSON.parse((await newest(server().stranger)).entry)).toMatchObject({
      type: "version.recalled",
      facts: said,
    });
    await admin!.api("DELETE", `/admin/recalls/${recall.number}?reason=mistaken`, 200);
    expect(JSON.parse((await newest(server().stranger)).entry)).toMatchObject({ type: "version.recall-lifted" });
    expect((await server().app.transparency.verify()).problems).toEqual([]);
  });

  test("of somebody's private asset others see a hash and nothing more", async () => {
    const query = { visibility: "private" };
    const { digest } = await publish(server(), ana!, "ana/secret", "1.0.0", skill("secret"), query);
    expect(await proves(ana!, digest, "&ref=ana/secret&version=1.0.0")).toMatchObject({ facts: { ref: "ana/secret" } });
    const hidden = await newest(server().stranger);
    expect(hidden).toMatchObject({ entry: null, leaf_hash: expect.any(String) });
    const by = (what: string, status: number) => get(server().stranger, `/transparency/inclusion?${what}`, status);
    expect(await by(`index=${hidden.index}`, 200)).toMatchObject({ entry: null });
    await server().stranger.api("GET", `/transparency/inclusion?digest=${digest}`, 404);
    await server().stranger.api("GET", `/transparency/inclusion?digest=${digest}&ref=ana/secret`, 404);
    await ana!.api("GET", `/transparency/inclusion?digest=${digest}&ref=ana/tool`, 404);
  });

  test("who has only the link reads an unlisted version's entry by its digest, and nobody in the list", async () => {
    const query = { visibility: "unlisted" };
    const { digest } = await publish(server(), ana!, "ana/linked", "1.0.0", skill("linked"), query);
    expect((await newest(server().stranger)).entry).toBeNull();
    expect(await proves(server().stranger, digest, "&ref=ana/linked")).toMatchObject({ facts: { ref: "ana/linked" } });
  });

  test("a missing counter or bad numbers are refused", async () => {
    const { size } = await checkpoint();
    for (const [path, status] of [
      ["inclusion", 200],
      ["consistency", 200],
      ["inclusion?index=0&digest=sha256:00", 400],
      ["inclusion?digest=md5:1", 422],
      [`inclusion?index=${size}`, 404],
      [`inclusion?index=0&size=${size + 1}`, 422],
      ["inclusion?index=0&size=0", 404],
      ["consistency?from=x", 400],
      [`consistency?from=${size}&to=1`, 422],
      [`consistency?from=0&to=${size + 1}`, 422],
      ["entries?limit=0", 422],
      ["entries?from=-1", 400],
    ] as const)
      await server().stranger.api("GET", `/transparency/${path}`, status);
    expect(await get(server().stranger, `/transparency/entries?from=${size}`)).toEqual([]);
  });

  test("what was before there was a log is recorded once, in the order in which it happened", async () => {
    const { database, transparency } = server().app;
    await publish(server(), ana!, "ana/late", "1.0.0", skill("late"));
    await database.write(async (tx) => {
      for (const table of ["transparency_entries", "transparency_nodes", "transparency_heads"] as const)
        await tx.deleteFrom(table).execute();
      await tx.deleteFrom("counters").where("name", "=", "transparency-backfill").execute();
    });
    await transparency.start();
    const count = async () =>
      (await database.read.selectFrom("counters").select("value").where("name", "=", "transparency-backfill").execute())
        .length;
    await until("the backfill", async () => (await count()) === 1);
    const state = await checkpoint();
    const entries = (await get(admin!, "/transparency/entries?limit=500")).map(({ entry }: Json) => JSON.parse(entry));
    const times = entries.map(({ facts }: Json) => facts.occurred_at);
    expect(times).toEqual(times.toSorted());
    expect(entries.map(({ type }: Json) => type)).toEqual(
      expect.arrayContaining([
        "key.added",
        "key.revoked",
        "version.published",
        "version.recalled",
        "version.recall-lifted",
      ]),
    );
    await transparency.start();
    expect(await checkpoint()).toEqual(state);
    expect((await transparency.verify()).problems).toEqual([]);
  });
});
