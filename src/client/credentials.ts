import { join } from "node:path";
import { invalidRequest } from "../core/error.ts";
import { configFolder, writePrivately } from "./config-folder.ts";
import { withFileLock } from "./file-lock.ts";

type Env = Record<string, string | undefined>;

/** What is kept of one server after `login`. */
export interface Credential {
  token: string;
  username: string;
  /** Of a sign-in in the browser, which `logout` ends; null for a token that was handed in, which is its owner's affair. */
  session: { refreshToken: string; expiresAt: string } | null;
}

export interface Credentials {
  /** The server signed in to last. */
  last: string | null;
  servers: Record<string, Credential>;
}

const FILE = "credentials.json";

export const credentialsPath = (env: Env): string => join(configFolder(env), FILE);

/** Nothing when nobody signed in here. Throws INVALID_REQUEST naming the file when it is not what `login` writes. */
export async function readCredentials(env: Env): Promise<Credentials> {
  const path = credentialsPath(env);
  const file = Bun.file(path);
  if (!(await file.exists())) return { last: null, servers: {} };
  try {
    const { last, servers } = (await file.json()) as Partial<Credentials>;
    const whole = Object.entries(servers ?? {})
      .filter(([, entry]) => typeof entry?.token === "string")
      .map(([url, entry]) => [url, { ...entry, session: entry.session ?? null }] as const);
    return { last: typeof last === "string" ? last : null, servers: Object.fromEntries(whole) };
  } catch (error) {
    if ((error as { code?: string }).code === "EACCES") throw error;
    throw invalidRequest(`${path} is damaged. Remove it and run "marketplace login" again.`);
  }
}

/** Reads, and writes what `change` answers, while no other process of this user does. */
export function changeCredentials<T>(
  env: Env,
  change: (credentials: Credentials) => Promise<{ result: T; credentials?: Credentials }>,
): Promise<T> {
  const path = credentialsPath(env);
  return withFileLock(`${path}.lock`, async () => {
    const { result, credentials } = await change(await readCredentials(env));
    if (credentials) await writePrivately(path, `${JSON.stringify(credentials, null, 2)}\n`);
    return result;
  });
}

/** Answers what was kept before. */
export const saveCredential = (env: Env, url: string, credential: Credential): Promise<Credential | null> =>
  changeCredentials(env, async ({ servers }) => ({
    result: servers[url] ?? null,
    credentials: { last: url, servers: { ...servers, [url]: credential } },
  }));

/** Answers what was forgotten; null when there was nothing. */
export const forgetCredential = (env: Env, url: string): Promise<Credential | null> =>
  changeCredentials(env, async ({ last, servers }) => {
    const { [url]: forgotten, ...left } = servers;
    if (!forgotten) return { result: null };
    const next = last === url ? (Object.keys(left).at(-1) ?? null) : last;
    return { result: forgotten, credentials: { last: next, servers: left } };
  });

/** A server's address in the one form that credentials are kept under. Throws INVALID_REQUEST. */
export function serverUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  const bare = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!bare)
    throw invalidRequest(
      `"${text.slice(0, 200)}" is not a server's address. Write it as https://marketplace.example.com or http://127.0.0.1:8080.`,
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** The server that is meant: `--url`, MARKETPLACE_URL, else the one signed in to last. Throws INVALID_REQUEST. */
export async function chooseServer(given: string | undefined, env: Env): Promise<string> {
  const named = given || env["MARKETPLACE_URL"];
  if (named) return serverUrl(named);
  const { last, servers } = await readCredentials(env);
  const only = last ?? Object.keys(servers)[0];
  if (only) return only;
  throw invalidRequest('Which server? Give --url or set MARKETPLACE_URL, or run "marketplace login --url URL" once.');
}

/** A token that was handed in, by `--token` or MARKETPLACE_TOKEN; null when there is none. */
export const givenToken = (option: string | undefined, env: Env): string | null =>
  (option || env["MARKETPLACE_TOKEN"])?.trim() || null;
