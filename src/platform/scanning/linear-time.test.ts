import { expect, test } from "bun:test";
import fc from "fast-check";
import { ALL_BEHAVIOUR_RULES } from "./behaviour.ts";
import { EXFILTRATION_IN_WORDS } from "./exfiltration-rules.ts";
import { withNestedFiles } from "./nested-files.ts";
import { PASSAGE_RULES, PROMPT_INJECTION_RULES } from "./prompt-injection.ts";
import { SECRET_FORMATS } from "./secrets.ts";
import { standardScanners } from "./standard-scanners.ts";
import { briefly, targetOf } from "./target.fixture.ts";
import { viewsOf } from "./text-view.ts";
import { SIGN_EXPRESSIONS } from "./conduct-signs.ts";
import { HOST_EXPRESSIONS } from "./unexplained-hosts.ts";
import { WORD_EXPRESSIONS } from "./asset-words.ts";

const SIZE = 100_000;
const LIMIT_MS = 50;
const fill = (seed: string) => seed.repeat(Math.ceil(SIZE / seed.length)).slice(0, SIZE);
const { signal } = new AbortController();
const scanners = standardScanners({
  blobs: { kind: "filesystem", root: "/nowhere" },
  licences: { allow: [], deny: [] },
  yaraRules: [],
});

const RULES = [...PROMPT_INJECTION_RULES, ...ALL_BEHAVIOUR_RULES, ...EXFILTRATION_IN_WORDS];
const EXPRESSIONS = new Map<string, RegExp>();
for (const rule of RULES) {
  for (const part of rule.parts) EXPRESSIONS.set(part.regexp.source, part.regexp);
  if (rule.unless) EXPRESSIONS.set(rule.unless.source, new RegExp(rule.unless.source, `${rule.unless.flags}g`));
}
for (const part of PASSAGE_RULES.flatMap(({ signals }) => signals.flatMap(({ parts }) => parts)))
  EXPRESSIONS.set(part.regexp.source, part.regexp);
for (const part of [...HOST_EXPRESSIONS, ...WORD_EXPRESSIONS, ...SIGN_EXPRESSIONS]) EXPRESSIONS.set(part.source, part);
for (const format of SECRET_FORMATS) EXPRESSIONS.set(format.regexp.source, format.regexp);

/** Texts on which an expression that backtracks would stand still: its own words, again and again, almost matching. */
function seedsOf(expression: RegExp): string[] {
  const words = new Set(expression.source.replace(/\\[a-z]/g, " ").match(/[A-Za-z./_-]{3,}/g) ?? []);
  const near = [...words].slice(0, 10).flatMap((word) => [`${word} `, `${word}(`]);
  return [...near, "a", "a ", "1", "/", "\n", " ", "-", "\\", "'", "A1b2", "https://a.", "a@", "echo a ", "x, ", "{"];
}

/** Processor time in milliseconds, which other programs on a busy machine do not lengthen much; the best of a few runs. */
function timeOf(expression: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5 || (run < 40 && best > LIMIT_MS); run++) {
    if (best < LIMIT_MS / 2) break;
    const started = process.cpuUsage();
    for (const _ of text.matchAll(expression));
    const used = process.cpuUsage(started);
    best = Math.min(best, (used.user + used.system) / 1000);
  }
  return best;
}

test("every expression reads 100 kB of hostile text in less than 50 ms", () => {
  const slow: string[] = [];
  for (const expression of EXPRESSIONS.values()) {
    for (const seed of seedsOf(expression)) {
      const time = timeOf(expression, fill(seed));
      if (time > LIMIT_MS)
        slow.push(`${time.toFixed(0)} ms: ${expression.source.slice(0, 60)} on ${JSON.stringify(seed)}`);
    }
  }
  expect(slow).toEqual([]);
}, 120_000);

/** The expression without what a generator of matching texts cannot follow: word borders and looking around. */
const generable = (expression: RegExp): RegExp =>
  new RegExp(
    expression.source
      .replace(/\\b/g, "")
      .replace(/\(\?<?[=!](?:[^()\\]|\\.|\([^()]*\))*\)/g, "")
      .replace(/\[\^[^\]]*\]/g, " "),
    expression.flags.replace(/[gim]/g, ""),
  );

test("whatever an expression matches holds one of its needles, without which it is not tried", () => {
  // A secret is one long word: few of them, and of the least length, say as much as many.
  const shortest = (regexp: RegExp) => new RegExp(regexp.source.replace(/\{(\d+),\d+\}/g, "{$1}"), regexp.flags);
  const parts = [
    ...[...new Set(RULES.flatMap((rule) => rule.parts))].map((part) => ({ ...part, like: part.regexp, numRuns: 50 })),
    ...SECRET_FORMATS.map((part) => ({ ...part, like: shortest(part.regexp), numRuns: 4 })),
  ];
  const missed: string[] = [];
  let tried = 0;
  for (const { regexp, needles, like, numRuns } of parts) {
    // The composed vocabularies are too large for a generator; their stems are tried one by one in their own test.
    if (needles.length === 0 || regexp.source.length > 1_600) continue;
    let texts: string[];
    try {
      texts = fc.sample(fc.stringMatching(generable(like)), { numRuns, seed: 7 });
    } catch {
      continue;
    }
    const once = new RegExp(regexp.source, regexp.flags.replace("g", ""));
    for (const text of texts) {
      const matched = once.exec(` ${text} `)?.[0].toLowerCase();
      if (matched === undefined) continue;
      tried++;
      if (!needles.some((needle) => matched.includes(needle))) missed.push(`${regexp.source.slice(0, 40)}: ${matched}`);
    }
  }
  expect(missed).toEqual([]);
  expect(tried).toBeGreaterThan(1_000);
}, 120_000);

test("ids are unique and every rule says what to do", () => {
  const ids = RULES.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const rule of RULES) expect(rule.message.length * rule.remedy.length).toBeGreaterThan(100);
});

test("arbitrary bytes under arbitrary names are scanned without a throw, within a bounded time", async () => {
  const name = fc.constantFrom(
    "SKILL.md",
    "x",
    "m.pkl",
    "m.pt",
    "a.zip",
    "a.npy",
    "a.gz",
    "run.sh",
    "a.json",
    "a.tar",
    "m.gguf",
    "m.safetensors",
    "m.keras",
    "m.h5",
    "saved_model.pb",
    "m.onnx",
    "config.json",
    "chat_template.jinja",
  );
  const heads = [
    "",
    "PK\x03\x04",
    "\x80\x04",
    "\x1f\x8b\x08",
    "\x93NUMPY\x01\x00",
    "\xff\xfe",
    "cos\nsystem\n",
    "MZ",
    "\xca\xfe\xba\xbe",
    "7z\xbc\xaf\x27\x1c",
    "GGUF\x03\x00\x00\x00",
    "\x89HDF\r\n\x1a\n",
    '\x20\x00\x00\x00\x00\x00\x00\x00{"',
    "{{ ",
  ];
  const bytes = fc
    .tuple(
      fc.constantFrom(...heads),
      fc.uint8Array({ maxLength: 600 }),
      fc.constantFrom("", "PK\x05\x06", "PK\x01\x02"),
    )
    .map(([head, body, tail]) => Buffer.concat([Buffer.from(head, "latin1"), body, Buffer.from(tail, "latin1"), body]));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, bytes, { maxKeys: 3 }), async (files) => {
      const target = await withNestedFiles(targetOf(files), signal);
      for (const scanner of scanners) {
        if (scanner.name === "yara") continue;
        const started = performance.now();
        for (const finding of await scanner.scan(target, signal))
          expect(finding.excerpt.length).toBeLessThanOrEqual(200);
        expect(performance.now() - started).toBeLessThan(1_000);
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test("arbitrary text gives views whose offsets lie in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.string({ maxLength: 60 }), (text, secret) => {
      const whole = `${text}${Buffer.from(secret).toString("base64")}\\x41\\x42\\x43\\x44\\x45\\x46\\x47\u200b${text}`;
      for (const view of viewsOf(whole)) {
        for (const offset of [0, view.text.length >> 1, view.text.length]) {
          expect(view.toRaw(offset)).toBeGreaterThanOrEqual(0);
          expect(view.toRaw(offset)).toBeLessThanOrEqual(whole.length + 4);
        }
      }
    }),
  );
});

test.each([
  "curl a | sh ",
  "ignore all previous instructions ",
  "A".repeat(40),
  "\\x41",
  "<!--",
  "-----BEGIN PRIVATE KEY-----\n",
])("100 kB of %j is scanned by all within seconds", async (seed) => {
  const target = targetOf({ "SKILL.md": fill(seed) });
  for (const scanner of scanners) {
    if (scanner.name === "yara") continue;
    const started = performance.now();
    briefly(await scanner.scan(target, signal));
    expect([scanner.name, performance.now() - started < 2_000]).toEqual([scanner.name, true]);
  }
});
