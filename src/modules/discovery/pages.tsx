import { Elysia } from "elysia";
import type { AssetRowModel } from "../../../views/components/asset-row.tsx";
import { type CategoryModel, HomePage } from "../../../views/discovery/home.tsx";
import { AssetListPage } from "../../../views/discovery/list.tsx";
import { SearchPage } from "../../../views/discovery/search.tsx";
import { SearchResults, type SearchResultsModel, type SearchState } from "../../../views/discovery/search-results.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import { categoryUrl } from "../../../views/urls.ts";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { isKind, VERDICTS, type Verdict } from "../../core/kind.ts";
import { parsePage } from "../../core/page.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { SEARCH_SORTS, type SearchHit, type SearchSort } from "../../platform/search/search-index.ts";
import type { CategoryNode } from "./category.ts";
import type { DiscoveryModule, FoundAssets } from "./index.ts";

export interface DiscoveryPagesDeps {
  discovery: DiscoveryModule;
  pageProps: (request: Request) => PageProps;
  totals(): Promise<{ assets: number; publishers: number; downloads: number }>;
  /** Which of these assets have a latest version that advisories touch, as far as the actor may know. */
  advisedAssets(actor: Actor, assetIds: readonly Id[]): Promise<Map<Id, "malicious" | "vulnerable">>;
}

const ROWS = 8;

/** Home, search, categories and tags. */
export function discoveryPages({ discovery, pageProps, totals, advisedAssets }: DiscoveryPagesDeps) {
  const rowsOf = async (request: Request, hits: SearchHit[]): Promise<AssetRowModel[]> => {
    const ids = hits.map(({ document }) => document.id);
    const advised = await advisedAssets(contextOf(request).actor, ids);
    return hits.map((hit) => ({ ...rowOf(hit), advised: advised.get(hit.document.id) }));
  };
  return new Elysia({ name: "discovery-pages" })
    .get("/", async ({ request }) => {
      const { actor } = contextOf(request);
      const browse = (sort: SearchSort) => discovery.search(actor, { sort }, { page: 1, perPage: ROWS });
      const [trending, recent, categories] = await Promise.all([
        browse("trending"),
        browse("recent"),
        discovery.categories(actor),
      ]);
      return htmlPage(
        <HomePage
          page={pageProps(request)}
          totals={await totals()}
          kinds={trending.facets.kind}
          trending={await rowsOf(request, trending.items)}
          recent={await rowsOf(request, recent.items)}
          categories={categories.map(categoryModel)}
        />,
      );
    })
    .get("/search", async ({ request }) => {
      const { actor, htmx } = contextOf(request);
      const query = new URL(request.url).searchParams;
      const state = stateOf(query);
      const page = parsePage({ page: query.get("page") ?? undefined });
      const found = await discovery.search(actor, { ...state, ...narrowed(state) }, page);
      const results = resultsModel(found, await rowsOf(request, found.items));
      return htmlPage(
        htmx ? (
          <SearchResults page={pageProps(request)} state={state} results={results} />
        ) : (
          <SearchPage page={pageProps(request)} state={state} results={results} />
        ),
        200,
        { Vary: "HX-Request" },
      );
    })
    .get("/categories/:slug", async ({ request, params, query }) => {
      const { actor } = contextOf(request);
      const page = parsePage({ page: query["page"] });
      const assets = await discovery.categoryAssets(actor, params.slug, { sort: "downloads" }, page);
      const node = findCategory(await discovery.categories(actor), params.slug);
      return htmlPage(
        <AssetListPage
          page={pageProps(request)}
          eyebrow="Category"
          title={node?.name ?? params.slug}
          description={node?.description ?? ""}
          below={(node?.children ?? []).map((c) => ({ href: categoryUrl(c.slug), label: c.name, count: c.count }))}
          assets={{ ...assets, items: await rowsOf(request, assets.items) }}
        />,
      );
    })
    .get("/tags/:tag", async ({ request, params, query }) => {
      const page = parsePage({ page: query["page"] });
      const request_ = { tags: [params.tag], sort: "downloads" as const };
      const assets = await discovery.search(contextOf(request).actor, request_, page);
      return htmlPage(
        <AssetListPage
          page={pageProps(request)}
          eyebrow="Tag"
          title={params.tag}
          description=""
          below={[]}
          assets={{ ...assets, items: await rowsOf(request, assets.items) }}
        />,
      );
    });
}

const rowOf = ({ document, highlight }: SearchHit): AssetRowModel => ({
  namespace: document.namespace,
  slug: document.slug,
  kind: document.kind,
  title: document.title,
  description: document.description,
  license: document.license,
  version: document.version,
  verdict: document.version === null ? null : document.verdict,
  signed: document.signed,
  visibility: document.visibility,
  status: document.status,
  downloads: document.downloads,
  rating: document.rating,
  updatedAt: document.updatedAt,
  highlight,
});

/** Pages take several values of one facet as repeated parameters or with commas; what is unknown is left out. */
function stateOf(query: URLSearchParams): SearchState {
  const list = (name: string) => query.getAll(name).flatMap((value) => value.split(",").filter((part) => part !== ""));
  const signed = query.get("signed");
  const sort = query.get("sort") ?? "";
  return {
    text: query.get("q") ?? "",
    kinds: list("type"),
    categories: list("category"),
    tags: [...list("tags"), ...list("tag")],
    licenses: list("license"),
    owners: [...list("author"), ...list("owner")],
    verdicts: list("verdict"),
    signed: signed === "true" ? true : signed === "false" ? false : null,
    sort: (SEARCH_SORTS as readonly string[]).includes(sort) ? sort : query.get("q") ? "relevance" : "trending",
  };
}

const narrowed = (state: SearchState) => ({
  kinds: state.kinds.filter(isKind),
  verdicts: state.verdicts.filter((v): v is Verdict => (VERDICTS as readonly string[]).includes(v)),
  sort: state.sort as SearchSort,
});

const resultsModel = (found: FoundAssets, rows: AssetRowModel[]): SearchResultsModel => ({
  rows,
  total: found.total,
  page: found.page,
  perPage: found.perPage,
  elapsedMs: found.elapsedMs,
  facets: found.facets,
});

const categoryModel = ({ slug, name, description, count }: CategoryNode): CategoryModel => ({
  slug,
  name,
  description,
  count,
});

function findCategory(nodes: readonly CategoryNode[], slug: string): CategoryNode | null {
  for (const node of nodes) {
    const found = node.slug === slug ? node : findCategory(node.children, slug);
    if (found) return found;
  }
  return null;
}
