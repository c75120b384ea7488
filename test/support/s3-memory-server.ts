// An S3 server in memory, as a program: prints its port, ends with its standard input. It does what the blob store asks
// of S3 and refuses what S3 refuses: wrong Signature Version 4 (also presigned), parts under 5 MiB, ranges past the end.
import { createHash, createHmac, randomUUID } from "node:crypto";

const BUCKET = "blobs";
const ACCESS_KEY_ID = "memory";
const SECRET_ACCESS_KEY = "memory-secret";
const MIN_PART = 5 * 1024 * 1024;

interface StoredObject {
  bytes: Uint8Array<ArrayBuffer>;
  modified: Date;
  etag: string;
}
interface Upload {
  key: string;
  parts: Map<number, Uint8Array>;
}

const objects = new Map<string, StoredObject>();
const uploads = new Map<string, Upload>();

class S3Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(code);
  }
}

const escapeXml = (text: string): string => text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
const xml = (body: string, status = 200): Response =>
  new Response(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    status,
    headers: { "Content-Type": "application/xml" },
  });

const hmac = (key: Uint8Array | string, text: string): Uint8Array => createHmac("sha256", key).update(text).digest();
const hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signature Version 4, in the Authorization header or in the query of a presigned link. */
function authenticate(request: Request, url: URL): void {
  const presigned = url.searchParams.has("X-Amz-Signature");
  const given = presigned ? fromQuery(url) : fromHeader(request);
  const [accessKeyId, day, region, service] = given.credential.split("/");
  if (accessKeyId !== ACCESS_KEY_ID) throw new S3Failure(403, "InvalidAccessKeyId");
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const headers = given.signedHeaders.split(";").map((name) => `${name}:${request.headers.get(name)?.trim() ?? ""}\n`);
  const payload = presigned ? "UNSIGNED-PAYLOAD" : (request.headers.get("x-amz-content-sha256") ?? "");
  const canonical = [request.method, url.pathname, query.join("&"), headers.join(""), given.signedHeaders, payload];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", given.date, scope, hex(canonical.join("\n"))].join("\n");
  const keys = [region!, service!, "aws4_request"];
  const key = keys.reduce((from, part) => hmac(from, part), hmac(`AWS4${SECRET_ACCESS_KEY}`, day!));
  if (Buffer.from(hmac(key, toSign)).toString("hex") !== given.signature)
    throw new S3Failure(403, "SignatureDoesNotMatch");
}

function fromQuery(url: URL) {
  const value = (name: string): string => url.searchParams.get(`X-Amz-${name}`) ?? "";
  const date = value("Date");
  const signed = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Date.now() < signed + Number(value("Expires")) * 1000)) throw new S3Failure(403, "AccessDenied");
  return {
    credential: value("Credential"),
    signedHeaders: value("SignedHeaders"),
    signature: value("Signature"),
    date,
  };
}

function fromHeader(request: Request) {
  const header = request.headers.get("authorization") ?? "";
  const part = (name: string): string => new RegExp(`${name}=([^, ]+)`).exec(header)?.[1] ?? "";
  if (!header.startsWith("AWS4-HMAC-SHA256 ")) throw new S3Failure(403, "AccessDenied");
  const date = request.headers.get("x-amz-date") ?? "";
  return { credential: part("Credential"), signedHeaders: part("SignedHeaders"), signature: part("Signature"), date };
}

function store(key: string, bytes: Uint8Array<ArrayBuffer>): string {
  const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
  objects.set(key, { bytes, modified: new Date(), etag });
  return etag;
}

function list(url: URL): Response {
  const prefix = url.searchParams.get("prefix") ?? "";
  const after = url.searchParams.get("continuation-token") ?? url.searchParams.get("start-after") ?? "";
  const limit = Math.min(1000, Number(url.searchParams.get("max-keys") ?? 1000));
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, limit);
  const contents = page.map((key) => {
    const { bytes, modified, etag } = objects.get(key)!;
    const times = `<LastModified>${modified.toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag>`;
    return `<Contents><Key>${escapeXml(key)}</Key>${times}<Size>${bytes.byteLength}</Size></Contents>`;
  });
  const more = keys.length > page.length;
  const token = more ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : "";
  const head = `<Name>${BUCKET}</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>`;
  return xml(`<ListBucketResult>${head}${token}${contents.join("")}</ListBucketResult>`);
}

function read(request: Request, url: URL, key: string): Response {
  const found = objects.get(key);
  if (!found) throw new S3Failure(404, "NoSuchKey");
  const headers: Record<string, string> = {
    ETag: found.etag,
    "Last-Modified": found.modified.toUTCString(),
    "Content-Type": "application/octet-stream",
    "Accept-Ranges": "bytes",
  };
  const disposition = url.searchParams.get("response-content-disposition");
  if (disposition) headers["Content-Disposition"] = disposition;
  const size = found.bytes.byteLength;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (request.method === "HEAD" || !range) {
    headers["Content-Length"] = String(size);
    return new Response(request.method === "HEAD" ? null : found.bytes, { headers });
  }
  const start = Number(range[1]);
  if (start >= size) throw new S3Failure(416, "InvalidRange");
  const end = Math.min(range[2] ? Number(range[2]) + 1 : size, size);
  headers["Content-Range"] = `bytes ${start}-${end - 1}/${size}`;
  return new Response(found.bytes.subarray(start, end), { status: 206, headers });
}

async function write(request: Request, url: URL, key: string): Promise<Response> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  const uploadId = url.searchParams.get("uploadId");
  if (uploadId === null) return new Response(null, { headers: { ETag: store(key, bytes) } });
  uploadOf(uploadId, key).parts.set(Number(url.searchParams.get("partNumber")), bytes);
  return new Response(null, { headers: { ETag: `"${createHash("md5").update(bytes).digest("hex")}"` } });
}

function uploadOf(id: string, key: string): Upload {
  const upload = uploads.get(id);
  if (upload?.key !== key) throw new S3Failure(404, "NoSuchUpload");
  return upload;
}

async function multipart(request: Request, url: URL, key: string): Promise<Response> {
  if (url.searchParams.has("uploads")) {
    const id = randomUUID();
    uploads.set(id, { key, parts: new Map() });
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }
  const id = url.searchParams.get("uploadId") ?? "";
  const upload = uploadOf(id, key);
  const named = [...(await request.text()).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map((match) =>
    Number(match[1]),
  );
  const parts = named.map((number) => upload.parts.get(number));
  if (parts.length === 0 || parts.some((part) => part === undefined)) throw new S3Failure(400, "InvalidPart");
  if (parts.slice(0, -1).some((part) => part!.byteLength < MIN_PART)) throw new S3Failure(400, "EntityTooSmall");
  const etag = store(key, new Uint8Array(Buffer.concat(parts as Uint8Array[])));
  uploads.delete(id);
  return xml(`<CompleteMultipartUploadResult><ETag>${escapeXml(etag)}</ETag></CompleteMultipartUploadResult>`);
}

async function answer(request: Request): Promise<Response> {
  const url = new URL(request.url);
  authenticate(request, url);
  const [, bucket, ...rest] = url.pathname.split("/");
  const key = decodeURIComponent(rest.join("/"));
  if (bucket !== BUCKET) throw new S3Failure(404, "NoSuchBucket");
  if (request.method === "GET" && key === "") return list(url);
  if (request.method === "GET" || request.method === "HEAD") return read(request, url, key);
  if (request.method === "PUT") return write(request, url, key);
  if (request.method === "POST") return multipart(request, url, key);
  if (request.method !== "DELETE") throw new S3Failure(405, "MethodNotAllowed");
  const uploadId = url.searchParams.get("uploadId");
  if (uploadId === null) objects.delete(key);
  else uploads.delete(uploadId);
  return new Response(null, { status: 204 });
}

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  maxRequestBodySize: 1024 * 1024 * 1024,
  async fetch(request) {
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof S3Failure)) throw error;
      return xml(`<Error><Code>${error.code}</Code><Message>${error.code}</Message></Error>`, error.status);
    }
  },
});
console.log(
  JSON.stringify({ port: server.port, bucket: BUCKET, accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY }),
);
// Nothing is said on it; it ends with the process that started this one.
await Bun.stdin.text();
process.exit(0);
