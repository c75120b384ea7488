import { withUsers } from "../../app-command.ts";
import { type LocalUsers, type UsersClient, usersClient } from "../../client/users-client.ts";
import { AppError, forbidden } from "../../core/error.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { configOf } from "../config.ts";
import { ask, readStdinLine } from "../prompt.ts";
import { connectSignedIn, textOption } from "../session.ts";

/**
 * Whether a server is meant, and not the data on this machine: `--url` or `--token` was given, or their variables are set and
 * neither `--data` nor `--config` was given.
 */
export function isAfar(context: CommandContext): boolean {
  const given = (name: string) => textOption(context, name) !== undefined;
  if (given("url") || given("token")) return true;
  const { MARKETPLACE_URL, MARKETPLACE_TOKEN } = context.env;
  return !given("data") && !given("config") && Boolean(MARKETPLACE_URL || MARKETPLACE_TOKEN);
}

/** The accounts of the server that `--url` or `--token` names, else of the data on this machine. */
export async function onUsers<T>(context: CommandContext, work: (users: UsersClient) => Promise<T>): Promise<T> {
  if (!isAfar(context)) return onLocalUsers(context, work);
  const { transport, url, token } = await connectSignedIn(context);
  return work(usersClient(transport)).catch((error) => {
    throw error instanceof AppError && error.details["reauthenticate"] === true ? tooOld(url, token) : error;
  });
}

/** The accounts of the data on this machine. */
export const onLocalUsers = <T>(context: CommandContext, work: (users: LocalUsers) => Promise<T>): Promise<T> =>
  withUsers(configOf(context).config, work);

export const tooOld = (url: string, token: string | null): AppError =>
  forbidden(
    token?.startsWith("mkt_")
      ? `An API key can never do this: run "marketplace login --url ${url}", then this without the key.`
      : `This needs a sign-in of the last 15 minutes: run "marketplace login --url ${url}", then this again.`,
  );

export const PASSWORD_OPTION = {
  "password-file": {
    type: "string",
    value: "FILE",
    help: "Read the password from a file, not from a prompt or standard input.",
  },
} as const;

/** From --password-file, else asked for twice on a terminal, else the first line of standard input; never from the arguments. */
export async function newPassword(context: CommandContext): Promise<string> {
  const file = textOption(context, "password-file");
  if (file !== undefined) return (await Bun.file(file).text()).replace(/\r?\n$/, "");
  if (!context.interactive) {
    if (process.stdin.isTTY) throw new UsageError("Give --password-file, or the password on standard input.");
    const line = await readStdinLine();
    if (line === "") throw new UsageError("Give --password-file, or the password on standard input: it was empty.");
    return line;
  }
  const password = await ask("New password: ", { secret: true });
  if ((await ask("Once more: ", { secret: true })) !== password)
    throw new UsageError("The two differ; nothing was changed.");
  return password;
}
