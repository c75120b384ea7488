import { timingSafeEqual } from "node:crypto";
import type { Actor } from "../../core/actor.ts";
import { AppError, forbidden } from "../../core/error.ts";
import { readCookie, cookieName, setCookie } from "./cookies.ts";

/** The header in which htmx and our script send the token back. */
export const CSRF_HEADER = "X-CSRF-Token";
/** The field in which forms send it back; the first one of a multipart form. */
export const CSRF_FIELD = "csrf_token";

const VISITOR_COOKIE = "visitor";
const MAX_FORM_BYTES = 1024 * 1024;
const MAX_FIRST_PART = 2048;

/** Makes and checks tokens. `secret` is the installation's own, the same in every replica. */
export interface Csrf {
  /** The token of a signed-in session. */
  sessionToken(sessionId: string): Promise<string>;
  /** The token of a visitor who is not signed in; `cookie` is to be set when the visitor had none. */
  visitorToken(request: Request, options: { secure: boolean; issue: boolean }): Promise<VisitorToken>;
}

export interface VisitorToken {
  token: string;
  cookie: string | null;
}

export function createCsrf(secret: () => Promise<string>): Csrf {
  const seal = async (purpose: string, text: string) =>
    new Bun.CryptoHasher("sha256", await secret()).update(`csrf ${purpose} ${text}`).digest("base64url");
  return {
    sessionToken: (sessionId) => seal("session", sessionId),
    async visitorToken(request, { secure, issue }) {
      // Signed double submit: a cookie planted by a neighbour host carries no valid seal.
      const [visitor = "", mark = ""] = (readCookie(request, cookieName(VISITOR_COOKIE, secure)) ?? "").split(".");
      if (visitor !== "" && equal(mark, await seal("cookie", visitor)))
        return { token: await seal("visitor", visitor), cookie: null };
      if (!issue) return { token: "", cookie: null };
      const fresh = crypto.getRandomValues(Buffer.alloc(24)).toString("base64url");
      const cookie = setCookie(VISITOR_COOKIE, `${fresh}.${await seal("cookie", fresh)}`, {
        secure,
        maxAge: 30 * 86_400,
      });
      return { token: await seal("visitor", fresh), cookie };
    },
  };
}

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** What a request must show that a foreign page cannot: nothing, where it comes from, or that and the token. */
export type CsrfDemand = "nothing" | "origin" | "origin and token";

const FORM_TYPES = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/**
 * Credentials that a browser adds by itself need the token. A visitor has none to abuse, but our own forms (sign-in,
 * register, setup) carry it too, or a foreign page could sign its victim in as somebody else. Other requests of visitors
 * cannot be made by a foreign page without asking first (CORS preflight), which this server never grants.
 */
export function csrfDemand(request: Request, path: string, actor: Actor): CsrfDemand {
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") return "nothing";
  if (actor.kind === "user") return actor.via === "session" ? "origin and token" : "nothing";
  const form = request.method === "POST" && FORM_TYPES.test(request.headers.get("Content-Type") ?? "text/plain");
  return form && !path.startsWith("/api/") ? "origin and token" : "origin";
}

/**
 * Whether the request comes from our own pages as far as the browser tells: Sec-Fetch-Site, else Origin, else Referer. One
 * that says nothing passes here (an old browser, a program): the token decides.
 */
export function fromOwnOrigin(request: Request, ownOrigins: readonly string[]): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = request.headers.get("Origin");
  if (origin !== null) return ownOrigins.includes(origin);
  const referer = request.headers.get("Referer");
  return referer === null || ownOrigins.includes(URL.parse(referer)?.origin ?? "null");
}

/**
 * Throws FORBIDDEN unless the request meets `demand`. Answers the request to go on with: when the token was looked for in
 * the body, a new one with the same bytes. Only a form's first 1 MiB or a multipart form's first field is read for it.
 */
export async function requireCsrf(
  request: Request,
  demand: CsrfDemand,
  expected: { token: string; ownOrigins: readonly string[] },
): Promise<Request> {
  if (demand === "nothing") return request;
  if (!fromOwnOrigin(request, expected.ownOrigins))
    throw forbidden("This request came from another site, so it was refused. Repeat it from a page of this server.");
  if (demand === "origin") return request;
  const sent = await sentToken(request);
  if (expected.token === "" || sent.token === null || !equal(sent.token, expected.token))
    throw forbidden("This form is too old or did not come from this server. Reload the page and send it again.");
  return sent.request;
}

async function sentToken(request: Request): Promise<{ token: string | null; request: Request }> {
  const header = request.headers.get(CSRF_HEADER);
  if (header !== null) return { token: header, request };
  const type = request.headers.get("Content-Type") ?? "";
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return fromForm(request);
  const boundary = /^multipart\/form-data;.*\bboundary="?([^";]{1,70})"?/i.exec(type)?.[1];
  return boundary === undefined ? { token: null, request } : fromMultipart(request, boundary);
}

async function fromForm(request: Request): Promise<{ token: string | null; request: Request }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > MAX_FORM_BYTES) throw new AppError("PAYLOAD_TOO_LARGE", "A form may be at most 1 MiB.");
    chunks.push(read.value);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return { token: new URLSearchParams(text).get(CSRF_FIELD), request: withBody(request, text) };
}

/** Peeks at the first part of a multipart body and puts it back in front of the rest, which stays a stream. */
async function fromMultipart(request: Request, boundary: string): Promise<{ token: string | null; request: Request }> {
  const reader = request.body?.getReader();
  if (!reader) return { token: null, request };
  let head = Buffer.alloc(0);
  let ended = false;
  while (!ended && head.byteLength < MAX_FIRST_PART) {
    const { done, value } = await reader.read();
    ended = done;
    if (value) head = Buffer.concat([head, value]);
  }
  const first = head.subarray(0, MAX_FIRST_PART).toString("latin1").split(`--${boundary}`)[1] ?? "";
  const [headers = "", value = ""] = first.split("\r\n\r\n", 2);
  const named = new RegExp(`name="?${CSRF_FIELD}"?(?:;|\\s|$)`, "i").test(headers);
  const rest = new ReadableStream<Uint8Array>({
    start(controller) {
      if (head.byteLength > 0) controller.enqueue(head);
      if (ended) controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { token: named ? value.replace(/\r\n$/, "") : null, request: withBody(request, rest) };
}

const withBody = (request: Request, body: BodyInit): Request =>
  new Request(request.url, { method: request.method, headers: request.headers, body, signal: request.signal });
