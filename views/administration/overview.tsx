import { bytes, counted, elapsed, grouped } from "../components/format.ts";
import { Empty } from "../components/small.tsx";
import { type DailyCount, Sparkline } from "../components/sparkline.tsx";
import type { PageProps } from "../layout/page.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface AdminOverviewProps {
  page: PageProps;
  server: { version: string; startedAt: string; database: string; blobs: string; search: string };
  /** Database, storage, search, scanners, mail …: whether each answers and what it says. */
  health: { name: string; ok: boolean; detail: string; elapsedMs: number | null }[];
  totals: { users: number; assets: number; versions: number; downloads: number; blobs: number; blobBytes: number };
  jobs: { kind: string; waiting: number; running: number; failed: number }[];
  /** Empty means that none is configured, which is never a pass. */
  scanners: { name: string; version: string }[];
  downloads: DailyCount[];
  publications: DailyCount[];
}

/** Whether the server is well, and how much it holds. */
export function AdminOverviewPage(props: AdminOverviewProps): JSX.Element {
  const { page, totals, server } = props;
  return (
    <AdministrationLayout page={page} here="/admin" title="Administration">
      <header class="page-head">
        <h1>Administration</h1>
        <ul class="facts facts-head">
          <li class="mono" safe>{`v${server.version}`}</li>
          <li safe>{server.database}</li>
          <li safe>{server.blobs}</li>
          <li safe>{server.search}</li>
        </ul>
      </header>
      <dl class="numbers">
        <Total label="Users" value={grouped(totals.users)} />
        <Total label="Assets" value={grouped(totals.assets)} />
        <Total label="Versions" value={grouped(totals.versions)} />
        <Total label="Installs" value={grouped(totals.downloads)} />
        <Total label="Stored" value={bytes(totals.blobBytes)} note={counted(totals.blobs, "blob")} />
      </dl>
      <div class="columns">
        <section>
          <h2>Installs in the last 30 days</h2>
          <Sparkline days={props.downloads} label="Installs in the last 30 days" unit="install" />
        </section>
        <section>
          <h2>Publications in the last 30 days</h2>
          <Sparkline days={props.publications} label="Publications in the last 30 days" unit="publication" />
        </section>
      </div>
      <Health health={props.health} />
      <div class="columns">
        <Jobs jobs={props.jobs} />
        <Scanners scanners={props.scanners} />
      </div>
    </AdministrationLayout>
  );
}

const Total = (props: { label: string; value: string; note?: string }): JSX.Element => (
  <div>
    <dt safe>{props.label}</dt>
    <dd>
      <b safe>{props.value}</b>
      {props.note ? (
        <span class="quiet" safe>
          {props.note}
        </span>
      ) : null}
    </dd>
  </div>
);

function Health(props: { health: AdminOverviewProps["health"] }): JSX.Element {
  return (
    <section>
      <h2>Health</h2>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">State</th>
            <th scope="col">Detail</th>
            <th scope="col" class="number">
              Answered in
            </th>
          </tr>
        </thead>
        <tbody>
          {props.health.map((part) => (
            <tr>
              <th scope="row" safe>
                {part.name}
              </th>
              <td class={part.ok ? "state-good" : "state-bad"}>{part.ok ? "Well" : "Not well"}</td>
              <td safe>{part.detail}</td>
              <td class="number" safe>
                {part.elapsedMs === null ? "" : elapsed(part.elapsedMs)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Jobs(props: { jobs: AdminOverviewProps["jobs"] }): JSX.Element {
  return (
    <section>
      <h2>Jobs</h2>
      {props.jobs.length === 0 ? (
        <Empty title="No job is waiting" />
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col" class="number">
                Waiting
              </th>
              <th scope="col" class="number">
                Running
              </th>
              <th scope="col" class="number">
                Failed
              </th>
            </tr>
          </thead>
          <tbody>
            {props.jobs.map((job) => (
              <tr>
                <th scope="row" class="mono" safe>
                  {job.kind}
                </th>
                <td class="number" safe>
                  {grouped(job.waiting)}
                </td>
                <td class="number" safe>
                  {grouped(job.running)}
                </td>
                <td class={job.failed > 0 ? "number state-bad" : "number"} safe>
                  {grouped(job.failed)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Scanners(props: { scanners: AdminOverviewProps["scanners"] }): JSX.Element {
  return (
    <section>
      <h2>Scanners</h2>
      {props.scanners.length === 0 ? (
        <p class="callout callout-bad">
          <b>No scanner is configured.</b> Nothing can pass: set <code>[scanning]</code> in marketplace.toml.
        </p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Rules</th>
            </tr>
          </thead>
          <tbody>
            {props.scanners.map((scanner) => (
              <tr>
                <th scope="row" safe>
                  {scanner.name}
                </th>
                <td class="mono" safe>
                  {scanner.version}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
