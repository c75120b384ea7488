import { visible, visibleJson } from "../client/visible-text.ts";
import type { Command } from "./command.ts";
import { connectSignedIn } from "./session.ts";

export const whoami: Command = {
  name: "whoami",
  summary: "Print who you are signed in as",
  usage: "whoami",
  options: {},
  async run(context) {
    const client = await connectSignedIn(context);
    const { username, email, role } = await client.accounts.me();
    if (context.json) context.out(visibleJson({ url: client.url, username, email, role }));
    else {
      context.out(visible(username));
      context.say(`signed in to ${client.url}`);
    }
    return 0;
  },
};
