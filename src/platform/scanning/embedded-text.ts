import { sha256 } from "../../core/digest.ts";
import { SEVERITIES } from "../../core/kind.ts";
import { excerptOf } from "./excerpt.ts";
import { createHiddenUnicodeScanner } from "./hidden-unicode.ts";
import type { Problem } from "./model-scanner.ts";
import { createPromptInjectionScanner } from "./prompt-injection.ts";
import type { Finding } from "./scanner.ts";

const textScanners = [createPromptInjectionScanner(), createHiddenUnicodeScanner()];
const LEAST = SEVERITIES.indexOf("medium");
const CODE =
  /__import__\s{0,3}\(|\b(?:eval|exec)\s{0,3}\(\s{0,3}[\w"']|\bos\.(?:system|popen)\b|\bsubprocess\.\w|\bpickle\.loads?\b|<script\b|\bjavascript:|\bpowershell(?:\.exe)?\s{1,3}-|\b(?:curl|wget)\s[^\n|]{1,200}\|\s{0,3}(?:ba|z)?sh\b|\/dev\/tcp\//i;
const STRANGE_URL =
  /\bhttps?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|[\w.-]{1,80}\.onion|[\w.-]{0,40}(?:webhook\.site|ngrok(?:-free)?\.(?:io|app)|pastebin\.com|requestbin\.[a-z]{2,4}|pipedream\.net|transfer\.sh|trycloudflare\.com|interact\.sh|oast\.[a-z]{2,6}|burpcollaborator\.net)|(?:bit\.ly|tinyurl\.com|is\.gd|cutt\.ly)\/)/i;

/**
 * The rules for prompt injection and hidden text over a text that lies inside of a binary file or a JSON string.
 * `place` says where, for the message. Only findings of medium severity and above.
 */
export async function findingsInText(
  path: string,
  place: string,
  text: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  const bytes = new TextEncoder().encode(text);
  const file = {
    path: "text.md",
    size: bytes.length,
    digest: sha256(bytes),
    mediaType: "text/plain",
    executable: false,
  };
  const target = {
    kind: "model" as const,
    license: null,
    files: [file],
    open: async (_file: unknown, range = { start: 0, end: bytes.length }) =>
      new Blob([bytes.subarray(range.start, range.end)]).stream(),
  };
  const findings: Finding[] = [];
  for (const scanner of textScanners) {
    for (const finding of await scanner.scan(target, signal)) {
      if (SEVERITIES.indexOf(finding.severity) < LEAST) continue;
      findings.push({ ...finding, path, line: null, column: null, message: `${finding.message} (In ${place}.)` });
    }
  }
  return findings;
}

/** Code and addresses in metadata, which is meant for names, dates and settings. */
export function payloadsIn(place: string, text: string): Problem[] {
  const problems: Problem[] = [];
  const code = CODE.exec(text);
  if (code) {
    problems.push({
      id: "code-in-metadata",
      severity: "high",
      message: `Holds what reads as code in ${place}: a program that evaluates or shows its metadata would run it.`,
      excerpt: excerptOf(text, code.index, code.index + code[0].length),
      remedy: "Remove the code from the metadata.",
    });
  }
  const url = STRANGE_URL.exec(text);
  if (url) {
    problems.push({
      id: "address-in-metadata",
      severity: "medium",
      message: `Names a bare, shortened or throw-away address in ${place}.`,
      excerpt: excerptOf(text, url.index, url.index + url[0].length),
      remedy: "Name the project's own page, or remove the address.",
    });
  }
  return problems;
}
