import type { Version } from "../../src/modules/catalog/version.ts";
import { attr, bytes, compact, counted } from "../components/format.ts";
import { Badge, DigestText, Empty, Time } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import type { PageProps } from "../layout/page.ts";
import { versionUrl } from "../urls.ts";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";

export interface VersionLine {
  version: Version;
  signed: boolean;
  recalled: boolean;
  /** Names that point at it, `latest` among them. */
  channels: string[];
}

export interface AssetVersionsProps {
  page: PageProps;
  frame: AssetFrame;
  /** Newest semver first. */
  versions: VersionLine[];
}

/** Every version the viewer may see, with its changelog. */
export function AssetVersionsPage(props: AssetVersionsProps): JSX.Element {
  const { page, frame, versions } = props;
  return (
    <AssetLayout page={page} frame={frame} tab="versions" title="Versions">
      {versions.length === 0 ? (
        <Empty title="No version is published yet" />
      ) : (
        <ol class="versions">
          {versions.map((line) => (
            <VersionRow line={line} page={page} frame={frame} />
          ))}
        </ol>
      )}
    </AssetLayout>
  );
}

function VersionRow(props: { line: VersionLine; page: PageProps; frame: AssetFrame }): JSX.Element {
  const { version, channels, signed, recalled } = props.line;
  return (
    <li class={version.yankedAt === null ? "version" : "version version-yanked"}>
      <div class="version-head">
        <h2 class="mono">
          <a href={attr(versionUrl(props.frame.asset, version.version))} safe>
            {version.version}
          </a>
        </h2>
        {channels.map((channel) => (
          <Badge text={channel} tone={channel === "latest" ? "good" : "plain"} />
        ))}
        {version.yankedAt === null ? null : <Badge text="yanked" tone="warn" />}
        <TrustMark state={recalled ? "recalled" : version.verdict} />
        {signed ? <TrustMark state="signed" /> : null}
      </div>
      <ul class="facts">
        <li>
          <Time at={version.releasedAt ?? version.createdAt} now={props.page.now} />
        </li>
        <li safe>{bytes(version.totalSize)}</li>
        <li safe>{counted(version.fileCount, "file")}</li>
        <li safe>{`${compact(version.downloads)} ${version.downloads === 1 ? "install" : "installs"}`}</li>
        <li>
          <DigestText digest={version.digest} />
        </li>
      </ul>
      {version.yankReason ? <p safe>{`Yanked: ${version.yankReason}`}</p> : null}
      {version.changelog === "" ? null : (
        <p class="changelog" safe>
          {version.changelog}
        </p>
      )}
    </li>
  );
}
