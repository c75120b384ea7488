import { type AnyOrama, create } from "@orama/orama";
import { index as oramaIndex } from "@orama/orama/components";
import type { Id } from "../../core/id.ts";
import type { SearchDocument } from "./search-index.ts";
import { WordTree } from "./word-tree.ts";
import { isStopWord, tokenize } from "./words.ts";

/** What is looked in; what a word weighs in each is in text-engine.ts. */
export const FIELDS = ["name", "tags", "place", "description"] as const;
export type Field = (typeof FIELDS)[number];
export const NAME_FIELDS: readonly Field[] = ["name", "tags", "place"];
/** Words that a field usually has; fixed, so that an asset's score does not tell of assets that the reader may not see. */
const USUAL_LENGTH: Record<Field, number> = { name: 4, tags: 4, place: 3, description: 30 };
const MAX_WORDS: Record<Field, number> = { name: 64, tags: 128, place: 64, description: 96 };
const MAX_TEXT = 4096;
/** Ends each indexed word, so that a word is also asked for whole: Orama finds whatever begins with what it is asked. */
export const END = "\n";
export interface OramaOptions {
  /** The document as it was inserted. */
  documentOf(id: Id): SearchDocument | undefined;
  /** Called with every word that is indexed, as often as it is. */
  onWord(word: string): void;
}

/** What Orama is given of an asset. */
export const textsOf = (document: SearchDocument): Record<Field, string> => ({
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
export function createOrama({ documentOf, onWord }: OramaOptions): AnyOrama {
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
