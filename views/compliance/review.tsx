import { CAPABILITY_TEXT } from "../../src/core/capability.ts";
import type { ReviewCase } from "../../src/modules/compliance/review-case.ts";
import { AnswerAppeal } from "../components/appeal.tsx";
import { Capabilities } from "../components/capabilities.tsx";
import { attr, counted } from "../components/format.ts";
import { Findings, Scanners } from "../components/findings.tsx";
import { KIND_LABEL } from "../components/icon.tsx";
import { DigestText, Empty, StateBadges, Time } from "../components/small.tsx";
import { AnswerExplanation } from "../components/suppression.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import { staticUrl } from "../layout/assets.ts";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { fileUrl, profileUrl, versionUrl } from "../urls.ts";
import { Decision } from "./decision.tsx";
import { Diff, type DiffProps } from "./diff.tsx";
import { AtAGlance, Declared, History, Voices } from "./evidence.tsx";
import { REVIEW_KEYS } from "./keys.ts";
import { ClaimOf } from "./queue.tsx";

export interface ReviewProps {
  page: PageProps;
  found: ReviewCase;
  diff: Pick<DiffProps, "comparison" | "context" | "only">;
  /** Field `reason`; the button pressed sends `decision=approve|changes|reject`. */
  form: FormState;
}

/** One version for a moderator: what changed, what was found, who says what, and the decision beside it. */
export function ReviewPage(props: ReviewProps): JSX.Element {
  const { page, found } = props;
  const { asset, version } = found;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout page={page} title={`Review of ${name} ${version.version}`} unlisted keys={REVIEW_KEYS}>
      <nav class="crumbs" aria-label="Path">
        <a href="/moderation" data-key="u" aria-keyshortcuts="u">
          Moderation
        </a>
      </nav>
      <header class="asset-head">
        <h1 class="asset-name">
          <a href={attr(versionUrl(asset, version.version))} safe>
            {name}
          </a>
          <span class="quiet" safe>
            {version.version}
          </span>
          <StateBadges status={asset.status} visibility={asset.visibility} />
        </h1>
        <p class="asset-lede" safe>
          {version.metadata.description || asset.description}
        </p>
        <ul class="facts facts-head">
          <li safe>{KIND_LABEL[asset.kind]?.one ?? asset.kind}</li>
          <li>
            by{" "}
            <a href={attr(profileUrl(found.publisher.username))} safe>
              {found.publisher.username}
            </a>
          </li>
          <li>
            <Time at={version.createdAt} now={page.now} />
          </li>
          <li>
            <DigestText digest={version.digest} />
          </li>
          <li>
            <TrustMark state={version.verdict} />
          </li>
        </ul>
      </header>
      <div class="review" data-review-script={staticUrl("review.js")}>
        <div class="review-main">
          <AtAGlance found={found} files={props.diff.comparison} now={page.now} />
          <Voices found={found} now={page.now} />
          <Evidence {...props} />
        </div>
        <aside class="review-decision" aria-label="Decision">
          <ClaimOf versionId={version.id} claim={found.claim} page={page} />
          <Decision page={page} found={found} form={props.form} />
          {found.appeals.map((appeal) => (
            <AnswerAppeal page={page} versionId={version.id} appeal={appeal} />
          ))}
        </aside>
      </div>
    </Layout>
  );
}

function Evidence({ page, found, diff }: ReviewProps): JSX.Element {
  const { asset, version, scan } = found;
  const hrefOf = (path: string): string => fileUrl(asset, version.version, path);
  const findings = scan?.findings ?? [];
  return (
    <>
      {found.capabilities === null ? null : <Abilities capabilities={found.capabilities} hrefOf={hrefOf} />}
      <section id="findings">
        <h2 safe>{counted(findings.length, "finding")}</h2>
        {findings.length === 0 ? (
          <Empty title="The scanners found nothing" />
        ) : (
          <Findings
            findings={findings}
            hrefOf={hrefOf}
            now={page.now}
            act={({ explanation }, position) =>
              explanation ? (
                <AnswerExplanation page={page} versionId={version.id} explanation={explanation} position={position} />
              ) : (
                ""
              )
            }
          />
        )}
        <details class="ability" open={scan?.outcomes.some((outcome) => outcome.state !== "completed") ?? false}>
          <summary>
            <h3>Scanners</h3>
            <span class="quiet">{scan?.outcomes.length ?? 0}</span>
          </summary>
          <Scanners scanners={scan?.outcomes ?? []} />
        </details>
      </section>
      <Declared found={found} />
      <Diff
        {...diff}
        asset={asset}
        version={version.version}
        previous={found.previous?.version ?? null}
        path={page.path}
      />
      <History history={found.history} now={page.now} />
    </>
  );
}

function Abilities(props: {
  capabilities: NonNullable<ReviewCase["capabilities"]>;
  hrefOf: (path: string) => string;
}): JSX.Element {
  const { facts, since, gained, lost } = props.capabilities;
  const shown = since === null ? facts : gained;
  return (
    <section>
      <h2 safe>{since === null ? "What it can do" : `New since ${since}`}</h2>
      {shown.length === 0 ? (
        <Empty
          title={since === null ? "It runs, reaches and reads nothing" : "It can do nothing that it could not before"}
        />
      ) : (
        <Capabilities facts={shown} hrefOf={props.hrefOf} />
      )}
      {lost.length === 0 ? null : (
        <details class="ability">
          <summary>
            <h3 safe>{`No longer, since ${since}`}</h3>
            <span class="quiet">{lost.length}</span>
          </summary>
          <ul class="plain-list">
            {lost.map((fact) => (
              <li>
                <span class="quiet" safe>
                  {CAPABILITY_TEXT[fact.kind]?.one ?? fact.kind}
                </span>{" "}
                <code safe>{fact.value}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
