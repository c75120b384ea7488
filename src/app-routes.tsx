import { type AnyElysia, Elysia } from "elysia";
import { ErrorFragment, ErrorPage } from "../views/errors/error.tsx";
import type { PageProps } from "../views/layout/page.ts";
import { useStaticAddresses } from "../views/layout/assets.ts";
import type { DependencyModel } from "../views/catalog/dependencies.tsx";
import { checkHealth, operationRoutes } from "./app-operations.ts";
import { documentRoutes } from "./app-documents.tsx";
import { createMovedRedirects } from "./app-moved.ts";
import { BUILD } from "./core/build.ts";
import { instant } from "./core/clock.ts";
import { invalidRequest, notFound } from "./core/error.ts";
import {
  administrationPages,
  auditApi,
  auditPages,
  createHeldMails,
  mailPages,
  mailsApi,
  secretsApi,
} from "./modules/administration/index.ts";
import {
  accountsApi,
  accountsPages,
  scimApi,
  signOnApi,
  signOnPages,
  commandLinePages,
  deviceApi,
  devicePages,
  jwksRoute,
  namespaceByName,
  trustedPublishingApi,
  trustedPublishingPages,
} from "./modules/accounts/index.ts";
import { assetPages, assetSettingsPages, catalogApi, profilePages, type VersionFile } from "./modules/catalog/index.ts";
import { advisoriesApi, advisoryPages } from "./modules/advisories/index.ts";
import {
  complianceApi,
  compliancePages,
  policyApi,
  reportsApi,
  reportsPages,
  reviewApi,
} from "./modules/compliance/index.ts";
import { discoveryApi, discoveryPages } from "./modules/discovery/index.ts";
import { privacyApi, privacyPages } from "./modules/privacy/index.ts";
import { organizationPages, organizationProfile, organizationsApi, waitingFor } from "./modules/organizations/index.ts";
import { publishingApi, publishingPages } from "./modules/publishing/index.ts";
import { type DependencyNode, retrievalApi } from "./modules/retrieval/index.ts";
import {
  attestationsApi,
  createSboms,
  createTrustSummaries,
  recallPages,
  recallsApi,
  sbomApi,
  transparencyApi,
  trustApi,
  trustPages,
  trustSummaryApi,
} from "./modules/trust/index.ts";
import { embeddedFiles } from "./platform/assets/embedded.ts";
import { createStaticFiles } from "./platform/assets/static-files.ts";
import { answerHead } from "./platform/http/head.ts";
import { createErrorRenderer, type ErrorProps } from "./platform/http/render-error.ts";
import { pathOf } from "./platform/http/respond.ts";
import { contextOf } from "./platform/http/request-context.ts";
import type { Services } from "./services.ts";

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    if (made === null) made = { value: make() };
    return made.value;
  };
}

/** All routes of all modules as one function, and the renderer of what they throw. */
export function buildRoutes(services: Services) {
  const statics = createStaticFiles(embeddedFiles());
  useStaticAddresses(statics.addresses);
  const pageProps = pagePropsOf(services);
  const renderError = errorRenderer(services);
  const redirectMoved = createMovedRedirects(services);
  // Elysia finds a request's path from a fixed place on: right behind `http://`, or where any name behind `https://` has ended.
  const standardHostname = services.config.server.tls.cert !== "";
  const pathFrom = standardHostname ? 11 : 7;
  const part = (name: string, prefix = ""): AnyElysia =>
    new Elysia({ name, prefix, handler: { standardHostname } }).onError(
      async ({ error, request }) => (await redirectMoved(error, request)) ?? renderError(error, request),
    );
  // Elysia registers every route again for each level of nesting, a good part of the time to start: so the parts stand beside each
  // other, and the large ones are put together when they are first asked for something.
  const api = once(() => apiRoutes(services, part("api", "/api/v1")));
  const pages = once(() => pageRoutes(services, pageProps, part("pages")));
  const scim = once(() => part("scim").use(scimRoutes(services)));
  const base: AnyElysia = part("base")
    .get("/static/*", ({ request }) => {
      const response = statics.respond(request);
      if (!response) throw notFound("file");
      return response;
    })
    .use(operationRoutes(services))
    .use(jwksRoute(services.accounts))
    .use(documentRoutes(services, pageProps, () => [api(), base]));
  const ofBase = new Set(base.routes.map(({ path }) => path));
  const partOf = (path: string): AnyElysia => {
    if (path.startsWith("/api/v1/")) return api();
    if (path.startsWith("/scim/v2/")) return scim();
    return path.startsWith("/static/") || ofBase.has(path.replace(/(.)\/$/, "$1")) ? base : pages();
  };
  return {
    renderError,
    handle(request: Request): Promise<Response> {
      const pathAt = request.url.indexOf("/", request.url.indexOf("//") + 2);
      // Rules by path (limits, tokens) and the router must see the same path, whatever Host was sent.
      if (request.url.indexOf("/", pathFrom) !== pathAt)
        throw invalidRequest("The Host header is too short to be a host name.");
      const app = partOf(pathOf(request));
      return request.method === "HEAD" ? answerHead(request, (get) => app.handle(get)) : app.handle(request);
    },
  };
}

function apiRoutes(services: Services, part: AnyElysia): AnyElysia {
  const { access, accounts, catalog, compliance, discovery, publishing, retrieval, trust, database } = services;
  return part
    .use(privacyApi(services.privacy))
    .use(accountsApi(accounts))
    .use(signOnApi({ accounts, signOn: services.signOn, origin: services.baseUrl }))
    .use(deviceApi({ device: access.device, tokens: accounts.tokens, baseUrl: services.baseUrl }))
    .use(trustedPublishingApi(access.trustedPublishing))
    .use(secretsApi(services.sealedSecrets))
    .use(catalogApi({ catalog, namespaceByName: (name) => namespaceByName(database.read, name) }))
    .use(publishingApi(publishing, { catalog }))
    .use(retrievalApi(retrieval))
    .use(complianceApi(compliance))
    .use(reviewApi(compliance.review))
    .use(policyApi(compliance))
    .use(reportsApi(compliance.review))
    .use(advisoriesApi(services.advisories))
    .use(trustApi(trust))
    .use(trustSummaryApi(trustSummaries(services)))
    .use(sbomApi(sboms(services)))
    .use(transparencyApi(services.transparency))
    .use(attestationsApi(services.attestations))
    .use(recallsApi(services.recalls))
    .use(
      organizationsApi({
        organizations: services.organizations,
        catalog,
        baseUrl: services.baseUrl,
        policyEffectOn: compliance.policy.policyEffectOn,
      }),
    )
    .use(discoveryApi({ discovery }))
    .use(mailsApi(heldMails(services)))
    .use(auditApi({ trail: services.auditTrail, clock: services.clock }));
}

const trustSummaries = ({ database, catalog, compliance }: Services) =>
  createTrustSummaries({ database, catalog, capabilitiesSince: compliance.capabilitiesSince });

const sboms = ({ database, catalog, compliance, retrieval }: Services) =>
  createSboms({
    database,
    catalog,
    packagesOf: compliance.packagesOf,
    resolveDependencies: retrieval.resolveDependencies,
  });

const scimRoutes = ({ config, directory, baseUrl, log }: Services) =>
  scimApi({
    directory,
    token: config.scim.token,
    origin: baseUrl,
    onFailure: (error) => log.error("a request of the directory failed", { error }),
  });

const heldMails = ({ database, clock, audit, mailer }: Services) =>
  createHeldMails({ database, clock, audit, mailBox: mailer });

type PagePropsOf = (request: Request) => PageProps;

function pageRoutes(services: Services, pageProps: PagePropsOf, part: AnyElysia): AnyElysia {
  const { accounts, catalog, compliance, discovery, organizations, publishing, retrieval, config } = services;
  const newestScan = async (versionId: string) => {
    const scan = await compliance.newestScan(versionId);
    // What exactly went wrong may name paths and hosts of the server: it is for the review queue and the log.
    const said = (error: string | null) => (error === null ? null : "It did not complete.");
    return (
      scan && {
        ...scan,
        error: said(scan.error),
        scanners: scan.outcomes.map((outcome) => ({ ...outcome, error: said(outcome.error) })),
      }
    );
  };
  const assets = {
    catalog,
    pageProps,
    origin: services.baseUrl,
    newestScan,
    capabilitiesSince: compliance.capabilitiesSince,
    trustOf: trustSummaries(services).of,
    explainFindings: compliance.policy.explainFindings,
    appeals: compliance.policy.appealsOfVersion,
    readFile: (file: VersionFile, maxBytes: number) => readStart(services, file, maxBytes),
    dailyDownloads: async (assetId: string, days: number) => counted(await retrieval.dailyDownloads(assetId, days)),
    dependencies: dependencyModels(services),
    usernameOf: catalog.usernameOf,
    isVerified: organizations.isVerified,
  };
  return part
    .use(discoveryPages({ discovery, pageProps, totals: catalog.totals, advisedAssets: catalog.advisedAssets }))
    .use(privacyPages({ privacy: services.privacy, pageProps }))
    .use(advisoryPages({ advisories: services.advisories, pageProps }))
    .use(accountsPages({ accounts, pageProps, origin: services.baseUrl, signOn: services.signOn }))
    .use(devicePages({ device: services.access.device, pageProps }))
    .use(signOnPages({ signOn: services.signOn, pageProps, origin: services.baseUrl }))
    .use(commandLinePages({ commandLines: services.access.commandLines, pageProps }))
    .use(trustedPublishingPages({ publishing: services.access.trustedPublishing, pageProps }))
    .use(
      publishingPages({
        publishing,
        catalog,
        pageProps,
        newestScan,
        namespaces: organizations.publishingNamespaces,
        limits: {
          archiveBytes: config.limits.archiveBytes,
          files: config.limits.files,
          expansionRatio: config.limits.expansionRatio,
        },
      }),
    )
    .use(
      compliancePages({
        compliance,
        catalog,
        pageProps,
        readText: async (file) => utf8(await readStart(services, file, file.size)),
      }),
    )
    .use(reportsPages({ compliance, catalog, pageProps }))
    .use(
      profilePages({
        catalog,
        pageProps,
        profile: (username) => accounts.profile(username),
        organization: (actor, name) => organizationProfile(organizations, actor, name),
        waiting: (actor) => waitingFor(organizations, actor),
        downloadsOfNamespaces: async (ids, days) => counted(await retrieval.downloadsOfNamespaces(ids, days)),
      }),
    )
    .use(
      organizationPages({
        organizations,
        pageProps,
        creation: config.accounts.organizationCreation,
        origin: services.baseUrl,
      }),
    )
    .use(trustPages({ trust: services.trust, pageProps }))
    .use(recallPages({ recalls: services.recalls, catalog, clock: services.clock, pageProps }))
    .use(
      administrationPages({
        database: services.database,
        clock: services.clock,
        pageProps,
        server: {
          version: BUILD.version,
          startedAt: instant(services.clock.now()),
          database: services.database.engine === "sqlite" ? "SQLite" : "PostgreSQL",
          blobs: config.blobs.backend === "s3" ? `S3 bucket ${config.blobs.bucket}` : "files on disk",
          search: "Orama",
        },
        health: () => checkHealth(services),
        totals: catalog.totals,
        jobs: () => services.jobs.summary(),
        scanners: () => services.engine.scanners(),
      }),
    )
    .use(mailPages({ mails: heldMails(services), pageProps }))
    .use(auditPages({ trail: services.auditTrail, clock: services.clock, pageProps }))
    .use(assetPages(assets))
    .use(
      assetSettingsPages({
        ...assets,
        access: organizations.accessOf,
        explain: compliance.policy.proposeSuppression,
        withdrawExplanation: compliance.policy.withdrawSuppression,
        appeal: compliance.policy.appeal,
        rescan: async (request, ref, version) => {
          await compliance.rescan(contextOf(request).actor, ref, version);
        },
      }),
    );
}

const counted = (days: { day: string; downloads: number }[]) =>
  days.map(({ day, downloads }) => ({ day, count: downloads }));

async function readStart({ blobs }: Services, file: VersionFile, maxBytes: number): Promise<Uint8Array> {
  const stream = await blobs.open(file.digest, { start: 0, end: Math.min(file.size, maxBytes) });
  if (!stream) throw notFound("file");
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The tree of a version's dependencies as its page draws it; a conflict is told at the top level. */
function dependencyModels({ retrieval, catalog }: Services) {
  const model = (node: DependencyNode, optional: boolean): DependencyModel => ({
    ref: node.ref,
    range: node.range,
    optional,
    resolved: null,
    problem: node.version === null && !optional ? "Nothing that you may see fits." : null,
    children: node.dependencies.map((child) => model(child, false)),
  });
  return async (
    actor: Parameters<typeof retrieval.dependencyTree>[0],
    asset: { namespace: string; slug: string },
    version: { version: string; metadata: { dependencies: { ref: string; range: string; optional: boolean }[] } },
  ): Promise<DependencyModel[]> => {
    const { dependencies } = version.metadata;
    const tree = await retrieval
      .dependencyTree(actor, `${asset.namespace}/${asset.slug}`, version.version)
      .catch((error: Error) => error.message);
    if (typeof tree === "string")
      return dependencies.map((d) => ({ ...d, resolved: null, problem: tree, children: [] }));
    const optional = new Set(dependencies.filter((d) => d.optional).map((d) => d.ref));
    const fill = async (node: DependencyNode): Promise<DependencyModel> => {
      const found = node.version && (await catalog.findAsset(actor, node.ref).catch(() => null));
      return {
        ...model(node, optional.has(node.ref)),
        resolved: found && node.version ? { version: node.version, kind: found.kind, href: `/${node.ref}` } : null,
        children: await Promise.all(node.dependencies.map(fill)),
      };
    };
    return Promise.all(tree.dependencies.map(fill));
  };
}

function pagePropsOf({ config, clock }: Services): PagePropsOf {
  const brand = {
    name: config.brand.name,
    accent: config.brand.accent || null,
    logo: config.brand.logo === "" ? null : "/brand/logo",
  };
  return (request) => {
    const { actor, csrfToken, nonce } = contextOf(request);
    const url = new URL(request.url);
    return {
      viewer: actor.kind === "user" ? { username: actor.username, role: actor.role } : null,
      csrfToken,
      nonce,
      brand,
      path: `${url.pathname}${url.search}`,
      now: instant(clock.now()),
    };
  };
}

function errorRenderer({ clock, log, config }: Services) {
  const stranger = (path: string): PageProps => ({
    viewer: null,
    csrfToken: "",
    nonce: "",
    brand: { name: config.brand.name, accent: null, logo: null },
    path,
    now: instant(clock.now()),
  });
  return createErrorRenderer({
    clock,
    log,
    errorPage: ({ error, requestId, context, path }: ErrorProps) =>
      (
        <ErrorPage
          page={
            context
              ? { ...stranger(path), csrfToken: context.csrfToken, nonce: context.nonce, viewer: viewerOf(context) }
              : stranger(path)
          }
          status={error.status}
          code={error.code}
          message={error.message}
          requestId={requestId}
          retryAfter={Number(error.headers["Retry-After"]) || null}
        />
      ) as Promise<string>,
    errorFragment: ({ error, requestId }: ErrorProps) =>
      (<ErrorFragment message={error.message} requestId={requestId} />) as Promise<string>,
  });
}

const viewerOf = ({ actor }: NonNullable<ErrorProps["context"]>) =>
  actor.kind === "user" ? { username: actor.username, role: actor.role } : null;
