import { AppError, unauthorized } from "../core/error.ts";
import { changeCredentials, type Credential, readCredentials } from "./credentials.ts";
import { createTransport } from "./transport.ts";
import type { PairWire } from "./wire.ts";

/** So long before its end a token is renewed: it must last for the request that it goes with. */
const MARGIN_MS = 60_000;

type Env = Record<string, string | undefined>;

/** What is kept of a pair of tokens. `now` in ms since the epoch. */
export const credentialOf = (username: string, pair: PairWire, now = Date.now()): Credential => ({
  token: pair.access_token,
  username,
  session: { refreshToken: pair.refresh_token, expiresAt: new Date(now + pair.expires_in * 1000).toISOString() },
});

/**
 * Answers the token that `login` kept for a server, renewed when it is about to end. Only one process at a time renews: a
 * refresh token that is used twice ends the sign-in. Null when nobody is signed in; throws UNAUTHORIZED when it has ended.
 */
export function keptTokens(env: Env, url: string): () => Promise<string | null> {
  let known: Credential | undefined;
  return async () => {
    known ??= (await readCredentials(env)).servers[url];
    if (known && isOld(known)) known = await renew(env, url);
    return known?.token ?? null;
  };
}

const isOld = ({ session }: Credential): boolean =>
  session !== null && Date.parse(session.expiresAt) - Date.now() < MARGIN_MS;

function renew(env: Env, url: string): Promise<Credential | undefined> {
  return changeCredentials(env, async (credentials) => {
    const kept = credentials.servers[url];
    // Another process was first, or somebody signed out.
    if (!kept?.session || !isOld(kept)) return { result: kept };
    const { refreshToken } = kept.session;
    const transport = createTransport({ url, token: null });
    const pair = await transport
      .bare<PairWire>("/auth/token", { grant_type: "refresh_token", refresh_token: refreshToken })
      .catch((error: unknown) => {
        if (error instanceof AppError && error.details["oauth"] === "invalid_grant")
          throw unauthorized(`Your sign-in to ${url} has ended. Run "marketplace login --url ${url}".`);
        throw error;
      });
    const renewed = credentialOf(kept.username, pair);
    return {
      result: renewed,
      credentials: { ...credentials, servers: { ...credentials.servers, [url]: renewed } },
    };
  });
}
