import { AdvisoryLevel, type AdvisoryModel, advisoryUrl } from "../components/advisories.tsx";
import { attr, counted } from "../components/format.ts";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageOf, PageProps } from "../layout/page.ts";

/** An advisory in the list. */
export interface AdvisoryLine {
  id: string;
  origin: "imported" | "own";
  summary: string;
  level: AdvisoryModel["level"];
  malicious: boolean;
  modified: string;
  withdrawn: string | null;
  packages: { ecosystem: string; name: string }[];
  touched: number;
}

export interface AdvisoryListProps {
  page: PageProps;
  /** As it was asked for. */
  filter: { package: string; severity: string; all: boolean };
  advisories: PageOf<AdvisoryLine>;
}

const LEVELS = ["critical", "high", "medium", "low"];

/** `/advisories`: those that touch something here, or all that are known. */
export function AdvisoryListPage(props: AdvisoryListProps): JSX.Element {
  const { page, advisories, filter } = props;
  return (
    <Layout page={page} title="Advisories" description="Known vulnerabilities in what assets name">
      <header class="page-head">
        <h1>Advisories</h1>
        <p class="lede">Known vulnerabilities and malicious packages, and which assets name them.</p>
      </header>
      <form method="get" action="/advisories" class="audit-filter" aria-label="Filter">
        <div class="field">
          <label for="advisory-package">Package</label>
          <input id="advisory-package" name="package" class="mono" maxlength={214} value={attr(filter.package)} />
        </div>
        <div class="field">
          <label for="advisory-severity">Severity</label>
          <select id="advisory-severity" name="severity">
            <option value="">Any</option>
            {LEVELS.map((level) => (
              <option value={level} selected={level === filter.severity} safe>
                {level}
              </option>
            ))}
          </select>
        </div>
        <div class="field">
          <label for="advisory-all">Which</label>
          <select id="advisory-all" name="all">
            <option value="">Those that touch assets here</option>
            <option value="1" selected={filter.all}>
              All that are known
            </option>
          </select>
        </div>
        <p class="audit-filter-actions">
          <button type="submit" class="button button-primary">
            Show
          </button>
          <a href="/advisories">Clear</a>
        </p>
      </form>
      {advisories.total === 0 ? (
        <Empty title={filter.all ? "No advisory matches" : "No advisory that matches touches an asset here"} />
      ) : (
        <>
          <p class="quiet" safe>
            {counted(advisories.total, "advisory", "advisories")}
          </p>
          <ul class="lines">
            {advisories.items.map((one) => (
              <Line advisory={one} now={page.now} />
            ))}
          </ul>
        </>
      )}
      <Pagination page={advisories.page} perPage={advisories.perPage} total={advisories.total} path={page.path} />
    </Layout>
  );
}

function Line(props: { advisory: AdvisoryLine; now: string }): JSX.Element {
  const { advisory } = props;
  const names = advisory.packages.slice(0, 3).map(({ ecosystem, name }) => `${ecosystem} ${name}`);
  const more = advisory.packages.length - names.length;
  return (
    <li>
      <div>
        <p>
          <AdvisoryLevel level={advisory.level} malicious={advisory.malicious} />{" "}
          <a href={attr(advisoryUrl(advisory.id))} safe>
            {advisory.summary === "" ? advisory.id : advisory.summary}
          </a>{" "}
          {advisory.withdrawn === null ? null : <Badge text="withdrawn" tone="warn" />}
          {advisory.origin === "own" ? <Badge text="written here" /> : null}
        </p>
        <ul class="facts">
          <li class="mono" safe>
            {advisory.id}
          </li>
          <li class="mono" safe>
            {`${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`}
          </li>
          <li safe>{`touches ${counted(advisory.touched, "version")}`}</li>
          <li>
            Changed <Time at={advisory.modified} now={props.now} />
          </li>
        </ul>
      </div>
    </li>
  );
}
