import type { Digest } from "../../core/digest.ts";
import { MAX_MANIFEST_BYTES, parseManifest } from "../../core/package/manifest.ts";
import type { BlobInfo, BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { counted, type Inspection, ok, wrong } from "./inspection.ts";
import { type NamedBlob, namedBlobs, type RecordedVersion, recordedVersions, usesOf } from "./blob-read-model.ts";
import { referencedDigests } from "./repository.ts";
import { scrubBlobs } from "./scrub-blobs.ts";

interface StorageDeps {
  database: Database;
  blobs: BlobStore;
}

const NAMED = 20;
const RESTORE_BLOBS =
  "Copy the blob from a backup, or publish the same files again: bytes of the same digest take its place.";

/** Told how far a long look has come: what is looked at, and how much of it so far. */
export type OnProgress = (what: string, done: number) => void;

/**
 * Holds what the catalogue names against what the storage holds: every blob is there, with its size; every manifest says
 * what the records say. `deep` also reads every byte. Memory is bounded; changes nothing; may run beside a server.
 */
export async function* inspectBlobs(
  deps: StorageDeps,
  options: { deep: boolean; onProgress?: OnProgress },
): AsyncGenerator<Inspection> {
  const { onProgress = () => {} } = options;
  yield* compareBlobs(deps, onProgress);
  yield await inspectManifests(deps, onProgress);
  if (options.deep) yield await rehash(deps, onProgress);
}

class Faults {
  count = 0;
  readonly named: string[] = [];
  add(what: string): void {
    this.count++;
    if (this.named.length < NAMED) this.named.push(what);
  }
}

/** One pass over two ascending lists. What only one of them knows may have come or gone meanwhile: then the owner is asked again. */
async function* compareBlobs({ database, blobs }: StorageDeps, onProgress: OnProgress): AsyncGenerator<Inspection> {
  const q = database.read;
  const [missing, sized] = [new Faults(), new Faults()];
  const orphans = { count: 0, bytes: 0 };
  let seen = 0;

  const lacks = async ({ digest }: NamedBlob): Promise<void> => {
    if ((await blobs.stat(digest)) !== null) return;
    if ((await referencedDigests(q, [digest])).size > 0) missing.add(await described(q, digest));
  };
  const holds = async (name: NamedBlob, info: BlobInfo): Promise<void> => {
    if (name.least === null || (name.least === info.size && name.most === info.size)) return;
    if ((await referencedDigests(q, [name.digest])).size === 0) return;
    sized.add(`${await described(q, name.digest)}: ${info.size} bytes where ${name.most} were published`);
  };

  const names = namedBlobs(q);
  let name = await names.next();
  for await (const info of blobs.list()) {
    for (; !name.done && name.value.digest < info.digest; name = await names.next()) await lacks(name.value);
    if (!name.done && name.value.digest === info.digest) {
      await holds(name.value, info);
      name = await names.next();
    } else {
      orphans.count++;
      orphans.bytes += info.size;
    }
    onProgress("blobs", ++seen);
  }
  for (; !name.done; name = await names.next()) await lacks(name.value);

  const spare =
    orphans.count > 0
      ? `; ${counted(orphans.count, "blob")} (${orphans.bytes} bytes) are in no version and go with the next garbage collection`
      : "";
  yield missing.count === 0
    ? ok("blobs", `${counted(seen, "blob")}, none missing${spare}`)
    : wrong("blobs", `${counted(missing.count, "blob")} missing from the storage`, RESTORE_BLOBS, missing.named);
  yield sized.count === 0
    ? ok("sizes", "every blob has its size")
    : wrong("sizes", `${counted(sized.count, "blob")} of another size than published`, RESTORE_BLOBS, sized.named);
}

async function described(q: Queries, digest: Digest): Promise<string> {
  return `${digest} (${(await usesOf(q, digest)).join(", ")})`;
}

async function inspectManifests({ database, blobs }: StorageDeps, onProgress: OnProgress): Promise<Inspection> {
  const faults = new Faults();
  let seen = 0;
  for await (const version of recordedVersions(database.read)) {
    const problem = await manifestProblem(blobs, version);
    if (problem) faults.add(`${version.ref}: ${problem}`);
    onProgress("manifests", ++seen);
  }
  return faults.count === 0
    ? ok("manifests", `${counted(seen, "manifest")} say what the records say`)
    : wrong("manifests", `${counted(faults.count, "manifest")} cannot be trusted`, RESTORE_BLOBS, faults.named);
}

async function manifestProblem(blobs: BlobStore, version: RecordedVersion): Promise<string | null> {
  const info = await blobs.stat(version.manifestDigest);
  if (!info) return "it is missing";
  if (info.size > MAX_MANIFEST_BYTES) return "it is larger than a manifest may be";
  try {
    const stream = await blobs.open(version.manifestDigest);
    if (!stream) return "it is missing";
    const manifest = parseManifest(new Uint8Array(await new Response(stream).arrayBuffer()));
    if (manifest.digest !== version.manifestDigest) return "its bytes have another digest than its name";
    if (manifest.config.digest !== version.configDigest) return "it names another config than the record";
    if ((await blobs.stat(manifest.config.digest))?.size !== manifest.config.size)
      return "its config is missing or torn";
    return sameFiles(manifest.files, version.files) ? null : "it lists other files than the record";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function sameFiles(a: RecordedVersion["files"], b: RecordedVersion["files"]): boolean {
  const key = (file: RecordedVersion["files"][number]) =>
    JSON.stringify([file.path, file.size, file.digest, file.executable]);
  const known = new Set(a.map(key));
  return a.length === b.length && b.every((file) => known.has(key(file)));
}

async function rehash(deps: StorageDeps, onProgress: OnProgress): Promise<Inspection> {
  let read = 0;
  const counting: BlobStore = {
    ...deps.blobs,
    async *list(options) {
      for await (const info of deps.blobs.list(options)) {
        yield info;
        onProgress("blobs read", ++read);
      }
    },
  };
  const report = await scrubBlobs({ database: deps.database, blobs: counting });
  if (report.damagedCount === 0)
    return ok("bytes", `${counted(report.checked, "blob")} (${report.checkedBytes} bytes) hash to their names`);
  const named = await Promise.all(report.damaged.slice(0, 5).map((digest) => described(deps.database.read, digest)));
  return wrong("bytes", `${counted(report.damagedCount, "blob")} damaged`, RESTORE_BLOBS, named);
}
