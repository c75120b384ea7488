import { lastAtOrBefore } from "./rising.ts";

/** Lines of a text, read in another way. */
interface Respelling {
  text: string;
  /** Where in the source the line began that the character at `offset` is on. */
  toSource(offset: number): number;
  /** Somebody hid it; a slip of the pen did not. */
  meant: boolean;
}

// Words that plain English hardly does without, turned by 13 letters and backwards.
const ROT13_WORD =
  /\b(?:gur|naq|lbh|lbhe|abg|sebz|jvgu|guvf|nyy|svyr|ernq|fraq|vg|gb|vf|bs|vtaber|cerivbhf|flfgrz|hfre|qb|nsgre|orsber)\b/gi;
const REVERSED_WORD =
  /\b(?:eht|dna|uoy|ruoy|ton|morf|htiw|siht|lla|elif|daer|dnes|snoitcurtsni|erongi|suoiverp|metsys|resu|retfa|erofeb|ptth|sptth|terces|drowssap|tuoba)\b/gi;
const SPACED = /(?<![\p{L}\d])(?:[\p{L}\d][ ._*·-]{1,3}){7,400}[\p{L}\d](?![\p{L}\d])/gu;
const TOKEN = /[\p{L}\d@$!|]+/gu;
const MIXED = /\p{L}[013457@$!8]|[013457@$!8]\p{L}/u;
const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
};
/** What an attack is written with; longest first does not matter, the best cover is looked for. */
const KEYWORDS =
  "ignore disregard forget everything previous prior above earlier before instruction instructions directive directives rules guidelines directions orders commands password secret secrets system prompt prompts reveal repeat output print display override bypass restrictions unrestricted opposite following follow".split(
    " ",
  );
const SMALL_WORDS =
  "a all an and any are as ask be but by can do does for from give go hate have hi i in is it its keep know let like love me my new no not now of on only or out please run say send she show so tell than that the their them then these they this to told up us use user user's we what when who will with without word write you your yes trump key keys file files api token tokens answer question text message hidden mode act".split(
    " ",
  );
const DICTIONARY = new Set([...KEYWORDS, ...SMALL_WORDS]);
const LONGEST = 14;
/** Honest words that are one slip away from a keyword. */
const NOT_SLIPS = new Set(
  "forge forged forges forgets forgot forgotten systemd systems prompts prompted prompter promptly secrete secretes passwords ignores ignored ignorer reveals revealed revel revels repeats repeated prints printf sprint outputs displays overrides rule ruler rulers ruled order ordered border command commander commands followed follows instructor instructors instructional direction directional director directors directory directives precious priors prior priory about above abode guideline beforehand earliest restriction".split(
    " ",
  ),
);

/** Every other way in which the text may be meant; each only where its marks are many. */
export function respellingsOf(text: string): Respelling[] {
  return [
    ofLines(text, true, (line) => (distinct(line, ROT13_WORD) >= 4 ? rot13(line) : null)),
    ofLines(text, true, (line) => (distinct(line, REVERSED_WORD) >= 3 ? [...line].reverse().join("") : null)),
    ofLines(text, true, unspaced),
    ofLines(text, true, unleet),
    ofLines(text, false, unslipped),
  ].filter((respelling) => respelling !== null);
}

const LINE_LENGTH = 4000;

function ofLines(text: string, meant: boolean, read: (line: string) => string | null): Respelling | null {
  const lines: string[] = [];
  const starts: number[] = [];
  const sources: number[] = [];
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = Math.min(newline === -1 ? text.length : newline, at + LINE_LENGTH);
    const line = read(text.slice(at, end));
    if (line !== null) {
      lines.push(line);
      starts.push(length);
      sources.push(at);
      length += line.length + 1;
    }
    at = end === newline ? end + 1 : end;
  }
  if (lines.length === 0) return null;
  return {
    text: lines.join("\n"),
    toSource: (offset) => sources[Math.max(0, lastAtOrBefore(starts, offset))]!,
    meant,
  };
}

const distinct = (line: string, words: RegExp): number =>
  new Set(Array.from(line.matchAll(words), ([word]) => word.toLowerCase())).size;

const rot13 = (line: string): string =>
  line.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const base = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - base + 13) % 26) + base);
  });

/** "i g n o r e  a l l" put together; where all gaps are alike, words are found again. */
function unspaced(line: string): string | null {
  let changed = false;
  const plain = line.replace(SPACED, (run) => {
    const words = run.split(/[ ._*·-]{2,3}/).map((word) => word.replace(/[ ._*·-]/g, ""));
    const read = words.length > 1 ? words.join(" ") : segmented(words[0]!);
    if (read === null) return run;
    changed = true;
    return read;
  });
  return changed ? plain : null;
}

/** Letters without gaps as words of the dictionary, what is in between left as it is; null when too little is known. */
function segmented(letters: string): string | null {
  const lower = letters.toLowerCase();
  // For each end the most letters that words cover, and where the last piece began.
  const covered = new Int32Array(lower.length + 1);
  const from = new Int32Array(lower.length + 1);
  for (let end = 1; end <= lower.length; end++) {
    covered[end] = covered[end - 1]!;
    from[end] = end - 1;
    for (let length = 1; length <= Math.min(LONGEST, end); length++) {
      const gain = covered[end - length]! + length * length;
      if (gain <= covered[end]! || !DICTIONARY.has(lower.slice(end - length, end))) continue;
      covered[end] = gain;
      from[end] = end - length;
    }
  }
  const pieces: string[] = [];
  for (let end = lower.length; end > 0; end = from[end]!) pieces.unshift(lower.slice(from[end], end));
  const words: string[] = [];
  let known = 0;
  let loose = false;
  for (const piece of pieces) {
    const word = DICTIONARY.has(piece);
    if (word) known += piece.length;
    // Letters that are in no word stay together.
    if (!word && loose) words.push(words.pop()! + piece);
    else words.push(piece);
    loose = !word;
  }
  return known * 2 >= lower.length ? words.join(" ") : null;
}

/** "1gn0r3" as "ignore", on lines where at least two words so read are keywords. */
function unleet(line: string): string | null {
  let keywords = 0;
  const plain = line.replace(TOKEN, (word) => {
    if (word.length > 40 || !MIXED.test(word)) return word;
    const read = word.replace(/[0134578@$!|]/g, (char) => LEET[char]!).toLowerCase();
    if (DICTIONARY.has(read) && read.length > 2) keywords++;
    return read;
  });
  return keywords >= 2 ? plain : null;
}

/** Misspelled keywords mended: one letter wrong, missing, doubled or two exchanged. */
function unslipped(line: string): string | null {
  let changed = false;
  const plain = line.replace(/[A-Za-z]{4,13}/g, (word) => {
    const lower = word.toLowerCase();
    if (DICTIONARY.has(lower) || NOT_SLIPS.has(lower)) return word;
    const meant =
      KEYWORDS.find((keyword) => isSlip(lower, keyword)) ?? (lower === "yuor" || lower === "yoru" ? "your" : null);
    if (meant === null) return word;
    changed = true;
    return meant;
  });
  return changed ? plain : null;
}

function isSlip(word: string, keyword: string): boolean {
  if (keyword.length < 5 || word[0] !== keyword[0] || Math.abs(word.length - keyword.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === keyword[start]) start++;
  let ends = 0;
  while (ends < Math.min(word.length, keyword.length) - start && word.at(-1 - ends) === keyword.at(-1 - ends)) ends++;
  const middle = word.slice(start, word.length - ends);
  const meant = keyword.slice(start, keyword.length - ends);
  // An ending is an inflection, not a slip.
  if (meant === "" && ends === 0) return false;
  if (middle.length <= 1 && meant.length <= 1) return keyword.length > 5 || middle.length + meant.length === 1;
  return middle.length === 2 && meant.length === 2 && middle[0] === meant[1] && middle[1] === meant[0];
}
