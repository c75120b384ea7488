import { chooseServer, givenToken } from "../client/credentials.ts";
import { type Client, createClient } from "../client/index.ts";
import { keptTokens } from "../client/kept-token.ts";
import { unauthorized } from "../core/error.ts";
import { type AssetRef, parseRef, type Selector } from "../core/name.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** An option's text; undefined when it was not given. */
export function textOption(context: Pick<CommandContext, "values">, name: string): string | undefined {
  const value = context.values[name];
  return typeof value === "string" ? value : undefined;
}

/** The server that is meant, with whatever token there is for it. */
export async function connect(context: Pick<CommandContext, "values" | "env">): Promise<Client> {
  return connectTo(context, await chooseServer(textOption(context, "url"), context.env));
}

/** A client of this server, with the token that was handed in or else the one that `login` kept. */
export async function connectTo(context: Pick<CommandContext, "values" | "env">, url: string): Promise<Client> {
  const given = givenToken(textOption(context, "token"), context.env);
  if (given !== null) return createClient({ url, token: given });
  const freshToken = keptTokens(context.env, url);
  return createClient({ url, token: await freshToken(), freshToken });
}

/** The same, for what strangers cannot do; throws UNAUTHORIZED (exit code 4) before anything is asked. */
export async function connectSignedIn(context: Pick<CommandContext, "values" | "env">): Promise<Client> {
  const client = await connect(context);
  if (client.token === null)
    throw unauthorized(`You are not signed in to ${client.url}. Run "marketplace login --url ${client.url}".`);
  return client;
}

/** Exactly one word, or a UsageError that says which. */
export function onlyWord(positionals: readonly string[], what: string, usage: string): string {
  const [word, ...more] = positionals;
  if (word === undefined || word === "") throw new UsageError(`Name ${what}: marketplace ${usage}`);
  if (more.length > 0) throw new UsageError(`One ${what} at a time: "${more[0]}" is too much. marketplace ${usage}`);
  return word;
}

export function readRef(text: string): AssetRef & { name: string } {
  const ref = parseRef(text);
  if (!ref)
    throw new UsageError(`"${text.slice(0, 160)}" is no asset: write namespace/name, or namespace/name@version.`);
  return { ...ref, name: `${ref.namespace}/${ref.slug}` };
}

/** A REF that must name one version. */
export function readVersionRef(text: string): { name: string; selector: string } {
  const ref = readRef(text);
  if (!ref.selector) throw new UsageError(`Name a version too: ${ref.name}@1.2.3`);
  return { name: ref.name, selector: selectorText(ref.selector) };
}

export function selectorText(selector: Selector): string {
  if (selector.kind === "version") return selector.version;
  return selector.kind === "channel" ? selector.channel : selector.digest;
}
