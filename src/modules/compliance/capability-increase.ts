import type { Capability } from "../../core/capability.ts";

/** What a version can do that the one before it could not, of the kinds that the policy wants looked at. */
export interface CapabilityIncrease {
  /** The version that it was compared with. */
  since: string;
  gained: readonly Capability[];
}
