import type { Capability } from "../../core/capability.ts";
import { Elysia } from "elysia";
import type { AppealModel } from "../../../views/components/appeal.tsx";
import { type AssetRowModel, rowOfAsset } from "../../../views/components/asset-row.tsx";
import type { FindingModel, ScannerModel } from "../../../views/components/findings.tsx";
import type { DailyCount } from "../../../views/components/sparkline.tsx";
import { type DependencyModel, AssetDependenciesPage } from "../../../views/catalog/dependencies.tsx";
import { AssetFilePage, AssetFilesPage, type FileContent } from "../../../views/catalog/files.tsx";
import { installLines } from "../../../views/catalog/install-lines.ts";
import type { AssetFrame } from "../../../views/catalog/asset-frame.tsx";
import { AssetOverviewPage } from "../../../views/catalog/overview.tsx";
import { AssetSecurityPage } from "../../../views/catalog/security.tsx";
import { AssetVersionsPage } from "../../../views/catalog/versions.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { fileUrl, rawFileUrl } from "../../../views/urls.ts";
import type { Actor } from "../../core/actor.ts";
import { notFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { mayAsset } from "../../core/permission.ts";
import type { TrustSummary } from "../../core/trust-summary.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { decodedRest } from "../../platform/http/respond.ts";
import { type Asset, factsOf, refOf } from "./asset.ts";
import type { CatalogModule } from "./index.ts";
import { requireNotRecalled, type Version, type VersionFile } from "./version.ts";

/** What the pages of an asset show that other modules know. */
export interface AssetPagesDeps {
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
  /** Where this server is reached, for install lines. */
  origin: (request: Request) => string;
  /** The newest scan of a version that was found, with its findings. */
  /** What a version can do, and what is new since the one before it; null where no scan has looked. */
  capabilitiesSince(
    versions: readonly Version[],
    version: Version,
  ): Promise<{ facts: Capability[]; since: string | null; gained: Capability[] } | null>;
  /** What speaks for or against a version, as far as the actor may know. */
  trustOf(actor: Actor, asset: Asset, version: Version): Promise<TrustSummary>;
  newestScan(
    versionId: Id,
  ): Promise<{ finishedAt: string | null; scanners: ScannerModel[]; findings: FindingModel[] } | null>;
  /** Findings with what their publisher says of them, as far as the actor may read it. */
  explainFindings(actor: Actor, asset: Asset, findings: readonly FindingModel[]): Promise<FindingModel[]>;
  /** For who writes to the asset, and moderators. */
  appeals(actor: Actor, ref: string, version: string): Promise<{ appeals: AppealModel[]; mayAppeal: boolean }>;
  /** The first `maxBytes` of a file's bytes. */
  readFile(file: VersionFile, maxBytes: number): Promise<Uint8Array>;
  dailyDownloads(assetId: Id, days: number): Promise<DailyCount[]>;
  dependencies(actor: Actor, asset: Asset, version: Version): Promise<DependencyModel[]>;
  usernameOf(userId: Id): Promise<string>;
  /** Whether a namespace is an organization that an administrator has verified. */
  isVerified(namespaceId: Id): Promise<boolean>;
}

const MAX_SHOWN_BYTES = 512 * 1024;

/** `/{namespace}/{slug}` and its tabs. */
export function assetPages(deps: AssetPagesDeps) {
  const { catalog, pageProps } = deps;
  const at = "/:namespace/:slug";
  return new Elysia({ name: "asset-pages" })
    .get(at, async ({ request, params, query }) => {
      const frame = await frameOf(deps, request, params, query["version"]);
      return htmlPage(await overview(deps, request, frame));
    })
    .get(`${at}/files`, async ({ request, params }) => showFiles(request, await frameOf(deps, request, params)))
    .get(`${at}/files/:version`, async ({ request, params }) =>
      showFiles(request, await frameOf(deps, request, params, params.version)),
    )
    .get(`${at}/files/:version/*`, async ({ request, params, query }) => {
      const frame = await frameOf(deps, request, params, params.version);
      const file = frame.version && (await catalog.fileOf(frame.version.id, decodedRest(params)));
      if (!file || !frame.version) throw notFound("file");
      requireNotRecalled(`${refOf(frame.asset)}@${frame.version.version}`, frame.version);
      const content = await contentOf(deps, frame.asset, frame.version, file);
      const source = query["view"] === "source";
      return htmlPage(
        <AssetFilePage page={pageProps(request)} frame={frame} file={file} content={content} source={source} />,
      );
    })
    .get(`${at}/versions`, async ({ request, params }) => {
      const frame = await frameOf(deps, request, params);
      const versions = await catalog.listVersions(contextOf(request).actor, frame.asset);
      const channels = await catalog.channelsOf(frame.asset.id);
      const signed = await catalog.signedVersions(versions.map((v) => v.id));
      const lines = versions.map((version) => ({
        version,
        signed: signed.has(version.id),
        recalled: version.recall !== null,
        channels: channels.filter((c) => c.version === version.version).map((c) => c.name),
      }));
      return htmlPage(<AssetVersionsPage page={pageProps(request)} frame={frame} versions={lines} />);
    })
    .get(`${at}/dependencies`, async ({ request, params, query }) => {
      const { actor } = contextOf(request);
      const frame = await frameOf(deps, request, params, query["version"]);
      const dependencies = frame.version ? await deps.dependencies(actor, frame.asset, frame.version) : [];
      const dependents = await catalog.dependentsOf(actor, frame.asset, { page: 1, perPage: 50 });
      const advised = await catalog.advisedAssets(
        actor,
        dependents.items.map(({ asset }) => asset.id),
      );
      return htmlPage(
        <AssetDependenciesPage
          page={pageProps(request)}
          frame={frame}
          dependencies={dependencies}
          dependents={dependents.items.map((d): AssetRowModel => rowOfAsset(d.asset, advised.get(d.asset.id)))}
        />,
      );
    })
    .get(`${at}/security`, async ({ request, params, query }) =>
      htmlPage(await securityPage(deps, request, params, query["version"], EMPTY_FORM, query["done"] !== undefined)),
    );

  async function showFiles(request: Request, frame: AssetFrame) {
    const files = frame.version ? await catalog.filesOf(frame.version.id) : [];
    return htmlPage(<AssetFilesPage page={pageProps(request)} frame={frame} files={files} />);
  }
}

/** The security tab, also as the answer to what its forms could not do. */
export async function securityPage(
  deps: AssetPagesDeps,
  request: Request,
  params: { namespace: string; slug: string },
  wanted: string | undefined,
  form: FormState,
  done = false,
) {
  const { actor } = contextOf(request);
  const frame = await frameOf(deps, request, params, wanted);
  const { asset, version } = frame;
  const scan = version && (await deps.newestScan(version.id));
  const signatures = version ? await deps.catalog.signaturesOf(version.id) : [];
  return (
    <AssetSecurityPage
      page={{ ...deps.pageProps(request), notice: done ? "Sent. A moderator will look at it." : null }}
      frame={frame}
      scan={scan?.finishedAt ? { finishedAt: scan.finishedAt, scanners: scan.scanners } : null}
      findings={await deps.explainFindings(actor, asset, scan?.findings ?? [])}
      advisories={frame.version ? await deps.catalog.advisoriesOf(actor, frame.version.id) : []}
      capabilities={
        frame.version && (await deps.capabilitiesSince(await deps.catalog.listVersions(actor, asset), frame.version))
      }
      signatures={signatures.map((s) => ({
        keyName: `${s.signer} · ${s.keyName}`,
        keyDigest: s.fingerprint,
        signedAt: s.signedAt,
        signedAs: s.signedAs === refOf(frame.asset) ? null : s.signedAs,
        state: s.revokedAt === null ? "valid" : "revoked",
      }))}
      mayRescan={frame.may.update || frame.may.moderate}
      mayExplain={frame.may.update}
      appeals={
        version && (frame.may.update || frame.may.moderate)
          ? await deps.appeals(actor, refOf(asset), version.version)
          : null
      }
      form={form}
    />
  );
}

async function overview(deps: AssetPagesDeps, request: Request, frame: AssetFrame) {
  const { asset, version } = frame;
  const usable = version?.recall === null;
  const readme = usable && version.readmePath ? await deps.catalog.fileOf(version.id, version.readmePath) : null;
  const content = readme && version ? await contentOf(deps, asset, version, readme) : null;
  const installable = usable && version.status === "published";
  return (
    <AssetOverviewPage
      page={deps.pageProps(request)}
      frame={frame}
      readme={
        readme && content?.kind === "markdown"
          ? { path: readme.path, html: content.html, frontMatter: content.frontMatter, truncated: content.truncated }
          : null
      }
      installs={installable ? installLines(asset, version.version, deps.origin(request)) : []}
      downloads={await deps.dailyDownloads(asset.id, 30)}
      publisher={await deps.usernameOf(version?.publishedBy ?? asset.createdBy)}
      trust={version && (await deps.trustOf(contextOf(request).actor, asset, version))}
    />
  );
}

/** The asset and the version looked at: the one asked for, else the latest, else the newest that the viewer may see. */
export async function frameOf(
  deps: Pick<AssetPagesDeps, "catalog" | "newestScan" | "isVerified">,
  request: Request,
  params: { namespace: string; slug: string },
  wanted?: string,
): Promise<AssetFrame> {
  const { actor } = contextOf(request);
  const { catalog } = deps;
  const asset = await catalog.findAsset(actor, `${params.namespace}/${params.slug}`);
  const version = wanted
    ? (await catalog.findVersion(actor, refOf(asset), wanted)).version
    : await catalog.shownVersion(actor, asset);
  const scan = version && (await deps.newestScan(version.id));
  const facts = factsOf(asset);
  return {
    asset,
    version,
    signed: version !== null && (await catalog.signedVersions([version.id])).size > 0,
    recalled: version !== null && version.recall !== null,
    advised: version && advisedOf(await catalog.advisoriesOf(actor, version.id)),
    changesAsked: version?.status === "under_review" ? await catalog.changesAskedOf(version.id) : null,
    counts: {
      versions: await catalog.countVersions(actor, asset),
      dependencies: version?.metadata.dependencies.length ?? 0,
      findings: scan?.findings.length ?? 0,
    },
    may: {
      update: mayAsset(actor, "update", facts),
      manage: mayAsset(actor, "manage", facts),
      moderate: mayAsset(actor, "moderate", facts),
    },
    verified: await deps.isVerified(asset.namespaceId),
  };
}

const advisedOf = (advisories: { malicious: boolean }[]): AssetFrame["advised"] =>
  advisories.some(({ malicious }) => malicious) ? "malicious" : advisories.length > 0 ? "vulnerable" : null;

async function contentOf(
  deps: Pick<AssetPagesDeps, "readFile">,
  asset: Asset,
  version: Version,
  file: VersionFile,
): Promise<FileContent> {
  if (/^image\/(png|jpeg|gif|webp)$/.test(file.mediaType)) return { kind: "image" };
  const bytes = await deps.readFile(file, MAX_SHOWN_BYTES);
  const truncated = file.size > bytes.byteLength;
  const text = textOf(bytes);
  if (text === null) return { kind: "binary" };
  if (!/\.(md|markdown)$/i.test(file.path)) return { kind: "text", text, truncated };
  // Its parsers take a tenth of the server's start; they are loaded with the first page that needs them.
  const { renderMarkdown } = await import("../../core/markdown.ts");
  const rendered = renderMarkdown(text, {
    path: file.path,
    rawUrl: (path) => rawFileUrl(asset, version.version, path),
    fileUrl: (path) => fileUrl(asset, version.version, path),
  });
  return { kind: "markdown", ...rendered, text, truncated: truncated || rendered.truncated };
}

/** UTF-8 text without NUL; a character cut in half at the end is let go. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  for (let cut = 0; cut < 4; cut++) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, bytes.byteLength - cut));
    } catch {
      // Not the whole file may have been read: the last character can be in pieces.
    }
  }
  return null;
}
