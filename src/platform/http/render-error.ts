import { TransformDecodeCheckError } from "@sinclair/typebox/value";
import { InvalidCookieSignature, NotFoundError, ParseError, ValidationError } from "elysia";
import { type Clock, instant } from "../../core/clock.ts";
import { AppError, type FieldProblem, invalidRequest, notFound, validationError } from "../../core/error.ts";
import { isStorageFull, isUnavailable } from "../database/index.ts";
import type { HttpLog } from "./http-log.ts";
import { findContext, type RequestContext } from "./request-context.ts";
import { isHtmx, localPath, pathOf, prefersHtml, seeOther } from "./respond.ts";

/** What an error page and an error fragment show. */
export interface ErrorProps {
  error: AppError;
  requestId: string;
  /** Null when the request failed before it had one. */
  context: RequestContext | null;
  /** The path and query that were asked for. */
  path: string;
}

export type RenderError = (error: unknown, request: Request) => Promise<Response>;

/**
 * The one renderer of failures: JSON for the API, a page for a browser, a fragment for htmx. What is not an AppError is
 * logged with its stack and answered without internals.
 */
export function createErrorRenderer(deps: {
  clock: Clock;
  log: HttpLog;
  errorPage: (props: ErrorProps) => string | Promise<string>;
  errorFragment: (props: ErrorProps) => string | Promise<string>;
}): RenderError {
  return async (thrown, request) => {
    const context = findContext(request);
    const requestId = context?.requestId ?? "unknown";
    const error = toAppError(thrown);
    if (error.status >= 500) logFailure(deps.log, thrown, requestId, request);
    const url = URL.parse(request.url);
    const props: ErrorProps = { error, requestId, context, path: `${url?.pathname ?? "/"}${url?.search ?? ""}` };
    const headers = { ...error.headers, "Cache-Control": "no-store" };
    if (!prefersHtml(request) && !isHtmx(request)) return jsonError(error, requestId, deps.clock, headers);
    if (error.code === "UNAUTHORIZED" && context?.actor.kind !== "user") return askToSignIn(request, props.path);
    if (error.details["second_factor_required"] === true && context?.session)
      return seeOther("/settings/security?required", { "Cache-Control": "no-store" });
    if (error.details["reauthenticate"] === true && context?.session) return askWhoItIs(request, props.path);
    const page = isHtmx(request) ? deps.errorFragment : deps.errorPage;
    const html = await Promise.resolve(props)
      .then(page)
      .catch((failure) => logFailure(deps.log, failure, requestId, request));
    if (html === undefined) return jsonError(error, requestId, deps.clock, headers);
    return new Response(html, {
      status: error.status,
      headers: { ...headers, "Content-Type": "text/html;charset=utf-8" },
    });
  };
}

function jsonError(error: AppError, requestId: string, clock: Clock, headers: Record<string, string>): Response {
  const { code, message, details } = error;
  const body = { error: { code, message, details, request_id: requestId, timestamp: instant(clock.now()) } };
  return Response.json(body, { status: error.status, headers });
}

/** A stranger in front of a closed page signs in first and comes back to it. */
function askToSignIn(request: Request, path: string): Response {
  const next = request.method === "GET" ? path : "/";
  const location = `/sign-in?next=${encodeURIComponent(next)}`;
  if (isHtmx(request)) return new Response(null, { status: 200, headers: { "HX-Redirect": "/sign-in" } });
  return seeOther(location, { "Cache-Control": "no-store" });
}

/** Somebody who is signed in proves again who they are, and comes back to the page (of a form: the one it stood on). */
function askWhoItIs(request: Request, path: string): Response {
  const stood = URL.parse(request.headers.get("Referer") ?? "");
  const next = request.method === "GET" ? path : localPath(stood && `${stood.pathname}${stood.search}`);
  const location = `/sudo?next=${encodeURIComponent(next)}`;
  const headers = { "Cache-Control": "no-store" };
  if (isHtmx(request)) return new Response(null, { status: 200, headers: { ...headers, "HX-Redirect": location } });
  return seeOther(location, headers);
}

/** Turns whatever was thrown into what the caller may read. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof ValidationError) return fromValidation(thrown);
  // Elysia lets what TypeBox throws inside a union through as it is.
  if (thrown instanceof TransformDecodeCheckError)
    return validationError({ field: "request", message: "holds a value that is too long or of the wrong kind." });
  if (thrown instanceof ParseError)
    return invalidRequest("The request's body could not be read: check its JSON and Content-Type.");
  if (thrown instanceof NotFoundError) return notFound("page");
  if (thrown instanceof InvalidCookieSignature) return invalidRequest("A cookie of this request is damaged.");
  const chain = causesOf(thrown);
  if (chain.some((cause) => isStorageFull(cause) || hasCode(cause, /^(?:ENOSPC|EDQUOT)$/)))
    return new AppError("INSUFFICIENT_STORAGE", "The server's disk is full. Tell its administrator.", {
      cause: thrown,
    });
  if (
    chain.some(
      (cause) =>
        isUnavailable(cause) ||
        hasCode(cause, /^(?:EMFILE|ENFILE|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|SQLITE_LOCKED.*)$/),
    )
  )
    return new AppError(
      "SERVICE_UNAVAILABLE",
      "The server is busy or its storage does not answer. Try again in a moment.",
      {
        cause: thrown,
        headers: { "Retry-After": "5" },
      },
    );
  return new AppError(
    "INTERNAL_ERROR",
    "Something went wrong on the server. Report the request id to its administrator.",
    {
      cause: thrown,
    },
  );
}

const MAX_PROBLEMS = 20;

function fromValidation(error: ValidationError): AppError {
  // An answer of ours that does not meet its own schema is our mistake, not the caller's.
  if (error.type === "response")
    return new AppError("INTERNAL_ERROR", "The server could not put its answer together.", { cause: error });
  const problems = new Map<string, FieldProblem>();
  for (const { path, message, summary } of error.all) {
    const field = (path ?? "").replace(/^\//, "").replaceAll("/", ".") || error.type;
    if (!problems.has(field)) problems.set(field, { field, message: `${message ?? summary ?? "is not valid"}.` });
    if (problems.size >= MAX_PROBLEMS) break;
  }
  if (problems.size === 0) problems.set(error.type, { field: error.type, message: "is not valid." });
  return validationError(...problems.values());
}

function causesOf(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = thrown; cause != null && chain.length < 5; cause = (cause as { cause?: unknown }).cause)
    chain.push(cause);
  return chain;
}

const hasCode = (cause: unknown, pattern: RegExp): boolean =>
  typeof cause === "object" && cause !== null && pattern.test(String((cause as { code?: unknown }).code ?? ""));

function logFailure(log: HttpLog, thrown: unknown, requestId: string, request: Request): void {
  const cause = thrown instanceof AppError && thrown.cause !== undefined ? thrown.cause : thrown;
  log.error("request failed", {
    request_id: requestId,
    method: request.method,
    path: pathOf(request).slice(0, 512),
    error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  });
}
