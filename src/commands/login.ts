import { hostname } from "node:os";
import { type Client, createClient } from "../client/index.ts";
import { chooseServer, credentialsPath, readCredentials, saveCredential } from "../client/credentials.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { endKey } from "./logout.ts";
import { ask, readStdinLine } from "./prompt.ts";
import { textOption } from "./session.ts";

/** Asks for user name and password, or takes a token from standard input, and keeps an API key for later commands. */
export const login: Command = {
  name: "login",
  summary: "Sign in to a server",
  usage: "login [--url URL] [--with-token]",
  options: {
    "with-token": { type: "boolean", help: "Read an API key or access token from standard input." },
    username: { type: "string", short: "u", value: "NAME", help: "Do not ask for the name." },
  },
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError('Give the server with --url, as in "login --url URL".');
    const url = await serverFor(context);
    if (url.startsWith("http://") && !/^http:\/\/(?:127\.|localhost|\[::1\])/.test(url))
      context.say(`warning: ${url} is not encrypted: passwords and tokens can be read on the way.`);
    const credential = context.values["with-token"] ? await givenToken(url) : await tokenForPassword(url, context);
    const before = (await readCredentials(context.env)).servers[url];
    await saveCredential(context.env, url, credential);
    if (before && before.token !== credential.token) await endKey(context, url, before);
    const { username } = credential;
    context.say(`Signed in to ${url} as ${visible(username)}. The token is kept in ${credentialsPath(context.env)}.`);
    if (context.json) context.out(visibleJson({ url, username }));
    return 0;
  },
};

async function serverFor(context: CommandContext): Promise<string> {
  const given = textOption(context, "url");
  if (given || context.env["MARKETPLACE_URL"] || !context.interactive) return chooseServer(given, context.env);
  const known = await chooseServer(undefined, context.env).catch(() => null);
  const answer = await ask(known ? `Server [${known}]: ` : "Server (https://…): ");
  return chooseServer(answer.trim() || known || undefined, context.env);
}

async function givenToken(url: string) {
  const token = await readStdinLine();
  if (token === "")
    throw new UsageError("There is no token on standard input: echo $TOKEN | marketplace login --with-token");
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError("What standard input holds is no token.");
  const user = await createClient({ url, token }).accounts.me();
  return { token, username: user.username, keyId: null };
}

async function tokenForPassword(url: string, context: CommandContext) {
  if (!context.interactive)
    throw new UsageError("Nobody can be asked here: use --with-token and give an API key on standard input.");
  const username = (textOption(context, "username") ?? (await ask("User name: "))).trim();
  const password = await ask("Password: ", { secret: true });
  return exchange(createClient({ url, token: null }), url, username, password);
}

/** A password becomes an API key that can read and publish and is revoked by `logout`; the password is kept nowhere. */
async function exchange(anonymous: Client, url: string, username: string, password: string) {
  const tokens = await anonymous.accounts.login(username, password);
  const client = createClient({ url, token: tokens.access_token });
  const name = `marketplace login on ${hostname()}`.slice(0, 100);
  const { id, key } = await client.accounts.createApiKey({ name, scopes: ["read", "publish"] });
  await client.accounts.logout(tokens.refresh_token);
  return { token: key, username: tokens.user.username, keyId: id };
}
