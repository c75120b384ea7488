import { BUILD } from "../core/build.ts";
import { AppError } from "../core/error.ts";
import { failureOf, moved, tooMuch, unreachable } from "./failure.ts";

export interface TransportOptions {
  /** The server, with the path it lies under if any, without a slash at the end. */
  url: string;
  /** An API key or access token; null for nobody. */
  token: string | null;
  /** Asked before every request for the token to send instead: one that is about to end is renewed there. */
  freshToken?: () => Promise<string | null>;
  fetch?: typeof fetch;
}

export interface SendOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  /** Milliseconds without a byte in either direction before it is given up. */
  idleMs?: number;
}

/** An answer's `data` and `meta`. */
export interface Answer<T, M = Record<string, unknown>> {
  data: T;
  meta: M;
  status: number;
}

/** Requests below `/api/v1`. All of them throw AppError with the server's code and message. */
export interface Transport {
  readonly url: string;
  readonly token: string | null;
  send<T, M = Record<string, unknown>>(method: string, path: string, options?: SendOptions): Promise<Answer<T, M>>;
  /** A GET whose body is not JSON; redirects to a storage are followed without the token. */
  open(path: string, options?: SendOptions): Promise<Response>;
  /** A POST whose answer is flat JSON, as OAuth has it; its errors carry `oauth` in their details. */
  bare<T>(path: string, json: unknown): Promise<T>;
  /** The same as `open`, read whole, refused over `maxBytes`. */
  bytes(path: string, maxBytes: number): Promise<Uint8Array>;
}

const IDLE_MS = 60_000;
const MAX_JSON = 64 * 2 ** 20;
const MAX_FOREIGN_JSON = 256 * 1024;
const RETRY_AFTER_MS = [200, 800];
const MAX_REDIRECTS = 5;

export function createTransport({ url, token, freshToken, fetch: fetcher = fetch }: TransportOptions): Transport {
  const attempt = async (method: string, target: string, options: SendOptions): Promise<Response> => {
    const bearer = freshToken ? await freshToken() : token;
    try {
      return await follow(fetcher, method, target, { ...options, headers: headersOf(bearer, options) });
    } catch (error) {
      throw error instanceof AppError ? error : unreachable(url, error);
    }
  };
  /** Only a GET is sent again, and only when no answer came. */
  const request = async (method: string, path: string, options: SendOptions): Promise<Response> => {
    const target = `${url}/api/v1${path}${queryOf(options.query)}`;
    const pauses = method === "GET" ? RETRY_AFTER_MS : [];
    for (const pause of pauses) {
      try {
        return await attempt(method, target, options);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        await Bun.sleep(pause);
      }
    }
    return attempt(method, target, options);
  };
  const open = async (method: string, path: string, options: SendOptions): Promise<Response> => {
    const response = await request(method, path, options);
    if (response.ok) return response;
    throw failureOf(url, response, await readWhole(url, response, MAX_JSON));
  };
  return {
    url,
    token,
    async send<T, M>(method: string, path: string, options: SendOptions = {}) {
      const response = await open(method, path, options);
      const { status } = response;
      if (status === 204) return { data: undefined as T, meta: {} as M, status };
      const text = new TextDecoder().decode(await readWhole(url, response, MAX_JSON));
      const { data, meta } = parseAnswer<T, M>(url, text);
      return { data, meta: meta ?? ({} as M), status };
    },
    async bare<T>(path: string, json: unknown) {
      const response = await open("POST", path, { json });
      return parseJson<T>(url, await readWhole(url, response, MAX_JSON));
    },
    open: (path, options = {}) => open("GET", path, options),
    bytes: async (path, maxBytes) => readWhole(url, await open("GET", path, {}), maxBytes),
  };
}

const isUnreachable = (error: unknown): boolean => error instanceof AppError && error.details["unreachable"] === true;

function headersOf(token: string | null, { json, headers }: SendOptions): Record<string, string> {
  return {
    Accept: "application/json",
    "User-Agent": `marketplace/${BUILD.version}`,
    ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { "Content-Type": "application/json" }),
    ...headers,
  };
}

/** Redirects by hand: another origin never gets the token, and what changes something is never sent elsewhere. */
async function follow(
  fetcher: typeof fetch,
  method: string,
  target: string,
  options: SendOptions & { headers: Record<string, string> },
): Promise<Response> {
  let at = target;
  let { headers } = options;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetcher(at, {
      method,
      headers,
      body: options.json === undefined ? options.body : JSON.stringify(options.json),
      redirect: "manual",
      timeout: options.idleMs ?? IDLE_MS,
    });
    const location = [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get("Location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.parse(location, at);
    if (method !== "GET" || !next || !/^https?:$/.test(next.protocol)) throw moved(location);
    if (next.origin !== new URL(at).origin) {
      const { Authorization: _, ...rest } = headers;
      headers = rest;
    }
    at = next.href;
  }
  throw moved(at);
}

function queryOf(query: SendOptions["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== null && value !== undefined && value !== "") params.set(name, String(value));
  return params.size === 0 ? "" : `?${params}`;
}

async function readWhole(url: string, response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooMuch(url, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof AppError ? error : unreachable(url, error);
  }
  return Buffer.concat(chunks);
}

function parseJson<T>(url: string, bytes: Uint8Array): T {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // Falls through to the same answer as JSON that is no object.
  }
  throw new AppError("SERVICE_UNAVAILABLE", `${url} does not answer as it should. Check the address.`);
}

/** JSON of a service that is no marketplace. Throws SERVICE_UNAVAILABLE for anything else than a success. */
export async function boundedJson<T>(url: string, init: RequestInit): Promise<T> {
  const { origin } = new URL(url);
  const response = await fetch(url, init).catch((error: unknown) => Promise.reject(unreachable(origin, error)));
  const bytes = await readWhole(origin, response, MAX_FOREIGN_JSON);
  if (!response.ok) throw new AppError("SERVICE_UNAVAILABLE", `${origin} answered ${response.status}.`);
  return parseJson<T>(origin, bytes);
}

function parseAnswer<T, M>(url: string, text: string): { data: T; meta?: M } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "data" in value) return value as { data: T; meta?: M };
  } catch {
    // Falls through to the same answer as JSON of another shape.
  }
  throw new AppError("SERVICE_UNAVAILABLE", `${url} does not answer as a marketplace does. Check the address.`);
}
