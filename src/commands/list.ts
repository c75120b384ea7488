import { visibleJson } from "../client/visible-text.ts";
import { lockAt, type LockedAsset } from "../client/install/index.ts";
import { type Command, UsageError } from "./command.ts";
import { PLACE_OPTIONS, placeOf } from "./installation.ts";
import { table, widthOf } from "./terminal.ts";

export const list: Command = {
  name: "list",
  summary: "List what is installed",
  usage: "list [--scope user|project] [--dir D]",
  options: PLACE_OPTIONS,
  async run(context) {
    if (context.positionals.length > 0)
      throw new UsageError('list takes no words. See "marketplace info REF" for one asset.');
    const { root, lockPath, scope } = placeOf(context);
    const lock = await lockAt(root, lockPath, scope);
    const assets = Object.entries(lock?.assets ?? {});
    if (context.json) {
      const rows = assets.map(([ref, { files: _, ...asset }]) => ({ ref, ...asset }));
      context.out(visibleJson({ server: lock?.server ?? null, assets: rows }));
    } else if (assets.length === 0) context.say("Nothing is installed here.");
    else {
      const rows = assets.map(([ref, asset]) => [
        ref,
        asset.version,
        asset.kind,
        signedText(asset),
        forText(asset),
        placesText(asset),
      ]);
      for (const line of table(["ASSET", "VERSION", "KIND", "SIGNED", "FOR", "WHERE"], rows, widthOf(process.stdout)))
        context.out(line);
    }
    return 0;
  },
};

const signedText = ({ signature }: LockedAsset): string => (signature === null ? "no" : "yes");

const forText = ({ range, places }: LockedAsset): string => {
  const agents = [...new Set(places.map(({ agent }) => agent ?? "any"))].join(", ");
  return range === null ? `${agents} (needed)` : agents;
};

const placesText = ({ places }: LockedAsset): string => [...new Set(places.map(({ path }) => path))].join(", ");
