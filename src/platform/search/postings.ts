/**
 * For each word the rows that hold it, a row and an impact (how much the word says of the row, 1 to 255) packed in 32 bits.
 * A compact base, as it lies in the snapshot, and lists for what was added since.
 */
export interface Postings {
  base: Int32Array;
  /** base[start[word] … start[word + 1]) */
  start: Uint32Array;
  added: Map<number, Added>;
  addedCount: number;
}

interface Added {
  list: Int32Array;
  length: number;
}

export const MAX_ROWS = 1 << 24;

export const emptyPostings = (): Postings => ({
  base: new Int32Array(0),
  start: new Uint32Array(1),
  added: new Map(),
  addedCount: 0,
});

export const packed = (row: number, impact: number): number => (row << 8) | impact;
export const rowOf = (posting: number): number => posting >>> 8;
export const impactOf = (posting: number): number => posting & 0xff;

export function addPosting(postings: Postings, word: number, posting: number): void {
  let added = postings.added.get(word);
  if (!added) {
    added = { list: new Int32Array(4), length: 0 };
    postings.added.set(word, added);
  } else if (added.length === added.list.length) {
    const larger = new Int32Array(added.length * 2);
    larger.set(added.list);
    added.list = larger;
  }
  added.list[added.length++] = posting;
  postings.addedCount++;
}

/** A word's postings: one list of the base and, where there is one, one of what was added since. */
export function listsOf(postings: Postings, word: number): Int32Array[] {
  const added = postings.added.get(word);
  const base =
    word + 1 < postings.start.length ? postings.base.subarray(postings.start[word]!, postings.start[word + 1]!) : NONE;
  return added ? [base, added.list.subarray(0, added.length)] : [base];
}
const NONE = new Int32Array(0);

/** True when the word has a posting at all. */
export const hasPostings = (postings: Postings, word: number): boolean =>
  postings.added.has(word) || (word + 1 < postings.start.length && postings.start[word]! < postings.start[word + 1]!);

/** True when a posting of the word is in a row that stays (see rewrite). */
export const staysUsed = (postings: Postings, word: number, newRow: Int32Array): boolean =>
  listsOf(postings, word).some((list) => list.some((posting) => newRow[rowOf(posting)]! >= 0));

/**
 * One compact base of both halves. `newRow[row]` is the row's new number, -1 for one that is gone; `words` names the old
 * words in their new order.
 */
export function rewrite(postings: Postings, newRow: Int32Array, words: readonly number[]): Postings {
  const base = new Int32Array(postings.base.length + postings.addedCount);
  const start = new Uint32Array(words.length + 1);
  let length = 0;
  for (let i = 0; i < words.length; i++) {
    start[i] = length;
    for (const list of listsOf(postings, words[i]!)) {
      for (let k = 0; k < list.length; k++) {
        const row = newRow[rowOf(list[k]!)]!;
        if (row >= 0) base[length++] = packed(row, impactOf(list[k]!));
      }
    }
  }
  start[words.length] = length;
  return { base: base.slice(0, length), start, added: new Map(), addedCount: 0 };
}
