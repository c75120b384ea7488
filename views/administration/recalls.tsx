import { attr, counted, grouped, localHref } from "../components/format.ts";
import { Csrf, FormProblem, TextArea } from "../components/form.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Confirm, DigestText, Empty, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { profileUrl, recallUrl } from "../urls.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface RecallModel {
  number: number;
  digest: string;
  ref: string;
  version: string;
  reason: string;
  severity: "low" | "medium" | "high" | "critical";
  recalledBy: string | null;
  recalledAt: string;
  lifted: { at: string; by: string | null; reason: string } | null;
}

export interface ExposureModel {
  people: { username: string; downloads: number; lastAt: string }[];
  peopleTotal: number;
  unknownVisitors: number;
  downloadsTotal: number;
  projects: { project: string; username: string; ref: string; version: string; seenAt: string }[];
  projectsTotal: number;
  dependents: { ref: string; version: string; needs: string; range: string }[];
  dependentsTotal: number;
}

const TITLE = "Recalls";

/** Every recall, newest first. */
export function RecallsPage(props: {
  page: PageProps;
  recalls: RecallModel[];
  numbers: { page: number; perPage: number; total: number };
}): JSX.Element {
  const { page } = props;
  return (
    <AdministrationLayout page={page} here="/admin/recalls" title={TITLE}>
      <header class="page-head">
        <h1>{TITLE}</h1>
        <p class="quiet">
          What must not be used any more. A version is recalled from its review, or with{" "}
          <code>marketplace admin recall</code>.
        </p>
      </header>
      {props.recalls.length === 0 ? (
        <Empty title="Nothing was recalled" />
      ) : (
        <ul class="lines">
          {props.recalls.map((recall) => (
            <li>
              <div>
                <p>
                  <a href={attr(recallUrl(recall.number))}>
                    <b safe>{`${recall.ref}@${recall.version}`}</b>
                  </a>{" "}
                  <State recall={recall} />
                </p>
                <p safe>{recall.reason}</p>
                <Facts recall={recall} page={page} />
              </div>
            </li>
          ))}
        </ul>
      )}
      <Pagination {...props.numbers} path={page.path} />
    </AdministrationLayout>
  );
}

const State = (props: { recall: RecallModel }): JSX.Element =>
  props.recall.lifted ? <Badge text="lifted" /> : <Badge text={props.recall.severity} tone="bad" />;

const Facts = (props: { recall: RecallModel; page: PageProps }): JSX.Element => (
  <ul class="facts">
    <li safe>{`No. ${props.recall.number}`}</li>
    <li>
      <Time at={props.recall.recalledAt} now={props.page.now} />
    </li>
    <li safe>{`by ${props.recall.recalledBy ?? "a command on the server"}`}</li>
    <li>
      <DigestText digest={props.recall.digest} />
    </li>
  </ul>
);

/** One recall: what it is, who has it, and how it is taken back. Posts `reason` to `/admin/recalls/{number}/lift`. */
export function RecallPage(props: {
  page: PageProps;
  recall: RecallModel;
  exposure: ExposureModel;
  form: FormState;
}): JSX.Element {
  const { page, recall, exposure } = props;
  const name = `${recall.ref}@${recall.version}`;
  return (
    <AdministrationLayout page={page} here="/admin/recalls" title={`Recall ${recall.number}`}>
      <nav class="crumbs" aria-label="Path">
        <a href="/admin/recalls">{TITLE}</a>
      </nav>
      <header class="page-head">
        <h1 safe>{name}</h1>
        <Facts recall={recall} page={page} />
      </header>
      <p class={recall.lifted ? "callout" : "callout callout-bad"}>
        <State recall={recall} /> <span safe>{recall.reason}</span>
      </p>
      {recall.lifted ? (
        <p class="callout">
          <b safe>{`Lifted by ${recall.lifted.by ?? "a command on the server"}`}</b>{" "}
          <Time at={recall.lifted.at} now={page.now} />
          <span safe>{`: ${recall.lifted.reason}`}</span>
        </p>
      ) : null}
      <Downloads exposure={exposure} page={page} number={recall.number} />
      <Projects exposure={exposure} page={page} />
      <Dependents exposure={exposure} />
      {recall.lifted ? null : <Lift page={page} recall={recall} form={props.form} />}
    </AdministrationLayout>
  );
}

function Downloads(props: { exposure: ExposureModel; page: PageProps; number: number }): JSX.Element {
  const { people, peopleTotal, unknownVisitors, downloadsTotal } = props.exposure;
  return (
    <section>
      <div class="section-head">
        <h2 safe>{`Downloaded by ${counted(peopleTotal, "person", "people")}`}</h2>
        <a href={attr(`/api/v1${recallUrl(props.number)}/exposure?format=csv`)}>As CSV</a>
      </div>
      <p class="quiet" safe>
        {`And by ${counted(unknownVisitors, "visitor")} who were not signed in, of ${counted(downloadsTotal, "download")} ever.`}
      </p>
      {people.length === 0 ? null : (
        <table class="table">
          <thead>
            <tr>
              <th>Person</th>
              <th class="number">Downloads</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {people.map((person) => (
              <tr>
                <td>
                  <a href={attr(profileUrl(person.username))} safe>
                    {person.username}
                  </a>
                </td>
                <td class="number" safe>
                  {grouped(person.downloads)}
                </td>
                <td>
                  <Time at={person.lastAt} now={props.page.now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Cut shown={people.length} total={peopleTotal} />
    </section>
  );
}

function Projects(props: { exposure: ExposureModel; page: PageProps }): JSX.Element {
  const { projects, projectsTotal } = props.exposure;
  return (
    <section>
      <h2 safe>{`In the lockfiles of ${counted(projectsTotal, "project")}`}</h2>
      {projects.length === 0 ? (
        <p class="quiet">Of those that were reported with {"\u201caudit --report\u201d"}.</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th>Project</th>
              <th>Reported by</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {projects.map((one) => (
              <tr>
                <td safe>{one.project}</td>
                <td>
                  <a href={attr(profileUrl(one.username))} safe>
                    {one.username}
                  </a>
                </td>
                <td>
                  <Time at={one.seenAt} now={props.page.now} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Cut shown={projects.length} total={projectsTotal} />
    </section>
  );
}

function Dependents(props: { exposure: ExposureModel }): JSX.Element {
  const { dependents, dependentsTotal } = props.exposure;
  return (
    <section>
      <h2 safe>{`Needed by ${counted(dependentsTotal, "asset")}`}</h2>
      {dependents.length === 0 ? null : (
        <ul class="lines">
          {dependents.map((one) => (
            <li>
              <div>
                <a href={localHref(`/${one.ref}`)} safe>
                  {`${one.ref}@${one.version}`}
                </a>{" "}
                <span class="quiet" safe>{`needs ${one.needs} ${one.range}`}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Cut shown={dependents.length} total={dependentsTotal} />
    </section>
  );
}

const Cut = (props: { shown: number; total: number }): JSX.Element =>
  props.shown >= props.total ? "" : <p class="quiet" safe>{`And ${grouped(props.total - props.shown)} more.`}</p>;

const Lift = (props: { page: PageProps; recall: RecallModel; form: FormState }): JSX.Element => (
  <section>
    <h2>Lift the recall</h2>
    <p class="quiet">It may be downloaded, resolved and installed again. The list says that the recall was lifted.</p>
    <FormProblem form={props.form} />
    <Confirm label="Lift…" tone="danger">
      <form method="post" action={attr(`${recallUrl(props.recall.number)}/lift`)} class="form">
        <Csrf token={props.page.csrfToken} />
        <TextArea form={props.form} name="reason" label="Reason" rows={3} maxlength={1000} required />
        <button class="button button-danger">Lift it</button>
      </form>
    </Confirm>
  </section>
);
