/** Writes small files of the model formats by hand, so that tests can break each part of them. */
const concat = (...parts: (Uint8Array | string | number)[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Buffer.from([part]) : typeof part === "string" ? Buffer.from(part) : part,
    ),
  );

const number = (value: number | bigint, bytes: 4 | 8, big = false): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 4) big ? buffer.writeUInt32BE(Number(value)) : buffer.writeUInt32LE(Number(value));
  else big ? buffer.writeBigUInt64BE(BigInt(value)) : buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
};

/** `header` as JSON text or as a value, then `data` zero bytes. `length` overrides what the file says of its header. */
export function safetensorsOf(header: unknown, data = 0, length?: number | bigint): Uint8Array {
  const text = typeof header === "string" ? header : JSON.stringify(header);
  return concat(number(length ?? Buffer.byteLength(text), 8), text, new Uint8Array(data));
}

export type GgufValue = string | number | { type: number; bytes: Uint8Array } | string[];
export interface GgufTensor {
  name: string;
  shape: (number | bigint)[];
  type: number;
  offset: number;
}
export interface GgufParts {
  version?: number;
  big?: boolean;
  metadata?: [string, GgufValue][];
  tensors?: GgufTensor[];
  /** Bytes after the padded header. */
  data?: number;
  tensorCount?: number | bigint;
  pairCount?: number | bigint;
}

export function ggufOf(parts: GgufParts): Uint8Array {
  const big = parts.big ?? false;
  const u32 = (value: number) => number(value, 4, big);
  const u64 = (value: number | bigint) => number(value, 8, big);
  const text = (value: string) => concat(u64(Buffer.byteLength(value)), value);
  const value = (each: GgufValue): Uint8Array => {
    if (typeof each === "string") return concat(u32(8), text(each));
    if (typeof each === "number") return concat(u32(4), u32(each));
    if (Array.isArray(each)) return concat(u32(9), u32(8), u64(each.length), ...each.map(text));
    return concat(u32(each.type), each.bytes);
  };
  const metadata = parts.metadata ?? [];
  const tensors = parts.tensors ?? [];
  const header = concat(
    "GGUF",
    u32(parts.version ?? 3),
    u64(parts.tensorCount ?? tensors.length),
    u64(parts.pairCount ?? metadata.length),
    ...metadata.map(([key, each]) => concat(text(key), value(each))),
    ...tensors.map(({ name, shape, type, offset }) =>
      concat(text(name), u32(shape.length), ...shape.map(u64), u32(type), u64(offset)),
    ),
  );
  return concat(header, new Uint8Array((32 - (header.length % 32)) % 32), new Uint8Array(parts.data ?? 0));
}

/** A .npy file of version 1 with this header, padded as numpy pads it, and then `data`. */
export function npyOf(header: string, data: Uint8Array): Uint8Array {
  const padded = `${header.padEnd(53 + Math.ceil(Math.max(0, header.length - 53) / 64) * 64)}\n`;
  return concat(0x93, "NUMPY", 1, 0, padded.length & 255, padded.length >> 8, padded, data);
}

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
};

/** A field of a protocol buffers message: text, bytes and messages alike, or a number. */
export const field = (id: number, content: Uint8Array | string | number): Uint8Array => {
  if (typeof content === "number") return concat(varint(id * 8), varint(content));
  const bytes = Buffer.from(content as string);
  return concat(varint(id * 8 + 2), varint(bytes.length), bytes);
};

export const message = (...fields: Uint8Array[]): Uint8Array => Buffer.concat(fields);

/** A SavedModel whose graph has these operations; with `inFunction` they lie in a function of its library. */
export function savedModelOf(operations: string[], inFunction = false): Uint8Array {
  const nodes = operations.map((op, i) => message(field(1, `node_${i}`), field(2, op)));
  const graph = inFunction
    ? field(2, field(1, message(field(1, field(1, "f")), ...nodes.map((node) => field(3, node)))))
    : message(...nodes.map((node) => field(1, node)));
  return message(field(1, 1), field(2, field(2, graph)));
}
