import {
  EMPTY_ROOT,
  grow,
  hashOfRange,
  type Subtree,
  subtreesIn,
  type TreeHash,
} from "../../core/signing/merkle-tree.ts";
import { type Queries, toNumber } from "../database/index.ts";
import { SealBroken, type Sealer } from "../sealing/sealer.ts";
import { type Head, HEAD_PLACE, readHead, sealedText } from "./log-head.ts";
import { entryProblem, NOTHING_BEFORE, type StoredEntry } from "./transparency-entry.ts";
import type { LogVerification } from "./transparency-log.ts";

const PAGE = 1000;
const MAX_PROBLEMS = 100;

interface Source {
  q: Queries;
  sealer: Sealer;
}

type Report = (index: number, problem: string) => void;

/**
 * Computes chain and tree anew, a page of entries at a time, and finds entries and hashes that were changed, taken out, put in or
 * cut off the end. Entries that are appended meanwhile are left to the next time.
 */
export async function verifyStoredLog(source: Source, signal?: AbortSignal): Promise<LogVerification> {
  const problems: LogVerification["problems"] = [];
  const report: Report = (index, problem) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ index, problem });
  };
  const stored = await readHead(source.q);
  const size = stored?.size ?? 0;
  if (stored) checkSeal(source.sealer, stored, report);
  const tree = createTree();
  let previous: TreeHash | "" = NOTHING_BEFORE;
  let erased = 0;
  for (let at = 0; at < size; ) {
    signal?.throwIfAborted();
    const page = await entriesFrom(source.q, at, size);
    for (const entry of page) {
      if (entry.position > at) report(at, `${span(at, entry.position - 1)} missing`);
      else if (entry.previous_hash !== previous) report(at, `entry ${at} does not follow the one before it`);
      const problem = entry.entry === "" ? null : entryProblem(entry);
      if (problem) report(entry.position, `entry ${entry.position} ${problem}`);
      if (entry.entry === "") erased++;
      previous = entry.leaf_hash;
      at = entry.position + 1;
    }
    if (page.length === 0) {
      report(at, `${span(at, size - 1)} missing from the end of the log`);
      break;
    }
    // With a gap the tree cannot be computed, and the gap was told.
    if (tree.size + page.length === at) await checkNodes(source.q, tree, page, report);
  }
  checkHead(stored, { tree, previous }, report);
  await checkBeyond(source.q, report);
  return { size, root: stored?.root ?? EMPTY_ROOT, erased, problems: problems.sort((a, b) => a.index - b.index) };
}

const span = (first: number, last: number): string =>
  first === last ? `entry ${first} is` : `entries ${first} to ${last} are`;

/** The tree as far as it was computed: nothing is held but its frontier. */
function createTree() {
  let size = 0;
  let frontier = new Map<string, TreeHash>();
  const keyOf = ({ level, index }: Subtree) => `${level}/${index}`;
  const hashOf = (subtree: Subtree) => frontier.get(keyOf(subtree)) ?? "";
  return {
    get size() {
      return size;
    },
    root: () => hashOfRange({ start: 0, end: size }, hashOf),
    add(leaves: readonly TreeHash[]) {
      const grown = grow(size, leaves, hashOf);
      const all = new Map([...frontier, ...grown.map((node) => [keyOf(node), node.hash] as const)]);
      size += leaves.length;
      frontier = new Map(subtreesIn({ start: 0, end: size }).map((node) => [keyOf(node), all.get(keyOf(node)) ?? ""]));
      return grown;
    },
  };
}

async function checkNodes(
  q: Queries,
  tree: ReturnType<typeof createTree>,
  page: readonly StoredEntry[],
  report: Report,
): Promise<void> {
  const grown = tree.add(page.map((entry) => entry.leaf_hash));
  for (const level of new Set(grown.map((node) => node.level))) {
    const wanted = grown.filter((node) => node.level === level);
    const rows = await q
      .selectFrom("transparency_nodes")
      .selectAll()
      .where("level", "=", level)
      .where("position", ">=", wanted[0]!.index)
      .where("position", "<=", wanted.at(-1)!.index)
      .execute();
    const stored = new Map(rows.map((row) => [toNumber(row.position), row.hash]));
    for (const { index, hash } of wanted) {
      const found = stored.get(index);
      const name = `the hash of subtree ${level}/${index}`;
      if (found !== hash)
        report(index * 2 ** level, found === undefined ? `${name} is missing` : `${name} was changed`);
    }
  }
}

function checkSeal(sealer: Sealer, head: Head & { seal: string }, report: Report): void {
  try {
    if (sealer.open(head.seal, HEAD_PLACE) === sealedText(head)) return;
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
  }
  report(
    Math.max(0, head.size - 1),
    "the end of the log is not sealed with this server's key: entries were cut off, or all of it was rewritten",
  );
}

function checkHead(
  head: Head | null,
  computed: { tree: ReturnType<typeof createTree>; previous: string },
  report: Report,
): void {
  if (!head || computed.tree.size !== head.size) return;
  const last = Math.max(0, head.size - 1);
  if (computed.previous !== head.leafHash) report(last, `entry ${last} is not the one that the log ended with`);
  if (computed.tree.root() !== head.root) report(last, "the tree's root is not the one that the log ended with");
}

async function entriesFrom(q: Queries, from: number, size: number): Promise<StoredEntry[]> {
  const rows = await q
    .selectFrom("transparency_entries")
    .selectAll()
    .where("position", ">=", from)
    .where("position", "<", size)
    .orderBy("position")
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({ ...row, position: toNumber(row.position) }));
}

/** Entries behind the end were put in by somebody else: an append writes both at once. */
async function checkBeyond(q: Queries, report: Report): Promise<void> {
  const { newest } = await q
    .selectFrom("transparency_entries")
    .select((eb) => eb.fn.max("position").as("newest"))
    .executeTakeFirstOrThrow();
  if (newest === null) return;
  // Read after the entries: what was appended meanwhile is within it.
  const size = (await readHead(q))?.size ?? 0;
  if (toNumber(newest) >= size)
    report(size, `${span(size, toNumber(newest))} behind the end of the log, put in by somebody else`);
}
