import { withServer } from "../../app-command.ts";
import { SYSTEM } from "../../core/actor.ts";
import type { Command } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { table, widthOf } from "../terminal.ts";

export const secretsList: Command = {
  name: "admin secrets list",
  summary: "Show what is sealed in the database, and with which key",
  usage: "admin secrets list",
  options: DATA_OPTION,
  async run(context) {
    const report = await withServer(configOf(context).config, ({ sealedSecrets }) => sealedSecrets.list(SYSTEM));
    if (context.json) {
      context.out(JSON.stringify(report, null, 2));
      return 0;
    }
    const rows = report.columns.flatMap((place) =>
      place.counts.map(({ key, count, state }) => [`${place.table}.${place.column}`, key ?? "none", state, `${count}`]),
    );
    for (const line of table(["SECRETS", "KEY", "STATE", "COUNT"], rows, widthOf(process.stdout))) context.out(line);
    return 0;
  },
};

export const secretsRotate: Command = {
  name: "admin secrets rotate",
  summary: "Seal every secret in the database with the newest key",
  usage: "admin secrets rotate",
  options: DATA_OPTION,
  async run(context) {
    const { config } = configOf(context);
    const report = await withServer(config, ({ sealedSecrets }) => sealedSecrets.rotate(SYSTEM));
    const { sealed, outdated, lost, keys } = report;
    if (context.json) context.out(JSON.stringify(report, null, 2));
    else {
      context.out(`Sealed ${sealed} anew with the key ${keys[0]}.`);
      if (lost > 0) context.say(`${lost} open with no key that is here: add theirs to [secrets] previous_keys.`);
      if (outdated > 0)
        context.say(`${outdated} were sealed with an older key meanwhile: restart every server, then run this again.`);
      else if (lost === 0 && keys.length > 1) context.say("No other key is needed any more.");
    }
    return outdated + lost > 0 ? 1 : 0;
  },
};
