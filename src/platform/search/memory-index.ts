import type { Id } from "../../core/id.ts";
import { analyse } from "./analyse.ts";
import { collect } from "./collect.ts";
import { createHighlighter } from "./highlight.ts";
import { clearScratch, createScratch, matchWords, queryWords, type Corpus, type Scratch } from "./match.ts";
import { addPosting, emptyPostings, MAX_ROWS, packed, rewrite, staysUsed } from "./postings.ts";
import type {
  SearchAudience,
  SearchDocument,
  SearchNumbers,
  SearchQuery,
  SearchResult,
  Suggestion,
} from "./search-index.ts";
import { suggestFor } from "./suggest.ts";
import {
  appendRow,
  createTable,
  documentAt,
  frozenAt,
  frozenPart,
  removeRow,
  withoutGone,
  writeDownloads,
  writeNumbers,
} from "./table.ts";
import { createVocabulary } from "./vocabulary.ts";

/** The engine itself: synchronous, in memory, in one thread. The worker wraps it. */
export interface MemoryIndex {
  readonly corpus: Corpus;
  seq: number;
  apply(upsert: readonly SearchDocument[], remove: readonly Id[], seq: number): void;
  renumber(numbers: SearchNumbers): void;
  search(query: SearchQuery): SearchResult;
  suggest(text: string, limit: number, audience: SearchAudience): Suggestion[];
  count(): number;
  /** Drops what was removed and folds what was added into the compact lists; a snapshot is taken of a compact index. */
  compact(): void;
}

export const emptyCorpus = (): Corpus => ({
  table: createTable(),
  vocabulary: createVocabulary(),
  names: emptyPostings(),
  body: emptyPostings(),
});

export function createMemoryIndex(initial: Corpus = emptyCorpus(), seq = 0): MemoryIndex {
  let corpus = initial;
  let scratch: Scratch = createScratch(corpus.table.access.length);

  const index: MemoryIndex = {
    get corpus() {
      return corpus;
    },
    seq,
    apply(upsert, remove, newSeq) {
      for (const id of remove) removeRow(corpus.table, id);
      for (const document of upsert) putDocument(corpus, document);
      if (scratch.score.length < corpus.table.count) scratch = createScratch(corpus.table.access.length);
      index.seq = newSeq;
      if (isWasteful(corpus)) index.compact();
    },
    renumber({ ids, downloads, trending }) {
      const { table } = corpus;
      table.trending.fill(0);
      ids.forEach((id, i) => {
        const row = table.rows.get(id);
        if (row === undefined) return;
        writeDownloads(table, row, downloads[i]!);
        table.trending[row] = trending[i]!;
      });
    },
    search(query) {
      const started = performance.now();
      const answer = query.text.trim() === "" ? browse(corpus, scratch, query) : searchText(corpus, scratch, query);
      return { ...answer, elapsedMs: performance.now() - started };
    },
    suggest: (text, limit, audience) => suggestFor(corpus, scratch, text, limit, audience),
    count: () => corpus.table.count - corpus.table.gone,
    compact() {
      if (corpus.table.gone === 0 && corpus.names.addedCount + corpus.body.addedCount === 0) return;
      corpus = compacted(corpus);
      scratch = createScratch(corpus.table.access.length);
    },
  };
  return index;
}

function putDocument(corpus: Corpus, document: SearchDocument): void {
  const { table } = corpus;
  const frozen = frozenPart(document);
  const known = table.rows.get(document.id);
  if (known !== undefined && frozenAt(table, known) === frozen) {
    writeNumbers(table, known, document);
    return;
  }
  if (table.count >= MAX_ROWS) throw new Error(`the search index holds at most ${MAX_ROWS} rows`);
  removeRow(table, document.id);
  const row = appendRow(table, document, frozen);
  const { names, body } = analyse(document);
  for (const [word, impact] of names) addPosting(corpus.names, corpus.vocabulary.add(word), packed(row, impact));
  for (const [word, impact] of body) addPosting(corpus.body, corpus.vocabulary.add(word), packed(row, impact));
}

/** Compaction costs as much as reading everything once, so it waits until a good part of everything is new or gone. */
function isWasteful({ table, names, body }: Corpus): boolean {
  const added = names.addedCount + body.addedCount;
  return table.gone > 1000 + table.count / 4 || added > 200_000 + (names.base.length + body.base.length) / 2;
}

function compacted(corpus: Corpus): Corpus {
  const { table, newRow } = withoutGone(corpus.table);
  const kept: number[] = [];
  const { words } = corpus.vocabulary;
  for (let id = 0; id < words.length; id++)
    if (staysUsed(corpus.names, id, newRow) || staysUsed(corpus.body, id, newRow)) kept.push(id);
  return {
    table,
    vocabulary: kept.length === words.length ? corpus.vocabulary : createVocabulary(kept.map((id) => words[id]!)),
    names: rewrite(corpus.names, newRow, kept),
    body: rewrite(corpus.body, newRow, kept),
  };
}

type Answer = Omit<SearchResult, "elapsedMs">;

function browse(corpus: Corpus, scratch: Scratch, query: SearchQuery): Answer {
  const { rows, total, facets } = collect(corpus.table, scratch, null, query);
  const hits = rows.map(({ row, key }) => ({ document: documentAt(corpus.table, row), score: key, highlight: [] }));
  return { hits, total, facets };
}

function searchText(corpus: Corpus, scratch: Scratch, query: SearchQuery): Answer {
  const words = queryWords(query.text);
  const match = matchWords(corpus, scratch, { ...words, namesOnly: false }, query.audience);
  try {
    const { rows, total, facets } = collect(corpus.table, scratch, match, query);
    const highlight = createHighlighter(match, corpus.vocabulary);
    const hits = rows.map(({ row, key }) => {
      const document = documentAt(corpus.table, row);
      return { document, score: key, highlight: highlight(document) };
    });
    return { hits, total, facets };
  } finally {
    clearScratch(scratch);
  }
}
