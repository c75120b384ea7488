import type { Command } from "./command.ts";

/** Every command by its words, loaded when it is called: a small command must not pay for the server's code. */
export const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  serve: { summary: "Run the server", load: async () => (await import("./serve.ts")).serve },
  version: { summary: "Print the version", load: async () => (await import("./version.ts")).version },
};
