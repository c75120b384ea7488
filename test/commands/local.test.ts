import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { KINDS } from "../../src/core/kind.ts";
import { commandLine } from "../support/command-line.ts";
import type { Json } from "../support/marketplace.ts";

setDefaultTimeout(60_000);

test.each(KINDS.map((kind) => [kind]))("init makes a valid %s without a server", async (kind) => {
  const { json } = commandLine();
  expect(await json(["init", "new-thing", "--kind", kind])).toMatchObject({ kind, name: "new-thing" });
  const valid = await json<Json>(["validate", "new-thing"]);
  expect(valid).toMatchObject({ valid: true, kind, slug: "new-thing", version: "0.1.0" });
  expect(valid.description).not.toBe("");
});

test("init adds to what is there, and overwrites nothing", async () => {
  const { run, json, folder, home } = commandLine();
  folder("Mein Skill", { "SKILL.md": "---\nname: Mein Skill\ndescription: D.\n---\nText.\n" });
  expect(await json(["init", "Mein Skill"])).toMatchObject({ kind: "skill", written: ["marketplace.toml"] });
  expect(await run(["init", "Mein Skill"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("nothing was written"),
  });
  expect(await Bun.file(join(home, "Mein Skill/SKILL.md")).text()).toContain("name: Mein Skill");
  expect(await run(["init", "x", "--kind", "skil"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Did you mean skill?"),
  });
});

test("pack writes the same bytes wherever the folder lies, and validate agrees on the digest", async () => {
  const files = { "SKILL.md": "---\nname: one\ndescription: D.\n---\nText.\n", "z/ä.txt": "ä", "a.txt": "" };
  const [here, there] = [commandLine(), commandLine()];
  const packed = await here.json<Json>(["pack", here.folder("deep/one", files), "-o", "out.tgz"]);
  const again = await there.json<Json>(["pack", there.folder("one", files), "-o", "out.tgz"]);
  const bytes = (path: string) => Bun.file(path).bytes();
  expect(await bytes(packed.path)).toEqual(await bytes(again.path));
  expect(await here.json(["validate", "out.tgz"])).toMatchObject({ digest: packed.digest, slug: "one" });
  expect(await here.run(["pack", "deep/one", "-o", "x.zip"])).toMatchObject({ code: 2 });
});

test("unknown words end with exit code 2", async () => {
  const { run } = commandLine();
  expect(await run(["publsh"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("publsh") });
  expect(await run(["keys", "burn"])).toMatchObject({ code: 2, stdout: "" });
});
