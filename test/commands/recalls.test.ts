import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signEnvelope } from "../../src/core/signing/dsse.ts";
import { generatePrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { RECALLS_PAYLOAD_TYPE } from "../../src/core/signing/recall-list.ts";
import { type CommandLine, commandLine } from "../support/command-line.ts";
import { type Client, type Json, judged, onOneMarketplace } from "../support/marketplace.ts";
import { changedJson, type Meddling, startMeddler } from "../support/meddler.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

onOneMarketplace("recalls at the command line", (server) => {
  let [max, admin]: Client[] = [];
  /** What stands between the command line and the server does; null: it answers nothing. */
  let meddle: Meddling | null = () => undefined;
  let between: ReturnType<typeof startMeddler>;
  let counter = 0;

  beforeAll(async () => {
    max = await server().person("max");
    admin = await server().person("chief", "admin");
    between = startMeddler(server().url, (path, response) =>
      meddle === null ? new Response("nothing here", { status: 503 }) : meddle(path, response),
    );
  });
  afterAll(() => between.stop());

  async function publish(ref: string, version: string): Promise<Json> {
    const name = ref.slice(ref.indexOf("/") + 1);
    expect((await max!.put(ref, version, skill(name, { body: `# ${version}\n` }))).status).toBe(201);
    return judged(max!, ref, version);
  }
  const recall = (ref: string, { digest }: Json, reason = "It reads your keys.") =>
    admin!.api("POST", "/admin/recalls", 201, { json: { ref, digest, reason } });

  /** Somebody who installed a version (from the lockfile's server, through what stands between). */
  async function installed(): Promise<CommandLine & { ref: string; version: Json; kept: string }> {
    meddle = () => undefined;
    const ref = `max/thing-${++counter}`;
    const version = await publish(ref, "1.0.0");
    const line = commandLine();
    const { code, stderr } = await line.run(["install", ref, "--url", between.url]);
    expect([code, stderr]).toEqual([0, ""]);
    const folder = join(line.home, ".config/marketplace/recalls");
    return { ...line, ref, version, kept: join(folder, readdirSync(folder)[0]!) };
  }

  test("what was recalled is refused online: install, ci, verify and audit say why; remove and update help", async () => {
    const { run, ref, version, home } = await installed();
    await publish(ref, "1.1.0");
    await recall(ref, version);
    for (const words of [
      ["verify"],
      ["audit"],
      ["install"],
      ["ci"],
      ["install", "--frozen-lockfile"],
      ["verify", "--offline"],
    ]) {
      const { code, stdout, stderr } = await run(words);
      expect([words, code]).toEqual([words, 1]);
      expect(stdout + stderr).toContain("it was recalled (no. ");
      expect(stdout + stderr).toContain("It reads your keys.");
      expect(stdout + stderr).toContain(`marketplace remove ${ref}`);
    }
    const audit = await run(["audit", "--json"]);
    expect(JSON.parse(audit.stdout)).toMatchObject({ ok: false });
    expect((await run(["update"])).stdout).toContain(`+ ${ref}@1.1.0 (was 1.0.0)`);
    expect((await run(["verify"])).code).toBe(0);
    // Nor is it installed by its digest or number.
    for (const wanted of [`${ref}@${version.digest}`, `${ref}@1.0.0`]) {
      const { code, stderr } = await run(["install", wanted]);
      expect([code, stderr.includes("recalled (no. ")]).toEqual([1, true]);
    }
    expect(readFileSync(join(home, "marketplace.lock"), "utf8")).toContain('"1.1.0"');
    expect((await run(["remove", ref])).code).toBe(0);
  });

  test("offline the kept list refuses it before anything is written, and its removal works", async () => {
    const { run, ref, version, home } = await installed();
    await recall(ref, version);
    expect((await run(["audit"])).code).toBe(1);
    meddle = null;
    rmSync(join(home, ".marketplace"), { recursive: true });
    for (const words of [["install", "--frozen-lockfile"], ["ci"], ["install"]]) {
      const { code, stderr } = await run(words);
      expect([words, code]).toEqual([words, 1]);
      expect(stderr).toContain(`${ref}@1.0.0 is refused: it was recalled (no. `);
      expect(existsSync(join(home, ".marketplace"))).toBe(false);
    }
    const verify = await run(["verify", "--offline"]);
    expect([verify.code, verify.stdout.includes(`WRONG ${ref}@1.0.0: it was recalled`)]).toEqual([1, true]);
    expect((await run(["remove", ref])).code).toBe(0);
    // Whoever never had a list is told that, and not that all is well.
    const stranger = commandLine();
    writeFileSync(join(stranger.home, "marketplace.lock"), readFileSync(join(home, "marketplace.lock")));
    expect((await stranger.run(["verify", "--offline"])).stderr).toContain("No recall list of");
  });

  test("a kept list that was changed is refused, and fetched anew once it is gone", async () => {
    const { run, ref, version, kept } = await installed();
    await recall(ref, version);
    expect((await run(["verify"])).code).toBe(1);
    const whole = JSON.parse(readFileSync(kept, "utf8"));
    const last = whole.envelopes.at(-1);
    const payload = JSON.parse(Buffer.from(last.payload, "base64").toString());
    const forged = Buffer.from(JSON.stringify({ ...payload, recalls: [] })).toString("base64");
    const changes: [string, string][] = [
      [
        "an entry taken out",
        JSON.stringify({ ...whole, envelopes: [...whole.envelopes.slice(0, -1), { ...last, payload: forged }] }),
      ],
      ["cut short", readFileSync(kept, "utf8").slice(0, 200)],
      ["not a list of lists", '{"envelopes":{"0":1}}'],
      ["null", "null"],
    ];
    if (whole.envelopes.length > 1)
      changes.push(["its beginning taken out", JSON.stringify({ ...whole, envelopes: whole.envelopes.slice(1) })]);
    for (const [what, text] of changes) {
      writeFileSync(kept, text);
      for (const words of [["verify", "--offline"], ["install"]]) {
        const { code, stderr } = await run(words);
        expect([what, words, code]).toEqual([what, words, 1]);
        expect(stderr).toContain("is damaged, or was changed since it was kept");
      }
    }
    rmSync(kept);
    const { code, stdout } = await run(["verify"]);
    expect([code, stdout.includes("it was recalled")]).toEqual([1, true]);
  });

  test("a list that was changed on the way, an older one, another server's and none at all are refused", async () => {
    const { run, ref, version, home } = await installed();
    const old = await (await server().stranger.send("GET", "/api/v1/recalls")).json();
    await recall(ref, version);
    expect((await run(["audit"])).code).toBe(1);
    const foreign = generatePrivateKey();
    const publicKey = Buffer.from(await publicKeyOf(foreign)).toString("base64");
    const list =
      (answer: (json: Json) => Json): Meddling =>
      (path, response) =>
        path.includes("/recalls") ? changedJson(response, answer) : undefined;
    const { data: today, meta } = (await (await server().stranger.send("GET", "/api/v1/recalls")).json()) as Json;
    const byOther = await signEnvelope(foreign, Buffer.from(today.payload, "base64"), RECALLS_PAYLOAD_TYPE);
    const cases: [string, Meddling, string][] = [
      [
        "changed",
        list((json) => ({ ...json, data: { ...json.data, payload: "e30=" } })),
        "its signature does not hold",
      ],
      ["old", list(() => old as Json), "it is older (no. "],
      ["foreign key", list(() => ({ data: byOther, meta: { ...meta, public_key: publicKey } })), "its key changed"],
      ["foreign signature", list(() => ({ data: byOther, meta })), "its signature does not hold"],
      ["no key", list(({ data }) => ({ data, meta: {} })), "gives no key of its own"],
      ["gone", (path) => (path.includes("/recalls") ? new Response("{}", { status: 404 }) : undefined), "it is gone"],
    ];
    rmSync(join(home, ".marketplace"), { recursive: true });
    for (const [what, meddling, said] of cases) {
      meddle = meddling;
      for (const words of [["install"], ["audit"], ["verify"]]) {
        const { code, stderr } = await run(words);
        expect([what, words, code, stderr.includes(said) ? said : stderr]).toEqual([what, words, 1, said]);
      }
      expect(existsSync(join(home, ".marketplace"))).toBe(false);
    }
    // What was kept held all the while.
    meddle = null;
    expect((await run(["verify", "--offline"])).stdout).toContain("it was recalled");
  });

  test("a list that has ended is told of, and goes on to hold", async () => {
    const { run, ref, version, kept } = await installed();
    await recall(ref, version);
    expect((await run(["audit"])).code).toBe(1);
    const key = generatePrivateKey();
    const { recalls } = { recalls: JSON.parse(readFileSync(kept, "utf8")) };
    // Its key, and with it the list, are exchanged for ones that can be made to end.
    const envelopes = await Promise.all(
      recalls.envelopes.map((envelope: Json) => {
        const list = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
        const ended = { ...list, issued_at: "2026-01-01T00:00:00.000Z", expires_at: "2026-01-08T00:00:00.000Z" };
        return signEnvelope(key, Buffer.from(JSON.stringify(ended)), RECALLS_PAYLOAD_TYPE);
      }),
    );
    writeFileSync(kept, JSON.stringify({ ...recalls, envelopes }));
    const keys = join(kept, "../../server-keys.json");
    const servers = { [between.url]: Buffer.from(await publicKeyOf(key)).toString("base64") };
    writeFileSync(keys, JSON.stringify({ server_keys: 1, servers }));
    meddle = null;
    const { code, stdout, stderr } = await run(["verify", "--offline"]);
    expect(code).toBe(1);
    expect(stdout).toContain("it was recalled");
    expect(stderr).toContain("is of 2026-01-01 and ended on 2026-01-08");
  });

  test("audit tells the server what a project has only when it is asked to", async () => {
    const { run, ref, version } = await installed();
    const env = { MARKETPLACE_TOKEN: max!.token! };
    expect((await run(["audit"], { env })).code).toBe(0);
    expect((await run(["audit", "--report", "a"])).code).toBe(4);
    const said = await run(["audit", "--report", "checkout"], { env });
    expect([said.code, said.stderr]).toEqual([
      0,
      `Told ${between.url} what checkout has (1).\n1 checked, nothing is wrong.\n`,
    ]);
    const { data } = await recall(ref, version);
    const exposure = await admin!.api("GET", `/admin/recalls/${data.number}/exposure`, 200);
    expect(exposure.data.projects).toMatchObject([{ project: "checkout", username: "max", ref }]);
    expect(exposure.data.projects_total).toBe(1);
  });

  test("an administrator recalls by digest, on the server or against it, and lifts it", async () => {
    meddle = () => undefined;
    const line = commandLine();
    // From source, the server's pages are found beside its settings.
    const run = (args: string[]) => line.run(args, { cwd: join(import.meta.dir, "../..") });
    const far = ["--url", server().url, "--token", admin!.token!];
    const near = ["--data", server().data];
    const unclear = await run(["admin", "recall", "max/far@1.0.0", "--reason", "x", ...far]);
    expect([unclear.code, unclear.stderr.includes("by its digest")]).toEqual([2, true]);
    for (const [name, where] of [
      ["max/far", far],
      ["max/near", near],
    ] as const) {
      const { digest } = await publish(name, "1.0.0");
      const order = ["admin", "recall", `${name}@${digest}`, "--reason", "Bad.", ...where];
      const { code, stdout, stderr } = await run(order);
      expect([code, stderr.split("\n")[0], stdout.startsWith(`Recalled ${name}@1.0.0 (no. `)]).toEqual([
        0,
        expect.any(String),
        true,
      ]);
      // Again: the same number.
      expect((await run(order)).stdout).toBe(stdout);
      expect((await max!.send("GET", `/api/v1/assets/${name}/versions/1.0.0/download`)).status).toBe(410);
      const number = /no\. (\d+)/.exec(stdout)![1]!;
      const lifted = await run(["admin", "recall", "lift", number, "--reason", "No, it is fine.", ...where]);
      expect([lifted.code, lifted.stderr]).toEqual([0, ""]);
      expect((await max!.send("GET", `/api/v1/assets/${name}/versions/1.0.0/download`)).status).toBe(200);
    }
    expect((await run(["admin", "recall", "list", ...far])).stdout).toContain("max/far@1.0.0");
    const refused = await run(["admin", "recall", "list", "--url", server().url, "--token", max!.token!]);
    expect(refused.code).toBe(4);
  });
});
