import type { Comparison } from "../../src/modules/compliance/compare-versions.ts";
import type { DependencyChange } from "../../src/modules/compliance/compare-metadata.ts";
import type { ReviewCase } from "../../src/modules/compliance/review-case.ts";
import type { ReviewAct } from "../../src/modules/compliance/review.ts";
import { attr } from "../components/format.ts";
import { capital, Time } from "../components/small.tsx";
import { SeverityMark } from "../components/trust-mark.tsx";
import { reportUrl } from "../urls.ts";

const ORDER = ["critical", "high", "medium", "low", "info"] as const;

/** What there is to look at, in a few lines: enough to decide about most versions. */
export function AtAGlance(props: { found: ReviewCase; files: Comparison; now: string }): JSX.Element {
  const { found, files } = props;
  const findings = found.scan?.findings ?? [];
  const worst = ORDER.find((severity) => findings.some((finding) => finding.severity === severity));
  const changed = files.files.filter((file) => file.change !== "unchanged").length + files.more;
  const dependencies = found.dependencies.length + found.packages.length;
  const gained = found.capabilities?.since == null ? null : found.capabilities.gained.length;
  const signature = found.signatures.find((one) => one.revokedAt === null);
  const { publisher } = found;
  return (
    <dl class="glance">
      <div>
        <dt>Findings</dt>
        <dd>
          <a href="#findings">{findings.length}</a>
          {worst === undefined ? null : (
            <>
              , worst <SeverityMark severity={worst} />
            </>
          )}
        </dd>
      </div>
      {gained === null ? null : (
        <div>
          <dt>New abilities</dt>
          <dd>{gained}</dd>
        </div>
      )}
      <div>
        <dt safe>{found.previous === null ? "Files" : `Files changed since ${found.previous.version}`}</dt>
        <dd>
          <a href="#changes">{changed}</a>
        </dd>
      </div>
      <div>
        <dt>{found.previous === null ? "Dependencies" : "Dependencies changed"}</dt>
        <dd>{dependencies}</dd>
      </div>
      <div>
        <dt>Publisher</dt>
        <dd>
          <span>
            since <Time at={publisher.since} now={props.now} />
          </span>
          <span safe>{`, ${publisher.published} passed, ${publisher.blocked} blocked`}</span>
        </dd>
      </div>
      <div>
        <dt>Signature</dt>
        <dd safe>{signature === undefined ? "none" : `by ${signature.signer}, ${signature.keyName}`}</dd>
      </div>
      <div>
        <dt>Published by</dt>
        <dd safe>{found.version.provenance === null ? "a person or their key" : provenanceText(found)}</dd>
      </div>
    </dl>
  );
}

function provenanceText({ version }: ReviewCase): string {
  const { repository, sub, iss } = version.provenance ?? {};
  return `a CI job of ${repository ?? sub ?? iss ?? "a trusted publisher"}`;
}

/** What readers report, and what the publisher says. */
export function Voices(props: { found: ReviewCase; now: string }): JSX.Element {
  const { reports, appeals, suppressions, version } = props.found;
  const answered = props.found.history.filter((act) => act.act === "changes-answered" && act.versionId === version.id);
  const explained = suppressions.filter((one) => one.status === "proposed" || one.status === "accepted");
  if (reports.length + appeals.length + explained.length + answered.length === 0) return "";
  return (
    <section>
      <h2>What people say</h2>
      <ul class="voices">
        {appeals.map((appeal) => (
          <Voice
            who={`Appeal of ${appeal.appealedBy}, ${appeal.status}`}
            text={appeal.text}
            at={appeal.createdAt}
            now={props.now}
          />
        ))}
        {answered.map((act) => (
          <Voice who={`${act.who} answers`} text={act.text} at={act.at} now={props.now} />
        ))}
        {reports.map((report) => (
          <Voice
            who={`Report of ${report.reporter}: ${report.category}`}
            text={report.text}
            at={report.createdAt}
            now={props.now}
            href={reportUrl(report.id)}
          />
        ))}
        {explained.map((one) => (
          <Voice
            who={`${one.proposedBy} explains ${one.ruleId}${one.path === null ? "" : ` in ${one.path}`} (${one.status})`}
            text={one.reason}
            at={one.createdAt}
            now={props.now}
          />
        ))}
      </ul>
    </section>
  );
}

function Voice(props: { who: string; text: string; at: string; now: string; href?: string }): JSX.Element {
  return (
    <li>
      <p class="quiet">
        <span safe>{props.who}</span>, <Time at={props.at} now={props.now} />
        {props.href === undefined ? null : (
          <>
            {" "}
            <a href={attr(props.href)}>Open the report</a>
          </>
        )}
      </p>
      <blockquote safe>{props.text}</blockquote>
    </li>
  );
}

/** What the version declares otherwise than the one before: its metadata and what it needs. */
export function Declared({ found }: { found: ReviewCase }): JSX.Element {
  const { metadata, dependencies, packages, previous } = found;
  const rows = [...dependencies, ...packages];
  return (
    <>
      {metadata.length === 0 ? null : (
        <section>
          <h2>What it says of itself</h2>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Before</th>
                <th scope="col">Now</th>
              </tr>
            </thead>
            <tbody>
              {metadata.map((change) => (
                <tr>
                  <th scope="row" safe>
                    {change.field}
                  </th>
                  <td safe>{change.before ?? "nothing"}</td>
                  <td safe>{change.after ?? "nothing"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rows.length === 0 ? null : (
        <section>
          <h2>{previous === null ? "What it needs" : "What it needs otherwise"}</h2>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Asset or package</th>
                <th scope="col">Before</th>
                <th scope="col">Now</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((change) => (
                <Dependency change={change} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function Dependency({ change }: { change: DependencyChange }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <span class={attr(`change change-${change.change}`)} safe>
          {capital(change.change)}
        </span>{" "}
        <span class="mono" safe>
          {change.name}
        </span>
      </th>
      <td class="mono" safe>
        {change.before ?? ""}
      </td>
      <td class="mono" safe>
        {change.after ?? ""}
      </td>
    </tr>
  );
}

const ACT_TEXT: Record<ReviewAct["act"], string> = {
  approved: "approved",
  rejected: "rejected",
  claimed: "claimed",
  "taken-over": "took over",
  released: "released",
  "first-approval": "approved as the first of two",
  "changes-requested": "asked for changes in",
  "changes-answered": "answered about",
  superseded: "published another version instead of",
  "put-back": "put back into review",
  "report-resolved": "acted on a report on",
  "report-dismissed": "dismissed a report on",
};

/** Every act of the asset's reviews, the newest first. */
export function History(props: { history: readonly ReviewAct[]; now: string }): JSX.Element {
  if (props.history.length === 0) return "";
  return (
    <section>
      <h2>History</h2>
      <ol class="history">
        {props.history.map((act) => (
          <li>
            <p>
              <b safe>{act.who}</b> <span safe>{`${ACT_TEXT[act.act] ?? act.act} ${act.version}`}</span>{" "}
              <span class="quiet">
                <Time at={act.at} now={props.now} />
              </span>
            </p>
            {act.text === "" ? null : <blockquote safe>{act.text}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}
