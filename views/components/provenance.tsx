import { type Provenance, provenanceOf } from "../../src/core/signing/provenance.ts";
import { safeHref } from "./format.ts";

const SERVICES = { "github-actions": "GitHub Actions", "gitlab-ci": "GitLab CI", oidc: "a CI job" } as const;

/** Where a version was built, from the claims of the token with which it was published; nothing for what a person published. */
export const ProvenanceBlock = (props: { claims: Readonly<Record<string, string>> | null }): JSX.Element | null =>
  props.claims === null ? null : <Built provenance={provenanceOf(props.claims)} />;

function Built(props: { provenance: Provenance }): JSX.Element {
  const { service, issuer, repository, ref, commit, workflow, run } = props.provenance;
  return (
    <section>
      <h2>Where it was built</h2>
      <p>
        Published without a stored key by {SERVICES[service]}. This server saw the job's token, which{" "}
        <span class="mono" safe>
          {issuer}
        </span>{" "}
        signed.
      </p>
      <dl class="about">
        <Fact label="Repository" text={repository.name} url={repository.url} />
        {commit === null ? null : <Fact label="Commit" text={commit.sha} url={commit.url} />}
        {ref === null ? null : <Fact label="Branch or tag" text={ref} url={null} />}
        {workflow === null ? null : <Fact label="Workflow" text={workflow} url={null} />}
        {run === null ? null : <Fact label={RUNS[service]} text={run.id} url={run.url} />}
      </dl>
    </section>
  );
}

const RUNS: Record<Provenance["service"], string> = { "github-actions": "Run", "gitlab-ci": "Job", oidc: "Run" };

function Fact(props: { label: string; text: string; url: string | null }): JSX.Element {
  const href = safeHref(props.url);
  return (
    <>
      <dt safe>{props.label}</dt>
      <dd class="mono">
        {href === null ? (
          <span safe>{props.text}</span>
        ) : (
          <a href={href} rel="nofollow noopener" safe>
            {props.text}
          </a>
        )}
      </dd>
    </>
  );
}
