import { hostname } from "node:os";
import { resolve } from "node:path";
import type { SigningKeyWire } from "../client/index.ts";
import { keepKey, localKeys, publicKeyIn } from "../client/signing-keys.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { notFound } from "../core/error.ts";
import { slugify } from "../core/name.ts";
import { generatePrivateKey } from "../core/signing/ed25519.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { connectSignedIn, onlyWord, textOption } from "./session.ts";
import { labelled, table, widthOf } from "./terminal.ts";

const MAX_KEY_FILE = 8 * 1024;
const name = { type: "string", value: "NAME", help: "What to call it (default: this computer's name)." } as const;

const nameOption = (context: CommandContext): string => textOption(context, "name") ?? slugify(hostname()) ?? "default";

/** Makes an Ed25519 key pair; the private half never leaves this computer. */
export const keysGenerate: Command = {
  name: "keys generate",
  summary: "Make a key to sign with, and register it",
  usage: "keys generate [--name NAME] [--local]",
  options: { name, local: { type: "boolean", help: "Do not register it with the server." } },
  async run(context) {
    noWords(context, keysGenerate.usage);
    const register = context.values["local"] !== true;
    // Asked for first: a key that is kept but cannot be registered would be in the way of the next try.
    const client = register ? await connectSignedIn(context) : null;
    await client?.accounts.me();
    const kept = await keepKey(context.env, nameOption(context), generatePrivateKey());
    const registered = (await client?.keys.add(kept.name, kept.publicKey)) ?? null;
    const { fingerprint, publicKey, path } = kept;
    if (context.json)
      context.out(visibleJson({ name: kept.name, fingerprint, public_key: publicKey, path, registered }));
    else {
      const pairs = [
        ["fingerprint", fingerprint],
        ["public key", publicKey],
        ["private key", path],
      ] as const;
      for (const line of labelled(pairs)) context.out(line);
    }
    context.say(
      client
        ? `Registered with ${client.url}. Sign with: marketplace publish PATH --sign`
        : "Not registered anywhere: marketplace keys add PRIVATE-KEY-FILE does that.",
    );
    return 0;
  },
};

export const keysAdd: Command = {
  name: "keys add",
  summary: "Register a public key that you have already",
  usage: "keys add FILE|PUBLIC-KEY [--name NAME]",
  options: { name },
  async run(context) {
    const word = onlyWord(context.positionals, "a key file or public key", keysAdd.usage);
    const publicKey = await publicKeyIn(await textOf(word, context.cwd));
    const client = await connectSignedIn(context);
    const key = await client.keys.add(nameOption(context), publicKey);
    if (context.json) context.out(visibleJson(key));
    else context.out(key.fingerprint);
    context.say(`Registered with ${client.url} as ${visible(key.name)}.`);
    return 0;
  },
};

async function textOf(word: string, cwd: string): Promise<string> {
  const file = Bun.file(resolve(cwd, word));
  if (!(await file.exists())) return word;
  if (file.size > MAX_KEY_FILE) throw new UsageError(`${visible(word)} is too large to be a key.`);
  return file.text();
}

export const keysList: Command = {
  name: "keys list",
  summary: "List your keys",
  usage: "keys list [--local]",
  options: { local: { type: "boolean", help: "Only those of this computer; no server is asked." } },
  async run(context) {
    noWords(context, keysList.usage);
    const local = await localKeys(context.env);
    const registered = context.values["local"] ? [] : await (await connectSignedIn(context)).keys.list();
    const pathOf = (fingerprint: string) => local.find((key) => key.fingerprint === fingerprint)?.path ?? null;
    const unregistered = local.filter((key) => !registered.some((other) => other.fingerprint === key.fingerprint));
    if (context.json) {
      const here = unregistered.map(({ name, fingerprint, publicKey, path }) => ({
        name,
        fingerprint,
        public_key: publicKey,
        path,
      }));
      const known = registered.map((key) => ({ ...key, path: pathOf(key.fingerprint) }));
      context.out(visibleJson({ registered: known, unregistered: here }));
      return 0;
    }
    const rows = [
      ...registered.map((key) => [key.name, stateOf(key), pathOf(key.fingerprint) ? "yes" : "", key.fingerprint]),
      ...unregistered.map((key) => [key.name, context.values["local"] ? "" : "not registered", "yes", key.fingerprint]),
    ];
    const lines = table(["NAME", "STATE", "HERE", "FINGERPRINT"], rows, widthOf(process.stdout));
    if (rows.length > 0) for (const line of lines) context.out(line);
    else context.say('You have no keys. Make one with "marketplace keys generate".');
    return 0;
  },
};

const stateOf = (key: SigningKeyWire): string =>
  key.revoked_at === null ? "valid" : `revoked ${key.revoked_at.slice(0, 10)}`;

export const keysRevoke: Command = {
  name: "keys revoke",
  summary: "Revoke a key: what it signed counts as unsigned from now on",
  usage: "keys revoke ID|FINGERPRINT|NAME [--reason TEXT]",
  options: { reason: { type: "string", value: "TEXT", help: "Why; shown to everybody." } },
  async run(context) {
    const word = onlyWord(context.positionals, "a key", keysRevoke.usage);
    const client = await connectSignedIn(context);
    const valid = (await client.keys.list()).filter((key) => key.revoked_at === null);
    const meant = valid.filter((key) => [key.id, key.fingerprint, key.name].includes(word));
    if (meant.length > 1) throw new UsageError(`Several keys are called ${visible(word)}: give the fingerprint.`);
    const key = meant[0];
    if (!key) throw notFound(`valid signing key ${visible(word.slice(0, 80))}`);
    await client.keys.revoke(key.id, textOption(context, "reason") ?? "");
    if (context.json) context.out(visibleJson({ id: key.id, fingerprint: key.fingerprint, revoked: true }));
    context.say(`Revoked ${key.fingerprint}. What it signed counts as unsigned now; this cannot be undone.`);
    return 0;
  },
};

function noWords({ positionals }: CommandContext, usage: string): void {
  if (positionals.length > 0) throw new UsageError(`"${visible(positionals[0]!)}" is too much. marketplace ${usage}`);
}
