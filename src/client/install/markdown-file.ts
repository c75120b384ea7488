import { stringify } from "yaml";
import { readFrontMatter } from "../../core/package/front-matter.ts";

type Fields = Record<string, unknown>;

const yaml = (fields: Fields): string => stringify(fields, { lineWidth: 0 });

/** A Markdown file with this front matter. */
export const markdown = (fields: Fields, body: string): string => `---\n${yaml(fields)}---\n\n${body.trim()}\n`;

/** The same file with whichever of these fields its front matter does not have; all that it says stays as written. */
export function withFields(text: string, fields: Fields): string {
  const { fields: present, problem } = readFrontMatter(text);
  const missing = Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(present, name)));
  if (Object.keys(missing).length === 0) return text;
  const source = text.replace(/^\ufeff/, "");
  const opening = problem === null || Object.keys(present).length > 0 ? /^---[ \t]*\r?\n/.exec(source)?.[0] : undefined;
  return opening
    ? `${opening}${yaml(missing)}${source.slice(opening.length)}`
    : `---\n${yaml(missing)}---\n\n${source}`;
}
