/** Control characters, direction marks, separators, lone surrogates and tags; joiners that scripts and emoji need may stay. */
const DANGEROUS = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text from elsewhere as a terminal may show it, in one line: what would move the cursor, colour or hide is written out. */
export const visible = (text: string): string => text.replace(/\r?\n/g, " ").replace(DANGEROUS, escaped);

/** The same with its line breaks kept; for text that is a block of lines. */
export const visibleLines = (text: string): string[] => text.split(/\r?\n/).map(visible);

/** JSON in one line that is as safe on a terminal as in a file: whatever is not printable is a `\u` escape. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value).replace(DANGEROUS, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join(""),
  );
