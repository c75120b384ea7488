import type { Instant } from "../../../core/clock.ts";
import { type FieldProblem, validationError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";

/** Claims of a CI job's token, by name; each must be there and be exactly this. */
export type PublisherClaims = Readonly<Record<string, string>>;

/** A CI job that may publish one asset without a stored key. */
export interface TrustedPublisher {
  id: Id;
  namespaceId: Id;
  /** What it may publish; the asset may still have to be made. */
  slug: string;
  issuer: string;
  claims: PublisherClaims;
  createdBy: Id;
  createdAt: Instant;
  lastUsedAt: Instant | null;
}

export const GITHUB = "https://token.actions.githubusercontent.com";

/**
 * `release.yml` of GitHub's `job_workflow_ref` (`owner/repo/.github/workflows/release.yml@refs/heads/main`), for publishers
 * that trust a workflow file on whatever branch or tag it runs. No claim of any token has this name: it is derived.
 */
export const WORKFLOW_FILE = "workflow_file";

/** Claims that say nothing lasting about who asks, or that are checked by themselves. */
const PROTOCOL = new Set(["iss", "aud", "exp", "nbf", "iat", "jti", "azp", "typ", "nonce", "auth_time"]);

/** Each set alone names one project for good. Names can be taken anew by others once they are free; ids cannot. */
const GITHUB_IDENTITIES = [["repository_id"], ["repository", "repository_owner_id"]];
const GITLAB_IDENTITIES = [["project_id"], ["project_path", "namespace_id"]];

/** What only narrows a project down: alone, anybody's job could carry it. */
const NARROWING = new Set([
  ...["ref", "ref_path", "ref_type", "ref_protected", "sha", "environment", "environment_protected", "event_name"],
  ...["runner_environment", "pipeline_source", "deployment_tier", "workflow", WORKFLOW_FILE, "run_attempt"],
  ...["repository", "repository_owner", "repository_owner_id", "repository_visibility", "project_path"],
  ...["namespace_id", "namespace_path", "project_visibility", "base_ref", "head_ref"],
]);

const MAX_CLAIMS = 20;
const MAX_VALUE = 500;
const NAME = /^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$/;

/** Throws VALIDATION_ERROR for claims that would trust more than one project, or that no token can carry. */
export function requireClaims(issuer: string, claims: PublisherClaims): void {
  const names = Object.keys(claims);
  const problem = (message: string): FieldProblem => ({ field: "claims", message });
  if (names.length > MAX_CLAIMS) throw validationError(problem(`name at most ${MAX_CLAIMS} claims.`));
  for (const name of names) {
    if (!NAME.test(name) || PROTOCOL.has(name))
      throw validationError(problem(`"${name.slice(0, 60)}" is not a claim that can be demanded.`));
    const value = claims[name] ?? "";
    if (value === "" || value.length > MAX_VALUE || /\p{C}/u.test(value))
      throw validationError(problem(`"${name}" needs a value of 1 to ${MAX_VALUE} characters.`));
  }
  const has = (set: readonly string[]) => set.every((name) => Object.hasOwn(claims, name));
  if (issuer === GITHUB || Object.hasOwn(claims, "repository")) {
    if (!GITHUB_IDENTITIES.some(has))
      throw validationError(
        problem(
          "name the repository and its repository_owner_id (a deleted owner's name can be taken by somebody else).",
        ),
      );
  } else if (issuer === "https://gitlab.com" || Object.hasOwn(claims, "project_path")) {
    if (!GITLAB_IDENTITIES.some(has))
      throw validationError(
        problem("name the project_path and its namespace_id (a free path can be taken by others)."),
      );
  } else if (!names.some((name) => !NARROWING.has(name)))
    throw validationError(problem('name at least one claim that says who the job is, such as "sub" or "project_id".'));
}

/** Whether a token that was verified carries every claim that the publisher demands. */
export function matches(wanted: PublisherClaims, token: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(wanted);
  return names.length > 0 && names.every((name) => claimText(token, name) === wanted[name]);
}

/** A claim as text; null when it is not there or is no single value. */
export function claimText(token: Readonly<Record<string, unknown>>, name: string): string | null {
  if (name === WORKFLOW_FILE) return workflowFile(token);
  const value = Object.hasOwn(token, name) ? token[name] : null;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

function workflowFile(token: Readonly<Record<string, unknown>>): string | null {
  const repository = claimText(token, "repository");
  const reference = claimText(token, "job_workflow_ref");
  const folder = `${repository}/.github/workflows/`;
  if (repository === null || !reference?.startsWith(folder)) return null;
  // The last @: a file may be called `release.yml@x.yml`, and must not pass for `release.yml`.
  return reference.slice(folder.length, reference.lastIndexOf("@"));
}

/** What is kept of a job's claims with what it publishes: which code ran where, and nothing about the person who started it. */
const KEPT = [
  ...["repository", "repository_id", "repository_owner_id", "job_workflow_ref", "ref", "sha", "run_id", "run_attempt"],
  ...["environment", "event_name", "runner_environment", "project_path", "project_id", "namespace_id", "ref_path"],
  ...["pipeline_id", "pipeline_source", "job_id", "ci_config_ref_uri"],
];
const MAX_KEPT = 300;

export function provenanceOf(
  issuer: string,
  token: Readonly<Record<string, unknown>>,
  publisher: PublisherClaims,
): Record<string, string> {
  const kept: [string, string][] = [["issuer", issuer]];
  for (const name of new Set([...KEPT, ...Object.keys(publisher)])) {
    const value = claimText(token, name);
    if (value !== null && name !== "issuer") kept.push([name, value.slice(0, MAX_KEPT)]);
  }
  return Object.fromEntries(kept);
}
