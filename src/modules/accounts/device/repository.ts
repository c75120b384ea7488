import type { Selectable } from "kysely";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { fromFlag, type Queries, type Schema, toFlag } from "../../../platform/database/index.ts";
import type { DeviceAuthorization } from "./device-authorization.ts";

const toDevice = (row: Selectable<Schema["device_authorizations"]>): DeviceAuthorization => ({
  id: row.id,
  userCode: row.user_code,
  client: row.client,
  address: row.address,
  status: row.status,
  userId: row.user_id,
  twoFactor: fromFlag(row.two_factor),
  authenticatedAt: row.authenticated_at,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  nextPollAt: row.next_poll_at,
  intervalSeconds: row.interval_seconds,
});

/** False when the user code is taken. */
export async function addDevice(
  tx: Queries,
  device: Pick<
    DeviceAuthorization,
    "id" | "userCode" | "client" | "address" | "createdAt" | "expiresAt" | "nextPollAt" | "intervalSeconds"
  >,
  deviceCodeHash: string,
): Promise<boolean> {
  const rows = await tx
    .insertInto("device_authorizations")
    .values({
      id: device.id,
      device_code_hash: deviceCodeHash,
      user_code: device.userCode,
      client: device.client,
      address: device.address,
      status: "waiting",
      user_id: null,
      created_at: device.createdAt,
      expires_at: device.expiresAt,
      next_poll_at: device.nextPollAt,
      interval_seconds: device.intervalSeconds,
    })
    .onConflict((conflict) => conflict.column("user_code").doNothing())
    .returning("id")
    .execute();
  return rows.length === 1;
}

/** One that waits for its person and has not expired. */
export async function waitingDevice(q: Queries, userCode: string, now: Instant): Promise<DeviceAuthorization | null> {
  const row = await q
    .selectFrom("device_authorizations")
    .selectAll()
    .where("user_code", "=", userCode)
    .where("status", "=", "waiting")
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row ? toDevice(row) : null;
}

export async function deviceByCode(q: Queries, deviceCodeHash: string): Promise<DeviceAuthorization | null> {
  const row = await q
    .selectFrom("device_authorizations")
    .selectAll()
    .where("device_code_hash", "=", deviceCodeHash)
    .executeTakeFirst();
  return row ? toDevice(row) : null;
}

export interface DeviceDecision {
  status: "approved" | "denied";
  userId: Id;
  twoFactor: boolean;
  authenticatedAt: Instant | null;
}

/** Null when it does not wait any more. */
export async function decideDevice(
  tx: Queries,
  userCode: string,
  decision: DeviceDecision,
  now: Instant,
): Promise<DeviceAuthorization | null> {
  const row = await tx
    .updateTable("device_authorizations")
    .set({
      status: decision.status,
      user_id: decision.userId,
      two_factor: toFlag(decision.twoFactor),
      authenticated_at: decision.authenticatedAt,
    })
    .where("user_code", "=", userCode)
    .where("status", "=", "waiting")
    .where("expires_at", ">", now)
    .returningAll()
    .executeTakeFirst();
  return row ? toDevice(row) : null;
}

/** Of many at once one gets true. */
export async function useDevice(tx: Queries, id: Id): Promise<boolean> {
  const rows = await tx
    .updateTable("device_authorizations")
    .set({ status: "used" })
    .where("id", "=", id)
    .where("status", "=", "approved")
    .returning("id")
    .execute();
  return rows.length === 1;
}

/** Takes back what a person approved and nobody came for yet. */
export async function refuseDevicesOf(tx: Queries, userId: Id): Promise<void> {
  await tx
    .updateTable("device_authorizations")
    .set({ status: "denied" })
    .where("user_id", "=", userId)
    .where("status", "=", "approved")
    .execute();
}

export async function notePoll(
  tx: Queries,
  id: Id,
  poll: { nextPollAt: Instant; intervalSeconds: number },
): Promise<void> {
  await tx
    .updateTable("device_authorizations")
    .set({ next_poll_at: poll.nextPollAt, interval_seconds: poll.intervalSeconds })
    .where("id", "=", id)
    .execute();
}

export async function deleteExpiredDevices(tx: Queries, before: Instant): Promise<void> {
  await tx.deleteFrom("device_authorizations").where("expires_at", "<=", before).execute();
}

/* The families of tokens that command lines hold. */

export interface FamilyRow {
  familyId: Id;
  client: string;
  twoFactor: boolean;
  /** When its newest pair was given. */
  renewedAt: Instant;
  expiresAt: Instant;
}

/** Those that could still be renewed, the last used first. */
export async function listFamilies(q: Queries, userId: Id, now: Instant): Promise<FamilyRow[]> {
  const rows = await q
    .selectFrom("refresh_tokens")
    .select(["family_id", "client", "two_factor", "created_at", "expires_at"])
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .limit(200)
    .execute();
  return rows.map((row) => ({
    familyId: row.family_id,
    client: row.client,
    twoFactor: fromFlag(row.two_factor),
    renewedAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** The client of the family that was ended; null when it is somebody else's or had ended. */
export async function endFamily(tx: Queries, familyId: Id, userId: Id, at: Instant): Promise<string | null> {
  const rows = await tx
    .updateTable("refresh_tokens")
    .set({ revoked_at: at })
    .where("family_id", "=", familyId)
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .returning("client")
    .execute();
  return rows[0]?.client ?? null;
}
