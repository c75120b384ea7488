import { withServer } from "../../app-command.ts";
import { type Command, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";

const STATUSES = ["waiting", "running", "done", "failed"] as const;

export const jobsList: Command = {
  name: "admin jobs list",
  summary: "List background jobs, newest first",
  usage: "admin jobs list [--status waiting|running|done|failed] [--kind KIND] [--limit N]",
  options: {
    ...DATA_OPTION,
    status: { type: "string", value: "STATUS", help: "Only waiting, running, done or failed ones." },
    kind: { type: "string", value: "KIND", help: "Only jobs of this kind." },
    limit: { type: "string", value: "N", help: "At most so many (default 50)." },
  },
  async run(context) {
    const word = textOption(context, "status");
    const status = STATUSES.find((known) => known === word);
    if (word !== undefined && !status) throw new UsageError(`"${word}" is no status: write ${STATUSES.join(", ")}.`);
    const perPage = Number(textOption(context, "limit") ?? 50);
    if (!Number.isInteger(perPage) || perPage < 1) throw new UsageError("--limit must be a whole number above 0.");
    const filter = { status, kind: textOption(context, "kind") };
    const { items, total } = await withServer(configOf(context).config, ({ jobs }) =>
      jobs.list(filter, { page: 1, perPage }),
    );
    if (context.json) {
      context.out(JSON.stringify({ jobs: items, total }, null, 2));
      return 0;
    }
    const rows = items.map((job) => [
      job.id,
      job.status,
      job.kind,
      `${job.attempts}/${job.maxAttempts}`,
      job.runAt,
      job.lastError ?? "",
    ]);
    for (const line of table(["ID", "STATUS", "KIND", "TRIES", "RUN AT", "ERROR"], rows, widthOf(process.stdout)))
      context.out(line);
    if (total > items.length) context.say(`… and ${total - items.length} more.`);
    return 0;
  },
};

export const jobsRetry: Command = {
  name: "admin jobs retry",
  summary: "Have failed jobs tried again",
  usage: "admin jobs retry ID… | --all",
  options: { ...DATA_OPTION, all: { type: "boolean", help: "Every job that failed for good." } },
  async run(context) {
    const ids = context.positionals;
    const all = context.values["all"] === true;
    if (all === ids.length > 0) throw new UsageError(`Name jobs, or --all: marketplace ${this.usage}`);
    const retried = await withServer(configOf(context).config, async ({ jobs }) => {
      if (all) return jobs.retry();
      let count = 0;
      for (const id of ids) count += await jobs.retry(id);
      return count;
    });
    if (context.json) context.out(JSON.stringify({ retried }));
    else context.say(`${retried} ${retried === 1 ? "job waits" : "jobs wait"} for the server again.`);
    return all || retried === ids.length ? 0 : 1;
  },
};
