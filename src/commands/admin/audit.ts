import { withAuditLog } from "../../app-command.ts";
import { type AuditLogClient, auditLogClient, type AuditLogQuery } from "../../client/audit-log-client.ts";
import { visible } from "../../client/visible-text.ts";
import { type Command, type CommandContext, type CommandOption, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { isAfar } from "./user-access.ts";
import { connectSignedIn, textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";

const FILTERS: Record<string, CommandOption> = {
  actor: { type: "string", value: "NAME", help: "Who did it: a user name or an account's id." },
  action: { type: "string", value: "ACTION", help: "What was done, or its beginning: session." },
  subject: { type: "string", value: "NAME", help: "On what: a user name, namespace/name or an id." },
  outcome: { type: "string", value: "OUTCOME", help: "success, denied or failure." },
  from: { type: "string", value: "DAY", help: "From this day (UTC) or instant on." },
  to: { type: "string", value: "DAY", help: "To the end of this day, or before this instant." },
};

const MAX_LISTED = 10_000;

export const auditVerify: Command = {
  name: "admin audit verify",
  summary: "Find what was changed or taken out of the audit log",
  usage: "admin audit verify [--anchor NUMBER:HASH] [--url URL --token TOKEN]",
  options: {
    ...DATA_OPTION,
    anchor: {
      type: "string",
      value: "NUMBER:HASH",
      help: "An end of the log noted down earlier, which must still be in it.",
    },
  },
  async run(context) {
    const found = await onLog(context, (log) => log.verify(textOption(context, "anchor")));
    const whole = found.problems.length === 0;
    if (context.json) context.out(JSON.stringify({ ok: whole, ...found }, null, 2));
    else {
      for (const { seq, problem } of found.problems) context.out(`WRONG at ${seq}: ${visible(problem)}`);
      context.say(
        whole
          ? `${found.entries} entries, and the log is whole. Its end, to be noted down: ${found.head}`
          : `The audit log is not what was written: see the first of ${found.problems.length} at entry ${found.problems[0]?.seq}.`,
      );
    }
    return whole ? 0 : 1;
  },
};

export const auditList: Command = {
  name: "admin audit list",
  summary: "List the audit log, newest first",
  usage:
    "admin audit list [--actor NAME] [--action ACTION] [--subject NAME] [--outcome O] [--from DAY] [--to DAY] [--limit N]",
  options: { ...DATA_OPTION, ...FILTERS, limit: { type: "string", value: "N", help: "At most so many (default 50)." } },
  async run(context) {
    const limit = Number(textOption(context, "limit") ?? 50);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED)
      throw new UsageError(`--limit must be a whole number from 1 to ${MAX_LISTED}.`);
    const entries = await onLog(context, (log) => log.list(queryOf(context), limit));
    if (context.json) {
      context.out(JSON.stringify(entries, null, 2));
      return 0;
    }
    const rows = entries.map((entry) => [
      String(entry.seq),
      entry.time,
      entry.action,
      entry.outcome,
      visible(entry.actor.name ?? entry.actor.id ?? "-"),
      visible(entry.subject.name ?? entry.subject.id ?? ""),
      entry.address ?? entry.actor.via,
    ]);
    const head = ["NO.", "TIME", "ACTION", "OUTCOME", "WHO", "ON WHAT", "FROM"];
    for (const line of table(head, rows, widthOf(process.stdout))) context.out(line);
    return 0;
  },
};

export const auditExport: Command = {
  name: "admin audit export",
  summary: "Write the audit log as JSON Lines or CSV",
  usage: "admin audit export [--format jsonl|csv] [--out FILE] [--actor NAME] [--action ACTION] …",
  options: {
    ...DATA_OPTION,
    ...FILTERS,
    format: { type: "string", value: "FORMAT", help: "jsonl (default) or csv." },
    out: { type: "string", value: "FILE", help: "Write to a file instead of standard output." },
  },
  async run(context) {
    const format = formatNamed(textOption(context, "format") ?? "jsonl");
    const path = textOption(context, "out");
    const sink = (path === undefined ? Bun.stdout : Bun.file(path)).writer();
    await onLog(context, async (log) => {
      for await (const part of await log.export(queryOf(context), format)) {
        sink.write(part);
        await sink.flush();
      }
    });
    await sink.end();
    if (path !== undefined) context.say(`Wrote ${path}.`);
    return 0;
  },
};

function formatNamed(word: string): "jsonl" | "csv" {
  if (word === "jsonl" || word === "csv") return word;
  throw new UsageError(`"${word.slice(0, 40)}" is no format: write jsonl or csv.`);
}

const queryOf = (context: CommandContext): AuditLogQuery =>
  Object.fromEntries(
    Object.keys(FILTERS).flatMap((name) => {
      const text = textOption(context, name);
      return text === undefined ? [] : [[name, text]];
    }),
  );

/** The log of the server that is meant, else of the data on this machine. */
async function onLog<T>(context: CommandContext, work: (log: AuditLogClient) => Promise<T>): Promise<T> {
  if (isAfar(context)) return work(auditLogClient((await connectSignedIn(context)).transport));
  return withAuditLog(configOf(context).config, work);
}
