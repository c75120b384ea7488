import { hostname } from "node:os";
import { chooseServer, type Credential, credentialsPath, saveCredential } from "../client/credentials.ts";
import { awaitDeviceLogin, beginDeviceLogin } from "../client/device-login.ts";
import { createClient } from "../client/index.ts";
import { credentialOf } from "../client/kept-token.ts";
import { openBrowser } from "../client/open-browser.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { AppError } from "../core/error.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { endSession } from "./logout.ts";
import { ask, readStdinLine } from "./prompt.ts";
import { textOption } from "./session.ts";

/** Signs in through a browser on any machine, or takes a token from standard input, and keeps it for later commands. */
export const login: Command = {
  name: "login",
  summary: "Sign in to a server",
  usage: "login [--url URL] [--with-token]",
  options: {
    "with-token": { type: "boolean", help: "Read an API key or access token from standard input." },
  },
  async run(context) {
    if (context.positionals.length > 0) throw new UsageError('Give the server with --url, as in "login --url URL".');
    const url = await serverFor(context);
    if (url.startsWith("http://") && !/^http:\/\/(?:127\.|localhost|\[::1\])/.test(url))
      context.say(`warning: ${url} is not encrypted: tokens can be read on the way.`);
    const credential = context.values["with-token"] ? await givenCredential(url) : await deviceCredential(url, context);
    const before = await saveCredential(context.env, url, credential);
    if (before && before.token !== credential.token) await endSession(context, url, before);
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

async function givenCredential(url: string): Promise<Credential> {
  const token = await readStdinLine();
  if (token === "")
    throw new UsageError("There is no token on standard input: echo $TOKEN | marketplace login --with-token");
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError("What standard input holds is no token.");
  const user = await createClient({ url, token }).accounts.me();
  return { token, username: user.username, session: null };
}

/** The browser may be on another machine than this one: over ssh whoever reads the code opens the address at home. */
async function deviceCredential(url: string, context: CommandContext): Promise<Credential> {
  const { transport } = createClient({ url, token: null });
  const start = await beginDeviceLogin(transport, { clientId: "marketplace", hostname: hostname() });
  const address = pageOf(url, start.verification_uri);
  const filled = pageOf(url, start.verification_uri_complete);
  // Not with `say`: without these two lines nobody could go on.
  process.stderr.write(`Open ${address} and type the code ${visible(start.user_code)}\n`);
  if (context.interactive && openBrowser(filled, context.env)) context.say("Your browser was opened there.");
  const pair = await awaitDeviceLogin(transport, start);
  const user = await createClient({ url, token: pair.access_token }).accounts.me();
  return credentialOf(user.username, pair);
}

/** A server must not send anybody's browser, or a command of theirs, anywhere else. */
function pageOf(url: string, address: string): string {
  const page = URL.parse(address);
  if (page === null || !/^https?:$/.test(page.protocol))
    throw new AppError("SERVICE_UNAVAILABLE", `${url} names no page to sign in at. Check the address.`);
  return visible(page.href);
}
