import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";
import type { S3Server } from "./s3-server.ts";

const VERSION = "v1.8.0";
const START_LIMIT_MS = 15_000;

/** A real S3 server over a folder (Apache-2.0). Built with Go on first use, which takes minutes, and kept in the cache. */
export async function startVersitygw(): Promise<S3Server> {
  const program = await buildVersitygw();
  const folder = mkdtempSync(join(tmpdir(), "marketplace-versitygw-"));
  // The gateway takes each folder under its root for a bucket.
  for (const name of ["root/blobs", "metadata"]) mkdirSync(join(folder, name), { recursive: true });
  const port = freePort();
  const [accessKeyId, secretAccessKey] = ["versitygw", crypto.randomUUID()];
  const posix = ["posix", "--sidecar", join(folder, "metadata"), join(folder, "root")];
  // The shell ends the gateway when its standard input ends: also when this process is killed.
  const shell = ["sh", "-c", '"$@" & cat > /dev/null; kill $!', "sh"];
  const child = Bun.spawn([...shell, program, "--quiet", "--port", `127.0.0.1:${port}`, ...posix], {
    env: { ...process.env, ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    stdin: "pipe",
    stdout: "ignore",
    stderr: "inherit",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilAnswers(endpoint);
  return {
    endpoint,
    region: "us-east-1",
    bucket: "blobs",
    accessKeyId,
    secretAccessKey,
    async stop() {
      child.stdin.end();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function buildVersitygw(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "marketplace-test", `versitygw-${VERSION}`);
  const program = join(folder, "versitygw");
  if (existsSync(program)) return program;
  console.log(`building versitygw ${VERSION} into ${folder}`);
  const build = Bun.spawn(["go", "install", `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], {
    env: { ...process.env, GOBIN: folder },
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await build.exited) !== 0) throw new Error(`versitygw ${VERSION} cannot be built: see above`);
  return program;
}

async function waitUntilAnswers(endpoint: string): Promise<void> {
  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await fetch(endpoint);
      return;
    } catch (error) {
      if (Date.now() > until)
        throw new Error(`${endpoint} did not answer within ${START_LIMIT_MS} ms`, { cause: error });
      await Bun.sleep(20);
    }
  }
}
