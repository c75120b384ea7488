import { migrateDatabase } from "../app-command.ts";
import type { Command } from "./command.ts";
import { configOf, DATA_OPTION } from "./config.ts";

export const migrate: Command = {
  name: "migrate",
  summary: "Bring the database up to this program's tables",
  usage: "migrate [--data DIR]",
  options: DATA_OPTION,
  async run(context) {
    const applied = await migrateDatabase(configOf(context).config);
    if (context.json) context.out(JSON.stringify({ applied }));
    else if (applied.length === 0) context.say("The database is up to date.");
    else for (const name of applied) context.out(`applied ${name}`);
    return 0;
  },
};
