import type { Instant } from "../clock.ts";
import { type Digest, isDigest } from "../digest.ts";
import type { EnvelopeKind } from "./dsse.ts";

export const RECALLS_PAYLOAD_TYPE = "application/vnd.llm-marketplace.recalls.v1+json";

/** What a list is wrapped in: a DSSE envelope of at most 8 MiB. */
export const RECALLS_ENVELOPE: EnvelopeKind = { payloadType: RECALLS_PAYLOAD_TYPE, maxLength: 8 * 2 ** 20 };

/** Changes that one list carries at most; what comes after is asked for with `since`. */
export const MAX_LISTED = 5000;

export const RECALL_SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type RecallSeverity = (typeof RECALL_SEVERITIES)[number];
export const isRecallSeverity = (text: unknown): text is RecallSeverity =>
  RECALL_SEVERITIES.some((severity) => severity === text);

/** A recall as the list tells it. Of what not everybody may see: number, digest and time alone. */
export interface ListedRecall {
  number: number;
  digest: Digest;
  recalled_at: Instant;
  /** namespace/slug */
  ref: string | null;
  version: string | null;
  reason: string | null;
  severity: RecallSeverity | null;
}

export interface LiftedRecall {
  number: number;
  digest: Digest;
  lifted_at: Instant;
}

/**
 * What changed after the list's number `since` (0: everything), up to its own `number`. Applied in order, lists whose `since`
 * is the number of the one before make the whole.
 */
export interface RecallList {
  format: 1;
  /** How the server calls itself; the key says which it is. */
  server: string;
  since: number;
  number: number;
  /** There is more: ask again with `since` = `number`. */
  more: boolean;
  issued_at: Instant;
  expires_at: Instant;
  recalls: ListedRecall[];
  lifted: LiftedRecall[];
}

/** A reason as a sentence between others. */
export const reasonSentence = (reason: string): string => (/[.!?\u2026]$/.test(reason) ? reason : `${reason}.`);

export const recallListBytes = (list: RecallList): Uint8Array => Buffer.from(JSON.stringify(list));

/** Reads the payload of an envelope; null for anything else than a list as it is described here. Never throws. */
export function parseRecallList(payload: Uint8Array): RecallList | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { format, server, since, number, more, issued_at, expires_at, recalls, lifted } = value;
  if (format !== 1 || !isText(server, 2000) || !isCount(since) || !isCount(number) || since > number) return null;
  if (typeof more !== "boolean" || !isInstant(issued_at) || !isInstant(expires_at)) return null;
  if (!Array.isArray(recalls) || !Array.isArray(lifted) || recalls.length + lifted.length > MAX_LISTED) return null;
  // A list that promises more and brings nothing would be asked for for ever.
  if (more && number === since) return null;
  const read = recalls.map(readRecall);
  const readLifted = lifted.map(readLift);
  if (read.includes(null) || readLifted.includes(null)) return null;
  return {
    format,
    server,
    since,
    number,
    more,
    issued_at,
    expires_at,
    recalls: read as ListedRecall[],
    lifted: readLifted as LiftedRecall[],
  };
}

function readRecall(value: unknown): ListedRecall | null {
  if (!isRecord(value)) return null;
  const { number, digest, recalled_at, ref = null, version = null, reason = null, severity = null } = value;
  if (!isCount(number) || !isText(digest, 80) || !isDigest(digest) || !isInstant(recalled_at)) return null;
  if (ref !== null && !isText(ref, 160)) return null;
  if (version !== null && !isText(version, 256)) return null;
  if (reason !== null && !isText(reason, 2000)) return null;
  if (severity !== null && !isRecallSeverity(severity)) return null;
  return { number, digest, recalled_at, ref, version, reason, severity };
}

function readLift(value: unknown): LiftedRecall | null {
  if (!isRecord(value)) return null;
  const { number, digest, lifted_at } = value;
  if (!isCount(number) || !isText(digest, 80) || !isDigest(digest) || !isInstant(lifted_at)) return null;
  return { number, digest, lifted_at };
}

/**
 * What is recalled after these lists, by digest; null unless they follow each other without a gap from the beginning. Of two
 * recalls of one digest the later counts.
 */
export function foldRecallLists(lists: readonly RecallList[]): Map<Digest, ListedRecall> | null {
  const live = new Map<number, ListedRecall>();
  let at = 0;
  for (const list of lists) {
    if (list.since !== at) return null;
    at = list.number;
    for (const recall of list.recalls) live.set(recall.number, recall);
    for (const { number } of list.lifted) live.delete(number);
  }
  const inOrder = [...live.values()].sort((a, b) => a.number - b.number);
  return new Map(inOrder.map((recall) => [recall.digest, recall]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown, most: number): value is string => typeof value === "string" && value.length <= most;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isInstant = (value: unknown): value is Instant =>
  isText(value, 40) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value));
