import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";

/** What every handler knows of its request; made by the pipeline before any route runs. */
export interface RequestContext {
  requestId: string;
  actor: Actor;
  /** The browser session, when the request carries one. */
  session: { id: Id; csrfToken: string } | null;
  /** The token that forms and htmx send back; also for visitors who are not signed in (double submit). */
  csrfToken: string;
  /** The client's address after trusted proxies. */
  address: string;
  /** The client came over https (here or at a trusted proxy): cookies are then `Secure` and bear the prefix `__Host-`. */
  secure: boolean;
  /** For `<script nonce>` under the strict CSP. */
  nonce: string;
  /** htmx asks for a fragment. */
  htmx: boolean;
  /** `/k/<key>` where the address carried the key; "" else. Links in answers for programs begin with it. */
  prefix: string;
}

const contexts = new WeakMap<Request, RequestContext>();

export const setContext = (request: Request, context: RequestContext): void => {
  contexts.set(request, context);
};

/** The context of a request that came through the pipeline; throws a plain Error otherwise (a wiring mistake). */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error("request did not pass the pipeline");
  return context;
}

/** The same for what may run before or without the pipeline, as the error renderer does: null when there is none. */
export const findContext = (request: Request): RequestContext | null => contexts.get(request) ?? null;
