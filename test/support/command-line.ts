import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { RunOptions, RunResult } from "./executable.ts";

const main = resolve(import.meta.dir, "../../src/main.ts");

/** Somebody at a command line: a home folder of their own, and the variables that every command of theirs sees. */
export interface CommandLine {
  home: string;
  /** Runs a command from source to its end, in the home folder unless told otherwise. */
  run(args: string[], options?: RunOptions): Promise<RunResult>;
  /** The same with `--json`, its one line parsed. Fails when it does not end with `code`. */
  json<T = Record<string, unknown>>(args: string[], code?: number): Promise<T>;
  /** Writes files under the home folder; answers the folder. */
  folder(name: string, files: Record<string, string | Uint8Array>): string;
}

export function commandLine(env: Record<string, string> = {}): CommandLine {
  const home = mkdtempSync(join(tmpdir(), "marketplace-home-"));
  const run: CommandLine["run"] = async (args, options = {}) => {
    const child = Bun.spawn([process.execPath, main, ...args], {
      cwd: options.cwd ?? home,
      env: { PATH: process.env["PATH"] ?? "", HOME: home, ...env, ...options.env },
      stdin: new Blob([options.stdin ?? ""]),
      stdout: "pipe",
      stderr: "pipe",
    });
    const [code, stdout, stderr] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code, stdout, stderr };
  };
  return {
    home,
    run,
    async json<T>(args: string[], code = 0) {
      const result = await run([...args, "--json"]);
      if (result.code !== code) throw new Error(`exit code ${result.code}: ${result.stderr}${result.stdout}`);
      return JSON.parse(result.stdout) as T;
    },
    folder(name, files) {
      const folder = join(home, name);
      mkdirSync(folder, { recursive: true });
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
      return folder;
    },
  };
}
