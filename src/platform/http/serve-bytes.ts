import { AppError } from "../../core/error.ts";
import type { ServableBytes } from "../../core/servable-bytes.ts";
import { isHead } from "./head.ts";
import { etagMatches } from "./respond.ts";

/** Bun sends streams in chunks, without a length; so few bytes are read first, and a failure is still told as one. */
const MAX_HELD_BYTES = 1 << 20;

/**
 * Answers GET and HEAD (RFC 9110): entity tags, If-None-Match, one byte range with If-Range; several ranges are answered whole,
 * as section 14.2 allows. Throws RANGE_NOT_SATISFIABLE (416).
 */
export async function serveBytes(request: Request, bytes: ServableBytes): Promise<Response> {
  const headers = new Headers({
    ETag: bytes.etag,
    "Accept-Ranges": "bytes",
    "Content-Type": bytes.contentType,
    "Content-Disposition": bytes.contentDisposition,
    ...bytes.headers,
  });
  if (etagMatches(request.headers.get("If-None-Match"), bytes.etag)) {
    headers.delete("Content-Type");
    headers.delete("Content-Disposition");
    return new Response(null, { status: 304, headers });
  }
  const range = wantedRange(request, bytes);
  const { start, end } = range ?? { start: 0, end: bytes.size };
  if (range) headers.set("Content-Range", `bytes ${start}-${end - 1}/${bytes.size}`);
  headers.set("Content-Length", String(end - start));
  const status = range ? 206 : 200;
  if (isHead(request) || end === start) return new Response(null, { status, headers });
  if (bytes.localPath) return new Response(Bun.file(bytes.localPath).slice(start, end), { status, headers });
  const stream = await bytes.open({ start, end });
  if (end - start > MAX_HELD_BYTES) return new Response(stream, { status, headers });
  return new Response(await new Response(stream).arrayBuffer(), { status, headers });
}

function wantedRange(request: Request, { size, etag }: ServableBytes): { start: number; end: number } | null {
  const header = request.headers.get("Range");
  const ifRange = request.headers.get("If-Range");
  if (header === null || (ifRange !== null && ifRange !== etag)) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [, first = "", last = ""] = match;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (last !== "" && first !== "" && Number(last) < Number(first)) return null;
  if (start >= size || (first === "" && Number(last) === 0))
    throw new AppError("RANGE_NOT_SATISFIABLE", `The file has ${size} bytes; that range lies outside.`, {
      headers: { "Content-Range": `bytes */${size}` },
    });
  return { start, end };
}
