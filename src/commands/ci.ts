import { type Command, UsageError } from "./command.ts";
import {
  changeInstallation,
  FORCE_OPTION,
  installFromLock,
  optionsOf,
  PLACE_OPTIONS,
  placeOf,
} from "./installation.ts";

export const ci: Command = {
  name: "ci",
  summary: "Install exactly what the lockfile says",
  usage: "ci [--scope user|project] [--dir D]",
  options: optionsOf(PLACE_OPTIONS, FORCE_OPTION),
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError("ci takes no assets: it installs what the lockfile says.");
    return changeInstallation(context, placeOf(context), installFromLock);
  },
};
