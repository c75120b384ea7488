import { visibleJson } from "../client/visible-text.ts";
import type { Command } from "./command.ts";
import { connect, onlyWord, readRef } from "./session.ts";
import { sizeText, table, widthOf } from "./terminal.ts";

export const versions: Command = {
  name: "versions",
  summary: "List the versions of an asset",
  usage: "versions REF",
  options: {},
  async run(context) {
    const { name } = readRef(onlyWord(context.positionals, "an asset", versions.usage));
    const client = await connect(context);
    const [asset, list] = await Promise.all([client.assets.read(name), client.versions.list(name)]);
    if (context.json) {
      context.out(visibleJson({ data: list, channels: asset.channels ?? {} }));
      return 0;
    }
    const channelsOf = (version: string) =>
      Object.entries(asset.channels ?? {})
        .filter(([, at]) => at === version)
        .map(([channel]) => channel)
        .join(", ");
    const rows = list.map((version) => [
      version.version,
      version.yanked ? "yanked" : version.status,
      version.verdict,
      (version.released_at ?? version.created_at).slice(0, 10),
      sizeText(version.size),
      channelsOf(version.version),
      version.digest.slice(0, 19),
    ]);
    const header = ["VERSION", "STATUS", "VERDICT", "DATE", "SIZE", "CHANNELS", "DIGEST"];
    if (rows.length > 0) for (const line of table(header, rows, widthOf(process.stdout))) context.out(line);
    else context.say(`${name} has no versions yet.`);
    return 0;
  },
};
