import { withServer } from "../../app-command.ts";
import type { Command } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";

export const reindex: Command = {
  name: "admin reindex",
  summary: "Have the search index made anew",
  usage: "admin reindex",
  options: DATA_OPTION,
  async run(context) {
    await withServer(configOf(context).config, ({ discovery }) => discovery.indexer.requestRebuild());
    context.say("A running server makes its search index anew now; one that is stopped does at its next start.");
    return 0;
  },
};
