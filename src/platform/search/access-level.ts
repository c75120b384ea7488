import { OPEN_STATUSES } from "../../core/permission.ts";
import type { SearchDocument } from "./search-index.ts";

// The rule of mayAsset(actor, "list", …) as numbers: a row has a level, a reader a clearance for each namespace.
export const PUBLIC = 0;
export const INTERNAL = 1;
export const ORGANIZATION = 2;
/** Shared with those who write: unlisted, or not published. */
export const WRITERS = 3;
export const PRIVATE = 4;
/** Private and not published. */
export const HIDDEN = 5;

/** The level of an asset's row. */
export function accessLevel({ status, visibility }: Pick<SearchDocument, "status" | "visibility">): number {
  const open = OPEN_STATUSES.includes(status);
  if (visibility === "private") return open ? PRIVATE : HIDDEN;
  if (!open || visibility === "unlisted") return WRITERS;
  return { public: PUBLIC, internal: INTERNAL, organization: ORGANIZATION }[visibility];
}
