/** One element of DER (X.690): its tag byte, and what it holds. */
export interface DerElement {
  tag: number;
  content: Uint8Array;
}

/** The elements that stand one after the other in these bytes; null when they are no DER with tags of one byte. Reads every byte once. */
export function derElements(bytes: Uint8Array): DerElement[] | null {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    const head = lengthAt(bytes, at + 1);
    if ((tag & 0x1f) === 0x1f || head === null || head.end + head.length > bytes.length) return null;
    found.push({ tag, content: bytes.subarray(head.end, head.end + head.length) });
    at = head.end + head.length;
  }
  return found;
}

function lengthAt(bytes: Uint8Array, at: number): { length: number; end: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { length: first, end: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return null;
  let length = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + count)) length = length * 256 + byte;
  return { length, end: at + 1 + count };
}

/** `1.2.840.…` of the content of an OBJECT IDENTIFIER; arcs beyond 2^53 are not exact. */
export function objectIdentifier(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}
