import { fetchCiToken, hasCiToken } from "../client/ci-token.ts";
import { chooseServer } from "../client/credentials.ts";
import { type Client, createClient } from "../client/index.ts";
import { type LocalPackage, slugOf } from "../client/local-package.ts";
import { visible } from "../client/visible-text.ts";
import type { CommandContext } from "./command.ts";
import { connect, connectSignedIn, textOption } from "./session.ts";

/** Who publishes, and what. */
export interface Publisher {
  client: Client;
  namespace: string;
  slug: string;
}

interface Wanted {
  namespace: string | undefined;
  slug: string | undefined;
}

/** Null where nobody is signed in but a CI service has a token for this job; throws UNAUTHORIZED where neither is so. */
export async function signedInOrJob(context: CommandContext): Promise<Client | null> {
  const client = await connect(context);
  return client.token === null && hasCiToken(context.env) ? null : connectSignedIn(context);
}

export async function asPerson(client: Client, local: LocalPackage, wanted: Wanted): Promise<Publisher> {
  const namespace = wanted.namespace ?? (await client.accounts.me()).username;
  return { client, namespace, slug: slugOf(local, wanted.slug) };
}

/** Shows the CI job's token to the server, which answers what the job is trusted with, and a key for that alone. */
export async function asJob(context: CommandContext, local: LocalPackage, wanted: Wanted): Promise<Publisher> {
  const { url, accounts } = createClient({
    url: await chooseServer(textOption(context, "url"), context.env),
    token: null,
  });
  const { audience } = await accounts.trustedPublishing();
  const token = await fetchCiToken(context.env, audience);
  // The folder's name says nothing in CI: what the job is trusted with does.
  const slug = wanted.slug ?? local.metadata.slug ?? undefined;
  const given = await accounts.exchangeCiToken({ token, namespace: wanted.namespace, slug });
  context.say(`Publishing as a trusted CI job of ${visible(given.namespace)}/${visible(given.slug)}.`);
  const { namespace } = given;
  return { client: createClient({ url, token: given.token }), namespace, slug: given.slug };
}
