import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { LICENCE_COMPATIBILITY_RULES } from "../src/modules/compliance/licences/licence-compatibility.ts";
import { LOOK_ALIKE_RULES } from "../src/modules/compliance/similarity/look-alike-names.ts";
import { NEAR_DUPLICATE_RULES } from "../src/modules/compliance/similarity/near-duplicates.ts";
import { ARCHIVE_RULES } from "../src/platform/scanning/archive-hygiene-formats.ts";
import { LICENCE_RULES } from "../src/platform/scanning/licence-policy.ts";
import { SECRET_FORMATS } from "../src/platform/scanning/secrets.ts";

const page = (name: string) => readFileSync(resolve(import.meta.dir, `../docs/scanners/${name}.md`), "utf8");
/** What a page's list items and table rows begin with, in backticks, before the first bracket or colon. */
const named = (text: string) =>
  [...text.matchAll(/^(?:- |\| )((?:`[^`\n]+`[^`:|\n]*)+)/gm)].flatMap((line) =>
    [...line[1]!.matchAll(/`([a-z][a-z0-9-]+)`/g)].map((match) => match[1]!),
  );

test.each<[string, readonly string[]]>([
  ["secrets", SECRET_FORMATS.map(({ id }) => id)],
  ["licence", [...LICENCE_RULES, ...LICENCE_COMPATIBILITY_RULES]],
  ["archives", ARCHIVE_RULES],
  ["look-alikes", [...LOOK_ALIKE_RULES, ...NEAR_DUPLICATE_RULES]],
])("docs/scanners/%s.md names the rules that there are, and no others", (name, rules) => {
  const text = page(name);
  for (const rule of rules) expect([rule, text.includes(`\`${rule}\``)]).toEqual([rule, true]);
  expect(named(text).filter((word) => !rules.includes(word))).toEqual([]);
  expect(text).toContain("## How to silence a finding");
});
