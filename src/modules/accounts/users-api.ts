import { Elysia, t } from "elysia";
import { ROLES, type Role } from "../../core/actor.ts";
import { type FieldProblem, validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import type { AdministeredUser, UserChange } from "./administer-users.ts";
import type { UserFilter } from "./administer-users-read-model.ts";
import type { User } from "./user.ts";
import { Moment, Password, Short, UserWire, userWire } from "./wire.ts";

export const STATUSES: readonly User["status"][] = ["active", "disabled"];

const Status = t.Union([t.Literal("active"), t.Literal("disabled")]);
const ListedUserWire = t.Composite([UserWire, t.Object({ status: Status })]);
const AdministeredUserWire = t.Composite([
  ListedUserWire,
  t.Object({
    two_factor: t.Boolean(),
    authenticator: t.Boolean(),
    passkeys: t.Number(),
    has_password: t.Boolean(),
    locked_until: t.Nullable(t.String({ description: "After too many wrong passwords: none is looked at before" })),
    sessions: t.Number({ description: "Browsers that are signed in" }),
    programs: t.Number({ description: "Command lines and other programs that hold tokens" }),
    api_keys: t.Number({ description: "Keys that work" }),
    seen_at: t.Nullable(Moment),
    connected_accounts: t.Array(
      t.Object({ provider: t.String(), email: t.String(), last_used_at: t.Nullable(Moment) }),
    ),
    organizations: t.Array(t.Object({ slug: t.String(), display_name: t.String(), role: t.String() })),
    from_directory: t.Boolean(),
    erase_after: t.Nullable(Moment),
  }),
]);

/** An account as a list shows it to administrators. */
export const listedUserWire = (user: User): typeof ListedUserWire.static => ({
  ...userWire(user),
  status: user.status,
});

/** An account with all that administrators are shown of it. */
export const administeredUserWire = (user: AdministeredUser): typeof AdministeredUserWire.static => ({
  ...listedUserWire(user),
  two_factor: user.authenticator || user.passkeys > 0,
  authenticator: user.authenticator,
  passkeys: user.passkeys,
  has_password: user.hasPassword,
  locked_until: user.lockedUntil,
  sessions: user.sessions,
  programs: user.programs,
  api_keys: user.apiKeys,
  seen_at: user.seenAt,
  connected_accounts: user.identities.map(({ provider, email, lastUsedAt }) => ({
    provider,
    email,
    last_used_at: lastUsedAt,
  })),
  organizations: user.organizations.map(({ slug, displayName, role }) => ({ slug, display_name: displayName, role })),
  from_directory: user.fromDirectory,
  erase_after: user.eraseAfter,
});

/** Reads a filter as a query string or a form gives it; throws VALIDATION_ERROR for words that are none. */
export function readUserFilter(query: { q?: string; role?: string; status?: string }): UserFilter {
  const { q = "", role = "", status = "" } = query;
  const change = readUserChange({ role: role || undefined, status: status || undefined });
  return { q, ...change };
}

/** Reads a role and a status; throws VALIDATION_ERROR that names every word that is none. */
export function readUserChange(words: { role?: string; status?: string }): UserChange {
  const problems: FieldProblem[] = [];
  const one = <T extends string>(field: "role" | "status", known: readonly T[]): T | undefined => {
    const found = known.find((word) => word === words[field]);
    if (words[field] !== undefined && !found) problems.push({ field, message: `must be one of ${known.join(", ")}.` });
    return found;
  };
  const change = { role: one<Role>("role", ROLES), status: one("status", STATUSES) };
  if (problems.length > 0) throw validationError(...problems);
  return change;
}

/** For answers that hold a secret: no cache keeps them, nor does an Idempotency-Key. */
const SECRET = { "cache-control": "no-store" };
const Named = { params: t.Object({ username: t.String() }) };
const shown = (summary: string) => ({ detail: { summary, tags: ["Administration"] } });
const text = t.Optional(Short);

/** REST of administrating people, below `/api/v1`. */
export function usersApi(accounts: Accounts) {
  const { administration } = accounts;
  return new Elysia({ name: "accounts-api-users" })
    .get(
      "/admin/users",
      async ({ request, query }) => {
        const { actor } = contextOf(request);
        const { q, role, status, ...numbers } = query;
        const filter = readUserFilter({ q, role, status });
        return pageAnswer(request, await administration.list(actor, parsePage(numbers), filter), listedUserWire);
      },
      {
        query: t.Object({ q: text, role: text, status: text, page: text, per_page: text }),
        ...shown("The accounts by name; `q` looks in user names, display names and addresses"),
      },
    )
    .post(
      "/admin/users",
      async ({ request, body, set }) => {
        const { actor } = contextOf(request);
        const { password, display_name: displayName, role = "user", ...rest } = body;
        const account = { ...rest, displayName };
        Object.assign(set.headers, SECRET);
        const made =
          password === undefined
            ? await administration.createWithLink(actor, account, role)
            : { user: await administration.create(actor, { ...account, password }, role), link: null };
        set.status = 201;
        return ok({ ...listedUserWire(made.user), link: made.link });
      },
      {
        body: t.Object({
          username: Short,
          email: Short,
          display_name: text,
          role: t.Optional(t.Union(ROLES.map((role) => t.Literal(role)))),
          password: t.Optional(Password),
        }),
        response: {
          201: t.Object({
            data: t.Composite([
              ListedUserWire,
              t.Object({
                link: t.Nullable(
                  t.String({ description: "To set a password with, once, for an hour; shown this once" }),
                ),
              }),
            ]),
          }),
        },
        ...shown(
          "Make an account; without a password, or with another role than `user`, it needs a sign-in of the last 15 minutes",
        ),
      },
    )
    .get(
      "/admin/users/:username",
      async ({ request, params }) => {
        const user = await administration.find(contextOf(request).actor, params.username);
        return jsonWithETag(request, ok(administeredUserWire(user)));
      },
      { ...Named, ...shown("An account, how its person signs in, and where they belong") },
    )
    .patch(
      "/admin/users/:username",
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        await administration.update(actor, params.username, body);
        return ok(administeredUserWire(await administration.find(actor, params.username)));
      },
      {
        ...Named,
        body: t.Object({ role: t.Optional(t.Union(ROLES.map((role) => t.Literal(role)))), status: t.Optional(Status) }),
        response: { 200: t.Object({ data: AdministeredUserWire }) },
        ...shown("Change role or status; ends sign-ins, and needs a sign-in of the last 15 minutes itself"),
      },
    )
    .post(
      "/admin/users/:username/sign-out",
      async ({ request, params, body }) => {
        const keys = body?.api_keys ?? false;
        await administration.signOut(contextOf(request).actor, params.username, { keys });
        return new Response(null, { status: 204 });
      },
      {
        ...Named,
        body: t.Optional(t.Object({ api_keys: t.Optional(t.Boolean({ description: "Revoke the API keys too" })) })),
        ...shown("End every session and token of a person"),
      },
    );
}
