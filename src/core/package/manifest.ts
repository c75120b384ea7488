import { AppError } from "../error.ts";
import { isDigest, sha256, type Digest } from "../digest.ts";
import { isKind, type Kind } from "../kind.ts";
import { mediaTypeOf } from "../media-type.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isFields, type Fields } from "./front-matter.ts";
import type { BuiltManifest, PackageFile, PackageMetadata } from "./package.ts";
import { comparePaths, PathSet, visiblePath } from "./path.ts";

export const MANIFEST_MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const CONFIG_MEDIA_TYPE = "application/vnd.llm-marketplace.config.v1+json";
/**
 * One type for every layer. A file's own media type is a guess from its name that may be bettered some day, and a
 * manifest may not change when it is.
 */
export const FILE_MEDIA_TYPE = "application/vnd.llm-marketplace.file.v1";
/** OCI registries keep manifests of at least this size. */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20;

const TITLE = "org.opencontainers.image.title";
const EXECUTABLE = "vnd.llm-marketplace.executable";

export const artifactTypeOf = (kind: Kind): string => `application/vnd.llm-marketplace.${kind}.v1`;

/** A manifest as it was read: what a client that verifies needs to know. */
export interface ParsedManifest {
  digest: Digest;
  kind: Kind;
  config: { digest: Digest; size: number };
  files: PackageFile[];
}

/**
 * The canonical bytes (RFC 8785) of a version: an OCI image manifest with one layer a file, sorted by the bytes of its
 * path, and the config that holds what the files declare. Neither holds a time, nor the namespace, name and version
 * under which it is published unless the files themselves name them: the same files have the same digest wherever and
 * as whatever they are published. Throws VALIDATION_ERROR for paths that collide, PAYLOAD_TOO_LARGE over 4 MiB.
 */
export function buildManifest(metadata: PackageMetadata, files: readonly PackageFile[]): BuiltManifest {
  const config = canonicalJson(configOf(metadata));
  const configDigest = sha256(config);
  const manifest = encode(metadata.kind, { digest: configDigest, size: config.byteLength }, files);
  return { digest: sha256(manifest), manifest, configDigest, config };
}

function configOf(metadata: PackageMetadata): Fields {
  const { kind, slug, version, title, description, license, tags, categories, homepage, repository, readmePath } =
    metadata;
  const some = <T>(value: T | null): T | undefined => value ?? undefined;
  const filled = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined);
  return {
    kind,
    name: some(slug),
    version: some(version),
    title,
    description,
    license: some(license),
    tags: filled(tags),
    categories: filled(categories),
    homepage: some(homepage),
    repository: some(repository),
    readme: some(readmePath),
    dependencies: filled(metadata.dependencies.map(({ ref, range, optional }) => ({ ref, range, optional }))),
    compatibility: filled(metadata.compatibility),
  };
}

function encode(kind: Kind, config: { digest: Digest; size: number }, files: readonly PackageFile[]): Uint8Array {
  const paths = new PathSet();
  const sorted = [...files].sort((a, b) => comparePaths(a.path, b.path));
  const layers = sorted.map((file) => {
    if (paths.add(file.path) !== file.path) throw new Error("a manifest's paths must have been through checkPath");
    return {
      mediaType: FILE_MEDIA_TYPE,
      digest: file.digest,
      size: file.size,
      annotations: { [TITLE]: file.path, [EXECUTABLE]: file.executable ? "true" : undefined },
    };
  });
  const bytes = canonicalJson({
    schemaVersion: 2,
    mediaType: MANIFEST_MEDIA_TYPE,
    artifactType: artifactTypeOf(kind),
    config: { mediaType: CONFIG_MEDIA_TYPE, ...config },
    layers,
  });
  if (bytes.byteLength > MAX_MANIFEST_BYTES)
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      "The list of files is larger than 4 MiB: publish fewer files, or pack some together.",
    );
  return bytes;
}

/**
 * Reads a manifest that came from elsewhere. Strict: it must be, byte for byte, what `buildManifest` would have written
 * for what it says, so nothing can hide in it. Throws VALIDATION_ERROR.
 */
export function parseManifest(bytes: Uint8Array): ParsedManifest {
  if (bytes.byteLength > MAX_MANIFEST_BYTES) throw malformed("it is larger than 4 MiB");
  const root = parseObject(bytes);
  const kind = String(root["artifactType"]).slice("application/vnd.llm-marketplace.".length, -".v1".length);
  if (!isKind(kind)) throw malformed("its artifactType is of no known kind");
  const config = descriptorOf(root["config"], "config");
  if (!Array.isArray(root["layers"])) throw malformed("it has no layers");
  const files = root["layers"].map(fileOf);
  const again = encode(kind, config, files);
  if (Buffer.compare(again, bytes) !== 0) throw malformed("it is not in canonical form, or says more than it may");
  return { digest: sha256(bytes), kind, config, files };
}

const malformed = (why: string): AppError =>
  new AppError("VALIDATION_ERROR", `This is not a manifest of a marketplace version: ${why}.`);

function parseObject(bytes: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (isFields(value)) return value;
  } catch {
    throw malformed("it is not JSON");
  }
  throw malformed("it is not a JSON object");
}

function descriptorOf(value: unknown, what: string): { digest: Digest; size: number } {
  const { digest, size } = isFields(value) ? value : {};
  if (typeof digest !== "string" || !isDigest(digest)) throw malformed(`its ${what} has no sha256 digest`);
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw malformed(`its ${what} has no size`);
  return { digest, size: size as number };
}

function fileOf(layer: unknown): PackageFile {
  const annotations = isFields(layer) && isFields(layer["annotations"]) ? layer["annotations"] : {};
  const path = annotations[TITLE];
  if (typeof path !== "string") throw malformed("one of its layers has no path");
  const file = descriptorOf(layer, `layer ${visiblePath(path)}`);
  return { path, ...file, mediaType: mediaTypeOf(path), executable: annotations[EXECUTABLE] === "true" };
}
