import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, sha256 } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import { parseEnvelope, payloadOf, verifyEnvelope } from "../../core/signing/dsse.ts";
import {
  foldRecallLists,
  type ListedRecall,
  MAX_LISTED,
  parseRecallList,
  RECALLS_ENVELOPE,
  reasonSentence,
  type RecallList,
} from "../../core/signing/recall-list.ts";
import type { Client } from "../client.ts";
import { configFolder, writePrivately } from "../config-folder.ts";
import { visible } from "../visible-text.ts";
import { withExclusive } from "./exclusive.ts";
import { pinnedServerKey, pinServerKey, serverKeyFor } from "./server-keys.ts";

type Env = Record<string, string | undefined>;

/** What this user knows to be recalled by one server. */
export interface KnownRecalls {
  find(digest: Digest): ListedRecall | null;
  /** What is worth knowing of the list itself: that it could not be asked for, that it is old. */
  notes: string[];
}

/** Lists that follow each other from the beginning, each as it was signed. */
type Kept = readonly { envelope: unknown; list: RecallList }[];

/** 100 lists hold half a million recalls. */
const MAX_LISTS = 100;
/** So many small lists, and everything is asked for anew. */
const MAX_SMALL_LISTS = 20;
const SMALL = MAX_LISTED / 10;
const MAX_BYTES = 256 * 2 ** 20;

const numberOf = (kept: Kept): number => kept.at(-1)?.list.number ?? 0;
const changesIn = ({ list }: Kept[number]): number => list.recalls.length + list.lifted.length;

/** What is known without asking. Throws CONFLICT when the kept list was changed since it was kept. */
export async function keptRecalls(env: Env, server: string, now: Date): Promise<KnownRecalls> {
  const kept = await readKept(env, server);
  if (kept.length === 0)
    return known([], [`No recall list of ${server} was kept yet: whether anything was recalled is not known.`]);
  return known(kept, ageNotes(kept, now));
}

/**
 * The newest list, checked against the server's key and against the one that is kept, and kept in its place; without an answer
 * the kept one with a note. Throws CONFLICT for a bad signature, another key or an older list.
 */
export async function freshRecalls(client: Client, env: Env, now: Date): Promise<KnownRecalls> {
  const before = await readKept(env, client.url);
  let fetched: Fetched;
  try {
    fetched = await fetchAfter(client, env, before);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.status === 404 && (await pinnedServerKey(env, client.url)) === null)
      return known([], [`${client.url} keeps no recall list.`]);
    if (error.status === 404) throw refused(client.url, "it is gone, and there was one before");
    if (error.status !== 503 && error.status !== 429) throw error;
    const old = await keptRecalls(env, client.url, now);
    return { ...old, notes: [`The recall list could not be asked for: ${error.message}`, ...old.notes] };
  }
  const notes = ageNotes(fetched.kept, now);
  try {
    if (fetched.first) await pinServerKey(env, client.url, fetched.key);
    await keep(env, client.url, fetched.kept);
  } catch (error) {
    // A home folder that nothing can be written to keeps nobody from installing.
    if (!["EACCES", "EROFS", "EPERM", "ENOSPC"].includes((error as { code?: string }).code ?? "")) throw error;
    notes.push(`The recall list could not be kept for later: ${(error as Error).message}`);
  }
  return known(fetched.kept, notes);
}

function known(kept: Kept, notes: string[]): KnownRecalls {
  const recalls = foldRecallLists(kept.map(({ list }) => list)) ?? new Map<Digest, ListedRecall>();
  return { find: (digest) => recalls.get(digest) ?? null, notes };
}

function ageNotes(kept: Kept, now: Date): string[] {
  const newest = kept.at(-1)?.list;
  if (!newest || Date.parse(newest.expires_at) >= now.getTime()) return [];
  return [
    `The newest recall list that is known is of ${newest.issued_at.slice(0, 10)} and ended on ${newest.expires_at.slice(0, 10)}: what was recalled since is not known.`,
  ];
}

interface Fetched {
  kept: Kept;
  key: Uint8Array;
  first: boolean;
}

async function fetchAfter(client: Client, env: Env, before: Kept): Promise<Fetched> {
  const small = before.filter((one) => changesIn(one) < SMALL);
  let kept: Kept = small.length > MAX_SMALL_LISTS ? [] : before;
  for (;;) {
    const since = numberOf(kept);
    const answer = await client.recalls.signedList(since);
    const { key, first } = await serverKeyFor(env, client.url, answer.publicKey);
    const list = await checked(answer.envelope, key);
    if (!list) throw refused(client.url, "its signature does not hold, or it is no list");
    if (list.number < Math.max(since, list.more ? 0 : numberOf(before)))
      throw refused(
        client.url,
        `it is older (no. ${list.number}) than the one that was seen before (no. ${numberOf(before)}). The server may have been ` +
          `restored from a backup: ask its administrator, and remove ${keptPath(env, client.url)} if that is so`,
      );
    if (list.since !== since) throw refused(client.url, "it is not the one that was asked for");
    // One without changes only says that nothing changed: the next one takes its place.
    kept = [...kept.filter((one) => changesIn(one) > 0), { envelope: answer.envelope, list }];
    if (!list.more) return { kept, key, first };
    if (kept.length >= MAX_LISTS) throw refused(client.url, "it has no end");
  }
}

async function checked(envelope: unknown, key: Uint8Array): Promise<RecallList | null> {
  const parsed = parseEnvelope(JSON.stringify(envelope) ?? "", RECALLS_ENVELOPE);
  if (!parsed || !(await verifyEnvelope(parsed, key))) return null;
  return parseRecallList(payloadOf(parsed));
}

const refused = (server: string, why: string): AppError =>
  new AppError("CONFLICT", `The recall list of ${server} is refused: ${why}. Nothing was changed.`, {
    details: { reason: "recall-list" },
  });

const keptPath = (env: Env, server: string): string =>
  join(configFolder(env), "recalls", `${sha256(server).slice(7, 23)}.json`);

/** What was kept; nothing where the server's key is not known (any more). */
async function readKept(env: Env, server: string): Promise<Kept> {
  const key = await pinnedServerKey(env, server);
  if (!key) return [];
  const path = keptPath(env, server);
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
  const kept = text.length > MAX_BYTES ? null : await keptIn(text.toString("utf8"), key);
  if (!kept)
    throw new AppError(
      "CONFLICT",
      `${path} is damaged, or was changed since it was kept. Remove it: the list is asked for anew the next time.`,
      { details: { reason: "recall-list" } },
    );
  return kept;
}

async function keptIn(text: string, key: Uint8Array): Promise<Kept | null> {
  let envelopes: unknown;
  try {
    envelopes = (JSON.parse(text) as { envelopes?: unknown } | null)?.envelopes;
  } catch {
    return null;
  }
  if (!Array.isArray(envelopes) || envelopes.length > MAX_LISTS) return null;
  const kept: { envelope: unknown; list: RecallList }[] = [];
  for (const envelope of envelopes) {
    const list = await checked(envelope, key);
    if (!list) return null;
    kept.push({ envelope, list });
  }
  return foldRecallLists(kept.map(({ list }) => list)) ? kept : null;
}

/** Unless another process kept a newer one meanwhile. */
async function keep(env: Env, server: string, kept: Kept): Promise<void> {
  await withExclusive(join(configFolder(env), "recalls.lock"), async () => {
    const now = await readKept(env, server).catch((): Kept => []);
    const [mine, theirs] = [kept.at(-1)?.list, now.at(-1)?.list];
    if (mine && theirs && (theirs.number > mine.number || theirs.issued_at === mine.issued_at)) return;
    await writePrivately(
      keptPath(env, server),
      `${JSON.stringify({ recalls: 1, server, envelopes: kept.map(({ envelope }) => envelope) })}\n`,
    );
  });
}

/** What is wrong with something that was recalled, and what to do about it. */
export function recalledText(ref: string, recall: { number: number; reason: string | null }): string {
  const why = recall.reason === null ? "." : `: ${reasonSentence(visible(recall.reason))}`;
  return (
    `it was recalled (no. ${recall.number})${why} It must not be used: remove it with "marketplace remove ${ref}", ` +
    `or move on with "marketplace update ${ref}"`
  );
}

export const recalledError = (
  ref: string,
  version: string,
  recall: { number: number; reason: string | null },
): AppError =>
  new AppError("RECALLED", `${ref}@${version} is refused: ${recalledText(ref, recall)}. Nothing was changed.`, {
    details: { number: recall.number, reason: recall.reason },
  });
