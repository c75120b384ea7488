import { basename } from "node:path";
import { withServer } from "../../app-command.ts";
import { visible } from "../../client/visible-text.ts";
import { SYSTEM } from "../../core/actor.ts";
import { systemClock } from "../../core/clock.ts";
import { type Command, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { onlyWord, textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";

export const advisoriesImport: Command = {
  name: "admin advisories import",
  summary: "Import advisories in OSV format",
  usage: "admin advisories import FILE|URL",
  options: DATA_OPTION,
  async run(context) {
    const word = onlyWord(context.positionals, "a zip or JSON file, or an address of an allowed host", this.usage);
    const isAddress = /^https?:\/\//.test(word);
    const file = isAddress ? null : Bun.file(word);
    if (file && !(await file.exists())) throw new UsageError(`There is no file ${visible(word)}.`);
    const { signal } = new AbortController();
    const found = await withServer(configOf(context).config, ({ advisories }) =>
      advisories.importNow(
        SYSTEM,
        file ? { name: basename(word), bytes: file.stream() } : { url: word },
        // The last attempt: nobody tries again.
        { jobId: "command", attempt: 99, signal, clock: systemClock },
      ),
    );
    if (context.json) context.out(JSON.stringify(found));
    else {
      for (const problem of found.problems) context.say(`skipped: ${visible(problem)}`);
      if (found.status === "done")
        context.out(`${found.changed} new or changed, ${found.unchanged} unchanged, ${found.skipped} skipped.`);
      if (found.changed > 0) context.say("The server matches them with its versions when it runs.");
    }
    if (found.status === "done") return 0;
    context.say(`error: ${visible(found.error ?? "The import failed.")}`);
    return 1;
  },
};

export const advisoriesList: Command = {
  name: "admin advisories list",
  summary: "List advisories, the newest change first",
  usage: "admin advisories list [--package NAME] [--ecosystem E] [--affecting] [--limit N]",
  options: {
    ...DATA_OPTION,
    package: { type: "string", value: "NAME", help: "Only those of this package." },
    ecosystem: { type: "string", value: "E", help: "As OSV spells it: npm, PyPI …, or marketplace." },
    affecting: { type: "boolean", help: "Only those that touch versions of this server." },
    limit: { type: "string", value: "N", help: "At most so many, up to 100 (default 50)." },
  },
  async run(context) {
    const perPage = Number(textOption(context, "limit") ?? 50);
    if (!Number.isInteger(perPage) || perPage < 1 || perPage > 100)
      throw new UsageError("--limit must be a whole number from 1 to 100.");
    const [named, ecosystem] = [textOption(context, "package"), textOption(context, "ecosystem")];
    const query = {
      ...(named === undefined ? {} : { package: named }),
      ...(ecosystem === undefined ? {} : { ecosystem }),
      touching: context.values["affecting"] === true,
    };
    const { items, total } = await withServer(configOf(context).config, ({ advisories }) =>
      advisories.list(SYSTEM, query, { page: 1, perPage }),
    );
    if (context.json) {
      context.out(JSON.stringify({ advisories: items, total }, null, 2));
      return 0;
    }
    const rows = items.map((one) => [
      one.id,
      one.malicious ? "malicious" : (one.level ?? "-"),
      one.packages.map(({ ecosystem: kind, name }) => `${kind} ${name}`).join(", "),
      String(one.touched),
      `${one.withdrawn === null ? "" : "(withdrawn) "}${one.summary}`,
    ]);
    for (const line of table(["ID", "SEVERITY", "PACKAGES", "TOUCHES", "SUMMARY"], rows, widthOf(process.stdout)))
      context.out(visible(line));
    if (total > items.length) context.say(`… and ${total - items.length} more.`);
    return 0;
  },
};

export const advisoriesAdd: Command = {
  name: "admin advisories add",
  summary: "Write an advisory of your own, in OSV format",
  usage: "admin advisories add FILE",
  options: DATA_OPTION,
  async run(context) {
    const path = onlyWord(context.positionals, "a JSON file", this.usage);
    const document = await readDocument(path);
    const added = await withServer(configOf(context).config, ({ advisories }) => advisories.add(SYSTEM, document));
    if (context.json) context.out(JSON.stringify({ id: added.id }));
    else context.out(`Added ${added.id}.`);
    return 0;
  },
};

export const advisoriesWithdraw: Command = {
  name: "admin advisories withdraw",
  summary: "Withdraw an advisory of your own",
  usage: "admin advisories withdraw ID",
  options: DATA_OPTION,
  async run(context) {
    const id = onlyWord(context.positionals, "the id of an advisory", this.usage);
    const { withdrawn } = await withServer(configOf(context).config, ({ advisories }) =>
      advisories.withdraw(SYSTEM, id),
    );
    if (context.json) context.out(JSON.stringify({ id, withdrawn }));
    else context.out(`Withdrew ${visible(id)}.`);
    return 0;
  },
};

async function readDocument(path: string): Promise<Record<string, unknown>> {
  const file = Bun.file(path);
  if (!(await file.exists()) || file.size > 2 ** 20)
    throw new UsageError(`${visible(path)} is no file of at most 1 MiB.`);
  const document: unknown = await file.json().catch(() => null);
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw new UsageError(`${visible(path)} is not a JSON object.`);
  return document as Record<string, unknown>;
}
