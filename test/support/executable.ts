import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

let built: Promise<string> | undefined;

/** Path of the compiled executable, built when the sources are younger. MARKETPLACE_EXECUTABLE names another one. */
export function executable(): Promise<string> {
  built ??= (async () => {
    if (process.env.MARKETPLACE_EXECUTABLE) return resolve(process.env.MARKETPLACE_EXECUTABLE);
    const path = join(root, "marketplace");
    const build = Bun.spawn([process.execPath, "build.ts", "--if-changed"], {
      cwd: root,
      stdout: "pipe",
      stderr: "pipe",
    });
    const [code, out, err] = await Promise.all([
      build.exited,
      new Response(build.stdout).text(),
      new Response(build.stderr).text(),
    ]);
    if (code !== 0) throw new Error(`The build failed:\n${out}${err}`);
    return path;
  })();
  return built;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  stdin?: string;
}

/** Runs one command of the executable to its end, with an environment that holds nothing but PATH and `env`. */
export async function run(args: string[], options: RunOptions = {}): Promise<RunResult> {
  const child = Bun.spawn([await executable(), ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env.PATH ?? "", HOME: options.cwd ?? tmpdir(), NO_COLOR: "1", ...options.env },
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
}

export interface ServerOptions {
  /** Kept after the server stops; without it the server has a folder of its own that goes with it. */
  data?: string;
  env?: Record<string, string>;
  args?: string[];
  /** Started in place of the executable, with its arguments. */
  program?: string;
}

export interface RunningServer {
  /** Where it listens, without a slash at the end. */
  url: string;
  data: string;
  /** What it has printed so far, both streams. */
  output(): string;
  /** Asks it to end and waits; answers the exit code. */
  stop(): Promise<number>;
  /** Ends it as a power cut would, and waits until it is gone. The data stays. */
  kill(): Promise<void>;
}

export const ADMIN = { username: "ada", email: "ada@example.com", password: "correct horse battery staple" } as const;

/** Starts `marketplace serve` on a free port, with an administrator (ADMIN) when the data is new, and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "marketplace-data-")));
  const child = Bun.spawn(
    [
      options.program ?? (await executable()),
      "serve",
      "--data",
      data,
      "--listen",
      "127.0.0.1:0",
      ...(options.args ?? []),
    ],
    {
      cwd: data,
      env: {
        PATH: process.env.PATH ?? "",
        HOME: data,
        NO_COLOR: "1",
        MARKETPLACE_ADMIN_USERNAME: ADMIN.username,
        MARKETPLACE_ADMIN_EMAIL: ADMIN.email,
        MARKETPLACE_ADMIN_PASSWORD: ADMIN.password,
        MARKETPLACE_RATE_LIMITS_ENABLED: "false",
        ...options.env,
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  let text = "";
  const address = Promise.withResolvers<string>();
  const follow = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found) address.resolve(found[0]);
    }
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]);
  const removeOwn = async (): Promise<void> => {
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
  };
  const ended = child.exited.then(async (code): Promise<never> => {
    await followed;
    throw new Error(`The server ended with ${code} before it was ready:\n${text}`);
  });
  ended.catch(() => {});
  try {
    const url = await Promise.race([address.promise, ended]);
    await Promise.race([untilReady(url), ended]);
    return {
      url,
      data,
      output: () => text,
      async stop() {
        child.kill("SIGTERM");
        const code = await child.exited;
        await removeOwn();
        return code;
      },
      async kill() {
        child.kill("SIGKILL");
        await child.exited;
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await removeOwn();
    throw error;
  }
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`${url}/readyz does not answer 200: ${await answer?.text()}`);
    await Bun.sleep(20);
  }
}
