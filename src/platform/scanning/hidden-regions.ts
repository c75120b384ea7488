/** A stretch of text that a reader does not see where it is shown, and how it is hidden. */
export interface HiddenRegion {
  start: number;
  end: number;
  how: string;
}

const MOST = 4000;
const LONG = 60;
const UNSEEN_STYLE =
  "display ?: ?none|visibility ?: ?hidden|font-size ?: ?(?:0(?:\\.\\d{1,3})?|[012])(?:px|pt|em|rem|%)?(?=[;\"' ])|opacity ?: ?0?(?:\\.0\\d{0,3})?(?=[;\"' ])|(?<!-)color ?: ?(?:white|#fff(?:fff)?|#fefefe|transparent|rgba?\\([^)]{0,30}, ?0(?:\\.0\\d?)?\\)|rgb\\(255, ?255, ?255\\)|hsl\\(0, ?0%, ?100%\\))|(?:left|top|right|text-indent|margin-left) ?: ?-\\d{3,6}|(?:height|width|max-height) ?: ?0(?:px)?(?=[;\"' ])|clip(?:-path)? ?: ?(?:rect\\(0|inset\\((?:50|100)%)|text-indent ?: ?-\\d{3}|transform ?: ?scale\\(0\\)";
/** Each expression finds where a hidden stretch begins; `until` what ends it, else the line's end. */
const OPENINGS: readonly { regexp: RegExp; how: string; until: string | null; least?: number; mark: string }[] = [
  { regexp: /<!--/g, how: "in a comment", until: "-->", mark: "<!--" },
  { regexp: /^[ \t]{0,3}\[(?:\/\/|comment|_|#|hidden|\.)\]: ?[#<\S]/gim, how: "in a comment", until: null, mark: "]:" },
  { regexp: /\{\/\*/g, how: "in a comment", until: "*/}", mark: "{/*" },
  { regexp: /\{#-?|\{%-? ?comment ?-?%\}/g, how: "in a template's comment", until: "#}", mark: "{" },
  {
    regexp: new RegExp(`<[a-z][a-z0-9-]{0,16}\\s[^<>]{0,300}(?:${UNSEEN_STYLE})[^<>]{0,300}>`, "gi"),
    how: "in an element that is not shown",
    until: "</",
    mark: "style",
  },
  {
    regexp:
      /<(?:[a-z][a-z0-9-]{0,16}\s(?:[^<>]{0,200}\s)?(?:hidden|aria-hidden ?= ?["']?true["']?|inert)(?=[\s>=])[^<>]{0,200}|font\s[^<>]{0,60}color ?= ?["']?(?:white|#fff)[^<>]{0,60}|template|noscript|script type=["']text\/[^<>]{0,40})>/gi,
    how: "in an element that is not shown",
    until: "</",
    mark: "<",
  },
  { regexp: /<details(?:\s[^<>]{0,100})?>/gi, how: "in a folded part", until: "</details", mark: "<details" },
  { regexp: /!\[(?=[^\]\n]{60})/g, how: "in a picture's alternative text", until: "](", least: LONG, mark: "![" },
  {
    regexp: /\b(?:alt|title|aria-label|data-[a-z-]{1,20}|content) ?= ?"(?=[^"\n]{60})/gi,
    how: "in an attribute",
    until: '"',
    least: LONG,
    mark: "=",
  },
  { regexp: /\]\([^()\s]{1,300} "(?=[^"\n]{40})/g, how: "in a link's title", until: '")', least: 40, mark: "](" },
  {
    regexp: /^[ \t]{0,3}\[[^\]\n]{1,60}\]: \S{1,300} "(?=[^"\n]{40})/gm,
    how: "in a link's title",
    until: '"',
    mark: "]:",
  },
  { regexp: /(?:[ \t]{0,8}\r?\n){25}/g, how: "after many empty lines", until: null, mark: "\n" },
  { regexp: /(?<=\S)[ \t\u3000]{120}/g, how: "far right of what an editor shows", until: null, mark: " " },
  {
    regexp: /\u001b\[(?:[0-9;]{0,20};)?(?:8|38;5;(?:231|15|255)|37;47|97;107|30;40)(?:;[0-9;]{0,12})?m/g,
    how: "by a terminal's escapes",
    until: "\u001b[",
    mark: "\u001b[",
  },
];
const REGIONS = 2000;

/** The hidden stretches of a Markdown, HTML or plain text in order; at most 2,000 of 4,000 characters each. */
export function hiddenRegions(text: string): HiddenRegion[] {
  const regions: HiddenRegion[] = [];
  const lower = text.toLowerCase();
  for (const { regexp, how, until, mark } of OPENINGS) {
    if (!lower.includes(mark)) continue;
    let past = 0;
    let count = 0;
    for (const match of text.matchAll(regexp)) {
      if (match.index < past) continue;
      const start = match.index + match[0].length;
      past = endOf(text, start, until);
      regions.push({ start: match.index, end: past, how });
      if (++count >= REGIONS) break;
    }
  }
  return regions.sort((a, b) => a.start - b.start);
}

function endOf(text: string, start: number, until: string | null): number {
  const limit = Math.min(text.length, start + MOST);
  const stretch = text.slice(start, limit);
  const end = until === null ? stretch.search(/\S[^\n]*(?:\n|$)/) : stretch.indexOf(until);
  if (end === -1) return limit;
  if (until !== null) return start + end;
  const newline = text.indexOf("\n", start + end);
  return newline === -1 ? limit : Math.min(newline, limit);
}

/** Says how the stretch from `start` to `end` is hidden, by a region that holds it whole. */
export function hiddenHow(regions: readonly HiddenRegion[], start: number, end: number): string | null {
  for (const region of regions) {
    if (region.start > start) break;
    if (end <= region.end + 4) return region.how;
  }
  return null;
}
