import { readFile } from "node:fs/promises";
import { type Digest, isDigest } from "../../core/digest.ts";
import { conflict, invalidRequest } from "../../core/error.ts";
import { isKind, type Kind } from "../../core/kind.ts";
import { isVersion, parseRef } from "../../core/name.ts";
import { checkPath, comparePaths } from "../../core/package/path.ts";

export const LOCK_FILE = "marketplace.lock";
const FORMAT = 1;
const MAX_BYTES = 64 * 2 ** 20;

export type Scope = "project" | "user";

/**
 * One place where an asset was put. A folder holds the package's files as they are; a file was made for one agent, and
 * `digest` is of its bytes; an entry is one MCP server in a settings file, and `digest` is of its canonical JSON.
 */
export interface LockedPlace {
  /** null: no agent's own folder. */
  agent: string | null;
  scope: Scope;
  /** Relative to the project (or the home folder), with `/`. */
  path: string;
  type: "folder" | "file" | "entry";
  /** The server's name in the settings file; of entries alone. */
  entry?: string;
  digest?: Digest;
}

export interface LockedAsset {
  version: string;
  digest: Digest;
  kind: Kind;
  /** What was asked for (`*`, a range, a channel, a digest); null when it is here because another asset needs it. */
  range: string | null;
  /** namespace/slug → range; only what was installed with it. */
  dependencies: Record<string, string>;
  /** Fingerprint of the key whose signature was verified; null when the version was not signed. */
  signature: string | null;
  /** Path → digest, of every file of the package. */
  files: Record<string, Digest>;
  places: LockedPlace[];
}

/** What is installed, exactly. `assets` is by namespace/slug. */
export interface Lock {
  server: string;
  assets: Record<string, LockedAsset>;
}

/** null when there is none. Throws INVALID_REQUEST that names the file when it is not one that this program understands. */
export async function readLock(path: string): Promise<Lock | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
  const damaged = (why: string) =>
    invalidRequest(`${path} ${why}. Restore it from version control, or remove it and install again.`);
  if (bytes.length > MAX_BYTES) throw damaged("is larger than 64 MiB");
  try {
    return parse(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    if (error instanceof NewerFormat)
      throw conflict(`${path} was written by a newer program. Use marketplace of that version or later.`);
    throw damaged(`is damaged (${error instanceof Error ? error.message : String(error)})`);
  }
}

class NewerFormat extends Error {}

/** The lock's text: the same for the same content, members sorted, with a newline at its end. */
export function lockText(lock: Lock): string {
  const assets = Object.fromEntries(
    sorted(lock.assets).map(([ref, asset]) => [
      ref,
      {
        version: asset.version,
        digest: asset.digest,
        kind: asset.kind,
        range: asset.range,
        dependencies: Object.fromEntries(sorted(asset.dependencies)),
        signature: asset.signature,
        files: Object.fromEntries(sorted(asset.files)),
        places: asset.places
          .map(({ agent, scope, path, type, entry, digest }) => ({ agent, scope, path, type, entry, digest }))
          .sort((a, b) => comparePaths(placeKey(a), placeKey(b))),
      },
    ]),
  );
  return `${JSON.stringify({ lockfile: FORMAT, server: lock.server, assets }, null, 2)}\n`;
}

const sorted = <T>(record: Record<string, T>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => comparePaths(a, b));

/** Two places with one key are the same spot on disk. */
export const placeKey = (place: Pick<LockedPlace, "path" | "entry">): string =>
  place.entry === undefined ? place.path : `${place.path}#${place.entry}`;

/* A lock comes with a repository, which may be anybody's: nothing in it is believed before it was checked. */

type Fields = Record<string, unknown>;

function parse(value: unknown): Lock {
  const { lockfile, server, assets } = fields(value, "it");
  if (typeof lockfile === "number" && lockfile > FORMAT) throw new NewerFormat();
  if (lockfile !== FORMAT) throw new Error(`its "lockfile" is not ${FORMAT}`);
  if (typeof server !== "string" || !/^https?:\/\/[^\s]{1,2000}$/.test(server)) throw new Error("it names no server");
  return {
    server,
    assets: record(assets, "assets", (asset, ref) => {
      const name = parseRef(ref);
      if (!name || name.selector) throw new Error(`"${ref.slice(0, 160)}" is not namespace/name`);
      return parseAsset(ref, fields(asset, ref));
    }),
  };
}

function parseAsset(ref: string, asset: Fields): LockedAsset {
  const { version, digest, kind, range, signature } = asset;
  const bad = (what: string) => new Error(`${ref} has no valid ${what}`);
  if (typeof version !== "string" || !isVersion(version)) throw bad("version");
  if (typeof kind !== "string" || !isKind(kind)) throw bad("kind");
  if (range !== null && typeof range !== "string") throw bad("range");
  if (signature !== null && typeof signature !== "string") throw bad("signature");
  if (!Array.isArray(asset["places"])) throw bad("places");
  return {
    version,
    digest: digestOf(digest, ref),
    kind,
    range,
    dependencies: record(asset["dependencies"], `${ref} dependencies`, (to, name) => {
      if (typeof to !== "string" || parseRef(name) === null) throw bad("dependencies");
      return to;
    }),
    signature,
    files: record(asset["files"], `${ref} files`, (file, path) => {
      requireStored(path);
      return digestOf(file, `${ref} ${path}`);
    }),
    places: asset["places"].map((place) => parsePlace(ref, fields(place, `${ref} place`))),
  };
}

function parsePlace(ref: string, { agent, scope, path, type, entry, digest }: Fields): LockedPlace {
  if (agent !== null && typeof agent !== "string") throw new Error(`${ref} has a place of no agent`);
  if (scope !== "project" && scope !== "user") throw new Error(`${ref} has a place of no scope`);
  if (type !== "folder" && type !== "file" && type !== "entry") throw new Error(`${ref} has a place of no known type`);
  if (typeof path !== "string") throw new Error(`${ref} has a place without a path`);
  requireStored(path);
  const place = { agent, scope, path, type } as LockedPlace;
  if (type !== "folder") place.digest = digestOf(digest, `${ref} ${path}`);
  if (type !== "entry") return place;
  if (typeof entry !== "string" || !/^[a-z0-9-]{1,64}$/.test(entry)) throw new Error(`${ref} has an entry of no name`);
  return { ...place, entry };
}

function requireStored(path: string): void {
  if (checkPath(path) !== path) throw new Error(`"${path}" is not in its stored form`);
}

function digestOf(value: unknown, what: string): Digest {
  if (typeof value !== "string" || !isDigest(value)) throw new Error(`${what} has no sha256 digest`);
  return value;
}

function fields(value: unknown, what: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Fields;
}

function record<T>(value: unknown, what: string, read: (value: unknown, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(fields(value, what)).map(([name, item]) => [name, read(item, name)]));
}
