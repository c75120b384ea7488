import { withTransparencyLog } from "../../app-command.ts";
import { visible } from "../../client/visible-text.ts";
import type { Command } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";

export const transparencyVerify: Command = {
  name: "admin transparency verify",
  summary: "Find what was changed or taken out of the transparency log",
  usage: "admin transparency verify [--data DIR]",
  options: DATA_OPTION,
  async run(context) {
    const found = await withTransparencyLog(configOf(context).config, (log) => log.verify());
    const whole = found.problems.length === 0;
    if (context.json) context.out(JSON.stringify({ ok: whole, ...found }, null, 2));
    else {
      for (const { index, problem } of found.problems) context.out(`WRONG at ${index}: ${visible(problem)}`);
      context.say(
        whole
          ? `${found.size} entries, and the log is whole. Its root: ${found.root}`
          : `The transparency log is not what was written: see the first of ${found.problems.length} at entry ${found.problems[0]?.index}.`,
      );
    }
    return whole ? 0 : 1;
  },
};
