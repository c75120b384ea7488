import { describe, expect, test } from "bun:test";
import { createMemoryIndex } from "./memory-index.ts";
import { ANYONE, document, MODERATOR, query } from "./search.fixture.ts";
import type { SearchDocument, SearchQuery, SearchSort } from "./search-index.ts";

const indexOf = (...documents: SearchDocument[]) => {
  const index = createMemoryIndex();
  index.apply(documents, [], 1);
  return index;
};
const slugs = (index: ReturnType<typeof indexOf>, part: Partial<SearchQuery>): string[] =>
  index.search(query(part)).hits.map((hit) => hit.document.slug);

describe("words", () => {
  const index = indexOf(
    document({
      slug: "kubernetes-deploy",
      title: "Kubernetes Deploy",
      description: "Reviewing manifests before a rollout.",
    }),
    document({
      slug: "pdf-extract",
      title: "PDF Extract",
      description: "Reads tables from invoices.",
      tags: ["documents"],
    }),
    document({ slug: "cafe", title: "Café Übersicht", description: "Straße und ΑΘΗΝΑ" }),
    document({ slug: "chinese", title: "中文摘要", description: "把长文档总结成要点" }),
    document({ slug: "rocket", title: "Ship it 🚀", description: "Releases in C++ and C#" }),
  );
  test.each([
    ["kubernetes", ["kubernetes-deploy"]],
    ["KUBERNETES", ["kubernetes-deploy"]],
    ["kuberntes", ["kubernetes-deploy"]],
    ["kubenretes", ["kubernetes-deploy"]],
    ["kub", ["kubernetes-deploy"]],
    ["review", ["kubernetes-deploy"]],
    ["reviews of a manifest", ["kubernetes-deploy"]],
    ["extract tables", ["pdf-extract"]],
    ["the pdf", ["pdf-extract"]],
    ["cafe", ["cafe"]],
    ["CAFÉ", ["cafe"]],
    ["cafe\u0301", ["cafe"]],
    ["strasse", ["cafe"]],
    ["αθηνα", ["cafe"]],
    ["ｕｂｅｒｓｉｃｈｔ", ["cafe"]],
    ["摘要", ["chinese"]],
    ["总结", ["chinese"]],
    ["要", ["chinese"]],
    ["文档总", ["chinese"]],
    ["日本", []],
    ["🚀", ["rocket"]],
    ["c++", ["rocket"]],
    ["!!!", []],
    ["<script>", []],
    ["zzzzzzzz", []],
  ])("%p finds %p", (text, expected) => {
    expect(slugs(index, { text })).toEqual(expected);
  });

  test("a question finds what has most of its words", () => {
    expect(slugs(index, { text: "extract all invoices from email attachments as tables" })).toEqual(["pdf-extract"]);
  });

  test("text of any size is cut, not chewed", () => {
    const text = `kubernetes ${"a b c d ".repeat(20_000)}${"x".repeat(100_000)}${"中".repeat(100_000)}`;
    const started = performance.now();
    index.search(query({ text }));
    index.suggest(text, 10, ANYONE);
    expect(performance.now() - started).toBeLessThan(200);
  });

  test("highlights point at what matched in the text as it was written", () => {
    const [hit] = index.search(query({ text: "ubersicht" })).hits;
    const title = hit!.highlight.find((part) => part.field === "title")!;
    expect(title.ranges.map(([start, end]) => hit!.document.title.slice(start, end))).toEqual(["Übersicht"]);
    const [chinese] = index.search(query({ text: "长文档" })).hits;
    const ranges = chinese!.highlight.find((part) => part.field === "description")!.ranges;
    expect(ranges.map(([start, end]) => chinese!.document.description.slice(start, end))).toEqual(["长文档"]);
  });
});

describe("order", () => {
  test("the exact name comes first, then names, tags, descriptions", () => {
    const index = indexOf(
      document({ slug: "described", description: "helps with git" }),
      document({ slug: "tagged", tags: ["git"] }),
      document({ slug: "git-helper", downloads: 1_000_000 }),
      document({ slug: "git" }),
    );
    expect(slugs(index, { text: "git" })).toEqual(["git", "git-helper", "tagged", "described"]);
    expect(slugs(index, { text: "acme/git" })[0]).toBe("git");
  });

  test.each([
    ["recent", ["c", "b", "a"]],
    ["downloads", ["a", "c", "b"]],
    ["rating", ["b", "a", "c"]],
    ["trending", ["c", "a", "b"]],
  ] as [SearchSort, string[]][])("by %s", (sort, expected) => {
    const index = indexOf(
      document({ slug: "a", downloads: 9, rating: 3, trending: 2, updatedAt: "2026-01-01T00:00:00.000Z" }),
      document({ slug: "b", downloads: 1, rating: 5, trending: 1, updatedAt: "2026-01-02T00:00:00.000Z" }),
      document({ slug: "c", downloads: 5, rating: 1, trending: 3, updatedAt: "2026-01-03T00:00:00.000Z" }),
    );
    expect(slugs(index, { sort })).toEqual(expected);
    expect(slugs(index, { sort, perPage: 2, page: 2 })).toEqual(expected.slice(2));
    expect(slugs(index, { sort, text: "acme" })).toEqual(expected);
  });
});

describe("filters and facets", () => {
  const index = indexOf(
    document({ slug: "one", kind: "skill", tags: ["pdf", "ocr"], categories: ["data"], rating: 4, signed: true }),
    document({ slug: "two", kind: "prompt", tags: ["pdf"], categories: ["writing"], license: null, rating: 2 }),
    document({ slug: "three", kind: "skill", tags: [], verdict: "review", namespaceId: "ns-b", namespace: "beta" }),
  );
  test.each([
    [{ kinds: ["skill" as const] }, ["one", "three"]],
    [{ tags: ["ocr", "pdf"] }, ["one", "two"]],
    [{ categories: ["data"] }, ["one"]],
    [{ licenses: ["MIT"], kinds: ["skill" as const] }, ["one", "three"]],
    [{ owners: ["beta"] }, ["three"]],
    [{ signed: false }, ["two", "three"]],
    [{ verdicts: ["review" as const] }, ["three"]],
    [{ minRating: 3 }, ["one"]],
    [{ tags: ["no-such-tag"] }, []],
  ])("%j leaves %p", (part, expected) => {
    expect(slugs(index, part).sort()).toEqual([...expected].sort());
  });

  test("a facet is counted without its own filter, under all the others", () => {
    const { facets, total } = index.search(query({ kinds: ["skill"], tags: ["pdf"] }));
    expect(total).toBe(1);
    expect(facets.kind).toEqual([
      { value: "prompt", count: 1 },
      { value: "skill", count: 1 },
    ]);
    expect(facets.tag).toEqual([
      { value: "ocr", count: 1 },
      { value: "pdf", count: 1 },
    ]);
    expect(facets.license).toEqual([{ value: "MIT", count: 1 }]);
  });

  test("an empty index answers", () => {
    expect(createMemoryIndex().search(query())).toMatchObject({ hits: [], total: 0, facets: { kind: [] } });
    expect(createMemoryIndex().suggest("a", 5, ANYONE)).toEqual([]);
  });
});

describe("changes", () => {
  test("a document is replaced whole, and its numbers without anything else", () => {
    const before = document({ slug: "report", title: "Quarterly" });
    const index = indexOf(before);
    index.apply([{ ...before, title: "Yearly", downloads: 3 }], [], 2);
    expect(slugs(index, { text: "quarterly" })).toEqual([]);
    expect(index.search(query({ text: "yearly" })).hits[0]!.document).toEqual({
      ...before,
      title: "Yearly",
      downloads: 3,
    });
    index.apply([{ ...before, title: "Yearly", downloads: 4, updatedAt: "2026-05-05T05:05:05.005Z" }], [], 3);
    expect(index.corpus.table.gone).toBe(1);
    expect(index.search(query({ text: "yearly" })).hits[0]!.document).toMatchObject({
      downloads: 4,
      updatedAt: "2026-05-05T05:05:05.005Z",
    });
  });

  test("numbers are replaced for those named; the trending of all others ends", () => {
    const [a, b] = [
      document({ slug: "a", trending: 5, downloads: 1 }),
      document({ slug: "b", trending: 9, downloads: 2 }),
    ];
    const index = indexOf(a, b);
    index.renumber({ ids: [a.id, "unknown"], downloads: Float64Array.of(7, 1), trending: Float64Array.of(0.5, 1) });
    expect(index.search(query({ sort: "trending" })).hits.map((hit) => hit.document)).toEqual([
      { ...a, trending: 0.5, downloads: 7 },
      { ...b, trending: 0 },
    ]);
  });

  test("what is removed is gone from hits, facets, suggestions, also for its members, also after compaction", () => {
    const gone = document({ slug: "secret-plan", tags: ["hush"], visibility: "private" });
    const index = indexOf(gone, document({ slug: "other" }));
    index.apply([], [gone.id, "unknown"], 2);
    for (const round of [1, 2]) {
      const audience =
        round === 1
          ? { ...MODERATOR }
          : {
              ...ANYONE,
              reader: "signed-in" as const,
              namespaces: [{ id: "ns-acme", access: "admin" as const }],
            };
      expect(slugs(index, { text: "secret", audience })).toEqual([]);
      expect(index.search(query({ audience }))).toMatchObject({ total: 1, facets: { tag: [] } });
      expect(index.suggest("hush", 5, audience)).toEqual([]);
      index.compact();
    }
    expect(index.count()).toBe(1);
    expect(index.corpus.vocabulary.has("hush")).toBe(false);
  });
});

describe("suggestions", () => {
  const index = indexOf(
    document({ slug: "pdf-extract", title: "PDF Extract", tags: ["pdf-tools"], downloads: 5 }),
    document({ slug: "pdf-merge", title: "PDF Merge", tags: ["pdf-tools"], downloads: 50 }),
    document({ slug: "hidden-pdfium", title: "Pdfium secret", tags: ["pdf-secret"], visibility: "private" }),
  );
  const texts = (text: string, audience = ANYONE): string[] =>
    index.suggest(text, 8, audience).map((suggestion) => `${suggestion.kind}:${suggestion.text}`);

  test("a started word becomes assets, tags and words", () => {
    expect(texts("pd")).toEqual(["asset:PDF Merge", "asset:PDF Extract", "tag:pdf-tools", "term:pdf"]);
    expect(texts("pdf ex")).toEqual(["asset:PDF Extract", "term:pdf extract"]);
    expect(texts("acme/pdf-m")[0]).toBe("asset:PDF Merge");
    expect(texts("extrcat")[0]).toBe("asset:PDF Extract");
  });
  test("nothing of what is hidden, everything to those who may see it", () => {
    expect(texts("pdfi").join()).not.toContain("ecret");
    expect(texts("pdf", MODERATOR)).toContain("tag:pdf-secret");
  });
});
