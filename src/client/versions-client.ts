import { MAX_MANIFEST_BYTES } from "../core/package/manifest.ts";
import { assetPath, orNull } from "./assets-client.ts";
import type { Transport } from "./transport.ts";
import type { PublishMetaWire, ScanWire, TrustWire, VersionDetailWire, VersionWire } from "./wire.ts";

export interface PublishRequest {
  namespace: string;
  slug: string;
  version: string;
  /** A zip or tar.gz. */
  body: ReadableStream<Uint8Array> | Blob;
  contentType: string;
  channel?: string | null;
  /** Of an asset that is new. */
  visibility?: string | null;
  changelog?: string | null;
  /** A DSSE envelope as JSON text. */
  envelope?: string | null;
}

/** `ref` is `namespace/slug`, `selector` a version, a channel or `sha256:…`, throughout. */
export interface VersionsClient {
  /** Highest first, all of them. */
  list(ref: string): Promise<VersionWire[]>;
  read(ref: string, selector: string): Promise<VersionDetailWire>;
  /** null instead of a 404. */
  find(ref: string, selector: string): Promise<VersionDetailWire | null>;
  /** What speaks for or against it; null where the server does not say. */
  trust(ref: string, selector: string): Promise<TrustWire | null>;
  publish(request: PublishRequest): Promise<{ version: VersionDetailWire } & PublishMetaWire>;
  scans(ref: string, selector: string): Promise<ScanWire[]>;
  yank(ref: string, selector: string, reason: string): Promise<VersionDetailWire>;
  unyank(ref: string, selector: string): Promise<VersionDetailWire>;
  /** The manifest's exact bytes, not yet checked against any digest. */
  manifest(ref: string, selector: string): Promise<Uint8Array>;
  /** An archive as it comes; header `X-Content-Hash` is the digest of its bytes where the server knows it. */
  download(ref: string, selector: string, format: "tar.gz" | "zip"): Promise<Response>;
  file(ref: string, selector: string, path: string): Promise<Response>;
  /** Its bill of materials: CycloneDX as JSON text, not looked into. */
  sbom(ref: string, selector: string): Promise<Uint8Array>;
  sign(ref: string, version: string, envelope: string): Promise<void>;
  /** As they come: nothing in them is believed before a signature was checked. */
  attestations(ref: string, selector: string): Promise<({ kind?: unknown; envelope?: unknown } | null)[]>;
}

const PER_PAGE = 100;
const MAX_SBOM_BYTES = 64 * 2 ** 20;
/** Storing a large archive takes the server a while in which nothing is sent. */
const PUBLISH_IDLE_MS = 15 * 60_000;

const versionPath = (ref: string, selector: string): string =>
  `${assetPath(ref)}/versions/${encodeURIComponent(selector)}`;

export const versionsClient = (transport: Transport): VersionsClient => {
  const detail = async (method: string, path: string, json?: unknown) =>
    (await transport.send<VersionDetailWire>(method, path, { json })).data;
  return {
    list: (ref) => listAll(transport, ref),
    read: (ref, selector) => detail("GET", versionPath(ref, selector)),
    find: (ref, selector) => orNull(detail("GET", versionPath(ref, selector))),
    trust: (ref, selector) =>
      orNull(transport.send<TrustWire>("GET", `${versionPath(ref, selector)}/trust`).then(({ data }) => data)),
    publish: (request) => publish(transport, request),
    scans: async (ref, selector) =>
      (await transport.send<ScanWire[]>("GET", `${versionPath(ref, selector)}/scans`)).data,
    yank: (ref, selector, reason) => detail("POST", `${versionPath(ref, selector)}/yank`, { reason }),
    unyank: (ref, selector) => detail("DELETE", `${versionPath(ref, selector)}/yank`),
    manifest: (ref, selector) => transport.bytes(`${versionPath(ref, selector)}/manifest`, MAX_MANIFEST_BYTES),
    download: (ref, selector, format) =>
      transport.open(`${versionPath(ref, selector)}/download`, { query: { format }, headers: { Accept: "*/*" } }),
    file: (ref, selector, path) =>
      transport.open(`${versionPath(ref, selector)}/files/${path.split("/").map(encodeURIComponent).join("/")}`, {
        headers: { Accept: "*/*" },
      }),
    attestations: async (ref, selector) =>
      (
        await transport.send<({ kind?: unknown; envelope?: unknown } | null)[]>(
          "GET",
          `${versionPath(ref, selector)}/attestations`,
        )
      ).data,
    sbom: (ref, selector) => transport.bytes(`${versionPath(ref, selector)}/sbom`, MAX_SBOM_BYTES),
    sign: async (ref, version, envelope) => {
      await transport.send("POST", `${versionPath(ref, version)}/signatures`, { json: { envelope } });
    },
  };
};

async function listAll(transport: Transport, ref: string): Promise<VersionWire[]> {
  const all: VersionWire[] = [];
  for (let page = 1; ; page++) {
    const { data, meta } = await transport.send<VersionWire[], { total: number }>("GET", `${assetPath(ref)}/versions`, {
      query: { page, per_page: PER_PAGE },
    });
    all.push(...data);
    if (data.length < PER_PAGE || all.length >= meta.total) return all;
  }
}

async function publish(transport: Transport, request: PublishRequest) {
  const { namespace, slug, version, body, contentType, channel, visibility, changelog, envelope } = request;
  const { data, meta } = await transport.send<VersionDetailWire, PublishMetaWire>(
    "PUT",
    versionPath(`${namespace}/${slug}`, version),
    {
      body,
      query: { channel, visibility, changelog },
      headers: {
        "Content-Type": contentType,
        ...(envelope ? { "X-Marketplace-Signature": Buffer.from(envelope).toString("base64") } : {}),
      },
      idleMs: PUBLISH_IDLE_MS,
    },
  );
  return { version: data, ...meta };
}
