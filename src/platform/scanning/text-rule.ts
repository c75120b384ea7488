import type { Kind, Severity } from "../../core/kind.ts";
import type { TextView } from "./text-view.ts";

/**
 * One expression that runs in linear time (no nested or adjacent unbounded repetition) and the lower-case words of
 * which at least one is in everything that it matches.
 */
export interface Pattern {
  regexp: RegExp;
  needles: readonly string[];
}

/** What one rule looks for: its parts in this order (or any), each at most `within` characters from the last. */
export interface TextRule {
  /** Unique, without the scanner's name. */
  id: string;
  severity: Severity;
  category: string;
  message: string;
  remedy: string;
  parts: readonly Pattern[];
  /** Characters between the end of one part and the start of the next; default 120. */
  within?: number;
  unordered?: boolean;
  /** What may not lie between the parts: the end of the line, or of the sentence too. */
  boundary?: "line" | "sentence";
  /** The stretch from 160 characters before to 80 after must not match: what makes the place harmless. */
  unless?: RegExp;
  /** The same stretch must match. */
  requires?: RegExp;
  /** The matched stretch itself must not match: a known good instance of the thing. */
  exempt?: RegExp;
  /**
   * Talking about the thing (a list of attacks to look out for) is not doing it: one degree less severe there. `prose`:
   * not in code, whose comments an interpreter does not read.
   */
  mentionable?: boolean | "prose";
  /** Only where the text as it stands reads otherwise: split, or with invisible or look-alike characters. */
  disguisedOnly?: boolean;
  /** Only in these views; default all. */
  only?: TextView["origin"];
  /** Only in files whose path matches. */
  paths?: RegExp;
  /** Only, or except, in assets of these kinds. */
  kinds?: readonly Kind[];
  exceptKinds?: readonly Kind[];
}

export const pattern = (regexp: RegExp, ...needles: string[]): Pattern => ({ regexp, needles });

/** A pattern in plain language: each space in it may be a line break or some spaces in the text. */
export const prose = (regexp: RegExp, ...needles: string[]): Pattern =>
  pattern(new RegExp(regexp.source.replaceAll(" ?", "\\s{0,3}").replaceAll(" ", "\\s{1,3}"), regexp.flags), ...needles);
