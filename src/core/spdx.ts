import correct from "spdx-correct";
import parse from "spdx-expression-parse";

// require, as spdx-correct does: Bun hands one that imports these lists beside it a module object in place of the list.
const currentIds = require("spdx-license-ids") as string[];
const deprecatedIds = require("spdx-license-ids/deprecated.json") as string[];

const MAX_EXPRESSION = 512;
const MAX_NAME = 100;
const BY_LOWER_CASE = new Map([...deprecatedIds, ...currentIds].map((id) => [id.toLowerCase(), id]));

/** Names that people write and that spdx-correct reads as something else, or not at all. */
const WRITTEN_AS = new Map(
  Object.entries({
    apache: "Apache-2.0",
    "apache 2": "Apache-2.0",
    apache2: "Apache-2.0",
    bsd: "BSD-3-Clause",
    "cc by 4.0": "CC-BY-4.0",
    cc0: "CC0-1.0",
    "public domain": "LicenseRef-Public-Domain",
    proprietary: "LicenseRef-Proprietary",
    commercial: "LicenseRef-Proprietary",
    "all rights reserved": "LicenseRef-Proprietary",
    unlicensed: "LicenseRef-Proprietary",
  }),
);

/** Words with which publishers say that they say nothing. */
const SILENT = new Set(["", "none", "unknown", "n/a", "na", "tbd", "null", "~", "noassertion"]);

export interface NormalisedLicense {
  /** A valid SPDX expression; null when nothing was said or it could not be understood. */
  expression: string | null;
  /** false when the text was taken for something that it does not literally say; worth a warning. */
  exact: boolean;
}

export const isSpdxExpression = (text: string): boolean => {
  if (text.length > MAX_EXPRESSION) return false;
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

/** spdx-correct's guess; it throws, rather than answer null, on some texts that name nothing ("+"). */
function corrected(text: string): string | null {
  try {
    return correct(text);
  } catch {
    return null;
  }
}

/**
 * Makes an SPDX expression of what a publisher wrote ("apache 2", "MIT OR Apache-2.0", a model hub's "llama3"). An id
 * that SPDX does not know becomes a LicenseRef. Takes time linear in the text, which is cut at 512 characters.
 */
export function normaliseLicense(written: string): NormalisedLicense {
  const text = written.slice(0, MAX_EXPRESSION + 1).trim();
  const lower = text.toLowerCase();
  if (SILENT.has(lower)) return { expression: null, exact: true };
  const known = BY_LOWER_CASE.get(lower);
  if (known) return { expression: known, exact: true };
  const fixed = WRITTEN_AS.get(lower) ?? expressionOfKnownIds(text);
  if (fixed) return { expression: fixed, exact: true };
  if (text.length > MAX_NAME) return { expression: null, exact: false };
  if (/^proprietary\b/.test(lower)) return { expression: "LicenseRef-Proprietary", exact: false };
  const guess =
    /^[a-z0-9][a-z0-9._+-]*$/.test(lower) && !/^(?:x?apache|mit|l?gpl|agpl|mpl|bsd|cc)/.test(lower)
      ? null
      : corrected(text);
  if (guess) return { expression: guess, exact: false };
  // One word that is no SPDX id: a model hub's own ("llama3", "gemma", "openrail").
  return /^[a-z0-9][a-z0-9.-]*$/.test(lower)
    ? { expression: `LicenseRef-${text}`, exact: false }
    : { expression: null, exact: false };
}

/** `mit or apache-2.0`, with ids and operators in any case; null when a word is neither. */
function expressionOfKnownIds(text: string): string | null {
  const words = text
    .replace(/[()]/g, " $& ")
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length > 60) return null;
  const spelled = words.map((word) =>
    /^(?:and|or|with)$/i.test(word) ? word.toUpperCase() : (BY_LOWER_CASE.get(word.toLowerCase()) ?? word),
  );
  const expression = spelled.join(" ").replaceAll("( ", "(").replaceAll(" )", ")");
  return isSpdxExpression(expression) ? expression : null;
}

type Node =
  | { license: string; plus?: true; exception?: string }
  | { left: Node; right: Node; conjunction: "and" | "or" };

const MOST_ALTERNATIVES = 64;

/**
 * The choices that an expression leaves: each is the list of licences that hold together (`A OR (B AND C)` gives [[A], [B, C]]).
 * At most 64 of them; null for what is no valid expression. Exceptions are left out, as is the `+` of old identifiers.
 */
export function alternativesOf(expression: string): string[][] | null {
  if (expression.length > MAX_EXPRESSION) return null;
  try {
    return choices(parse(expression) as Node);
  } catch {
    return null;
  }
}

function choices(node: Node): string[][] {
  if ("license" in node) return [[node.license]];
  const [left, right] = [choices(node.left), choices(node.right)];
  const all =
    node.conjunction === "or" ? [...left, ...right] : left.flatMap((a) => right.map((b) => [...new Set([...a, ...b])]));
  return all.slice(0, MOST_ALTERNATIVES);
}
