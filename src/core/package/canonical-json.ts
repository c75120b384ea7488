/**
 * JSON as RFC 8785 (JCS) writes it: members sorted by UTF-16 code units, no white space, so that equal values are equal
 * bytes. Members that are undefined are left out. Only for plain data made of text, safe integers, booleans, null.
 */
export function canonicalJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(write(value));
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value === "string" && !value.isWellFormed()) throw new Error("lone surrogate in canonical JSON");
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw new Error("only integers have one canonical form here");
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${write(key)}:${write(member)}`).join(",")}}`;
}
