import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Corpus } from "./match.ts";
import {
  COLUMN_NAMES,
  COLUMNS,
  createTable,
  DICTIONARIES,
  type ColumnName,
  type Columns,
  type Table,
} from "./table.ts";
import type { EngineDump, FieldWords } from "./engine-dump.ts";
import { type Field, FIELDS } from "./orama-words.ts";

/** Changes whenever a snapshot of the program before would be read wrongly, also when words are cut differently. */
const FORMAT = 3;
const MAGIC = "MKTINDEX";
/** Magic, format, length and checksum of the header that follows. */
const PREAMBLE = 32;
const CHUNK = 4 * 1024 * 1024;

interface Header {
  seq: number;
  count: number;
  sections: { name: string; bytes: number; checksum: string }[];
}

/**
 * Writes a compact index so that a crash at any point leaves the old file or the new one. Nothing may change the index
 * meanwhile; it may be searched.
 */
export async function writeSnapshot(path: string, corpus: Corpus, seq: number): Promise<void> {
  const sections = Object.entries(sectionsOf(corpus));
  const header: Header = {
    seq,
    count: corpus.table.count,
    sections: sections.map(([name, bytes]) => ({ name, bytes: bytes.byteLength, checksum: checksum(bytes) })),
  };
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    const write = async (bytes: Uint8Array): Promise<void> => {
      for (let at = 0; at < bytes.byteLength; )
        at += (await file.write(bytes, at, Math.min(CHUNK, bytes.byteLength - at))).bytesWritten;
      await file.write(new Uint8Array(padding(bytes.byteLength)));
    };
    const head = new TextEncoder().encode(JSON.stringify(header));
    await write(preamble(head));
    await write(head);
    for (const [, bytes] of sections) await write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** An index as it lies in a file: its rows, and what its engine is to be filled with. */
export interface Snapshot {
  table: Table;
  words: EngineDump;
  /** The id of each row. */
  ids: string[];
  seq: number;
}

/** What the file holds; null when it is missing, damaged, or of another format: the index is then made anew. */
export async function readSnapshot(path: string): Promise<Snapshot | null> {
  await rm(`${path}.tmp`, { force: true });
  const file = Bun.file(path);
  if (!(await file.exists())) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const header = readHeader(bytes);
  if (!header) return null;
  const sections = new Map<string, Uint8Array<ArrayBuffer>>();
  let at = PREAMBLE + header.length + padding(header.length);
  for (const section of header.value.sections) {
    const body = bytes.subarray(at, at + section.bytes);
    if (body.byteLength !== section.bytes || checksum(body) !== section.checksum) return null;
    sections.set(section.name, body);
    at += section.bytes + padding(section.bytes);
  }
  return { ...contentOf(header.value.count, sections), seq: header.value.seq };
}

/** What a snapshot holds, read without keeping it: null when there is none, "damaged" when the next start would make the index anew. */
export async function inspectSnapshot(path: string): Promise<{ seq: number; count: number } | "damaged" | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!file) return null;
  try {
    const piece = async (at: number, length: number): Promise<Uint8Array<ArrayBuffer>> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, at);
      return bytes.subarray(0, bytesRead);
    };
    const { size } = await file.stat();
    const start = await piece(0, PREAMBLE);
    const headBytes = start.byteLength < PREAMBLE ? 0 : Buffer.from(start.buffer).readUInt32LE(12);
    if (headBytes > size) return "damaged";
    const header = readHeader(await piece(0, PREAMBLE + headBytes));
    if (!header) return "damaged";
    let at = PREAMBLE + header.length + padding(header.length);
    for (const { bytes, checksum: expected } of header.value.sections) {
      if (at + bytes > size || checksum(await piece(at, bytes)) !== expected) return "damaged";
      at += bytes + padding(bytes);
    }
    return { seq: header.value.seq, count: header.value.count };
  } finally {
    await file.close();
  }
}

const padding = (length: number): number => (8 - (length % 8)) % 8;
const checksum = (bytes: Uint8Array): string => Bun.hash.xxHash3(bytes).toString(16);

function preamble(head: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(PREAMBLE);
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(FORMAT, 8);
  bytes.writeUInt32LE(head.byteLength, 12);
  bytes.writeBigUInt64LE(Bun.hash.xxHash3(head), 16);
  return bytes;
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): { value: Header; length: number } | null {
  if (bytes.byteLength < PREAMBLE) return null;
  const view = Buffer.from(bytes.buffer);
  if (view.toString("latin1", 0, 8) !== MAGIC || view.readUInt32LE(8) !== FORMAT) return null;
  const length = view.readUInt32LE(12);
  const head = bytes.subarray(PREAMBLE, PREAMBLE + length);
  if (head.byteLength !== length || Bun.hash.xxHash3(head) !== view.readBigUInt64LE(16)) return null;
  return { value: JSON.parse(new TextDecoder().decode(head)) as Header, length };
}

type Sections = Record<string, Uint8Array>;

function sectionsOf({ table, engine }: Corpus): Sections {
  const columns = COLUMN_NAMES.map((name) => [`column.${name}`, bytesOf(table[name].subarray(0, table.count))]);
  const dictionaries = Object.fromEntries(DICTIONARIES.map((name) => [name, table.dictionaries[name].values]));
  const dump = engine.dump(table.count);
  return {
    ...(Object.fromEntries(columns) as Sections),
    tagValues: bytesOf(Uint32Array.from(table.tagValues)),
    categoryValues: bytesOf(Uint32Array.from(table.categoryValues)),
    dictionaries: textBytes(JSON.stringify(dictionaries)),
    ids: textBytes(idsInOrder(table).join("\n")),
    documents: table.packed.bytes,
    documentEnd: bytesOf(table.packed.end),
    ...Object.assign({}, ...FIELDS.map((field) => wordSections(field, dump[field]))),
  };
}

const wordSections = (field: Field, { words, counts, rows, lengths }: FieldWords): Sections => ({
  [`${field}.words`]: textBytes(words.join("\n")),
  [`${field}.counts`]: bytesOf(counts),
  [`${field}.rows`]: bytesOf(rows),
  [`${field}.lengths`]: bytesOf(lengths),
});

function contentOf(count: number, sections: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Omit<Snapshot, "seq"> {
  const bytes = (name: string): Uint8Array<ArrayBuffer> => sections.get(name)!;
  const lines = (name: string): string[] => (bytes(name).byteLength === 0 ? [] : textOf(bytes(name)).split("\n"));
  const table = createTable(0);
  table.count = count;
  for (const name of COLUMN_NAMES) readColumn(table, name, bytes(`column.${name}`));
  table.tagValues = wordsOf(bytes("tagValues"), Uint32Array);
  table.categoryValues = wordsOf(bytes("categoryValues"), Uint32Array);
  const dictionaries = JSON.parse(textOf(bytes("dictionaries"))) as Record<string, string[]>;
  for (const name of DICTIONARIES) {
    const values = dictionaries[name]!;
    table.dictionaries[name] = { values, ids: new Map(values.map((value, i) => [value, i])) };
  }
  const ids = lines("ids");
  table.rows = new Map(ids.map((id, row) => [id, row]));
  const documents = bytes("documents");
  table.packed = {
    bytes: Buffer.from(documents.buffer, documents.byteOffset, documents.byteLength),
    end: wordsOf(bytes("documentEnd"), Float64Array),
  };
  const fieldWords = (field: Field): FieldWords => ({
    words: lines(`${field}.words`),
    counts: wordsOf(bytes(`${field}.counts`), Uint32Array),
    rows: wordsOf(bytes(`${field}.rows`), Int32Array),
    lengths: wordsOf(bytes(`${field}.lengths`), Uint16Array),
  });
  const words = Object.fromEntries(FIELDS.map((field) => [field, fieldWords(field)])) as EngineDump;
  return { table, words, ids };
}

/** A column with room to grow: its numbers change in place, the file's bytes do not. */
function readColumn(table: Table, name: ColumnName, bytes: Uint8Array<ArrayBuffer>): void {
  const column = new COLUMNS[name](Math.max(256, table.count));
  const length = bytes.byteLength / column.BYTES_PER_ELEMENT;
  column.set(new COLUMNS[name](bytes.buffer, bytes.byteOffset, length));
  (table as unknown as Record<ColumnName, Columns[ColumnName]>)[name] = column;
}

const wordsOf = <T>(
  bytes: Uint8Array<ArrayBuffer>,
  type: { new (buffer: ArrayBuffer, offset: number, length: number): T; BYTES_PER_ELEMENT: number },
): T => new type(bytes.buffer, bytes.byteOffset, bytes.byteLength / type.BYTES_PER_ELEMENT);

const idsInOrder = (table: Table): string[] => {
  const ids = new Array<string>(table.count);
  for (const [id, row] of table.rows) ids[row] = id;
  return ids;
};
const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
