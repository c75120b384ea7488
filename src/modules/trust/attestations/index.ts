import type { Actor } from "../../../core/actor.ts";
import { type Clock, instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { type Envelope, parseEnvelope, payloadOf } from "../../../core/signing/dsse.ts";
import { provenanceStatement } from "../../../core/signing/provenance.ts";
import { type VerdictPredicate, verdictStatement } from "../../../core/signing/verdict-statement.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import type { JobQueue } from "../../../platform/jobs/job-queue.ts";
import type { ServerSigner } from "../../../platform/signing/server-signer.ts";
import { type Asset, assetById, type CatalogModule, refOf, type Version, versionById } from "../../catalog/index.ts";
import { type ModelSignature, modelSignatureOf } from "./model-signature-read-model.ts";
import * as repository from "./repository.ts";

export { attestationsApi } from "./api.ts";
export { type ModelSignature, modelSignatureOf } from "./model-signature-read-model.ts";

export interface AttestationDeps {
  database: Database;
  clock: Clock;
  jobs: JobQueue;
  catalog: CatalogModule;
  signer: ServerSigner;
}

/** A statement about a version, by whom it was signed, and whether that key still counts. */
export interface Attestation {
  kind: "publication" | repository.AttestationKind;
  envelope: unknown;
  /** A user name; null: the server. */
  signer: string | null;
  revokedAt: string | null;
}

export type Attestations = ReturnType<typeof createAttestations>;

const ATTEST_JOB = "trust.attest-version";
/** A verdict's reason in a statement, in characters. */
const MAX_REASON = 2000;

/** What is signed of versions: by their publishers, and by the server itself. Registers the job that signs verdicts. */
export function createAttestations(deps: AttestationDeps) {
  const { database, catalog } = deps;
  deps.jobs.register<{ versionId: Id }>(ATTEST_JOB, async ({ versionId }) => {
    const version = await versionById(database.read, versionId);
    const asset = version && (await assetById(database.read, version.assetId));
    if (asset) await serverAttestations(deps, asset, version);
  });
  const of = async (asset: Asset, version: Version): Promise<Attestation[]> => {
    const signatures = await catalog.signaturesOf(version.id);
    const published = signatures.map(({ envelope, signer, revokedAt }) => {
      return { kind: "publication" as const, envelope, signer, revokedAt };
    });
    const own = await serverAttestations(deps, asset, version);
    return [...published, ...own.map((one) => ({ ...one, signer: null, revokedAt: null }))];
  };
  return {
    /** In the transaction that gives a version its verdict: it is signed soon after. */
    requestFor: (tx: Queries, versionId: Id): Promise<void> =>
      deps.jobs.enqueue(tx, { kind: ATTEST_JOB, payload: { versionId }, key: versionId }),
    /** Of a version that was found already. */
    attestationsOf: of,
    /** Throws ASSET_NOT_FOUND and VERSION_NOT_FOUND. */
    async list(actor: Actor, ref: string, selector: string): Promise<Attestation[]> {
      const { asset, version } = await catalog.findVersion(actor, ref, selector);
      return of(asset, version);
    },
    /** The signature of the model that came with a version's files. Throws ASSET_NOT_FOUND and VERSION_NOT_FOUND. */
    async modelSignature(actor: Actor, ref: string, selector: string): Promise<ModelSignature> {
      const { version } = await catalog.findVersion(actor, ref, selector);
      return modelSignatureOf(database.read, version.id);
    },
    serverKey: () => deps.signer.publicKey(),
  };
}

/** What the server states of a version now: what is stored where it still says so, else signed anew and put in its place. */
async function serverAttestations(
  deps: AttestationDeps,
  asset: Asset,
  version: Version,
): Promise<{ kind: repository.AttestationKind; envelope: Envelope }[]> {
  const subject = { ref: refOf(asset), version: version.version, digest: version.digest };
  const predicate = await predicateOf(deps, version);
  const statements: [repository.AttestationKind, Uint8Array | null][] = [
    ["verdict", predicate && verdictStatement(subject, predicate)],
    ["provenance", version.provenance && provenanceStatement(subject, version.provenance)],
  ];
  const stored = await repository.attestationsOf(deps.database.read, version.id);
  const keyid = await deps.signer.fingerprint();
  const current: { kind: repository.AttestationKind; envelope: Envelope }[] = [];
  for (const [kind, statement] of statements) {
    if (statement === null) continue;
    const known = parseEnvelope(stored.get(kind) ?? "");
    const isCurrent = known?.signatures[0]?.keyid === keyid && Buffer.from(payloadOf(known)).equals(statement);
    const envelope = known && isCurrent ? known : await sign(deps, version, kind, statement);
    current.push({ kind, envelope });
  }
  return current;
}

async function sign(
  { database, signer, clock }: AttestationDeps,
  version: Version,
  kind: repository.AttestationKind,
  statement: Uint8Array,
): Promise<Envelope> {
  const envelope = await signer.sign(statement);
  const row = { versionId: version.id, kind, envelope: JSON.stringify(envelope), at: instant(clock.now()) };
  await database.write((tx) => repository.putAttestation(tx, row));
  return envelope;
}

/** null while there is no verdict. */
async function predicateOf({ database }: AttestationDeps, version: Version): Promise<VerdictPredicate | null> {
  const { verdict } = version;
  if (verdict === "pending") return null;
  const grounds = await repository.groundsOf(database.read, version.id);
  if (!grounds) return null;
  const { decision, policyVerdict, scanners, findings, finishedAt } = grounds;
  const decided = decision?.decision === "approved" ? "passed" : decision && "blocked";
  const byPerson = decision !== null && decided === verdict && policyVerdict !== verdict;
  return {
    verdict,
    reason: version.verdictReason?.slice(0, MAX_REASON) ?? null,
    decided_by: byPerson ? (decision.role === "admin" ? "admin" : "moderator") : "policy",
    decided_at: byPerson ? decision.at : finishedAt,
    scanners,
    findings,
  };
}
