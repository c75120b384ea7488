import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { signCheckpoint } from "../../src/core/signing/checkpoint.ts";
import { generatePrivateKey, publicKeyOf, signBytes } from "../../src/core/signing/ed25519.ts";
import { leafHash } from "../../src/core/signing/merkle-tree.ts";
import { commandLine } from "../support/command-line.ts";
import { type Client, type Json, judged, onOneMarketplace } from "../support/marketplace.ts";
import { changedJson, type Meddling, startMeddler } from "../support/meddler.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

onOneMarketplace("the transparency log at the command line", (server) => {
  let max: Client;
  let meddle: Meddling = () => undefined;
  let between: ReturnType<typeof startMeddler>;
  let counter = 0;

  beforeAll(async () => {
    max = await server().person("max");
    between = startMeddler(server().url, (path, response) => meddle(path, response));
  });
  afterAll(() => between.stop());

  async function publish(ref: string): Promise<Json> {
    expect((await max.put(ref, "1.0.0", skill(ref.slice(4)))).status).toBe(201);
    return judged(max, ref, "1.0.0");
  }
  /** Somebody who installed a version and verified it once, so that a state of the log is kept. */
  async function verified() {
    meddle = () => undefined;
    const ref = `max/seen-${++counter}`;
    const { digest } = await publish(ref);
    const line = commandLine();
    expect((await line.run(["install", ref, "--url", between.url])).code).toBe(0);
    expect(await line.run(["verify"])).toMatchObject({ code: 0, stdout: `ok ${ref}@1.0.0\n` });
    const folder = join(line.home, ".config/marketplace/transparency");
    return { ...line, ref, digest: digest as string, kept: join(folder, readdirSync(folder)[0]!) };
  }
  const on = (what: string, answer: (json: Json) => Json): Meddling => {
    return (path, response) => (path.includes(what) ? changedJson(response, answer) : undefined);
  };
  /** A server with the right key and another log. */
  const signed = async (size: number): Promise<Meddling> => {
    const { signer } = server().app;
    const checkpoint = { origin: "marketplace", size, root: leafHash(Buffer.from("another")) };
    const note = await signCheckpoint(checkpoint, await signer.publicKey(), signer.signRaw);
    return (path) => (path.endsWith("/transparency/checkpoint") ? new Response(note) : undefined);
  };

  test("verify keeps the state of the log for its user alone, and goes on from it", async () => {
    const { run, kept } = await verified();
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    const before = readFileSync(kept, "utf8");
    await publish(`max/more-${++counter}`);
    expect((await run(["verify"])).code).toBe(0);
    expect(readFileSync(kept, "utf8")).not.toBe(before);
  });

  test("a log that was rolled back, forked, unsigned, or is gone is refused and explained", async () => {
    const { run } = await verified();
    const { size } = await server()
      .app.database.read.selectFrom("transparency_heads")
      .select("size")
      .executeTakeFirstOrThrow();
    const stranger = generatePrivateKey();
    const byOther = await signCheckpoint(
      { origin: "marketplace", size: Number(size), root: leafHash(Buffer.from("x")) },
      await publicKeyOf(stranger),
      (message) => signBytes(stranger, message),
    );
    const anothers = Buffer.from(await publicKeyOf(stranger)).toString("base64");
    const gone: Meddling = (path) =>
      path.endsWith("/server-key")
        ? new Response('{"error":{"code":"NOT_FOUND","message":"no"}}', { status: 404 })
        : undefined;
    const cases: [string, Meddling, string][] = [
      ["shorter", await signed(0), "it was rolled back: it had"],
      ["of the same length", await signed(Number(size)), "it is a fork: it had"],
      ["longer", await signed(Number(size) + 5), "it is a fork: it had"],
      [
        "signed by another",
        (path) => (path.endsWith("/checkpoint") ? new Response(byOther) : undefined),
        "not signed by the server's key",
      ],
      [
        "no note",
        (path) => (path.endsWith("/checkpoint") ? new Response("hello") : undefined),
        "not signed by the server's key",
      ],
      ["gone", gone, "it is gone, and there was one before"],
      [
        "of another key",
        on("/server-key", (json) => ({ data: { ...json.data, public_key: anothers } })),
        "its key changed",
      ],
    ];
    for (const [what, meddling, says] of cases) {
      meddle = meddling;
      const { code, stderr } = await run(["verify"]);
      expect([what, code, stderr]).toEqual([what, 1, expect.stringContaining(says)]);
    }
    meddle = () => undefined;
    expect((await run(["verify"])).code).toBe(0);
  });

  test("a version that the log does not have, or has otherwise, is wrong", async () => {
    const { run, ref } = await verified();
    const other = await publish(`max/other-${++counter}`);
    const path = `/transparency/inclusion?digest=${other.digest}`;
    const { data: foreign } = await server().stranger.api("GET", path, 200);
    const lacking: Meddling = (asked) =>
      asked.includes("/inclusion")
        ? new Response('{"error":{"code":"NOT_FOUND","message":"no"}}', { status: 404 })
        : undefined;
    const cases: [string, Meddling, string][] = [
      ["lacking", lacking, "does not have this version: it may be shown to you alone"],
      ["another's", on("/inclusion", () => ({ data: foreign })), "has something other under this version"],
      ["without proof", on("/inclusion", ({ data }) => ({ data: { ...data, proof: [] } })), "does not hold"],
      [
        "with another text",
        on("/inclusion", ({ data }) => ({ data: { ...data, entry: `${data.entry} ` } })),
        "does not hold",
      ],
      ["with nonsense", on("/inclusion", () => ({ data: { proof: [1], entry: {}, index: "x" } })), "does not hold"],
    ];
    for (const [what, meddling, says] of cases) {
      meddle = meddling;
      const { code, stdout } = await run(["verify"]);
      expect([what, code, stdout]).toEqual([what, 1, expect.stringContaining(says)]);
      expect(stdout).toStartWith(`WRONG ${ref}@1.0.0: `);
    }
  });

  test("a server that leaves out the log, the signed verdict or when it released a version gains nothing", async () => {
    const { run, ref, kept } = await verified();
    const missing = () => new Response('{"error":{"code":"NOT_FOUND","message":"no"}}', { status: 404 });
    const cases: [string, Meddling, string][] = [
      ["no verdict", (path) => (path.endsWith("/attestations") ? missing() : undefined), "did not sign its verdict"],
      ["an odd verdict", on("/attestations", () => ({ data: "x" })), "did not sign its verdict"],
      [
        "never released",
        (path, response) =>
          path.includes("/inclusion")
            ? missing()
            : path.endsWith(`${ref}/versions/1.0.0`)
              ? changedJson(response, ({ data }) => ({ data: { ...data, released_at: null } }))
              : undefined,
        "does not have this version",
      ],
    ];
    for (const [what, meddling, says] of cases) {
      meddle = meddling;
      const { code, stdout } = await run(["verify"]);
      expect([what, code, stdout]).toEqual([what, 1, expect.stringContaining(says)]);
    }
    // Its key is known from the recall list, though no state of the log was kept yet.
    rmSync(kept);
    meddle = (path) => (path.endsWith("/server-key") ? missing() : undefined);
    const { code, stderr } = await run(["verify"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("it is gone, and there was one before")]);
  });

  test("a kept state that was changed is refused, and one that is gone is begun anew", async () => {
    const { run, kept } = await verified();
    for (const text of ["", "null", "{}", readFileSync(kept, "utf8").replace(/\\n\d+\\n/, "\\n1\\n")]) {
      writeFileSync(kept, text);
      const { code, stderr } = await run(["verify"]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("is damaged, or was changed")]);
    }
    rmSync(kept);
    expect((await run(["verify"])).code).toBe(0);
  });

  test("a renamed asset is found in the log by the name that it had", async () => {
    const { run, ref } = await verified();
    const slug = `renamed-${++counter}`;
    await max.api("POST", `/assets/${ref}/rename`, 200, { json: { slug } });
    const { code, stdout, stderr } = await run(["verify"]);
    expect([code, stdout]).toEqual([0, `ok ${ref}@1.0.0\n`]);
    expect(stderr).toContain(`the asset is max/${slug} now`);
  });

  test("whose past was rewritten in the database is caught by who had seen it", async () => {
    const { run } = await verified();
    const { database } = server().app;
    await publish(`max/after-${++counter}`);
    const heads = await database.read.selectFrom("transparency_nodes").selectAll().execute();
    await database.write((tx) =>
      sql`UPDATE transparency_nodes SET hash = ${leafHash(Buffer.from("forged"))}`.execute(tx),
    );
    expect((await run(["verify"])).code).toBe(1);
    await database.write(async (tx) => {
      await tx.deleteFrom("transparency_nodes").execute();
      await tx.insertInto("transparency_nodes").values(heads).execute();
    });
    expect((await run(["verify"])).code).toBe(0);
  });
});
