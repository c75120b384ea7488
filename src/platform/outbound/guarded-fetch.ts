import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

export interface GuardedFetchOptions {
  /** Origins that the administrator named: their hosts may have private addresses, and a plain http one stays plain. */
  trusted: ReadonlySet<string>;
  /** Until the whole answer is there. */
  timeoutMs: number;
  maxBytes: number;
  /** For tests: the addresses of a name. */
  resolve?: (hostname: string) => Promise<string[]>;
}

/** A request of the server's own that was not made or whose answer was not taken; the message is for the log. */
export class OutboundRefused extends Error {
  override name = "OutboundRefused";
}

export type GuardedFetch = (url: string, init?: RequestInit) => Promise<Response>;

/**
 * Fetches what a third party's document points to. A name is resolved once and the connection pinned to that address, which
 * must be public unless the host is a trusted one; other hosts need https. Redirects are answered, never followed. The body
 * is held, and bounded in bytes and time. Throws OutboundRefused.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const ask = createAsker(options);
  return async (address, init = {}) => {
    const { response, url } = await ask(address, init);
    const body = await boundedBody(response, options.maxBytes, url);
    return new Response(body, { status: response.status, headers: contentHeaders(response.headers) });
  };
}

/**
 * The same for what is too large to be held: the body streams, and fails at the first byte behind `maxBytes` or when the time is up.
 * Whoever does not read it to its end cancels it.
 */
export function createGuardedDownload(options: GuardedFetchOptions): GuardedFetch {
  const ask = createAsker(options);
  return async (address, init = {}) => {
    const { response, url } = await ask(address, init);
    let size = 0;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > options.maxBytes)
          controller.error(new OutboundRefused(`${url.origin} answered more than ${options.maxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    });
    const empty = response.body === null || [101, 204, 205, 304].includes(response.status);
    const body = empty ? null : (response.body as ReadableStream<Uint8Array>).pipeThrough(count);
    return new Response(body, { status: response.status, headers: contentHeaders(response.headers) });
  };
}

function createAsker(options: GuardedFetchOptions) {
  const resolve =
    options.resolve ?? (async (name) => (await lookup(name, { all: true })).map(({ address }) => address));
  // Behind a proxy it is the proxy that resolves names and connects, and that bounds where to.
  const proxied = Boolean(process.env["HTTPS_PROXY"] ?? process.env["https_proxy"]);
  const trustedNames = new Set([...options.trusted].map((origin) => new URL(origin).hostname));
  return async (address: string, init: RequestInit): Promise<{ response: Response; url: URL }> => {
    const url = new URL(address);
    const trusted = trustedNames.has(url.hostname);
    if (url.protocol !== "https:" && !(url.protocol === "http:" && options.trusted.has(url.origin)))
      throw new OutboundRefused(`${url.origin} is not https`);
    const pinned = trusted || proxied ? { url, init: {} } : await pin(url, resolve);
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const headers = new Headers(init.headers);
    if (pinned.url !== url) headers.set("Host", url.host);
    const response = await fetch(pinned.url, { ...init, ...pinned.init, headers, signal, redirect: "manual" });
    return { response, url };
  };
}

/** The address in the place of the name, and the name for the certificate. */
async function pin(url: URL, resolve: (hostname: string) => Promise<string[]>): Promise<{ url: URL; init: object }> {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(hostname) ? [hostname] : await resolve(hostname);
  const [first] = addresses;
  // One private address among public ones is how a rebinding name looks.
  if (first === undefined || !addresses.every(isPublicAddress))
    throw new OutboundRefused(`${url.host} is not a host of the public internet`);
  const pinned = new URL(url);
  pinned.hostname = isIP(first) === 6 ? `[${first}]` : first;
  // A connection kept for one name must not serve another on the same address.
  return { url: pinned, init: { keepalive: false, ...(isIP(hostname) ? {} : { tls: { serverName: hostname } }) } };
}

async function boundedBody(response: Response, maxBytes: number, url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null || [101, 204, 205, 304].includes(response.status)) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new OutboundRefused(`${url.origin} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** What describes the body as it was sent does not describe the one that was read. */
function contentHeaders(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ["Content-Encoding", "Content-Length", "Transfer-Encoding", "Set-Cookie"]) kept.delete(name);
  return kept;
}
