/**
 * The opcodes of pickle protocols 0–5 (CPython's Lib/pickletools.py): how their argument is laid out and what they do
 * to the stack, as far as names of globals can flow through it.
 */
export interface Opcode {
  argument: "none" | "line" | "two-lines" | "u1" | "u2" | "u4" | "u8" | "bytes-u1" | "bytes-u4" | "bytes-u8" | "f8";
  /**
   * What happens to the stack: pops this many and pushes one unknown (`result`) or nothing; to the last mark; or one of
   * the special cases the walker handles by name.
   */
  effect:
    | "push"
    | "text"
    | "mark"
    | "to-mark"
    | "to-mark-push"
    | "special"
    | "none"
    | `pop${1 | 2 | 3}`
    | `pop${1 | 2}-push`;
}

const table: [code: number | string, argument: Opcode["argument"], effect: Opcode["effect"]][] = [
  ["(", "none", "mark"],
  [".", "none", "special"],
  ["0", "none", "pop1"],
  ["1", "none", "to-mark"],
  ["2", "none", "special"],
  ["F", "line", "push"],
  ["I", "line", "push"],
  ["J", "u4", "push"],
  ["K", "u1", "push"],
  ["L", "line", "push"],
  ["M", "u2", "push"],
  ["N", "none", "push"],
  ["P", "line", "push"],
  ["Q", "none", "pop1-push"],
  ["R", "none", "pop2-push"],
  ["S", "line", "text"],
  ["T", "bytes-u4", "text"],
  ["U", "bytes-u1", "text"],
  ["V", "line", "text"],
  ["X", "bytes-u4", "text"],
  ["a", "none", "pop1"],
  ["b", "none", "pop1"],
  ["c", "two-lines", "special"],
  ["d", "none", "to-mark-push"],
  ["}", "none", "push"],
  ["e", "none", "to-mark"],
  ["g", "line", "special"],
  ["h", "u1", "special"],
  ["i", "two-lines", "special"],
  ["j", "u4", "special"],
  ["l", "none", "to-mark-push"],
  ["]", "none", "push"],
  ["o", "none", "to-mark-push"],
  ["p", "line", "special"],
  ["q", "u1", "special"],
  ["r", "u4", "special"],
  ["s", "none", "pop2"],
  ["t", "none", "to-mark-push"],
  [")", "none", "push"],
  ["u", "none", "to-mark"],
  ["G", "f8", "push"],
  [0x80, "u1", "none"],
  [0x81, "none", "pop2-push"],
  [0x82, "u1", "special"],
  [0x83, "u2", "special"],
  [0x84, "u4", "special"],
  [0x85, "none", "pop1-push"],
  [0x86, "none", "pop2-push"],
  [0x87, "none", "special"],
  [0x88, "none", "push"],
  [0x89, "none", "push"],
  [0x8a, "bytes-u1", "push"],
  [0x8b, "bytes-u4", "push"],
  ["B", "bytes-u4", "text"],
  ["C", "bytes-u1", "text"],
  [0x8c, "bytes-u1", "text"],
  [0x8d, "bytes-u8", "text"],
  [0x8e, "bytes-u8", "text"],
  [0x8f, "none", "push"],
  [0x90, "none", "to-mark"],
  [0x91, "none", "to-mark-push"],
  [0x92, "none", "special"],
  [0x93, "none", "special"],
  [0x94, "none", "special"],
  [0x95, "u8", "none"],
  [0x96, "bytes-u8", "text"],
  [0x97, "none", "push"],
  [0x98, "none", "none"],
];

export const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  table.map(([code, argument, effect]) => [typeof code === "string" ? code.charCodeAt(0) : code, { argument, effect }]),
);
