import { Unreadable } from "./byte-cursor.ts";
import { type ByteSpan, layOut } from "./byte-spans.ts";
import { findingsInText, payloadsIn } from "./embedded-text.ts";
import { JSON_OBJECT, JSON_STRING, JsonReader } from "./json-reader.ts";
import type { ModelFile } from "./model-files.ts";
import { createModelScanner, type Problem } from "./model-scanner.ts";
import type { Scanner } from "./scanner.ts";

const NAMED = /\.safetensors$/i;
const HEADER_LIMIT = 100_000_000;
const TEXT_KEPT = 1024 * 1024;
const REMEDY = "Write the file again with the safetensors library, which refuses such a header.";
/** Bits of one element. */
const DTYPE_BITS = new Map(
  Object.entries({
    BOOL: 8,
    U8: 8,
    I8: 8,
    F8_E5M2: 8,
    F8_E4M3: 8,
    F8_E8M0: 8,
    F8_E4M3FNUZ: 8,
    F8_E5M2FNUZ: 8,
    F4: 4,
    F6_E2M3: 6,
    F6_E3M2: 6,
    I16: 16,
    U16: 16,
    F16: 16,
    BF16: 16,
    I32: 32,
    U32: 32,
    F32: 32,
    F64: 64,
    I64: 64,
    U64: 64,
    C64: 64,
  }),
);

/** Headers of safetensors: bounds, strict JSON, and tensors that lie side by side and are as long as they say. */
export const createSafetensorsScanner = (): Scanner =>
  createModelScanner({
    name: "safetensors",
    version: "1",
    members: NAMED,
    remedy: REMEDY,
    async problems(file, _kind, signal) {
      if (!NAMED.test(file.path) && !looksLikeIt(file)) return [];
      const { header, dataSize } = await readHeader(file);
      const contents = parse(header);
      const problems = [...contents.problems, ...layoutProblems(contents.spans, file.whole ? dataSize : null)];
      if (contents.metadata === "") return problems;
      const place = "the metadata of its header";
      return [
        ...problems,
        ...payloadsIn(place, contents.metadata),
        ...(await findingsInText(file.path, place, contents.metadata, signal)),
      ];
    },
  });

/** Under another name: a small length and an opened object with a first key. */
function looksLikeIt({ head, path }: ModelFile): boolean {
  if (head.length < 16 || head[4] || head[5] || head[6] || head[7] || head[8] !== JSON_OBJECT) return false;
  return head[9] === JSON_STRING && !/\.(?:md|txt|json)$/i.test(path);
}

async function readHeader({ source, whole }: ModelFile): Promise<{ header: Uint8Array; dataSize: number }> {
  if (source.size < 10) throw new Unreadable("it is shorter than the shortest header");
  const start = await source.read(0, 8);
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(HEADER_LIMIT)) {
    throw new Unreadable(`its header claims ${length} bytes, and loaders take at most ${HEADER_LIMIT}`);
  }
  const end = 8 + Number(length);
  if (end > source.size) {
    const where = whole ? "the file has" : "could be read";
    throw new Unreadable(`its header claims ${length} bytes, of which ${where} ${source.size - 8}`);
  }
  return { header: await source.read(8, end), dataSize: source.size - end };
}

interface Contents {
  problems: Problem[];
  spans: ByteSpan[];
  /** What `__metadata__` holds, as lines. */
  metadata: string;
}

function parse(header: Uint8Array): Contents {
  if (header[0] !== JSON_OBJECT) throw new Unreadable("its header does not begin with an object");
  const contents: Contents = { problems: [], spans: [], metadata: "" };
  const json = new JsonReader(header);
  json.object((name) => {
    if (name === "__metadata__") readMetadata(json, contents);
    else readTensor(json, name, contents);
  });
  json.end();
  for (const key of json.duplicates.slice(0, 3)) {
    add(
      contents,
      "duplicate-key",
      "high",
      "Names the same key twice, of which programs believe one or the other.",
      key,
    );
  }
  return contents;
}

function add(contents: Contents, id: string, severity: Problem["severity"], message: string, excerpt: string): void {
  if (contents.problems.filter((problem) => problem.id === id).length < 3) {
    contents.problems.push({ id, severity, message, excerpt });
  }
}

function readMetadata(json: JsonReader, contents: Contents): void {
  const lines: string[] = [];
  let kept = 0;
  json.object((key) => {
    if (json.peek() !== JSON_STRING) throw new Unreadable(`its metadata ${key.slice(0, 40)} is no text`);
    const line = `${key}: ${json.string()}`;
    if (kept < TEXT_KEPT) lines.push(line.slice(0, TEXT_KEPT - kept));
    kept += line.length;
  });
  contents.metadata = lines.join("\n");
}

function readTensor(json: JsonReader, name: string, contents: Contents): void {
  let dtype: string | null = null;
  let shape: number[] | null = null;
  const offsets: number[] = [];
  json.object((key) => {
    if (key === "dtype") dtype = json.string();
    else if (key === "shape") {
      const dims: number[] = [];
      json.array(() => dims.push(json.count()) && undefined);
      shape = dims;
    } else if (key === "data_offsets") json.array(() => offsets.push(json.count()) && undefined);
    else {
      add(contents, "unknown-field", "low", "Says more of a tensor than the format knows.", `${name}: ${key}`);
      json.skip();
    }
  });
  const [begin, end] = offsets;
  if (dtype === null || shape === null || begin === undefined || end === undefined || offsets.length !== 2) {
    throw new Unreadable(`the tensor ${name.slice(0, 80)} lacks its dtype, shape or data_offsets`);
  }
  if (end < begin) {
    add(contents, "offsets", "high", "A tensor ends before it begins.", `${name}: ${begin}–${end}`);
    return;
  }
  contents.spans.push({ name, begin, end });
  checkLength(contents, { name, begin, end }, dtype, shape);
}

function checkLength(contents: Contents, span: ByteSpan, dtype: string, shape: readonly number[]): void {
  const bits = DTYPE_BITS.get(dtype);
  if (bits === undefined) {
    add(
      contents,
      "unknown-dtype",
      "medium",
      "A tensor has a type that is not known, so that its length cannot be checked.",
      `${span.name}: ${dtype}`,
    );
    return;
  }
  const wanted = (shape.reduce((product, size) => product * BigInt(size), 1n) * BigInt(bits)) / 8n;
  if (wanted === BigInt(span.end - span.begin)) return;
  const excerpt = `${span.name}: ${dtype} [${shape.slice(0, 8).join(", ")}] in ${span.end - span.begin} bytes`;
  if (wanted > BigInt(Number.MAX_SAFE_INTEGER)) {
    add(
      contents,
      "shape-overflow",
      "high",
      "A tensor's shape overflows when it is multiplied, as an attack on loaders would.",
      excerpt,
    );
  } else {
    add(contents, "length-mismatch", "high", "A tensor's type and shape do not give the bytes it claims.", excerpt);
  }
}

/** `dataSize` null: the end of the file is not known. */
function layoutProblems(spans: readonly ByteSpan[], dataSize: number | null): Problem[] {
  const problems: Problem[] = [];
  const { overlap, hole, end } = layOut(spans, 0);
  const bad = (id: string, message: string, excerpt: string) =>
    problems.push({ id, severity: "high", message, excerpt });
  if (overlap)
    bad("overlap", "Two tensors share bytes.", `${overlap[0].name.slice(0, 90)} and ${overlap[1].name.slice(0, 90)}`);
  if (hole)
    bad(
      "hole",
      "Bytes that belong to no tensor lie between tensors: something else may hide there.",
      `${hole.begin}–${hole.end}`,
    );
  if (dataSize === null) return problems;
  if (end > dataSize) bad("beyond-end", "A tensor reaches beyond the end of the file.", `${end} of ${dataSize} bytes`);
  if (end < dataSize)
    bad(
      "trailing-data",
      "Bytes that belong to no tensor follow the last one: something else may hide there.",
      `${dataSize - end} bytes`,
    );
  return problems;
}
