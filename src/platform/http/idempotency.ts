import type { Actor } from "../../core/actor.ts";
import { type Clock, instant, later, MINUTE } from "../../core/clock.ts";
import { AppError, conflict, validationError } from "../../core/error.ts";
import type { Database } from "../database/index.ts";
import { pathOf } from "./respond.ts";

/** A key whose request never finished (the server was killed) may be used again after this long. */
const ABANDONED_MS = 15 * MINUTE;
const MAX_HASHED_BODY = 1024 * 1024;
const MAX_KEPT_RESPONSE = 256 * 1024;
const KEY = /^[\x21-\x7e]{1,200}$/;
const KEPT_HEADERS = ["Content-Type", "Location", "ETag", "Link"];

/** Makes a POST of a signed-in caller that carries an `Idempotency-Key` happen once, however often it is sent. */
export interface Idempotency {
  /**
   * Runs `handle` or answers what it answered before. Throws CONFLICT while the first one runs, or when its answer was not
   * kept (a secret, over 256 KiB); VALIDATION_ERROR when the key came with another request. Answers other than 2xx and 3xx
   * free the key. Bodies over 1 MiB are told apart by length and type alone.
   */
  run(request: Request, actor: Actor, handle: () => Promise<Response | undefined>): Promise<Response | undefined>;
  /** Forgets keys made before; answers how many. */
  forgetBefore(date: Date): Promise<number>;
}

interface Kept {
  headers: Record<string, string>;
  body: string;
}

export function createIdempotency(deps: { database: Database; clock: Clock }): Idempotency {
  const { database, clock } = deps;
  return {
    async run(request, actor, handle) {
      const key = request.headers.get("Idempotency-Key");
      if (key === null || request.method !== "POST" || actor.kind !== "user") return handle();
      if (!KEY.test(key))
        throw validationError({ field: "Idempotency-Key", message: "must be 1 to 200 visible ASCII characters." });
      const claim: Claim = { userId: actor.userId, key, hash: await hashOf(request) };
      const earlier = await claimKey(database, clock, claim);
      if (earlier) return replay(earlier, claim);
      return settle(database, claim, handle);
    },
    async forgetBefore(date) {
      const rows = await database.write((tx) =>
        tx
          .deleteFrom("idempotency_keys")
          .where("created_at", "<", instant(date))
          .returning("idempotency_key")
          .execute(),
      );
      return rows.length;
    },
  };
}

interface Claim {
  userId: string;
  key: string;
  hash: string;
}

/** How a request ended: its status, and its answer when that may be kept. */
interface Outcome {
  status: number;
  response: string | null;
}

interface Earlier {
  request_hash: string;
  status: number | null;
  response: string | null;
}

/** Takes the key; answers what is known of its first use when it is taken already. */
function claimKey(database: Database, clock: Clock, claim: Claim): Promise<Earlier | null> {
  const now = clock.now();
  return database.write(async (tx) => {
    await tx
      .deleteFrom("idempotency_keys")
      .where("user_id", "=", claim.userId)
      .where("idempotency_key", "=", claim.key)
      .where("status", "is", null)
      .where("created_at", "<", later(now, -ABANDONED_MS))
      .execute();
    const made = await tx
      .insertInto("idempotency_keys")
      .values({
        user_id: claim.userId,
        idempotency_key: claim.key,
        request_hash: claim.hash,
        status: null,
        response: null,
        created_at: instant(now),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("idempotency_key")
      .executeTakeFirst();
    if (made) return null;
    const row = await tx
      .selectFrom("idempotency_keys")
      .select(["request_hash", "status", "response"])
      .where("user_id", "=", claim.userId)
      .where("idempotency_key", "=", claim.key)
      .executeTakeFirst();
    return row ?? { request_hash: claim.hash, status: null, response: null };
  });
}

function replay(earlier: Earlier, claim: Claim): Response {
  if (earlier.request_hash !== claim.hash)
    throw validationError({
      field: "Idempotency-Key",
      message: "was used before with another request; take a new key.",
    });
  if (earlier.status === null)
    throw conflict("A request with this Idempotency-Key is still running; ask again in a moment.");
  if (earlier.response === null)
    throw conflict(
      "A request with this Idempotency-Key was carried out, but its answer was not kept; look at the result instead.",
    );
  const kept = JSON.parse(earlier.response) as Kept;
  const body = kept.body === "" ? null : kept.body;
  return new Response(body, { status: earlier.status, headers: { ...kept.headers, "Idempotency-Replayed": "true" } });
}

async function settle(
  database: Database,
  claim: Claim,
  handle: () => Promise<Response | undefined>,
): Promise<Response | undefined> {
  let outcome: Outcome | null = null;
  try {
    const response = await handle();
    if (!response || response.status >= 400) return response;
    const { kept, copy } = await keep(response);
    outcome = { status: response.status, response: kept && JSON.stringify(kept) };
    return copy;
  } finally {
    await record(database, claim, outcome);
  }
}

async function record(database: Database, claim: Claim, outcome: Outcome | null): Promise<void> {
  await database.write(async (tx) => {
    const { userId, key } = claim;
    if (outcome === null)
      await tx
        .deleteFrom("idempotency_keys")
        .where("user_id", "=", userId)
        .where("idempotency_key", "=", key)
        .execute();
    else
      await tx
        .updateTable("idempotency_keys")
        .set(outcome)
        .where("user_id", "=", userId)
        .where("idempotency_key", "=", key)
        .execute();
  });
}

/** What is kept of an answer: null when it must not be (`no-store`: it holds a secret), is large, or is not text. */
async function keep(response: Response): Promise<{ kept: Kept | null; copy: Response }> {
  const type = response.headers.get("Content-Type") ?? "";
  const secret = response.headers.get("Cache-Control")?.includes("no-store") ?? false;
  if (secret || !/^(?:application\/json|text\/|$)/.test(type)) return { kept: null, copy: response };
  const body = await response.text();
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = response.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  const copy = new Response(body === "" ? null : body, { status: response.status, headers: response.headers });
  return { kept: body.length > MAX_KEPT_RESPONSE ? null : { headers, body }, copy };
}

async function hashOf(request: Request): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  const length = request.headers.get("Content-Length");
  const type = (request.headers.get("Content-Type") ?? "").split(";")[0]!.trim();
  hasher.update(JSON.stringify([pathOf(request), URL.parse(request.url)?.search ?? "", type, length]));
  // A multipart body holds a boundary that is new each time.
  const readable = length !== null && Number(length) <= MAX_HASHED_BODY && !type.startsWith("multipart/");
  if (readable && request.body !== null) hasher.update(await readSmall(request.clone()));
  return hasher.digest("hex");
}

async function readSmall(request: Request): Promise<Uint8Array> {
  const bytes = await request.bytes();
  if (bytes.byteLength > MAX_HASHED_BODY)
    throw new AppError("PAYLOAD_TOO_LARGE", "The body is longer than its Content-Length.");
  return bytes;
}
