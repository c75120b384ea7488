import { expect, test } from "bun:test";
import { EXFILTRATION_IN_WORDS } from "./exfiltration-rules.ts";
import { HIDDEN } from "./hidden-unicode.ts";
import { HIDDEN_RULES, PASSAGE_RULES, PROMPT_INJECTION_RULES } from "./prompt-injection.ts";

const ROW = /^\| `([a-z-]+)` \| ([a-z, ]+) \|/gm;

const documented = async (page: string): Promise<string[]> =>
  Array.from(
    (await Bun.file(new URL(`../../../docs/scanners/${page}`, import.meta.url)).text()).matchAll(ROW),
    ([, id, severity]) => `${id} ${severity}`,
  ).sort();

test("the page on prompt injection names every rule with its severity, and no other", async () => {
  const simple = [...PROMPT_INJECTION_RULES, ...EXFILTRATION_IN_WORDS, ...HIDDEN_RULES].map(
    ({ id, severity }) => `${id} ${severity}`,
  );
  const summed = PASSAGE_RULES.map(
    ({ id, levels }) => `${id} ${[...new Set(levels.map(({ severity }) => severity))].join(", ")}`,
  );
  expect(await documented("prompt-injection.md")).toEqual([...simple, ...summed].sort());
});

test("the page says what each sign weighs", async () => {
  const page = await Bun.file(new URL("../../../docs/scanners/prompt-injection.md", import.meta.url)).text();
  for (const rule of PASSAGE_RULES) for (const { says } of rule.signals) expect(page).toContain(`| ${says} | `);
});

test("the page on hidden text names every rule with its severity, and no other", async () => {
  expect(await documented("hidden-text.md")).toEqual(HIDDEN.map(({ id, severity }) => `${id} ${severity}`).sort());
});
