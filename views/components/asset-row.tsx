import type { AssetStatus, Kind, Verdict, Visibility } from "../../src/core/kind.ts";
import type { Asset } from "../../src/modules/catalog/asset.ts";
import { assetUrl } from "../urls.ts";
import { attr, compact, counted } from "./format.ts";
import { KIND_LABEL, KindIcon } from "./icon.tsx";
import { StateBadges, Time } from "./small.tsx";
import { TrustMark } from "./trust-mark.tsx";

/** One asset in a list. A search document has all of this and can be given as it is. */
export interface AssetRowModel {
  namespace: string;
  slug: string;
  kind: Kind;
  title: string;
  description: string;
  license: string | null;
  version: string | null;
  verdict: Verdict | null;
  signed: boolean;
  /** What advisories that the viewer may know of say of that version; absent for nothing. */
  advised?: "malicious" | "vulnerable" | undefined;
  visibility: Visibility;
  status: AssetStatus;
  downloads: number;
  /** The average, 0 for none. */
  rating: number;
  updatedAt: string;
  /** Parts that matched a search: [start, end) in UTF-16 units. */
  highlight?: { field: "title" | "description" | "slug"; ranges: [number, number][] }[];
}

export const rowOfAsset = (asset: Asset, advised?: AssetRowModel["advised"]): AssetRowModel => ({
  namespace: asset.namespace,
  slug: asset.slug,
  kind: asset.kind,
  title: asset.title,
  description: asset.description,
  license: asset.license,
  version: asset.latest?.version ?? null,
  verdict: asset.latest?.verdict ?? null,
  signed: asset.latest?.signed ?? false,
  advised,
  visibility: asset.visibility,
  status: asset.status,
  downloads: asset.downloads,
  rating: 0,
  updatedAt: asset.updatedAt,
});

/** Marks the ranges of a text; whatever lies outside the text or goes backwards is left out. */
export function Marked(props: { text: string; ranges: [number, number][] }): JSX.Element {
  const parts: JSX.Element[] = [];
  let at = 0;
  for (const [start, end] of props.ranges) {
    if (start < at || end <= start || end > props.text.length) continue;
    parts.push(<span safe>{props.text.slice(at, start)}</span>, <mark safe>{props.text.slice(start, end)}</mark>);
    at = end;
  }
  if (at === 0) return <span safe>{props.text}</span>;
  return (
    <>
      {parts.join("") as "safe"}
      <span safe>{props.text.slice(at)}</span>
    </>
  );
}

const rangesOf = (row: AssetRowModel, field: "description" | "slug"): [number, number][] =>
  row.highlight?.find((h) => h.field === field)?.ranges ?? [];

export function AssetRow(props: { row: AssetRowModel; now: string; compact?: boolean }): JSX.Element {
  const { row, now } = props;
  return (
    <li class="row">
      <span class="row-icon" title={KIND_LABEL[row.kind]?.one}>
        <KindIcon kind={row.kind} />
      </span>
      <div class="row-main">
        <p class="row-name">
          <a href={attr(assetUrl(row))}>
            <span class="row-namespace" safe>{`${row.namespace}/`}</span>
            <b>
              <Marked text={row.slug} ranges={rangesOf(row, "slug")} />
            </b>
          </a>
          <StateBadges status={row.status} visibility={row.visibility} />
        </p>
        <p class="row-text">
          <Marked text={row.description || row.title} ranges={row.description ? rangesOf(row, "description") : []} />
        </p>
        <RowFacts row={row} now={now} compact={props.compact ?? false} />
      </div>
    </li>
  );
}

function RowFacts(props: { row: AssetRowModel; now: string; compact: boolean }): JSX.Element {
  const { row } = props;
  return (
    <ul class="facts">
      <li safe>{KIND_LABEL[row.kind]?.one ?? row.kind}</li>
      {row.version === null ? null : <li class="mono" safe>{`v${row.version}`}</li>}
      <li>
        <Time at={row.updatedAt} now={props.now} />
      </li>
      <li title={attr(counted(row.downloads, "install"))} safe>
        {`${compact(row.downloads)} ${row.downloads === 1 ? "install" : "installs"}`}
      </li>
      {row.rating > 0 && !props.compact ? <li safe>{`${row.rating.toFixed(1)} of 5`}</li> : null}
      {row.license !== null && !props.compact ? <li safe>{row.license}</li> : null}
      {row.verdict === null ? null : (
        <li>
          <TrustMark state={row.verdict} />
        </li>
      )}
      {row.advised ? (
        <li>
          <TrustMark state={row.advised} />
        </li>
      ) : null}
      {row.signed ? (
        <li>
          <TrustMark state="signed" />
        </li>
      ) : null}
    </ul>
  );
}

/** A list of rows, or nothing when there are none: the caller says what an empty list means. */
export function AssetRows(props: { rows: AssetRowModel[]; now: string; compact?: boolean }): JSX.Element {
  return (
    <ul class={props.compact ? "rows rows-compact" : "rows"}>
      {props.rows.map((row) => (
        <AssetRow row={row} now={props.now} compact={props.compact} />
      ))}
    </ul>
  );
}
