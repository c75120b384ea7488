import { desiredAfter, inTurns } from "../client/install/index.ts";
import { visibleJson } from "../client/visible-text.ts";
import { type Command, UsageError } from "./command.ts";
import { clientFor, PLACE_OPTIONS, placeOf, requireLock } from "./installation.ts";
import { table, widthOf } from "./terminal.ts";
import { askedOf } from "./update.ts";

export const outdated: Command = {
  name: "outdated",
  summary: "List what has newer versions",
  usage: "outdated [--scope user|project] [--dir D]",
  options: PLACE_OPTIONS,
  async run(context) {
    if (context.positionals.length > 0)
      throw new UsageError("outdated takes no words: it looks at everything installed.");
    const place = placeOf(context);
    const lock = await requireLock(place);
    const client = await clientFor(context, lock);
    const otherwise = { agent: null, scope: place.scope, folder: "" };
    const asked = askedOf(lock, []);
    const best = await desiredAfter(client, lock, { asked, targets: [], otherwise, loosen: true });
    const wanted = new Map(best.map(({ ref, version }) => [ref, version]));
    const rows = await inTurns(Object.entries(lock.assets), async ([ref, { version }]) => ({
      ref,
      current: version,
      wanted: wanted.get(ref) ?? version,
      latest: (await client.assets.find(ref))?.version ?? null,
    }));
    const old = rows.filter((row) => row.wanted !== row.current || (row.latest !== null && row.latest !== row.current));
    if (context.json) context.out(visibleJson(old));
    else if (old.length === 0) context.say("Everything is up to date.");
    else {
      const cells = old.map((row) => [row.ref, row.current, row.wanted, row.latest ?? "gone"]);
      for (const line of table(["ASSET", "CURRENT", "WANTED", "LATEST"], cells, widthOf(process.stdout)))
        context.out(line);
    }
    return 0;
  },
};
