import parse from "spdx-expression-parse";

/** SPDX identifiers, or beginnings such as `CC-BY-*`; an empty `allow` allows every licence that is not denied. */
export interface LicenceLists {
  allow: readonly string[];
  deny: readonly string[];
}

/** Why a licence does not fit: none is declared though a list allows some, every way to use it is denied, or none is on the list. */
export type LicenceProblem = { kind: "missing" } | { kind: "denied" | "not-allowed"; licences: string[] };

/** An entry of a list: an identifier, or the beginning of several. */
export const LICENCE_ENTRY = /^[A-Za-z0-9][A-Za-z0-9.+-]*\*?$/;

const MAX_EXPRESSION = 512;

/**
 * Whether an SPDX expression can be satisfied within the lists: of `A OR B` one suffices, of `A AND B` both are needed. What cannot
 * be read as an expression is taken as the name of one licence.
 */
export function licenceProblem(expression: string | null, lists: LicenceLists): LicenceProblem | null {
  if (expression === null) return lists.allow.length > 0 ? { kind: "missing" } : null;
  if (lists.allow.length + lists.deny.length === 0) return null;
  const node = treeOf(expression);
  const free = (name: string) => !isListed(name, lists.deny);
  if (!satisfiable(node, free)) return { kind: "denied", licences: namesIn(node).filter((name) => !free(name)) };
  const allowed = (name: string) => free(name) && (lists.allow.length === 0 || isListed(name, lists.allow));
  if (!satisfiable(node, allowed))
    return { kind: "not-allowed", licences: namesIn(node).filter((name) => !allowed(name)) };
  return null;
}

type Node = { license: string } | { left: Node; conjunction: "and" | "or"; right: Node };

function treeOf(expression: string): Node {
  if (expression.length > MAX_EXPRESSION) return { license: expression.slice(0, MAX_EXPRESSION) };
  try {
    return parse(expression) as Node;
  } catch {
    return { license: expression };
  }
}

function satisfiable(node: Node, fits: (name: string) => boolean): boolean {
  if ("license" in node) return fits(node.license);
  const [left, right] = [satisfiable(node.left, fits), satisfiable(node.right, fits)];
  return node.conjunction === "and" ? left && right : left || right;
}

const namesIn = (node: Node): string[] =>
  "license" in node ? [node.license] : [...new Set([...namesIn(node.left), ...namesIn(node.right)])];

const isListed = (name: string, list: readonly string[]): boolean =>
  list.some((entry) => {
    const [wanted, found] = [entry.toLowerCase(), name.toLowerCase()];
    return wanted.endsWith("*") ? found.startsWith(wanted.slice(0, -1)) : found === wanted;
  });
