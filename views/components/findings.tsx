import type { Severity } from "../../src/core/kind.ts";
import { attr, elapsed } from "./format.ts";
import { Explanation, type ExplanationModel } from "./suppression.tsx";
import { SeverityMark } from "./trust-mark.tsx";

/** A scanner's Finding has all of this. */
export interface FindingModel {
  scanner: string;
  ruleId: string;
  severity: Severity;
  category: string;
  path: string | null;
  line: number | null;
  column: number | null;
  excerpt: string;
  message: string;
  remedy: string;
  /** What the policy made of it, and the setting that said so; null or absent where that was not kept. */
  consequence?: "pass" | "warn" | "review" | "block" | null;
  because?: string | null;
  /** What its publisher says of it. */
  explanation?: ExplanationModel | null;
}

/** How one scanner ended; `waiting` while it has not. A ScannerOutcome has all of this. */
export interface ScannerModel {
  scanner: string;
  version: string;
  state: "completed" | "failed" | "timed-out" | "missing" | "waiting";
  error: string | null;
  elapsedMs: number;
}

const ORDER: Severity[] = ["critical", "high", "medium", "low", "info"];

const CONSEQUENCE_TEXT = {
  pass: "Passes",
  warn: "Passes with a note",
  review: "Goes to a moderator",
  block: "Blocks the version",
} as const;

/**
 * Worst first, in the order of files within one severity. `hrefOf` gives the place of a finding in the file view; `act` what the
 * viewer may do about one (`position` tells its fields from those of others).
 */
export function Findings(props: {
  findings: FindingModel[];
  hrefOf: (path: string) => string;
  now?: string;
  act?: (finding: FindingModel, position: number) => JSX.Element;
}): JSX.Element {
  const sorted = props.findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ol class="findings">
      {sorted.map((finding, position) => (
        <li class="finding">
          <div class="finding-head">
            <SeverityMark severity={finding.severity} />
            <h3 safe>{finding.message}</h3>
          </div>
          <Place finding={finding} hrefOf={props.hrefOf} />
          {finding.excerpt === "" ? null : (
            <pre class="excerpt" tabindex="0" aria-label="The place in the file">
              <code safe>{finding.excerpt}</code>
            </pre>
          )}
          <p class="finding-remedy">
            <b>What to do.</b> <span safe>{finding.remedy}</span>
          </p>
          <p class="finding-rule">
            <code safe>{finding.ruleId}</code> <span safe>{`by ${finding.scanner}`}</span>
          </p>
          <Consequence finding={finding} />
          {finding.explanation && props.now !== undefined ? (
            <Explanation explanation={finding.explanation} now={props.now} />
          ) : null}
          {(props.act?.(finding, position) ?? "") as "safe"}
        </li>
      ))}
    </ol>
  );
}

function Consequence(props: { finding: FindingModel }): JSX.Element {
  const { consequence, because } = props.finding;
  if (!consequence) return "";
  return (
    <p class="finding-rule">
      <b>{CONSEQUENCE_TEXT[consequence] ?? ""}</b>
      {because ? <span safe>{`: ${because}`}</span> : null}
    </p>
  );
}

function Place(props: { finding: FindingModel; hrefOf: (path: string) => string }): JSX.Element {
  const { path, line, column } = props.finding;
  if (path === null) return "";
  const place = [path, line, line === null ? null : column].filter((part) => part !== null).join(":");
  const anchor = line === null ? "" : `#L${line}`;
  return (
    <p class="finding-place">
      <a class="mono" href={attr(props.hrefOf(path) + anchor)} safe>
        {place}
      </a>
    </p>
  );
}

const STATE_WORD: Record<ScannerModel["state"], string> = {
  completed: "Finished",
  failed: "Failed",
  "timed-out": "Ran out of time",
  missing: "Not available",
  waiting: "Waiting",
};

/** Scanner by scanner: how it ended and how long it took. */
export function Scanners(props: { scanners: ScannerModel[] }): JSX.Element {
  return (
    <table class="table scanners">
      <caption class="hidden-visually">Scanners</caption>
      <thead>
        <tr>
          <th scope="col">Scanner</th>
          <th scope="col">Rules</th>
          <th scope="col">Outcome</th>
          <th scope="col" class="number">
            Time
          </th>
        </tr>
      </thead>
      <tbody>
        {props.scanners.map((s) => (
          <tr class={attr(`scanner-${s.state}`)}>
            <th scope="row" safe>
              {s.scanner}
            </th>
            <td class="mono" safe>
              {s.version}
            </td>
            <td>
              <span safe>{STATE_WORD[s.state] ?? "Failed"}</span>
              {s.error === null ? null : <span class="quiet" safe>{`: ${s.error}`}</span>}
            </td>
            <td class="number" safe>
              {s.state === "waiting" ? "" : elapsed(s.elapsedMs)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
