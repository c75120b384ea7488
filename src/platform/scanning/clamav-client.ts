import { connect, type Socket } from "node:net";
import { makeVisible } from "./excerpt.ts";

/** Where clamd listens: a Unix socket's path, or a host and port. */
export type ClamavAddress = { path: string } | { hostname: string; port: number };

/** Crosses to the scanning threads, each of which opens its own connections. */
export interface ClamavSettings {
  address: ClamavAddress;
  /** For one question, from the connection to the whole answer; one file is one question. */
  timeoutMs: number;
  /** Larger files are not sent. Not more than clamd's own StreamMaxLength, MaxFileSize and MaxScanSize. */
  maxBytes: number;
}

/** What clamd said of one stream. */
export type ClamavAnswer = { kind: "clean" } | { kind: "found"; signature: string } | { kind: "too-large" };

const CHUNK = 64 * 1024;
/** clamd's answers are one line. */
const REPLY_LIMIT = 4 * 1024;

/**
 * clamd's engine and database, such as `ClamAV 1.4.6/27800/Sun Nov 22 09:26:00 2026`. Throws when it does not answer
 * PING with PONG and VERSION with a version.
 */
export async function clamavVersion(settings: ClamavSettings): Promise<string> {
  const pong = await ask(settings, "zPING\0");
  if (pong !== "PONG") throw unexpected(pong);
  const version = await ask(settings, "zVERSION\0");
  if (!/^ClamAV [\w.-]{1,40}/.test(version)) throw unexpected(version);
  return version;
}

/**
 * Sends one file by INSTREAM (clamd(8): chunks that begin with their length, four bytes, big-endian; a length of zero ends
 * them). Holds one chunk at a time. Throws when clamd is away, hangs, hangs up or answers anything that is no verdict.
 */
export async function scanStream(
  settings: ClamavSettings,
  stream: ReadableStream<Uint8Array>,
  size: number,
): Promise<ClamavAnswer> {
  const body: Body = { stream, size, whole: false };
  const reply = await ask(settings, "zINSTREAM\0", body);
  if (reply === "stream: OK") {
    if (!body.whole) throw new Error("clamd answered before it had the whole file.");
    return { kind: "clean" };
  }
  const signature = /^stream: (\S[^\n]{0,300}) FOUND$/.exec(reply)?.[1];
  if (signature !== undefined) return { kind: "found", signature };
  if (/^INSTREAM size limit exceeded\. ERROR$/.test(reply)) return { kind: "too-large" };
  throw unexpected(reply);
}

const unexpected = (reply: string): Error =>
  new Error(`clamd answered what is no answer to the question: "${makeVisible(reply.slice(0, 120))}".`);

interface Body {
  stream: ReadableStream<Uint8Array>;
  size: number;
  /** Set once all of it was handed to the socket, and its end is next. */
  whole: boolean;
}

/** One command over a connection of its own; resolves with the answer up to its NUL. */
async function ask(settings: ClamavSettings, command: string, body?: Body): Promise<string> {
  const socket = opened(settings.address);
  const reply = replyOf(socket, settings);
  const timer = setTimeout(
    () => socket.destroy(new Error(`did not answer within ${settings.timeoutMs / 1000} s`)),
    settings.timeoutMs,
  );
  const sender = new Sender(socket, reply.done);
  const sending = (async () => {
    await sender.send(Buffer.from(command));
    if (body) await sendBody(sender, body);
  })();
  try {
    // clamd may answer, and hang up, before it has read everything; a file that cannot be read ends the question.
    const failed = sending.then(
      () => new Promise<never>(() => {}),
      (error: unknown) => Promise.reject(error),
    );
    return await Promise.race([reply.text, failed]);
  } finally {
    clearTimeout(timer);
    reply.done.abort();
    socket.destroy();
    await sending.catch(() => {});
  }
}

function opened(address: ClamavAddress): Socket {
  return "path" in address ? connect({ path: address.path }) : connect({ host: address.hostname, port: address.port });
}

/** `done` aborts once nothing more is to be sent: there is an answer, or there will be none. */
function replyOf(socket: Socket, settings: ClamavSettings): { text: Promise<string>; done: AbortController } {
  const done = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // The question may end by itself before anybody waits for the answer.
  promise.catch(() => {});
  let text = "";
  const fail = (reason: string) => {
    reject(new Error(`clamd at ${nameOf(settings.address)} ${reason}.`));
    done.abort();
  };
  socket.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    const end = text.indexOf("\0");
    if (end === -1) {
      if (text.length > REPLY_LIMIT) {
        fail("answers without end");
        socket.destroy();
      }
      return;
    }
    resolve(text.slice(0, end));
    done.abort();
  });
  socket.on("error", (error: Error) => fail(wordsOf(error)));
  for (const event of ["end", "close"]) socket.on(event, () => fail("hung up without an answer"));
  return { text: promise, done };
}

function wordsOf(error: Error & { code?: string }): string {
  if (error.code === "ECONNREFUSED") return "refuses connections";
  if (error.code === "ENOENT") return "is not there";
  return error.message.startsWith("did not") ? error.message : `cannot be reached (${error.code ?? error.message})`;
}

/** For messages: `unix:/run/clamav/clamd.ctl` or `localhost:3310`. */
export const nameOf = (address: ClamavAddress): string =>
  "path" in address
    ? `unix:${address.path}`
    : `${address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname}:${address.port}`;

/** Writes no faster than clamd reads. */
class Sender {
  readonly #socket: Socket;
  readonly #done: AbortController;

  constructor(socket: Socket, done: AbortController) {
    this.#socket = socket;
    this.#done = done;
  }

  get over(): boolean {
    return this.#done.signal.aborted;
  }

  whenOver(action: () => void): void {
    this.#done.signal.addEventListener("abort", action, { once: true });
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.over || this.#socket.write(bytes)) return;
    const { signal } = this.#done;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#socket.off("drain", go);
        signal.removeEventListener("abort", go);
        resolve();
      };
      this.#socket.once("drain", go);
      signal.addEventListener("abort", go, { once: true });
    });
  }
}

async function sendBody(sender: Sender, body: Body): Promise<void> {
  const reader = body.stream.getReader();
  // A store that hangs must not hold the question longer than its deadline.
  sender.whenOver(() => void reader.cancel().catch(() => {}));
  let sent = 0;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      sent += piece.value.length;
      if (sent > body.size) throw new Error("The file holds more bytes than its manifest says.");
      for (let at = 0; at < piece.value.length && !sender.over; at += CHUNK)
        await sender.send(chunkOf(piece.value.subarray(at, at + CHUNK)));
      if (sender.over) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (sender.over) return;
  if (sent !== body.size) throw new Error(`The file ended after ${sent} of ${body.size} bytes.`);
  body.whole = true;
  await sender.send(new Uint8Array(4));
}

function chunkOf(bytes: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(4 + bytes.length);
  new DataView(chunk.buffer).setUint32(0, bytes.length);
  chunk.set(bytes, 4);
  return chunk;
}
