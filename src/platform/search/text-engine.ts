import { insert, remove } from "@orama/orama";
import type { index as oramaIndex } from "@orama/orama/components";
import type { Id } from "../../core/id.ts";
import { dumpField, type EngineDump, fillTree } from "./engine-dump.ts";
import { createOrama, END, type Field, FIELDS, NAME_FIELDS, type OramaOptions, textsOf } from "./orama-words.ts";
import type { SearchDocument } from "./search-index.ts";
import type { WordTree } from "./word-tree.ts";

const BOOST: Record<Field, number> = { name: 5, tags: 3, place: 1, description: 1 };
/** BM25 with little regard for length: names weigh more than tags, tags more than descriptions, however long. */
const RELEVANCE = { k: 1.2, b: 0.3, d: 0.5 };

/** Answers that are remembered until the next change, least recently used forgotten first, and their rows (12 bytes each). */
const MAX_ANSWERS = 10_000;
const MAX_REMEMBERED = 4_000_000;

/** Rows in which a word was found, each once, and Orama's score of each. */
export interface Answer {
  rows: Int32Array;
  scores: Float64Array;
}

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

export function createTextEngine(options: OramaOptions): TextEngine {
  const db = createOrama(options);
  const store = db.data.index as oramaIndex.Index;
  const trees = store.indexes as unknown as Record<Field, { node: WordTree }>;
  const lengths = store.fieldLengths as Record<Field, Record<number, number | undefined>>;
  const numbering = createNumbering(db.internalDocumentIDStore.idToInternalId);
  const remembered = createRemembered();

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
      rows: Int32Array.from(found, ([number]) => numbering.rowOf(number as number)),
      scores: Float64Array.from(found, ([, score]) => score),
    };
  };

  return {
    insert(document, row) {
      remembered.clear();
      insert(db, { id: document.id, ...textsOf(document) });
      numbering.place(document.id, row);
    },
    remove(id) {
      remembered.clear();
      remove(db, id);
    },
    ask(words, begun, fields) {
      const term = words.map((word) => (begun ? word : word + END)).join(" ");
      return remembered.answer(`${fields.length} ${term}`, () => searchNow(term, fields));
    },
    completions(text) {
      const found = new Map<string, Set<number>>();
      for (const field of NAME_FIELDS) {
        for (const [word, numbers] of Object.entries(trees[field].node.find({ term: text }))) {
          const rows = found.get(word.slice(0, -END.length)) ?? new Set();
          for (const number of numbers) rows.add(numbering.rowOf(number));
          found.set(word.slice(0, -END.length), rows);
        }
      }
      return found;
    },
    words: () =>
      new Set(FIELDS.flatMap((field) => Array.from(trees[field].node.words(), ({ w }) => w.slice(0, -END.length)))),
    renumber(rows) {
      remembered.clear();
      for (const [id, row] of rows) numbering.place(id, row);
    },
    dump(rowCount) {
      const dumped = FIELDS.map((field) => [
        field,
        dumpField(trees[field].node, lengths[field], numbering.rowOf, rowCount),
      ]);
      return Object.fromEntries(dumped) as EngineDump;
    },
    *fill(dump, ids) {
      db.internalDocumentIDStore.load(db, { internalIdToId: [...ids] });
      ids.forEach(numbering.place);
      for (const field of FIELDS) {
        dump[field].lengths.forEach((length, row) => {
          lengths[field][row + 1] = length;
        });
        yield* fillTree(trees[field].node, dump[field], options.onWord);
      }
    },
  };
}

/** The row of each of the numbers by which Orama knows documents; an asset keeps its number when it is inserted again. */
function createNumbering(numbers: ReadonlyMap<Id, number>) {
  let rows = new Int32Array(1024);
  return {
    rowOf: (number: number): number => rows[number]!,
    place(id: Id, row: number): void {
      const number = numbers.get(id)!;
      if (number >= rows.length) {
        const larger = new Int32Array(2 * number);
        larger.set(rows);
        rows = larger;
      }
      rows[number] = row;
    },
  };
}

function createRemembered() {
  const answers = new Map<string, Answer>();
  let room = MAX_REMEMBERED;
  return {
    answer(key: string, ask: () => Answer): Answer {
      const answer = answers.get(key) ?? ask();
      if (!answers.delete(key)) room -= answer.rows.length;
      answers.set(key, answer);
      for (const [oldest, { rows }] of answers) {
        if (room >= 0 && answers.size <= MAX_ANSWERS) break;
        answers.delete(oldest);
        room += rows.length;
      }
      return answer;
    },
    clear(): void {
      answers.clear();
      room = MAX_REMEMBERED;
    },
  };
}
