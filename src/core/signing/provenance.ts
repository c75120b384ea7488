import type { Digest } from "../digest.ts";
import { digestHex } from "../digest.ts";

/** Claims of the token with which a CI job published, as they were kept with the version. */
export type ProvenanceClaims = Readonly<Record<string, string>>;

/** Where a version was built, as a reader understands it. Addresses are http(s), made of checked parts; null where they are not known. */
export interface Provenance {
  service: "github-actions" | "gitlab-ci" | "oidc";
  issuer: string;
  repository: { name: string; url: string | null };
  ref: string | null;
  commit: { sha: string; url: string | null } | null;
  workflow: string | null;
  run: { id: string; url: string | null } | null;
}

export const SLSA_PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
const BUILD_TYPES = "https://llm-marketplace.dev/build-types";
const GITHUB = "https://token.actions.githubusercontent.com";

const PATH = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)+$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const NUMBER = /^\d{1,20}$/;

/** What the claims say; every part that does not look like what it is supposed to be is shown without an address. */
export function provenanceOf(claims: ProvenanceClaims): Provenance {
  const { issuer = "", repository, project_path: project, sub, sha, run_id: runId, job_id: jobId } = claims;
  const github = issuer === GITHUB && repository !== undefined;
  const gitlab = !github && project !== undefined;
  const name = repository ?? project ?? sub ?? issuer;
  const host = github ? "https://github.com" : gitlab ? originOf(issuer) : null;
  const home = host !== null && PATH.test(name) && !name.includes("..") ? `${host}/${name}` : null;
  const below = (path: string, part: string, rule: RegExp): string | null =>
    home !== null && rule.test(part) ? `${home}${path}${part}` : null;
  const run = runId ?? jobId ?? null;
  return {
    service: github ? "github-actions" : gitlab ? "gitlab-ci" : "oidc",
    issuer,
    repository: { name, url: home },
    ref: claims["ref_path"] ?? claims["ref"] ?? null,
    commit: sha === undefined ? null : { sha, url: below(github ? "/commit/" : "/-/commit/", sha, COMMIT) },
    workflow: claims["job_workflow_ref"] ?? claims["ci_config_ref_uri"] ?? null,
    run: run === null ? null : { id: run, url: below(github ? "/actions/runs/" : "/-/jobs/", run, NUMBER) },
  };
}

/** Scheme and host of an http(s) address; null for any other text. */
function originOf(issuer: string): string | null {
  try {
    const { protocol, origin } = new URL(issuer);
    return protocol === "https:" || protocol === "http:" ? origin : null;
  } catch {
    return null;
  }
}

/** The in-toto statement (v1) with SLSA provenance (v1) of what a CI token said; the server signs that it saw this token. */
export function provenanceStatement(
  subject: { ref: string; version: string; digest: Digest },
  claims: ProvenanceClaims,
): Uint8Array {
  const { service, issuer, repository, ref, commit, workflow, run } = provenanceOf(claims);
  const source = repository.url ?? repository.name;
  const isCommit = commit !== null && COMMIT.test(commit.sha);
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: `${subject.ref}@${subject.version}`, digest: { sha256: digestHex(subject.digest) } }],
    predicateType: SLSA_PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: `${BUILD_TYPES}/${service}/v1`,
        externalParameters: { repository: source, ref, workflow },
        resolvedDependencies: isCommit
          ? [{ uri: `git+${source}${ref === null ? "" : `@${ref}`}`, digest: { gitCommit: commit.sha } }]
          : [],
      },
      runDetails: {
        builder: { id: issuer },
        metadata: run === null ? {} : { invocationId: run.url ?? run.id },
      },
    },
  };
  return Buffer.from(JSON.stringify(statement));
}
