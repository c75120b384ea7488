import type { Id } from "../../core/id.ts";
import { collect } from "./collect.ts";
import { createHighlighter } from "./highlight.ts";
import { clearScratch, createScratch, matchWords, queryWords, type Corpus, type Scratch } from "./match.ts";
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
  type Table,
  withoutGone,
  writeDownloads,
  writeNumbers,
} from "./table.ts";
import { createTextEngine } from "./text-engine.ts";
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
  /** Drops what was removed and packs what was added; a snapshot is taken of a compact index. */
  compact(): void;
}

const MAX_ROWS = 1 << 24;

/** A corpus over the table whose engine knows no word yet. */
export function corpusOver(table: Table): Corpus {
  const engine = createTextEngine({
    documentOf(id) {
      const row = corpus.table.rows.get(id);
      return row === undefined ? undefined : documentAt(corpus.table, row);
    },
    onWord: (word) => corpus.vocabulary.add(word),
  });
  const corpus: Corpus = { table, engine, vocabulary: createVocabulary() };
  return corpus;
}

export function createMemoryIndex(corpus: Corpus = corpusOver(createTable()), seq = 0): MemoryIndex {
  let scratch: Scratch = createScratch(corpus.table.access.length);

  const index: MemoryIndex = {
    corpus,
    seq,
    apply(upsert, remove, newSeq) {
      for (const id of remove) removeDocument(corpus, id);
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
      if (corpus.table.gone === 0 && corpus.table.unpacked.length === 0) return;
      compactCorpus(corpus);
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
  removeDocument(corpus, document.id);
  corpus.engine.insert(document, appendRow(table, document, frozen));
}

function removeDocument({ table, engine }: Corpus, id: Id): void {
  if (!table.rows.has(id)) return;
  engine.remove(id);
  removeRow(table, id);
}

/** Compaction costs as much as reading everything once, so it waits until a good part of everything is new or gone. */
const isWasteful = ({ table }: Corpus): boolean =>
  table.gone > 1000 + table.count / 4 || table.unpacked.length > 10_000 + table.packed.end.length / 2;

function compactCorpus(corpus: Corpus): void {
  const { engine } = corpus;
  if (corpus.table.gone > 0) corpus.vocabulary = createVocabulary(engine.words());
  corpus.table = withoutGone(corpus.table);
  engine.renumber(corpus.table.rows);
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
    const highlight = createHighlighter(match);
    const hits = rows.map(({ row, key }) => {
      const document = documentAt(corpus.table, row);
      return { document, score: key, highlight: highlight(document) };
    });
    return { hits, total, facets };
  } finally {
    clearScratch(scratch);
  }
}
