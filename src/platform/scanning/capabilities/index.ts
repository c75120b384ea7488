import type { Capability } from "../../../core/capability.ts";
import type { ScanTarget, Scanner } from "../scanner.ts";
import { extractCapabilities } from "./extract.ts";

/** The step of a scan that gathers facts; policy judges what they gain, not what they are. */
export const CAPABILITIES = "capabilities";

/** Raise it whenever the same bytes could give other facts: versions are then looked at again, and never compared across. */
const REVISION = 1;

/** A step beside the scanners that finds nothing wrong and tells what a version can do. */
export const createCapabilityExtractor = (): Scanner & {
  extract(target: ScanTarget, signal: AbortSignal): Promise<Capability[]>;
} => ({
  name: CAPABILITIES,
  version: String(REVISION),
  scan: () => Promise.resolve([]),
  extract: extractCapabilities,
});
