import type { Actor } from "../../../core/actor.ts";
import type { Digest } from "../../../core/digest.ts";
import { notFound, validationError } from "../../../core/error.ts";
import { originOf, signCheckpoint, verifierKey } from "../../../core/signing/checkpoint.ts";
import { type Fingerprint, fingerprintOf } from "../../../core/signing/ed25519.ts";
import type { TreeHash } from "../../../core/signing/merkle-tree.ts";
import type { Database } from "../../../platform/database/index.ts";
import type { JobQueue } from "../../../platform/jobs/job-queue.ts";
import type { ServerSigner } from "../../../platform/signing/server-signer.ts";
import {
  type LogEntry,
  type LogState,
  MAX_ENTRIES,
  type TransparencyLog,
  type TransparencyReader,
} from "../../../platform/transparency/transparency-log.ts";
import type { CatalogModule } from "../../catalog/index.ts";
import { backfillLog } from "./backfill-log.ts";
import { isBackfilled } from "./backfill-repository.ts";

export { transparencyApi } from "./api.ts";
export { recordingReleases } from "./record-releases.ts";

export interface TransparencyDeps {
  database: Database;
  jobs: JobQueue;
  transparency: TransparencyLog & TransparencyReader;
  catalog: CatalogModule;
  signer: ServerSigner;
  /** How this server calls itself. */
  serverName: string;
}

/** By which keys and names a server is known. */
export interface ServerKey {
  publicKey: Uint8Array;
  fingerprint: Fingerprint;
  origin: string;
  /** As tools that verify signed notes want it. */
  verifierKey: string;
}

/** An entry with the proof that it is in the tree of `size` leaves. */
export interface Inclusion extends LogEntry {
  size: number;
  proof: TreeHash[];
}

export type Transparency = ReturnType<typeof createTransparency>;

const BACKFILL_JOB = "trust.backfill-transparency";

/** The transparency log as everybody may ask for it. Registers the job that records what was before the log. */
export function createTransparency(deps: TransparencyDeps) {
  const { database, transparency: log, signer } = deps;
  const origin = originOf(deps.serverName);
  let signed: (LogState & { note: string }) | null = null;
  deps.jobs.register(BACKFILL_JOB, async (_payload, { signal }) => {
    await backfillLog(deps, signal);
  });
  return {
    /** The newest state as a signed note (C2SP tlog-checkpoint). */
    async checkpoint(): Promise<string> {
      const state = await log.state();
      if (signed?.size === state.size && signed.root === state.root) return signed.note;
      const note = await signCheckpoint({ origin, ...state }, await signer.publicKey(), signer.signRaw);
      signed = { ...state, note };
      return note;
    },
    /** Up to 500; those that the reader may not see without their text. */
    async entries(actor: Actor, from: number, limit: number): Promise<{ entries: LogEntry[]; size: number }> {
      const { size } = await log.state();
      const most = Math.min(limit, MAX_ENTRIES, Math.max(0, size - from));
      return { entries: most === 0 ? [] : await log.entries(actor, from, most), size };
    },
    /** Of an entry, null: the last of the tree. Throws NOT_FOUND for one that is not in the tree of that size. */
    async inclusionOf(actor: Actor, asked: number | null, size: number | null): Promise<Inclusion> {
      const within = await treeSize(log, size);
      const index = asked ?? Math.max(0, within - 1);
      const [entry] = index < within ? await log.entries(actor, index, 1) : [];
      if (!entry) throw notFound("entry of the log");
      return { ...entry, size: within, proof: await log.inclusionProof(index, within) };
    },
    /** Of the newest publication of this content that the actor may read; `ref` and `version` narrow it down. Throws NOT_FOUND. */
    async inclusionOfDigest(
      actor: Actor,
      wanted: { digest: Digest; ref: string | null; version: string | null },
      size: number | null,
    ): Promise<Inclusion> {
      const { digest, ref, version } = wanted;
      const within = await treeSize(log, size);
      const asset = ref === null ? null : await deps.catalog.findAsset(actor, ref);
      const found = (await log.publications(actor, digest, asset?.id ?? null)).find(
        (entry) => entry.index < within && (version === null || versionIn(entry) === version),
      );
      if (!found) throw notFound("entry of the log");
      return { ...found, size: within, proof: await log.inclusionProof(found.index, within) };
    },
    /** Throws VALIDATION_ERROR unless from <= to <= the log's size. */
    async consistency(from: number, to: number | null): Promise<{ from: number; to: number; proof: TreeHash[] }> {
      const until = await treeSize(log, to);
      if (from > until) throw validationError({ field: "from", message: `must be at most ${until}, the tree's size.` });
      return { from, to: until, proof: await log.consistencyProof(from, until) };
    },
    async serverKey(): Promise<ServerKey> {
      const publicKey = await signer.publicKey();
      return {
        publicKey,
        fingerprint: fingerprintOf(publicKey),
        origin,
        verifierKey: verifierKey(origin, publicKey),
      };
    },
    /** When the server starts: asks for the job, where it was not done yet. */
    async start(): Promise<void> {
      if (await isBackfilled(database.read)) return;
      await database.write((tx) => deps.jobs.enqueue(tx, { kind: BACKFILL_JOB, payload: {}, key: "once" }));
      deps.jobs.wake();
    },
    verify: (signal?: AbortSignal) => log.verify(signal),
  };
}

async function treeSize(log: TransparencyReader, asked: number | null): Promise<number> {
  const { size } = await log.state();
  if (asked !== null && asked > size)
    throw validationError({ field: "size", message: `must be at most ${size}, the number of entries.` });
  return asked ?? size;
}

const versionIn = ({ entry }: LogEntry): unknown =>
  entry === null ? null : (JSON.parse(entry) as { facts?: { version?: unknown } }).facts?.version;
