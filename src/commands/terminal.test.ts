import { expect, test } from "bun:test";
import { cut, painter, sizeText, table } from "./terminal.ts";

test("columns line up by what is seen, the last is cut to the terminal", () => {
  const rows = [
    ["日本", "x", "a long description that does not fit"],
    ["ab", "\u001b[31m", "short"],
  ];
  const lines = table(["NAME", "KIND", "TEXT"], rows, 40);
  const columnOf = (line: string, word: string) => Bun.stringWidth(line.slice(0, line.indexOf(word)));
  expect(columnOf(lines[1]!, "a long")).toBe(columnOf(lines[2]!, "short"));
  expect(lines.every((line) => Bun.stringWidth(line) <= 40)).toBe(true);
  expect(lines[1]).toEndWith("…");
  expect(lines[2]).toContain("\\u{1b}[31m");
  expect(table(["A"], [["x".repeat(200)]], null)[1]).toHaveLength(200);
});

test("wide characters are never cut in half", () => {
  expect(cut("日本語", 5)).toBe("日本…");
  expect(cut("👩‍👩‍👧👩‍👩‍👧", 3)).toBe("👩‍👩‍👧…");
});

test("colours are for terminals that want them", () => {
  expect(painter({ isTTY: true }, {})("red", "x")).toBe("\u001b[31mx\u001b[39m");
  for (const [stream, env] of [
    [{ isTTY: true }, { NO_COLOR: "1" }],
    [{ isTTY: true }, { TERM: "dumb" }],
    [{ isTTY: false }, {}],
  ] as const)
    expect(painter(stream, env)("red", "x")).toBe("x");
});

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1024, "1.0 KiB"],
  [10 * 2 ** 20, "10 MiB"],
  [3.5 * 2 ** 30, "3.5 GiB"],
])("%p bytes read as %p", (bytes, text) => expect(sizeText(bytes)).toBe(text));
