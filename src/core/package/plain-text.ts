/** Invisible, direction-changing and control characters: on a page they would show what is not there. */
const INVISIBLE = /(?![\ufe0f\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** One line of visible text: white space folded, invisible characters taken out, at most `max` code points. */
export function plainLine(text: string, max: number): { text: string; hidden: boolean; cut: boolean } {
  // Cut first: nothing of a megabyte of description is worth the work.
  const start = text.slice(0, max * 8);
  const folded = start.replace(/\s+/g, " ").trim();
  const visible = folded.replace(INVISIBLE, "").trim();
  const points = [...visible];
  const cut = points.length > max || text.length > start.length;
  return {
    text: cut
      ? `${points
          .slice(0, max - 1)
          .join("")
          .trimEnd()}…`
      : visible,
    hidden: visible !== folded,
    cut,
  };
}

/** The first paragraph of a Markdown text that is prose: no heading, list, quote, table, code, image or HTML. */
export function firstParagraph(markdown: string): string | null {
  const lines: string[] = [];
  let fenced = false;
  for (const raw of markdown.slice(0, 16 * 1024).split("\n")) {
    const line = raw.trim();
    if (line.startsWith("```") || line.startsWith("~~~")) fenced = !fenced;
    const prose = !fenced && line !== "" && !/^(?:[#>|<![*+-]|`{3}|~{3}|\d+\.|=+$)/.test(line);
    if (prose) lines.push(line);
    else if (lines.length > 0) break;
  }
  return lines.length > 0 ? lines.join(" ").replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, "") : null;
}

/** The first top-level heading of a Markdown text. */
export function firstHeading(markdown: string): string | null {
  let fenced = false;
  for (const line of markdown.slice(0, 16 * 1024).split("\n")) {
    if (/^(?:```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? undefined : /^#[ \t]+(\S.*)/.exec(line)?.[1];
    if (heading) return heading.replace(/[ \t#]+$/, "");
  }
  return null;
}
