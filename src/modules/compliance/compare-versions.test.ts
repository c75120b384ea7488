import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { VersionFile } from "../catalog/index.ts";
import { compareVersions } from "./compare-versions.ts";

const fileOf = (path: string, text: string): VersionFile => ({
  path,
  size: text.length,
  digest: `sha256:${new Bun.CryptoHasher("sha256").update(text).digest("hex")}`,
  mediaType: "text/plain",
  executable: false,
});
const finding = (path: string, line: number | null): Finding => ({
  scanner: "s",
  ruleId: "s/rule",
  severity: "high",
  category: "c",
  path,
  line,
  column: null,
  excerpt: "",
  message: "m",
  remedy: "r",
});

/** Compares two versions, each given as path → text. */
async function compare(
  before: Record<string, string>,
  after: Record<string, string>,
  options: { context?: number | "all"; only?: string; findings?: Finding[] } = {},
) {
  const filesOf = (texts: Record<string, string>) => Object.entries(texts).map(([path, text]) => fileOf(path, text));
  const texts = new Map(
    [before, after].flatMap((all) => Object.entries(all).map(([path, text]) => [fileOf(path, text).digest, text])),
  );
  return compareVersions(filesOf(before), filesOf(after), async (file) => texts.get(file.digest) ?? null, {
    context: options.context ?? 3,
    only: options.only ?? null,
    findings: options.findings ?? [],
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

test("whatever changed is shown or counted, and lines and their numbers are those of the files", async () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "", " d"), { maxLength: 30 });
  const context = fc.constantFrom<(number | "all")[]>(0, 1, 3, "all");
  await fc.assert(
    fc.asyncProperty(lines, lines, context, async (old, fresh, around) => {
      const [before, after] = [`${old.join("\n")}\n`, `${fresh.join("\n")}\n`];
      const { files } = await compare({ f: before }, { f: after }, { context: around });
      if (before === after) return expect(files).toEqual([]);
      const [change] = files;
      // A machine that is very busy has no time for it, and says so.
      if (change!.why === "limit") return;
      const shown = change!.diff!.filter((line) => line.kind !== "hunk");
      expect(change!.left).toBe(0);
      for (const line of shown) {
        if (line.before !== null) expect(before.split("\n")[line.before - 1]).toBe(line.text);
        if (line.after !== null) expect(after.split("\n")[line.after - 1]).toBe(line.text);
      }
      const count = (kind: string) => shown.filter((line) => line.kind === kind).length;
      const lengths = [before, after].map((text) => text.split("\n").length - 1);
      expect(count("added") - count("removed")).toBe(lengths[1]! - lengths[0]!);
      if (around === "all") expect(count("added") + count("context")).toBe(lengths[1]!);
    }),
    { numRuns: 200 },
  );
});

test("findings stand beside their lines, also in files that did not change, and those files come first", async () => {
  const text = `${numbered(100).join("\n")}\n`;
  const findings = [finding("z-same.md", 50), finding("z-same.md", null), finding("gone.md", 1)];
  const { files } = await compare({ "z-same.md": text, a: "1\n" }, { "z-same.md": text, a: "2\n" }, { findings });
  expect(files.map(({ path, change, findings: found }) => [path, change, found])).toEqual([
    ["z-same.md", "unchanged", 2],
    ["a", "changed", 0],
  ]);
  const shown = files[0]!.diff!;
  expect(shown.map((line) => line.text)).toEqual(["… line 47", ...numbered(100).slice(46, 53)]);
  expect(shown.filter((line) => line.findings.length > 0).map((line) => line.after)).toEqual([50]);
});

test("a file that is too long is cut, but never its findings; alone it is shown further", async () => {
  const text = `${numbered(5000).join("\n")}\n`;
  const findings = [finding("long", 4900)];
  const page = (await compare({}, { long: text }, { findings })).files[0]!;
  expect(page.diff!.length).toBeLessThan(1100);
  expect(page.left).toBe(5000 - page.diff!.filter((line) => line.kind === "added").length);
  expect(page.diff!.find((line) => line.after === 4900)?.findings).toHaveLength(1);
  expect((await compare({}, { long: text }, { only: "long" })).files[0]!.left).toBe(0);
});

test("moved files are named with where they came from; binary and large ones say why nothing is shown", async () => {
  const { files } = await compare(
    { "old.md": "same\n" },
    { "new.md": "same\n", "b.bin": "\0\u0001", "big.txt": "x".repeat(300_000) },
  );
  expect(files.map(({ path, change, why, movedFrom }) => [path, change, why, movedFrom])).toEqual([
    ["b.bin", "added", "binary", null],
    ["big.txt", "added", "large", null],
    ["new.md", "moved", "same-bytes", "old.md"],
  ]);
});

test("characters that hide or turn text are named", async () => {
  const { files } = await compare({}, { f: "a\u200bb\u202ec\tq\u{e0041}\r\n" });
  expect(files[0]!.diff!.map((line) => line.text)).toEqual(["a⟨U+200B⟩b⟨U+202E⟩c\tq⟨U+E0041⟩"]);
});
