import { KINDS } from "../core/kind.ts";
import { visibleJson } from "../client/visible-text.ts";
import { type Command, UsageError } from "./command.ts";
import { connect, textOption } from "./session.ts";
import { table, widthOf } from "./terminal.ts";

const MAX_LIMIT = 100;

export const search: Command = {
  name: "search",
  summary: "Find assets",
  usage: "search WORDS… [--type KIND] [--sort ORDER]",
  options: {
    type: { type: "string", short: "t", value: "KIND", help: `${KINDS.join(", ")}; several with commas.` },
    category: { type: "string", value: "NAME", help: "Of this category." },
    tag: { type: "string", value: "TAG", help: "With this tag." },
    license: { type: "string", value: "SPDX", help: "Under this licence." },
    sort: { type: "string", value: "ORDER", help: "relevance, recent, downloads, rating or trending." },
    limit: { type: "string", short: "L", value: "N", help: `At most so many (default 20, up to ${MAX_LIMIT}).` },
    page: { type: "string", value: "N", help: "The following ones." },
  },
  async run(context) {
    const client = await connect(context);
    const text = (name: string) => textOption(context, name);
    const { data, meta } = await client.assets.search({
      q: context.positionals.join(" "),
      type: text("type"),
      category: text("category"),
      tags: text("tag"),
      license: text("license"),
      sort: text("sort"),
      per_page: wholeNumber("limit", text("limit") ?? "20", MAX_LIMIT),
      page: wholeNumber("page", text("page") ?? "1", 10_000),
    });
    if (context.json) {
      context.out(visibleJson({ data, meta }));
      return 0;
    }
    const rows = data.map((hit) => [hit.ref, hit.type, hit.version ?? "", hit.signed ? "yes" : "", hit.description]);
    const lines = table(["NAME", "KIND", "VERSION", "SIGNED", "DESCRIPTION"], rows, widthOf(process.stdout));
    if (rows.length > 0) for (const line of lines) context.out(line);
    context.say(summary(data.length, meta.total, meta.page));
    return 0;
  },
};

function summary(shown: number, total: number, page: number): string {
  if (total === 0) return "Nothing found. Try fewer or other words.";
  return shown < total ? `${shown} of ${total}; more with --page ${page + 1} or --limit.` : `${total} found.`;
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d{1,6}$/.test(text) || number < 1 || number > most)
    throw new UsageError(`--${option} takes a number from 1 to ${most}, not "${text.slice(0, 40)}".`);
  return number;
}
