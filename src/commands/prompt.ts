import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError } from "./command.ts";

/** Asks on the terminal; the question goes to standard error. Ctrl-C and Ctrl-D end with exit code 2. */
export async function ask(question: string, options: { secret?: boolean } = {}): Promise<string> {
  // Readline echoes to its output: a secret's goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: options.secret ? nowhere : process.stderr,
    terminal: true,
  });
  const cancelled = new Promise<never>((_, reject) => {
    lines.once("SIGINT", () => reject(new UsageError("Cancelled.")));
    lines.once("close", () => reject(new UsageError("Cancelled.")));
  });
  cancelled.catch(() => {});
  try {
    if (options.secret) process.stderr.write(question);
    return await Promise.race([lines.question(options.secret ? "" : question), cancelled]);
  } finally {
    lines.close();
    if (options.secret) process.stderr.write("\n");
  }
}

const MAX_STDIN = 16 * 1024;

/** The first line of standard input, for secrets that scripts hand over. */
export async function readStdinLine(): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of Bun.stdin.stream() as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n") || text.length > MAX_STDIN) break;
  }
  return text.split("\n")[0]!.trim();
}
