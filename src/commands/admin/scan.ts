import { withServer } from "../../app-command.ts";
import { SYSTEM } from "../../core/actor.ts";
import { type Command, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { readVersionRef } from "../session.ts";

export const scan: Command = {
  name: "admin scan",
  summary: "Ask for fresh scans of versions",
  usage: "admin scan REF@VERSION… | --all | --outdated",
  options: {
    ...DATA_OPTION,
    all: { type: "boolean", help: "Every version." },
    outdated: { type: "boolean", help: "Every version that was scanned with other scanners or rules than today's." },
  },
  async run(context) {
    const { all, outdated } = context.values;
    const refs = context.positionals.map(readVersionRef);
    if ([all, outdated, refs.length > 0].filter(Boolean).length !== 1)
      throw new UsageError(`Name versions, or --all, or --outdated: marketplace ${this.usage}`);
    const asked = await withServer(configOf(context).config, async ({ compliance, clamav }) => {
      // The running server knows clamd's signatures; without them every version would count as outdated here.
      await clamav?.refresh();
      if (refs.length === 0) return compliance.rescanVersions(all ? "all" : "outdated", new AbortController().signal);
      for (const { name, selector } of refs) await compliance.rescan(SYSTEM, name, selector);
      return refs.length;
    });
    if (context.json) context.out(JSON.stringify({ requested: asked }));
    else
      context.say(
        `${asked} ${asked === 1 ? "scan waits" : "scans wait"} for the server to run ${asked === 1 ? "it" : "them"}.`,
      );
    return 0;
  },
};
