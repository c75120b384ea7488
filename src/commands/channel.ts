import type { AssetWire } from "../client/index.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { isName } from "../core/name.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { connectSignedIn, readRef, readVersionRef } from "./session.ts";

export const channelSet: Command = {
  name: "channel set",
  summary: "Point a channel at a version",
  usage: "channel set REF@VERSION NAME",
  options: {},
  async run(context) {
    const [ref, channel] = twoWords(context, channelSet.usage);
    const { name, selector } = readVersionRef(ref);
    const client = await connectSignedIn(context);
    const { version } = await client.versions.read(name, selector);
    return answer(
      context,
      await client.assets.setChannel(name, channel, version),
      `${name}@${channel} is ${version} now.`,
    );
  },
};

export const channelRemove: Command = {
  name: "channel remove",
  summary: "Remove a channel",
  usage: "channel remove REF NAME",
  options: {},
  async run(context) {
    const [ref, channel] = twoWords(context, channelRemove.usage);
    const { name } = readRef(ref);
    const client = await connectSignedIn(context);
    return answer(
      context,
      await client.assets.removeChannel(name, channel),
      `${name} has no channel ${channel} any more.`,
    );
  },
};

function twoWords({ positionals }: CommandContext, usage: string): [ref: string, channel: string] {
  const [ref, channel, ...more] = positionals;
  if (!ref || !channel || more.length > 0) throw new UsageError(`Usage: marketplace ${usage}`);
  if (!isName(channel))
    throw new UsageError(`"${visible(channel)}" is no name for a channel: use a-z, 0-9 and hyphens.`);
  return [ref, channel];
}

function answer(context: CommandContext, asset: AssetWire, said: string): number {
  if (context.json) context.out(visibleJson(asset));
  context.say(visible(said));
  return 0;
}
