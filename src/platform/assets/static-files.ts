import { acceptsGzip } from "../../core/content-coding.ts";
import type { EmbeddedFile } from "./embedded.ts";

/** The pages' own files, kept in memory and served by the hash of their content. */
export interface StaticFiles {
  /** File name → `/static/<name>.<hash8>.<extension>`, for the views. */
  addresses: ReadonlyMap<string, string>;
  /**
   * Answers GET and HEAD under `/static/`; null when there is no such file. A hashed address is immutable for a year, a
   * plain one is revalidated by ETag. Compressed for whoever accepts gzip (RFC 9110, 12.5.3).
   */
  respond(request: Request): Response | null;
}

interface Served extends EmbeddedFile {
  etag: string;
  /** Made when it is first asked for; null where it would not be smaller. */
  gzipped?: Uint8Array | null;
}

const PREFIX = "/static/";
const IMMUTABLE = "public, max-age=31536000, immutable";
const REVALIDATED = "public, no-cache";

/** Files that name others (`url("/static/…")`) come after those, and then name them by hash too. */
export function createStaticFiles(files: readonly EmbeddedFile[]): StaticFiles {
  const addresses = new Map<string, string>();
  const served = new Map<string, { file: Served; cacheControl: string }>();
  for (const embedded of files) {
    const bytes = withAddresses(embedded, addresses);
    const hash = new Bun.CryptoHasher("sha256", bytes).digest("hex").slice(0, 8);
    const dot = embedded.name.lastIndexOf(".");
    const address = `${PREFIX}${embedded.name.slice(0, dot)}.${hash}${embedded.name.slice(dot)}`;
    const file: Served = { ...embedded, bytes, etag: hash };
    addresses.set(embedded.name, address);
    served.set(address, { file, cacheControl: IMMUTABLE });
    served.set(PREFIX + embedded.name, { file, cacheControl: REVALIDATED });
  }
  return {
    addresses,
    respond(request) {
      if (request.method !== "GET" && request.method !== "HEAD") return null;
      const hit = served.get(new URL(request.url).pathname);
      return hit === undefined ? null : answer(request, hit.file, hit.cacheControl);
    },
  };
}

function withAddresses(file: EmbeddedFile, addresses: ReadonlyMap<string, string>): Uint8Array {
  if (!file.mediaType.startsWith("text/css")) return file.bytes;
  let text = new TextDecoder().decode(file.bytes);
  for (const [name, address] of addresses) text = text.replaceAll(`"${PREFIX}${name}"`, `"${address}"`);
  return new TextEncoder().encode(text);
}

function answer(request: Request, file: Served, cacheControl: string): Response {
  const packed = acceptsGzip(request.headers.get("Accept-Encoding")) ? gzippedOf(file) : null;
  const etag = `"${file.etag}${packed === null ? "" : "-gz"}"`;
  const headers = new Headers({
    "Content-Type": file.mediaType,
    "Cache-Control": cacheControl,
    ETag: etag,
    Vary: "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
  });
  if (
    request.headers
      .get("If-None-Match")
      ?.split(/\s*,\s*/)
      .some((tag) => tag.replace(/^W\//, "") === etag)
  )
    return new Response(null, { status: 304, headers });
  const body = packed ?? file.bytes;
  if (packed !== null) headers.set("Content-Encoding", "gzip");
  headers.set("Content-Length", String(body.byteLength));
  return new Response(request.method === "HEAD" ? null : body.slice(), { headers });
}

function gzippedOf(file: Served): Uint8Array | null {
  if (file.gzipped === undefined) {
    const packed = Bun.gzipSync(file.bytes.slice(), { level: 9 });
    file.gzipped = packed.byteLength < file.bytes.byteLength * 0.95 ? packed : null;
  }
  return file.gzipped;
}
