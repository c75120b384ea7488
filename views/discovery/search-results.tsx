import { isKind } from "../../src/core/kind.ts";
import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { attr, counted, grouped } from "../components/format.ts";
import { KIND_LABEL } from "../components/icon.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Empty } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";

/** What is asked for: query keys `q`, `type`, `category`, `tag`, `license`, `author`, `verdict` (each may repeat), `signed`, `sort`. */
export interface SearchState {
  text: string;
  kinds: string[];
  categories: string[];
  tags: string[];
  licenses: string[];
  owners: string[];
  verdicts: string[];
  signed: boolean | null;
  sort: string;
}

interface FacetModel {
  value: string;
  count: number;
}

export interface SearchResultsModel {
  rows: AssetRowModel[];
  total: number;
  page: number;
  perPage: number;
  elapsedMs: number;
  facets: {
    kind: FacetModel[];
    category: FacetModel[];
    tag: FacetModel[];
    license: FacetModel[];
    owner: FacetModel[];
    verdict: FacetModel[];
    signed: FacetModel[];
  };
}

const SORTS: [value: string, label: string][] = [
  ["relevance", "Relevance"],
  ["trending", "Trending"],
  ["downloads", "Most installed"],
  ["recent", "Newest"],
  ["rating", "Best rated"],
];

/** The part of the search page that changes while somebody types: facets, count, rows, pages. */
export function SearchResults(props: {
  page: PageProps;
  state: SearchState;
  results: SearchResultsModel;
}): JSX.Element {
  const { page, state, results } = props;
  return (
    <div id="results" class="results">
      <section class="results-list" aria-labelledby="results-count">
        <div class="results-head">
          <p id="results-count" role="status">
            <b safe>{counted(results.total, "asset")}</b>
            <span class="quiet" safe>{` in ${Math.max(1, Math.round(results.elapsedMs))} ms`}</span>
          </p>
          <a class="to-filters" href="#filters">
            Filters
          </a>
          <label class="sort">
            <span>Sort by</span>
            <select name="sort">
              {SORTS.map(([value, label]) => (
                <option value={value} selected={value === state.sort} safe>
                  {label}
                </option>
              ))}
            </select>
          </label>
        </div>
        {results.total === 0 ? <NothingFound state={state} /> : <AssetRows rows={results.rows} now={page.now} />}
        <Pagination page={results.page} perPage={results.perPage} total={results.total} path={page.path} />
      </section>
      <Facets state={state} facets={results.facets} />
    </div>
  );
}

function NothingFound(props: { state: SearchState }): JSX.Element {
  const { state } = props;
  const narrowed =
    state.signed !== null ||
    [state.kinds, state.categories, state.tags, state.licenses, state.owners, state.verdicts].some((l) => l.length > 0);
  if (narrowed)
    return (
      <Empty title="Nothing matches all of these filters">
        Take away a filter, or{" "}
        <a href={attr(state.text === "" ? "/search" : `/search?q=${encodeURIComponent(state.text.toWellFormed())}`)}>
          search without any
        </a>
        .
      </Empty>
    );
  return (
    <Empty title="Nothing matches this search" action={{ href: "/search", label: "Browse everything" }}>
      Check the spelling, or try fewer words. Names, titles, descriptions and tags are searched.
    </Empty>
  );
}

const VERDICT_LABEL: Record<string, string> = {
  passed: "Checked",
  review: "Waits for a moderator",
  blocked: "Blocked",
  pending: "Being checked",
};

function Facets(props: { state: SearchState; facets: SearchResultsModel["facets"] }): JSX.Element {
  const { state, facets } = props;
  return (
    <aside class="facets" id="filters" aria-label="Filters">
      <Facet
        title="Kind"
        name="type"
        chosen={state.kinds}
        values={facets.kind}
        label={(v) => (isKind(v) ? KIND_LABEL[v].many : v)}
      />
      <Facet title="Category" name="category" chosen={state.categories} values={facets.category} />
      <Facet title="Licence" name="license" chosen={state.licenses} values={facets.license} />
      <Facet title="Tag" name="tag" chosen={state.tags} values={facets.tag} />
      <Facet title="Publisher" name="author" chosen={state.owners} values={facets.owner} />
      <Facet
        title="Verdict"
        name="verdict"
        chosen={state.verdicts}
        values={facets.verdict}
        label={(v) => VERDICT_LABEL[v] ?? v}
      />
      <Facet
        title="Signature"
        name="signed"
        chosen={state.signed === null ? [] : [String(state.signed)]}
        values={facets.signed.filter((f) => f.value === "true")}
        label={() => "Signed by a key"}
      />
      <noscript>
        <button class="button">Apply</button>
      </noscript>
    </aside>
  );
}

const SHOWN = 8;

function Facet(props: {
  title: string;
  name: string;
  chosen: string[];
  values: FacetModel[];
  label?: (value: string) => string;
}): JSX.Element {
  const known = new Set(props.values.map((v) => v.value));
  const lost = props.chosen.filter((value) => !known.has(value)).map((value) => ({ value, count: 0 }));
  const values = [...lost, ...props.values];
  if (values.length === 0) return "";
  const isChosen = (v: FacetModel): boolean => props.chosen.includes(v.value);
  const first = values.filter((v, i) => i < SHOWN || isChosen(v));
  const rest = values.filter((v, i) => i >= SHOWN && !isChosen(v));
  const row = (v: FacetModel): JSX.Element => (
    <label class="facet">
      <input
        type="checkbox"
        id={attr(`${props.name}-${v.value}`)}
        name={props.name}
        value={attr(v.value)}
        checked={isChosen(v)}
      />
      <span safe>{props.label?.(v.value) ?? v.value}</span>
      <span class="count" safe>
        {grouped(v.count)}
      </span>
    </label>
  );
  return (
    <fieldset>
      <legend safe>{props.title}</legend>
      {first.map(row) as "safe"[]}
      {rest.length === 0 ? null : (
        <details>
          <summary safe>{`${rest.length} more`}</summary>
          {rest.map(row) as "safe"[]}
        </details>
      )}
    </fieldset>
  );
}
