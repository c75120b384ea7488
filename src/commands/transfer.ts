import { visible, visibleJson } from "../client/visible-text.ts";
import { isName } from "../core/name.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { connectSignedIn, readRef, textOption } from "./session.ts";

function twoWords({ positionals }: CommandContext, usage: string): [ref: string, to: string] {
  const [word = "", to = "", ...more] = positionals;
  const ref = readRef(word);
  if (ref.selector) throw new UsageError(`An asset moves as a whole, with all its versions: marketplace ${usage}`);
  if (!isName(to) || more.length > 0) throw new UsageError(`Name one asset and where it goes: marketplace ${usage}`);
  return [ref.name, to];
}

/** Gives an asset to another namespace, or offers it there; the old name goes on leading to it. */
export const transfer: Command = {
  name: "transfer",
  summary: "Give an asset to another namespace",
  usage: "transfer REF NAMESPACE [--name NAME]",
  options: { name: { type: "string", value: "NAME", help: "What it is called there (default: as here)." } },
  async run(context) {
    const [ref, to] = twoWords(context, transfer.usage);
    const client = await connectSignedIn(context);
    const { data: asset, meta } = await client.assets.transfer(ref, to, textOption(context, "name"));
    if (context.json) context.out(visibleJson({ ref: asset.ref, ...meta }));
    context.say(
      meta.moved
        ? `${ref} is ${visible(asset.ref)} now. The old name goes on leading there, and signatures go on saying it.`
        : `Offered to ${to}: it moves when an owner there takes it, within seven days.`,
    );
    return 0;
  },
};

/** Gives an asset another name in its namespace; the old one goes on leading to it. */
export const rename: Command = {
  name: "rename",
  summary: "Give an asset another name",
  usage: "rename REF NAME",
  options: {},
  async run(context) {
    const [ref, to] = twoWords(context, rename.usage);
    const client = await connectSignedIn(context);
    const asset = await client.assets.rename(ref, to);
    if (context.json) context.out(visibleJson(asset));
    context.say(`${ref} is ${visible(asset.ref)} now. The old name goes on leading there.`);
    return 0;
  },
};
