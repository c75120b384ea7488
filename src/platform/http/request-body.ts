import { AppError } from "../../core/error.ts";

/** What a request may carry whose body is held in memory: JSON and forms. */
const MAX_HELD_BYTES = 1 << 20;

/** Routes that stream their bodies and bound them themselves; every other body is read whole by the router. */
const STREAMED = [
  /^PUT \/api\/v1\/assets\/[^/]+\/[^/]+\/versions\/[^/]+$/,
  /^POST \/api\/v1\/assets\/[^/]+(?:\/[^/]+)?\/versions$/,
  /^POST \/publish$/,
];

const tooLarge = () => new AppError("PAYLOAD_TOO_LARGE", "The body of such a request may be at most 1 MiB.");

/**
 * Throws PAYLOAD_TOO_LARGE for more than 1 MiB where the body is not streamed. Answers the request to go on with: one that does
 * not tell its length (chunked) is read here, and a new one has the same bytes.
 */
export async function boundBody(request: Request, path: string): Promise<Request> {
  if (request.body === null || STREAMED.some((route) => route.test(`${request.method} ${path}`))) return request;
  const length = request.headers.get("Content-Length");
  if (Number(length ?? 0) > MAX_HELD_BYTES) throw tooLarge();
  if (length !== null) return request;
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
