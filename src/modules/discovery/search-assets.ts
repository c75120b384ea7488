import type { Actor } from "../../core/actor.ts";
import { forbidden, notFound, validationError } from "../../core/error.ts";
import type { Kind, Verdict } from "../../core/kind.ts";
import { offsetOf, type Page, type PageRequest } from "../../core/page.ts";
import { hasScope, isModerator, RIGHT_OF_ROLE } from "../../core/permission.ts";
import {
  MAX_RANK,
  type SearchAudience,
  type SearchHit,
  type SearchQuery,
  type SearchResult,
  type SearchSort,
} from "../../platform/search/search-index.ts";
import { withDescendants } from "./category.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { allCategories } from "./repository.ts";

/** What is asked for. Values of one list are alternatives; different lists must all be met. */
export interface SearchRequest {
  text?: string;
  kinds?: Kind[];
  /** Slugs; assets in categories below them count too. */
  categories?: string[];
  tags?: string[];
  licenses?: string[];
  /** Namespace names. */
  owners?: string[];
  minRating?: number | null;
  signed?: boolean | null;
  verdicts?: Verdict[];
  /** Default: relevance with a text, downloads without. */
  sort?: SearchSort;
}

export interface FoundAssets extends Page<SearchHit> {
  facets: SearchResult["facets"];
  elapsedMs: number;
}

/** Whose eyes the index looks with; throws FORBIDDEN for a token that may not read. */
export function audienceOf(actor: Actor): SearchAudience {
  if (actor.kind === "anonymous") return { reader: "anonymous", namespaces: [], assets: [], confinement: null };
  if (!hasScope(actor, "read")) throw forbidden('This needs a token with the scope "read".');
  return {
    reader: isModerator(actor) ? "moderator" : "signed-in",
    namespaces: [
      { id: actor.namespaceId, access: "admin" },
      ...actor.memberships.map(({ namespaceId, role }) => ({ id: namespaceId, access: RIGHT_OF_ROLE[role].shared })),
    ],
    assets: [...actor.assetAccess].map(([id, access]) => ({ id, access })),
    confinement: actor.confinement,
  };
}

/** Assets that the actor may list. Throws VALIDATION_ERROR for pages beyond the first 10,000 hits. */
export async function searchAssets(
  deps: Pick<DiscoveryDeps, "index" | "database">,
  actor: Actor,
  request: SearchRequest,
  page: PageRequest,
): Promise<FoundAssets> {
  if (offsetOf(page) + page.perPage > MAX_RANK)
    throw validationError({
      field: "page",
      message: `only the first ${MAX_RANK} results can be read; narrow the search, or list /assets.`,
    });
  const result = await deps.index.search(queryOf(actor, request, await widened(deps, request.categories ?? []), page));
  return { ...page, items: result.hits, total: result.total, facets: result.facets, elapsedMs: result.elapsedMs };
}

/** Assets of a category and those below it; throws NOT_FOUND. */
export async function categoryAssets(
  deps: Pick<DiscoveryDeps, "index" | "database">,
  actor: Actor,
  slug: string,
  request: SearchRequest,
  page: PageRequest,
): Promise<FoundAssets> {
  const known = (await allCategories(deps.database.read)).some((category) => category.slug === slug);
  if (!known) throw notFound("category");
  return searchAssets(deps, actor, { ...request, categories: [slug] }, page);
}

async function widened({ database }: Pick<DiscoveryDeps, "database">, slugs: readonly string[]): Promise<string[]> {
  if (slugs.length === 0) return [];
  const categories = await allCategories(database.read);
  return [...new Set(slugs.flatMap((slug) => [slug, ...withDescendants(categories, slug)]))];
}

/** The query for the index; `categories` are taken as they are. */
export function queryOf(
  actor: Actor,
  request: SearchRequest,
  categories: string[],
  page: PageRequest,
  facetLimit?: number,
): SearchQuery {
  return {
    text: request.text ?? "",
    kinds: request.kinds ?? [],
    categories,
    tags: request.tags ?? [],
    licenses: request.licenses ?? [],
    owners: request.owners ?? [],
    minRating: request.minRating ?? null,
    signed: request.signed ?? null,
    verdicts: request.verdicts ?? [],
    sort: request.sort ?? "relevance",
    page: page.page,
    perPage: page.perPage,
    facetLimit,
    audience: audienceOf(actor),
  };
}
