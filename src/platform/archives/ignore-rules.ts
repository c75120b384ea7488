import { join } from "node:path";
import { validationError } from "../../core/error.ts";

export const IGNORE_FILE = ".marketplaceignore";
const MAX_RULES = 1000;

interface Rule {
  /** Patterns of path segments; `**` stands for any number of segments. */
  segments: string[];
  folderOnly: boolean;
}

/**
 * Reads `.marketplaceignore` of a folder, written like `.gitignore`: one pattern a line, `#` comments, `*` and `?` within
 * a name, `**` across folders, a slash at the front or middle binds to the top, one at the end means folders alone.
 * `!` is not understood and refused. Answers whether a path is left out.
 */
export async function ignoreRules(folder: string): Promise<(path: string, folder: boolean) => boolean> {
  const file = Bun.file(join(folder, IGNORE_FILE));
  const lines = (await file.exists()) ? (await file.text()).split("\n").slice(0, MAX_RULES) : [];
  const rules = lines.flatMap((line, index) => ruleOf(line.trim(), index + 1));
  return (path, isFolder) => {
    const segments = path.split("/");
    return rules.some((rule) => (isFolder || !rule.folderOnly) && matches(rule.segments, segments));
  };
}

function ruleOf(line: string, number: number): Rule[] {
  if (line === "" || line.startsWith("#")) return [];
  if (line.startsWith("!"))
    throw validationError({
      field: `${IGNORE_FILE}:${number}`,
      message: "Patterns with ! are not supported: name what to leave out.",
    });
  const bare = line.replace(/^\//, "").replace(/\/$/, "");
  const bound = line.startsWith("/") || bare.includes("/");
  const segments = bound ? bare.split("/") : ["**", bare];
  return [{ segments, folderOnly: line.endsWith("/") }];
}

const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
  wildcard(
    pattern,
    path,
    (p) => p === "**",
    (p, segment) =>
      wildcard(
        [...p],
        [...segment],
        (c) => c === "*",
        (c, letter) => c === "?" || c === letter,
      ),
  );

/** Matches with one kind of star, going back to the last one alone: at most pattern × text steps. */
function wildcard<T>(
  pattern: readonly T[],
  text: readonly T[],
  star: (p: T) => boolean,
  one: (p: T, t: T) => boolean,
): boolean {
  let [p, t, lastStar, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const current = pattern[p];
    if (current !== undefined && star(current)) {
      lastStar = p++;
      mark = t;
    } else if (current !== undefined && one(current, text[t]!)) {
      p += 1;
      t += 1;
    } else if (lastStar >= 0) {
      p = lastStar + 1;
      t = ++mark;
    } else return false;
  }
  while (p < pattern.length && star(pattern[p]!)) p += 1;
  return p === pattern.length;
}
