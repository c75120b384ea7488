import { desiredAfter, type Lock } from "../client/install/index.ts";
import type { Command } from "./command.ts";
import {
  askedFor,
  changeInstallation,
  FORCE_OPTION,
  noLock,
  optionsOf,
  PLACE_OPTIONS,
  placeOf,
  targetsIn,
  TRUST_OPTION,
} from "./installation.ts";
import { notInstalled } from "./not-installed.ts";

export const update: Command = {
  name: "update",
  summary: "Move to the newest versions that fit what was asked for",
  usage: "update [REF…] [--scope user|project] [--dir D]",
  options: optionsOf(PLACE_OPTIONS, FORCE_OPTION, TRUST_OPTION),
  async run(context) {
    const { otherwise } = targetsIn({ ...context, values: { ...context.values, dir: undefined } });
    return changeInstallation(context, placeOf(context), async ({ lock, client, apply }) => {
      if (!lock) throw noLock();
      const asked = askedOf(lock, context.positionals);
      return apply(await desiredAfter(client, lock, { asked, targets: [], otherwise, loosen: true }));
    });
  },
};

/** The named assets, or all that were asked for, each in its range or the one that is given now. */
export function askedOf(lock: Lock, words: readonly string[]) {
  const named = words.map((word) => {
    const { ref, range } = askedFor(word);
    const asset = lock.assets[ref];
    if (!asset) throw notInstalled(ref, lock);
    return { ref, range: word === ref ? asset.range : range };
  });
  const all = words.length > 0 ? named : Object.entries(lock.assets).map(([ref, { range }]) => ({ ref, range }));
  // What is only needed by others moves with them.
  return all.flatMap(({ ref, range }) => (range === null ? [] : [{ ref, range }]));
}
