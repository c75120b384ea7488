/** Bytes with a known length that can be opened anywhere, as HTTP answers them. */
export interface ServableBytes {
  size: number;
  /** A strong entity tag with its quotes. */
  etag: string;
  contentType: string;
  contentDisposition: string;
  headers?: Record<string, string>;
  /** A file on disk that holds exactly these bytes, where there is one: Bun sends it without copying. */
  localPath?: string | null;
  open(range: { start: number; end: number }): Promise<ReadableStream<Uint8Array>>;
}

/** `attachment` with a name that every browser reads (RFC 6266, RFC 8187). */
export function attachment(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_").slice(0, 200);
  const encoded = encodeURIComponent(filename.slice(0, 200)).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
