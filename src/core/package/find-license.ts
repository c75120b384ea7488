import { normaliseLicense } from "../spdx.ts";
import type { PackageSource, PackageWarning } from "./package.ts";
import { recogniseLicense } from "./recognise-license.ts";

const LICENSE_FILE = /^(?:licen[cs]e|copying|unlicense)(?:[-.][a-z0-9.-]+)?$/i;
const MOST_FILES = 8;

/**
 * The package's licence as SPDX: what it declares, else what its LICENSE files are. Warns when the two differ, when a
 * declaration was only guessed at, and when nothing is known.
 */
export async function findLicense(
  source: PackageSource,
  declared: string | null,
  declaredIn: string | null,
  warn: (warning: PackageWarning) => void,
): Promise<string | null> {
  const files = source.files
    .map((file) => file.path)
    .filter((path) => LICENSE_FILE.test(path))
    .sort()
    .slice(0, MOST_FILES);
  const recognised = new Map<string, string>();
  for (const path of files) {
    const id = await recogniseFile(source, path);
    if (id) recognised.set(path, id);
    else
      warn({
        path,
        message: "Its text is not one of the licences that are recognised; name the licence in the metadata.",
      });
  }
  // Two files, as LICENSE-MIT and LICENSE-APACHE, offer a choice.
  const fromFiles = recognised.size > 0 ? [...new Set(recognised.values())].join(" OR ") : null;
  if (declared === null) return fromFiles ?? unknown(warn);
  // "Complete terms in LICENSE.txt" is no licence but a pointer to one.
  if (/\blicen[cs]e\.(?:txt|md)\b|\bsee licen[cs]e\b|\bin licen[cs]e\b/i.test(declared.slice(0, 200)) && fromFiles)
    return fromFiles;
  const { expression, exact } = normaliseLicense(declared);
  const said = `"${declared.slice(0, 80)}"`;
  if (expression === null) {
    warn({
      path: declaredIn,
      message: `The licence ${said} is not an SPDX expression; write one, as MIT or Apache-2.0.`,
    });
    return fromFiles;
  }
  if (!exact) warn({ path: declaredIn, message: `The licence ${said} was taken for ${expression}.` });
  for (const [path, id] of recognised)
    if (!covers(expression, id))
      warn({ path, message: `It is the text of ${id}, but the metadata declares ${expression}.` });
  return expression;
}

function unknown(warn: (warning: PackageWarning) => void): null {
  warn({ path: null, message: "No licence is declared: readers cannot know what they may do with it." });
  return null;
}

async function recogniseFile(source: PackageSource, path: string): Promise<string | null> {
  const text = await source.text(path);
  if (text === null) return null;
  const id = recogniseLicense(text);
  if (id !== null || text.length > 200) return id;
  // A file that only names its licence.
  const named = normaliseLicense(text.trim().replace(/ licen[cs]e\.?$/i, ""));
  return named.exact ? named.expression : null;
}

/** `GPL-3.0-or-later` is declared beside the same text as `GPL-3.0-only`. */
function covers(expression: string, id: string): boolean {
  const base = id.replace(/-(?:only|or-later)$/, "");
  return expression.includes(base);
}
