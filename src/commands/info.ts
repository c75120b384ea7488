import type { AssetWire, Client, TrustWire, VersionDetailWire } from "../client/index.ts";
import { CAPABILITY_TEXT, type CapabilityKind } from "../core/capability.ts";
import { visible, visibleJson, visibleLines } from "../client/visible-text.ts";
import type { Command, CommandContext } from "./command.ts";
import { connect, onlyWord, readRef, selectorText } from "./session.ts";
import { labelled, painter, sizeText } from "./terminal.ts";

const MAX_CHANGELOG_LINES = 20;

export const info: Command = {
  name: "info",
  summary: "Show an asset or one of its versions",
  usage: "info REF",
  options: {},
  async run(context) {
    const ref = readRef(onlyWord(context.positionals, "an asset", info.usage));
    const client = await connect(context);
    const asset = await client.assets.read(ref.name);
    const selector = ref.selector ? selectorText(ref.selector) : asset.version;
    const version = selector === null ? null : await client.versions.read(ref.name, selector);
    const trust = version && (await client.versions.trust(ref.name, version.version));
    if (context.json) context.out(visibleJson({ asset, version, trust }));
    else for (const line of describe(context, client, { asset, version, trust })) context.out(line);
    return 0;
  },
};

interface Described {
  asset: AssetWire;
  version: VersionDetailWire | null;
  trust: TrustWire | null;
}

function* describe(context: CommandContext, client: Client, { asset, version, trust }: Described) {
  const paint = painter(process.stdout, context.env);
  yield `${paint("bold", visible(asset.ref))}  ${visible(asset.title)}`;
  if (asset.description) yield visible(asset.description);
  if (asset.status !== "published") yield paint("yellow", `${asset.status}${because(asset.status_reason)}`);
  if (version?.yanked) yield paint("yellow", `yanked${because(version.yank_reason)}`);
  yield "";
  yield* labelled([
    ...assetPairs(asset),
    ...(trust ? trustPairs(trust) : []),
    ...(version ? versionPairs(version) : []),
  ]);
  if (version?.changelog) yield* ["", ...visibleLines(version.changelog).slice(0, MAX_CHANGELOG_LINES)];
  yield "";
  yield `${client.url}/${visible(asset.ref)}`;
  if (version?.status === "published") yield `marketplace install ${visible(asset.ref)}`;
}

const because = (reason: string | null): string => (reason ? `: ${visible(reason)}` : "");

const assetPairs = (asset: AssetWire) =>
  [
    ["kind", asset.type],
    ["visibility", asset.visibility],
    ["license", asset.license ?? "(none)"],
    ["tags", asset.tags.join(", ")],
    ["categories", asset.categories.join(", ")],
    ["homepage", asset.homepage],
    ["repository", asset.repository],
    ["downloads", String(asset.downloads)],
    ["channels", channelsText(asset.channels ?? {})],
  ] as const;

/** The lines of the asset's page that the others here do not say. */
const trustPairs = ({ headline, publisher, scan, build, capabilities, license, advisories, review }: TrustWire) =>
  [
    ["trust", headline],
    ["publisher", publisherText(publisher)],
    [
      "checked",
      scan && `${scan.completed} of ${scan.scanners} scanners, ${scan.finished_at.slice(0, 10)}, ${notes(scan)}`,
    ],
    ["built from", build && `${build.repository.name}${build.commit ? ` at ${build.commit.sha.slice(0, 12)}` : ""}`],
    ["can do", capabilities ? abilities(capabilities) : "(not known yet)"],
    ["terms", license.asks],
    ["vulnerable", vulnerabilities(advisories)],
    ["reviewed", review ? `${review.decision} ${review.decided_at.slice(0, 10)}: ${review.reason}` : "by no person"],
  ] as const;

function publisherText({ name, kind, verified, since, ...counted }: TrustWire["publisher"]): string {
  const what = kind === "organization" ? `, ${verified ? "a verified" : "an unverified"} organization` : "";
  const versions = `${counted.more_versions ? "more than " : ""}${counted.published_versions} published`;
  return `${name}${what}, since ${since.slice(0, 10)}, ${versions}`;
}

const notes = ({ findings }: { findings: number }): string => (findings === 1 ? "1 note" : `${findings} notes`);

const abilities = ({ groups, since }: NonNullable<TrustWire["capabilities"]>): string =>
  groups
    .map(({ kind, count, gained }) => {
      const title = CAPABILITY_TEXT[kind as CapabilityKind]?.title ?? kind;
      return `${title} (${count}${gained > 0 ? `, ${gained} new since ${since}` : ""})`;
    })
    .join(", ") || "nothing beyond text";

const vulnerabilities = ({ known, count, looked, as_of }: TrustWire["advisories"]): string =>
  count > 0
    ? `${known.map(({ id }) => id).join(", ")}${count > known.length ? ` and ${count - known.length} more` : ""}`
    : looked && as_of !== null
      ? `none known in the advisories of ${as_of.slice(0, 10)}`
      : "not known";

const versionPairs = (version: VersionDetailWire) =>
  [
    ["version", `${version.version} (${version.status})`],
    ["verdict", `${version.verdict}${version.verdict_reason ? `: ${version.verdict_reason}` : ""}`],
    ["signed by", signers(version)],
    ["released", version.released_at?.slice(0, 10)],
    ["files", `${version.file_count} (${sizeText(version.size)})`],
    ["needs", version.dependencies.map(({ ref, range }) => `${ref} ${range}`).join(", ")],
    [
      "works with",
      Object.entries(version.compatibility)
        .map(([agent, range]) => `${agent} ${range}`)
        .join(", "),
    ],
    ["digest", version.digest],
  ] as const;

const signers = (version: VersionDetailWire): string =>
  version.signatures
    .filter((signature) => signature.revoked_at === null)
    .map(({ signer, fingerprint }) => `${signer} (${fingerprint})`)
    .join(", ") || "nobody";

const channelsText = (channels: Record<string, string>): string =>
  Object.entries(channels)
    .map(([name, version]) => `${name} → ${version}`)
    .join(", ");
