import { AppError } from "../../core/error.ts";

/** What a request may carry whose body is held in memory: JSON and forms. */
const MAX_HELD_BYTES = 1 << 20;

/** Routes that stream their bodies and bound them themselves; every other body is read whole by the router. */
const STREAMED = [
  /^PUT \/api\/v1\/assets\/[^/]+\/[^/]+\/versions\/[^/]+$/,
  /^POST \/api\/v1\/assets\/[^/]+(?:\/[^/]+)?\/versions$/,
  /^POST \/publish$/,
  /^POST \/api\/v1\/admin\/advisories\/import$/,
];

export const isStreamed = (method: string, path: string): boolean =>
  STREAMED.some((route) => route.test(`${method} ${path}`));

const tooLarge = () => new AppError("PAYLOAD_TOO_LARGE", "The body of such a request may be at most 1 MiB.");

/**
 * Reads the body where it is not streamed and answers a request with the same bytes. Throws PAYLOAD_TOO_LARGE for more than
 * 1 MiB.
 */
export async function boundBody(request: Request, path: string): Promise<Request> {
  if (request.body === null || isStreamed(request.method, path)) return request;
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_HELD_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_HELD_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: Buffer.concat(chunks) });
}

/**
 * What `reading` reads of a body, unless it takes longer than `ms` from now: then REQUEST_TIMEOUT, and the connection ends.
 * The server's idle timeout alone would be put off by every few bytes.
 */
export async function inTime<T>(reading: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooSlow(ms)), ms);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

const tooSlow = (ms: number): AppError =>
  new AppError("REQUEST_TIMEOUT", `The body took longer than ${ms / 1000} s to arrive. Send it again.`, {
    headers: { Connection: "close" },
  });
