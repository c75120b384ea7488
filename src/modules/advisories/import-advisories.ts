import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Actor, SYSTEM } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { AppError, validationError } from "../../core/error.ts";
import { type Id, newId } from "../../core/id.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { BlobSource } from "../../platform/blobs/blob-store.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import type { AdvisoriesDeps } from "./deps.ts";
import * as imports from "./import-repository.ts";
import type { OsvAdvisory } from "./read-osv.ts";
import { type ImportEntry, readImport } from "./read-import.ts";
import { knownAdvisories, putAdvisory } from "./repository.ts";
import { newMark, requestMatching } from "./settle-versions.ts";

export const IMPORT_JOB = "advisories.import";
const MAX_BYTES = 4 * 2 ** 30;
const MAX_UPLOAD_MS = 3_600_000;
/** Entries a transaction: short enough that nobody's write waits for long. */
const ENTRIES_AT_ONCE = 50;
const MOST_PROBLEMS = 50;
const MAX_ATTEMPTS = 5;

/** Keeps the bytes and has a job read them; `now` leaves that to the caller. Answers the import's id. */
export async function importBytes(
  deps: AdvisoriesDeps,
  actor: Actor,
  given: { name: string; bytes: BlobSource; now?: boolean },
): Promise<Id> {
  requireAdmin(actor);
  const { digest } = await deps.blobs.put(given.bytes, {
    maxBytes: MAX_BYTES,
    signal: AbortSignal.timeout(MAX_UPLOAD_MS),
  });
  return begin(deps, actor, { source: given.name.slice(0, 200), digest, now: given.now ?? false });
}

/** Has a job fetch an address. Throws VALIDATION_ERROR for one whose host the configuration does not name. */
export async function importUrl(
  deps: AdvisoriesDeps,
  actor: Actor,
  url: string,
  allowed: readonly string[],
  now = false,
): Promise<Id> {
  requireAdmin(actor);
  const host = URL.canParse(url) ? new URL(url) : null;
  if (!host || url.length > 500 || !/^https?:$/.test(host.protocol) || !allowed.includes(host.host))
    throw validationError({
      field: "url",
      message: "Advisories are fetched only from hosts named in `[advisories] sources` or `allowed_hosts`.",
    });
  return begin(deps, actor, { source: url, digest: null, now });
}

async function begin(
  deps: AdvisoriesDeps,
  actor: Actor,
  given: { source: string; digest: imports.AdvisoryImport["digest"]; now: boolean },
): Promise<Id> {
  const id = newId();
  const requestedBy = actor.kind === "user" && actor.userId !== SYSTEM.userId ? actor.userId : null;
  await deps.database.write(async (tx) => {
    await imports.insertImport(tx, { ...given, id, requestedBy, at: instant(deps.clock.now()) });
    if (!given.now)
      await deps.jobs.enqueue(tx, { kind: IMPORT_JOB, payload: { importId: id }, key: id, maxAttempts: MAX_ATTEMPTS });
    await deps.audit.append(tx, {
      action: "advisories.import_requested",
      outcome: "success",
      actor,
      subject: { type: "server", id: null },
      details: { importId: id, source: given.source },
    });
  });
  deps.jobs.wake();
  return id;
}

/** The schedule's job: an import of every source; what a server says is unchanged is not fetched. */
export async function importSources(deps: AdvisoriesDeps): Promise<void> {
  for (const source of deps.sources) await begin(deps, SYSTEM, { source, digest: null, now: false });
}

/** The job. Interrupted, it goes on behind the last entry that was written; what is refused for good fails the import. */
export async function runImport(deps: AdvisoriesDeps, payload: { importId: Id }, context: JobContext): Promise<void> {
  const found = await imports.importById(deps.database.read, payload.importId);
  if (!found || found.status === "done" || found.status === "failed") return;
  await update(deps, found.id, { status: "running" });
  const folder = join(deps.spoolFolder, `advisories-${found.id}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const path = await fetched(deps, found, join(folder, "import"), context.signal);
    if (path !== null) await readInto(deps, found, path, context.signal);
    await update(deps, found.id, { status: "done", error: null, finishedAt: instant(deps.clock.now()) });
  } catch (error) {
    context.signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    const final = error instanceof AppError || context.attempt >= MAX_ATTEMPTS;
    await update(deps, found.id, {
      error: message,
      ...(final ? { status: "failed", finishedAt: instant(deps.clock.now()) } : {}),
    });
    if (!(error instanceof AppError)) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const update = (deps: AdvisoriesDeps, id: Id, progress: imports.ImportProgress): Promise<void> =>
  deps.database.write((tx) => imports.updateImport(tx, id, progress));

/** The bytes as a file; null when the source has nothing new. */
async function fetched(
  deps: AdvisoriesDeps,
  found: imports.AdvisoryImport,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  let { digest } = found;
  if (digest === null) {
    const last = await imports.lastImportOf(deps.database.read, found.source);
    const answer = await deps.download(found.source, last?.etag ?? null, signal);
    if (answer === null) {
      await update(deps, found.id, { digest: last?.digest ?? null, etag: last?.etag ?? null });
      return null;
    }
    ({ digest } = await deps.blobs.put(answer.bytes, { maxBytes: MAX_BYTES, signal }));
    await update(deps, found.id, { digest, etag: answer.etag });
    if (digest === last?.digest) return null;
  }
  const stream = await deps.blobs.open(digest);
  if (stream === null)
    throw new AppError("NOT_FOUND", "The bytes of this import are not kept any more: import it again.");
  await pipeline(stream as unknown as AsyncIterable<Uint8Array>, createWriteStream(path, { mode: 0o600 }), { signal });
  return path;
}

async function readInto(
  deps: AdvisoriesDeps,
  found: imports.AdvisoryImport,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const state = {
    entries: found.entries,
    changed: found.changed,
    unchanged: found.unchanged,
    skipped: found.skipped,
    problems: [...found.problems],
  };
  let behind = found.entries;
  let batch: ImportEntry[] = [];
  const flush = async () => {
    signal.throwIfAborted();
    const entries = batch;
    batch = [];
    if (entries.length > 0) await writeBatch(deps, found.id, entries, state);
  };
  await readImport(path, async (entry) => {
    if (behind > 0) {
      behind -= 1;
      return;
    }
    batch.push(entry);
    if (batch.length >= ENTRIES_AT_ONCE) await flush();
  });
  await flush();
}

type State = Required<Pick<imports.ImportProgress, "entries" | "changed" | "unchanged" | "skipped" | "problems">>;

async function writeBatch(deps: AdvisoriesDeps, id: Id, entries: readonly ImportEntry[], state: State): Promise<void> {
  // An advisory that comes twice counts as it comes last.
  const read = new Map<string, OsvAdvisory>();
  for (const entry of entries) {
    state.entries += 1;
    if ("advisory" in entry) read.set(entry.advisory.id, entry.advisory);
    else {
      state.skipped += 1;
      if (state.problems.length < MOST_PROBLEMS) state.problems.push(entry.problem);
    }
  }
  const changed = await deps.database.write(async (tx) => {
    const known = await knownAdvisories(tx, [...read.keys()]);
    const fresh = [...read.values()].filter((advisory) => known.get(advisory.id)?.modified !== advisory.modified);
    const put = { at: instant(deps.clock.now()), mark: newMark() };
    for (const advisory of fresh) await putAdvisory(tx, { ...advisory, origin: "imported" }, new Map(), put);
    if (fresh.length > 0) await requestMatching(tx, deps);
    await imports.updateImport(tx, id, {
      ...state,
      changed: state.changed + fresh.length,
      unchanged: state.unchanged + read.size - fresh.length,
    });
    return fresh.length;
  });
  state.changed += changed;
  state.unchanged += read.size - changed;
  deps.jobs.wake();
}
