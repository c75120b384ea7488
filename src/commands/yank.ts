import { visibleJson } from "../client/visible-text.ts";
import type { Command } from "./command.ts";
import { connectSignedIn, onlyWord, readVersionRef, textOption } from "./session.ts";

/** Takes a version out of channels and ranges; whoever has it pinned keeps it. */
export const yank: Command = {
  name: "yank",
  summary: "Take a version out of what is chosen by range or channel",
  usage: "yank REF@VERSION [--reason TEXT] [--undo]",
  options: {
    reason: { type: "string", value: "TEXT", help: "Why; shown to everybody." },
    undo: { type: "boolean", help: "Let it be chosen again." },
  },
  async run(context) {
    const { name, selector } = readVersionRef(onlyWord(context.positionals, "a version", yank.usage));
    const client = await connectSignedIn(context);
    const version = context.values["undo"]
      ? await client.versions.unyank(name, selector)
      : await client.versions.yank(name, selector, textOption(context, "reason") ?? "");
    if (context.json) context.out(visibleJson(version));
    context.say(
      version.yanked
        ? `Yanked ${name}@${version.version}. Lockfiles that name it still get it; undo with --undo.`
        : `${name}@${version.version} can be chosen again.`,
    );
    return 0;
  },
};
