/** Where one part of a file claims to lie, from `begin` (inclusive) to `end` (exclusive). */
export interface ByteSpan {
  name: string;
  begin: number;
  end: number;
}

export interface SpanFaults {
  /** Two parts that share bytes. */
  overlap: [ByteSpan, ByteSpan] | null;
  /** The first bytes that belong to no part, longer than `slack`. */
  hole: { begin: number; end: number } | null;
  /** Where the last part ends. */
  end: number;
}

/** Lays spans side by side. `slack` is how many bytes of padding may lie between two. */
export function layOut(spans: readonly ByteSpan[], slack: number): SpanFaults {
  const faults: SpanFaults = { overlap: null, hole: null, end: 0 };
  let last: ByteSpan | null = null;
  for (const span of spans.filter(({ begin, end }) => end > begin).toSorted((a, b) => a.begin - b.begin)) {
    if (last !== null && span.begin < last.end) faults.overlap ??= [last, span];
    else if (span.begin - faults.end > slack) faults.hole ??= { begin: faults.end, end: span.begin };
    if (span.end > faults.end) {
      faults.end = span.end;
      last = span;
    }
  }
  return faults;
}
