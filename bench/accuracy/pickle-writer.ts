/** Writes pickles opcode by opcode, so that a sample can be what no ordinary pickler makes. */
type Part = string | number | Uint8Array;

/** Texts are taken as Latin-1, numbers as single bytes. */
export const raw = (...parts: Part[]): Buffer =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Buffer.from([part]) : typeof part === "string" ? Buffer.from(part, "latin1") : part,
    ),
  );

const sized = (count: number): Buffer => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(count);
  return size;
};

/** PROTO, the parts, STOP. */
export const pickle = (protocol: number, ...parts: Part[]): Buffer => raw(0x80, protocol, ...parts, ".");
/** SHORT_BINUNICODE; at most 255 bytes. */
export const text = (value: string): Buffer => raw(0x8c, Buffer.byteLength(value), Buffer.from(value));
/** BINUNICODE. */
export const longText = (value: string): Buffer => raw("X", sized(Buffer.byteLength(value)), Buffer.from(value));
/** BINBYTES. */
export const bytes = (value: Uint8Array): Buffer => raw("B", sized(value.length), value);
/** GLOBAL, the text form. */
export const global = (module: string, name: string): Buffer => raw(`c${module}\n${name}\n`);
/** STACK_GLOBAL over two texts. */
export const stackGlobal = (module: string, name: string): Buffer => raw(text(module), text(name), 0x93);
export const MEMOIZE = 0x94;
/** BINGET. */
export const get = (index: number): Buffer => raw("h", index);
/** The arguments as a tuple, then REDUCE. */
export const call = (callable: Uint8Array, ...args: Uint8Array[]): Buffer => raw(callable, "(", ...args, "tR");
/** A class made by NEWOBJ without arguments, its state set by BUILD from these pairs. */
export const instance = (type: Uint8Array, ...state: [string, Uint8Array][]): Buffer =>
  raw(type, ")", 0x81, "}(", ...state.flatMap(([name, value]) => [text(name), value]), "ub");
/** A dictionary. */
export const dictionary = (...pairs: [Uint8Array, Uint8Array][]): Buffer => raw("}(", ...pairs.flat(), "u");
/** BININT1. */
export const small = (value: number): Buffer => raw("K", value);
