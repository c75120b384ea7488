import type { SignedIn } from "../../core/actor.ts";
import { notFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { pathOf } from "./respond.ts";

/** Who a key in an address speaks for. Throws INVALID_TOKEN for what is no living key of this kind. */
export type OpenCapability = (key: string) => Promise<{ actor: SignedIn; keyId: Id }>;

/** A request to `/k/<key>/…`, taken apart: from here on nothing but this knows the key. */
export interface CapabilityRequest {
  key: string;
  /** `/k/<key>`, which links of the answer begin with. */
  prefix: string;
  /** What is asked for, as if it had been asked without the prefix, and without any other credentials. */
  request: Request;
  /** Such a key never opens this. */
  closed: boolean;
}

const PREFIX = /^\/k(?:\/([^/]*)(\/.*)?)?$/;
/** Credentials that came beside the key do not count, nor does anything that lets the answer set some. */
const DROPPED = ["Cookie", "Authorization", "X-API-Key", "X-CSRF-Token", "HX-Request", "Idempotency-Key"];

/** What is about a person, decides about others, makes or ends sign-ins, or is no part of the catalogue. */
const CLOSED_PAGES = new Set(
  (
    "admin administration brand confirm-email dashboard device forgot-password graphql healthz invitations k metrics " +
    "moderation notifications publish readyz register reset-password scim settings setup sign-in sign-on sign-out " +
    "static sudo undo-email verify-email ws"
  ).split(" "),
);
const CLOSED_API = new Set("account admin auth invitations me moderation notifications scim webhooks".split(" "));

/** Null for every other path. */
export function capabilityRequest(received: Request): CapabilityRequest | null {
  const match = PREFIX.exec(pathOf(received));
  if (!match) return null;
  const [, key = "", rest = ""] = match;
  const url = new URL(received.url);
  const reading = received.method === "GET" || received.method === "HEAD";
  url.pathname = rest === "" ? "/" : rest;
  const headers = new Headers(received.headers);
  for (const name of DROPPED) headers.delete(name);
  const request = new Request(url, { method: reading ? received.method : "GET", headers, signal: received.signal });
  return { key, prefix: `/k/${key}`, request, closed: !reading || isClosed(pathOf(request)) };
}

function isClosed(path: string): boolean {
  if (path === "/" || path.includes("//") || path.includes("\\")) return true;
  try {
    const [first = "", second = "", third = "", fourth = ""] = decodeURIComponent(path)
      .toLowerCase()
      .slice(1)
      .split("/");
    if (first === "api") return second !== "v1" || CLOSED_API.has(third);
    return CLOSED_PAGES.has(first) || third === "settings" || fourth === "settings";
  } catch {
    return true;
  }
}

/** The answer as it leaves: what it points to lies below the prefix too, and no store on the way keeps it. Throws NOT_FOUND. */
export function sealCapabilityAnswer(response: Response, prefix: string, base: string): void {
  const { headers } = response;
  const location = headers.get("Location");
  if (location !== null) headers.set("Location", below(location, prefix, base));
  const link = headers.get("Link");
  if (link !== null)
    headers.set(
      "Link",
      link.replace(/<([^>]*)>/g, (_, target: string) => `<${below(target, prefix, base)}>`),
    );
  headers.delete("Set-Cookie");
  headers.set("Cache-Control", "private, no-store");
  headers.set("Referrer-Policy", "no-referrer");
}

/** Addresses of other hosts stay as they are; `base` is this server's, without the prefix. */
function below(target: string, prefix: string, base: string): string {
  const inside = (path: string) => (path === prefix || path.startsWith(`${prefix}/`) ? path : `${prefix}${path}`);
  if (/^\/(?!\/)/.test(target)) return inside(target);
  return target.startsWith(`${base}/`) ? `${base}${inside(target.slice(base.length))}` : target;
}

/** Pages that set cookies are made for people and are not opened with such a key. */
export function requireWithoutCookies(response: Response | undefined): void {
  if (response && response.headers.getSetCookie().length > 0) throw notFound("page");
}
