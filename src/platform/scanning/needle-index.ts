/** So many places of one needle are remembered; more mean "all over the text". */
export const REMEMBERED = 16;

/** Where the needles were found: for each its first places, and how often it came (counted to REMEMBERED + 1). */
export interface NeedleHits {
  counts: Uint8Array;
  places: Int32Array;
}

/**
 * Finds any number of fixed words in one pass over a text (Aho and Corasick, 1975), so that a rule is tried only where
 * one of its words stands. Time is linear in the text, whatever the words.
 */
export class NeedleIndex {
  readonly #ids = new Map<string, number>();
  /** Class of each UTF-16 unit; 0 is every unit that is in no needle. */
  readonly #classOf = new Uint16Array(65536);
  readonly #classes: number;
  /** Next state for state × class. */
  readonly #next: Int32Array;
  /** For each state the needles that end there. */
  readonly #ends: (readonly number[] | null)[];

  /** The needles are lower-case and not empty. */
  constructor(needles: Iterable<string>) {
    let classes = 1;
    let longest = 1;
    for (const needle of needles) {
      if (this.#ids.has(needle)) continue;
      this.#ids.set(needle, this.#ids.size);
      longest += needle.length;
      for (let i = 0; i < needle.length; i++) {
        const unit = needle.charCodeAt(i);
        if (this.#classOf[unit] === 0) this.#classOf[unit] = classes++;
      }
    }
    this.#classes = classes;
    const next = new Int32Array(longest * classes).fill(-1);
    const ends: number[][] = [[]];
    for (const [needle, id] of this.#ids) {
      let state = 0;
      for (let i = 0; i < needle.length; i++) {
        const edge = state * classes + this.#classOf[needle.charCodeAt(i)]!;
        if (next[edge] === -1) next[edge] = ends.push([]) - 1;
        state = next[edge]!;
      }
      ends[state]!.push(id);
    }
    completeEdges(next, ends, classes);
    this.#next = next;
    this.#ends = ends.map((ids) => (ids.length > 0 ? ids : null));
  }

  idOf(needle: string): number {
    return this.#ids.get(needle)!;
  }

  /** `lower` is the text in lower case. */
  find(lower: string): NeedleHits {
    const counts = new Uint8Array(this.#ids.size);
    const places = new Int32Array(this.#ids.size * REMEMBERED);
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    const ends = this.#ends;
    let state = 0;
    for (let at = 0; at < lower.length; at++) {
      state = next[state * classes + classOf[lower.charCodeAt(at)]!]!;
      const ids = ends[state];
      if (!ids) continue;
      for (const id of ids) {
        const count = counts[id]!;
        if (count > REMEMBERED) continue;
        if (count < REMEMBERED) places[id * REMEMBERED + count] = at;
        counts[id] = count + 1;
      }
    }
    return { counts, places };
  }
}

/** Breadth first: where no needle goes on, the longest suffix that begins one does. */
function completeEdges(next: Int32Array, ends: number[][], classes: number): void {
  const fallback = new Int32Array(ends.length);
  const queue: number[] = [];
  for (let unit = 0; unit < classes; unit++) {
    if (next[unit] === -1) next[unit] = 0;
    else queue.push(next[unit]!);
  }
  for (let i = 0; i < queue.length; i++) {
    const state = queue[i]!;
    for (let unit = 0; unit < classes; unit++) {
      const edge = state * classes + unit;
      const other = next[fallback[state]! * classes + unit]!;
      if (next[edge] === -1) next[edge] = other;
      else {
        fallback[next[edge]!] = other;
        ends[next[edge]!]!.push(...ends[other]!);
        queue.push(next[edge]!);
      }
    }
  }
}
