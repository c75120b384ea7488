import { type AnyOrama, create, insert, remove } from "@orama/orama";
import { index as oramaIndex } from "@orama/orama/components";
import type { Id } from "../../core/id.ts";
import type { SearchDocument } from "./search-index.ts";
import { WordTree } from "./word-tree.ts";
import { isStopWord, tokenize } from "./words.ts";

/** What is looked in, by how much a word there says of an asset. */
export const FIELDS = ["name", "tags", "place", "description"] as const;
export type Field = (typeof FIELDS)[number];
export const NAME_FIELDS: readonly Field[] = ["name", "tags", "place"];
const BOOST: Record<Field, number> = { name: 5, tags: 3, place: 1, description: 1 };
/** Words that a field usually has; fixed, so that an asset's score does not tell of assets that the reader may not see. */
const USUAL_LENGTH: Record<Field, number> = { name: 4, tags: 4, place: 3, description: 30 };
const MAX_WORDS: Record<Field, number> = { name: 64, tags: 128, place: 64, description: 96 };
const MAX_TEXT = 4096;
/** BM25 with little regard for length: names weigh more than tags, tags more than descriptions, however long. */
const RELEVANCE = { k: 1.2, b: 0.3, d: 0.5 };

/** Ends each indexed word, so that a word is also asked for whole: Orama finds whatever begins with what it is asked. */
const END = "\n";
/** Rows that remembered answers may hold together; a row takes 12 bytes. */
const MAX_REMEMBERED = 2_000_000;

/** Rows in which a word was found, each once, and Orama's score of each. */
export interface Answer {
  rows: Int32Array;
  scores: Float64Array;
}

/** One field's words as they lie in a snapshot: each word's rows one after the other, and each row's number of words. */
export interface FieldWords {
  words: string[];
  counts: Uint32Array;
  rows: Int32Array;
  lengths: Uint16Array;
}
export type EngineDump = Record<Field, FieldWords>;

/** Orama over an index of the words; rows are those of the table. */
export interface TextEngine {
  insert(document: SearchDocument, row: number): void;
  /** Must be asked while the table still holds the document. */
  remove(id: Id): void;
  /** Rows with any of the words, whole or (with `begun`) as the beginning of a longer one. */
  ask(words: readonly string[], begun: boolean, fields: readonly Field[]): Answer;
  /** Words of names that begin with the text, each with its rows. */
  completions(text: string): Map<string, Set<number>>;
  /** Every indexed word. */
  words(): Set<string>;
  /** The table's rows have new numbers. */
  renumber(rows: ReadonlyMap<Id, number>): void;
  dump(rowCount: number): EngineDump;
  /** Takes a dump into an empty engine, a slice for each step so that others may work. Row i is the document ids[i]. */
  fill(dump: EngineDump, ids: readonly Id[]): Iterable<void>;
}

export interface TextEngineOptions {
  /** The document as it was inserted. */
  documentOf(id: Id): SearchDocument | undefined;
  /** Called with every word that is indexed, as often as it is. */
  onWord(word: string): void;
}

export function createTextEngine(options: TextEngineOptions): TextEngine {
  const db = createOrama(options);
  const store = db.data.index as oramaIndex.Index;
  const trees = store.indexes as unknown as Record<Field, { node: WordTree }>;
  const lengths = store.fieldLengths as Record<Field, Record<number, number | undefined>>;
  const { idToInternalId } = db.internalDocumentIDStore;
  /** The row of each of Orama's own document numbers. */
  let rowOf = new Int32Array(1024);
  let remembered = new Map<string, Answer>();
  let room = MAX_REMEMBERED;

  const forget = (): void => {
    remembered = new Map();
    room = MAX_REMEMBERED;
  };
  const place = (id: Id, row: number): void => {
    const number = idToInternalId.get(id)!;
    if (number >= rowOf.length) {
      const larger = new Int32Array(2 * number);
      larger.set(rowOf);
      rowOf = larger;
    }
    rowOf[number] = row;
  };
  const searchNow = (term: string, fields: readonly Field[]): Answer => {
    // The matching and scoring of Orama's search(), without its sorting and wrapping of every hit.
    const found = db.index.search(
      db.data.index,
      term,
      db.tokenizer,
      undefined,
      [...fields],
      false,
      0,
      BOOST,
      RELEVANCE,
      1,
      undefined,
      1,
    );
    return {
      rows: Int32Array.from(found, ([number]) => rowOf[number as number]!),
      scores: Float64Array.from(found, ([, score]) => score),
    };
  };

  return {
    insert(document, row) {
      forget();
      insert(db, { id: document.id, ...textsOf(document) });
      place(document.id, row);
    },
    remove(id) {
      forget();
      remove(db, id);
    },
    ask(words, begun, fields) {
      const term = words.map((word) => (begun ? word : word + END)).join(" ");
      const key = `${fields.length} ${term}`;
      const known = remembered.get(key);
      if (known) return known;
      const answer = searchNow(term, fields);
      if (answer.rows.length > room) forget();
      room -= answer.rows.length + 100;
      remembered.set(key, answer);
      return answer;
    },
    completions(text) {
      const found = new Map<string, Set<number>>();
      for (const field of NAME_FIELDS) {
        for (const [word, numbers] of Object.entries(trees[field].node.find({ term: text }))) {
          const rows = found.get(word.slice(0, -END.length)) ?? new Set();
          for (const number of numbers) rows.add(rowOf[number]!);
          found.set(word.slice(0, -END.length), rows);
        }
      }
      return found;
    },
    words: () =>
      new Set(FIELDS.flatMap((field) => Array.from(trees[field].node.words(), ({ w }) => w.slice(0, -END.length)))),
    renumber(rows) {
      forget();
      for (const [id, row] of rows) place(id, row);
    },
    dump(rowCount) {
      const dumped = FIELDS.map((field) => [field, dumpField(trees[field].node, lengths[field], rowOf, rowCount)]);
      return Object.fromEntries(dumped) as EngineDump;
    },
    *fill(dump, ids) {
      db.internalDocumentIDStore.load(db, { internalIdToId: [...ids] });
      ids.forEach(place);
      for (const field of FIELDS) {
        dump[field].lengths.forEach((length, row) => {
          lengths[field][row + 1] = length;
        });
        yield* fillTree(trees[field].node, dump[field], options.onWord);
      }
    },
  };
}

/** What Orama is given of an asset. */
const textsOf = (document: SearchDocument): Record<Field, string> => ({
  name: `${cut(document.slug)} ${cut(document.title)}`,
  tags: document.tags.map(cut).join(" "),
  place: [document.namespace, document.kind, ...document.categories].map(cut).join(" "),
  description: document.description.slice(0, MAX_TEXT),
});
const cut = (text: string): string => text.slice(0, 512);

/** A field's words, each once; what is asked is words already. */
function indexedWords(text: string, field: Field, onWord: (word: string) => void): string[] {
  const words = new Set<string>();
  for (const { word } of tokenize(text, MAX_WORDS[field])) {
    if (field === "description" && isStopWord(word)) continue;
    onWord(word);
    words.add(word + END);
  }
  return [...words];
}

/**
 * Orama with our words (the same that highlights are made of), without a copy of the documents, and with scores that no
 * hidden asset moves: how rare a word is, is weighed in match.ts among the rows that the reader sees. Orama's counts of each
 * word in each document are left out too; they were most of its memory.
 */
function createOrama({ documentOf, onWord }: TextEngineOptions): AnyOrama {
  const textsOfId = (id: Id): Record<Field, string> | undefined => {
    const document = documentOf(id);
    return document && textsOf(document);
  };
  const base = oramaIndex.createIndex();
  const index: typeof base = {
    ...base,
    create(...given) {
      const store = base.create(...given);
      for (const field of FIELDS) {
        store.indexes[field] = { type: "Radix", node: new WordTree(), isArray: false };
        store.avgFieldLength[field] = USUAL_LENGTH[field];
      }
      return store;
    },
    insertDocumentScoreParameters(store, field, id, tokens) {
      store.fieldLengths[field]![id as number] = tokens.length;
    },
    insertTokenScoreParameters() {},
    removeDocumentScoreParameters(store, field, id) {
      store.fieldLengths[field]![store.sharedInternalDocumentStore.idToInternalId.get(id as string)!] = undefined;
    },
    removeTokenScoreParameters() {},
  };
  return create({
    schema: { name: "string", tags: "string", place: "string", description: "string" },
    sort: { enabled: false },
    components: {
      index,
      tokenizer: {
        language: "any",
        normalizationCache: new Map(),
        tokenize: (text, _language, field) =>
          field === undefined ? text.split(" ") : indexedWords(text, field as Field, onWord),
      },
      documentsStore: {
        create: (_, sharedInternalDocumentStore) => ({ sharedInternalDocumentStore, docs: {}, count: 1 }),
        get: (_, id) => textsOfId(id as Id),
        getMultiple: (_, ids) => ids.map((id) => textsOfId(id as Id)),
        getAll: () => ({}),
        store: () => true,
        remove: () => true,
        count: () => 1,
        load: (sharedInternalDocumentStore) => ({ sharedInternalDocumentStore, docs: {}, count: 1 }),
        save: <R>() => ({}) as R,
      },
    },
  });
}

function dumpField(
  tree: WordTree,
  lengths: Readonly<Record<number, number | undefined>>,
  rowOf: Int32Array,
  rowCount: number,
): FieldWords {
  const nodes = Array.from(tree.words());
  const counts = Uint32Array.from(nodes, ({ d }) => d.size);
  const rows = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let length = 0;
  for (const { d } of nodes) for (const number of d) rows[length++] = rowOf[number as number]!;
  const perRow = new Uint16Array(rowCount);
  for (const [number, own] of Object.entries(lengths)) if (own !== undefined) perRow[rowOf[Number(number)]!] = own;
  return { words: nodes.map(({ w }) => w.slice(0, -END.length)), counts, rows, lengths: perRow };
}

/** Rows put into the tree between two yields: some milliseconds. */
const SLICE = 20_000;

function* fillTree(
  tree: WordTree,
  { words, counts, rows }: FieldWords,
  onWord: (word: string) => void,
): Iterable<void> {
  let start = 0;
  let yielded = 0;
  for (let i = 0; i < words.length; i++) {
    const end = start + counts[i]!;
    onWord(words[i]!);
    tree.fill(
      words[i]! + END,
      rows.subarray(start, end).map((row) => row + 1),
    );
    start = end;
    if (end - yielded < SLICE) continue;
    yielded = end;
    yield;
  }
}
