import { createHash, randomBytes } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { RequestScope } from "../telemetry/request-scope.ts";
import type { AuditEvent, AuditOutcome } from "./audit-log.ts";
import type { Head } from "./audit-reader.ts";

/** An entry as it is stored. `personal` is JSON of `Personal`. */
export interface StoredEntry {
  seq: number;
  created_at: Instant;
  action: string;
  outcome: AuditOutcome;
  actor_id: Id | null;
  via: string;
  subject_type: string;
  subject_id: Id | null;
  request_id: string | null;
  details: string;
  personal: string | null;
  personal_hash: string;
  previous_hash: string;
  hash: string;
}

/** What the first entry follows. */
export const GENESIS: Head = { seq: 0, hash: "0".repeat(64) };

/** Personal data of one of the two, with the salt that keeps its hash from being guessed; only the hash once it is erased. */
export type PersonalPart = Record<string, string> | { erased: string };
export interface Personal {
  actor: PersonalPart;
  subject: PersonalPart;
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The chain's hash of an entry: SHA-256 over a JSON array of every column but `personal`, which stands in by its hash. */
export const hashOf = (entry: Omit<StoredEntry, "hash" | "personal">): string =>
  sha256(
    JSON.stringify([
      "marketplace-audit-1",
      Number(entry.seq),
      entry.created_at,
      entry.action,
      entry.outcome,
      entry.actor_id,
      entry.via,
      entry.subject_type,
      entry.subject_id,
      entry.request_id,
      entry.details,
      entry.personal_hash,
      entry.previous_hash,
    ]),
  );

const partHash = (part: PersonalPart): string =>
  typeof part["erased"] === "string" ? part["erased"] : sha256(JSON.stringify(part));

/** The hash of personal data, the same before and after erasure. */
export const personalHashOf = ({ actor, subject }: Personal): string =>
  sha256(JSON.stringify([partHash(actor), partHash(subject)]));

/** The same part without what it said. */
export const erasedPart = (part: PersonalPart): PersonalPart => ({ erased: partHash(part) });

export const isErased = (part: PersonalPart): boolean => "erased" in part;

/** Parses `personal`; null for text that is none (somebody changed it). */
export function readPersonal(text: string | null): Personal | null {
  try {
    const parsed = JSON.parse(text ?? "null") as Personal | null;
    const whole = [parsed?.actor, parsed?.subject].every((part) => typeof part === "object" && part !== null);
    return whole ? parsed : null;
  } catch {
    return null;
  }
}

const MAX_DETAILS = 4000;
const MAX_PERSONAL = 300;

/** Makes the entry that follows `previous`. */
export function entryOf(event: AuditEvent, previous: Head, at: Instant, scope: RequestScope | null): StoredEntry {
  const { actor, subject } = event;
  const personal = personalOf(event, scope);
  const details = JSON.stringify(event.details ?? {});
  const entry = {
    seq: previous.seq + 1,
    created_at: at,
    action: event.action,
    outcome: event.outcome,
    actor_id: actor.kind === "user" ? actor.userId : null,
    via: viaOf(event, scope),
    subject_type: subject.type,
    subject_id: subject.id,
    request_id: scope?.requestId ?? null,
    details: details.length <= MAX_DETAILS ? details : '{"omitted":"too long"}',
    personal_hash: personalHashOf(personal),
    previous_hash: previous.hash,
  };
  return { ...entry, personal: JSON.stringify(personal), hash: hashOf(entry) };
}

function viaOf({ actor }: AuditEvent, scope: RequestScope | null): string {
  if (actor.kind === "anonymous") return "anonymous";
  return actor.via === "system" && scope?.command ? "command" : actor.via;
}

function personalOf({ actor, subject, personal }: AuditEvent, scope: RequestScope | null): Personal {
  return {
    actor: part({
      name: actor.kind === "user" ? actor.username : "",
      address: scope?.address ?? "",
      user_agent: scope?.userAgent ?? "",
    }),
    subject: part({ name: subject.name ?? "", ...personal }),
  };
}

/** What is empty is left out. */
function part(values: Record<string, string>): Record<string, string> {
  const kept = Object.entries(values)
    .filter(([, value]) => value !== "")
    .map(([name, value]): [string, string] => [name, value.slice(0, MAX_PERSONAL).toWellFormed()]);
  return { ...Object.fromEntries(kept), salt: randomBytes(16).toString("base64url") };
}
