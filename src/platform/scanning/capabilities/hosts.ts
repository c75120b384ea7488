import type { CapabilityKind } from "../../../core/capability.ts";
import type { Passage } from "./passage.ts";

const ADDRESS = /\b(?:https?|wss?|ftps?|sftp|ssh|git|git\+https?|git\+ssh):\/\/([^\s"'`<>|\\^/?#()]{1,512})/gi;
const BARE = /\bgit@([a-z0-9.-]{1,253}):|\/dev\/(?:tcp|udp)\/([^\s/"'`]{1,253})\/\d/gi;
/** A part that is put in when it runs: `${region}`, `$REGION`, `{region}`, `%s`. */
const COMPUTED = /\$?\{[^{}]{0,80}\}|\$\w{1,80}|%[sd]/g;
const HOST = /^(?:[a-z0-9_*-]{1,100}\.){0,30}[a-z0-9_*-]{1,100}(?::\d{1,5})?$|^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/;
/** Names of vocabularies look like addresses, and nothing is ever fetched from them. */
const VOCABULARY =
  /^(?:www\.w3\.org|schemas\.(?:openxmlformats\.org|microsoft\.com|xmlsoap\.org)|json-schema\.org|purl\.org)$/;

/** A host as facts name it: lower case, IDNs as punycode, no usual port, `*` for what is computed; null when it is none. */
export function hostOf(authority: string): string | null {
  const written = authority
    .slice(authority.lastIndexOf("@") + 1)
    .replace(COMPUTED, "*")
    .replace(/[.,;:!?]{1,20}$/, "");
  const parsed = URL.parse(`http://${written.replace(/:443$/, "")}`);
  const host = parsed?.host.replace(/\.(?=:|$)/, "") ?? "";
  if (!HOST.test(host) || /^[*.]*(?::.*)?$/.test(host)) return null;
  return host.includes(".") || host.includes("[") || host.startsWith("localhost") ? host : null;
}

/** Notes the hosts of a text's addresses; `kindAt` says what naming one there means. */
export function noteHosts(passage: Passage, kindAt: (offset: number) => CapabilityKind): void {
  for (const match of passage.text.matchAll(ADDRESS)) {
    const host = hostOf(match[1]!);
    if (host !== null) passage.note(VOCABULARY.test(host) ? "links-to" : kindAt(match.index), host, match.index);
  }
  for (const match of passage.text.matchAll(BARE)) {
    const host = hostOf(match[1] ?? match[2]!);
    if (host !== null) passage.note(kindAt(match.index), host, match.index);
  }
}
