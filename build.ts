import { $ } from "bun";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "./package.json";

// Makes ./marketplace: the program, its worker threads and every file they import (pages' assets, migrations, rules, wasm).
//   bun build.ts [--if-changed] [--outfile ./marketplace] [--target bun-linux-arm64]

const root = import.meta.dir;
const { values: options } = parseArgs({
  options: {
    "if-changed": { type: "boolean", default: false },
    outfile: { type: "string", default: join(root, "marketplace") },
    target: { type: "string" },
  },
});
process.chdir(root);
if (options["if-changed"] && (await isCurrent(options.outfile))) process.exit(0);
await build(options.outfile);

async function build(outfile: string): Promise<void> {
  const started = performance.now();
  const folder = join(root, "dist", `build-${process.pid}`);
  await mkdir(folder, { recursive: true });
  try {
    const built = join(folder, "marketplace");
    const commit = await currentCommit();
    await Bun.build({
      entrypoints: ["src/main.ts", ...(await workers())],
      root: "src",
      format: "esm",
      // Bytecode halves the time from start to ready; names are kept because logs print the names of errors.
      bytecode: true,
      minify: { whitespace: true, syntax: true, identifiers: true, keepNames: true },
      sourcemap: "linked",
      define: {
        "process.env.NODE_ENV": '"production"',
        BUILD_VERSION: JSON.stringify(packageJson.version),
        BUILD_COMMIT: JSON.stringify(commit),
      },
      compile: {
        outfile: built,
        ...(options.target ? { target: options.target as Bun.Build.CompileTarget } : {}),
        // A server must not change with what lies in the folder it was started from.
        autoloadDotenv: false,
        autoloadBunfig: false,
      },
    });
    await rename(built, outfile);
    const { size } = await stat(outfile);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${outfile}: ${(size / 2 ** 20).toFixed(1)} MiB, ${packageJson.version} (${commit}), in ${seconds} s`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function workers(): Promise<string[]> {
  return (await Array.fromAsync(new Bun.Glob("src/workers/*.worker.ts").scan("."))).sort();
}

async function currentCommit(): Promise<string> {
  if (process.env.MARKETPLACE_COMMIT) return process.env.MARKETPLACE_COMMIT;
  const git = await $`git rev-parse --short=12 HEAD`.quiet().nothrow();
  return git.exitCode === 0 ? git.text().trim() : "unknown";
}

/** Whether the executable is younger than everything it is made of. */
async function isCurrent(outfile: string): Promise<boolean> {
  const built = await stat(outfile).catch(() => null);
  if (!built) return false;
  const sources = [
    "src",
    "views",
    "static",
    "migrations",
    "rules",
    "examples",
    "build.ts",
    "package.json",
    "package-lock.json",
  ];
  for (const source of sources) if ((await youngest(source)) > built.mtimeMs) return false;
  return true;
}

async function youngest(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (!found) return 0;
  let latest = found.mtimeMs;
  if (found.isDirectory())
    for (const name of await readdir(path)) latest = Math.max(latest, await youngest(join(path, name)));
  return latest;
}
