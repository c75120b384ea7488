import { accessLevel } from "./access-level.ts";
import type { SearchDocument } from "./search-index.ts";
import { nameHash, tokenize } from "./words.ts";

/** One value a row; what is compared, counted and sorted without touching the document itself. */
export const COLUMNS = {
  /** Who may see the row (access-level.ts); 255: nobody, it is gone. */
  access: Uint8Array,
  /** Numbers of values in the dictionaries; -1 for none. */
  member: Int32Array,
  kind: Int32Array,
  license: Int32Array,
  owner: Int32Array,
  verdict: Int32Array,
  signed: Int32Array,
  /** Where the row's values end in `tagValues` and `categoryValues`; they begin where the row before ends. */
  tagEnd: Uint32Array,
  categoryEnd: Uint32Array,
  slugHash: Int32Array,
  titleHash: Int32Array,
  refHash: Int32Array,
  downloads: Float64Array,
  /** What the downloads lift a text's score by. */
  popularity: Float64Array,
  rating: Float64Array,
  trending: Float64Array,
  updatedAt: Float64Array,
  /** The first 52 bits of the id: breaks ties the same way in every index. */
  order: Float64Array,
} as const;
export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];
export type Columns = { -readonly [K in ColumnName]: InstanceType<(typeof COLUMNS)[K]> };

const GONE = 255;

/** Strings that repeat, numbered. */
export interface Dictionary {
  values: string[];
  ids: Map<string, number>;
}
export const DICTIONARIES = ["member", "kind", "license", "owner", "verdict", "signed", "tag", "category"] as const;
export type DictionaryName = (typeof DICTIONARIES)[number];

export interface Table extends Columns {
  /** Rows in use, gone ones included. */
  count: number;
  gone: number;
  rows: Map<string, number>;
  dictionaries: Record<DictionaryName, Dictionary>;
  tagValues: number[] | Uint32Array;
  categoryValues: number[] | Uint32Array;
  /** Each row's document as JSON without what changes often (see frozenPart): the first rows' in one buffer, the rest apart. */
  packed: PackedTexts;
  unpacked: string[];
}

/** Texts in UTF-8, one after the other; `end[i]` is where the i-th ends. */
export interface PackedTexts {
  bytes: Buffer;
  end: Float64Array;
}

export function createTable(capacity = 256): Table {
  const dictionaries = Object.fromEntries(
    DICTIONARIES.map((name) => [name, { values: [], ids: new Map() }]),
  ) as unknown as Table["dictionaries"];
  return {
    ...(Object.fromEntries(COLUMN_NAMES.map((name) => [name, new COLUMNS[name](capacity)])) as unknown as Columns),
    count: 0,
    gone: 0,
    rows: new Map(),
    dictionaries,
    tagValues: [],
    categoryValues: [],
    packed: { bytes: Buffer.alloc(0), end: new Float64Array(0) },
    unpacked: [],
  };
}

export function numberOf(dictionary: Dictionary, value: string): number {
  const known = dictionary.ids.get(value);
  if (known !== undefined) return known;
  dictionary.values.push(value);
  dictionary.ids.set(value, dictionary.values.length - 1);
  return dictionary.values.length - 1;
}

/** What decides whether a document must be indexed anew or only its numbers written. */
export const frozenPart = (d: SearchDocument): string =>
  JSON.stringify({
    id: d.id,
    namespaceId: d.namespaceId,
    namespace: d.namespace,
    slug: d.slug,
    kind: d.kind,
    title: d.title,
    description: d.description,
    tags: d.tags,
    categories: d.categories,
    license: d.license,
    verdict: d.verdict,
    signed: d.signed,
    visibility: d.visibility,
    status: d.status,
    version: d.version,
    publishedAt: d.publishedAt,
  });

const packedStart = ({ end }: PackedTexts, row: number): number => (row === 0 ? 0 : end[row - 1]!);

/** A row's frozen part. */
export function frozenAt({ packed, unpacked }: Table, row: number): string {
  if (row >= packed.end.length) return unpacked[row - packed.end.length]!;
  return packed.bytes.toString("utf8", packedStart(packed, row), packed.end[row]!);
}

/** The document of a row as it is now. */
export function documentAt(table: Table, row: number): SearchDocument {
  const document = JSON.parse(frozenAt(table, row)) as SearchDocument;
  document.downloads = table.downloads[row]!;
  document.rating = table.rating[row]!;
  document.trending = table.trending[row]!;
  document.updatedAt = new Date(table.updatedAt[row]!).toISOString();
  return document;
}

export function writeDownloads(table: Table, row: number, downloads: number): void {
  table.downloads[row] = downloads;
  table.popularity[row] = 1 + 0.05 * Math.log1p(downloads);
}

/** Writes the numbers that change often. */
export function writeNumbers(table: Table, row: number, document: SearchDocument): void {
  writeDownloads(table, row, document.downloads);
  table.rating[row] = document.rating;
  table.trending[row] = document.trending;
  table.updatedAt[row] = Date.parse(document.updatedAt) || 0;
}

export function appendRow(table: Table, document: SearchDocument, frozen: string): number {
  if (table.count === table.access.length) growColumns(table, table.count * 2);
  const row = table.count++;
  const { dictionaries: d } = table;
  table.rows.set(document.id, row);
  table.unpacked.push(frozen);
  table.access[row] = accessLevel(document);
  table.member[row] = numberOf(d.member, document.namespaceId);
  table.kind[row] = numberOf(d.kind, document.kind);
  table.license[row] = document.license === null ? -1 : numberOf(d.license, document.license);
  table.owner[row] = numberOf(d.owner, document.namespace);
  table.verdict[row] = numberOf(d.verdict, document.verdict);
  table.signed[row] = numberOf(d.signed, String(document.signed));
  table.tagValues = appendValues(table.tagValues, d.tag, document.tags);
  table.tagEnd[row] = table.tagValues.length;
  table.categoryValues = appendValues(table.categoryValues, d.category, document.categories);
  table.categoryEnd[row] = table.categoryValues.length;
  table.slugHash[row] = hashOf(document.slug);
  table.titleHash[row] = hashOf(document.title);
  table.refHash[row] = hashOf(`${document.namespace} ${document.slug}`);
  table.order[row] = Number.parseInt(document.id.replaceAll("-", "").slice(0, 13), 16) || 0;
  writeNumbers(table, row, document);
  return row;
}

export function removeRow(table: Table, id: string): void {
  const row = table.rows.get(id);
  if (row === undefined) return;
  table.rows.delete(id);
  table.access[row] = GONE;
  table.member[row] = -1;
  if (row >= table.packed.end.length) table.unpacked[row - table.packed.end.length] = "";
  table.gone++;
}

/** A table of the rows that are not gone, in the same order but with new numbers. */
export function withoutGone(table: Table): Table {
  const kept: number[] = [];
  const newRow = new Int32Array(table.count).fill(-1);
  for (let row = 0; row < table.count; row++) if (table.access[row] !== GONE) newRow[row] = kept.push(row) - 1;
  const fresh = createTable(Math.max(256, kept.length));
  fresh.count = kept.length;
  fresh.dictionaries = table.dictionaries;
  for (const name of COLUMN_NAMES) for (let i = 0; i < kept.length; i++) fresh[name][i] = table[name][kept[i]!]!;
  fresh.tagValues = keptValues(kept, table.tagValues, table.tagEnd, fresh.tagEnd);
  fresh.categoryValues = keptValues(kept, table.categoryValues, table.categoryEnd, fresh.categoryEnd);
  fresh.packed = packKept(kept, table);
  for (const [id, row] of table.rows) fresh.rows.set(id, newRow[row]!);
  return fresh;
}

function packKept(kept: readonly number[], table: Table): PackedTexts {
  const { packed, unpacked } = table;
  const added = kept.filter((row) => row >= packed.end.length).map((row) => unpacked[row - packed.end.length]!);
  const room = added.reduce((sum, text) => sum + Buffer.byteLength(text), packed.bytes.length);
  const bytes = Buffer.allocUnsafeSlow(room);
  const end = new Float64Array(kept.length);
  let length = 0;
  kept.forEach((row, i) => {
    if (row < packed.end.length) length += packed.bytes.copy(bytes, length, packedStart(packed, row), packed.end[row]!);
    else length += bytes.write(unpacked[row - packed.end.length]!, length);
    end[i] = length;
  });
  return { bytes: bytes.subarray(0, length), end };
}

function keptValues(
  kept: readonly number[],
  values: ArrayLike<number>,
  end: Uint32Array,
  newEnd: Uint32Array,
): number[] {
  const fresh: number[] = [];
  kept.forEach((row, i) => {
    for (let k = row === 0 ? 0 : end[row - 1]!; k < end[row]!; k++) fresh.push(values[k]!);
    newEnd[i] = fresh.length;
  });
  return fresh;
}

const hashOf = (text: string): number => nameHash(tokenize(text, 32, false).map((token) => token.word));

function appendValues(
  list: number[] | Uint32Array,
  dictionary: Dictionary,
  values: readonly string[],
): number[] | Uint32Array {
  if (values.length === 0) return list;
  const open = Array.isArray(list) ? list : Array.from(list);
  for (const value of new Set(values)) open.push(numberOf(dictionary, value));
  return open;
}

function growColumns(table: Table, capacity: number): void {
  const columns = table as unknown as Record<ColumnName, Columns[ColumnName]>;
  for (const name of COLUMN_NAMES) {
    const larger = new COLUMNS[name](capacity);
    larger.set(columns[name]);
    columns[name] = larger;
  }
}
