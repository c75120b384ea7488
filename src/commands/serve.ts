import { constants } from "node:crypto";
import { buildApp } from "../app.ts";
import type { App } from "../app.ts";
import type { Config } from "../config/index.ts";
import type { Command, CommandContext } from "./command.ts";
import { configOf, DATA_OPTION } from "./config.ts";

/** Beyond this Bun would refuse a body by itself; the limits of publishing are stricter and say why. */
const MAX_BODY_BYTES = 60 * 2 ** 30;
/** Seconds without a byte in either direction; Bun's most. */
const IDLE_SECONDS = 255;
const { SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_1, SSL_OP_NO_TLSv1_2 } = constants;
const TLS_1_3_ONLY = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2;

export const serve: Command = {
  name: "serve",
  summary: "Run the server",
  usage: "serve [--data DIR] [--listen HOST:PORT] [--demo]",
  options: {
    ...DATA_OPTION,
    listen: { type: "string", value: "HOST:PORT", help: "Where it listens (default 127.0.0.1:8080)." },
    demo: { type: "boolean", help: "Fill an empty catalogue with example assets." },
  },
  run: runServer,
};

async function runServer(context: CommandContext): Promise<number> {
  const { config, warnings } = configOf(context);
  let address = "";
  const app = await buildApp(config, { listening: () => address });
  for (const warning of warnings) app.log.warn(warning);
  const account = await unattendedAdministrator(context.env);
  if (account) await app.accounts.setup.ensureAdministrator(account);
  const server = listen(config, app);
  address = `${config.server.tls.cert ? "https" : "http"}://${hostIn(config.server.listen.hostname)}:${server.port}`;
  const origin = config.server.publicUrl || address;
  await app.start();
  announce(context, config, origin, account ? null : await app.accounts.setup.begin());
  if (context.values["demo"] === true) void demonstrate(app);
  await untilStopped(server, app, config);
  return 0;
}

/** Beside the server, which answers and can be stopped meanwhile. */
async function demonstrate(app: App): Promise<void> {
  try {
    const { fillDemo } = await import("../demo/fill-demo.ts");
    await fillDemo(app, app.log);
  } catch (error) {
    app.log.error("the demo could not be filled; the next start with --demo goes on", { error });
  }
}

function listen(config: Config, app: App) {
  const { hostname, port } = config.server.listen;
  const { cert, key } = config.server.tls;
  return Bun.serve({
    hostname,
    port,
    maxRequestBodySize: MAX_BODY_BYTES,
    idleTimeout: IDLE_SECONDS,
    tls: cert ? { cert: Bun.file(cert), key: Bun.file(key), secureOptions: TLS_1_3_ONLY } : undefined,
    fetch: async (request, server) => (await app.handle(request, server)) ?? new Response(null, { status: 426 }),
    error: () => new Response("The server failed. Its log says why.\n", { status: 500 }),
  });
}

const hostIn = (hostname: string): string => {
  if (hostname === "0.0.0.0" || hostname === "::") return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
};

function announce({ say }: CommandContext, config: Config, origin: string, setupToken: string | null): void {
  say(`marketplace listens on ${origin}`);
  say(
    `  data: ${config.server.data}${config.database.url ? ", database: PostgreSQL" : ""}${config.blobs.backend === "s3" ? `, files: S3 bucket ${config.blobs.bucket}` : ""}`,
  );
  if (setupToken)
    say(
      `\nThere is no administrator yet. Open this link to make the first one (it works once):\n  ${origin}/setup?token=${setupToken}\n`,
    );
}

type NewAccount = Parameters<App["accounts"]["setup"]["ensureAdministrator"]>[0];

/** MARKETPLACE_ADMIN_USERNAME, _EMAIL and _PASSWORD (or _PASSWORD_FILE) make the first administrator without a browser. */
async function unattendedAdministrator(env: CommandContext["env"]): Promise<NewAccount | null> {
  const username = env["MARKETPLACE_ADMIN_USERNAME"];
  const email = env["MARKETPLACE_ADMIN_EMAIL"];
  const file = env["MARKETPLACE_ADMIN_PASSWORD_FILE"];
  const password = file ? (await Bun.file(file).text()).trim() : env["MARKETPLACE_ADMIN_PASSWORD"];
  if (!username && !email && !password) return null;
  if (!username || !email || !password)
    throw new Error(
      "Set MARKETPLACE_ADMIN_USERNAME, MARKETPLACE_ADMIN_EMAIL and MARKETPLACE_ADMIN_PASSWORD (or _PASSWORD_FILE) together.",
    );
  return { username, email, password };
}

/** Resolves after SIGTERM or SIGINT, when running requests and jobs have ended or their time is up. A second signal ends at once. */
async function untilStopped(server: Bun.Server<undefined>, app: App, config: Config): Promise<void> {
  process.on("SIGHUP", () => {
    app.reopen().catch((error) => app.log.error("files could not be opened anew", { error }));
  });
  await new Promise<void>((resolve) => {
    const stop = () => {
      process.once("SIGINT", () => process.exit(130));
      process.once("SIGTERM", () => process.exit(143));
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
  app.log.info("stopping");
  const limit = config.server.shutdownTimeout;
  const deadline = Date.now() + limit;
  // Its promise would wait for idle keep-alive connections too; only requests under way matter.
  void server.stop();
  while (server.pendingRequests > 0 && Date.now() < deadline) await Bun.sleep(20);
  await server.stop(true);
  await app.stop(Math.max(0, deadline - Date.now()));
}
