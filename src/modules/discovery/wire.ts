import type { SearchDocument, SearchHit, Suggestion } from "../../platform/search/search-index.ts";
import type { CategoryNode } from "./category.ts";
import type { TrendingAsset } from "./list-trending.ts";

/** An asset as search, trending and suggestions answer it. */
export const documentWire = (document: SearchDocument) => ({
  id: document.id,
  ref: `${document.namespace}/${document.slug}`,
  namespace: document.namespace,
  slug: document.slug,
  type: document.kind,
  title: document.title,
  description: document.description,
  license: document.license,
  tags: document.tags,
  categories: document.categories,
  version: document.version,
  verdict: document.version === null ? null : document.verdict,
  signed: document.signed,
  downloads: document.downloads,
  rating: document.rating,
  visibility: document.visibility,
  status: document.status,
  updated_at: document.updatedAt,
  published_at: document.publishedAt,
});

export const hitWire = (hit: SearchHit) => ({ ...documentWire(hit.document), highlight: highlightOf(hit) });

/** For each field that matched its text as HTML: escaped, with what matched in `<mark>`. */
export function highlightOf(hit: SearchHit): Record<string, string> {
  return Object.fromEntries(hit.highlight.map(({ field, ranges }) => [field, marked(hit.document[field], ranges)]));
}

function marked(text: string, ranges: readonly [number, number][]): string {
  let html = "";
  let done = 0;
  for (const [start, end] of ranges) {
    html += `${Bun.escapeHTML(text.slice(done, start))}<mark>${Bun.escapeHTML(text.slice(start, end))}</mark>`;
    done = end;
  }
  return html + Bun.escapeHTML(text.slice(done));
}

export const suggestionWire = ({ kind, text, document }: Suggestion) =>
  document ? { type: kind, text, ref: `${document.namespace}/${document.slug}` } : { type: kind, text };

export const trendingWire = ({ document, score, growth, downloads }: TrendingAsset) => ({
  ...documentWire(document),
  score,
  growth,
  period_downloads: downloads,
});

export interface CategoryWire extends Omit<CategoryNode, "children"> {
  children: CategoryWire[];
}
export const categoryWire = (node: CategoryNode): CategoryWire => ({
  slug: node.slug,
  name: node.name,
  description: node.description,
  count: node.count,
  children: node.children.map(categoryWire),
});
