import type { CapabilityKind } from "../../../core/capability.ts";
import { lastAtOrBefore } from "../rising.ts";
import type { TextView } from "../text-view.ts";
import type { TextWindow } from "../text-windows.ts";
import type { FactSet } from "./fact-set.ts";

/** A piece of a file's text that facts are read from. */
export interface Passage {
  text: string;
  /** Notes a fact whose place is at this offset of the text. */
  note(kind: CapabilityKind, value: string, offset: number): void;
  /** The part from `start` to `end`, with the same places. */
  part(start: number, end: number): Passage;
}

/** One reading of a window, whose facts go to `facts` with the lines of the file. */
export function passageOf(window: TextWindow, view: TextView, facts: FactSet): Passage {
  const ends: number[] = [];
  for (let at = window.text.indexOf("\n"); at !== -1; at = window.text.indexOf("\n", at + 1)) ends.push(at);
  const lineOf = (offset: number) => window.linesBefore + lastAtOrBefore(ends, view.toRaw(offset) - 1) + 2;
  const make = (text: string, base: number): Passage => ({
    text,
    note: (kind, value, offset) => facts.add(kind, value, window.file.path, lineOf(base + offset)),
    part: (start, end) => make(text.slice(start, end), base + start),
  });
  return make(view.text, 0);
}

/** Values found elsewhere than in text with lines of its own, e.g. in JSON: their place is where the text first has them. */
export const placeOfText = (passage: Passage, text: string): number => Math.max(0, passage.text.indexOf(text));
