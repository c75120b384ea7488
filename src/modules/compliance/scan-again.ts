import type { Id } from "../../core/id.ts";
import { CAPABILITIES } from "../../platform/scanning/capabilities/index.ts";
import { PACKAGES } from "../../platform/scanning/packages/index.ts";
import type { ScanReport, ScanRequest } from "../../platform/scanning/scanner.ts";
import { capabilitiesOf } from "../catalog/index.ts";
import { extractorOfVersion } from "./capability-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { packageExtractorOf, packagesOf } from "./package-repository.ts";
import * as repository from "./repository.ts";

/**
 * A report by today's scanners over bytes that cannot change: what a scanner of today's very version said of them in the last
 * completed scan is taken as it is, and the others run. Throws as the engine does.
 */
export async function scanWhatChanged(
  deps: ComplianceDeps,
  versionId: Id,
  request: ScanRequest,
  signal: AbortSignal,
): Promise<ScanReport> {
  const q = deps.database.read;
  const last = (await repository.scansOf(q, versionId)).find((scan) => scan.status === "completed");
  const extracted = new Map([
    [CAPABILITIES, await extractorOfVersion(q, versionId)],
    [PACKAGES, await packageExtractorOf(q, versionId)],
  ]);
  const today = deps.engine.scanners();
  const kept = (last?.outcomes ?? []).filter(
    ({ scanner, version, state }) =>
      state === "completed" &&
      today.some((now) => now.name === scanner && now.version === version) &&
      (!extracted.has(scanner) || extracted.get(scanner) === version),
  );
  const isKept = (name: string): boolean => kept.some(({ scanner }) => scanner === name);
  const names = today.map(({ name }) => name).filter((name) => !isKept(name));
  const fresh =
    names.length === 0
      ? { outcomes: [], findings: [], capabilities: [], packages: [] }
      : await deps.engine.scan(request, signal, names);
  const findings = last ? await repository.findingsOf(q, last.id) : [];
  return {
    outcomes: [...kept, ...fresh.outcomes],
    findings: [...findings.filter(({ scanner }) => isKept(scanner)), ...fresh.findings],
    capabilities: isKept(CAPABILITIES) ? ((await capabilitiesOf(q, versionId)) ?? []) : fresh.capabilities,
    packages: isKept(PACKAGES) ? await packagesOf(q, versionId) : fresh.packages,
  };
}
