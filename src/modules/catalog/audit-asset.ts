import type { AuditActor, AuditEvent } from "../../platform/audit/audit-log.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { type Asset, refOf } from "./asset.ts";

/** An asset as the audit log names it. */
export const auditSubject = (asset: Pick<Asset, "id" | "namespace" | "slug">): AuditEvent["subject"] => ({
  type: "asset",
  id: asset.id,
  name: refOf(asset),
});

const WATCHED = [
  "title",
  "description",
  "license",
  "homepage",
  "repository",
  "visibility",
  "status",
  "publishRequested",
] as const;

/** What the audit log keeps of one change of an asset: an entry for each event, and one for a visibility that changed. */
export function auditChange(actor: AuditActor, before: Asset, after: Asset, events: readonly NewEvent[]): AuditEvent[] {
  const entry = (action: string, details: Record<string, unknown>): AuditEvent => ({
    action,
    outcome: "success",
    actor,
    subject: auditSubject(after),
    details,
  });
  const changed = WATCHED.filter((field) => before[field] !== after[field]);
  const entries = events.map(({ type, payload }) => {
    // Reasons are free text, which may hold anything.
    const { reason: _reason, ref: _ref, ...details } = payload;
    return entry(type, type === "asset.updated" ? { changed } : details);
  });
  if (before.visibility !== after.visibility)
    entries.push(entry("asset.visibility.changed", { from: before.visibility, to: after.visibility }));
  return entries;
}
