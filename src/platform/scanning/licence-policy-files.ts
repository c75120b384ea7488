import { parse as parseToml } from "smol-toml";
import { readFrontMatter } from "../../core/package/front-matter.ts";
import { recogniseLicense } from "../../core/package/recognise-license.ts";
import { isSpdxExpression, normaliseLicense } from "../../core/spdx.ts";
import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";

/** A licence that a file names: by being its text, in its metadata, or in a header. */
export interface StatedLicence {
  /** An SPDX expression. */
  id: string;
  path: string;
  line: number | null;
  how: "text" | "metadata" | "header";
}

const TEXT_LIMIT = 64 * 1024;
const HEADER_BYTES = 2048;
const MOST_HEADERS = 400;
const TEXT = /^(?:licen[cs]e|copying|unlicense)(?:[-.][a-z0-9.-]{1,40})?$/i;
const CODE =
  /\.(?:py|js|mjs|cjs|ts|tsx|jsx|sh|bash|rb|go|rs|c|h|cc|cpp|hpp|java|kt|swift|lua|php|pl|r|jl|sql|ya?ml|toml)$/i;
const HEADER = /SPDX-License-Identifier:[ \t]{0,8}([A-Za-z0-9.+() -]{2,120})/;

const decoder = new TextDecoder();
const textOf = async (target: ScanTarget, file: ScanFile, limit: number): Promise<string> =>
  decoder.decode(await readRange(target, file, 0, Math.min(file.size, limit)));

/** What the version's own files say of its licence; headers of the first 400 programs, 2 KiB of each. */
export async function statedLicences(target: ScanTarget, signal: AbortSignal): Promise<StatedLicence[]> {
  const stated: StatedLicence[] = [];
  let headers = 0;
  for (const file of target.files) {
    signal.throwIfAborted();
    const { path } = file;
    if (TEXT.test(path)) {
      const id = recogniseLicense(await textOf(target, file, TEXT_LIMIT));
      if (id !== null) stated.push({ id, path, line: null, how: "text" });
      continue;
    }
    const read = READERS.get(path);
    const written = read ? read(await textOf(target, file, TEXT_LIMIT)) : null;
    const { expression, exact } = written === null ? NOTHING : normaliseLicense(written);
    if (expression !== null && (exact || expression.startsWith("LicenseRef-")))
      stated.push({ id: expression, path, line: null, how: "metadata" });
    if (!CODE.test(path) || headers++ >= MOST_HEADERS) continue;
    const text = await textOf(target, file, HEADER_BYTES);
    const header = HEADER.exec(text);
    const id = (header?.[1] ?? "").trim();
    if (header && isSpdxExpression(id))
      stated.push({ id, path, line: text.slice(0, header.index).split("\n").length, how: "header" });
  }
  return stated;
}

const NOTHING = { expression: null, exact: false };

/** What a license field holds, as text; null for anything else. */
function fieldOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  const { type, text } = value as Record<string, unknown>;
  const named = type ?? text;
  return typeof named === "string" && named.length <= 100 ? named : null;
}

function json(text: string): string | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return fieldOf((parsed as { license?: unknown } | null)?.license);
  } catch {
    return null;
  }
}

const toml =
  (table: "project" | "package") =>
  (text: string): string | null => {
    try {
      const found = parseToml(text)[table];
      return fieldOf((found as { license?: unknown } | undefined)?.license);
    } catch {
      return null;
    }
  };

const card = (text: string): string | null => fieldOf(readFrontMatter(text).fields.license);

/** Files that name a licence for the whole, by their paths. */
const READERS = new Map<string, (text: string) => string | null>([
  ["package.json", json],
  [".claude-plugin/plugin.json", json],
  ["server.json", json],
  ["composer.json", json],
  ["pyproject.toml", toml("project")],
  ["Cargo.toml", toml("package")],
  ["README.md", card],
  ["SKILL.md", card],
]);
