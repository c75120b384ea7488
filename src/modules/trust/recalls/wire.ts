import type { Exposure } from "./read-model.ts";
import type { Recall } from "./recall.ts";

/** A recall as administrators see it. */
export const recallWire = (recall: Recall) => ({
  number: recall.number,
  digest: recall.digest,
  ref: recall.ref,
  version: recall.version,
  reason: recall.reason,
  severity: recall.severity,
  recalled_by: recall.recalledBy,
  recalled_at: recall.recalledAt,
  lifted_at: recall.lifted?.at ?? null,
  lifted_by: recall.lifted?.by ?? null,
  lift_reason: recall.lifted?.reason ?? null,
});

export const exposureWire = (exposure: Exposure) => ({
  people: exposure.people.map(({ username, downloads, lastAt }) => ({ username, downloads, last_at: lastAt })),
  people_total: exposure.peopleTotal,
  unknown_visitors: exposure.unknownVisitors,
  downloads_total: exposure.downloadsTotal,
  projects: exposure.projects.map(({ seenAt, ...project }) => ({ ...project, seen_at: seenAt })),
  projects_total: exposure.projectsTotal,
  dependents: exposure.dependents,
  dependents_total: exposure.dependentsTotal,
});

/** RFC 4180, one line for each who has it. What a spreadsheet would take for a formula is made text. */
export function exposureCsv(exposure: Exposure): string {
  const rows = [
    ["what", "who", "project", "asset", "version", "downloads", "last_at"],
    ...exposure.people.map((p) => ["downloaded", p.username, "", "", "", String(p.downloads), p.lastAt]),
    ...exposure.projects.map((p) => ["lockfile", p.username, p.project, p.ref, p.version, "", p.seenAt]),
    ...exposure.dependents.map((d) => ["depends", "", "", d.ref, d.version, "", ""]),
  ];
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

const cell = (text: string): string => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
