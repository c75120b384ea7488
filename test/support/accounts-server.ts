import { type AnyElysia, Elysia } from "elysia";
import { exportJWK, generateKeyPair } from "jose";
import { DAY, HOUR, MINUTE } from "../../src/core/clock.ts";
import {
  type AccountsOptions,
  accountsApi,
  accountsPages,
  createAccounts,
  createAuthenticator,
  csrfOf,
  jwksRoute,
} from "../../src/modules/accounts/index.ts";
import type { BreachedPasswords } from "../../src/modules/accounts/breached-passwords.ts";
import { createJobQueue } from "../../src/platform/jobs/index.ts";
import { createMailBox, type MailTransport, SEND_MAIL } from "../../src/platform/mail/index.ts";
import { silentLog } from "../../src/platform/telemetry/index.ts";
import { createAuditLog } from "../../src/platform/audit/database-audit-log.ts";
import type { Database } from "../../src/platform/database/index.ts";
import { createBaseUrl } from "../../src/platform/http/base-url.ts";
import { createClientReader } from "../../src/platform/http/client-address.ts";
import { createIdempotency } from "../../src/platform/http/idempotency.ts";
import { createPipeline } from "../../src/platform/http/pipeline.ts";
import { createRateLedger } from "../../src/platform/rates/database-rate-ledger.ts";
import { createRateLimiter } from "../../src/platform/http/rate-limit.ts";
import { createErrorRenderer } from "../../src/platform/http/render-error.ts";
import { contextOf } from "../../src/platform/http/request-context.ts";
import { createSealer } from "../../src/platform/sealing/sealer.ts";
import { eachDatabase } from "./databases.ts";
import { type HandClock, handClock } from "./hand-clock.ts";

export { type HandClock, handClock };

/** A suite about what no database can change: on SQLite alone, which is quick. */
export function onSqlite(name: string, suite: (open: () => Promise<Database>) => void): void {
  eachDatabase(name, (open, { engine }) => {
    if (engine === "sqlite") suite(open);
  });
}

export const TEST_ACCOUNTS: AccountsOptions = {
  registration: "open",
  passwordLogin: true,
  registrationDomains: [],
  verifyEmail: false,
  issuer: "https://marketplace.test",
  sessionLifetimeMs: 30 * DAY,
  sessionIdleMs: 4 * HOUR,
  absoluteLifetimeMs: 90 * DAY,
  accessTokenLifetimeMs: 15 * MINUTE,
  refreshTokenLifetimeMs: 30 * DAY,
  tokenKeyLifetimeMs: 90 * DAY,
  argon2: { memoryKiB: 1024, iterations: 1, concurrency: 2 },
  rolesWithTwoFactor: [],
  limitGuesses: true,
};

export const TEST_SEALER = createSealer([new Uint8Array(32).fill(7)]);

/** What links in mails begin with. */
export const TEST_ORIGIN = "https://marketplace.test";

export interface ServerOptions {
  database: Database;
  clock?: HandClock;
  accounts?: Partial<AccountsOptions>;
  rateLimits?: boolean;
  trustedProxies?: string[];
  publicUrl?: string | null;
  /** Makes a key pair for access tokens as a new installation does, instead of taking the one that all tests share. */
  ownKey?: boolean;
  /** Where mails go. Default: they are held. */
  transport?: MailTransport;
  breachedPasswords?: BreachedPasswords;
  /** Routes beside those of accounts. */
  routes?: (app: Elysia) => AnyElysia;
}

let shared: Promise<string> | undefined;
/** Finding primes takes longer than most tests. */
const sharedKey = (): Promise<string> => {
  shared ??= generateKeyPair("RS256", { extractable: true })
    .then(({ privateKey }) => exportJWK(privateKey))
    .then((jwk) => JSON.stringify(jwk));
  return shared;
};

/** The pipeline with accounts behind it over a real database, asked without a socket. */
export function createAccountsServer(options: ServerOptions) {
  const { database } = options;
  const clock = options.clock ?? handClock();
  const lines: Record<string, unknown>[] = [];
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    lines.push({ level, message, ...fields });
  };
  const log = { info: write("info"), warn: write("warn"), error: write("error") };
  const rates = createRateLedger({ database, clock, secret: async () => "a secret of this test" });
  const jobs = createJobQueue({ database, clock, log: silentLog });
  const transport = options.transport ?? null;
  const mailer = createMailBox({
    database,
    clock,
    sealer: TEST_SEALER,
    enqueue: jobs.enqueue,
    transport,
    sender: "Marketplace",
    domain: "marketplace.test",
  });
  jobs.register(SEND_MAIL, mailer.deliver);
  const accounts = createAccounts({
    mailer,
    jobs,
    origin: () => TEST_ORIGIN,
    breachedPasswords: options.breachedPasswords ?? null,
    ldap: null,
    rates,
    database,
    clock,
    sealer: TEST_SEALER,
    audit: createAuditLog({ database, clock, sealer: TEST_SEALER }),
    options: { ...TEST_ACCOUNTS, ...options.accounts },
  });
  const ready = options.ownKey ? null : accounts.secrets.get("access-token-key", sharedKey);
  const renderError = createErrorRenderer({
    clock,
    log,
    errorPage: ({ error, requestId }) => `<!doctype html><title>${error.status}</title>${error.code} ${requestId}`,
    errorFragment: ({ error }) => `<p role="alert">${error.code}</p>`,
  });
  const pageProps = (request: Request) => {
    const { actor, csrfToken, nonce } = contextOf(request);
    return {
      viewer: actor.kind === "user" ? { username: actor.username, role: actor.role } : null,
      csrfToken,
      nonce,
      brand: { name: "Marketplace", accent: null, logo: null },
      path: new URL(request.url).pathname,
      now: clock.now().toISOString(),
    };
  };
  const baseUrl = createBaseUrl({
    publicUrl: options.publicUrl ?? null,
    listening: () => "http://localhost:8080",
  });
  const app = new Elysia({ handler: { standardHostname: false } })
    .onError(({ error, request }) => renderError(error, request))
    .group("/api/v1", (api) => api.use(accountsApi(accounts)))
    .use(jwksRoute(accounts))
    .use(accountsPages({ accounts, pageProps, origin: baseUrl, signOn: { providers: [], list: async () => [] } }))
    .use(options.routes?.(new Elysia()) ?? new Elysia());
  const pipeline = createPipeline({
    handle: (request) => app.handle(request),
    authenticate: createAuthenticator(accounts),
    rateLimiter: createRateLimiter({ enabled: options.rateLimits ?? false, clock, log, ledger: rates }),
    csrf: csrfOf(accounts),
    idempotency: createIdempotency({ database, clock }),
    readClient: createClientReader({ trustedProxies: options.trustedProxies ?? [], https: false }),
    baseUrl,
    renderError,
    log,
    bodyTimeMs: 30_000,
  });

  /** Sends a request to `http://localhost`, from `address`. */
  async function send(method: string, path: string, init: SendOptions = {}): Promise<Response> {
    await ready;
    const headers = new Headers({ Host: "localhost", ...init.headers });
    if (init.json !== undefined) headers.set("Content-Type", "application/json");
    if (init.token) headers.set("Authorization", `Bearer ${init.token}`);
    if (init.cookie) headers.set("Cookie", init.cookie);
    const body = init.json === undefined ? init.body : JSON.stringify(init.json);
    if (typeof body === "string") headers.set("Content-Length", String(Buffer.byteLength(body)));
    const request = new Request(new URL(path, "http://localhost"), { method, headers, body });
    const response = await pipeline(request, { requestIP: () => ({ address: init.address ?? "192.0.2.1" }) });
    if (!response) throw new Error("upgraded");
    return response;
  }

  return { accounts, mailer, jobs, clock, send, lines, database };
}

export type AccountsServer = ReturnType<typeof createAccountsServer>;

export interface SendOptions {
  headers?: Record<string, string>;
  json?: unknown;
  body?: BodyInit;
  token?: string;
  cookie?: string;
  address?: string;
}

export interface Tokens {
  user: { id: string; username: string };
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

export const PASSWORD = "correct horse battery";

/** Registers `username` over the API. */
export async function register(server: AccountsServer, username: string): Promise<Tokens> {
  const json = { username, email: `${username}@example.org`, password: PASSWORD };
  const response = await server.send("POST", "/api/v1/auth/register", { json });
  if (response.status !== 201) throw new Error(`register: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: Tokens }).data;
}

/** A browser: keeps cookies, fetches the form's page first and sends its token back. */
export function createBrowser(server: AccountsServer, options: { headers?: Record<string, string> } = {}) {
  const jar = new Map<string, string>();
  const headers = { Accept: "text/html", "Sec-Fetch-Site": "same-origin", ...options.headers };
  async function visit(method: string, path: string, init: SendOptions = {}): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await server.send(method, path, { ...init, cookie, headers: { ...headers, ...init.headers } });
    for (const set of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      if (/Max-Age=0/.test(set)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return response;
  }
  return {
    jar,
    visit,
    /** Posts a form with the token of the page `from` (default: the form's own). */
    async submit(path: string, fields: Record<string, string>, from = path): Promise<Response> {
      const page = await (await visit("GET", from)).text();
      const token = /name="csrf_token" value="([^"]+)"/.exec(page)?.[1] ?? "";
      const body = new URLSearchParams({ csrf_token: token, ...fields }).toString();
      return visit("POST", path, { body, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
    },
  };
}
