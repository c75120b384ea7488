import { attr, localHref, withQuery } from "../components/format.ts";
import { Badge, Empty, Time } from "../components/small.tsx";
import { FormProblem } from "../components/form.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface AuditLine {
  seq: number;
  at: string;
  action: string;
  outcome: "success" | "denied" | "failure";
  actor: { id: string | null; name: string | null; via: string };
  subject: { type: string; id: string | null; name: string | null };
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: Record<string, unknown>;
  personal: Record<string, string>;
  erased: boolean;
  hash: string;
}

export interface AuditPageProps {
  page: PageProps;
  /** The filter as it was asked for, and what is wrong with it. */
  form: FormState;
  entries: AuditLine[];
  /** Leads to older entries; null on the last page. */
  nextCursor: string | null;
  /** This page begins behind the newest entry. */
  older: boolean;
}

const TITLE = "Audit log";

/** What happened on this server that matters to its safety, newest first. */
export function AuditPage(props: AuditPageProps): JSX.Element {
  const { page, form, entries } = props;
  return (
    <AdministrationLayout page={page} here="/admin/audit" title={TITLE}>
      <header class="page-head">
        <h1>{TITLE}</h1>
        <p class="quiet">
          Every entry holds the hash of the one before. <code>marketplace admin audit verify</code> finds what was
          changed or taken out.
        </p>
      </header>
      <Filter form={form} />
      {entries.length === 0 ? (
        <Empty title="Nothing matches">
          <a href="/admin/audit">Show every entry</a>, or ask for less.
        </Empty>
      ) : (
        <ul class="rows">
          {entries.map((entry) => (
            <Entry entry={entry} now={page.now} />
          ))}
        </ul>
      )}
      <Foot {...props} />
    </AdministrationLayout>
  );
}

const OUTCOMES = [
  { value: "", label: "Any" },
  { value: "success", label: "Success" },
  { value: "denied", label: "Denied" },
  { value: "failure", label: "Failure" },
];

function Filter(props: { form: FormState }): JSX.Element {
  const { form } = props;
  const chosen = form.values["outcome"] ?? "";
  return (
    <form method="get" action="/admin/audit" class="audit-filter" aria-label="Filter">
      <FormProblem form={form} />
      <Text form={form} name="actor" label="Who" hint="A user name or account id" />
      <Text form={form} name="action" label="Action" hint="Or its beginning: session." mono />
      <Text form={form} name="subject" label="On what" hint="A user name, namespace/slug or id" />
      <div class="field">
        <label for="audit-outcome">Outcome</label>
        <select id="audit-outcome" name="outcome">
          {OUTCOMES.map(({ value, label }) => (
            <option value={value} selected={value === chosen} safe>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Text form={form} name="from" label="From" hint="A day, UTC" type="date" />
      <Text form={form} name="to" label="To" hint="This day included" type="date" />
      <p class="audit-filter-actions">
        <button type="submit" class="button button-primary">
          Show
        </button>
        <a href="/admin/audit">Clear</a>
      </p>
    </form>
  );
}

function Text(props: {
  form: FormState;
  name: string;
  label: string;
  hint: string;
  type?: "date";
  mono?: boolean;
}): JSX.Element {
  const problem = props.form.problems.find(({ field }) => field === props.name)?.message ?? null;
  const id = `audit-${props.name}`;
  return (
    <div class={problem === null ? "field" : "field field-wrong"}>
      <label for={id} safe>
        {props.label}
      </label>
      <input
        id={id}
        name={props.name}
        type={props.type ?? "text"}
        class={props.mono ? "mono" : undefined}
        value={attr(props.form.values[props.name] ?? "")}
        maxlength={300}
        spellcheck="false"
        aria-invalid={problem === null ? undefined : "true"}
        aria-describedby={`${id}-hint`}
      />
      <p class={problem === null ? "field-hint" : "field-problem"} id={`${id}-hint`} safe>
        {problem ?? props.hint}
      </p>
    </div>
  );
}

const TONE = { success: "plain", denied: "warn", failure: "bad" } as const;

function Entry(props: { entry: AuditLine; now: string }): JSX.Element {
  const { entry } = props;
  const { actor, subject } = entry;
  const who = actor.name ?? (actor.id === null ? "Nobody signed in" : `Account ${actor.id}`);
  const what = subject.name ?? subject.id ?? "";
  return (
    <li class="row audit-entry" id={`entry-${entry.seq}`}>
      <div class="row-main">
        <p class="row-name">
          <span class="mono" safe>
            {entry.action}
          </span>{" "}
          {entry.outcome === "success" ? null : (
            <Badge text={entry.outcome === "denied" ? "Denied" : "Failure"} tone={TONE[entry.outcome]} />
          )}
        </p>
        <ul class="facts">
          <li safe>{who}</li>
          {what === "" || what === actor.name ? null : <li safe>{`${subject.type} ${what}`}</li>}
          <li safe>{actor.via}</li>
          {entry.address ? (
            <li class="mono" safe>
              {entry.address}
            </li>
          ) : null}
          <li>
            <Time at={entry.at} now={props.now} />
          </li>
          <li safe>{`No. ${entry.seq}`}</li>
        </ul>
        <details>
          <summary>Details</summary>
          <Details entry={entry} />
        </details>
      </div>
    </li>
  );
}

function Details(props: { entry: AuditLine }): JSX.Element {
  const { entry } = props;
  const parts: [label: string, text: string][] = [
    ["Time", entry.at],
    ["Account", entry.actor.id ?? ""],
    ["Subject", [entry.subject.type, entry.subject.id ?? ""].join(" ").trim()],
    ["Client", entry.userAgent ?? ""],
    ["Request", entry.requestId ?? ""],
    ...[...Object.entries(entry.details), ...Object.entries(entry.personal)].map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : (JSON.stringify(value) ?? ""),
    ]),
    ["Hash", entry.hash],
    ["Erased", entry.erased ? "Personal data was taken out of this entry." : ""],
  ];
  return (
    <dl class="audit-details">
      {parts
        .filter(([, text]) => text !== "")
        .map(([label, text]) => (
          <div>
            <dt safe>{label}</dt>
            <dd class="mono" safe>
              {text}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function Foot(props: AuditPageProps): JSX.Element {
  const { page, nextCursor } = props;
  const filter = withQuery(page.path, { cursor: null });
  const query = filter.includes("?") ? filter.slice(filter.indexOf("?")) : "";
  const save = (format: string) => localHref(withQuery(`/admin/audit/export${query}`, { format }));
  return (
    <nav class="pagination" aria-label="Pages and files">
      {props.older ? <a href={localHref(filter)}>Newest</a> : <span class="pagination-off">Newest</span>}
      <span>
        Save what matches: <a href={save("jsonl")}>JSON Lines</a>, <a href={save("csv")}>CSV</a>
      </span>
      {nextCursor === null ? (
        <span class="pagination-off">Older</span>
      ) : (
        <a href={localHref(withQuery(page.path, { cursor: nextCursor }))} rel="next">
          Older
        </a>
      )}
    </nav>
  );
}
