import { encode } from "uqr";

/** Modules of white that readers want around a code (ISO/IEC 18004, 9.1). */
const QUIET = 4;

/** A text as a QR code: its width in modules, and the dark ones as the path of an SVG, runs of a row together. */
export function qrCode(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      path += `M${start} ${y}h${x + 1 - start}v1h${start - x - 1}z`;
    }
  });
  return { size, path };
}
