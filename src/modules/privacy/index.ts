import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { DataExport } from "./data-export.ts";
import type { PrivacyDeps } from "./deps.ts";
import { cancelErasure, eraseDue, requestErasure } from "./erase-person.ts";
import {
  currentExport,
  EXPORT_JOB,
  EXPORT_TRIES,
  exportFailed,
  exportPerson,
  openExport,
  requestExport,
} from "./export-person.ts";
import { requireOwner } from "./person.ts";
import * as repository from "./repository.ts";

export { privacyApi } from "./api.ts";
export { privacyPages } from "./pages.tsx";

/** People's data: taking it away, and being forgotten (docs/privacy.md). */
export interface Privacy {
  requestExport(actor: Actor): Promise<DataExport>;
  currentExport(actor: Actor): Promise<DataExport | null>;
  openExport(actor: Actor, id: Id): Promise<{ stream: ReadableStream<Uint8Array>; size: number }>;
  requestErasure(actor: Actor): Promise<{ eraseAfter: string }>;
  cancelErasure(actor: Actor): Promise<void>;
  /** When the actor will be erased; null: not planned. */
  plannedErasure(actor: Actor): Promise<string | null>;
  graceMs: number;
  /** Erases whose grace period is over, and forgets exports that expired; for a schedule. */
  housekeeping(): Promise<void>;
}

export function createPrivacy(deps: PrivacyDeps): Privacy {
  deps.jobs.register<{ exportId: Id; userId: Id }>(EXPORT_JOB, async (payload, { attempt }) => {
    try {
      await exportPerson(deps, payload);
    } catch (error) {
      if (attempt >= EXPORT_TRIES) await exportFailed(deps, payload.exportId);
      throw error;
    }
  });
  return {
    requestExport: (actor) => requestExport(deps, actor),
    currentExport: (actor) => currentExport(deps, actor),
    openExport: (actor, id) => openExport(deps, actor, id),
    requestErasure: (actor) => requestErasure(deps, actor),
    cancelErasure: (actor) => cancelErasure(deps, actor),
    async plannedErasure(actor) {
      requireOwner(actor);
      return (await repository.erasureOf(deps.database.read, actor.userId)).eraseAfter;
    },
    graceMs: deps.graceMs,
    async housekeeping() {
      await eraseDue(deps);
      await deps.database.write((tx) => repository.deleteExpiredExports(tx, instant(deps.clock.now())));
    },
  };
}
