import { connect } from "node:net";

export interface RawAnswer {
  /** Everything the server sent, up to the closing of the connection. */
  text: string;
  /** Milliseconds from the connection to its end. */
  elapsedMs: number;
}

/**
 * Sends bytes as they are given to the server at `url`, then `trickle` again and again, until the server ends the
 * connection or `withinMs` have passed (`elapsedMs` is Infinity then).
 */
export function sendRaw(
  url: string,
  bytes: string,
  options: { trickle?: string; everyMs?: number; withinMs?: number } = {},
): Promise<RawAnswer> {
  const { trickle, everyMs = 100, withinMs = 20_000 } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const started = performance.now();
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const more = setInterval(() => trickle !== undefined && !socket.destroyed && socket.write(trickle), everyMs);
    const end = (elapsedMs: number) => {
      clearInterval(more);
      clearTimeout(limit);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), elapsedMs });
    };
    const limit = setTimeout(() => end(Number.POSITIVE_INFINITY), withinMs);
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    // A reset is an end too: what matters is when it comes.
    socket.on("error", () => {});
    socket.on("close", () => end(performance.now() - started));
  });
}
