import { scimRefusal } from "./scim-error.ts";

/** A filter (RFC 7644 3.4.2.2) as far as directories use it: `eq` and `pr`, joined by `and` and `or`. */
export type Filter =
  | { kind: "eq"; attribute: string; value: string | boolean | null }
  | { kind: "pr"; attribute: string }
  | { kind: "and"; parts: Filter[] }
  | { kind: "or"; parts: Filter[] };

const MAX_LENGTH = 4000;
const MAX_TERMS = 50;
const MAX_DEPTH = 20;

const invalid = (why: string) => scimRefusal(400, `The filter ${why}.`, "invalidFilter");

type Token = { kind: "(" | ")" | "[" | "]" } | { kind: "word"; text: string } | { kind: "value"; value: string };

/** In one pass; a sticky pattern without repetition inside repetition. */
const TOKEN = /\s*(?:([()[\]])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) throw invalid("cannot be read");
    const [, bracket, quoted, word] = match;
    if (bracket) tokens.push({ kind: bracket as "(" });
    else if (quoted) tokens.push({ kind: "value", value: unquoted(quoted) });
    else tokens.push({ kind: "word", text: word! });
  }
  return tokens;
}

/** A JSON string. */
function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw invalid("has a value that is no JSON string");
  }
}

const ATTRIBUTE = /^[A-Za-z$][\w$.:-]{0,199}$/;

/** Attributes in small letters, without the schema before them. `members[value eq "…"]` reads as `members.value eq "…"`. */
export const attributeName = (text: string): string => text.replace(/^urn:[^\s]*:(?=[A-Za-z])/i, "").toLowerCase();

/** Throws 400 `invalidFilter` for everything else, and for more than 4,000 characters, 50 terms or 20 parentheses. */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) throw invalid(`has more than ${MAX_LENGTH} characters`);
  const tokens = tokensOf(text);
  let at = 0;
  let terms = 0;
  const isWord = (word: string): boolean => {
    const token = tokens[at];
    return token?.kind === "word" && token.text.toLowerCase() === word;
  };
  const expect = (kind: ")" | "]"): void => {
    if (tokens[at++]?.kind !== kind) throw invalid(`has no ${kind} where one belongs`);
  };
  const joined = (word: "and" | "or", part: () => Filter): Filter => {
    const parts = [part()];
    while (isWord(word)) {
      at++;
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { kind: word, parts };
  };
  // `and` binds closer than `or` (RFC 7644 3.4.2.2).
  const either = (prefix: string, depth: number): Filter => {
    if (depth > MAX_DEPTH) throw invalid("nests too deep");
    return joined("or", () => joined("and", () => term(prefix, depth)));
  };
  const term = (prefix: string, depth: number): Filter => {
    if (++terms > MAX_TERMS) throw invalid(`has more than ${MAX_TERMS} terms`);
    const token = tokens[at++];
    if (token?.kind === "(") {
      const inner = either(prefix, depth + 1);
      expect(")");
      return inner;
    }
    if (token?.kind !== "word" || !ATTRIBUTE.test(token.text)) throw invalid("has no attribute where one belongs");
    const attribute = `${prefix}${attributeName(token.text)}`;
    if (tokens[at]?.kind === "[") {
      if (prefix !== "") throw invalid("nests too deep");
      at++;
      const inner = either(`${attribute}.`, depth + 1);
      expect("]");
      return inner;
    }
    return comparison(attribute, tokens[at++], () => tokens[at++]);
  };
  const filter = either("", 0);
  if (at < tokens.length) throw invalid("goes on where it should end");
  return filter;
}

function comparison(attribute: string, operator: Token | undefined, next: () => Token | undefined): Filter {
  const name = operator?.kind === "word" ? operator.text.toLowerCase() : "";
  if (name === "pr") return { kind: "pr", attribute };
  if (name !== "eq") throw invalid("uses an operator that is not supported here: only eq, pr, and, or");
  const value = next();
  if (value?.kind === "value") return { kind: "eq", attribute, value: value.value };
  const word = value?.kind === "word" ? value.text.toLowerCase() : "";
  if (word === "true" || word === "false") return { kind: "eq", attribute, value: word === "true" };
  if (word === "null") return { kind: "eq", attribute, value: null };
  throw invalid("compares with no value");
}
