import type { Severity } from "../../core/kind.ts";
import { excerptOf, maskSecret } from "./excerpt.ts";
import type { Finding, Scanner } from "./scanner.ts";
import { ASSIGNED_SECRETS, isAssignedSecret } from "./secret-assignments.ts";
import { GENERAL_FORMATS, type SecretFormat } from "./secret-formats.ts";
import { entropyOf, isPlaceholder } from "./secret-noise.ts";
import { SERVICE_FORMATS } from "./secret-service-formats.ts";
import { createTextScanner, fingerprint } from "./text-scanner.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";

const NAME = "secrets";
const AROUND = 400;
const MOST = 50;
const REMEDY =
  "Revoke it where it was issued: it counts as known from now on. Publish the version again with a placeholder or an environment variable in its place.";

/** Every format, the special ones before the general: a secret is one finding, under the first that knows it. */
export const SECRET_FORMATS: readonly SecretFormat[] = [...GENERAL_FORMATS, ...SERVICE_FORMATS, ...ASSIGNED_SECRETS];

/** Credentials that were left in the files: issuers' formats, with their checksums, and not examples of them. */
export const createSecretsScanner = (): Scanner => {
  const scanner = createTextScanner({ name: NAME, revision: 2, rules: [], extra: look });
  return { ...scanner, version: `2.${fingerprint(SECRET_FORMATS)}` };
};

function look(window: TextWindow): Finding[] {
  const findings = new Map<string, Finding>();
  for (const view of window.views) {
    for (const format of SECRET_FORMATS) {
      if (!format.needles.some((needle) => view.lower.includes(needle))) continue;
      for (const match of view.text.matchAll(format.regexp)) {
        const value = match[format.value ?? 0] ?? "";
        const severity = severityOf(format, value, match, view);
        if (severity === null) continue;
        // One secret in several views, or under a general and a special format, is one finding.
        const key = value.slice(0, 24);
        if (!findings.has(key)) findings.set(key, findingOf(window, view, format, severity, match, value));
        if (findings.size >= MOST) return [...findings.values()];
      }
    }
  }
  return [...findings.values()];
}

/** null for what is an example, a mask or fails its issuer's check. */
function severityOf(format: SecretFormat, value: string, match: RegExpExecArray, view: TextView): Severity | null {
  if (ASSIGNED_SECRETS.includes(format)) return isAssignedSecret(match, value, view.text) ? format.severity : null;
  if (format.illustrated?.test(value) ?? isPlaceholder(value)) return null;
  if (entropyOf(value) < format.entropy) return null;
  if (format.valid && !format.valid(value, match[0])) return null;
  if (!format.grade) return format.severity;
  const end = match.index + match[0].length;
  return format.grade(value, match[0], view.text.slice(Math.max(0, match.index - AROUND), end + AROUND));
}

function findingOf(
  window: TextWindow,
  view: TextView,
  format: SecretFormat,
  severity: Severity,
  match: RegExpExecArray,
  value: string,
): Finding {
  const at = match.index + match[0].lastIndexOf(value);
  const around = view.text.slice(Math.max(0, at - 30), at) + maskSecret(value);
  return {
    scanner: NAME,
    ruleId: `${NAME}/${format.id}`,
    severity,
    category: "secret",
    path: window.file.path,
    ...placeOf(window, view.toRaw(at)),
    excerpt: excerptOf(around, Math.min(30, at), around.length),
    message: `Holds what looks like a ${format.name}${view.origin === "decoded" ? ", in encoded form" : ""}.`,
    remedy: REMEDY,
  };
}
