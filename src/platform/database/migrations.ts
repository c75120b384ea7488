import accounts from "../../../migrations/0001_accounts.sql" with { type: "text" };
import platform from "../../../migrations/0002_platform.sql" with { type: "text" };
import catalog from "../../../migrations/0003_catalog.sql" with { type: "text" };
import trust from "../../../migrations/0004_trust.sql" with { type: "text" };
import retrieval from "../../../migrations/0005_retrieval.sql" with { type: "text" };
import organizations from "../../../migrations/0006_organizations.sql" with { type: "text" };
import signIn from "../../../migrations/0007_sign_in.sql" with { type: "text" };
import operations from "../../../migrations/0008_operations.sql" with { type: "text" };
import capabilities from "../../../migrations/0009_capabilities.sql" with { type: "text" };
import policy from "../../../migrations/0010_policy.sql" with { type: "text" };
import advisories from "../../../migrations/0012_advisories.sql" with { type: "text" };
import review from "../../../migrations/0011_review.sql" with { type: "text" };
import recalls from "../../../migrations/0013_recalls.sql" with { type: "text" };
import transparency from "../../../migrations/0014_transparency.sql" with { type: "text" };
import similarity from "../../../migrations/0015_similarity.sql" with { type: "text" };

export interface Migration {
  name: string;
  sql: string;
}

/** Every migration, in order; the texts are embedded in the executable. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "0001_accounts", sql: accounts },
  { name: "0002_platform", sql: platform },
  { name: "0003_catalog", sql: catalog },
  { name: "0004_trust", sql: trust },
  { name: "0005_retrieval", sql: retrieval },
  { name: "0006_organizations", sql: organizations },
  { name: "0007_sign_in", sql: signIn },
  { name: "0008_operations", sql: operations },
  { name: "0009_capabilities", sql: capabilities },
  { name: "0010_policy", sql: policy },
  { name: "0011_review", sql: review },
  { name: "0012_advisories", sql: advisories },
  { name: "0013_recalls", sql: recalls },
  { name: "0014_transparency", sql: transparency },
  { name: "0015_similarity", sql: similarity },
];
