/**
 * Writes out the marks that samples carry on disk: secrets stay in parts (`⟦+⟧` joins them) and invisible text stays
 * visible (`⟦U+200B⟧`; `⟦tags:…⟧` in Unicode's tag characters, `⟦bits:…⟧` in zero-width ones, `⟦selectors:…⟧` in
 * variation selectors) until a sample is read. Bytes without a mark come back unchanged.
 */
export function writeOut(bytes: Buffer): Buffer {
  if (!bytes.includes("⟦")) return bytes;
  return Buffer.from(
    bytes.toString("utf8").replace(/⟦(?:(\+)|U\+([0-9A-F]{4,6})|(tags|bits|selectors):([^⟧]*))⟧/g, written),
  );
}

function written(_mark: string, join: string | undefined, point: string, form: string, text: string): string {
  if (join) return "";
  if (point) return String.fromCodePoint(Number.parseInt(point, 16));
  const bytes = [...Buffer.from(text)];
  switch (form) {
    case "tags":
      return String.fromCodePoint(...bytes.map((byte) => 0xe0000 + byte));
    case "bits":
      return bytes
        .map((byte) => byte.toString(2).padStart(8, "0").replace(/0/g, "\u200b").replace(/1/g, "\u200c"))
        .join("");
    default:
      return String.fromCodePoint(...bytes.map((byte) => (byte < 16 ? 0xfe00 + byte : 0xe0100 + byte - 16)));
  }
}
