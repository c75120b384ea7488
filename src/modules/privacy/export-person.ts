import { createReadStream } from "node:fs";
import { mkdir, open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Actor } from "../../core/actor.ts";
import { DAY, instant, later } from "../../core/clock.ts";
import { conflict, notFound } from "../../core/error.ts";
import { newId, type Id } from "../../core/id.ts";
import { comparePaths } from "../../core/package/path.ts";
import { type ArchiveFile, writeZip } from "../../platform/archives/write-archive.ts";
import type { DataExport } from "./data-export.ts";
import type { PrivacyDeps } from "./deps.ts";
import { PERSONAL_RECORDS, personalRows } from "./export-read-model.ts";
import { requireOwner } from "./person.ts";
import * as repository from "./repository.ts";

export const EXPORT_JOB = "privacy.export-person";
/** A second export within this time answers the first. */
const SAME_FOR = DAY;
const MAX_TRIES = 3;
/** After so many failures the person sees that it failed. */
export const EXPORT_TRIES = 3;

const ABOUT = `Everything that this server keeps about your account, one file for each kind of record.
Each line of a .jsonl file is one record as JSON. Times are UTC. Hashes of secrets, and what is encrypted, are left out:
they say nothing about you. Of what you made in organizations and may not read any more, only when you made it is shown. What you published can be downloaded as usual; versions.jsonl and assets.jsonl name it.
`;

/** Begins an export, or answers the one of the last day. It is made by a job. */
export async function requestExport(deps: PrivacyDeps, actor: Actor): Promise<DataExport> {
  requireOwner(actor);
  const now = deps.clock.now();
  const answer = await deps.database.exclusively(`privacy.export.${actor.userId}`, async (tx) => {
    const newest = await repository.newestExport(tx, actor.userId, instant(now));
    if (newest && newest.status !== "failed" && newest.createdAt > later(now, -SAME_FOR)) return newest;
    const id = newId();
    await repository.addExport(tx, { id, userId: actor.userId, createdAt: instant(now) });
    await deps.jobs.enqueue(tx, {
      kind: EXPORT_JOB,
      payload: { exportId: id, userId: actor.userId },
      maxAttempts: EXPORT_TRIES,
    });
    await deps.audit.append(tx, {
      action: "person.export.requested",
      outcome: "success",
      actor,
      subject: { type: "user", id: actor.userId, name: actor.username },
    });
    return (await repository.newestExport(tx, actor.userId, instant(now))) as DataExport;
  });
  deps.jobs.wake();
  return answer;
}

/** The newest export, if there is one that has not expired. */
export async function currentExport(deps: PrivacyDeps, actor: Actor): Promise<DataExport | null> {
  requireOwner(actor);
  return repository.newestExport(deps.database.read, actor.userId, instant(deps.clock.now()));
}

/** The zip's bytes. Throws NOT_FOUND for what is not there, is not ready or is not the actor's. */
export async function openExport(
  deps: PrivacyDeps,
  actor: Actor,
  id: Id,
): Promise<{ stream: ReadableStream<Uint8Array>; size: number }> {
  const found = await currentExport(deps, actor);
  if (found?.id !== id || found.digest === null || found.size === null) throw notFound("export");
  const stream = await deps.blobs.open(found.digest);
  if (!stream) throw notFound("export");
  return { stream, size: found.size };
}

/** The job. What it gathers lies in the spool folder until it is a blob; a crash leaves files that the sweep removes. */
export async function exportPerson(deps: PrivacyDeps, payload: { exportId: Id; userId: Id }): Promise<void> {
  const folder = join(deps.spoolFolder, `export-${payload.exportId}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const files = await gather(deps, payload.userId, folder);
    for (let attempt = 1; ; attempt++) {
      const ticket = await deps.guard.takeTicket();
      const { digest, size } = await deps.blobs.put(writeZip(files));
      try {
        const now = deps.clock.now();
        await deps.database.write(async (tx) => {
          await deps.guard.assertNotCondemned(tx, [digest], ticket);
          const expiresAt = later(now, deps.exportLifetimeMs);
          await repository.finishExport(tx, payload.exportId, {
            status: "ready",
            digest,
            size,
            at: instant(now),
            expiresAt,
          });
        });
        return;
      } catch (error) {
        if (!deps.guard.isCollected(error) || attempt === MAX_TRIES) throw error;
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A file for each kind of record, written row by row: nothing is held whole in memory. */
async function gather(deps: PrivacyDeps, userId: Id, folder: string): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  const person = await deps.readerOf(userId);
  for (const table of PERSONAL_RECORDS) {
    const path = join(folder, `${table}.jsonl`);
    const file = await open(path, "w", 0o600);
    try {
      for await (const row of personalRows(deps.database.read, table, person))
        await file.write(`${JSON.stringify(row)}\n`);
    } finally {
      await file.close();
    }
    const { size } = await stat(path);
    if (size > 0) files.push(fileOf(`${table}.jsonl`, path, size));
  }
  const about = Buffer.from(ABOUT);
  files.push({
    path: "README.txt",
    size: about.byteLength,
    executable: false,
    open: async () => new Response(about).body as ReadableStream<Uint8Array>,
  });
  return files.sort((a, b) => comparePaths(a.path, b.path));
}

const fileOf = (path: string, from: string, size: number): ArchiveFile => ({
  path,
  size,
  executable: false,
  open: async () => Readable.toWeb(createReadStream(from)) as unknown as ReadableStream<Uint8Array>,
});

/** When the last try has failed the person sees it, and may ask again. */
export async function exportFailed(deps: PrivacyDeps, exportId: Id): Promise<void> {
  await deps.database.write((tx) =>
    repository.finishExport(tx, exportId, { status: "failed", at: instant(deps.clock.now()) }),
  );
}

/** Throws CONFLICT while an export is being made: it would show what is being erased. */
export function requireNoExport(found: DataExport | null): void {
  if (found?.status === "waiting") throw conflict("Your data is being gathered at this moment. Try again in a minute.");
}
