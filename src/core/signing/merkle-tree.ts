import { createHash } from "node:crypto";

/** A SHA-256 of the tree, 64 hexadecimal digits. */
export type TreeHash = string;

/** Leaves from `start` up to and without `end`. */
export interface LeafRange {
  start: number;
  end: number;
}

/** A subtree without gaps: the 2^level leaves from index × 2^level on. Once complete it never changes, so its hash can be kept. */
export interface Subtree {
  level: number;
  index: number;
}

export type HashOf = (subtree: Subtree) => TreeHash;

const hashOfParts = (...parts: Uint8Array[]): TreeHash => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
const LEAF = new Uint8Array([0]);
const INNER = new Uint8Array([1]);

/** RFC 6962 2.1: MTH of nothing. */
export const EMPTY_ROOT: TreeHash = hashOfParts();
/** RFC 6962 2.1: the hash of a leaf with these bytes. */
export const leafHash = (bytes: Uint8Array): TreeHash => hashOfParts(LEAF, bytes);
const innerHash = (left: TreeHash, right: TreeHash): TreeHash =>
  hashOfParts(INNER, Buffer.from(left, "hex"), Buffer.from(right, "hex"));

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** The largest power of two below `n` (n > 1). */
function splitOf(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The complete subtrees of a range, left to right, largest first: as many as `end - start` has ones in binary. */
export function subtreesIn({ start, end }: LeafRange): Subtree[] {
  const found: Subtree[] = [];
  for (let at = start; at < end; ) {
    let level = 0;
    let width = 1;
    while (width * 2 <= end - at && at % (width * 2) === 0) {
      width *= 2;
      level++;
    }
    found.push({ level, index: at / width });
    at += width;
  }
  return found;
}

/** The hash over a range that the tree's recursion makes (one whose start is a multiple of its largest subtree). */
export function hashOfRange(range: LeafRange, hashOf: HashOf): TreeHash {
  const hashes = subtreesIn(range).map(hashOf);
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => innerHash(left, right));
}

/** The subtrees that `leaves` complete behind a tree of `size`, the leaves themselves (level 0) included. */
export function grow(size: number, leaves: readonly TreeHash[], hashOf: HashOf): (Subtree & { hash: TreeHash })[] {
  const frontier = subtreesIn({ start: 0, end: size }).map((subtree) => ({ ...subtree, hash: hashOf(subtree) }));
  const grown: (Subtree & { hash: TreeHash })[] = [];
  for (const [i, hash] of leaves.entries()) {
    let node = { level: 0, index: size + i, hash };
    grown.push(node);
    while (frontier.at(-1)?.level === node.level) {
      const left = frontier.pop()!;
      node = { level: node.level + 1, index: half(node.index), hash: innerHash(left.hash, node.hash) };
      grown.push(node);
    }
    frontier.push(node);
  }
  return grown;
}

/** RFC 6962 2.1.1: the ranges whose hashes prove that leaf `index` is in the tree of `size`, the nearest first. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** RFC 6962 2.1.2: the ranges whose hashes prove that the tree of `from` leaves is the beginning of that of `to` leaves (0 < from <= to). */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let [start, end] = [0, to];
  // Whether what is left is still the whole earlier tree, whose hash the verifier has.
  let whole = true;
  while (from !== end) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
      whole = false;
    }
  }
  if (!whole) ranges.push({ start, end });
  return ranges.reverse();
}

/** RFC 9162 2.1.3.2. Never throws, whatever it is given. */
export function verifyInclusion(claim: {
  leaf: TreeHash;
  index: number;
  size: number;
  root: TreeHash;
  proof: readonly TreeHash[];
}): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const next of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      hash = innerHash(next, hash);
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else hash = innerHash(hash, next);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && hash === root;
}

/** RFC 9162 2.1.4.2. Nothing is consistent with everything; a tree with itself alone. Never throws. */
export function verifyConsistency(
  from: { size: number; root: TreeHash },
  to: { size: number; root: TreeHash },
  proof: readonly TreeHash[],
): boolean {
  if (!Number.isSafeInteger(from.size) || !Number.isSafeInteger(to.size) || from.size < 0 || from.size > to.size)
    return false;
  if (from.size === to.size) return proof.length === 0 && from.root === to.root;
  if (from.size === 0) return proof.length === 0 && from.root === EMPTY_ROOT;
  let [fn, sn] = [from.size - 1, to.size - 1];
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  // When the earlier tree is one complete subtree, its own hash is the first step.
  const [first, ...rest] = fn === 0 ? [from.root, ...proof] : proof;
  if (first === undefined) return false;
  let [before, after] = [first, first];
  for (const next of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      [before, after] = [innerHash(next, before), innerHash(next, after)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else after = innerHash(after, next);
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && before === from.root && after === to.root;
}
