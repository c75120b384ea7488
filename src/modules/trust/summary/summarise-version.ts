import type { Actor } from "../../../core/actor.ts";
import { CAPABILITY_KINDS, type Capability } from "../../../core/capability.ts";
import type { Id } from "../../../core/id.ts";
import { termsOfExpression } from "../../../core/licence-terms.ts";
import { isModerator } from "../../../core/permission.ts";
import { provenanceOf } from "../../../core/signing/provenance.ts";
import { type CapabilityGroup, type TrustSummary, trustState } from "../../../core/trust-summary.ts";
import type { Database } from "../../../platform/database/index.ts";
import { type Asset, type CatalogModule, refOf, type Version } from "../../catalog/index.ts";
import { modelSignatureOf } from "../attestations/index.ts";
import * as records from "./read-model.ts";

export interface TrustSummaryDeps {
  database: Database;
  catalog: CatalogModule;
  /** What a version can do, and what is new since the one of `versions` before it; null where no scan has looked. */
  capabilitiesSince(
    versions: Awaited<ReturnType<typeof records.comparableVersions>>,
    version: Version,
  ): Promise<{ facts: Capability[]; since: string | null; gained: Capability[] } | null>;
}

const MAX_SIGNATURES = 5;
const MAX_ADVISORIES = 5;
const MAX_VALUES = 4;

export type TrustSummaries = ReturnType<typeof createTrustSummaries>;

/** What speaks for or against versions, with the eyes of who asks. */
export function createTrustSummaries(deps: TrustSummaryDeps) {
  return {
    /** Of a version that was found already; a dozen small queries. */
    of: (actor: Actor, asset: Asset, version: Version) => summarise(deps, actor, asset, version),
    /** Throws ASSET_NOT_FOUND and VERSION_NOT_FOUND. */
    async find(actor: Actor, ref: string, selector: string) {
      const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
      return { asset, version, summary: await summarise(deps, actor, asset, version) };
    },
  };
}

async function summarise(
  { database, catalog, capabilitiesSince }: TrustSummaryDeps,
  actor: Actor,
  asset: Asset,
  version: Version,
): Promise<TrustSummary> {
  const q = database.read;
  const [publisher, signatures, scan, decision, advisories, versions, { looked, asOf, logIndex }] = await Promise.all([
    records.publisherOf(q, actor, asset.namespaceId),
    signaturesOf(catalog, asset, version.id),
    records.completedScan(q, version.id),
    records.newestDecision(q, version.id),
    catalog.advisoriesOf(actor, version.id),
    records.comparableVersions(q, asset.id),
    records.recordsOf(q, version.id),
  ]);
  const { verdict, recall, metadata } = version;
  const facts = {
    recall,
    verdict,
    signatures: signatures.slice(0, MAX_SIGNATURES),
    scan,
    review: decision && isOf(decision.decision, verdict) ? { ...decision, moderator: named(actor, decision) } : null,
    advisories: {
      known: advisories
        .slice(0, MAX_ADVISORIES)
        .map(({ advisoryId: id, package: name, level, malicious }) => ({ id, package: name, level, malicious })),
      count: advisories.length,
      looked,
      asOf,
    },
  };
  return {
    ...facts,
    state: trustState({ ...facts, status: asset.status }),
    publisher,
    signatureCount: signatures.length,
    modelSignature: await modelSignatureOf(q, version.id),
    build: version.provenance && provenanceOf(version.provenance),
    verdictReason: version.verdictReason,
    capabilities: grouped(await capabilitiesSince(versions, version)),
    license: { expression: metadata.license, terms: termsOfExpression(metadata.license) },
    logIndex,
  };
}

/** A decision that was taken back by what came after it says nothing of the version. */
const isOf = (decision: "approved" | "rejected", verdict: Version["verdict"]): boolean =>
  verdict === (decision === "approved" ? "passed" : "blocked");

const named = (actor: Actor, { moderator }: { moderator: string }): string | null =>
  isModerator(actor) ? moderator : null;

/** Those that count before those whose key was revoked. */
async function signaturesOf(catalog: CatalogModule, asset: Asset, versionId: Id): Promise<TrustSummary["signatures"]> {
  return (await catalog.signaturesOf(versionId))
    .map(({ signer, keyName, fingerprint, signedAt, revokedAt, signedAs }) => ({
      signer,
      keyName,
      fingerprint,
      signedAt,
      revokedAt,
      signedAs: signedAs === refOf(asset) ? null : signedAs,
    }))
    .sort((a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null));
}

function grouped(found: Awaited<ReturnType<TrustSummaryDeps["capabilitiesSince"]>>): TrustSummary["capabilities"] {
  if (found === null) return null;
  const gained = new Set(found.gained.map(({ kind, value }) => `${kind} ${value}`));
  const isGained = ({ kind, value }: Capability): boolean => gained.has(`${kind} ${value}`);
  const groups = CAPABILITY_KINDS.map((kind): CapabilityGroup => {
    const facts = found.facts.filter((fact) => fact.kind === kind);
    const fresh = facts.filter(isGained);
    const shown = [...fresh, ...facts.filter((fact) => !isGained(fact))].slice(0, MAX_VALUES);
    const values = shown.map((fact) => ({ value: fact.value, gained: isGained(fact) }));
    return { kind, count: facts.length, values, gained: fresh.length };
  });
  return { groups: groups.filter(({ count }) => count > 0), since: found.since };
}
