import type { Actor, SignedIn } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { requireScope } from "../../core/permission.ts";
import type { SignedSubject } from "../../core/signing/statement.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { CatalogModule } from "../catalog/index.ts";
import { addKey, revokeKey, type TrustDeps } from "./manage-keys.ts";
import * as repository from "./repository.ts";
import { insertSignature, signVersion, type VerifiedSignature, verifySignature } from "./sign-version.ts";

export { trustApi } from "./api.ts";
export { createRecalls, type Recalls, recallPages, recallsApi, recallWire } from "./recalls/index.ts";
export {
  createTransparency,
  recordingReleases,
  type Transparency,
  transparencyApi,
} from "./transparency/index.ts";
export { type Attestation, type Attestations, attestationsApi, createAttestations } from "./attestations/index.ts";
export { createSboms, sbomApi } from "./sbom/index.ts";
export { createTrustSummaries, type TrustSummaries, trustSummaryApi } from "./summary/index.ts";
export { trustPages } from "./pages.tsx";
export type { VerifiedSignature } from "./sign-version.ts";
export type { SigningKey } from "./signing-key.ts";

export type TrustModule = ReturnType<typeof createTrust>;

/** Signing keys and signatures. */
export function createTrust(deps: TrustDeps & { catalog: CatalogModule }) {
  return {
    addKey: (actor: Actor, input: { name: string; publicKey: string }) => addKey(deps, actor, input),
    revokeKey: (actor: Actor, id: Id, reason: string) => revokeKey(deps, actor, id, reason),
    async listKeys(actor: Actor) {
      requireScope(actor, "read");
      return repository.keysOf(deps.database.read, actor.userId);
    },
    /** Public: whoever verifies a signature needs them, the revoked ones too. */
    keysOfUsername: (username: string) => repository.keysOfUsername(deps.database.read, username),
    verify: (actor: SignedIn, envelope: string, subject: SignedSubject) =>
      verifySignature(deps, actor, envelope, subject),
    insert: (tx: Queries, versionId: Id, signature: VerifiedSignature) =>
      insertSignature(tx, deps, versionId, signature),
    signVersion: (actor: Actor, ref: string, selector: string, envelope: string) =>
      signVersion(deps, actor, ref, selector, envelope),
  };
}
