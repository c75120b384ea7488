import type { AssetAccess } from "../../core/actor.ts";
import type { AssetStatus, Kind, Verdict, Visibility } from "../../core/kind.ts";
import type { Id } from "../../core/id.ts";

/** What is indexed of an asset: small on purpose (no whole READMEs). */
export interface SearchDocument {
  id: Id;
  namespaceId: Id;
  namespace: string;
  slug: string;
  kind: Kind;
  title: string;
  description: string;
  tags: string[];
  categories: string[];
  license: string | null;
  verdict: Verdict;
  signed: boolean;
  visibility: Visibility;
  status: AssetStatus;
  version: string | null;
  downloads: number;
  rating: number;
  /** Trending score, see modules/discovery/trending.ts. */
  trending: number;
  updatedAt: string;
  publishedAt: string | null;
}

/**
 * Downloads and trending scores of the assets in `ids`, in their order. Assets not named keep their downloads and have a
 * trending score of 0 from now on.
 */
export interface SearchNumbers {
  ids: Id[];
  downloads: Float64Array;
  trending: Float64Array;
}

/** Who searches, as far as the filter needs it: the same rule as `mayAsset(actor, "list", …)`. */
export interface SearchAudience {
  reader: "anonymous" | "signed-in" | "moderator";
  /** Rights by role: the own namespace counts as `admin`. */
  namespaces: readonly { id: Id; access: AssetAccess }[];
  /** Rights on single assets. */
  assets: readonly { id: Id; access: AssetAccess }[];
  confinement: { namespaceIds: readonly Id[]; assetIds: readonly Id[] } | null;
}

export const SEARCH_SORTS = ["relevance", "recent", "downloads", "rating", "trending"] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];

export interface SearchQuery {
  text: string;
  kinds: Kind[];
  categories: string[];
  tags: string[];
  licenses: string[];
  /** Namespace names. */
  owners: string[];
  minRating: number | null;
  signed: boolean | null;
  verdicts: Verdict[];
  sort: SearchSort;
  page: number;
  perPage: number;
  /** How many values of each facet to answer; default 50. */
  facetLimit?: number;
  audience: SearchAudience;
}

/** Words and characters of a query that are looked at; the rest is ignored. */
export const MAX_QUERY_WORDS = 16;
export const MAX_QUERY_TEXT = 256;
/** Hits beyond this rank are not answered (the total still counts them): nobody reads them, and sorting them costs. */
export const MAX_RANK = 10_000;

export interface SearchHit {
  document: SearchDocument;
  score: number;
  /** Parts of the text that matched, as [start, end) offsets in UTF-16 units; the caller escapes and marks them. */
  highlight: { field: "title" | "description" | "slug"; ranges: [number, number][] }[];
}

export interface Facet {
  value: string;
  count: number;
}

export interface SearchResult {
  hits: SearchHit[];
  total: number;
  /** Counted over all that match, each facet without its own filter; most frequent first. */
  facets: Record<"kind" | "category" | "tag" | "license" | "owner" | "verdict" | "signed", Facet[]>;
  elapsedMs: number;
}

export interface Suggestion {
  kind: "asset" | "tag" | "term";
  text: string;
  /** For an asset: its document. */
  document?: SearchDocument;
}

/** The full-text engine. It never blocks the event loop: work happens in a worker or another process. */
export interface SearchIndex {
  search(query: SearchQuery): Promise<SearchResult>;
  suggest(text: string, limit: number, audience: SearchAudience): Promise<Suggestion[]>;
  /** Applies a batch that brings the index up to event `seq`. */
  apply(changes: { upsert: SearchDocument[]; remove: Id[]; seq: number }): Promise<void>;
  /** Replaces the numbers that change by themselves. */
  renumber(numbers: SearchNumbers): Promise<void>;
  /** The event number the index stands at; 0 when it is empty and must be rebuilt. */
  position(): Promise<number>;
  /** Forgets everything; the caller then applies every document again. */
  clear(): Promise<void>;
  count(): Promise<number>;
  /** Writes the snapshot now (it is also written by itself, some seconds after changes). */
  snapshot(): Promise<void>;
  close(): Promise<void>;
}
