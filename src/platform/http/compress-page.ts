import { acceptsGzip } from "../../core/content-coding.ts";

/** In bytes: what is smaller fits the first packets as it is. */
const WORTH_IT = 1400;

/**
 * Sends a page to a stranger as gzip. A page of somebody signed in stays as it is: it holds the session's CSRF token beside
 * text that others choose, and the length of both compressed together would tell the token bit by bit (BREACH). A stranger's
 * token guards nothing but the forms to sign in and register.
 */
export async function compressPage(request: Request, response: Response): Promise<Response> {
  const { headers, status } = response;
  if (!headers.get("Content-Type")?.startsWith("text/html") || headers.has("Content-Encoding")) return response;
  headers.append("Vary", "Accept-Encoding");
  if (response.body === null || !acceptsGzip(request.headers.get("Accept-Encoding"))) return response;
  const plain = new Uint8Array(await response.arrayBuffer());
  if (plain.byteLength < WORTH_IT) return new Response(plain, { status, headers });
  const packed = Bun.gzipSync(plain, { level: 6 });
  headers.set("Content-Encoding", "gzip");
  headers.set("Content-Length", String(packed.byteLength));
  return new Response(packed, { status, headers });
}
