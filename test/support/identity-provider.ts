import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
// @ts-expect-error: the package brings no types
import Provider from "oidc-provider";

export const CLIENT = { id: "marketplace", secret: "the-secret-of-the-client-marketplace" };

/** What the provider says of somebody; the key is what they type and their `sub`. */
export type People = Record<
  string,
  { email: string; email_verified: boolean; name?: string; preferred_username?: string; groups?: string[] }
>;

export interface IdentityProvider {
  issuer: string;
  people: People;
  /** Takes the marketplace's callback as the only redirect URI. */
  serve(redirectUri: string): Promise<void>;
  /** Signs with a new key from now on, and publishes that alone. */
  rotateKeys(): Promise<void>;
  stop(): void;
}

/** A real OpenID Connect provider (`oidc-provider`) with pages to sign in on. */
export async function startIdentityProvider(people: People): Promise<IdentityProvider> {
  let handle = (_: IncomingMessage, response: ServerResponse): unknown => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let redirectUri = "";
  const serve = async (): Promise<void> => {
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const key = { ...(await exportJWK(privateKey)), use: "sig", alg: "RS256", kid: crypto.randomUUID() };
    const provider = quietly(() => new Provider(issuer, configuration(people, redirectUri, key)));
    handle = provider.callback();
  };
  return {
    issuer,
    people,
    serve(uri) {
      redirectUri = uri;
      return serve();
    },
    rotateKeys: serve,
    stop: () => void server.close(),
  };
}

const configuration = (people: People, redirectUri: string, key: object) => ({
  clients: [
    {
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ["a key of this test"] },
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name", "preferred_username", "groups"],
  },
  findAccount: (_: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
});

/** It warns on every start that it is for development. */
function quietly<T>(work: () => T): T {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  try {
    return work();
  } finally {
    console.warn = warn;
    console.info = info;
  }
}

/** A browser without scripts: keeps cookies by server, and follows redirects from one to the other. */
export function createVisitor() {
  const jars = new Map<string, Map<string, string>>();
  async function visit(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address);
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    const headers = new Headers({ Accept: "text/html", ...(init.headers as Record<string, string>) });
    if (jar.size > 0) headers.set("Cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (value === "" || /Max-Age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return response;
  }
  /** Follows redirects until `stop` says so or there is a page; answers where it ended. */
  async function follow(address: string, stop: (url: string) => boolean = () => false, init?: RequestInit) {
    let url = address;
    let response = await visit(url, init);
    for (let step = 0; step < 15 && [302, 303].includes(response.status); step++) {
      url = new URL(response.headers.get("Location")!, url).href;
      if (stop(url)) break;
      response = await visit(url);
    }
    return { url, response, text: await response.text() };
  }
  /** Sends the first form of a page's main part, with its hidden fields and these. */
  function submit(
    page: { url: string; text: string },
    fields: Record<string, string>,
    stop?: (url: string) => boolean,
  ) {
    const main = /<main[\s\S]*<\/main>/.exec(page.text)?.[0] ?? page.text;
    const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(main);
    if (!form) throw new Error(`no form on ${page.url}: ${page.text.slice(0, 300)}`);
    const hidden = [...form[2]!.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? "",
      /value="([^"]*)"/.exec(input)?.[1] ?? "",
    ]);
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
    const headers = { "Sec-Fetch-Site": "same-origin" };
    return follow(new URL(form[1]!, page.url).href, stop, { method: "POST", body, headers });
  }
  return { visit, follow, submit, jars };
}

export type Visitor = ReturnType<typeof createVisitor>;

/** Signs in at the provider, from the address that leads there on; answers the callback's address, not yet visited. */
export async function signInAt(visitor: Visitor, start: string, login: string, callback: string): Promise<string> {
  const stop = (url: string) => url.startsWith(callback);
  let page = await visitor.follow(start, stop);
  for (let step = 0; step < 5 && !stop(page.url); step++)
    page = await visitor.submit(page, page.text.includes('name="login"') ? { login, password: "any" } : {}, stop);
  return page.url;
}
