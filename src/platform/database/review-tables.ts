import type { Classified } from "./column-class.ts";

/** Tables of review and of readers' reports, as Kysely sees them. */
export interface ReviewTables {
  review_claims: { version_id: string; moderator_id: string; claimed_at: string; expires_at: string };
  review_first_approvals: {
    version_id: string;
    moderator_id: string;
    scan_id: string | null;
    reason: string;
    created_at: string;
  };
  review_change_requests: {
    version_id: string;
    requested_by: string;
    message: string;
    successor_id: string | null;
    created_at: string;
  };
  review_acts: { id: string; version_id: string; actor_id: string; act: string; text: string; created_at: string };
  reports: {
    id: string;
    asset_id: string;
    version_id: string | null;
    ref: string;
    reporter_id: string;
    category: string;
    text: string;
    status: "open" | "resolved" | "dismissed";
    answer: string;
    handled_by: string | null;
    created_at: string;
    handled_at: string | null;
  };
}

export const REVIEW_CLASSES: Classified<ReviewTables> = {
  review_claims: {
    version_id: "internal",
    moderator_id: "personal",
    claimed_at: "internal",
    expires_at: "internal",
  },
  review_first_approvals: {
    version_id: "internal",
    moderator_id: "personal",
    scan_id: "internal",
    reason: "internal",
    created_at: "internal",
  },
  review_change_requests: {
    version_id: "internal",
    requested_by: "personal",
    message: "internal",
    successor_id: "internal",
    created_at: "internal",
  },
  review_acts: {
    id: "internal",
    version_id: "internal",
    actor_id: "personal",
    act: "internal",
    text: "internal",
    created_at: "internal",
  },
  reports: {
    id: "internal",
    asset_id: "internal",
    version_id: "internal",
    ref: "internal",
    reporter_id: "personal",
    category: "internal",
    text: "personal",
    status: "internal",
    answer: "internal",
    handled_by: "personal",
    created_at: "internal",
    handled_at: "internal",
  },
};
