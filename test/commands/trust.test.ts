import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/core/digest.ts";
import { canonicalJson } from "../../src/core/package/canonical-json.ts";
import { fingerprintOf, generatePrivateKey, type PrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { signPublication } from "../../src/core/signing/statement.ts";
import { commandLine } from "../support/command-line.ts";
import { type Client, type Json, judged, onOneMarketplace } from "../support/marketplace.ts";
import { changed, changedJson, type Meddling, startMeddler } from "../support/meddler.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

onOneMarketplace("trust", (server) => {
  let max: Client;

  beforeAll(async () => {
    max = await server().person("max");
    await publish("plain", "1.0.0");
  });

  async function publish(name: string, version: string): Promise<Json> {
    const body = `# ${name} ${version}\n`;
    expect((await max.put(`max/${name}`, version, skill(name, { body }))).status).toBe(201);
    return judged(max, `max/${name}`, version);
  }

  async function newKey(name: string) {
    const key = generatePrivateKey();
    const bytes = await publicKeyOf(key);
    const json = { name, public_key: Buffer.from(bytes).toString("base64") };
    const { data } = await max.api("POST", "/me/keys", 201, { json });
    return { key, id: data.id as string, fingerprint: fingerprintOf(bytes) };
  }

  async function sign(key: PrivateKey, name: string, version: string, digest: string) {
    const ref = `max/${name}`;
    const envelope = await signPublication(key, { ref, version, digest: digest as `sha256:${string}` });
    await max.api("POST", `/assets/${ref}/versions/${version}/signatures`, 201, {
      json: { envelope: JSON.stringify(envelope) },
    });
  }

  const person = () => commandLine({ MARKETPLACE_URL: server().url });

  /** Installs through somebody who changes answers; nothing may be left of it. */
  async function refused(meddle: Meddling, words: string[] = ["max/plain"]): Promise<string> {
    const meddler = startMeddler(server().url, meddle);
    const { run, home } = person();
    const result = await run(["install", ...words, "--url", meddler.url]);
    await meddler.stop();
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(existsSync(join(home, "marketplace.lock"))).toBe(false);
    expect(existsSync(join(home, ".marketplace"))).toBe(false);
    expect(existsSync(join(home, ".config/marketplace/pins.json"))).toBe(false);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    return result.stderr;
  }

  const flip = (at: number) => (bytes: Uint8Array) => {
    bytes[Math.floor(bytes.length * at)]! ^= 1;
    return bytes;
  };

  test.each([0.1, 0.5, 0.9])("a byte that changed on the way (at %d of the archive) is refused", async (at) => {
    const said = await refused((path, response) =>
      path.endsWith("/download") ? changed(response, flip(at)) : undefined,
    );
    expect(said).toContain("max/plain@1.0.0 is refused: its archive");
  });

  test("so is another archive that goes with its own hash", async () => {
    await publish("other", "1.0.0");
    const other = await max.send("GET", "/api/v1/assets/max/other/versions/1.0.0/download");
    const bytes = new Uint8Array(await other.arrayBuffer());
    const said = await refused((path) =>
      path.endsWith("max/plain/versions/1.0.0/download")
        ? new Response(bytes, { headers: { "X-Content-Hash": sha256(bytes) } })
        : undefined,
    );
    expect(said).toContain("is not what its manifest says");
  });

  test("an archive without an end fills no disk", async () => {
    const said = await refused((path) => {
      if (!path.endsWith("/download")) return undefined;
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) }));
    });
    expect(said).toContain("larger than its files can be");
  });

  test("a manifest other than the resolved one is refused", async () => {
    const said = await refused((path, response) =>
      path.endsWith("/manifest") ? changed(response, flip(0.5)) : undefined,
    );
    expect(said).toContain("its manifest has the digest");
  });

  test.each([
    "../../outside",
    "/etc/outside",
    "a/../../outside",
    "C:outside",
    ".git/hooks/post-checkout",
    "a\\..\\outside",
    "NUL",
    "a\u202eb",
  ])("a manifest that a hostile server made with the path %p is refused", async (path) => {
    const content = Buffer.from("hostile");
    const manifest = canonicalJson({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      artifactType: "application/vnd.llm-marketplace.skill.v1",
      config: { mediaType: "application/vnd.llm-marketplace.config.v1+json", digest: sha256("{}"), size: 2 },
      layers: [
        {
          mediaType: "application/vnd.llm-marketplace.file.v1",
          digest: sha256(content),
          size: content.length,
          annotations: { "org.opencontainers.image.title": path },
        },
      ],
    });
    const digest = sha256(manifest);
    const said = await refused((asked, response) => {
      if (asked.endsWith("/manifest")) return new Response(manifest as Uint8Array<ArrayBuffer>);
      if (asked.endsWith("/resolve-dependencies"))
        return changedJson(response, (json) => {
          json.data.resolved[0].digest = digest;
          return json;
        });
      if (asked.endsWith("/versions/1.0.0"))
        return changedJson(response, (json) => {
          json.data.digest = digest;
          return json;
        });
      return undefined;
    });
    expect(said).toContain("its manifest is not acceptable");
  });

  test("the first key is pinned; another one, a vanished one and a revoked one are refused until they are accepted", async () => {
    const [first, second] = [await newKey("first"), await newKey("second")];
    await sign(first.key, "signed", "1.0.0", (await publish("signed", "1.0.0")).digest);
    await sign(first.key, "signed", "1.1.0", (await publish("signed", "1.1.0")).digest);
    await sign(second.key, "signed", "1.2.0", (await publish("signed", "1.2.0")).digest);
    await publish("signed", "1.3.0");

    const { run, home } = person();
    const install = (version: string, ...more: string[]) => run(["install", `max/signed@${version}`, ...more]);
    const lock = () => JSON.parse(readFileSync(join(home, "marketplace.lock"), "utf8")).assets["max/signed"] as Json;
    const pins = () =>
      JSON.parse(readFileSync(join(home, ".config/marketplace/pins.json"), "utf8")).servers[server().url] as Json;

    expect(await install("1.0.0")).toMatchObject({ code: 0 });
    expect(pins()).toEqual({ "max/signed": [first.fingerprint] });
    expect(lock().signature).toBe(first.fingerprint);
    expect(await install("1.1.0")).toMatchObject({ code: 0 });

    const other = await install("1.2.0");
    expect(other.code).toBe(1);
    for (const part of ["its key changed", first.fingerprint, second.fingerprint, `--accept-key ${second.fingerprint}`])
      expect(other.stderr).toContain(part);
    const vanished = await install("1.3.0");
    expect(vanished).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it is not signed, but earlier versions were"),
    });
    expect(lock().version).toBe("1.1.0");
    expect(await install("1.2.0", "--accept-key", first.fingerprint)).toMatchObject({ code: 1 });
    expect(await install("1.2.0", "--accept-key", "SHA256:short")).toMatchObject({ code: 2 });

    expect(await install("1.2.0", "--accept-key", second.fingerprint)).toMatchObject({ code: 0 });
    expect(pins()).toEqual({ "max/signed": [second.fingerprint] });
    expect(await install("1.1.0")).toMatchObject({ code: 1 });
    expect((await run(["verify"])).code).toBe(0);

    await max.api("DELETE", `/me/keys/${second.id}?reason=stolen`, 204);
    const verified = await run(["verify"]);
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining("was revoked") });
    expect(await run(["audit"])).toMatchObject({ code: 1, stdout: expect.stringContaining("was revoked") });
    const stranger = person();
    expect(await stranger.run(["install", "max/signed@1.2.0"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`the key that signed it, ${second.fingerprint}, was revoked`),
    });
    expect(await install("1.3.0", "--accept-key", "none")).toMatchObject({ code: 0 });
    expect(pins()).toEqual({});
  });

  test("a signature of something else, or by a key that is not the one it names, is refused", async () => {
    const { key, fingerprint } = await newKey("third");
    await sign(key, "vouched", "1.0.0", (await publish("vouched", "1.0.0")).digest);
    const publicKey = Buffer.from(await publicKeyOf(generatePrivateKey())).toString("base64");
    const digest = sha256("something else");
    const envelope = await signPublication(key, { ref: "max/vouched", version: "1.0.0", digest });
    const cases: [string, Json][] = [
      ["is for something other", { envelope }],
      ["was not made by this key", { public_key: publicKey }],
    ];
    for (const [why, change] of cases) {
      const said = await refused(
        (path, response) =>
          path.endsWith("/versions/1.0.0")
            ? changedJson(response, (json) => {
                expect(json.data.signatures[0].fingerprint).toBe(fingerprint);
                Object.assign(json.data.signatures[0], change);
                return json;
              })
            : undefined,
        ["max/vouched"],
      );
      expect(said).toContain(why);
    }
  });

  test("verify finds what the server withdrew, and says what it could not ask", async () => {
    await publish("withdrawn", "1.0.0");
    const { run, home } = person();
    await run(["install", "max/withdrawn", "max/plain"]);
    expect(await run(["verify"])).toMatchObject({ code: 0 });
    await max.api("POST", "/assets/max/withdrawn/versions/1.0.0/yank", 200, { json: { reason: "it bites" } });
    const said = await run(["verify"]);
    expect(said).toMatchObject({ code: 1 });
    expect(said.stdout).toBe("ok max/plain@1.0.0\nWRONG max/withdrawn@1.0.0: it was yanked: it bites\n");
    expect(await run(["verify", "max/plain"])).toMatchObject({ code: 0 });
    expect(await run(["verify", ".marketplace/max/withdrawn/SKILL.md"])).toMatchObject({ code: 1 });
    expect(await run(["audit"])).toMatchObject({
      code: 1,
      stdout: "WRONG max/withdrawn@1.0.0: it was yanked: it bites\n",
    });
    const offline = await run(["verify", "--url", "http://127.0.0.1:9"]);
    expect(offline).toMatchObject({ code: 0, stderr: expect.stringContaining("Not checked: signatures") });
    // A yanked version that is locked can still be installed from the lockfile.
    expect(await run(["ci"])).toMatchObject({ code: 0 });
    const lock = join(home, "marketplace.lock");
    writeFileSync(lock, readFileSync(lock, "utf8").replace(/("SKILL.md": "sha256:)[0-9a-f]{8}/, "$100000000"));
    const forged = await run(["verify"]);
    expect(forged).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("list of files is not the one of its manifest"),
    });
  });

  test("a lockfile that names places outside of the project, or keys that are not the ones, does no harm", async () => {
    const { run, home } = person();
    await run(["install", "max/plain"]);
    const path = join(home, "marketplace.lock");
    const good = readFileSync(path, "utf8");
    for (const bad of [
      good.replace('".marketplace/max/plain"', '"../outside"'),
      good.replace('"project"', '"user"'),
      good.replace('"lockfile": 1', '"lockfile": 2'),
      good.slice(0, -20),
      "[]",
    ]) {
      writeFileSync(path, bad);
      for (const words of [["ci"], ["remove", "max/plain", "--force"], ["verify"], ["list"]])
        expect(await run(words)).toMatchObject({ code: 1, stdout: "" });
    }
    writeFileSync(path, good.replace('"signature": null', `"signature": "SHA256:${"A".repeat(43)}"`));
    expect(await run(["verify"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("it is not signed, but earlier"),
    });
  });
});
