import { type Credential, chooseServer, forgetCredential } from "../client/credentials.ts";
import { createClient } from "../client/index.ts";
import { visibleJson } from "../client/visible-text.ts";
import { AppError } from "../core/error.ts";
import type { Command, CommandContext } from "./command.ts";
import { textOption } from "./session.ts";

/** Forgets the token of a server, and ends the sign-in that `login` began. */
export const logout: Command = {
  name: "logout",
  summary: "Sign out of a server",
  usage: "logout [--url URL]",
  options: {},
  async run(context) {
    const url = await chooseServer(textOption(context, "url"), context.env);
    const forgotten = await forgetCredential(context.env, url);
    context.say(forgotten ? `Signed out of ${url}.` : `You were not signed in to ${url}.`);
    if (forgotten) await endSession(context, url, forgotten);
    if (context.json) context.out(visibleJson({ url, signed_out: forgotten !== null }));
    return 0;
  },
};

/** The tokens that `login` got are of no more use to anybody; one that was handed in is its owner's affair. */
export async function endSession(context: CommandContext, url: string, { session }: Credential): Promise<void> {
  if (session === null) return;
  try {
    await createClient({ url, token: null }).accounts.logout(session.refreshToken);
  } catch (error) {
    if (error instanceof AppError && (error.status === 401 || error.status === 404)) return;
    context.say(
      `warning: its tokens could not be revoked; sign it out on ${url}/settings/command-lines. ${(error as Error).message}`,
    );
  }
}
