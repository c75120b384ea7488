import { validationError, type FieldProblem } from "../../core/error.ts";
import { isKind, KINDS, VERDICTS, type Verdict } from "../../core/kind.ts";
import type { SearchSort } from "../../platform/search/search-index.ts";
import type { SearchRequest } from "./search-assets.ts";

/** A query parameter that is a list: separated by commas, or given several times. */
export type ListParameter = string | string[] | undefined;

export interface SearchParameters {
  q?: string;
  type?: ListParameter;
  category?: ListParameter;
  tags?: ListParameter;
  license?: ListParameter;
  owner?: ListParameter;
  verdict?: ListParameter;
  min_rating?: string;
  signed?: string;
  sort?: SearchSort;
}

const MAX_VALUES = 50;
const MAX_VALUE = 128;
const MAX_RATING = 5;

/** What a search's query string asks for; throws VALIDATION_ERROR that names every parameter that cannot be. */
export function parseSearch(query: SearchParameters): SearchRequest {
  const problems: FieldProblem[] = [];
  const list = (field: string, value: ListParameter): string[] => {
    const values = valuesOf(value);
    if (values.length > MAX_VALUES) problems.push({ field, message: `takes at most ${MAX_VALUES} values.` });
    if (values.some((one) => one.length > MAX_VALUE))
      problems.push({ field, message: `takes values of at most ${MAX_VALUE} characters.` });
    return values;
  };
  const request: SearchRequest = {
    text: query.q ?? "",
    kinds: known("type", list("type", query.type), isKind, KINDS, problems),
    categories: list("category", query.category),
    tags: list("tags", query.tags),
    licenses: list("license", query.license),
    owners: list("owner", query.owner),
    verdicts: known("verdict", list("verdict", query.verdict), isVerdict, VERDICTS, problems),
    minRating: rating(query.min_rating, problems),
    signed: flag(query.signed, problems),
    sort: query.sort,
  };
  if (problems.length > 0) throw validationError(...problems);
  return request;
}

/** Kinds as a list parameter names them; throws VALIDATION_ERROR. */
export const parseKinds = (value: ListParameter) => parseSearch({ type: value }).kinds ?? [];

const valuesOf = (value: ListParameter): string[] =>
  (Array.isArray(value) ? value : [value ?? ""])
    .flatMap((part) => part.split(","))
    .map((part) => part.trim())
    .filter((part) => part !== "");

const isVerdict = (text: string): text is Verdict => (VERDICTS as readonly string[]).includes(text);

function known<T extends string>(
  field: string,
  values: readonly string[],
  is: (text: string) => text is T,
  all: readonly T[],
  problems: FieldProblem[],
): T[] {
  const unknown = values.find((value) => !is(value));
  if (unknown !== undefined)
    problems.push({ field, message: `"${unknown.slice(0, 40)}" is none of ${all.join(", ")}.` });
  return values.filter(is);
}

function rating(value: string | undefined, problems: FieldProblem[]): number | null {
  if (value === undefined || value === "") return null;
  const number = Number(value);
  if (number >= 0 && number <= MAX_RATING) return number;
  problems.push({ field: "min_rating", message: `must be a number from 0 to ${MAX_RATING}.` });
  return null;
}

function flag(value: string | undefined, problems: FieldProblem[]): boolean | null {
  if (value === undefined || value === "") return null;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  problems.push({ field: "signed", message: "must be true or false." });
  return null;
}
