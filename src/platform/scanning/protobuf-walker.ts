import { ByteCursor, Unreadable } from "./byte-cursor.ts";
import type { ByteSource } from "./pickle-walker.ts";

/** What to do with each field of a message: go into it, or read it as text; all others are skipped unread. */
export interface MessageSchema {
  name: string;
  fields: Map<number, MessageSchema | "text">;
}

export interface ProtobufVisitor {
  /** A text field, cut at 4 KiB; `path` holds the names of the messages around it. */
  text(message: MessageSchema, field: number, value: string): void;
  /** A message begins, and ends. */
  begin?(message: MessageSchema): void;
  end?(message: MessageSchema): void;
}

const DEPTH = 32;
const FIELDS = 10_000_000;
const TEXT_KEPT = 4_096;
const utf8 = new TextDecoder();

/** Walks a message by its wire format; throws Unreadable when it is broken. Tensors and whatever else has no schema are skipped. */
export async function walkProtobuf(
  source: ByteSource,
  schema: MessageSchema,
  visitor: ProtobufVisitor,
  signal: AbortSignal,
): Promise<void> {
  const cursor = new ByteCursor(source);
  let fields = 0;
  async function message(of: MessageSchema, end: number, depth: number): Promise<void> {
    if (depth > DEPTH) throw new Unreadable(`its messages are nested deeper than ${DEPTH} levels`);
    visitor.begin?.(of);
    while (cursor.at < end) {
      if (++fields > FIELDS) throw new Unreadable("it has more than 10 million fields");
      if (fields % 65536 === 0) signal.throwIfAborted();
      const tag = await varint(cursor);
      const field = Math.floor(tag / 8);
      if (field === 0) throw new Unreadable(`a field without a number lies at byte ${cursor.at}`);
      if (tag % 8 === 0) await varint(cursor);
      else if (tag % 8 === 1) cursor.skip(8);
      else if (tag % 8 === 5) cursor.skip(4);
      else if (tag % 8 === 2) await delimited(of, field, end, depth);
      else throw new Unreadable(`a field of an unknown kind lies at byte ${cursor.at}`);
    }
    if (cursor.at !== end) throw new Unreadable(`a field reaches beyond its message at byte ${cursor.at}`);
    visitor.end?.(of);
  }
  async function delimited(of: MessageSchema, field: number, end: number, depth: number): Promise<void> {
    const length = await varint(cursor);
    if (length > end - cursor.at) throw new Unreadable(`a length at byte ${cursor.at} reaches beyond its message`);
    const inner = of.fields.get(field);
    if (inner === undefined) cursor.skip(length);
    else if (inner === "text") {
      const kept = Math.min(length, TEXT_KEPT);
      await cursor.ready(kept);
      visitor.text(of, field, utf8.decode(cursor.take(kept)));
      cursor.skip(length - kept);
    } else await message(inner, cursor.at + length, depth + 1);
  }
  await message(schema, cursor.end, 0);
}

async function varint(cursor: ByteCursor): Promise<number> {
  let value = 0;
  for (let shift = 0, scale = 1; shift < 10; shift++, scale *= 128) {
    if (cursor.available === 0 || cursor.left === 0) await cursor.ready(1);
    const byte = cursor.u8();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  throw new Unreadable(`a number at byte ${cursor.at} does not end`);
}
