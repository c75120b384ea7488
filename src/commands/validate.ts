import { resolve } from "node:path";
import { openPackage } from "../client/local-package.ts";
import { visibleJson } from "../client/visible-text.ts";
import type { Command } from "./command.ts";
import { packageJson, packageLines, warningLines } from "./package-text.ts";
import { onlyWord } from "./session.ts";

/** Everything that can be said of a package without a server. */
export const validate: Command = {
  name: "validate",
  summary: "Check a folder, archive or file without publishing it",
  usage: "validate PATH",
  options: {},
  async run(context) {
    const path = onlyWord(context.positionals, "a folder, archive or file", validate.usage);
    const local = await openPackage(resolve(context.cwd, path));
    if (context.json) context.out(visibleJson({ valid: true, ...packageJson(local, local.slug) }));
    else for (const line of packageLines(local, local.slug)) context.out(line);
    if (!context.json) for (const line of warningLines(local.warnings)) context.say(line);
    return 0;
  },
};
