import { validationError } from "./error.ts";

/** A numbered page of a list: `page` from 1, `perPage` 1 to 100. */
export interface PageRequest {
  page: number;
  perPage: number;
}

export interface Page<T> {
  items: T[];
  page: number;
  perPage: number;
  total: number;
}

export const DEFAULT_PER_PAGE = 20;
export const MAX_PER_PAGE = 100;
const MAX_OFFSET = 1_000_000;

/** Reads `page` and `per_page` as a query string gives them; throws VALIDATION_ERROR when they are not in range. */
export function parsePage(query: { page?: string | number; per_page?: string | number }): PageRequest {
  const page = wholeNumber("page", query.page, 1, MAX_OFFSET);
  const perPage = wholeNumber("per_page", query.per_page, DEFAULT_PER_PAGE, MAX_PER_PAGE);
  return { page, perPage };
}

export const offsetOf = (request: PageRequest): number => (request.page - 1) * request.perPage;
export const totalPages = (page: { total: number; perPage: number }): number =>
  Math.max(1, Math.ceil(page.total / page.perPage));

function wholeNumber(field: string, value: string | number | undefined, fallback: number, max: number): number {
  if (value === undefined || value === "") return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > max)
    throw validationError({ field, message: `must be a whole number from 1 to ${max}.` });
  return number;
}
