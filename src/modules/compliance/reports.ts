import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";

/** What readers say is wrong. */
export const REPORT_CATEGORIES = [
  "malware",
  "prompt-injection",
  "secret",
  "licence",
  "impersonation",
  "other",
] as const;
export type ReportCategory = (typeof REPORT_CATEGORIES)[number];
export const isReportCategory = (text: string): text is ReportCategory =>
  (REPORT_CATEGORIES as readonly string[]).includes(text);

export const REPORT_STATUSES = ["open", "resolved", "dismissed"] as const;
export type ReportStatus = (typeof REPORT_STATUSES)[number];

/** A reader's report as they see it themselves. */
export interface OwnReport {
  id: Id;
  /** The asset's name when it was reported. */
  ref: string;
  /** The version that it is about; null for the asset as a whole. */
  version: string | null;
  category: ReportCategory;
  text: string;
  status: ReportStatus;
  /** What a moderator told the reporter. */
  answer: string;
  createdAt: Instant;
  handledAt: Instant | null;
}

/** A report as moderators see it. Publishers see none of it. */
export interface Report extends OwnReport {
  assetId: Id;
  /** The asset's present name. */
  presentRef: string;
  /** The version to look at: the reported one, else the latest; null when there is none. */
  subject: { id: Id; version: string; status: string } | null;
  reporterId: Id;
  reporter: string;
  handledBy: string | null;
}

export interface ReportFilter {
  status?: ReportStatus;
  category?: ReportCategory;
  /** Reports on this asset alone. */
  assetId?: Id;
}
