import type { Verdict } from "../src/core/kind.ts";
import { type AssetRowModel, AssetRows } from "./components/asset-row.tsx";
import { attr, counted } from "./components/format.ts";
import { Pagination } from "./components/pagination.tsx";
import { Empty, Time } from "./components/small.tsx";
import { type DailyCount, Sparkline } from "./components/sparkline.tsx";
import { TrustMark } from "./components/trust-mark.tsx";
import { Layout } from "./layout/layout.tsx";
import type { PageOf, PageProps } from "./layout/page.ts";
import { type Waiting, WaitingForYou } from "./organizations/mine.tsx";
import { progressUrl } from "./urls.ts";

export interface DashboardProps {
  page: PageProps;
  /** Of all namespaces that the viewer may publish in. */
  assets: PageOf<AssetRowModel>;
  waiting: Waiting;
  /** The viewer's versions that are not published: being scanned, in review, blocked. Newest first. */
  pending: { namespace: string; slug: string; version: string; verdict: Verdict; reason: string | null; at: string }[];
  /** Installs of all of the viewer's assets in the last 30 days. */
  downloads: DailyCount[];
}

/** What somebody who publishes wants to see first: what waits for them, then what they have. */
export function DashboardPage(props: DashboardProps): JSX.Element {
  const { page, assets, pending } = props;
  return (
    <Layout page={page} title="Dashboard" unlisted>
      <header class="page-head page-head-action">
        <h1>Dashboard</h1>
        <a class="button button-primary" href="/publish">
          Publish
        </a>
      </header>
      <WaitingForYou page={page} waiting={props.waiting} />
      {pending.length === 0 ? null : (
        <section>
          <h2>Waiting</h2>
          <ul class="lines">
            {pending.map((line) => (
              <li>
                <div>
                  <p>
                    <a class="mono" href={attr(progressUrl(line, line.version))} safe>
                      {`${line.namespace}/${line.slug} ${line.version}`}
                    </a>
                  </p>
                  <ul class="facts">
                    {line.reason ? <li safe>{line.reason}</li> : null}
                    <li>
                      <Time at={line.at} now={page.now} />
                    </li>
                  </ul>
                </div>
                <TrustMark state={line.verdict} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {assets.total === 0 ? (
        <Empty title="You have not published anything yet" action={{ href: "/publish", label: "Publish an asset" }}>
          Or from a terminal: <code>marketplace publish ./my-skill</code>
        </Empty>
      ) : (
        <>
          <section class="dashboard-use">
            <h2>Installs in the last 30 days</h2>
            <Sparkline days={props.downloads} label="Installs in the last 30 days" unit="install" />
          </section>
          <section>
            <h2 safe>{counted(assets.total, "asset")}</h2>
            <AssetRows rows={assets.items} now={page.now} />
          </section>
        </>
      )}
      <Pagination page={assets.page} perPage={assets.perPage} total={assets.total} path={page.path} />
    </Layout>
  );
}
