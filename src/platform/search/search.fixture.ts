import type { SearchAudience, SearchDocument, SearchQuery } from "./search-index.ts";

export const ANYONE: SearchAudience = { reader: "anonymous", namespaces: [], assets: [], confinement: null };
export const MODERATOR: SearchAudience = { ...ANYONE, reader: "moderator" };

let made = 0;
/** A published public skill; everything may be overruled. */
export function document(part: Partial<SearchDocument> & { slug: string }): SearchDocument {
  made++;
  return {
    id: `0190${String(made).padStart(4, "0")}-0000-7000-8000-000000000000`,
    namespaceId: "ns-acme",
    namespace: "acme",
    kind: "skill",
    title: part.slug,
    description: "",
    tags: [],
    categories: [],
    license: "MIT",
    verdict: "passed",
    signed: false,
    visibility: "public",
    status: "published",
    version: "1.0.0",
    downloads: 0,
    rating: 0,
    trending: 0,
    updatedAt: "2026-01-01T00:00:00.000Z",
    publishedAt: "2026-01-01T00:00:00.000Z",
    ...part,
  };
}

export const query = (part: Partial<SearchQuery> = {}): SearchQuery => ({
  text: "",
  kinds: [],
  categories: [],
  tags: [],
  licenses: [],
  owners: [],
  minRating: null,
  signed: null,
  verdicts: [],
  sort: "relevance",
  page: 1,
  perPage: 20,
  audience: ANYONE,
  ...part,
});
