import { join } from "node:path";
import { startVersitygw } from "./versitygw.ts";

/** A bucket to test against; `stop` removes what was started for it, also when called twice. */
export interface S3Server {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  stop(): Promise<void>;
}

/**
 * Starts an S3 server with an empty bucket: one in memory; with TEST_S3_SERVER=versitygw a real one over a folder.
 * TEST_S3_ENDPOINT (with _BUCKET, _REGION, _ACCESS_KEY_ID, _SECRET_ACCESS_KEY) names one that runs already: its bucket
 * may hold other things, so suites choose a prefix of their own.
 */
export async function startS3Server(): Promise<S3Server> {
  const { TEST_S3_ENDPOINT: endpoint, TEST_S3_SERVER: server } = process.env;
  if (endpoint) return runningServer(endpoint);
  if (server === "versitygw") return startVersitygw();
  if (server) throw new Error(`TEST_S3_SERVER must be empty or "versitygw", not ${JSON.stringify(server)}`);
  return startMemoryServer();
}

function runningServer(endpoint: string): S3Server {
  const setting = (name: string, otherwise?: string): string => {
    const value = process.env[`TEST_S3_${name}`] ?? otherwise;
    if (value === undefined) throw new Error(`TEST_S3_ENDPOINT is set, so TEST_S3_${name} must be set too`);
    return value;
  };
  return {
    endpoint,
    region: setting("REGION", "us-east-1"),
    bucket: setting("BUCKET"),
    accessKeyId: setting("ACCESS_KEY_ID"),
    secretAccessKey: setting("SECRET_ACCESS_KEY"),
    stop: async () => {},
  };
}

/** In a process of its own: the memory that it needs for objects is not the tests'. It ends when this process does. */
async function startMemoryServer(): Promise<S3Server> {
  const program = join(import.meta.dir, "s3-memory-server.ts");
  const child = Bun.spawn([process.execPath, program], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const first = await child.stdout.getReader().read();
  if (first.done) throw new Error("the S3 server in memory did not start: see above");
  const { port, ...access } = JSON.parse(new TextDecoder().decode(first.value));
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    ...access,
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}
