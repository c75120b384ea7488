import { AppError, invalidRequest } from "../../core/error.ts";
import { type Page, totalPages } from "../../core/page.ts";

/** The envelope of every JSON answer: `{"data": …}` and, for lists, `"meta"`. */
export interface Envelope<T, M = unknown> {
  data: T;
  meta?: M;
}

export function ok<T>(data: T): { data: T };
export function ok<T, M>(data: T, meta: M): { data: T; meta: M };
export function ok<T, M>(data: T, meta?: M): Envelope<T, M> {
  return meta === undefined ? { data } : { data, meta };
}

/** `meta` of a numbered list, as the API names it. */
export interface PageMeta {
  page: number;
  per_page: number;
  total: number;
  total_pages: number;
}

export const pageMeta = (page: Page<unknown>): PageMeta => ({
  page: page.page,
  per_page: page.perPage,
  total: page.total,
  total_pages: totalPages(page),
});

/**
 * The `Link` header (RFC 8288) of a numbered list. Targets are relative to the server, so no Host header gets into them;
 * every other query parameter of the request is kept.
 */
export function linkHeader(request: Request, page: Page<unknown>): string {
  const url = new URL(request.url);
  const last = totalPages(page);
  const targets: [rel: string, number: number][] = [["first", 1]];
  if (page.page > 1) targets.push(["prev", Math.min(page.page - 1, last)]);
  if (page.page < last) targets.push(["next", page.page + 1]);
  targets.push(["last", last]);
  return targets
    .map(([rel, number]) => {
      url.searchParams.set("page", String(number));
      return `<${url.pathname}${url.search}>; rel="${rel}"`;
    })
    .join(", ");
}

/** A strong entity tag (RFC 9110 8.8.3) of these bytes. */
export const etagOf = (body: string | Uint8Array): string =>
  `"${new Bun.CryptoHasher("sha256").update(body).digest("base64url").slice(0, 27)}"`;

/** Whether a list of entity tags (`If-None-Match`) names this one; weak comparison. */
export function etagMatches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.split(",").some((tag) => opaque(tag) === opaque(etag));
}

/** Answers 304 instead of `response` when the request already holds what `etag` names; sets `ETag` in any case. */
export function withETag(request: Request, response: Response, etag: string): Response {
  response.headers.set("ETag", etag);
  if (
    (request.method === "GET" || request.method === "HEAD") &&
    etagMatches(request.headers.get("If-None-Match"), etag)
  ) {
    const headers = new Headers(response.headers);
    headers.delete("Content-Type");
    headers.delete("Content-Length");
    return new Response(null, { status: 304, headers });
  }
  return response;
}

/** `body` as JSON with an entity tag over its text; 304 when the reader has it already. */
export function jsonWithETag(request: Request, body: unknown, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body);
  return withETag(request, jsonResponse(text, headers), etagOf(text));
}

const jsonResponse = (text: string, headers: Record<string, string>): Response =>
  new Response(text, { headers: { "Content-Type": "application/json;charset=utf-8", ...headers } });

/**
 * A numbered list: envelope, `meta`, `Link` and entity tag. `wire` turns an entity into what the API shows. What differs
 * from one answer to the next though nothing changed, like a duration, goes into `passing`: it joins `meta` but not the
 * entity tag, which is then a weak one.
 */
export function pageAnswer<T>(
  request: Request,
  page: Page<T>,
  wire: (item: T) => unknown,
  meta: object = {},
  passing?: object,
): Response {
  const body = { data: page.items.map(wire), meta: { ...pageMeta(page), ...meta } };
  const headers = { Link: linkHeader(request, page) };
  if (!passing) return jsonWithETag(request, body, headers);
  const text = JSON.stringify({ ...body, meta: { ...body.meta, ...passing } });
  return withETag(request, jsonResponse(text, headers), `W/${etagOf(JSON.stringify(body))}`);
}

/** Throws PRECONDITION_FAILED when the request carries an `If-Match` that does not name the current entity tag. */
export function requireMatch(request: Request, etag: string): void {
  const header = request.headers.get("If-Match");
  if (header !== null && !etagMatches(header, etag))
    throw new AppError(
      "PRECONDITION_FAILED",
      "It was changed meanwhile: read it again and repeat your change on that.",
    );
}

/** Where other sites send browsers. */
const BROWSER_API = "/api/v1/auth/oauth/";

/** Whether the client would rather have a page than JSON: a browser, outside the API. */
export function prefersHtml(request: Request): boolean {
  const path = pathOf(request);
  if (path.startsWith("/api/") && !path.startsWith(BROWSER_API)) return false;
  const accept = request.headers.get("Accept") ?? "";
  const html = accept.indexOf("text/html");
  const json = accept.indexOf("application/json");
  return html >= 0 && (json < 0 || html < json);
}

export const isHtmx = (request: Request): boolean => request.headers.get("HX-Request") === "true";

/** The path of a request exactly as the router sees it: not decoded, not normalised, without query. */
export function pathOf(request: Request): string {
  const url = request.url;
  const start = url.indexOf("/", url.indexOf("//") + 2);
  if (start < 0) return "/";
  const query = url.indexOf("?", start);
  const hash = url.indexOf("#", start);
  const end = Math.min(query < 0 ? url.length : query, hash < 0 ? url.length : hash);
  return url.slice(start, end);
}

/** What a `*` of a route matched, decoded: the router decodes named parameters alone. Throws INVALID_REQUEST. */
export function decodedRest(params: unknown): string {
  try {
    return decodeURIComponent((params as { "*"?: string })["*"] ?? "");
  } catch {
    throw invalidRequest("The path is not valid percent-encoding.");
  }
}

/**
 * Where to go after a form: `next` when it is a path on this server, else `fallback`. Refuses other hosts in every spelling
 * (`//host`, `/\host`, a tab between), control characters and anything over 2,000 characters.
 */
export function localPath(next: string | null | undefined, fallback = "/"): string {
  if (!next || next.length > 2000 || !next.startsWith("/") || /^\/[/\\]|[\\\u0000-\u0020\u007f]/.test(next))
    return fallback;
  const url = URL.parse(next, "http://local.invalid");
  return url?.origin === "http://local.invalid" && !url.pathname.startsWith("//")
    ? `${url.pathname}${url.search}${url.hash}`
    : fallback;
}

/** Redirect after a form was accepted (303, RFC 9110 15.4.4). `location` is a path on this server. */
export const seeOther = (location: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 303, headers: { Location: location, ...headers } });
