import type { Comparison, DiffLine, FileChange } from "../../src/modules/compliance/compare-versions.ts";
import { attr, bytes, counted, localHref, withQuery } from "../components/format.ts";
import { Empty } from "../components/small.tsx";
import { SeverityMark } from "../components/trust-mark.tsx";
import { filesUrl, fileUrl } from "../urls.ts";

export interface DiffProps {
  asset: { namespace: string; slug: string };
  version: string;
  /** The version it is compared with; null for the first. */
  previous: string | null;
  comparison: Comparison;
  /** How the texts are shown now. */
  context: number | "all";
  /** The file that is shown alone; null for all. */
  only: string | null;
  /** The page's own path and query. */
  path: string;
}

/** What changed, file by file, with findings beside their lines. */
export function Diff(props: DiffProps): JSX.Element {
  const { comparison, previous, only } = props;
  const title = only ?? (previous === null ? "All files are new" : `Changes since ${previous}`);
  return (
    <section id="changes">
      <div class="section-head">
        <h2 safe>{title}</h2>
        <a href={attr(filesUrl(props.asset, props.version))}>All files</a>
      </div>
      <Context {...props} />
      {comparison.files.length === 0 ? <Empty title="No file differs" /> : null}
      {comparison.files.map((change, index) => (
        <FileDiff change={change} index={index} props={props} />
      ))}
      {comparison.more === 0 ? null : (
        <p class="quiet" safe>{`And ${counted(comparison.more, "file")} more, which are not listed.`}</p>
      )}
    </section>
  );
}

function Context(props: DiffProps): JSX.Element {
  const steps: { label: string; value: string }[] = [
    { label: "Changes", value: "3" },
    { label: "More around them", value: "20" },
    { label: "Whole files", value: "all" },
  ];
  return (
    <ul class="facts diff-context" aria-label="Lines shown">
      {steps.map((step) => (
        <li>
          <a
            href={localHref(`${withQuery(props.path, { context: step.value })}#changes`)}
            aria-current={step.value === String(props.context) ? "true" : undefined}
            safe
          >
            {step.label}
          </a>
        </li>
      ))}
      {props.only === null ? null : (
        <li>
          <a href={localHref(`${withQuery(props.path, { file: null })}#changes`)}>All files</a>
        </li>
      )}
    </ul>
  );
}

const WHY: Record<NonNullable<FileChange["why"]>, string> = {
  binary: "This is not text.",
  large: "This is too large to compare.",
  limit: "There is too much to show it here.",
  "same-bytes": "Its content is the same.",
};

const OPEN_LINES = 200;

function FileDiff({ change, index, props }: { change: FileChange; index: number; props: DiffProps }): JSX.Element {
  const size = [change.sizeBefore, change.sizeAfter].filter((s) => s !== null).map(bytes);
  const alone = localHref(`${withQuery(props.path, { file: change.path, context: "20" })}#changes`);
  const unsafeWord: string = change.change;
  return (
    <details
      class="diff"
      id={`file-${index}`}
      data-file
      open={change.diff !== null && (change.findings > 0 || change.diff.length < OPEN_LINES)}
    >
      <summary>
        <span class={attr(`change change-${change.change}`)} safe>
          {unsafeWord}
        </span>
        <span class="mono" safe>
          {change.movedFrom === null ? change.path : `${change.movedFrom} → ${change.path}`}
        </span>
        <span class="quiet" safe>
          {size.join(" → ")}
        </span>
        {change.findings === 0 ? null : <b safe>{counted(change.findings, "finding")}</b>}
      </summary>
      {change.diff === null ? (
        <p class="quiet">
          <span safe>{change.why === null ? "" : (WHY[change.why] ?? "")}</span>{" "}
          {change.why === "limit" && props.only === null ? <a href={alone}>Show it alone</a> : null}{" "}
          {change.change === "removed" ? null : (
            <a href={attr(fileUrl(props.asset, props.version, change.path))}>Open the file</a>
          )}
        </p>
      ) : (
        <>
          <Lines change={change} />
          {change.left === 0 ? null : (
            <p class="quiet">
              <span safe>{`${counted(change.left, "more line")} ${change.left === 1 ? "differs" : "differ"}. `}</span>
              {props.only === null ? <a href={alone}>Show the file alone</a> : null}
            </p>
          )}
        </>
      )}
    </details>
  );
}

const SIGN = { context: " ", added: "+", removed: "-", hunk: "" } as const;

function Lines({ change }: { change: FileChange }): JSX.Element {
  const lines = change.diff ?? [];
  if (lines.length === 0) return <p class="quiet">What was found is about the file as a whole.</p>;
  return (
    <pre class="diff-lines" tabindex="0" aria-label={attr(`Changes in ${change.path}`)}>
      <code>
        {lines.map((line) => (
          <Line line={line} path={change.path} />
        ))}
      </code>
    </pre>
  );
}

function Line({ line, path }: { line: DiffLine; path: string }): JSX.Element {
  return (
    <>
      <span class={line.kind in SIGN ? `diff-${line.kind}` : "diff-context"}>
        <i class="diff-number" aria-hidden="true">
          {line.after ?? line.before ?? ""}
        </i>
        <span safe>{`${SIGN[line.kind] ?? " "}${line.text}\n`}</span>
      </span>
      {line.findings.map((finding) => (
        <span
          class="diff-note"
          data-finding
          tabindex="-1"
          role="note"
          aria-label={attr(`${finding.severity} finding in ${path}, line ${line.after ?? 0}`)}
        >
          <SeverityMark severity={finding.severity} /> <span safe>{finding.message}</span>{" "}
          <span class="quiet" safe>
            {finding.ruleId}
          </span>
          {"\n"}
        </span>
      ))}
    </>
  );
}
