import type { OwnReport, Report, ReportCategory } from "../../src/modules/compliance/reports.ts";
import type { QueueCounts } from "../../src/modules/compliance/review-queue.ts";
import { SettingsLayout } from "../accounts/settings-layout.tsx";
import { attr, localHref } from "../components/format.ts";
import { Csrf, FormProblem, Select, TextArea } from "../components/form.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import { staticUrl } from "../layout/assets.ts";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageOf, PageProps } from "../layout/page.ts";
import { assetUrl, reportFormUrl, reportUrl, reviewActionUrl, reviewUrl } from "../urls.ts";
import { QUEUE_KEYS } from "./keys.ts";
import { ModerationLayout } from "./moderation-layout.tsx";

const CATEGORY_TEXT: Record<ReportCategory, string> = {
  malware: "Malware",
  "prompt-injection": "Prompt injection",
  secret: "A secret in it",
  licence: "Licence",
  impersonation: "It poses as something else",
  other: "Something else",
};

const STATUS_TONE = { open: "warn", resolved: "good", dismissed: "plain" } as const;

export interface ReportFormProps {
  page: PageProps;
  asset: { namespace: string; slug: string };
  /** The version that is reported; null: the asset as a whole. */
  version: string | null;
  /** Fields `category`, `text`. */
  form: FormState;
}

/** Where a reader says what is wrong with an asset. */
export function ReportFormPage(props: ReportFormProps): JSX.Element {
  const { page, asset, version, form } = props;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout page={page} title={`Report ${name}`} width="narrow" unlisted>
      <nav class="crumbs" aria-label="Path">
        <a href={attr(assetUrl(asset))} safe>
          {name}
        </a>
      </nav>
      <header class="page-head">
        <h1 safe>{`Report ${name}${version === null ? "" : ` ${version}`}`}</h1>
        <p class="quiet">The moderators read it. The publisher does not learn who you are.</p>
      </header>
      <form method="post" action={attr(reportFormUrl(asset))} class="form">
        <Csrf token={page.csrfToken} />
        {version === null ? null : <input type="hidden" name="version" value={attr(version)} />}
        <FormProblem form={form} />
        <Select
          form={form}
          name="category"
          label="What is wrong"
          choices={Object.entries(CATEGORY_TEXT).map(([value, label]) => ({ value, label }))}
        />
        <TextArea
          form={form}
          name="text"
          label="Where, and how one sees it"
          rows={6}
          maxlength={2000}
          required
          hint="Name the file and the line where you can."
        />
        <button class="button button-primary">Send the report</button>
      </form>
    </Layout>
  );
}

/** A reader's own reports and what came of them. */
export function OwnReportsPage(props: { page: PageProps; reports: PageOf<OwnReport> }): JSX.Element {
  const { page, reports } = props;
  return (
    <SettingsLayout page={page} here="/settings/reports" title="Reports">
      <p class="quiet">What you reported to the moderators. Publishers do not see it.</p>
      {reports.total === 0 ? <Empty title="You have reported nothing" /> : null}
      <ul class="voices">
        {reports.items.map((report) => (
          <li>
            <p>
              <b class="mono" safe>
                {report.version === null ? report.ref : `${report.ref} ${report.version}`}
              </b>{" "}
              <Badge text={report.status} tone={STATUS_TONE[report.status]} />{" "}
              <span class="quiet">
                <span safe>{CATEGORY_TEXT[report.category] ?? report.category}</span>,{" "}
                <Time at={report.createdAt} now={page.now} />
              </span>
            </p>
            <blockquote safe>{report.text}</blockquote>
            {report.answer === "" ? null : <p safe>{`A moderator: ${report.answer}`}</p>}
          </li>
        ))}
      </ul>
      <Pagination page={reports.page} perPage={reports.perPage} total={reports.total} path={page.path} />
    </SettingsLayout>
  );
}

export interface ReportsProps {
  page: PageProps;
  counts: QueueCounts;
  status: "open" | "resolved" | "dismissed" | "all";
  reports: PageOf<Report>;
}

const STATUSES = ["open", "resolved", "dismissed", "all"] as const;

/** Readers' reports for moderators. */
export function ReportsPage(props: ReportsProps): JSX.Element {
  const { page, reports, status } = props;
  return (
    <ModerationLayout page={page} title="Reports" tab="reports" counts={props.counts} keys={QUEUE_KEYS.slice(0, 2)}>
      <ul class="facts report-filter" aria-label="State">
        {STATUSES.map((one) => (
          <li>
            <a href={`/moderation/reports?status=${one}`} aria-current={one === status ? "true" : undefined}>
              {one}
            </a>
          </li>
        ))}
      </ul>
      {reports.total === 0 ? <Empty title="No reports here" /> : null}
      <ul class="rows" data-review-script={staticUrl("review.js")}>
        {reports.items.map((report) => (
          <li class="row report-row" data-row>
            <div class="row-main">
              <p class="row-name">
                <a href={attr(reportUrl(report.id))}>
                  <b safe>{report.presentRef}</b>
                  <span class="row-namespace" safe>
                    {report.version === null ? "" : ` ${report.version}`}
                  </span>
                </a>
                <Badge text={CATEGORY_TEXT[report.category] ?? report.category} />
                {report.status === "open" ? null : <Badge text={report.status} tone={STATUS_TONE[report.status]} />}
              </p>
              <p class="row-text" safe>
                {report.text}
              </p>
              <ul class="facts">
                <li safe>{`by ${report.reporter}`}</li>
                <li>
                  <Time at={report.createdAt} now={page.now} />
                </li>
                {report.handledBy === null ? null : <li safe>{`${report.status} by ${report.handledBy}`}</li>}
              </ul>
            </div>
          </li>
        ))}
      </ul>
      <Pagination page={reports.page} perPage={reports.perPage} total={reports.total} path={page.path} />
    </ModerationLayout>
  );
}

export interface ReportProps {
  page: PageProps;
  report: Report;
  /** Of closing: field `answer`; the button pressed sends `outcome=resolved|dismissed`. */
  closing: FormState;
  /** Of acting: field `reason`; the button pressed sends `action=review|block`. */
  acting: FormState;
}

/** One report: what it says, what can be done about the version, and the answer to its reporter. */
export function ReportPage(props: ReportProps): JSX.Element {
  const { page, report } = props;
  const [namespace = "", slug = ""] = report.presentRef.split("/");
  return (
    <Layout page={page} title={`Report on ${report.presentRef}`} unlisted>
      <nav class="crumbs" aria-label="Path">
        <a href="/moderation/reports">Reports</a>
      </nav>
      <header class="asset-head">
        <h1 class="asset-name">
          <a href={localHref(assetUrl({ namespace, slug }))} safe>
            {report.presentRef}
          </a>
          <span class="quiet" safe>
            {report.version ?? ""}
          </span>
          <Badge text={report.status} tone={STATUS_TONE[report.status]} />
        </h1>
        <ul class="facts facts-head">
          <li safe>{CATEGORY_TEXT[report.category] ?? report.category}</li>
          <li safe>{`by ${report.reporter}`}</li>
          <li>
            <Time at={report.createdAt} now={page.now} />
          </li>
        </ul>
      </header>
      <div class="review">
        <div class="review-main">
          <section>
            <h2>What it says</h2>
            <blockquote safe>{report.text}</blockquote>
            {report.answer === "" ? null : <p safe>{`${report.handledBy}: ${report.answer}`}</p>}
          </section>
          <Version {...props} />
        </div>
        <aside class="review-decision" aria-label="Answer">
          <Answer {...props} />
        </aside>
      </div>
    </Layout>
  );
}

function Version({ page, report, acting }: ReportProps): JSX.Element {
  const { subject } = report;
  if (subject === null)
    return (
      <section>
        <h2>The version</h2>
        <Empty title="Nothing of it is published" />
      </section>
    );
  const out = subject.status === "published" || subject.status === "ready";
  return (
    <section>
      <h2 safe>{`Version ${subject.version}: ${subject.status.replace("_", " ")}`}</h2>
      <p>
        <a class="button" href={attr(reviewUrl(subject.id))}>
          Look at it
        </a>{" "}
        {page.viewer?.role === "admin" ? (
          <a class="button" href={attr(reviewActionUrl(subject.id, "recall"))}>
            Recall it
          </a>
        ) : null}
      </p>
      {out && report.status === "open" ? (
        <form method="post" action={attr(reportUrl(report.id, "take-up"))} class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={acting} />
          <TextArea
            form={acting}
            name="reason"
            label="Reason"
            rows={3}
            maxlength={2000}
            required
            hint="The publisher reads it. Do not say who reported it."
          />
          <div class="review-buttons">
            <button class="button" name="action" value="review">
              Back into review
            </button>
            <button class="button button-danger" name="action" value="block">
              Block
            </button>
          </div>
        </form>
      ) : null}
    </section>
  );
}

function Answer({ page, report, closing }: ReportProps): JSX.Element {
  if (report.status !== "open")
    return (
      <>
        <h2>Answered</h2>
        <p safe>{`${report.handledBy} ${report.status} it.`}</p>
      </>
    );
  return (
    <>
      <h2>Answer</h2>
      <form method="post" action={attr(reportUrl(report.id, "close"))} class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={closing} />
        <TextArea
          form={closing}
          name="answer"
          label="Answer"
          rows={4}
          maxlength={2000}
          hint="The reporter reads it. Needed to dismiss."
        />
        <div class="review-buttons">
          <button class="button button-primary" name="outcome" value="resolved">
            Resolved
          </button>
          <button class="button" name="outcome" value="dismissed">
            Dismiss
          </button>
        </div>
      </form>
    </>
  );
}
