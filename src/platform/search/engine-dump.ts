import { END, type Field } from "./orama-words.ts";
import type { WordTree } from "./word-tree.ts";

/** One field's words as they lie in a snapshot: each word's rows one after the other, and each row's number of words. */
export interface FieldWords {
  words: string[];
  counts: Uint32Array;
  rows: Int32Array;
  lengths: Uint16Array;
}
export type EngineDump = Record<Field, FieldWords>;

/** `rowOf` is the row of each of the numbers by which the tree knows documents. */
export function dumpField(
  tree: WordTree,
  lengths: Readonly<Record<number, number | undefined>>,
  rowOf: (number: number) => number,
  rowCount: number,
): FieldWords {
  const nodes = Array.from(tree.words());
  const counts = Uint32Array.from(nodes, ({ d }) => d.size);
  const rows = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let length = 0;
  for (const { d } of nodes) for (const number of d) rows[length++] = rowOf(number as number);
  const perRow = new Uint16Array(rowCount);
  for (const [number, own] of Object.entries(lengths)) if (own !== undefined) perRow[rowOf(Number(number))] = own;
  return { words: nodes.map(({ w }) => w.slice(0, -END.length)), counts, rows, lengths: perRow };
}

/** Rows put into the tree between two yields: some milliseconds. */
const SLICE = 20_000;

/** Puts a field into an empty tree; row i becomes document i + 1. */
export function* fillTree(
  tree: WordTree,
  { words, counts, rows }: FieldWords,
  onWord: (word: string) => void,
): Iterable<void> {
  let start = 0;
  let yielded = 0;
  for (let i = 0; i < words.length; i++) {
    const end = start + counts[i]!;
    onWord(words[i]!);
    tree.fill(
      words[i]! + END,
      rows.subarray(start, end).map((row) => row + 1),
    );
    start = end;
    if (end - yielded < SLICE) continue;
    yielded = end;
    yield;
  }
}
