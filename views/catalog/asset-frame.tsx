import type { Children } from "@kitajs/html";
import type { Verdict } from "../../src/core/kind.ts";
import type { Asset } from "../../src/modules/catalog/asset.ts";
import type { Version } from "../../src/modules/catalog/version.ts";
import { attr, grouped } from "../components/format.ts";
import { KIND_LABEL, KindIcon } from "../components/icon.tsx";
import { StateBadges, Time } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import { Layout } from "../layout/layout.tsx";
import { VerifiedMark } from "../organizations/organization-layout.tsx";
import type { PageProps } from "../layout/page.ts";
import {
  assetSettingsUrl,
  assetUrl,
  dependenciesUrl,
  filesUrl,
  profileUrl,
  progressUrl,
  reportFormUrl,
  reviewAnswerUrl,
  securityUrl,
  signInUrl,
  versionsUrl,
  versionUrl,
} from "../urls.ts";

export type AssetTab = "overview" | "files" | "versions" | "dependencies" | "security" | "settings";

/** What every tab of an asset shows above and around its own content. */
export interface AssetFrame {
  asset: Asset;
  /** The version looked at; null when the viewer may see none. */
  version: Version | null;
  /** Of that version. */
  signed: boolean;
  recalled: boolean;
  /** What advisories that the viewer may know of say of that version. */
  advised: "malicious" | "vulnerable" | null;
  /** What moderators want changed in that version, for those who publish it; null for nothing. */
  changesAsked: { message: string; at: string } | null;
  counts: { versions: number; dependencies: number; findings: number };
  /** What the viewer may do. */
  may: { update: boolean; manage: boolean; moderate: boolean };
  /** The namespace is an organization with the badge. */
  verified: boolean;
}

/** The asset's name, what it is, its trust marks and the tabs; then the tab itself. */
export function AssetLayout(props: {
  page: PageProps;
  frame: AssetFrame;
  tab: AssetTab;
  title?: string;
  children?: Children;
}): JSX.Element {
  const { asset, version } = props.frame;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout
      page={props.page}
      title={props.title ? `${props.title} · ${name}` : name}
      description={asset.description}
      unlisted={asset.visibility !== "public"}
      refresh={version?.verdict === "pending" ? 4 : undefined}
    >
      <header class="asset-head">
        <h1 class="asset-name">
          <span class="asset-icon" title={KIND_LABEL[asset.kind]?.one}>
            <KindIcon kind={asset.kind} size={26} />
          </span>
          <span>
            <a class="asset-namespace" href={attr(profileUrl(asset.namespace))} safe>
              {asset.namespace}
            </a>
            <span class="asset-slash">/</span>
            <a href={attr(assetUrl(asset))} safe>
              {asset.slug}
            </a>
          </span>
          <StateBadges status={asset.status} visibility={asset.visibility} />
        </h1>
        {asset.description === "" ? null : (
          <p class="asset-lede" safe>
            {asset.description}
          </p>
        )}
        <HeadFacts page={props.page} frame={props.frame} />
      </header>
      <Warnings frame={props.frame} />
      <Tabs frame={props.frame} tab={props.tab} />
      {props.children as "safe"}
    </Layout>
  );
}

function HeadFacts(props: { page: PageProps; frame: AssetFrame }): JSX.Element {
  const { asset, version, signed, recalled } = props.frame;
  const verdict: Verdict | null = version?.verdict ?? null;
  return (
    <ul class="facts facts-head">
      <li safe>{KIND_LABEL[asset.kind]?.one ?? asset.kind}</li>
      {props.frame.verified ? (
        <li>
          <VerifiedMark />
        </li>
      ) : null}
      {version === null ? (
        <li>No version yet</li>
      ) : (
        <>
          <li class="mono" safe>{`v${version.version}`}</li>
          <li>
            <Time at={version.releasedAt ?? version.createdAt} now={props.page.now} />
          </li>
        </>
      )}
      {asset.license === null ? <li>No licence</li> : <li safe>{asset.license}</li>}
      {recalled ? (
        <li>
          <TrustMark state="recalled" />
        </li>
      ) : verdict === null ? null : (
        <li>
          <TrustMark state={verdict} />
        </li>
      )}
      {recalled || props.frame.advised === null ? null : (
        <li>
          <TrustMark state={props.frame.advised} />
        </li>
      )}
      {signed ? (
        <li>
          <TrustMark state="signed" />
        </li>
      ) : null}
      {version === null || props.frame.may.update ? null : (
        <li>
          <ReportLink page={props.page} frame={props.frame} version={version.version} />
        </li>
      )}
    </ul>
  );
}

function ReportLink(props: { page: PageProps; frame: AssetFrame; version: string }): JSX.Element {
  const form = reportFormUrl(props.frame.asset, props.version);
  return (
    <a href={attr(props.page.viewer === null ? signInUrl(form) : form)} rel="nofollow">
      Report
    </a>
  );
}

/** What a reader must know before using it; the worst first. */
function Warnings(props: { frame: AssetFrame }): JSX.Element {
  const { asset, version, recalled } = props.frame;
  return (
    <>
      {recalled ? <Recalled frame={props.frame} /> : null}
      {version?.verdict === "blocked" && !recalled ? (
        <Warning tone="bad" title="This version was blocked." reason={version.verdictReason} />
      ) : null}
      {version !== null && props.frame.changesAsked !== null ? (
        <p class="callout callout-warn">
          <b>A moderator asks for changes.</b> <span safe>{props.frame.changesAsked.message}</span>{" "}
          <a href={attr(reviewAnswerUrl(asset, version.version))}>Answer</a>
        </p>
      ) : version?.verdict === "review" ? (
        <Warning tone="warn" title="This version is not published yet." reason={version.verdictReason} />
      ) : null}
      {version?.verdict === "pending" ? (
        <p class="callout">
          The scanners are at work.{" "}
          <a href={attr(progressUrl(asset, version.version))} safe>{`Watch the scan of ${version.version}`}</a>
        </p>
      ) : null}
      {version?.yankedAt ? (
        <Warning tone="warn" title="This version was yanked by its publisher." reason={version.yankReason} />
      ) : null}
      {asset.status === "deprecated" ? (
        <Warning tone="warn" title="This asset is deprecated." reason={asset.statusReason} />
      ) : null}
      {asset.status === "suspended" ? (
        <Warning tone="bad" title="This asset is suspended." reason={asset.statusReason} />
      ) : null}
      {asset.status === "archived" ? (
        <Warning tone="plain" title="This asset is archived: no more versions come." reason={asset.statusReason} />
      ) : null}
      {version !== null && asset.latest !== null && asset.latest.version !== version.version ? (
        <p class="callout">
          <span safe>{`You are looking at ${version.version}. `}</span>
          <a href={attr(versionUrl(asset, asset.latest.version))} safe>{`The latest is ${asset.latest.version}.`}</a>
        </p>
      ) : null}
    </>
  );
}

/** The order not to use it, and what somebody does who has it. */
function Recalled(props: { frame: AssetFrame }): JSX.Element {
  const { asset, version } = props.frame;
  const ref = `${asset.namespace}/${asset.slug}`;
  return (
    <div class="callout callout-bad" role="alert">
      <p>
        <b safe>{`Version ${version?.version ?? ""} was recalled. Do not use it.`}</b>
        {version?.recall ? <span safe>{` ${version.recall.reason}`}</span> : null}
      </p>
      <p>
        It cannot be downloaded any more, and <code>install</code>, <code>verify</code> and <code>audit</code> refuse
        it. If you have it, remove it with <code safe>{`marketplace remove ${ref}`}</code>
        {asset.latest === null ? null : (
          <>
            , or move to another version with <code safe>{`marketplace update ${ref}`}</code>
          </>
        )}
        .{version?.recall ? <span class="quiet" safe>{` Recall no. ${version.recall.number}`}</span> : null}
      </p>
    </div>
  );
}

const Warning = (props: { tone: "bad" | "warn" | "plain"; title: string; reason: string | null }): JSX.Element => (
  <p class={`callout callout-${props.tone}`}>
    <b safe>{props.title}</b>
    {props.reason ? <span safe>{` ${props.reason}`}</span> : null}
  </p>
);

function Tabs(props: { frame: AssetFrame; tab: AssetTab }): JSX.Element {
  const { asset, version, counts, may } = props.frame;
  const exact = version !== null && version.version !== asset.latest?.version ? version.version : undefined;
  const tabs: { tab: AssetTab; label: string; href: string; count?: number }[] = [
    { tab: "overview", label: "Overview", href: exact ? versionUrl(asset, exact) : assetUrl(asset) },
  ];
  if (version !== null)
    tabs.push({ tab: "files", label: "Files", href: filesUrl(asset, version.version), count: version.fileCount });
  tabs.push({ tab: "versions", label: "Versions", href: versionsUrl(asset), count: counts.versions });
  if (version !== null)
    tabs.push(
      { tab: "dependencies", label: "Dependencies", href: dependenciesUrl(asset, exact), count: counts.dependencies },
      { tab: "security", label: "Security", href: securityUrl(asset, exact), count: counts.findings },
    );
  if (may.update) tabs.push({ tab: "settings", label: "Settings", href: assetSettingsUrl(asset) });
  return (
    <nav class="tabs" aria-label="Asset">
      {tabs.map((t) => (
        <a href={attr(t.href)} aria-current={t.tab === props.tab ? "page" : undefined}>
          <span safe>{t.label}</span>
          {t.count ? (
            <span class="count" safe>
              {grouped(t.count)}
            </span>
          ) : null}
        </a>
      ))}
    </nav>
  );
}
