import type { TrustSummary } from "../../src/core/trust-summary.ts";
import type { Asset } from "../../src/modules/catalog/asset.ts";
import type { Version } from "../../src/modules/catalog/version.ts";
import { attr, bytes, counted, grouped, safeHref } from "../components/format.ts";
import { Icon } from "../components/icon.tsx";
import { Install, type InstallLine } from "../components/install.tsx";
import { DigestText, Empty, Time } from "../components/small.tsx";
import { type DailyCount, Sparkline } from "../components/sparkline.tsx";
import { TrustPanel } from "../components/trust-panel.tsx";
import type { PageProps } from "../layout/page.ts";
import { categoryUrl, downloadUrl, fileUrl, profileUrl, tagUrl } from "../urls.ts";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";

export interface AssetOverviewProps {
  page: PageProps;
  frame: AssetFrame;
  /** HTML by `renderMarkdown` of src/core/markdown.ts, which is the only thing that may stand here. */
  readme: { path: string; html: string; frontMatter: [key: string, value: string][]; truncated: boolean } | null;
  /** See install-lines.ts; empty when there is nothing to install. */
  installs: InstallLine[];
  /** The last 30 days, oldest first. */
  downloads: DailyCount[];
  publisher: string;
  /** null where there is no version. */
  trust: TrustSummary | null;
}

/** The README with the install lines and facts beside it. */
export function AssetOverviewPage(props: AssetOverviewProps): JSX.Element {
  const { asset, version } = props.frame;
  return (
    <AssetLayout page={props.page} frame={props.frame} tab="overview">
      <div class="asset-body">
        <aside class="asset-side" aria-label="About this asset">
          {version !== null && props.installs.length > 0 ? (
            <section>
              <h2>Install</h2>
              <Install lines={props.installs} />
              <Downloads asset={asset} version={version.version} />
            </section>
          ) : null}
          {version === null || props.trust === null ? null : (
            <TrustPanel asset={asset} version={version.version} trust={props.trust} now={props.page.now} />
          )}
          <section>
            <h2>Installs</h2>
            <p class="side-number">
              <b safe>{grouped(asset.downloads)}</b> <span class="quiet">in all</span>
            </p>
            <Sparkline days={props.downloads} label="Installs in the last 30 days" unit="install" />
          </section>
          <About page={props.page} asset={asset} version={version} publisher={props.publisher} />
        </aside>
        <article class="asset-main">
          <Readme {...props} />
        </article>
      </div>
    </AssetLayout>
  );
}

/** The whole version as an archive, in both formats. */
export const Downloads = (props: { asset: { namespace: string; slug: string }; version: string }): JSX.Element => (
  <p class="side-downloads">
    <a href={attr(downloadUrl(props.asset, props.version, "tar.gz"))} download="">
      <Icon name="download" /> tar.gz
    </a>
    <a href={attr(downloadUrl(props.asset, props.version, "zip"))} download="">
      <Icon name="download" /> zip
    </a>
  </p>
);

function Readme(props: AssetOverviewProps): JSX.Element {
  const { readme, frame } = props;
  if (frame.version === null)
    return <Empty title="No version is published yet">The publisher has only reserved the name so far.</Empty>;
  if (readme === null)
    return (
      <Empty title="This version has no README">
        A README.md, SKILL.md or AGENT.md in the package would be shown here.
      </Empty>
    );
  return (
    <>
      <p class="readme-path">
        <Icon name="file" />
        <a class="mono" href={attr(fileUrl(frame.asset, frame.version.version, readme.path))} safe>
          {readme.path}
        </a>
      </p>
      {readme.frontMatter.length === 0 ? null : <FrontMatter entries={readme.frontMatter} />}
      <div class="prose" hx-ignore="true">
        {readme.html as "safe"}
      </div>
      {readme.truncated ? <p class="quiet">The rest of this long file is in the Files tab.</p> : null}
    </>
  );
}

/** The keys that a file says of itself above its text. */
export function FrontMatter(props: { entries: [key: string, value: string][] }): JSX.Element {
  return (
    <table class="front-matter">
      <caption class="hidden-visually">Front matter</caption>
      <tbody>
        {props.entries.map(([key, value]) => (
          <tr>
            <th scope="row" class="mono" safe>
              {key}
            </th>
            <td safe>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function About(props: { page: PageProps; asset: Asset; version: Version | null; publisher: string }): JSX.Element {
  const { asset, version, page } = props;
  return (
    <section>
      <h2>About</h2>
      <dl class="about">
        <dt>Publisher</dt>
        <dd>
          <a href={attr(profileUrl(asset.namespace))} safe>
            {asset.namespace}
          </a>
          {props.publisher === asset.namespace ? null : <span class="quiet" safe>{` (${props.publisher})`}</span>}
        </dd>
        {version === null ? null : <VersionAbout version={version} now={page.now} />}
        <dt>Licence</dt>
        <dd safe>{asset.license ?? "None named"}</dd>
        <Link label="Homepage" url={asset.homepage} />
        <Link label="Source" url={asset.repository} />
        {version === null ? null : <Compatibility compatibility={version.metadata.compatibility} />}
      </dl>
      <Labels asset={asset} />
    </section>
  );
}

const VersionAbout = (props: { version: Version; now: string }): JSX.Element => (
  <>
    <dt>Version</dt>
    <dd class="mono" safe>
      {props.version.version}
    </dd>
    <dt>Released</dt>
    <dd>
      <Time at={props.version.releasedAt ?? props.version.createdAt} now={props.now} />
    </dd>
    <dt>Digest</dt>
    <dd>
      <DigestText digest={props.version.digest} />
    </dd>
    <dt>Size</dt>
    <dd safe>{`${bytes(props.version.totalSize)}, ${counted(props.version.fileCount, "file")}`}</dd>
  </>
);

function Link(props: { label: string; url: string | null }): JSX.Element {
  const href = safeHref(props.url);
  if (href === null) return "";
  const host = new URL(props.url!).host;
  return (
    <>
      <dt safe>{props.label}</dt>
      <dd>
        <a href={href} rel="nofollow ugc noopener noreferrer" safe>
          {host}
        </a>
      </dd>
    </>
  );
}

function Compatibility(props: { compatibility: Record<string, string> }): JSX.Element {
  const entries = Object.entries(props.compatibility);
  if (entries.length === 0) return "";
  return (
    <>
      <dt>Works with</dt>
      {entries.map(([name, range]) => (
        <dd safe>{name === "note" ? range : range === "*" ? name : `${name} ${range}`.trim()}</dd>
      ))}
    </>
  );
}

function Labels(props: { asset: Asset }): JSX.Element {
  const { categories, tags } = props.asset;
  if (categories.length + tags.length === 0) return "";
  return (
    <ul class="chips">
      {categories.map((slug) => (
        <li>
          <a class="chip-category" href={attr(categoryUrl(slug))} safe>
            {slug}
          </a>
        </li>
      ))}
      {tags.map((tag) => (
        <li>
          <a href={attr(tagUrl(tag))} safe>
            {tag}
          </a>
        </li>
      ))}
    </ul>
  );
}
