import type { Client } from "../client/index.ts";
import { chooseKey } from "../client/signing-keys.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { sha256 } from "../core/digest.ts";
import { AppError } from "../core/error.ts";
import { isVersion } from "../core/name.ts";
import { parseManifest } from "../core/package/manifest.ts";
import { signPublication } from "../core/signing/statement.ts";
import type { Command } from "./command.ts";
import { connectSignedIn, onlyWord, readVersionRef, textOption } from "./session.ts";

/** Adds a signature to a version that is on the server already. */
export const sign: Command = {
  name: "sign",
  summary: "Sign a published version",
  usage: "sign REF@VERSION [--key FILE]",
  options: { key: { type: "string", value: "FILE", help: "The key, or a kept key's name." } },
  async run(context) {
    const { name, selector } = readVersionRef(onlyWord(context.positionals, "a version", sign.usage));
    const client = await connectSignedIn(context);
    const { key, fingerprint } = await chooseKey(textOption(context, "key"), context.env);
    const { version, digest } = await client.versions.read(name, selector);
    if (!isVersion(version)) throw lying(name);
    await checkManifest(client, name, selector, digest);
    const envelope = await signPublication(key, { ref: name, version, digest });
    await client.versions.sign(name, version, JSON.stringify(envelope));
    if (context.json) context.out(visibleJson({ ref: name, version, digest, fingerprint }));
    context.say(`Signed ${name}@${visible(version)} (${digest}) with ${fingerprint}.`);
    return 0;
  },
};

/** A signature is for content: the server's word for its digest is not enough. */
async function checkManifest(client: Client, name: string, selector: string, digest: string): Promise<void> {
  const bytes = await client.versions.manifest(name, digest);
  parseManifest(bytes);
  if (sha256(bytes) !== digest || (selector.startsWith("sha256:") && selector !== digest)) throw lying(name);
}

const lying = (name: string): AppError =>
  new AppError(
    "CONFLICT",
    `The server's manifest of ${visible(name)} is not what its digest says. Nothing was signed; tell its administrator.`,
  );
