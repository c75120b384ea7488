import { Elysia, t } from "elysia";
import type { Actor } from "../../core/actor.ts";
import { validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import { SEARCH_SORTS } from "../../platform/search/search-index.ts";
import type { DiscoveryModule, FoundAssets } from "./index.ts";
import { parseKinds, parseSearch } from "./search-query.ts";
import { TRENDING_PERIODS } from "./trending.ts";
import { categoryWire, documentWire, hitWire, suggestionWire, trendingWire } from "./wire.ts";

const MAX_TEXT = 256;
const MAX_SUGGESTIONS = 20;
const MAX_TRENDING = 100;

const Short = t.Optional(t.String({ maxLength: 40 }));
const List = t.Optional(
  t.Union([t.String({ maxLength: 4000 }), t.Array(t.String({ maxLength: 4000 }), { maxItems: 50 })], {
    description: "One or more values, separated by commas or by repeating the parameter.",
  }),
);
const Filters = {
  type: List,
  category: List,
  tags: List,
  license: List,
  owner: List,
  verdict: List,
  min_rating: Short,
  signed: Short,
  sort: t.Optional(t.UnionEnum(SEARCH_SORTS)),
  page: Short,
  per_page: Short,
};
const Search = t.Object({ q: t.Optional(t.String({ maxLength: MAX_TEXT })), ...Filters });

/** REST of discovery, below `/api/v1`. */
export function discoveryApi({ discovery }: { discovery: DiscoveryModule }) {
  const actorOf = (request: Request): Actor => contextOf(request).actor;
  const about = (summary: string) => ({ detail: { summary, tags: ["Discovery"] } });

  return new Elysia({ name: "discovery-api" })
    .get(
      "/search",
      async ({ request, query }) =>
        foundAnswer(request, await discovery.search(actorOf(request), parseSearch(query), parsePage(query))),
      { query: Search, ...about("Search assets: text, filters, facets") },
    )
    .get(
      "/search/autocomplete",
      async ({ request, query }) => {
        const limit = limitOf(query.limit, 10, MAX_SUGGESTIONS);
        const found = await discovery.suggest(actorOf(request), query.q ?? "", limit);
        const assets = found.flatMap(({ document }) => (document ? [documentWire(document)] : []));
        return jsonWithETag(request, ok({ suggestions: found.map(suggestionWire), assets }));
      },
      {
        query: t.Object({ q: t.Optional(t.String({ maxLength: MAX_TEXT })), limit: Short }),
        ...about("What a started text may become"),
      },
    )
    .get(
      "/trending",
      async ({ request, query }) => {
        const period = query.period ?? "week";
        const limit = limitOf(query.limit, 20, MAX_TRENDING);
        const found = await discovery.trending(actorOf(request), { period, kinds: parseKinds(query.type), limit });
        const meta = { period, limit, computed_at: discovery.trendingComputedAt() };
        return jsonWithETag(request, ok(found.map(trendingWire), meta));
      },
      {
        query: t.Object({ period: t.Optional(t.UnionEnum(TRENDING_PERIODS)), type: List, limit: Short }),
        ...about("Assets whose downloads rise"),
      },
    )
    .get(
      "/categories",
      async ({ request }) =>
        jsonWithETag(request, ok((await discovery.categories(actorOf(request))).map(categoryWire))),
      about("The tree of categories with the number of assets that you may see"),
    )
    .get(
      "/categories/:slug/assets",
      async ({ request, params, query }) =>
        foundAnswer(
          request,
          await discovery.categoryAssets(actorOf(request), params.slug, parseSearch(query), parsePage(query)),
        ),
      { query: Search, ...about("Assets of a category and those below it") },
    )
    .get(
      "/tags",
      async ({ request, query }) => {
        const page = await discovery.tags(actorOf(request), query.q ?? "", parsePage(query));
        return pageAnswer(request, page, ({ value, count }) => ({ name: value, count }));
      },
      {
        query: t.Object({ q: t.Optional(t.String({ maxLength: MAX_TEXT })), page: Short, per_page: Short }),
        ...about("Tags with the number of assets that you may see, most used first"),
      },
    )
    .get(
      "/tags/:name/assets",
      async ({ request, params, query }) => {
        const search = { ...parseSearch(query), tags: [params.name] };
        return foundAnswer(request, await discovery.search(actorOf(request), search, parsePage(query)));
      },
      { query: Search, ...about("Assets with a tag") },
    )
    .get(
      "/licenses",
      async ({ request }) => {
        const licenses = await discovery.licenses(actorOf(request));
        return jsonWithETag(request, ok(licenses.map(({ value, count }) => ({ id: value, count }))));
      },
      about("Licences with the number of assets that you may see"),
    );
}

const foundAnswer = (request: Request, found: FoundAssets): Response =>
  pageAnswer(
    request,
    found,
    hitWire,
    { facets: facetsWire(found.facets) },
    { search_time_ms: Math.round(found.elapsedMs * 1000) / 1000 },
  );

/** Facets under the names of the query parameters that they filter by. */
const facetsWire = ({ kind, tag, ...others }: FoundAssets["facets"]) => ({ type: kind, tags: tag, ...others });

function limitOf(value: string | undefined, fallback: number, max: number): number {
  if (value === undefined || value === "") return fallback;
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit;
  throw validationError({ field: "limit", message: `must be a whole number from 1 to ${max}.` });
}
