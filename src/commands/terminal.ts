import { visible } from "../client/visible-text.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Record<Style, [on: number, off: number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Colours on a terminal alone, and never with NO_COLOR (https://no-color.org) or a dumb one. */
export function painter(
  stream: { isTTY?: boolean },
  env: Record<string, string | undefined>,
): (style: Style, text: string) => string {
  const colours = stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return (style, text) => (colours ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text);
}

/** Columns of a terminal; null where lines may be as long as they are. */
export const widthOf = (stream: { isTTY?: boolean; columns?: number }): number | null =>
  stream.isTTY === true ? (stream.columns ?? 80) : null;

/** Cut to so many columns, wide characters counted as two. */
export function cut(text: string, columns: number): string {
  if (Bun.stringWidth(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += Bun.stringWidth(segment);
    if (used > columns) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * Lines of aligned columns under a header. Every cell is made safe for a terminal; the last column is cut to `width` when
 * there is one.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[], width: number | null): string[] {
  const cells = rows.map((row) => row.map(visible));
  const widths = header.map((title, column) =>
    Math.max(Bun.stringWidth(title), ...cells.map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const last = header.length - 1;
  const room = width === null ? null : Math.max(20, width - widths.slice(0, last).reduce((sum, w) => sum + w + 2, 0));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        if (column === last) return room === null ? cell : cut(cell, room);
        return cell + " ".repeat(Math.max(0, widths[column]! - Bun.stringWidth(cell)));
      })
      .join("  ")
      .trimEnd();
  return [header, ...cells].map(line);
}

/** `label  value` lines; those without a value are left out. */
export function labelled(pairs: readonly (readonly [label: string, value: string | null | undefined])[]): string[] {
  const filled = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(0, ...filled.map(([label]) => label.length)) + 2;
  return filled.map(([label, value]) => `${label.padEnd(width)}${visible(value!)}`);
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[power]}`;
}

/** A line on standard error that is written over: on a terminal, unless --quiet. Nothing elsewhere. */
export interface Progress {
  show(text: string, done?: number, total?: number): void;
  end(): void;
}

const BAR = 24;
const EVERY_MS = 80;

export function createProgress(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): Progress {
  if (quiet || stream.isTTY !== true) return { show() {}, end() {} };
  let shownAt = 0;
  let label = "";
  return {
    show(text, done, total) {
      const now = performance.now();
      if (text === label && now - shownAt < EVERY_MS) return;
      shownAt = now;
      label = text;
      const line = total ? `${text}  ${bar((done ?? 0) / total)}  ${sizeText(done ?? 0)} of ${sizeText(total)}` : text;
      stream.write(`\r\u001b[K${cut(line, (stream.columns ?? 80) - 1)}`);
    },
    end() {
      if (label !== "") stream.write("\r\u001b[K");
      label = "";
    },
  };
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR);
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${String(Math.floor(Math.min(1, share) * 100)).padStart(3)}%`;
}
