import { auditLock } from "../client/install/index.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { type Command, UsageError } from "./command.ts";
import { clientFor, PLACE_OPTIONS, placeOf, requireLock } from "./installation.ts";

export const audit: Command = {
  name: "audit",
  summary: "Ask the server how the installed versions stand today",
  usage: "audit [--scope user|project] [--dir D]",
  options: PLACE_OPTIONS,
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("audit takes no words: it looks at the whole lockfile.");
    const lock = await requireLock(placeOf(context));
    const results = await auditLock(await clientFor(context, lock), lock);
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
