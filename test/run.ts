import { availableParallelism } from "node:os";
import { postgresUrl } from "./support/postgres.ts";
import { postgresTemplate } from "./support/templates.ts";

// `npm test`: every test file in a global of its own, on all cores, over one Postgres. Arguments go to `bun test`.

const env = {
  ...process.env,
  TEST_POSTGRES_URL: await postgresUrl(),
  TEST_POSTGRES_TEMPLATE: await postgresTemplate(),
};
const parallel = Math.min(8, availableParallelism());
const elsewhere = ["test/browser/**", "test/interop/**"].flatMap((path) => ["--path-ignore-patterns", path]);
const child = Bun.spawn(
  [process.execPath, "test", `--parallel=${parallel}`, "--timeout=30000", ...elsewhere, ...process.argv.slice(2)],
  { env, stdio: ["inherit", "inherit", "inherit"] },
);
process.exitCode = await child.exited;
// The guard of the Postgres server waits for this process to end.
process.exit();
