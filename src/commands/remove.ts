import { desiredWithout } from "../client/install/index.ts";
import { AppError } from "../core/error.ts";
import { type Command, UsageError } from "./command.ts";
import {
  askedFor,
  changeInstallation,
  FORCE_OPTION,
  noLock,
  optionsOf,
  PLACE_OPTIONS,
  placeOf,
  type Work,
} from "./installation.ts";
import { notInstalled } from "./not-installed.ts";

export const remove: Command = {
  name: "remove",
  summary: "Remove assets, and what nothing else needs any more",
  usage: "remove REF… [--scope user|project] [--dir D]",
  options: optionsOf(PLACE_OPTIONS, FORCE_OPTION),
  async run(context) {
    if (context.positionals.length === 0) throw new UsageError("Name an asset: marketplace remove NAMESPACE/NAME…");
    const named = new Set(context.positionals.map((word) => askedFor(word).ref));
    const remove = async ({ lock, apply }: Work) => {
      if (!lock) throw noLock();
      for (const ref of named) if (!lock.assets[ref]) throw notInstalled(ref, lock);
      const desired = desiredWithout(lock, named);
      const needed = desired.find(({ ref }) => named.has(ref) && lock.assets[ref]?.range === null);
      if (needed)
        throw stillNeeded(
          needed.ref,
          desired.filter(({ dependencies }) => needed.ref in dependencies).map(({ ref }) => ref),
        );
      return apply(desired, { keepRecalled: true });
    };
    return changeInstallation(context, placeOf(context), remove, { offline: true });
  },
};

const stillNeeded = (ref: string, by: string[]) =>
  new AppError("CONFLICT", `${ref} is needed by ${by.join(", ")}. Remove that first; this goes with it.`);
