import { visibleJson } from "../client/visible-text.ts";
import { type Command, UsageError } from "./command.ts";
import { connectSignedIn, onlyWord, readRef, textOption } from "./session.ts";

/** Tells everybody that an asset should no longer be used; it can still be installed. */
export const deprecate: Command = {
  name: "deprecate",
  summary: "Say that an asset should no longer be used",
  usage: "deprecate REF [--reason TEXT] [--undo]",
  options: {
    reason: { type: "string", value: "TEXT", help: "Why, and what to use instead; shown to everybody." },
    undo: { type: "boolean", help: "Recommend it again." },
  },
  async run(context) {
    const ref = readRef(onlyWord(context.positionals, "an asset", deprecate.usage));
    if (ref.selector)
      throw new UsageError(`An asset is deprecated as a whole; for one version: marketplace yank ${ref.name}@…`);
    const client = await connectSignedIn(context);
    const asset = context.values["undo"]
      ? await client.assets.publish(ref.name)
      : await client.assets.deprecate(ref.name, textOption(context, "reason") ?? "");
    if (context.json) context.out(visibleJson(asset));
    context.say(`${ref.name} is ${asset.status}.`);
    return 0;
  },
};
