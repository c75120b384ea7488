import type { Generated } from "kysely";
import type { Classified } from "./column-class.ts";

/** Recalls, and the lockfiles that people chose to report. */
export interface RecallTables {
  recalls: {
    number: number;
    digest: string;
    asset_id: string;
    ref: string;
    version: string;
    reason: string;
    severity: "low" | "medium" | "high" | "critical";
    recalled_by: string | null;
    recalled_at: string;
    changed: number;
    shown_ref: string | null;
    shown_version: string | null;
    lifted_at: string | null;
    lifted_by: string | null;
    lift_reason: string | null;
    told_up_to: Generated<string>;
  };
  lockfile_reports: { id: string; user_id: string; project: string; created_at: string; seen_at: string };
  lockfile_entries: { report_id: string; ref: string; version: string; digest: string };
}

export const RECALL_CLASSES: Classified<RecallTables> = {
  recalls: {
    number: "public",
    digest: "public",
    asset_id: "public",
    ref: "public",
    version: "public",
    reason: "public",
    severity: "public",
    recalled_by: "personal",
    recalled_at: "public",
    changed: "public",
    shown_ref: "public",
    shown_version: "public",
    lifted_at: "public",
    lifted_by: "personal",
    lift_reason: "public",
    told_up_to: "internal",
  },
  lockfile_reports: {
    id: "internal",
    user_id: "personal",
    project: "personal",
    created_at: "personal",
    seen_at: "personal",
  },
  lockfile_entries: { report_id: "internal", ref: "personal", version: "personal", digest: "personal" },
};
