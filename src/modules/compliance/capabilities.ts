import { type Capability, type CapabilityKind, compareCapabilities } from "../../core/capability.ts";
import { instant } from "../../core/clock.ts";
import type { Queries } from "../../platform/database/index.ts";
import { CAPABILITIES } from "../../platform/scanning/capabilities/index.ts";
import type { ScanEngine } from "../../platform/scanning/scanner.ts";
import { capabilitiesOf, filesOf, highestFirst, type Version } from "../catalog/index.ts";
import type { CapabilityIncrease } from "./capability-increase.ts";
import * as repository from "./capability-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { completeReport } from "./complete-report.ts";

/** What choosing the version to compare with needs to know of one. */
export type ComparableVersion = Pick<Version, "id" | "version" | "status" | "releasedAt" | "yankedAt">;

/**
 * The version that another is compared with: the highest released one below it, else the highest of all; yanked ones only
 * when there is nothing else, so that yanking everything does not make a version the first. null for the first.
 */
export function comparedWith<V extends ComparableVersion>(
  version: ComparableVersion,
  versions: readonly V[],
): V | null {
  const released = versions
    .filter((other) => other.id !== version.id && other.status === "published" && other.releasedAt !== null)
    .sort(highestFirst);
  const kept = released.filter((other) => other.yankedAt === null);
  const candidates = kept.length > 0 ? kept : released;
  return candidates.find((other) => highestFirst(version, other) < 0) ?? candidates[0] ?? null;
}

/** The revision by which this server extracts; null when it does not. */
export const extractorOf = (engine: ScanEngine): string | null =>
  engine.scanners().find((scanner) => scanner.name === CAPABILITIES)?.version ?? null;

/**
 * Looks at a released version again when its facts are missing or of another revision, so that it can be compared with.
 * Throws when that did not complete.
 */
export async function bringUpToDate(deps: ComplianceDeps, version: Version, signal: AbortSignal): Promise<void> {
  const extractor = extractorOf(deps.engine);
  if (extractor === null || (await repository.extractorOfVersion(deps.database.read, version.id)) === extractor) return;
  const files = await filesOf(deps.database.read, version.id);
  const request = { kind: version.metadata.kind, license: version.metadata.license, files };
  const report = await deps.engine.scan(request, signal, [CAPABILITIES]);
  const whole = completeReport(report, [{ name: CAPABILITIES, version: extractor }]);
  if ("incomplete" in whole)
    throw new Error(`Version ${version.version}, to compare with, could not be looked at: ${whole.incomplete.reason}`);
  const at = instant(deps.clock.now());
  await deps.database.write((tx) =>
    repository.replaceCapabilities(tx, version.id, { extractor, facts: report.capabilities, at }),
  );
}

/**
 * What a version that is not released yet gained; null when it is the first, or gained nothing of these kinds. Throws when the
 * version to compare with has no facts of today's revision: `bringUpToDate` is to be called before.
 */
export async function increaseOf(
  tx: Queries,
  deps: Pick<ComplianceDeps, "engine">,
  kinds: readonly CapabilityKind[],
  facts: readonly Capability[],
  before: Version | null,
): Promise<CapabilityIncrease | null> {
  if (before === null) return null;
  if ((await repository.extractorOfVersion(tx, before.id)) !== extractorOf(deps.engine))
    throw new Error("Another version was released meanwhile; the scan is tried again to compare with that.");
  const { gained } = compareCapabilities((await capabilitiesOf(tx, before.id)) ?? [], facts);
  const reviewed = ofKinds(gained, kinds);
  return reviewed.length === 0 ? null : { since: before.version, gained: reviewed };
}

const ofKinds = (facts: readonly Capability[], kinds: readonly CapabilityKind[]): Capability[] =>
  facts.filter((fact) => kinds.includes(fact.kind));
