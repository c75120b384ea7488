import { PIPE_TO_SHELL } from "./behaviour-rules.ts";
import { DISCUSSION } from "./discussion.ts";
import { excerptOf } from "./excerpt.ts";
import { KNOWN_INSTALLERS } from "./known-installers.ts";
import type { Finding } from "./scanner.ts";
import type { TextRule } from "./text-rule.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";

/** For the documentation beside the tables of rules. */
export const UNEXPLAINED_SOURCE: Pick<TextRule, "id" | "severity" | "category" | "message" | "remedy"> = {
  id: "unexplained-installer",
  severity: "high",
  category: "malware",
  message: "Runs what a server answers, whose name nothing else in the text explains.",
  remedy:
    "Install from a package registry with a pinned version, or say whose installer it is, and link to that project's page.",
};
const COMMAND = PIPE_TO_SHELL;
const URL_HOST =
  /(?:https?:\/\/|[\s"'`])((?:[a-z0-9][a-z0-9-]{0,62}\.){1,5}[a-z]{2,12})(?::\d{1,5})?(\/[^\s"'`|)<>]{0,200})?/i;
/** Places where anybody can put anything: the name that counts is the owner's. */
const SHARED_HOSTS =
  /(?:^|\.)(?:githubusercontent\.com|github\.com|github\.io|gitlab\.com|gitlab\.io|bitbucket\.org|codeberg\.org|vercel\.app|netlify\.app|pages\.dev|workers\.dev|onrender\.com|herokuapp\.com|fly\.dev|web\.app|firebaseapp\.com|amazonaws\.com|r2\.dev|blob\.core\.windows\.net|storage\.googleapis\.com|surge\.sh|glitch\.me|repl\.co|hf\.space)$/i;
const ADDRESSES = /(?:https?:\/\/|www\.)[^\s"'`)<>\]]{1,300}|`[^`\n]{1,300}`/g;
const PER_WINDOW = 20;

/**
 * A piped installer whose host's own name stands nowhere else: not in the asset's name, not in its text. An honest one is
 * the maker's of what the text is about; one that was slipped in is nobody's.
 */
export function unexplainedInstallers(window: TextWindow): Finding[] {
  const findings: Finding[] = [];
  let prose: string | null = null;
  for (const match of [...window.text.matchAll(COMMAND.regexp)].slice(0, PER_WINDOW)) {
    if (KNOWN_INSTALLERS.test(match[0])) continue;
    const source = URL_HOST.exec(match[0]);
    if (!source?.[1]) continue;
    const around = window.text.slice(Math.max(0, match.index - 160), match.index + match[0].length + 80);
    if (DISCUSSION.test(around)) continue;
    prose ??= window.text.replace(ADDRESSES, " ").toLowerCase();
    if (namesOf(source[1].toLowerCase(), source[2] ?? "").some((name) => isExplained(name, prose!))) continue;
    findings.push({
      scanner: "behaviour",
      ruleId: `behaviour/${UNEXPLAINED_SOURCE.id}`,
      severity: UNEXPLAINED_SOURCE.severity,
      category: UNEXPLAINED_SOURCE.category,
      path: window.file.path,
      ...placeOf(window, match.index),
      excerpt: excerptOf(window.text, match.index, match.index + match[0].length),
      message: UNEXPLAINED_SOURCE.message,
      remedy: UNEXPLAINED_SOURCE.remedy,
    });
  }
  return findings;
}

/** What the maker would be called: the second-level label, or on a shared host the owner. */
function namesOf(host: string, path: string): string[] {
  const labels = host.split(".");
  const segments = path.split("/").filter((segment) => segment !== "");
  if (/^(?:raw\.)?git|bitbucket|codeberg/.test(labels.at(-2) ?? "") && !host.endsWith(".io"))
    return segments.slice(0, 2);
  if (SHARED_HOSTS.test(host)) return labels.slice(0, 1);
  const second = labels.at(-2) ?? "";
  const name = /^(?:co|com|org|net|ac|gov)$/.test(second) && labels.length > 2 ? labels.at(-3)! : second;
  return [name, `${name}.${labels.at(-1)}`];
}

/** A name of one word that the text uses by itself, twice, or once in its first lines. */
function isExplained(name: string, prose: string): boolean {
  if (name.length < 2) return false;
  const word = new RegExp(`(?<![\\w-])${name.replace(/[^a-z0-9]+/g, "[-._ ]?")}(?![a-z0-9])`, "g");
  const head = prose.slice(0, 400);
  let count = 0;
  for (const _ of prose.matchAll(word)) if (++count >= 2) return true;
  return count > 0 && word.test(head.slice(0)) && !name.includes("-");
}
