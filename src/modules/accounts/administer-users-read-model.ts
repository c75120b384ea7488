import { sql } from "kysely";
import type { OrganizationRole, Role } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import { toUser } from "./repository.ts";
import type { User } from "./user.ts";

/** What administrators look for people by; what is left out matches everybody. */
export interface UserFilter {
  /** Part of a user name, display name or address, whatever its case. */
  q?: string;
  role?: Role;
  status?: User["status"];
}

/** What there is beside the account itself. */
export interface UserFacts {
  /** Browsers that are signed in. */
  sessions: number;
  /** Command lines and other programs that hold tokens. */
  programs: number;
  /** API keys that work. */
  apiKeys: number;
  /** When a browser of theirs was seen last, as far as that is still known. */
  seenAt: Instant | null;
  hasPassword: boolean;
  authenticator: boolean;
  passkeys: number;
  identities: { provider: string; email: string; lastUsedAt: Instant | null }[];
  organizations: { slug: string; displayName: string; role: OrganizationRole }[];
  /** The directory made the account or takes care of it. */
  fromDirectory: boolean;
  /** When the account is erased, as its person wishes; null: not planned. */
  eraseAfter: Instant | null;
}

/** By name; who was erased is not among them. */
export async function searchUsers(
  q: Queries,
  filter: UserFilter,
  page: PageRequest,
): Promise<{ users: User[]; total: number }> {
  let matching = q.selectFrom("users").where("erased_at", "is", null);
  if (filter.role) matching = matching.where("role", "=", filter.role);
  if (filter.status) matching = matching.where("status", "=", filter.status);
  const text = filter.q?.trim() ?? "";
  if (text !== "") {
    const contained = `%${text.replace(/[!%_]/g, "!$&")}%`;
    const folded = contained.toLowerCase();
    // As it was typed too: SQLite folds the case of ASCII alone.
    matching = matching.where((e) =>
      e.or([
        sql<boolean>`username LIKE ${folded} ESCAPE '!'`,
        sql<boolean>`lower(email) LIKE ${folded} ESCAPE '!'`,
        sql<boolean>`lower(display_name) LIKE ${folded} ESCAPE '!'`,
        sql<boolean>`display_name LIKE ${contained} ESCAPE '!'`,
      ]),
    );
  }
  const [rows, count] = await Promise.all([
    matching.selectAll().orderBy("username").limit(page.perPage).offset(offsetOf(page)).execute(),
    matching.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst(),
  ]);
  return { users: rows.map(toUser), total: toNumber(count?.n) };
}

/** The person of this name; null for a name that nobody bears and for who was erased. */
export async function findLiving(q: Queries, username: string): Promise<User | null> {
  const row = await q
    .selectFrom("users")
    .selectAll()
    .where("username", "=", username.toLowerCase())
    .where("erased_at", "is", null)
    .executeTakeFirst();
  return row ? toUser(row) : null;
}

export async function userFacts(q: Queries, userId: Id, now: Instant): Promise<UserFacts> {
  const [numbers, identities, organizations] = await Promise.all([
    countFacts(q, userId, now),
    q
      .selectFrom("identities")
      .select(["provider", "email", "last_used_at"])
      .where("user_id", "=", userId)
      .orderBy("provider")
      .orderBy("created_at")
      .limit(MAX_LISTED)
      .execute(),
    q
      .selectFrom("organization_members as m")
      .innerJoin("organizations as o", "o.id", "m.organization_id")
      .innerJoin("namespaces as n", "n.id", "o.namespace_id")
      .select(["n.name", "o.display_name", "m.role"])
      .where("m.user_id", "=", userId)
      .where("o.deleted_at", "is", null)
      .orderBy("n.name")
      .limit(MAX_LISTED)
      .execute(),
  ]);
  return {
    ...numbers,
    identities: identities.map((row) => ({
      provider: row.provider,
      email: row.email,
      lastUsedAt: row.last_used_at,
    })),
    organizations: organizations.map((row) => ({ slug: row.name, displayName: row.display_name, role: row.role })),
  };
}

/** Connected accounts and organizations that are shown of one person. */
const MAX_LISTED = 200;

/** One statement, so that the numbers are of one moment. */
async function countFacts(q: Queries, userId: Id, now: Instant) {
  const { rows } = await sql<
    Record<"sessions" | "programs" | "api_keys" | "totp" | "passkeys" | "password", number | string> & {
      seen_at: Instant | null;
      directory_name: string | null;
      external_id: string | null;
      erase_after: Instant | null;
    }
  >`
    SELECT u.directory_name, u.external_id, u.erase_after,
      CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END AS password,
      (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.expires_at > ${now}) AS sessions,
      (SELECT max(s.seen_at) FROM sessions s WHERE s.user_id = u.id) AS seen_at,
      (SELECT count(DISTINCT r.family_id) FROM refresh_tokens r
        WHERE r.user_id = u.id AND r.revoked_at IS NULL AND r.used_at IS NULL AND r.expires_at > ${now}) AS programs,
      (SELECT count(*) FROM api_keys k
        WHERE k.user_id = u.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})) AS api_keys,
      (SELECT count(*) FROM totp_credentials t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS totp,
      (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id) AS passkeys
    FROM users u WHERE u.id = ${userId}`.execute(q);
  const row = rows[0];
  return {
    sessions: toNumber(row?.sessions),
    programs: toNumber(row?.programs),
    apiKeys: toNumber(row?.api_keys),
    seenAt: row?.seen_at ?? null,
    hasPassword: toNumber(row?.password) === 1,
    authenticator: toNumber(row?.totp) > 0,
    passkeys: toNumber(row?.passkeys),
    fromDirectory: row !== undefined && (row.directory_name !== null || row.external_id !== null),
    eraseAfter: row?.erase_after ?? null,
  };
}
