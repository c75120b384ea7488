import type { Asset } from "../../src/modules/catalog/asset.ts";
import type { Version } from "../../src/modules/catalog/version.ts";
import { CAPABILITY_TEXT, type Capability } from "../../src/core/capability.ts";
import { Capabilities } from "../components/capabilities.tsx";
import { attr, bytes, counted } from "../components/format.ts";
import { type FindingModel, Findings, type ScannerModel, Scanners } from "../components/findings.tsx";
import { Csrf, FormProblem, TextArea } from "../components/form.tsx";
import { KIND_LABEL } from "../components/icon.tsx";
import { DigestText, Empty, Time } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { fileUrl, filesUrl, profileUrl, reviewUrl, versionUrl } from "../urls.ts";

/** One line of a diff, as `diff -u` prints it. */
export interface DiffLine {
  kind: "context" | "added" | "removed" | "hunk";
  text: string;
}

export interface FileChange {
  path: string;
  change: "added" | "removed" | "changed";
  sizeBefore: number | null;
  sizeAfter: number | null;
  /** null for files that are not text or too large to compare. */
  diff: DiffLine[] | null;
}

export interface ReviewProps {
  page: PageProps;
  asset: Asset;
  version: Version;
  publisher: string;
  /** The published version it is compared with; null for the first. */
  previous: string | null;
  changes: FileChange[];
  /** What it can do, and what the version before could not or could besides; null while no scan has looked. */
  capabilities: { facts: Capability[]; since: string | null; gained: Capability[]; lost: Capability[] } | null;
  scanners: ScannerModel[];
  findings: FindingModel[];
  /** Field `reason`; the button pressed sends `decision=approve|reject`. */
  form: FormState;
}

/** One version for a moderator: findings, what changed, two buttons. Posts to `/moderation/{versionId}`. */
export function ReviewPage(props: ReviewProps): JSX.Element {
  const { page, asset, version } = props;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout page={page} title={`Review of ${name} ${version.version}`} unlisted>
      <nav class="crumbs" aria-label="Path">
        <a href="/moderation">Moderation</a>
      </nav>
      <header class="asset-head">
        <h1 class="asset-name">
          <a href={attr(versionUrl(asset, version.version))} safe>
            {name}
          </a>
          <span class="quiet" safe>
            {version.version}
          </span>
        </h1>
        <p class="asset-lede" safe>
          {asset.description}
        </p>
        <ul class="facts facts-head">
          <li safe>{KIND_LABEL[asset.kind]?.one ?? asset.kind}</li>
          <li>
            by{" "}
            <a href={attr(profileUrl(props.publisher))} safe>
              {props.publisher}
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
      <div class="review">
        <div class="review-main">
          <Evidence {...props} />
        </div>
        <Decision {...props} />
      </div>
    </Layout>
  );
}

function Evidence(props: ReviewProps): JSX.Element {
  const { asset, version, findings, changes, capabilities } = props;
  const hrefOf = (path: string): string => fileUrl(asset, version.version, path);
  return (
    <>
      {capabilities === null ? null : <Abilities capabilities={capabilities} hrefOf={hrefOf} />}
      <section>
        <h2 safe>{counted(findings.length, "finding")}</h2>
        {findings.length === 0 ? (
          <Empty title="The scanners found nothing" />
        ) : (
          <Findings findings={findings} hrefOf={hrefOf} />
        )}
        <Scanners scanners={props.scanners} />
      </section>
      <section>
        <div class="section-head">
          <h2 safe>{props.previous === null ? "All files are new" : `Changes since ${props.previous}`}</h2>
          <a href={attr(filesUrl(asset, version.version))}>All files</a>
        </div>
        {changes.length === 0 ? <Empty title="No file differs" /> : null}
        {changes.map((change) => (
          <Change change={change} href={hrefOf(change.path)} />
        ))}
      </section>
    </>
  );
}

function Abilities(props: {
  capabilities: NonNullable<ReviewProps["capabilities"]>;
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
                  {CAPABILITY_TEXT[fact.kind].one}
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

const SIGN = { context: " ", added: "+", removed: "-", hunk: "" } as const;

function Change(props: { change: FileChange; href: string }): JSX.Element {
  const { change } = props;
  const unsafeKind: string = change.change;
  const size = [change.sizeBefore, change.sizeAfter].filter((s) => s !== null).map(bytes);
  return (
    <details class="diff" open={change.diff !== null && change.diff.length < 200}>
      <summary>
        <span class={attr(`change change-${change.change}`)} safe>
          {unsafeKind}
        </span>
        <span class="mono" safe>
          {change.path}
        </span>
        <span class="quiet" safe>
          {size.join(" → ")}
        </span>
      </summary>
      {change.diff === null ? (
        <p class="quiet">
          Not text, or too large to compare. <a href={attr(props.href)}>Open the file</a>
        </p>
      ) : (
        <pre class="diff-lines" tabindex="0" aria-label={attr(`Changes in ${change.path}`)}>
          <code>
            {change.diff.map((line) => (
              <span class={attr(`diff-${line.kind}`)} safe>
                {`${SIGN[line.kind] ?? " "}${line.text}\n`}
              </span>
            ))}
          </code>
        </pre>
      )}
    </details>
  );
}

function Decision(props: ReviewProps): JSX.Element {
  const { page, version, form } = props;
  return (
    <aside class="review-decision" aria-label="Decision">
      <h2>Decide</h2>
      {version.verdictReason ? <p safe>{version.verdictReason}</p> : null}
      <form method="post" action={attr(reviewUrl(version.id))} class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <TextArea
          form={form}
          name="reason"
          label="Reason"
          rows={4}
          maxlength={1000}
          hint="The publisher reads it. Needed to reject."
        />
        <div class="review-buttons">
          <button class="button button-primary" name="decision" value="approve">
            Approve
          </button>
          <button class="button button-danger" name="decision" value="reject">
            Reject
          </button>
        </div>
      </form>
    </aside>
  );
}
