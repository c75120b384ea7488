import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkPublication } from "../../src/core/signing/statement.ts";
import { commandLine } from "../support/command-line.ts";
import { type Marketplace, onOneMarketplace, type Json } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

/** A publisher of their own with a token in the environment. */
async function publisher(server: Marketplace, username: string) {
  const person = await server.person(username);
  return { person, ...commandLine({ MARKETPLACE_URL: server.url, MARKETPLACE_TOKEN: person.token! }) };
}

onOneMarketplace("publish", (server) => {
  test("publishes a folder once, then says that nothing changed", async () => {
    const { run, json, folder } = await publisher(server(), "anna");
    const path = folder("my-skill", { ...skill("my-skill"), ".env": "SECRET=1" });
    const first = await run(["publish", path]);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("Published the skill anna/my-skill@1.0.0");
    expect(first.stdout).toContain("passed");
    expect(first.stdout).toContain(`${server().url}/anna/my-skill`);
    expect(first.stderr).toContain(".env");
    // No progress, no colours: this is no terminal.
    expect(first.stdout + first.stderr).not.toContain("\u001b");
    expect(await json(["publish", path])).toMatchObject({ outcome: "unchanged", version: "1.0.0", verdict: "passed" });
    const version = await json<Json>(["info", "anna/my-skill"]);
    expect(version.version.files.map((file: Json) => file.path)).toEqual(["SKILL.md"]);
  });

  test("chooses the next patch when the files name no version, and keeps to theirs when they do", async () => {
    const { run, json, folder } = await publisher(server(), "ben");
    const path = folder("counter", skill("counter"));
    await json(["publish", path, "--no-wait"]);
    folder("counter", skill("counter", { body: "# Changed\n" }));
    expect(await json(["publish", path, "--no-wait"])).toMatchObject({ outcome: "created", version: "1.0.1" });
    const toml = (body: string) => ({
      ...skill("fixed", { body }),
      "marketplace.toml": '[asset]\nversion = "2.1.0"\n',
    });
    const fixed = folder("fixed", toml("one"));
    expect(await json(["publish", fixed, "--no-wait"])).toMatchObject({ version: "2.1.0" });
    folder("fixed", toml("two"));
    const refused = await run(["publish", fixed]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toStartWith("marketplace: ben/fixed@2.1.0 exists with other content");
    expect(refused.stderr).toContain("2.1.1");
    expect(refused.stderr.trim().split("\n")).toHaveLength(1);
    expect(await json(["publish", fixed, "--version", "2.2.0", "--no-wait"])).toMatchObject({ version: "2.2.0" });
  });

  test("a dry run sends nothing", async () => {
    const { run, json, folder } = await publisher(server(), "cleo");
    const path = folder("planned", skill("planned"));
    const planned = await json<Json>(["publish", path, "--dry-run"]);
    expect(planned).toMatchObject({ dry_run: true, outcome: "new_asset", ref: "cleo/planned", version: "1.0.0" });
    expect((await run(["info", "cleo/planned"])).code).toBe(1);
    const done = await json<Json>(["publish", path]);
    expect(done.digest).toBe(planned.digest);
    expect(await json(["publish", path, "--dry-run"])).toMatchObject({ outcome: "unchanged" });
  });

  test("explains what blocks, with exit code 1", async () => {
    const { run, json, folder } = await publisher(server(), "dora");
    const path = folder("weights", {
      "README.md": "---\nlicense: mit\n---\n# Weights\n\nNot what they seem.\n",
      "pytorch_model.bin": "cos\nsystem\n(S'id'\ntR.",
    });
    const refused = await run(["publish", path, "--slug", "weights"]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^blocked {2}/m);
    expect(refused.stdout).toMatch(/^ {2}pytorch_model\.bin\S* {2}critical {2}\S+ {2}\S.+\n {4}\S/m);
    expect(await json(["publish", path, "--slug", "weights"], 1)).toMatchObject({
      outcome: "unchanged",
      verdict: "blocked",
    });
  });

  test("signs what the server verifies, and what it holds already", async () => {
    const { run, json, folder, person } = await publisher(server(), "emil");
    const path = folder("signed", skill("signed"));
    const unsigned = await run(["publish", path, "--sign"]);
    expect(unsigned).toMatchObject({ code: 1, stderr: expect.stringContaining("marketplace keys generate") });
    const key = await json<Json>(["keys", "generate", "--name", "laptop"]);
    await json(["publish", path, "--sign"]);
    const read = async (version: string) =>
      (await person.api("GET", `/assets/emil/signed/versions/${version}`, 200)).data;
    const { digest, signature } = await read("1.0.0");
    expect(signature.fingerprint).toBe(key.fingerprint);
    const subject = { ref: "emil/signed", version: "1.0.0", digest };
    expect(
      await checkPublication(JSON.stringify(signature.envelope), Buffer.from(key.public_key, "base64"), subject),
    ).toBe(null);

    folder("signed", skill("signed", { body: "# More\n" }));
    await json(["publish", path]);
    expect((await read("1.0.1")).signature).toBe(null);
    expect(await json(["publish", path, "--sign"])).toMatchObject({ outcome: "unchanged", signed: true });
    expect((await read("1.0.1")).signature.fingerprint).toBe(key.fingerprint);

    await json(["keys", "generate", "--name", "other", "--local"]);
    const stranger = await run(["publish", path, "--version", "3.0.0", "--key", "other"]);
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("not registered for emil") });
    expect((await run(["info", "emil/signed@3.0.0"])).code).toBe(1);
    const ambiguous = await run(["sign", "emil/signed@1.0.0"]);
    expect(ambiguous).toMatchObject({ code: 1, stderr: expect.stringContaining("laptop, other") });
  });

  test("a folder, its packed archive and that archive elsewhere are the same content", async () => {
    const { run, json, folder, home } = await publisher(server(), "finn");
    const path = folder("same", { ...skill("same"), "docs/Café/naïve.md": "ü", "docs/日本語.md": "x" });
    const packed = await json<Json>(["pack", path]);
    expect(packed.path).toBe(join(home, `same-${packed.digest.slice(7, 19)}.tar.gz`));
    const published = await json<Json>(["publish", packed.path]);
    expect(published).toMatchObject({ ref: "finn/same", version: "1.0.0", digest: packed.digest });
    expect(await json(["publish", path])).toMatchObject({ outcome: "unchanged" });
    const inside = await run(["pack", ".", "-o", "x.tar.gz"], { cwd: path });
    expect(inside).toMatchObject({ code: 2, stderr: expect.stringContaining("name another place with -o") });
  });

  test("takes a single file, and names without a slug from where they lie", async () => {
    const { json, folder } = await publisher(server(), "gwen");
    const path = folder("loose", { "review.prompt.md": "---\ndescription: Reviews.\n---\nReview {{diff}}.\n" });
    expect(await json(["publish", join(path, "review.prompt.md"), "--no-wait"])).toMatchObject({
      ref: "gwen/review",
      kind: "prompt",
    });
    const wallet = folder("agent-wallet", {
      "SKILL.md": "---\nname: 钱包\ndescription: A wallet.\n---\nBe careful.\n",
    });
    expect(await json(["publish", wallet, "--no-wait"])).toMatchObject({ ref: "gwen/agent-wallet" });
  });

  test("visibility, channel and changelog are as asked for", async () => {
    const { json, folder, person } = await publisher(server(), "hugo");
    const path = folder("quiet", skill("quiet"));
    await json(["publish", path, "--visibility", "private", "--channel", "beta", "--changelog", "First."]);
    await server().stranger.api("GET", "/assets/hugo/quiet", 404);
    const { data } = await person.api("GET", "/assets/hugo/quiet", 200);
    expect(data).toMatchObject({ visibility: "private", channels: { beta: "1.0.0", latest: "1.0.0" } });
    expect(await json(["info", "hugo/quiet@beta"])).toMatchObject({ version: { changelog: "First." } });
    await json(["publish", path, "--visibility", "public", "--channel", "prod"]);
    const after = await server().stranger.api("GET", "/assets/hugo/quiet", 200);
    expect(after.data).toMatchObject({ visibility: "public", channels: { prod: "1.0.0" } });
  });

  test("does not publish where one may not, nor as another kind", async () => {
    const { run, folder } = await publisher(server(), "ines");
    await server().person("jack");
    const path = folder("theirs", skill("theirs"));
    expect(await run(["publish", path, "--namespace", "jack"])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("namespace jack"),
    });
    expect((await run(["publish", path, "--no-wait"])).code).toBe(0);
    const prompt = folder("other", { "theirs.prompt.md": "---\ndescription: D.\n---\nText.\n" });
    expect(await run(["publish", prompt])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ines/theirs is a skill, but these files are a prompt"),
    });
  });
});

onOneMarketplace("what cannot be published", (server) => {
  test.each([
    ["no such path", ["publish", "missing"], 1, "There is no such file or folder"],
    ["nothing named", ["publish"], 2, "marketplace publish PATH"],
    ["two paths", ["publish", "a", "b"], 2, '"b" is too much'],
    ["no version", ["publish", "good", "--version", "1.0"], 2, "not a semantic version"],
    ["no visibility", ["publish", "good", "--visibility", "secret"], 2, "none of public"],
    ["an unknown option", ["publish", "good", "--chanel", "x"], 2, "--chanel"],
    ["no kind", ["publish", "nothing"], 1, "No file tells what this is"],
    ["a dangling link", ["publish", "dangling"], 1, '"notes.md": Is a link to nothing'],
    ["a link out of the folder", ["publish", "escape"], 1, '"notes.md": Is a link out of the folder'],
    ["an empty folder", ["publish", "empty"], 1, "holds no files"],
    ["a broken archive", ["publish", "broken.zip"], 1, "archive"],
    ["too many files", ["publish", "huge"], 1, "more than 10000 files"],
  ])("%s", async (_name, args, code, says) => {
    const { run, folder, home } = await prepared(server());
    folder("good", skill("good"));
    if (args.includes("huge")) fill(folder("huge", skill("huge")), 10_001);
    const result = await run(args, { cwd: home });
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(says);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });
});

let line: ReturnType<typeof publisher> | undefined;

/** One home with everything that must be refused. */
async function prepared(server: Marketplace) {
  line ??= publisher(server, "kurt");
  const prepared = await line;
  if (await Bun.file(join(prepared.home, "broken.zip")).exists()) return prepared;
  for (const name of ["nothing", "dangling", "escape"]) prepared.folder(name, { "data.bin": "x" });
  symlinkSync("nowhere", join(prepared.home, "dangling", "notes.md"));
  symlinkSync("/etc/hostname", join(prepared.home, "escape", "notes.md"));
  mkdirSync(join(prepared.home, "empty"));
  writeFileSync(join(prepared.home, "broken.zip"), "PK\u0003\u0004 and no more");
  return prepared;
}

function fill(folder: string, files: number): void {
  for (let i = 0; i < files; i++) writeFileSync(join(folder, `${i}.txt`), "");
}
