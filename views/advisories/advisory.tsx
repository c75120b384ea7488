import { AdvisoryLevel, type AdvisoryModel } from "../components/advisories.tsx";
import { attr, counted, safeHref } from "../components/format.ts";
import { Badge, Empty, Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { assetUrl, securityUrl } from "../urls.ts";

/** An advisory with what it touches, as far as the reader may know. */
export interface AdvisoryPageModel {
  id: string;
  origin: "imported" | "own";
  summary: string;
  level: AdvisoryModel["level"];
  malicious: boolean;
  modified: string;
  published: string | null;
  withdrawn: string | null;
  aliases: string[];
  references: { type: string; url: string }[];
  packages: { ecosystem: string; name: string; affected: string }[];
  /** Markdown, already made safe. */
  detailsHtml: string;
  total: number;
  versions: {
    namespace: string;
    slug: string;
    version: string;
    package: string;
    packageVersion: string | null;
    fixed: string | null;
  }[];
  dependents: { namespace: string; slug: string; dependsOn: string }[];
}

/** `/advisories/{id}`. */
export function AdvisoryPage(props: { page: PageProps; advisory: AdvisoryPageModel }): JSX.Element {
  const { page, advisory } = props;
  const safeDetails = advisory.detailsHtml;
  return (
    <Layout page={page} title={advisory.id} description={advisory.summary}>
      <header class="page-head">
        <nav class="crumbs" aria-label="Path">
          <a href="/advisories">Advisories</a>
        </nav>
        <h1 safe>{advisory.summary === "" ? advisory.id : advisory.summary}</h1>
        <ul class="facts facts-head">
          <li>
            <AdvisoryLevel level={advisory.level} malicious={advisory.malicious} />
          </li>
          <li class="mono" safe>
            {advisory.id}
          </li>
          {advisory.published === null ? null : (
            <li>
              Published <Time at={advisory.published} now={page.now} />
            </li>
          )}
          <li>
            Changed <Time at={advisory.modified} now={page.now} />
          </li>
          {advisory.withdrawn === null ? null : (
            <li>
              <Badge text="withdrawn" tone="warn" />
            </li>
          )}
        </ul>
      </header>
      {safeDetails === "" ? null : <section class="prose">{safeDetails}</section>}
      <Packages advisory={advisory} />
      <Touched advisory={advisory} />
      <Dependents advisory={advisory} />
      <References advisory={advisory} />
    </Layout>
  );
}

const Packages = ({ advisory }: { advisory: AdvisoryPageModel }): JSX.Element => (
  <section>
    <h2>What is affected</h2>
    <ul class="lines">
      {advisory.packages.map((one) => (
        <li>
          <div>
            <p>
              <span safe>{one.ecosystem}</span> <code safe>{one.name}</code>
            </p>
            <p class="quiet" safe>
              {one.affected}
            </p>
          </div>
        </li>
      ))}
    </ul>
  </section>
);

const Touched = ({ advisory }: { advisory: AdvisoryPageModel }): JSX.Element => (
  <section>
    <h2>Assets that name it</h2>
    {advisory.versions.length === 0 ? (
      <Empty title="No asset that you may see names an affected version" />
    ) : (
      <>
        <ul class="lines">
          {advisory.versions.map((one) => (
            <li>
              <div>
                <p>
                  <a href={attr(securityUrl(one, one.version))} safe>
                    {`${one.namespace}/${one.slug} ${one.version}`}
                  </a>
                </p>
                <ul class="facts">
                  <li class="mono" safe>
                    {`${one.package}${one.packageVersion === null ? "" : ` ${one.packageVersion}`}`}
                  </li>
                  <li safe>{one.fixed === null ? "no mended version is known" : `mended in ${one.fixed}`}</li>
                </ul>
              </div>
            </li>
          ))}
        </ul>
        {advisory.total > advisory.versions.length ? (
          <p class="quiet" safe>
            {`${counted(advisory.total, "version")} in all.`}
          </p>
        ) : null}
      </>
    )}
  </section>
);

const Dependents = ({ advisory }: { advisory: AdvisoryPageModel }): JSX.Element =>
  advisory.dependents.length === 0 ? (
    ""
  ) : (
    <section>
      <h2>Assets that depend on those</h2>
      <ul class="lines">
        {advisory.dependents.map((one) => (
          <li>
            <p>
              <a href={attr(assetUrl(one))} safe>
                {`${one.namespace}/${one.slug}`}
              </a>{" "}
              <span class="quiet" safe>{`through ${one.dependsOn}`}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );

const References = ({ advisory }: { advisory: AdvisoryPageModel }): JSX.Element =>
  advisory.references.length + advisory.aliases.length === 0 ? (
    ""
  ) : (
    <section>
      <h2>More about it</h2>
      {advisory.aliases.length === 0 ? null : (
        <p class="mono" safe>
          {advisory.aliases.join(", ")}
        </p>
      )}
      <ul class="lines">
        {advisory.references.map(({ type, url }) => (
          <li>
            <p>
              <a href={safeHref(url) ?? "#"} rel="noreferrer nofollow" safe>
                {url}
              </a>{" "}
              <span class="quiet" safe>
                {type.toLowerCase()}
              </span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
