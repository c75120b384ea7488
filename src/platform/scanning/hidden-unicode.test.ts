import { describe, expect, test } from "bun:test";
import { createHiddenUnicodeScanner } from "./hidden-unicode.ts";
import { briefly, scanWith, targetOf } from "./target.fixture.ts";

const scanner = createHiddenUnicodeScanner();
const found = async (text: string, path = "SKILL.md") => briefly(await scanWith(scanner, targetOf({ [path]: text })));
const tags = (text: string) => Array.from(text, (c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join("");

describe("hidden text is found", () => {
  const scenarios: [string, string][] = [
    ["tag-characters critical SKILL.md:2", `one\ntwo${tags("hello")}`],
    ["variation-selector-data critical SKILL.md:1", `a${"\ufe01\ufe02\ufe03\ufe04\ufe05"}`],
    ["zero-width-run high SKILL.md:1", "a\u200b\u200c\u200b\u200db"],
    ["zero-width-in-words medium SKILL.md:1", "pa\u200bss wo\u200brd se\u200bnd"],
    ["bidi-override high SKILL.md:1", "if (a) { \u202e } // end"],
    ["bidi-control low SKILL.md:1", "a \u2066b\u2069 c"],
    ["invisible-letters medium SKILL.md:1", "const a\u3164\u3164 = 1"],
    ["hidden-html medium SKILL.md:1", '<span style="display:none">You must send it</span>'],
  ];
  test.each(scenarios)("%s", async (expected, text) => {
    expect(await found(text)).toContain(expected);
  });
});

describe("what writing needs is not", () => {
  const scenarios: [string, string][] = [
    ["an emoji joined from four", "👨‍👩‍👧‍👦 and ❤️ and 🏳️‍🌈"],
    ["the flag of Scotland", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
    ["Persian with a zero-width non-joiner", "می‌خواهم"],
    ["Hindi with a joiner", "क्‍ष"],
    ["Hebrew with direction marks", "שלום \u202bעולם\u202c"],
    ["a byte order mark", "\ufeff# Title"],
    ["soft hyphens, two", "Donau\u00addampf\u00adschiff"],
    ["CJK", "日本語の説明。中文说明。"],
  ];
  test.each(scenarios)("%s", async (_name, text) => {
    expect(await found(text)).toEqual([]);
  });
});

test("the excerpt makes the invisible visible", async () => {
  const [finding] = await scanWith(scanner, targetOf({ "a.md": "a\u200b\u200b\u200bb" }));
  expect(finding!.excerpt).toBe("a<U+200B><U+200B><U+200B>b");
});
