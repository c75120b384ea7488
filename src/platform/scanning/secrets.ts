import { excerptOf, maskSecret } from "./excerpt.ts";
import type { Finding, Scanner } from "./scanner.ts";
import { SECRET_FORMATS, type SecretFormat } from "./secret-formats.ts";
import { createTextScanner, fingerprint } from "./text-scanner.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";

const NAME = "secrets";
const REMEDY =
  "Revoke it where it was issued: it counts as known from now on. Publish the version again with a placeholder or an environment variable in its place.";

const PLACEHOLDER =
  /example|sample|placeholder|dummy|fake|your[_-]?|my[_-]?(?:api|secret|token)|change[_-]?me|insert|replace|redacted|<[^>]{1,40}>|\{\{|\$\{|x{5,}|\*{3,}|\.{3}|…|0{8,}|1{8,}|a{8,}|1234567|abcdef(?:g|123)|deadbeef|test[_-]?(?:key|token)|todo|foobar|lorem|hunter2|password|secret[_-]?(?:key|here)|changeme|notreal|not[_-]real|s3cret|p@ssw/i;
const COMMON_PASSWORD =
  /^(?:user|pass|admin|root|postgres|guest|test|token|mypass|minio\w{0,8}|pw|\w{0,6}pass\w{0,4})\d{0,4}$/i;

/** Shannon entropy of a text, in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Credentials that were left in the files: issuers' formats, with their checksums, and not examples of them. */
export const createSecretsScanner = (): Scanner => {
  const scanner = createTextScanner({ name: NAME, revision: 1, rules: [], extra: look });
  return { ...scanner, version: `1.${fingerprint(SECRET_FORMATS)}` };
};

function look(window: TextWindow): Finding[] {
  const findings = new Map<string, Finding>();
  for (const view of window.views) {
    for (const format of SECRET_FORMATS) {
      if (!format.needles.some((needle) => view.lower.includes(needle))) continue;
      for (const match of view.text.matchAll(format.regexp)) {
        const value = match[format.value ?? 0] ?? "";
        if (!isReal(format, value, match[0])) continue;
        // One secret in several views, or under a general and a special format, is one finding.
        const key = value.slice(0, 24);
        if (!findings.has(key)) findings.set(key, findingOf(window, view, format, match.index, match[0], value));
        if (findings.size >= 50) return [...findings.values()];
      }
    }
  }
  return [...findings.values()];
}

function isReal(format: SecretFormat, value: string, whole: string): boolean {
  if (PLACEHOLDER.test(format.id === "private-key" ? value : whole.slice(-240)) || COMMON_PASSWORD.test(value))
    return false;
  if (entropyOf(value) < format.entropy || isSequence(value)) return false;
  return format.valid?.(value) ?? true;
}

/** Runs such as `abcdefgh…` or `12345…`: more than half of the characters follow their neighbour. */
function isSequence(value: string): boolean {
  let steps = 0;
  for (let i = 1; i < value.length; i++) if (value.charCodeAt(i) - value.charCodeAt(i - 1) === 1) steps++;
  return steps * 2 > value.length;
}

function findingOf(
  window: TextWindow,
  view: TextView,
  format: SecretFormat,
  start: number,
  whole: string,
  value: string,
): Finding {
  const at = start + whole.lastIndexOf(value);
  const around = view.text.slice(Math.max(0, at - 30), at) + maskSecret(value);
  return {
    scanner: NAME,
    ruleId: `${NAME}/${format.id}`,
    severity: format.severity,
    category: "secret",
    path: window.file.path,
    ...placeOf(window, view.toRaw(at)),
    excerpt: excerptOf(around, Math.min(30, at), around.length),
    message: `Holds what looks like a ${format.name}${view.origin === "decoded" ? ", in encoded form" : ""}.`,
    remedy: REMEDY,
  };
}
