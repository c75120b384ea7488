import type { Client } from "../client/index.ts";
import { auditLock, freshRecalls, type Lock } from "../client/install/index.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { systemClock } from "../core/clock.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { clientFor, optionsOf, PLACE_OPTIONS, placeOf, requireLock } from "./installation.ts";
import { textOption } from "./session.ts";

export const audit: Command = {
  name: "audit",
  summary: "Ask the server how the installed versions stand today",
  usage: "audit [--report PROJECT] [--scope user|project] [--dir D]",
  options: optionsOf(
    {
      report: {
        type: "string",
        value: "PROJECT",
        help: "Tell the server, under this name, which versions the lockfile holds: you are told when one is recalled.",
      },
    },
    PLACE_OPTIONS,
  ),
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("audit takes no words: it looks at the whole lockfile.");
    const lock = await requireLock(placeOf(context));
    const client = await clientFor(context, lock);
    const recalls = await freshRecalls(client, context.env, systemClock.now());
    for (const note of recalls.notes) context.say(`note: ${visible(note)}`);
    const results = await auditLock(client, lock, recalls);
    await report(context, client, lock);
    const wrong = results.filter(({ problems }) => problems.length > 0);
    if (context.json) context.out(visibleJson({ ok: wrong.length === 0, assets: results }));
    else {
      for (const { ref, version, problems, notes, newer } of results) {
        for (const problem of problems) context.out(`WRONG ${ref}@${version}: ${visible(problem)}`);
        for (const note of notes) context.out(`note ${ref}@${version}: ${visible(note)}`);
        if (newer !== null) context.out(`newer ${ref}@${version}: ${visible(newer)} is out`);
      }
      context.say(
        wrong.length === 0
          ? `${results.length} checked, nothing is wrong.`
          : `${wrong.length} of ${results.length} should not be used.`,
      );
    }
    return wrong.length === 0 ? 0 : 1;
  },
};

/** Only when it was asked for: what a project has is its own business. */
async function report(context: CommandContext, client: Client, lock: Lock): Promise<void> {
  const project = textOption(context, "report");
  if (project === undefined) return;
  const entries = Object.entries(lock.assets).map(([ref, { version, digest }]) => ({ ref, version, digest }));
  await client.recalls.reportLockfile(project, entries);
  context.say(`Told ${client.url} what ${visible(project)} has (${entries.length}).`);
}
