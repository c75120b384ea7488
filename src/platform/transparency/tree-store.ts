import {
  grow,
  hashOfRange,
  type HashOf,
  type LeafRange,
  type Subtree,
  subtreesIn,
  type TreeHash,
} from "../../core/signing/merkle-tree.ts";
import { type Queries, toNumber } from "../database/index.ts";

// The hash of every complete subtree is kept (fewer than two a leaf), so that a root or a proof reads O(log n) rows.

const ROWS_PER_STATEMENT = 500;

/** A statement has room for some thousand values; a recall may be of more versions. */
export function* batches<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) yield rows.slice(from, from + ROWS_PER_STATEMENT);
}

const keyOf = ({ level, index }: Subtree): string => `${level}/${index}`;

async function read(q: Queries, subtrees: readonly Subtree[]): Promise<HashOf> {
  const known = new Map<string, TreeHash>();
  const wanted = [...new Map(subtrees.map((subtree) => [keyOf(subtree), subtree])).values()];
  if (wanted.length > 0) {
    const rows = await q
      .selectFrom("transparency_nodes")
      .selectAll()
      .where((eb) => eb.or(wanted.map(({ level, index }) => eb.and({ level, position: index }))))
      .execute();
    for (const { level, position, hash } of rows) known.set(`${level}/${toNumber(position)}`, hash);
  }
  return (subtree) => {
    const hash = known.get(keyOf(subtree));
    if (hash === undefined) throw new Error(`the transparency log lacks the hash of subtree ${keyOf(subtree)}`);
    return hash;
  };
}

/** The hashes of ranges of leaves, each read from the subtrees that it is made of. */
export async function hashesOfRanges(q: Queries, ranges: readonly LeafRange[]): Promise<TreeHash[]> {
  const hashOf = await read(q, ranges.flatMap(subtreesIn));
  return ranges.map((range) => hashOfRange(range, hashOf));
}

/** Writes what `leaves` complete behind a tree of `size`; answers the new root. */
export async function addLeaves(tx: Queries, size: number, leaves: readonly TreeHash[]): Promise<TreeHash> {
  const before = await read(tx, subtreesIn({ start: 0, end: size }));
  const grown = grow(size, leaves, before);
  for (const some of batches(grown))
    await tx
      .insertInto("transparency_nodes")
      .values(some.map(({ level, index, hash }) => ({ level, position: index, hash })))
      .execute();
  const added = new Map(grown.map((node) => [keyOf(node), node.hash]));
  return hashOfRange(
    { start: 0, end: size + leaves.length },
    (subtree) => added.get(keyOf(subtree)) ?? before(subtree),
  );
}
