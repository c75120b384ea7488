import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  consistencyRanges,
  EMPTY_ROOT,
  grow,
  hashOfRange,
  inclusionRanges,
  type LeafRange,
  leafHash,
  type Subtree,
  subtreesIn,
  type TreeHash,
  verifyConsistency,
  verifyInclusion,
} from "./merkle-tree.ts";

/** RFC 6962 2.1, word for word and over everything: what the tree with kept subtrees is held against. */
function naive(leaves: readonly TreeHash[]): TreeHash {
  if (leaves.length === 0) return createHash("sha256").digest("hex");
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const bytes = [naive(leaves.slice(0, k)), naive(leaves.slice(k))].map((hash) => Buffer.from(hash, "hex"));
  return createHash("sha256")
    .update(Buffer.concat([Buffer.from([1]), ...bytes]))
    .digest("hex");
}

const leavesOf = (count: number): TreeHash[] => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`${i}`)));

/** A tree that was filled in portions, with nothing kept but its complete subtrees. */
function kept(leaves: readonly TreeHash[], portions: readonly number[] = [leaves.length]) {
  const nodes = new Map<string, TreeHash>();
  const hashOf = ({ level, index }: Subtree): TreeHash => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`subtree ${level}/${index} was not kept`);
    return hash;
  };
  let size = 0;
  for (const portion of [...portions, leaves.length]) {
    const next = leaves.slice(size, Math.min(size + portion, leaves.length));
    for (const { level, index, hash } of grow(size, next, hashOf)) {
      if (nodes.has(`${level}/${index}`)) throw new Error(`subtree ${level}/${index} was made twice`);
      nodes.set(`${level}/${index}`, hash);
    }
    size += next.length;
  }
  return { nodes, hashes: (ranges: LeafRange[]) => ranges.map((range) => hashOfRange(range, hashOf)), hashOf };
}

const size = fc.integer({ min: 1, max: 70 });

describe("the Merkle tree", () => {
  test("has the root of the naive tree, however it grew, and keeps fewer than two hashes a leaf", () => {
    fc.assert(
      fc.property(size, fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }), (n, portions) => {
        const leaves = leavesOf(n);
        const tree = kept(leaves, portions);
        expect(hashOfRange({ start: 0, end: n }, tree.hashOf)).toBe(naive(leaves));
        expect(tree.nodes.size).toBeLessThan(2 * n);
      }),
    );
    expect(EMPTY_ROOT).toBe(naive([]));
  });

  test("proves each leaf in each of its sizes, with hashes of the naive tree", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, a, b) => {
        const leaves = leavesOf(n);
        const then = 1 + (a % n);
        const index = b % then;
        const ranges = inclusionRanges(index, then);
        const proof = kept(leaves).hashes(ranges);
        expect(proof).toEqual(ranges.map(({ start, end }) => naive(leaves.slice(start, end))));
        const claim = { leaf: leaves[index]!, index, size: then, root: naive(leaves.slice(0, then)), proof };
        expect(verifyInclusion(claim)).toBe(true);
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(then)));
      }),
    );
  });

  test("proves that it only grew", () => {
    fc.assert(
      fc.property(size, fc.nat(), (n, a) => {
        const leaves = leavesOf(n);
        const from = 1 + (a % n);
        const proof = kept(leaves).hashes(consistencyRanges(from, n));
        const before = { size: from, root: naive(leaves.slice(0, from)) };
        expect(verifyConsistency(before, { size: n, root: naive(leaves) }, proof)).toBe(true);
      }),
    );
  });

  test("no other leaf, place, size, root or proof passes for a leaf's", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (n, a, b) => {
        const leaves = leavesOf(n);
        const index = a % n;
        const proof = kept(leaves).hashes(inclusionRanges(index, n));
        const right = { leaf: leaves[index]!, index, size: n, root: naive(leaves), proof };
        const strange = leafHash(Buffer.from("strange"));
        const wrong = [
          { ...right, leaf: strange },
          { ...right, root: strange },
          { ...right, index: n },
          { ...right, index: -1 },
          { ...right, index: index + 0.5 },
          { ...right, proof: [...proof, strange] },
          ...(proof.length === 0 ? [] : [{ ...right, proof: proof.slice(1) }]),
          ...(proof.length === 0 ? [] : [{ ...right, proof: proof.with(b % proof.length, strange) }]),
          ...(n === 1 ? [] : [{ ...right, index: (index + 1 + (b % (n - 1))) % n }]),
        ];
        for (const claim of wrong) expect(verifyInclusion(claim)).toBe(false);
      }),
    );
  });

  test("a log whose past was changed is not consistent with what was seen of it", () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 9 }), (n, a, b, noise) => {
        const from = 1 + (a % n);
        const leaves = leavesOf(n);
        const forged = leaves.with(b % from, leafHash(Buffer.from("forged")));
        const before = { size: from, root: naive(leaves.slice(0, from)) };
        const after = { size: n, root: naive(forged) };
        const proofs = [
          kept(forged).hashes(consistencyRanges(from, n)),
          kept(leaves).hashes(consistencyRanges(from, n)),
          noise.map((word) => leafHash(Buffer.from(`${word}`))),
          [],
        ];
        for (const proof of proofs) expect(verifyConsistency(before, after, proof)).toBe(false);
        expect(verifyConsistency(after, { size: n - 1, root: after.root }, [])).toBe(false);
      }),
    );
  });

  test("a range has as many subtrees as its length has ones", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 }), (end) => {
        const ones = end.toString(2).replaceAll("0", "").length;
        expect(subtreesIn({ start: 0, end })).toHaveLength(ones);
      }),
    );
  });
});
