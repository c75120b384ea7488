import { invalidRequest } from "../../core/error.ts";
import { findContext } from "./request-context.ts";

const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Where this server is reached, for absolute URLs in answers, without a slash at the end: `public_url` when configured. The
 * Host header is the client's word and is believed only when it names this very machine (`localhost`, a loopback address),
 * because an URL built from it may be stored or mailed to somebody else; otherwise it is the address listened on. A request
 * below a capability prefix gets URLs below it.
 */
export function createBaseUrl(options: {
  publicUrl: string | null;
  listening: () => string;
}): (request: Request) => string {
  const fixed = options.publicUrl?.replace(/\/+$/, "") || null;
  const origin = (request: Request): string => {
    if (fixed !== null) return fixed;
    const host = request.headers.get("Host") ?? URL.parse(request.url)?.host ?? "";
    return LOCAL_HOST.test(host)
      ? `${request.url.startsWith("https:") ? "https" : "http"}://${host}`
      : options.listening();
  };
  return (request) => `${origin(request)}${findContext(request)?.prefix ?? ""}`;
}

/** Refuses what a proxy and this server might understand differently: a strange Host, two lengths, a length with chunks. */
export function requirePlainRequest(request: Request): void {
  const host = request.headers.get("Host");
  if (host !== null && !HOST.test(host)) throw invalidRequest("The Host header is not a host name.");
  const length = request.headers.get("Content-Length");
  if (length !== null && !/^\d{1,15}$/.test(length))
    throw invalidRequest("The Content-Length header is not one number.");
  if (length !== null && request.headers.has("Transfer-Encoding"))
    throw invalidRequest("Content-Length and Transfer-Encoding exclude each other.");
}
