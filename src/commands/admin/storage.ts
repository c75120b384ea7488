import { collectGarbageNow, scrubNow } from "../../app-command.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { textOption } from "../session.ts";
import { createProgress, sizeText } from "../terminal.ts";

export const gc: Command = {
  name: "admin gc",
  summary: "Remove stored bytes that no version needs",
  usage: "admin gc",
  options: DATA_OPTION,
  run: (context) =>
    untilInterrupted(async (signal) => {
      const progress = createProgress(context.quiet || context.json);
      const report = await collectGarbageNow(
        configOf(context).config,
        (blobs, bytes) => progress.show(`${blobs} blobs, ${sizeText(bytes)}`),
        signal,
      );
      progress.end();
      const { seen, removed, removedBytes, stopped } = report;
      if (context.json) context.out(JSON.stringify(report));
      else context.out(`Removed ${removed} of ${seen} blobs (${sizeText(removedBytes)}).`);
      return ended(context, stopped);
    }),
};

export const scrub: Command = {
  name: "admin scrub",
  summary: "Read every stored byte and hold it against its digest",
  usage: "admin scrub [--rate MIB]",
  options: { ...DATA_OPTION, rate: { type: "string", value: "MIB", help: "At most so many MiB a second." } },
  run: (context) =>
    untilInterrupted(async (signal) => {
      const bytesPerSecond = rateOf(textOption(context, "rate"));
      const progress = createProgress(context.quiet || context.json);
      const onBlob = (blobs: number, bytes: number) => progress.show(`${blobs} blobs, ${sizeText(bytes)}`);
      const report = await scrubNow(configOf(context).config, { bytesPerSecond, onBlob, signal });
      progress.end();
      if (context.json) context.out(JSON.stringify(report));
      else {
        for (const digest of report.damaged) context.out(`damaged ${digest}`);
        for (const digest of report.missing) context.out(`missing ${digest}`);
        context.out(
          `Read ${report.checked} blobs (${sizeText(report.checkedBytes)}): ` +
            `${report.damagedCount} damaged, ${report.missingCount} missing.`,
        );
        if (report.damagedCount + report.missingCount > 0)
          context.say(
            'Copy them from a backup, or publish the same files again; "marketplace doctor" says where they are used.',
          );
      }
      const troubled = report.damagedCount + report.missingCount > 0;
      return troubled ? 1 : ended(context, signal.aborted);
    }),
};

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (!(rate > 0)) throw new UsageError(`--rate ${text.slice(0, 40)} is no number of MiB a second.`);
  return rate * 2 ** 20;
}

function ended(context: CommandContext, stopped: boolean): number {
  if (stopped) context.say("Stopped before the end.");
  return stopped ? 2 : 0;
}

/** Gives `work` a signal that Ctrl-C aborts, so that it ends between two blobs and can report; a second Ctrl-C kills. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
