import type { Actor, SignedIn } from "../../core/actor.ts";
import { ANONYMOUS } from "../../core/actor.ts";
import { AppError, notFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { requirePlainRequest } from "./base-url.ts";
import type { Client, ReadClient } from "./client-address.ts";
import { inScope } from "../telemetry/request-scope.ts";
import {
  type CapabilityRequest,
  capabilityRequest,
  type OpenCapability,
  requireWithoutCookies,
  sealCapabilityAnswer,
} from "./capability.ts";
import { compressPage } from "./compress-page.ts";
import { type Csrf, csrfDemand, requireCsrf } from "./csrf.ts";
import type { HttpLog } from "./http-log.ts";
import type { Idempotency } from "./idempotency.ts";
import { callerKey, classifyRequest } from "./rate-classes.ts";
import { type RateAnswer, type RateLimiter, rateLimitExceeded } from "./rate-limit.ts";
import type { RenderError } from "./render-error.ts";
import { boundBody, inTime } from "./request-body.ts";
import { type RequestContext, setContext } from "./request-context.ts";
import { isHtmx, pathOf, prefersHtml } from "./respond.ts";
import { addSecurityHeaders } from "./security-headers.ts";

/** Who the request's credentials say it is. */
export interface Authentication {
  actor: Actor;
  /** Set when the actor came with a session cookie: the session's public id. */
  sessionId: Id | null;
  /** `Set-Cookie` values: a session prolonged, or a dead one forgotten. */
  cookies: string[];
}

/** Throws INVALID_TOKEN for a token or key that does not hold; a dead session cookie only makes an anonymous visitor. */
export type Authenticate = (request: Request, client: Pick<Client, "secure" | "address">) => Promise<Authentication>;

/** What the pipeline needs of `Bun.Server`. */
export interface Connection {
  requestIP(request: Request): { address: string } | null;
}

export interface PipelineDeps<S extends Connection> {
  /** The routes; `undefined` when the connection was upgraded (WebSocket). */
  handle: (request: Request, server: S | null) => Promise<Response | undefined> | Response | undefined;
  authenticate: Authenticate;
  /** For `/k/<key>/…`; without it no key in an address is good. */
  openCapability?: OpenCapability;
  rateLimiter: RateLimiter;
  csrf: Csrf;
  idempotency: Idempotency;
  readClient: ReadClient;
  /** See `createBaseUrl`. */
  baseUrl: (request: Request) => string;
  renderError: RenderError;
  /** Told of every answer 403 to somebody who is signed in, before it is sent. */
  onForbidden?: (actor: SignedIn, method: string, path: string) => Promise<void>;
  log: HttpLog;
  /** How long a body may take that is not streamed, and the beginning of one that is. */
  bodyTimeMs: number;
}

export type Pipeline<S extends Connection> = (request: Request, server: S | null) => Promise<Response | undefined>;

/**
 * Every request's one way in: id, client, authentication, rate limit, origin and token, the route, and on the way out the
 * headers and one log line. Handlers read what it learned with `contextOf(request)`.
 */
export function createPipeline<S extends Connection>(deps: PipelineDeps<S>): Pipeline<S> {
  return async (received, server) => {
    const started = performance.now();
    const client = deps.readClient(received, server?.requestIP(received)?.address ?? null);
    const capability = capabilityRequest(received);
    const request = capability?.request ?? received;
    const visit: Visit = {
      client,
      path: pathOf(request),
      context: strangerContext(request, client, capability?.prefix ?? ""),
      capability,
      keyId: null,
      headers: [],
      cookies: [],
    };
    setContext(request, visit.context);
    const scope = { requestId: visit.context.requestId, address: client.address, userAgent: userAgentOf(request) };
    const response = await inScope(scope, () =>
      answer(deps, request, server, visit)
        .catch((error) => deps.renderError(error, request))
        .then((given) => noteForbidden(deps, request, visit, given))
        .catch((error) => deps.renderError(error, request)),
    );
    if (response) finish(response, visit);
    if (response && capability) sealCapabilityAnswer(response, capability.prefix, deps.baseUrl(received));
    const stranger = visit.context.actor.kind === "anonymous" && !visit.path.startsWith("/api/");
    const sent = response && stranger ? await compressPage(request, response) : response;
    logRequest(deps.log, request, visit, sent?.status ?? 101, performance.now() - started);
    return sent;
  };
}

const userAgentOf = (request: Request): string => (request.headers.get("User-Agent") ?? "").slice(0, 300);

async function noteForbidden<S extends Connection>(
  deps: PipelineDeps<S>,
  request: Request,
  visit: Visit,
  response: Response | undefined,
): Promise<Response | undefined> {
  const { actor } = visit.context;
  if (response?.status === 403 && actor.kind === "user")
    await deps.onForbidden?.(actor, request.method, shownPath(visit));
  return response;
}

/** A key in the address is shown as its id. */
const shownPath = ({ path, capability, keyId }: Pick<Visit, "path" | "capability" | "keyId">): string =>
  `${capability ? `/k/${keyId ?? "…"}` : ""}${path}`.slice(0, 512);

/** What one request gathers on its way. */
interface Visit {
  client: Client;
  path: string;
  context: RequestContext;
  capability: CapabilityRequest | null;
  /** Of the key in the address, once it was found good. */
  keyId: Id | null;
  headers: [string, string][];
  cookies: string[];
}

async function answer<S extends Connection>(
  deps: PipelineDeps<S>,
  request: Request,
  server: S | null,
  visit: Visit,
): Promise<Response | undefined> {
  requirePlainRequest(request);
  const { capability } = visit;
  const authentication = await (capability ? opened(deps, capability, visit) : authenticated(deps, request, visit));
  const taken = await countRequest(deps.rateLimiter, request.method, visit);
  const bounded = await withinTime(deps, request, boundBody(request, visit.path));
  if (bounded !== request) setContext(bounded, visit.context);
  const accepted = await withinTime(deps, request, withToken(deps, bounded, visit, authentication.sessionId));
  const run = (sent: Request) => {
    if (sent !== accepted) setContext(sent, visit.context);
    return Promise.resolve(deps.handle(sent, server)).catch((error) => deps.renderError(error, sent));
  };
  const response = await deps.idempotency.run(accepted, visit.context.actor, run);
  if (capability) requireWithoutCookies(response);
  // Typing errors in a registration form are not registrations.
  if (response?.status === 422 && classifyRequest(request.method, visit.path) === "register") await taken?.refund();
  return response;
}

/** A timer only for requests that have something to wait for. */
const withinTime = <T, S extends Connection>(
  deps: PipelineDeps<S>,
  request: Request,
  reading: Promise<T>,
): Promise<T> => (request.body === null ? reading : inTime(reading, deps.bodyTimeMs));

/** A token that does not hold counts against the address, or tokens could be guessed at any speed. */
async function authenticated<S extends Connection>(
  deps: PipelineDeps<S>,
  request: Request,
  visit: Visit,
): Promise<Authentication> {
  // Probes and directories bring tokens of their own (`/metrics`, SCIM), and a static file is the same for everybody.
  if (classifyRequest(request.method, visit.path) === null || OWN_TOKENS.test(visit.path))
    return { actor: ANONYMOUS, sessionId: null, cookies: [] };
  try {
    const authentication = await deps.authenticate(request, visit.client);
    visit.context.actor = authentication.actor;
    visit.cookies.push(...authentication.cookies);
    return authentication;
  } catch (error) {
    if (error instanceof AppError && error.status === 401) await countRequest(deps.rateLimiter, request.method, visit);
    throw error;
  }
}

/** Keys of all other kinds, wrong ones and what such a key never opens are alike: nothing is there. */
async function opened<S extends Connection>(
  deps: PipelineDeps<S>,
  { key, closed }: CapabilityRequest,
  visit: Visit,
): Promise<Authentication> {
  try {
    if (closed || !deps.openCapability) throw notFound("page");
    const { actor, keyId } = await deps.openCapability(key);
    visit.context.actor = actor;
    visit.keyId = keyId;
    return { actor, sessionId: null, cookies: [] };
  } catch (error) {
    if (!(error instanceof AppError) || (error.status !== 401 && error.status !== 404)) throw error;
    await countRequest(deps.rateLimiter, "GET", { ...visit, path: "/k" });
    throw notFound("page");
  }
}

/** Where a bearer token is no person's. */
const OWN_TOKENS = /^\/scim\/v2(?:\/|$)/;

async function countRequest(limiter: RateLimiter, method: string, visit: Visit): Promise<RateAnswer | null> {
  const rateClass = classifyRequest(method, visit.path);
  if (rateClass === null) return null;
  const { actor } = visit.context;
  const taken = await limiter.take(
    rateClass,
    callerKey(actor.kind === "user" ? actor.userId : null, visit.client.address, rateClass),
  );
  visit.headers.push(...Object.entries(taken.headers));
  if (!taken.allowed) throw rateLimitExceeded(taken);
  return taken;
}

async function withToken<S extends Connection>(
  deps: PipelineDeps<S>,
  request: Request,
  visit: Visit,
  sessionId: Id | null,
): Promise<Request> {
  const { context, client, path } = visit;
  if (sessionId !== null) {
    context.csrfToken = await deps.csrf.sessionToken(sessionId);
    context.session = { id: sessionId, csrfToken: context.csrfToken };
  } else if (context.actor.kind === "anonymous" && !path.startsWith("/api/")) {
    const issue = request.method === "GET" && prefersHtml(request);
    const visitor = await deps.csrf.visitorToken(request, { secure: client.secure, issue });
    context.csrfToken = visitor.token;
    if (visitor.cookie !== null) visit.cookies.push(visitor.cookie);
  }
  const ownOrigins = [
    new URL(deps.baseUrl(request)).origin,
    `${client.secure ? "https" : "http"}://${request.headers.get("Host")}`,
  ];
  const demand = csrfDemand(request, path, context.actor);
  const accepted = await requireCsrf(request, demand, { token: context.csrfToken, ownOrigins });
  if (accepted !== request) setContext(accepted, context);
  return accepted;
}

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

function strangerContext(request: Request, client: Client, prefix: string): RequestContext {
  const given = request.headers.get("X-Request-Id");
  return {
    requestId: given !== null && REQUEST_ID.test(given) ? given : Bun.randomUUIDv7(),
    actor: ANONYMOUS,
    session: null,
    csrfToken: "",
    address: client.address,
    secure: client.secure,
    nonce: crypto.getRandomValues(Buffer.alloc(16)).toString("base64"),
    htmx: isHtmx(request),
    prefix,
  };
}

function finish(response: Response, { context, client, headers, cookies }: Visit): void {
  addSecurityHeaders(response.headers, {
    nonce: context.nonce,
    secure: client.secure,
    signedIn: context.actor.kind === "user",
  });
  for (const [name, value] of headers) response.headers.set(name, value);
  for (const cookie of cookies) {
    // A route that signs in or out has the last word about a cookie.
    const name = cookie.slice(0, cookie.indexOf("=") + 1);
    if (!response.headers.getSetCookie().some((set) => set.startsWith(name)))
      response.headers.append("Set-Cookie", cookie);
  }
  response.headers.set("X-Request-Id", context.requestId);
}

function logRequest(log: HttpLog, request: Request, visit: Visit, status: number, elapsedMs: number): void {
  const { context } = visit;
  log.info("request", {
    request_id: context.requestId,
    method: request.method,
    path: shownPath(visit),
    status,
    ms: Math.round(elapsedMs * 10) / 10,
    address: context.address,
    ...(context.actor.kind === "user" ? { user: context.actor.username, via: context.actor.via } : {}),
  });
}
