import type { Kind, Verdict } from "../../src/core/kind.ts";
import { attr } from "../components/format.ts";
import { type FindingModel, Findings, type ScannerModel, Scanners } from "../components/findings.tsx";
import { Icon, KIND_LABEL } from "../components/icon.tsx";
import { DigestText } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { assetUrl, fileUrl, progressUrl, versionUrl } from "../urls.ts";

/** One step of a publication, in order: received, described, stored, scanned, decided. */
export interface ProgressStep {
  label: string;
  state: "done" | "running" | "waiting" | "failed";
  /** What came out: "12 files, 48 kB", "Skill, MIT". */
  detail: string | null;
}

export interface PublishProgress {
  namespace: string;
  slug: string;
  version: string;
  kind: Kind;
  digest: string;
  steps: ProgressStep[];
  scanners: ScannerModel[];
  verdict: Verdict;
  verdictReason: string | null;
  findings: FindingModel[];
  /** Understood, but worth a look: from describing the package. */
  warnings: { path: string | null; message: string }[];
  /** The asset is still a draft: a passed version is not shown before it is published. */
  draft: boolean;
}

/** The scan, live: asks again every second until there is a verdict, by htmx or by reloading. */
export function PublishProgressPage(props: { page: PageProps; progress: PublishProgress }): JSX.Element {
  const { page, progress } = props;
  const name = `${progress.namespace}/${progress.slug}`;
  return (
    <Layout
      page={page}
      title={`Scan of ${name} ${progress.version}`}
      width="narrow"
      unlisted
      refresh={progress.verdict === "pending" ? 2 : undefined}
    >
      <header class="page-head">
        <p class="eyebrow" safe>
          {KIND_LABEL[progress.kind]?.one ?? progress.kind}
        </p>
        <h1 class="mono">
          <a href={attr(assetUrl(progress))} safe>
            {name}
          </a>{" "}
          <span class="quiet" safe>
            {progress.version}
          </span>
        </h1>
        <p>
          <DigestText digest={progress.digest} />
        </p>
      </header>
      <PublishProgressFragment progress={progress} />
    </Layout>
  );
}

/** The part that changes; the answer to htmx. */
export function PublishProgressFragment(props: { progress: PublishProgress }): JSX.Element {
  const { progress } = props;
  const pending = progress.verdict === "pending";
  const here = attr(progressUrl(progress, progress.version));
  return (
    <div
      id="progress"
      class="progress"
      hx-get={pending ? here : undefined}
      hx-trigger={pending ? "load delay:1s" : undefined}
      hx-swap={pending ? "outerHTML" : undefined}
    >
      <ol class="steps">
        {progress.steps.map((step) => (
          <li class={attr(`step step-${step.state}`)}>
            <span class="step-mark">{step.state === "done" ? <Icon name="check" size={14} /> : null}</span>
            <span safe>{step.label}</span>
            <span class="step-detail" safe>
              {step.detail ?? STEP_WORD[step.state] ?? ""}
            </span>
          </li>
        ))}
      </ol>
      {progress.scanners.length === 0 ? null : <Scanners scanners={progress.scanners} />}
      <div role="status">{pending ? null : <Decided progress={progress} />}</div>
      {progress.warnings.length === 0 ? null : <Warnings warnings={progress.warnings} />}
      {progress.findings.length === 0 ? null : (
        <section>
          <h2>Findings</h2>
          <Findings findings={progress.findings} hrefOf={(path) => fileUrl(progress, progress.version, path)} />
        </section>
      )}
    </div>
  );
}

const STEP_WORD: Record<ProgressStep["state"], string> = {
  done: "",
  running: "at work",
  waiting: "waiting",
  failed: "failed",
};

const VERDICT: Record<Verdict, { title: string; text: string }> = {
  passed: { title: "Published", text: "It can be found and installed now." },
  review: {
    title: "Not published yet",
    text: "This page and your dashboard show the decision when it is made. The findings below say why it is needed.",
  },
  blocked: { title: "Blocked", text: "Mend what the findings below name, and publish it as a new version." },
  pending: { title: "", text: "" },
};

function Decided(props: { progress: PublishProgress }): JSX.Element {
  const { progress } = props;
  const draft = progress.verdict === "passed" && progress.draft;
  const words = VERDICT[progress.verdict] ?? VERDICT.pending;
  return (
    <section class={attr(`verdict verdict-${progress.verdict}`)}>
      <TrustMark state={progress.verdict} />
      <h2 safe>{draft ? "Passed, and still a draft" : words.title}</h2>
      <p safe>{draft ? "Publish the asset in its settings when you are ready." : words.text}</p>
      {progress.verdictReason ? <p safe>{progress.verdictReason}</p> : null}
      <p>
        <a class="button button-primary" href={attr(versionUrl(progress, progress.version))}>
          Open its page
        </a>
      </p>
    </section>
  );
}

function Warnings(props: { warnings: PublishProgress["warnings"] }): JSX.Element {
  return (
    <section>
      <h2>Worth a look</h2>
      <ul class="plain-list">
        {props.warnings.map((warning) => (
          <li>
            {warning.path === null ? null : <code safe>{warning.path}</code>} <span safe>{warning.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
