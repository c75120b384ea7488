import type { Generated } from "kysely";
import type { Classified } from "./column-class.ts";

/** Tables of policies, explanations of findings, and appeals, as Kysely sees them. */
export interface PolicyTables {
  organization_policies: {
    organization_id: string;
    settings: string;
    updated_by: string | null;
    updated_at: string;
  };
  applied_policies: { scope: string; fingerprint: string; applied_at: string };
  suppressions: {
    id: string;
    asset_id: string;
    rule_id: string;
    path: string | null;
    reason: string;
    source: "package" | "person";
    version_id: string | null;
    status: "proposed" | "accepted" | "refused" | "withdrawn";
    proposed_by: string;
    created_at: string;
    decided_by: string | null;
    decided_at: string | null;
    answer: string | null;
    places: Generated<string>;
    covers_blocking: Generated<number>;
    expires_at: string | null;
  };
  appeals: {
    id: string;
    version_id: string;
    decision: string;
    text: string;
    status: "open" | "granted" | "refused";
    appealed_by: string;
    created_at: string;
    decided_by: string | null;
    decided_at: string | null;
    answer: string | null;
  };
}

export const POLICY_CLASSES: Classified<PolicyTables> = {
  organization_policies: {
    organization_id: "internal",
    settings: "internal",
    updated_by: "personal",
    updated_at: "internal",
  },
  applied_policies: { scope: "internal", fingerprint: "internal", applied_at: "internal" },
  suppressions: {
    id: "public",
    asset_id: "public",
    rule_id: "public",
    path: "public",
    reason: "public",
    source: "public",
    version_id: "public",
    status: "public",
    proposed_by: "personal",
    created_at: "public",
    decided_by: "personal",
    decided_at: "public",
    answer: "public",
    places: "internal",
    covers_blocking: "internal",
    expires_at: "public",
  },
  appeals: {
    id: "internal",
    version_id: "internal",
    decision: "internal",
    text: "personal",
    status: "internal",
    appealed_by: "personal",
    created_at: "internal",
    decided_by: "personal",
    decided_at: "internal",
    answer: "internal",
  },
};
