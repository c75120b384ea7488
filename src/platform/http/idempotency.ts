import type { Actor } from "../../core/actor.ts";
import { type Clock, instant, later, MINUTE } from "../../core/clock.ts";
import { type AppError, conflict, validationError } from "../../core/error.ts";
import type { Database } from "../database/index.ts";
import { type BodyHash, type HashedBody, hashBody } from "./hash-body.ts";
import { pathOf } from "./respond.ts";

/** A key whose request never finished (the server was killed) may be used again after this long. */
const ABANDONED_MS = 15 * MINUTE;
const MAX_KEPT_RESPONSE = 256 * 1024;
const KEY = /^[\x21-\x7e]{1,200}$/;
const KEPT_HEADERS = ["Content-Type", "Location", "ETag", "Link"];

/** Makes a POST of a signed-in caller that carries an `Idempotency-Key` happen once, however often it is sent. */
export interface Idempotency {
  /**
   * Runs `handle` or answers what it answered before. Throws CONFLICT while the first one runs, or when its answer was not
   * kept (a secret, over 256 KiB); VALIDATION_ERROR when the key came with another request. Answers other than 2xx and 3xx
   * free the key. Requests are told apart by path, query, type and every byte of the body; `handle` gets the request to go on
   * with.
   */
  run(request: Request, actor: Actor, handle: Handle): Promise<Response | undefined>;
  /** Forgets keys made before; answers how many. */
  forgetBefore(date: Date): Promise<number>;
}

type Handle = (request: Request) => Promise<Response | undefined>;

interface Kept {
  headers: Record<string, string>;
  body: string;
}

export function createIdempotency(deps: { database: Database; clock: Clock }): Idempotency {
  const { database, clock } = deps;
  return {
    async run(request, actor, handle) {
      const key = request.headers.get("Idempotency-Key");
      if (key === null || request.method !== "POST" || actor.kind !== "user") return handle(request);
      if (!KEY.test(key))
        throw validationError({ field: "Idempotency-Key", message: "must be 1 to 200 visible ASCII characters." });
      const head = hashHead(request);
      const claim: Claim = { userId: actor.userId, key, hash: head };
      const earlier = await claimKey(database, clock, claim);
      if (earlier) return replay(earlier, head, request);
      return settle(database, claim, request, handle);
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
  /** Of the head: the body's is known when it has been read. */
  hash: string;
}

/** How a request ended: what it was, its status, and its answer when that may be kept. */
interface Outcome {
  request_hash: string;
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

async function replay(earlier: Earlier, head: string, request: Request): Promise<Response> {
  const [earlierHead, length] = earlier.request_hash.split(".");
  if (earlierHead !== head) throw otherRequest();
  if (earlier.status === null)
    throw conflict("A request with this Idempotency-Key is still running; ask again in a moment.");
  const body = request.body === null ? null : await hashing(request).body!.finish(Number(length));
  if (earlier.request_hash !== nameOf(head, body)) throw otherRequest();
  if (earlier.response === null)
    throw conflict(
      "A request with this Idempotency-Key was carried out, but its answer was not kept; look at the result instead.",
    );
  const kept = JSON.parse(earlier.response) as Kept;
  const text = kept.body === "" ? null : kept.body;
  return new Response(text, { status: earlier.status, headers: { ...kept.headers, "Idempotency-Replayed": "true" } });
}

const otherRequest = (): AppError =>
  validationError({ field: "Idempotency-Key", message: "was used before with another request; take a new key." });

async function settle(database: Database, claim: Claim, sent: Request, handle: Handle): Promise<Response | undefined> {
  let outcome: Outcome | null = null;
  try {
    const { request, body } = hashing(sent);
    const response = await handle(request);
    if (!response || response.status >= 400) return response;
    // It happened, even if the end of the body was lost on the way.
    const read = (await body?.finish().catch(() => null)) ?? null;
    const request_hash = nameOf(claim.hash, read);
    const { kept, copy } = await keep(response);
    outcome = { status: response.status, response: kept && JSON.stringify(kept), request_hash };
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

/** What tells requests apart before their bodies: where they go and what they bring. */
function hashHead(request: Request): string {
  const { type } = typeOf(request);
  const head = JSON.stringify([pathOf(request), URL.parse(request.url)?.search ?? "", type]);
  return new Bun.CryptoHasher("sha256").update(head).digest("base64url");
}

const nameOf = (head: string, body: BodyHash | null): string => `${head}.${body?.length ?? 0}.${body?.sha256 ?? ""}`;

function typeOf(request: Request): { type: string; boundary: string | null } {
  const header = request.headers.get("Content-Type") ?? "";
  const type = header.split(";")[0]!.trim().toLowerCase();
  const boundary = type.startsWith("multipart/") ? /\bboundary="?([^";]{1,70})"?/i.exec(header)?.[1] : undefined;
  return { type, boundary: boundary ?? null };
}

/** The request whose body is hashed while its handler reads it. */
function hashing(request: Request): { request: Request; body: HashedBody | null } {
  if (request.body === null) return { request, body: null };
  const body = hashBody(request.body, typeOf(request).boundary);
  const { url, method, headers, signal } = request;
  return { request: new Request(url, { method, headers, signal, body: body.stream }), body };
}
