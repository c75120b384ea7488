import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import { emailKey } from "./user.ts";

/** What lies in `email_key` of somebody whose address nobody has confirmed to be theirs; no address is without an @. */
export const unclaimed = (userId: Id): string => `#${userId}`;

/** Who an address belongs to: whoever confirmed it, else whoever registered it first while nothing could be confirmed. */
export async function findHolder(
  q: Queries,
  email: string,
): Promise<{ userId: Id; username: string; email: string; verified: boolean } | null> {
  const row = await q
    .selectFrom("users")
    .select(["id", "username", "email", "email_verified_at"])
    .where("email_key", "=", emailKey(email))
    .executeTakeFirst();
  return row
    ? { userId: row.id, username: row.username, email: row.email, verified: row.email_verified_at !== null }
    : null;
}

/**
 * Gives a confirmed address to a person; one who held it unconfirmed loses it. Answers false when somebody else has confirmed
 * it.
 */
export async function giveEmail(tx: Queries, userId: Id, email: string, at: Instant): Promise<boolean> {
  const holder = await findHolder(tx, email);
  if (holder && holder.userId !== userId) {
    if (holder.verified) return false;
    await releaseEmail(tx, holder.userId);
  }
  await tx
    .updateTable("users")
    .set({ email, email_key: emailKey(email), email_verified_at: at, updated_at: at })
    .where("id", "=", userId)
    .execute();
  return true;
}

/** The address stays where mails to the person go, but belongs to nobody until it is confirmed. */
export async function releaseEmail(tx: Queries, userId: Id): Promise<void> {
  await tx
    .updateTable("users")
    .set({ email_key: unclaimed(userId), email_verified_at: null })
    .where("id", "=", userId)
    .execute();
}
