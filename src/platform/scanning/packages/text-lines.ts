/** Lines of a text with their numbers from 1; of a longer one the first `max` characters. */
export function* linesOf(text: string, max = 2000): Generator<{ text: string; line: number }> {
  let line = 0;
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at);
    const past = end < 0 ? text.length : end;
    line += 1;
    yield { text: text.slice(at, Math.min(past, at + max)).replace(/\r$/, ""), line };
    at = past + 1;
  }
}

/** The first line on which each key of a JSON text stands; one pass. */
export function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/"([^"\\\n]{1,300})"[ \t]{0,8}:/g)) {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < match.index; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    if (!lines.has(match[1]!)) lines.set(match[1]!, line);
  }
  return lines;
}
