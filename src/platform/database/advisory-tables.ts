import type { Generated } from "kysely";
import type { Classified } from "./column-class.ts";

/** Tables of migration 0012: packages that versions name, advisories, and what waits for a rescan. */
export interface AdvisoryTables {
  package_extractions: { version_id: string; extractor: string; extracted_at: string };
  package_references: {
    version_id: string;
    position: number;
    ecosystem: string;
    name: string;
    version: string | null;
    version_range: string | null;
    transitive: number;
    path: string;
    line: number | null;
  };
  advisories: {
    id: string;
    origin: "imported" | "own";
    modified: string;
    published: string | null;
    withdrawn: string | null;
    severity: string | null;
    malicious: number;
    summary: string;
    document: string;
    created_at: string;
    updated_at: string;
  };
  advisory_packages: {
    advisory_id: string;
    position: number;
    ecosystem: string;
    name: string;
    asset_id: string | null;
    affected: string;
  };
  changed_packages: { ecosystem: string; name: string; mark: string };
  version_advisories: {
    version_id: string;
    advisory_id: string;
    ecosystem: string;
    package: string;
    package_version: string | null;
    fixed: string | null;
    path: string | null;
    line: number | null;
    found_at: string;
    told_at: string | null;
  };
  advisory_imports: {
    id: string;
    source: string;
    status: "waiting" | "running" | "done" | "failed";
    digest: string | null;
    etag: string | null;
    requested_by: string | null;
    entries: Generated<number>;
    changed: Generated<number>;
    unchanged: Generated<number>;
    skipped: Generated<number>;
    problems: Generated<string>;
    error: string | null;
    created_at: string;
    finished_at: string | null;
  };
  rescan_queue: { version_id: string; whole: number; created_at: string };
}

export const ADVISORY_CLASSES: Classified<AdvisoryTables> = {
  package_extractions: { version_id: "internal", extractor: "internal", extracted_at: "internal" },
  package_references: {
    version_id: "internal",
    position: "internal",
    ecosystem: "public",
    name: "public",
    version: "public",
    version_range: "public",
    transitive: "public",
    path: "public",
    line: "public",
  },
  advisories: {
    id: "public",
    origin: "public",
    modified: "public",
    published: "public",
    withdrawn: "public",
    severity: "public",
    malicious: "public",
    summary: "public",
    document: "public",
    created_at: "internal",
    updated_at: "public",
  },
  advisory_packages: {
    advisory_id: "public",
    position: "internal",
    ecosystem: "public",
    name: "public",
    asset_id: "internal",
    affected: "public",
  },
  changed_packages: { ecosystem: "internal", name: "internal", mark: "internal" },
  version_advisories: {
    version_id: "internal",
    advisory_id: "public",
    ecosystem: "public",
    package: "public",
    package_version: "public",
    fixed: "public",
    path: "public",
    line: "public",
    found_at: "public",
    told_at: "internal",
  },
  advisory_imports: {
    id: "internal",
    source: "internal",
    status: "internal",
    digest: "internal",
    etag: "internal",
    requested_by: "personal",
    entries: "internal",
    changed: "internal",
    unchanged: "internal",
    skipped: "internal",
    problems: "internal",
    error: "internal",
    created_at: "internal",
    finished_at: "internal",
  },
  rescan_queue: { version_id: "internal", whole: "internal", created_at: "internal" },
};
