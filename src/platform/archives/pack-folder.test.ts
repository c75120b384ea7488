import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sha256 } from "../../core/digest.ts";
import { readBytes } from "./fixtures/read-bytes.ts";
import { DEFAULT_ARCHIVE_LIMITS } from "./read-archive.ts";
import { packFolder } from "./pack-folder.ts";

let top: string;
let count = 0;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), "pack-"));
});
afterAll(() => rm(top, { recursive: true }));

async function folder(files: Record<string, string>): Promise<string> {
  const root = join(top, String(count++));
  await mkdir(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}
const paths = (packed: Awaited<ReturnType<typeof packFolder>>) => packed.source.files.map((file) => file.path);

test("lists, hashes, reads and packs a folder", async () => {
  const root = await folder({ "SKILL.md": "hello\n", "bin/run": "x", "Z.md": "", "bin.md": "" });
  await chmod(join(root, "bin/run"), 0o755);
  const packed = await packFolder(root);
  expect(packed.source.files.map((f) => [f.path, f.size, f.executable])).toEqual([
    ["SKILL.md", 6, false],
    ["Z.md", 0, false],
    ["bin.md", 0, false],
    ["bin/run", 1, true],
  ]);
  expect(packed.source.files[0]!.digest).toBe(sha256("hello\n"));
  expect(await packed.source.text("SKILL.md")).toBe("hello\n");
  expect(await packed.source.text("nope")).toBeNull();
  const { files } = await readBytes(new Uint8Array(await new Response(packed.archive()).arrayBuffer()));
  expect(Object.keys(files)).toEqual(["SKILL.md", "Z.md", "bin.md", "bin/run*"]);
});

test("leaves out what is never published, and warns of secrets", async () => {
  const packed = await packFolder(
    await folder({
      "SKILL.md": "",
      ".git/config": "",
      "a/node_modules/x/y.js": "",
      ".DS_Store": "",
      "._x": "",
      ".env": "KEY=1",
      "a/.env.local": "",
      ".env.example": "KEY=",
      ".gitignore": "x",
    }),
  );
  expect(paths(packed)).toEqual([".env.example", ".gitignore", "SKILL.md"]);
  expect(packed.warnings.map((w) => w.path).sort()).toEqual([".env", "a/.env.local"]);
  expect(packed.ignored).toContain("a/node_modules");
});

describe(".marketplaceignore", () => {
  const all = {
    "a.log": "",
    "d/b.log": "",
    "build/x": "",
    "d/build/y": "",
    "d/build.md": "",
    "docs/a/b/c.tmp": "",
    "keep/build2": "",
  };
  const cases: [string, string[]][] = [
    ["", ["a.log", "build/x", "d/b.log", "d/build.md", "d/build/y", "docs/a/b/c.tmp", "keep/build2"]],
    ["# comment\n*.log\n", ["build/x", "d/build.md", "d/build/y", "docs/a/b/c.tmp", "keep/build2"]],
    ["build/", ["a.log", "d/b.log", "d/build.md", "docs/a/b/c.tmp", "keep/build2"]],
    ["/build", ["a.log", "d/b.log", "d/build.md", "d/build/y", "docs/a/b/c.tmp", "keep/build2"]],
    ["docs/**/*.tmp\nd/b?????.md", ["a.log", "build/x", "d/b.log", "d/build.md", "d/build/y", "keep/build2"]],
    ["d/b????.md\n/*.log", ["build/x", "d/b.log", "d/build/y", "docs/a/b/c.tmp", "keep/build2"]],
  ];
  for (const [rules, kept] of cases)
    test(JSON.stringify(rules), async () =>
      expect(paths(await packFolder(await folder({ ...all, ".marketplaceignore": rules })))).toEqual(kept),
    );
  test("! is refused", async () =>
    expect(packFolder(await folder({ a: "", ".marketplaceignore": "a\n!b" }))).rejects.toThrow(
      /\.marketplaceignore:2/,
    ));
  test("stars beyond count cost little", async () => {
    const root = await folder({ ["a".repeat(200)]: "", ".marketplaceignore": `${"a*".repeat(1000)}b\n` });
    const start = performance.now();
    await packFolder(root);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("links", () => {
  test("to a file inside are packed as the file", async () => {
    const root = await folder({ "a.md": "hello" });
    await symlink("a.md", join(root, "b.md"));
    const packed = await packFolder(root);
    expect(paths(packed)).toEqual(["a.md", "b.md"]);
    expect(await packed.source.text("b.md")).toBe("hello");
  });
  const refused: [string, string, RegExp][] = [
    ["out of the folder", "/etc/passwd", /"link": Is a link out of the folder/],
    ["to nothing", "nowhere", /"link": Is a link to nothing/],
    ["to a folder", "d", /"link": Is a link to a folder/],
    ["to itself", "link", /"link": Is a link to nothing/],
    ["to a secret that is left out", ".env", /never published/],
  ];
  for (const [what, target, message] of refused)
    test(what, async () => {
      const root = await folder({ "d/x": "", ".env": "K=1" });
      await symlink(target, join(root, "link"));
      expect(packFolder(root)).rejects.toThrow(message);
    });
});

test("one file is a package", async () =>
  expect(paths(await packFolder(join(await folder({ "x.prompt.md": "hi" }), "x.prompt.md")))).toEqual(["x.prompt.md"]));
test("nothing there", async () => expect(packFolder(join(top, "nope"))).rejects.toThrow(/no such file or folder/));
test("nothing in it", async () =>
  expect(packFolder(await folder({ ".DS_Store": "" }))).rejects.toThrow(/no files to publish/));
test("too many files", async () =>
  expect(packFolder(await folder({ a: "", b: "", c: "" }), { ...DEFAULT_ARCHIVE_LIMITS, maxFiles: 2 })).rejects.toThrow(
    /more than 2 files/,
  ));
test("a file that changes its size between listing and packing ends the archive with an error", async () => {
  const root = await folder({ a: "12345" });
  const packed = await packFolder(root);
  await writeFile(join(root, "a"), "123456789");
  expect(new Response(packed.archive()).arrayBuffer()).rejects.toThrow(/changed while/);
});
