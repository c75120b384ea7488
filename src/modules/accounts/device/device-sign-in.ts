import type { Actor, SignedIn } from "../../../core/actor.ts";
import { type Clock, instant, later } from "../../../core/clock.ts";
import { AppError } from "../../../core/error.ts";
import { type Id, newId } from "../../../core/id.ts";
import { requireRecent } from "../../../core/permission.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import type { GuessLimit } from "../guess-limit.ts";
import { hashSecret, randomSecret } from "../random.ts";
import { findUser } from "../repository.ts";
import type { TokenPair, Tokens } from "../tokens.ts";
import { requirePerson } from "../user.ts";
import {
  cleanName,
  DEVICE_LIFETIME_MS,
  type DeviceAuthorization,
  type DeviceRefusal,
  MAX_POLL_SECONDS,
  makeUserCode,
  POLL_SECONDS,
  readUserCode,
  SLOW_DOWN_SECONDS,
  shownUserCode,
  unknownUserCode,
} from "./device-authorization.ts";
import * as repository from "./repository.ts";

/** What a command line is told when it begins (RFC 8628 3.2); durations in seconds. */
export interface DeviceStart {
  deviceCode: string;
  /** `WDJB-MJHT` */
  userCode: string;
  expiresIn: number;
  interval: number;
}

/** Command lines that sign in through a browser (RFC 8628). */
export interface DeviceSignIn {
  /** Throws unless the actor is at a browser and proved lately who they are: they give away all that they may. */
  requireDecider(actor: Actor): asserts actor is SignedIn;
  /** `clientId` and `hostname` are what the command line says of itself and are believed by nobody. */
  begin(client: { clientId: string; hostname: string; address: string }): Promise<DeviceStart>;
  /**
   * What waits with this code, for the person who typed it. Throws VALIDATION_ERROR for one that is not known, and
   * RATE_LIMIT_EXCEEDED after too many of these (RFC 8628 5.1).
   */
  look(actor: Actor, userCode: string): Promise<DeviceAuthorization>;
  /** Throws as `look`. Only a browser's session may decide: a token must not make another that outlives it. */
  decide(actor: Actor, userCode: string, decision: "approved" | "denied"): Promise<DeviceAuthorization>;
  /** A poll for the tokens. They are answered once: of many at once one gets them. */
  poll(deviceCode: string): Promise<DevicePoll>;
  /** Forgets those that nobody can come back for. */
  housekeeping(): Promise<void>;
}

export type DevicePoll = { tokens: TokenPair; userId: Id } | { refused: DeviceRefusal; interval: number };

export interface DeviceDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  guessLimit: GuessLimit;
  tokens: Tokens;
}

const MAX_TRIES = 5;

export function createDeviceSignIn(deps: DeviceDeps): DeviceSignIn {
  const { database, clock } = deps;
  return {
    requireDecider: (actor) => requireDecider(deps, actor),
    begin: (client) => begin(deps, client),
    look: (actor, userCode) =>
      guessed(deps, actor, userCode, (code) => repository.waitingDevice(database.read, code, instant(clock.now()))),
    decide: (actor, userCode, decision) => decide(deps, actor, userCode, decision),
    poll: (deviceCode) => poll(deps, deviceCode),
    async housekeeping() {
      // An hour longer, so that a late poll is told that it was too late.
      const before = instant(new Date(clock.now().getTime() - 3_600_000));
      await database.write((tx) => repository.deleteExpiredDevices(tx, before));
    },
  };
}

async function begin(
  { database, clock }: DeviceDeps,
  client: { clientId: string; hostname: string; address: string },
): Promise<DeviceStart> {
  const name = cleanName(client.clientId) || "a program without a name";
  const host = cleanName(client.hostname);
  const now = clock.now();
  const deviceCode = `mkd_${randomSecret()}`;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const userCode = makeUserCode();
    const device = {
      id: newId(),
      userCode,
      client: host === "" ? name : `${name} on ${host}`,
      address: client.address,
      createdAt: instant(now),
      expiresAt: later(now, DEVICE_LIFETIME_MS),
      nextPollAt: instant(now),
      intervalSeconds: POLL_SECONDS,
    };
    if (await database.write((tx) => repository.addDevice(tx, device, hashSecret(deviceCode))))
      return {
        deviceCode,
        userCode: shownUserCode(userCode),
        expiresIn: Math.floor(DEVICE_LIFETIME_MS / 1000),
        interval: POLL_SECONDS,
      };
  }
  throw new AppError("SERVICE_UNAVAILABLE", "Too many command lines are waiting to be signed in. Try again soon.");
}

function requireDecider({ clock }: DeviceDeps, actor: Actor): asserts actor is SignedIn {
  requirePerson(actor);
  if (actor.via !== "session")
    throw new AppError("FORBIDDEN", "Sign in with a browser to decide about a command line.");
  requireRecent(actor, clock.now());
}

/** Wrong codes are counted by person, or whoever has an account could find the codes of others by trying. */
async function guessed(
  deps: DeviceDeps,
  actor: Actor,
  typed: string,
  find: (code: string) => Promise<DeviceAuthorization | null>,
): Promise<DeviceAuthorization> {
  const { guessLimit } = deps;
  requireDecider(deps, actor);
  await guessLimit.require(actor.userId);
  const code = readUserCode(typed);
  const found = code === null ? null : await find(code);
  if (!found) {
    await guessLimit.wrong(actor.userId);
    throw unknownUserCode();
  }
  await guessLimit.right(actor.userId);
  return found;
}

async function decide(
  deps: DeviceDeps,
  actor: Actor,
  userCode: string,
  status: "approved" | "denied",
): Promise<DeviceAuthorization> {
  requireDecider(deps, actor);
  const { userId, twoFactor, authenticatedAt } = actor;
  return guessed(deps, actor, userCode, (code) =>
    deps.database.write(async (tx) => {
      const decision = { status, userId, twoFactor, authenticatedAt };
      const device = await repository.decideDevice(tx, code, decision, instant(deps.clock.now()));
      if (device)
        await deps.audit.append(tx, {
          action: `device.${status}`,
          outcome: status === "approved" ? "success" : "denied",
          actor,
          subject: { type: "device", id: device.id },
          personal: { client: device.client, address: device.address },
        });
      return device;
    }),
  );
}

async function poll(deps: DeviceDeps, deviceCode: string): Promise<DevicePoll> {
  const { database, tokens } = deps;
  const outcome = await database.write((tx) => take(tx, deps, hashSecret(deviceCode)));
  if ("refused" in outcome) return outcome;
  const { userId, twoFactor, authenticatedAt, client } = outcome;
  return { userId, tokens: await tokens.start(userId, { twoFactor, authenticatedAt, client }) };
}

type Taken = Pick<DeviceAuthorization, "twoFactor" | "authenticatedAt" | "client"> & { userId: Id };

async function take(
  tx: Queries,
  { clock, audit }: DeviceDeps,
  deviceCodeHash: string,
): Promise<Taken | { refused: DeviceRefusal; interval: number }> {
  const device = await repository.deviceByCode(tx, deviceCodeHash);
  const refused = (reason: DeviceRefusal, interval = device?.intervalSeconds ?? POLL_SECONDS) => ({
    refused: reason,
    interval,
  });
  const now = clock.now();
  if (!device || device.status === "used") return refused("invalid_grant");
  if (device.expiresAt <= instant(now)) return refused("expired_token");
  if (device.status === "denied") return refused("access_denied");
  if (device.status === "waiting") {
    const early = instant(now) < device.nextPollAt;
    const wanted = device.intervalSeconds + (early ? SLOW_DOWN_SECONDS : 0);
    const intervalSeconds = Math.min(wanted, MAX_POLL_SECONDS);
    // A little less than was said: clients that keep to it must not be told off for a fast line.
    const nextPollAt = later(now, intervalSeconds * 1000 - 500);
    await repository.notePoll(tx, device.id, { nextPollAt, intervalSeconds });
    return refused(early ? "slow_down" : "authorization_pending", intervalSeconds);
  }
  const user = device.userId === null ? null : await findUser(tx, { id: device.userId });
  if (!(await repository.useDevice(tx, device.id)) || user?.status !== "active") return refused("invalid_grant");
  await audit.append(tx, {
    action: "device.signed-in",
    outcome: "success",
    actor: { kind: "user", userId: user.id, username: user.username, via: "access-token" },
    subject: { type: "device", id: device.id },
    personal: { client: device.client },
  });
  const { twoFactor, authenticatedAt, client } = device;
  return { userId: user.id, twoFactor, authenticatedAt, client };
}
