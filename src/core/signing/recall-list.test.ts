import { expect, test } from "bun:test";
import fc from "fast-check";
import { sha256 } from "../digest.ts";
import { parseEnvelope } from "./dsse.ts";
import {
  foldRecallLists,
  type ListedRecall,
  MAX_LISTED,
  parseRecallList,
  RECALLS_ENVELOPE,
  RECALLS_PAYLOAD_TYPE,
  type RecallList,
  recallListBytes,
} from "./recall-list.ts";

const AT = "2026-11-23T08:00:00.000Z";
const entry = (number: number, text = String(number)): ListedRecall => ({
  number,
  digest: sha256(text),
  recalled_at: AT,
  ref: "ann/bad",
  version: "1.0.0",
  reason: "Why.",
  severity: "critical",
});
const list = (changes: Partial<RecallList> = {}): RecallList => ({
  format: 1,
  server: "https://market.example.org",
  since: 0,
  number: 1,
  more: false,
  issued_at: AT,
  expires_at: AT,
  recalls: [entry(1)],
  lifted: [],
  ...changes,
});

test("what was written is read", () => {
  const hidden = { ...entry(2), ref: null, version: null, reason: null, severity: null };
  const whole = list({
    number: 5,
    recalls: [entry(1), hidden],
    lifted: [{ number: 3, digest: sha256("3"), lifted_at: AT }],
  });
  expect(parseRecallList(recallListBytes(whole))).toEqual(whole);
});

const bad = (changes: object): string => JSON.stringify({ ...list(), ...changes });
test.each([
  ["another format", bad({ format: 2 })],
  ["a number before its beginning", bad({ since: 2, number: 1 })],
  ["a negative number", bad({ since: -1 })],
  ["a number that is none", bad({ number: "1" })],
  ["more of nothing", bad({ since: 1, number: 1, more: true })],
  ["a digest that is none", bad({ recalls: [{ ...entry(1), digest: "sha256:x" }] })],
  ["a time that is none", bad({ expires_at: "tomorrow" })],
  ["an entry that is null", bad({ recalls: [null] })],
  ["entries by name", bad({ recalls: { 0: entry(1) } })],
  ["a severity of its own", bad({ recalls: [{ ...entry(1), severity: "worst" }] })],
  ["an endless reason", bad({ recalls: [{ ...entry(1), reason: "x".repeat(3000) }] })],
  ["too many entries", bad({ recalls: Array(MAX_LISTED + 1).fill(entry(1)) })],
  ["a list", "[]"],
  ["null", "null"],
  ["half of it", bad({}).slice(0, 40)],
])("refuses %s", (_what, text) => {
  expect(parseRecallList(Buffer.from(text))).toBeNull();
});

test("lists make a whole only from the beginning and without a gap", () => {
  const first = list({ number: 2, recalls: [entry(1), entry(2)] });
  const second = list({
    since: 2,
    number: 4,
    recalls: [entry(3)],
    lifted: [{ number: 1, digest: sha256("1"), lifted_at: AT }],
  });
  const numbers = (lists: RecallList[]) => {
    const folded = foldRecallLists(lists);
    return folded && [...folded.values()].map(({ number }) => number);
  };
  expect(numbers([])).toEqual([]);
  expect(numbers([first])).toEqual([1, 2]);
  expect(numbers([first, second])).toEqual([2, 3]);
  expect(numbers([second])).toBeNull();
  expect(numbers([first, list({ since: 3, number: 4 })])).toBeNull();
  // Lifted and recalled anew: under a number of its own.
  expect(numbers([first, second, list({ since: 4, number: 5, recalls: [entry(5, "1")] })])).toEqual([2, 3, 5]);
});

test("no bytes and no JSON make it throw, and what it reads is a list", () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify({ ...list(), recalls: [value] })),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        texts.map((text) => Buffer.from(text)),
        fc.uint8Array(),
      ),
      (bytes) => {
        const read = parseRecallList(bytes);
        if (read) expect(parseRecallList(recallListBytes(read))).toEqual(read);
      },
    ),
  );
});

test("a list with a byte changed is never read as another one of its parts in disorder", () => {
  const bytes = recallListBytes(list({ number: 3, recalls: [entry(1), entry(2)] }));
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const changed = Uint8Array.from(bytes);
      changed[at] = value;
      const read = parseRecallList(changed);
      if (read) for (const { digest } of read.recalls) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }),
  );
});

test("an envelope that is too large is not opened", () => {
  const envelope = { payloadType: RECALLS_PAYLOAD_TYPE, payload: "A".repeat(8 * 2 ** 20), signatures: [] };
  expect(parseEnvelope(JSON.stringify(envelope), RECALLS_ENVELOPE)).toBeNull();
});
