import { parse as parseYaml } from "yaml";
import { readFrontMatter } from "../../core/package/front-matter.ts";
import { markdown, withFields } from "./markdown-file.ts";

/** A prompt of any of the known formats as Markdown with front matter; null when it cannot be read. */
export function promptText(path: string, text: string, description: string): string | null {
  if (/\.ya?ml$/i.test(path)) return fromMessages(text, description);
  const { fields, body } = readFrontMatter(text);
  if (/\.prompty$/i.test(path)) return markdown({ description: words(fields["description"]) ?? description }, body);
  return withFields(text, { description });
}

const words = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value : null);

/** A `.prompt.yml` lists messages, each with a role and its content. */
function fromMessages(text: string, description: string): string | null {
  let root: unknown;
  try {
    root = parseYaml(text, { maxAliasCount: 20 });
  } catch {
    return null;
  }
  const { messages, description: said } = (root ?? {}) as { messages?: unknown; description?: unknown };
  if (!Array.isArray(messages)) return null;
  const parts = messages.map((message) => words((message as { content?: unknown } | null)?.content));
  const body = parts.filter((part) => part !== null).join("\n\n");
  return body === "" ? null : markdown({ description: words(said) ?? description }, body);
}
