import { type SignedIn, SYSTEM } from "../../src/core/actor.ts";
import { type Client, type Json, type Marketplace, publish, type SendOptions } from "./marketplace.ts";
import { organizationRows } from "./organization-matrix.ts";
import { policyRows } from "./policy-matrix.ts";
import { skill, tarGz } from "./packages.ts";

/** What the server of the table must trust, with any audience. */
export const TRUSTED_ISSUER = "https://ci.example.org";

/** Who asks: a stranger, somebody else, the owner with a key that may only read, the owner, a moderator, an administrator. */
export const CALLERS = ["stranger", "user", "reader", "owner", "moderator", "admin"] as const;
export type Caller = (typeof CALLERS)[number];

/** What a route is asked with: its parameters filled in, a body, and for writes an asset that nobody used before. */
export interface Ask {
  path: Record<string, string>;
  query?: string;
  options?: SendOptions;
}

export interface Stage {
  server: Marketplace;
  caller: Client;
  owner: Client;
  /** An asset of the owner, published, with one version 1.0.0, made for this call alone. */
  fresh(options?: { license?: string }): Promise<{ slug: string; version: Json }>;
}

/** The status that each caller gets, in the order of CALLERS, and how the route is asked. */
export interface Row {
  statuses: [number, number, number, number, number, number];
  ask(stage: Stage): Promise<Ask> | Ask;
}

const all = (status: number): Row["statuses"] => [status, status, status, status, status, status];
const none = (): Ask => ({ path: {} });
/** Everybody may, also without an account. */
const open = (path: Record<string, string> = {}, options?: SendOptions): Row => ({
  statuses: all(200),
  ask: () => ({ path, options }),
});
/** Whoever is signed in, for themselves. */
const own = (status: number, options?: SendOptions): Row => ({
  statuses: [401, status, status, status, status, status],
  ask: () => ({ path: {}, options }),
});
/** What a key that may only read is refused, though its owner may. */
const person = (status: number, ask: Row["ask"]): Row => ({
  statuses: [401, status, 403, status, status, status],
  ask,
});

/** Administrators alone. */
const administer = (options?: SendOptions): Row => ({
  statuses: [401, 403, 403, 403, 403, 200],
  ask: () => ({ path: {}, options }),
});

/** Administrators alone, with an account that is there for this call. */
const administerSomebody = (status: number, options: SendOptions): Row => ({
  statuses: [401, 403, 403, 403, 403, status],
  ask: async ({ server, caller }) => {
    const username = unique();
    if (caller.username === "admin") await server.person(username);
    return { path: { username }, options };
  },
});

const SHARED = { namespace: "owner", slug: "shared", version: "1.0.0" };

/** The owner and administrators change an asset. */
const change = (
  status: number,
  rest: Partial<Ask> = {},
  before?: (stage: Stage, slug: string) => Promise<unknown>,
): Row => ({
  statuses: [401, 403, 403, status, 403, status],
  async ask(stage) {
    const { slug } = mayChange(stage) ? await stage.fresh() : { slug: "shared" };
    if (mayChange(stage)) await before?.(stage, slug);
    return { ...rest, path: { ...SHARED, slug, ...rest.path } };
  },
});
const mayChange = ({ caller }: Stage): boolean => ["owner", "admin"].includes(caller.username);

/** Somebody new of the same kind of caller, because what is asked ends or changes the account. */
const somebodyNew = (status: number, ask: (somebody: Client) => Promise<Ask> | Ask): Row =>
  person(status, async ({ server, caller }) => {
    if (caller.token === null || caller.username === "reader") return ask(caller);
    const somebody = await server.person(unique());
    const { options, ...rest } = await ask(somebody);
    return { ...rest, options: { ...options, headers: { Authorization: `Bearer ${somebody.token}` } } };
  });

const decide = (decision: "approve" | "reject"): Row => ({
  statuses: [401, 403, 403, 403, 200, 200],
  async ask(stage) {
    const { version } = await stage.fresh({ license: "AGPL-3.0-only" });
    return { path: { versionId: version.id }, options: { json: { reason: `To ${decision} it.` } } };
  },
});

/** What moderators do with a version that waits for them. */
const moderate = (
  status: number,
  options?: SendOptions,
  before?: (stage: Stage, versionId: string) => Promise<unknown>,
): Row => ({
  statuses: [401, 403, 403, 403, status, status],
  async ask(stage) {
    const { version } = await stage.fresh({ license: "AGPL-3.0-only" });
    await before?.(stage, version.id);
    return { path: { versionId: version.id }, options };
  },
});
/** The same with a report of the owner's on a version that is out. */
const moderateReport = (options?: SendOptions): Row => ({
  statuses: [401, 403, 403, 403, 200, 200],
  async ask(stage) {
    const { slug } = await stage.fresh();
    const json = { asset: `owner/${slug}`, category: "other", text: "It is not what it says." };
    const { data } = await stage.owner.api("POST", "/reports", 201, { json });
    return { path: { reportId: data.id }, options };
  },
});

const OWN_ADVISORY = {
  summary: "It leaks.",
  affected: [{ package: { ecosystem: "npm", name: "nobody-has-this" }, versions: ["1.0.0"] }],
};
/** Administrators alone change what was written here. */
const ownAdvisory = (options?: SendOptions): Row => ({
  statuses: [401, 403, 403, 403, 403, 200],
  async ask({ caller }) {
    if (caller.username !== "admin") return { path: { id: "MKT-2026-0001" }, options };
    const { data } = await caller.api("POST", "/admin/advisories", 201, { json: OWN_ADVISORY });
    return { path: { id: data.id }, options };
  },
});

let counter = 0;
const unique = (): string => `n${process.pid}-${counter++}`;
const PASSWORD = "correct horse battery staple";
const registered = async ({ server }: Stage) => {
  const json = { username: unique(), email: `${unique()}@example.org`, password: PASSWORD };
  return (await server.stranger.api("POST", "/auth/register", 201, { json })).data;
};

const deadLink: Row = {
  statuses: all(403),
  ask: () => ({ path: {}, options: { json: { token: "used-or-never-made" } } }),
};

const trustedJob = () => ({ issuer: TRUSTED_ISSUER, claims: { sub: unique() } });
/** Registers one for an asset of the owner's; answers its id. */
async function trustedPublisher({ owner }: Stage, slug: string): Promise<string> {
  const json = { slug, ...trustedJob() };
  return (await owner.api("POST", "/namespaces/owner/trusted-publishers", 201, { json })).data.id;
}
/** The device code of a command line that the owner let in. */
async function approvedDevice({ server, owner }: Stage): Promise<string> {
  const json = { client_id: "a tool" };
  const start = (await (await server.stranger.send("POST", "/api/v1/auth/device/code", { json })).json()) as Json;
  const { id, username } = (await owner.api("GET", "/me", 200)).data;
  const authenticatedAt = new Date().toISOString();
  const person: SignedIn = { ...SYSTEM, userId: id, username, role: "user", via: "session", authenticatedAt };
  await server.app.access.device.decide(person, start.user_code, "approved");
  return start.device_code;
}

/** Every route of /openapi.json: one that is missing here fails the suite. */
export const MATRIX: Record<string, Row> = {
  "GET /healthz": open(),
  "GET /readyz": open(),
  "GET /metrics": open(),

  "POST /api/v1/auth/register": {
    statuses: all(201),
    ask: () => {
      const username = unique();
      return { path: {}, options: { json: { username, email: `${username}@example.org`, password: PASSWORD } } };
    },
  },
  "POST /api/v1/auth/login": {
    statuses: all(200),
    ask: async (stage) => {
      const { user } = await registered(stage);
      return { path: {}, options: { json: { username: user.username, password: PASSWORD } } };
    },
  },
  "POST /api/v1/auth/refresh": {
    statuses: all(200),
    ask: async (stage) => {
      const { refresh_token } = await registered(stage);
      return { path: {}, options: { json: { refresh_token } } };
    },
  },
  "POST /api/v1/auth/device/code": open({}, { json: { client_id: "a tool" } }),
  "POST /api/v1/auth/device/token": {
    statuses: all(200),
    ask: async (stage) => ({ path: {}, options: { json: { device_code: await approvedDevice(stage) } } }),
  },
  "POST /api/v1/auth/token": {
    statuses: all(200),
    ask: async (stage) => {
      const { refresh_token } = await registered(stage);
      return { path: {}, options: { json: { grant_type: "refresh_token", refresh_token } } };
    },
  },
  "GET /api/v1/auth/trusted-publishing": open(),
  "POST /api/v1/auth/trusted-publishing/exchange": {
    statuses: all(401),
    ask: () => ({ path: {}, options: { json: { token: "a.b.c" } } }),
  },
  "GET /api/v1/auth/oauth/{provider}": { statuses: all(404), ask: () => ({ path: { provider: "none" } }) },
  "GET /api/v1/auth/oauth/{provider}/callback": { statuses: all(404), ask: () => ({ path: { provider: "none" } }) },
  "POST /api/v1/auth/logout": {
    statuses: all(204),
    ask: async (stage) => {
      const { access_token, refresh_token } = await registered(stage);
      // Not with the callers' own tokens: they are needed for what follows.
      return { path: {}, options: { json: { refresh_token }, headers: { Authorization: `Bearer ${access_token}` } } };
    },
  },

  "GET /api/v1/me": own(200),
  "DELETE /api/v1/me": somebodyNew(202, none),
  "DELETE /api/v1/me/erasure": somebodyNew(204, none),
  "GET /api/v1/me/export": somebodyNew(202, none),
  "GET /api/v1/me/export/{id}": somebodyNew(404, () => ({ path: { id: "none" } })),
  "PATCH /api/v1/me": person(200, () => ({ path: {}, options: { json: { bio: "Hello." } } })),
  "GET /api/v1/me/api-keys": own(200),
  "POST /api/v1/me/api-keys": person(201, () => ({ path: {}, options: { json: { name: "k", scopes: ["read"] } } })),
  "DELETE /api/v1/me/api-keys/{id}": person(204, async ({ caller }) => {
    if (caller.token === null || caller.username === "reader") return { path: { id: "none" } };
    const { data } = await caller.api("POST", "/me/api-keys", 201, { json: { name: "gone", scopes: ["read"] } });
    return { path: { id: data.id } };
  }),
  "GET /api/v1/me/keys": own(200),
  "POST /api/v1/me/keys": {
    statuses: [401, 201, 403, 201, 201, 201],
    ask: async () => ({ path: {}, options: { json: await newSigningKey() } }),
  },
  "DELETE /api/v1/me/keys/{id}": {
    statuses: [401, 204, 403, 204, 204, 204],
    ask: async ({ caller }) => {
      if (caller.token === null || caller.username === "reader") return { path: { id: "none" } };
      const { data } = await caller.api("POST", "/me/keys", 201, { json: await newSigningKey() });
      return { path: { id: data.id } };
    },
  },
  "POST /api/v1/me/password": {
    statuses: [401, 422, 403, 422, 422, 422],
    ask: () => ({ path: {}, options: { json: { current_password: "wrong one", new_password: "another long one 1" } } }),
  },
  "GET /api/v1/me/sessions": { statuses: [401, 200, 403, 200, 200, 200], ask: none },
  "DELETE /api/v1/me/sessions/{id}": {
    statuses: [401, 404, 403, 404, 404, 404],
    ask: () => ({ path: { id: "none" } }),
  },

  "DELETE /api/v1/me/sessions": person(204, none),
  "GET /api/v1/me/two-factor": { statuses: [401, 200, 403, 200, 200, 200], ask: none },
  "POST /api/v1/me/two-factor/totp": somebodyNew(201, none),
  "POST /api/v1/me/two-factor/totp/confirm": person(404, () => ({ path: {}, options: { json: { code: "123456" } } })),
  "POST /api/v1/me/two-factor/totp/disable": person(422, () => ({ path: {}, options: { json: { code: "123456" } } })),
  "POST /api/v1/me/two-factor/recovery-codes": person(409, none),
  "GET /api/v1/me/passkeys": { statuses: [401, 200, 403, 200, 200, 200], ask: none },
  "PATCH /api/v1/me/passkeys/{id}": person(404, () => ({ path: { id: "none" }, options: { json: { name: "Key" } } })),
  "DELETE /api/v1/me/passkeys/{id}": person(404, () => ({ path: { id: "none" } })),
  "POST /api/v1/auth/sudo": somebodyNew(200, () => ({ path: {}, options: { json: { password: PASSWORD } } })),

  "GET /api/v1/users/{username}": open({ username: "owner" }),
  "GET /api/v1/users/{username}/assets": open({ username: "owner" }),
  "GET /api/v1/users/{username}/keys": open({ username: "owner" }),

  "GET /api/v1/search": { statuses: all(200), ask: () => ({ path: {}, query: "?q=shared" }) },
  "GET /api/v1/search/autocomplete": { statuses: all(200), ask: () => ({ path: {}, query: "?q=sha" }) },
  "GET /api/v1/trending": open(),
  "GET /api/v1/categories": open(),
  "GET /api/v1/categories/{slug}/assets": open({ slug: "development" }),
  "GET /api/v1/tags": open(),
  "GET /api/v1/tags/{name}/assets": open({ name: "any" }),
  "GET /api/v1/licenses": open(),
  "POST /api/v1/resolve-dependencies": open({}, { json: { requirements: [{ ref: "owner/shared", range: "*" }] } }),

  "GET /api/v1/assets": open(),
  "POST /api/v1/assets": {
    statuses: [401, 201, 403, 201, 201, 201],
    ask: () => ({ path: {}, options: { json: { slug: unique(), type: "skill" } } }),
  },
  "GET /api/v1/assets/{namespace}/{slug}": open(SHARED),
  "PATCH /api/v1/assets/{namespace}/{slug}": change(200, { options: { json: { title: "New" } } }),
  "PUT /api/v1/assets/{namespace}/{slug}": change(200, { options: { json: { title: "New" } } }),
  "DELETE /api/v1/assets/{namespace}/{slug}": change(204),
  "POST /api/v1/assets/{namespace}/{slug}/publish": change(200),
  "POST /api/v1/assets/{namespace}/{slug}/deprecate": change(200, { options: { json: { reason: "Old." } } }),
  "POST /api/v1/assets/{namespace}/{slug}/archive": change(200, { options: { json: {} } }),
  "PUT /api/v1/assets/{namespace}/{slug}/channels/{channel}": change(200, {
    path: { channel: "prod" },
    options: { json: { version: "1.0.0" } },
  }),
  "DELETE /api/v1/assets/{namespace}/{slug}/channels/{channel}": change(
    200,
    { path: { channel: "prod" } },
    ({ owner }, slug) => owner.api("PUT", `/assets/owner/${slug}/channels/prod`, 200, { json: { version: "1.0.0" } }),
  ),
  "GET /api/v1/assets/{namespace}/{slug}/trusted-publishers": {
    statuses: [401, 403, 403, 200, 403, 200],
    ask: () => ({ path: SHARED }),
  },
  "POST /api/v1/assets/{namespace}/{slug}/trusted-publishers": {
    statuses: [401, 403, 403, 201, 403, 201],
    ask: () => ({ path: SHARED, options: { json: trustedJob() } }),
  },
  "DELETE /api/v1/assets/{namespace}/{slug}/trusted-publishers/{id}": {
    statuses: [401, 403, 403, 204, 403, 204],
    ask: async (stage) => ({ path: { ...SHARED, id: await trustedPublisher(stage, "shared") } }),
  },
  "GET /api/v1/namespaces/{namespace}/trusted-publishers": {
    statuses: [401, 404, 403, 200, 404, 200],
    ask: () => ({ path: SHARED }),
  },
  "POST /api/v1/namespaces/{namespace}/trusted-publishers": {
    statuses: [401, 404, 403, 201, 404, 201],
    ask: () => ({ path: SHARED, options: { json: { slug: unique(), ...trustedJob() } } }),
  },
  "DELETE /api/v1/namespaces/{namespace}/trusted-publishers/{id}": {
    statuses: [401, 404, 403, 204, 404, 204],
    ask: async (stage) => ({ path: { ...SHARED, id: await trustedPublisher(stage, unique()) } }),
  },
  "GET /api/v1/assets/{namespace}/{slug}/dependencies": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/dependents": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions": open(SHARED),
  "POST /api/v1/assets/{namespace}/{slug}/versions": {
    statuses: [401, 403, 403, 201, 403, 201],
    async ask(stage) {
      const { slug } = mayChange(stage) ? await stage.fresh() : { slug: "shared" };
      const body = new FormData();
      body.set("version", "1.1.0");
      body.set("file", new Blob([tarGz(skill(slug, { body: "Next.\n" }))]), "a.tar.gz");
      return { path: { ...SHARED, slug }, options: { body } };
    },
  },
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}": open(SHARED),
  "PUT /api/v1/assets/{namespace}/{slug}/versions/{version}": {
    statuses: [401, 403, 403, 201, 403, 201],
    ask: () => ({ path: { ...SHARED, slug: unique() }, options: { body: tarGz(skill("put")) } }),
  },
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/capabilities": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/config": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/trust": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/download": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/files/{path}": open({ ...SHARED, path: "SKILL.md" }),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/manifest": open(SHARED),
  "GET /api/v1/advisories": open(),
  "GET /api/v1/advisories/{id}": { statuses: all(404), ask: () => ({ path: { id: "GHSA-none" } }) },
  "POST /api/v1/admin/advisories": {
    statuses: [401, 403, 403, 403, 403, 201],
    ask: () => ({ path: {}, options: { json: OWN_ADVISORY } }),
  },
  "PATCH /api/v1/admin/advisories/{id}": ownAdvisory({ json: { summary: "Another word." } }),
  "POST /api/v1/admin/advisories/{id}/withdraw": ownAdvisory(),
  "POST /api/v1/admin/advisories/import": {
    statuses: [401, 403, 403, 403, 403, 202],
    ask: () => ({ path: {}, options: { body: "[]", headers: { "Content-Type": "application/json" } } }),
  },
  "GET /api/v1/admin/advisories/imports": administer(),
  "GET /api/v1/admin/advisories/imports/{id}": {
    statuses: [401, 403, 403, 403, 403, 404],
    ask: () => ({ path: { id: "none" } }),
  },
  "GET /api/v1/admin/rescans": { statuses: [401, 403, 403, 403, 200, 200], ask: none },
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/scans": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/attestations": open(SHARED),
  "GET /api/v1/assets/{namespace}/{slug}/versions/{version}/sbom": open(SHARED),
  "POST /api/v1/assets/{namespace}/{slug}/versions/{version}/scans": {
    statuses: [401, 403, 403, 202, 202, 202],
    ask: () => ({ path: SHARED }),
  },
  "POST /api/v1/assets/{namespace}/{slug}/versions/{version}/review-answer": {
    // Who may not read a version in review is told that there is none.
    statuses: [401, 404, 403, 200, 403, 200],
    async ask(stage) {
      const { slug, version } = await stage.fresh({ license: "AGPL-3.0-only" });
      const moderator = await stage.server.person(unique(), "moderator");
      const json = { message: "Say why." };
      await moderator.api("POST", `/admin/reviews/${version.id}/request-changes`, 200, { json });
      return { path: { ...SHARED, slug }, options: { json: { comment: "Because." } } };
    },
  },
  "POST /api/v1/assets/{namespace}/{slug}/versions/{version}/signatures": {
    statuses: [401, 403, 403, 422, 403, 422],
    ask: () => ({ path: SHARED, options: { json: { envelope: "{}" } } }),
  },
  "POST /api/v1/assets/{namespace}/{slug}/versions/{version}/yank": change(200, {
    options: { json: { reason: "Bad." } },
  }),
  "DELETE /api/v1/assets/{namespace}/{slug}/versions/{version}/yank": change(200),

  "POST /api/v1/auth/forgot-password": {
    statuses: all(202),
    ask: () => ({ path: {}, options: { json: { login: "nobody" } } }),
  },
  "POST /api/v1/auth/reset-password": {
    statuses: all(204),
    ask: async ({ server }) => {
      const { username } = await server.person(unique());
      const link = new URL(await server.app.accounts.passwordReset.linkFor(SYSTEM, username));
      return { path: {}, options: { json: { token: link.searchParams.get("token"), password: PASSWORD } } };
    },
  },
  "POST /api/v1/auth/verify-email": deadLink,
  "POST /api/v1/auth/confirm-email": deadLink,
  "POST /api/v1/auth/undo-email": deadLink,
  "POST /api/v1/me/email": somebodyNew(202, () => ({
    path: {},
    options: { json: { email: `${unique()}@example.org`, password: PASSWORD } },
  })),
  "POST /api/v1/me/email/verification": person(202, none),
  "GET /api/v1/admin/users": administer(),
  "POST /api/v1/admin/users": {
    statuses: [401, 403, 403, 403, 403, 201],
    ask: () => {
      const username = unique();
      return { path: {}, options: { json: { username, email: `${username}@example.org` } } };
    },
  },
  "GET /api/v1/admin/users/{username}": {
    statuses: [401, 403, 403, 403, 403, 200],
    ask: () => ({ path: { username: "owner" } }),
  },
  "PATCH /api/v1/admin/users/{username}": administerSomebody(200, { json: { role: "moderator" } }),
  "POST /api/v1/admin/users/{username}/sign-out": administerSomebody(204, { json: { api_keys: true } }),
  "DELETE /api/v1/admin/users/{username}/two-factor": {
    statuses: [401, 403, 403, 403, 403, 204],
    ask: async ({ server, caller }) => {
      const username = unique();
      if (caller.username === "admin") await server.person(username);
      return { path: { username } };
    },
  },
  "POST /api/v1/admin/users/{username}/reset-link": {
    statuses: [401, 403, 403, 403, 403, 201],
    ask: () => ({ path: { username: "owner" } }),
  },
  "GET /api/v1/admin/invitations": administer(),
  "POST /api/v1/admin/invitations": { statuses: [401, 403, 403, 403, 403, 201], ask: none },
  "DELETE /api/v1/admin/invitations/{id}": {
    statuses: [401, 403, 403, 403, 403, 204],
    ask: async ({ caller }) => {
      if (caller.username !== "admin") return { path: { id: "0" } };
      const { data } = await caller.api("POST", "/admin/invitations", 201);
      return { path: { id: data.id } };
    },
  },
  "GET /api/v1/admin/mails": administer(),
  "POST /api/v1/admin/mails/{id}/open": {
    statuses: [401, 403, 403, 403, 403, 200],
    ask: async ({ server, caller }) => {
      const json = { email: `${unique()}@example.org`, password: PASSWORD };
      await (await server.person(unique())).api("POST", "/me/email", 202, { json });
      if (caller.username !== "admin") return { path: { id: "0" } };
      const { data } = await caller.api("GET", "/admin/mails", 200);
      return { path: { id: data[0].id } };
    },
  },
  "GET /api/v1/admin/audit": { statuses: [401, 403, 403, 403, 403, 200], ask: none },
  "GET /api/v1/admin/audit/export": { statuses: [401, 403, 403, 403, 403, 200], ask: none },
  "GET /api/v1/admin/audit/verify": { statuses: [401, 403, 403, 403, 403, 200], ask: none },
  ...organizationRows(unique),

  "GET /api/v1/admin/reviews": { statuses: [401, 403, 403, 403, 200, 200], ask: none },
  "POST /api/v1/admin/reviews/{versionId}/approve": decide("approve"),
  "POST /api/v1/admin/reviews/{versionId}/reject": decide("reject"),
  "GET /api/v1/admin/reviews/{versionId}": moderate(200),
  "POST /api/v1/admin/reviews/{versionId}/claim": moderate(200, { json: {} }),
  "DELETE /api/v1/admin/reviews/{versionId}/claim": moderate(204),
  "POST /api/v1/admin/reviews/{versionId}/request-changes": moderate(200, { json: { message: "Say why." } }),
  "POST /api/v1/admin/reviews/{versionId}/put-back": {
    statuses: [401, 403, 403, 403, 200, 200],
    async ask(stage) {
      const { version } = await stage.fresh();
      return { path: { versionId: version.id }, options: { json: { reason: "To look again." } } };
    },
  },
  "GET /api/v1/admin/reports": { statuses: [401, 403, 403, 403, 200, 200], ask: none },
  "GET /api/v1/admin/reports/{reportId}": moderateReport(),
  "POST /api/v1/admin/reports/{reportId}/resolve": moderateReport({ json: { answer: "It is mended." } }),
  "POST /api/v1/admin/reports/{reportId}/dismiss": moderateReport({ json: { answer: "It is fine." } }),
  "POST /api/v1/admin/reports/{reportId}/take-up": moderateReport({
    json: { action: "review", reason: "To look again." },
  }),
  "POST /api/v1/reports": {
    statuses: [401, 201, 403, 201, 201, 201],
    async ask(stage) {
      const { slug } = await stage.fresh();
      const text = "It is not what it says.";
      return { path: {}, options: { json: { asset: `owner/${slug}`, category: "impersonation", text } } };
    },
  },
  "GET /api/v1/me/reports": own(200),
  "GET /api/v1/server-key": open(),
  "GET /api/v1/transparency/checkpoint": open(),
  "GET /api/v1/transparency/entries": open(),
  "GET /api/v1/transparency/inclusion": {
    statuses: all(200),
    async ask(stage) {
      const { slug, version } = await stage.fresh();
      return { path: {}, query: `?digest=${version.digest}&ref=owner/${slug}` };
    },
  },
  "GET /api/v1/transparency/consistency": { statuses: all(200), ask: () => ({ path: {}, query: "?from=0" }) },
  "GET /api/v1/recalls": open(),
  "POST /api/v1/lockfiles": own(204, { json: { project: "shop", entries: [] } }),
  "DELETE /api/v1/lockfiles/{project}": {
    statuses: [401, 204, 204, 204, 204, 204],
    ask: async ({ caller }) => {
      const json = { project: unique(), entries: [] };
      if (caller.token !== null) await caller.api("POST", "/lockfiles", 204, { json });
      return { path: { project: json.project } };
    },
  },
  "GET /api/v1/admin/recalls": { statuses: [401, 403, 403, 403, 200, 200], ask: none },
  "POST /api/v1/admin/recalls": {
    statuses: [401, 403, 403, 403, 403, 201],
    ask: async (stage) => ({ path: {}, options: { json: await recallOrder(stage) } }),
  },
  "DELETE /api/v1/admin/recalls/{number}": {
    statuses: [401, 403, 403, 403, 403, 200],
    ask: async (stage) => ({ path: { number: await orderedRecall(stage) }, query: "?reason=Enough." }),
  },
  "GET /api/v1/admin/recalls/{number}/exposure": {
    statuses: [401, 403, 403, 403, 403, 200],
    ask: async (stage) => ({ path: { number: await orderedRecall(stage) } }),
  },
  ...policyRows(),
  "GET /api/v1/admin/secrets": administer(),
  "POST /api/v1/admin/secrets/rotate": administer(),
  "GET /api/v1/admin/token-keys": administer(),
  "POST /api/v1/admin/token-keys/rotate": administer({ json: {} }),
};

async function recallOrder({ caller, fresh }: Stage) {
  if (caller.username !== "admin") return { ref: "owner/shared", digest: `sha256:${"0".repeat(64)}`, reason: "x" };
  const { slug, version } = await fresh();
  return { ref: `owner/${slug}`, digest: version.digest, reason: "It phones home." };
}
async function orderedRecall(stage: Stage): Promise<string> {
  if (stage.caller.username !== "admin") return "1";
  const { data } = await stage.caller.api("POST", "/admin/recalls", 201, { json: await recallOrder(stage) });
  return String(data.number);
}

async function newSigningKey(): Promise<{ name: string; public_key: string }> {
  const { generatePrivateKey, publicKeyOf } = await import("../../src/core/signing/ed25519.ts");
  return { name: "k", public_key: Buffer.from(await publicKeyOf(generatePrivateKey())).toString("base64") };
}

/** Makes an asset of the owner that passes the policy, or waits for a moderator. */
export async function freshAsset(server: Marketplace, owner: Client, license = "MIT") {
  const slug = unique();
  return { slug, version: await publish(server, owner, `owner/${slug}`, "1.0.0", skill(slug, { license })) };
}
