import { withServer } from "../../app-command.ts";
import { SYSTEM } from "../../core/actor.ts";
import type { Command } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";

export const tokensRotate: Command = {
  name: "admin tokens rotate",
  summary: "Have a new key sign access tokens",
  usage: "admin tokens rotate [--revoke]",
  options: {
    ...DATA_OPTION,
    revoke: { type: "boolean", help: "The key may be known to others: end every access and refresh token at once." },
  },
  async run(context) {
    const revoke = context.values["revoke"] === true;
    const keys = await withServer(configOf(context).config, async ({ accounts }) => {
      await accounts.tokenKeys.rotate(SYSTEM, { revoke });
      return accounts.tokenKeys.list(SYSTEM);
    });
    if (context.json) context.out(JSON.stringify({ keys }, null, 2));
    else if (revoke)
      context.say("Every access and refresh token has ended: command lines and tools sign in again. Browsers stay.");
    else context.say("A new key is published; it signs in ten minutes, and what the old one signed stays valid.");
    return 0;
  },
};
