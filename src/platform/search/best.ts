import type { Table } from "./table.ts";

export interface Ranked {
  row: number;
  key: number;
}

/** The best `size` of the rows by key, best first; the newest and then the higher id first where keys are equal. */
export function bestRows(table: Table, rows: Int32Array, keys: Float64Array, count: number, size: number): Ranked[] {
  const { updatedAt, order } = table;
  const worse = (a: Ranked, b: Ranked): boolean => {
    if (a.key !== b.key) return a.key < b.key;
    if (updatedAt[a.row] !== updatedAt[b.row]) return updatedAt[a.row]! < updatedAt[b.row]!;
    return order[a.row]! < order[b.row]!;
  };
  const heap: Ranked[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count && size > 0; i++) {
    const key = keys[i]!;
    if (key < least) continue;
    const candidate = { row: rows[i]!, key };
    if (heap.length < size) {
      heap.push(candidate);
      siftUp(heap, worse);
    } else if (worse(heap[0]!, candidate)) {
      heap[0] = candidate;
      siftDown(heap, worse);
    }
    if (heap.length === size) least = heap[0]!.key;
  }
  return heap.sort((a, b) => (worse(a, b) ? 1 : -1));
}

function siftUp<T>(heap: T[], worse: (a: T, b: T) => boolean): void {
  for (let i = heap.length - 1; i > 0; ) {
    const parent = (i - 1) >> 1;
    if (!worse(heap[i]!, heap[parent]!)) return;
    [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
    i = parent;
  }
}

function siftDown<T>(heap: T[], worse: (a: T, b: T) => boolean): void {
  for (let i = 0; ; ) {
    let least = i;
    if (2 * i + 1 < heap.length && worse(heap[2 * i + 1]!, heap[least]!)) least = 2 * i + 1;
    if (2 * i + 2 < heap.length && worse(heap[2 * i + 2]!, heap[least]!)) least = 2 * i + 2;
    if (least === i) return;
    [heap[i], heap[least]] = [heap[least]!, heap[i]!];
    i = least;
  }
}
