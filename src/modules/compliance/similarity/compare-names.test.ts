import { expect, test } from "bun:test";
import fc from "fast-check";
import { compareNames, POPULAR, posesAs, withoutAffixes } from "./compare-names.ts";
import { foldName, neighbourhood, plainName, withinOneEdit } from "./fold-name.ts";
import { nameKeys } from "./index-names.ts";

const named = (name: string, title = "") => {
  const [namespace, slug] = name.split("/") as [string, string];
  return { namespace, slug, title: title || slug };
};
const compared = (fresh: string, other: string, downloads = 0): string => {
  const found = compareNames(named(fresh), { ...named(other), downloads });
  return found === null ? "nothing" : `${found.kind} ${found.severity}`;
};

test.each<[string, string, string]>([
  ["eve/c0de-reviewer", "ann/code-reviewer", "confusable high"],
  ["eve/code-revlewer", "ann/code-reviewer", "confusable high"],
  ["eve/rnarkdown-lint", "ann/markdown-lint", "confusable high"],
  ["eve/vveb-search", "ann/web-search", "confusable high"],
  ["eve/codereviewer", "ann/code-reviewer", "separators high"],
  ["eve/code-reevieewer", "ann/code-reviewer", "confusable high"],
  ["eve/code-reveiwer", "ann/code-reviewer", "one-edit high"],
  ["eve/code-reviwer", "ann/code-reviewer", "one-edit high"],
  ["eve/code-reviewer-official", "ann/code-reviewer", "affix high"],
  ["eve/official-code-reviewer", "ann/code-reviewer", "affix high"],
  ["anthr0/pdf-tools", "anthro/pdf-tools", "namespace high"],
  ["acme-ai/pdf-tools", "acme/pdf-tools", "nothing"],
  ["initech-ai/pdf-tools", "initech/pdf-tools", "namespace high"],
  ["maria/pdf-tools", "marie/pdf-tools", "nothing"],
])("an unknown asset: %s beside %s: %s", (fresh, other, expected) => {
  expect(compared(fresh, other)).toBe(expected);
});

test.each<[string, string]>([
  ["eve/code-reviewer", "ann/code-reviewer"],
  ["eve/gpt-4", "ann/gpt-5"],
  ["eve/model-7b", "ann/model-8b"],
  ["eve/tool-1", "ann/tool-11"],
  ["eve/lint", "ann/list"],
  ["eve/notes", "ann/note"],
  ["eve/pdf-readers", "ann/pdf-reader"],
  ["eve/code-reviewer-pro", "ann/code-reviewer"],
  ["eve/code-writer", "ann/code-reviewer"],
  ["eve/weather", "ann/whether-report"],
])("no finding: %s beside %s, which few know", (fresh, other) => {
  expect(compared(fresh, other)).toBe("nothing");
});

test.each<[string, string, string]>([
  ["eve/lint", "ann/list", "nothing"],
  ["eve/lints", "ann/linty", "one-edit high"],
  ["eve/pdf-readers", "ann/pdf-reader", "one-edit high"],
  ["eve/code-reviewer-pro", "ann/code-reviewer", "affix high"],
  ["eve/code-reviewer", "ann/code-reviewer", "same-name low"],
  ["eve/gpt-4", "ann/gpt-5", "nothing"],
])("a popular asset: %s beside %s: %s", (fresh, other, expected) => {
  expect(compared(fresh, other, POPULAR)).toBe(expected);
});

test("a title in letters of another script is a disguise; the same words in one script are not", () => {
  const known = { ...named("ann/pdf", "PDF Tools"), downloads: 0 };
  const disguised = named("eve/my-helper", "PDF T\u043eols");
  expect(compareNames(disguised, known)).toEqual({ kind: "title", severity: "high" });
  expect(compareNames(named("eve/my-helper", "PDF tools"), known)).toBeNull();
  expect(compareNames(named("eve/my-helper", "ПДФ"), { ...known, title: "ПДФ" })).toBeNull();
});

test("names written to be taken for a well-known one", () => {
  expect(posesAs(named("anthr0pic/pdf"))?.name).toBe("anthropic");
  expect(posesAs(named("eve/hugg1ngface-hub"))?.name).toBe("huggingface");
  expect(posesAs(named("eve/mircosoft-teams"))?.name).toBe("microsoft");
  for (const honest of [
    "microsoft/teams",
    "eve/anthropic-pdf",
    "eve/openapi-lint",
    "eve/motion-graphics",
    "eve/striped",
  ])
    expect([honest, posesAs(named(honest))]).toEqual([honest, null]);
});

const slug = fc.stringMatching(/^[a-z0-9]{4,20}$/);

test("a name with one edit is always found by a shared key", () => {
  fc.assert(
    fc.property(slug, fc.nat(), fc.constantFrom(..."abcxyz"), fc.nat(3), (name, where, letter, act) => {
      const at = where % name.length;
      const changed = [
        name.slice(0, at) + letter + name.slice(at),
        name.slice(0, at) + name.slice(at + 1),
        name.slice(0, at) + letter + name.slice(at + 1),
        name.slice(0, at) + (name[at + 1] ?? "") + name[at] + name.slice(at + 2),
      ][act]!;
      expect(withinOneEdit(name, changed)).toBe(true);
      expect(withinOneEdit(changed, name)).toBe(true);
      const shared = new Set(neighbourhood(name));
      expect(neighbourhood(changed).some((key) => shared.has(key))).toBe(true);
    }),
  );
});

test("folding is stable, and what folds alike has a key in common", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (text) => {
      expect(plainName(plainName(text))).toBe(plainName(text));
      expect(foldName(text).length).toBeLessThanOrEqual(1000);
    }),
  );
  expect(nameKeys(named("ann/code-reviewer"))).toContain(`s:${foldName("c0de-revlewer")}`);
  expect(withoutAffixes("code-reviewer-pro")).toContain("codereviewer");
});
