import { timingSafeEqual } from "node:crypto";
import { Elysia } from "elysia";
import { forbidden, notFound, unauthorized } from "./core/error.ts";
import { contextOf } from "./platform/http/request-context.ts";
import type { Services } from "./services.ts";

/** Whether one thing the server needs answers. */
export interface HealthCheck {
  name: string;
  ok: boolean;
  detail: string;
  elapsedMs: number;
}

/** Asks database, storage and search index, each for at most `timeoutMs`. */
export async function checkHealth(services: Services, timeoutMs = 5000): Promise<HealthCheck[]> {
  const { database, blobs, index, config } = services;
  return Promise.all([
    check("database", database.engine, () => database.check(), timeoutMs),
    check("storage", config.blobs.backend, () => blobs.check(), timeoutMs),
    check("search", config.search.engine, () => index.position(), timeoutMs),
  ]);
}

async function check(
  name: string,
  detail: string,
  ask: () => Promise<unknown>,
  timeoutMs: number,
): Promise<HealthCheck> {
  const started = performance.now();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), timeoutMs);
  try {
    await Promise.race([ask(), late]);
    return { name, ok: true, detail, elapsedMs: performance.now() - started };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name, ok: false, detail: `${detail}: ${why}`, elapsedMs: performance.now() - started };
  } finally {
    clearTimeout(timer);
  }
}

/** What probes and Prometheus ask. */
export function operationRoutes(services: Services) {
  const { config, metrics, jobs } = services;
  metrics.gauge("marketplace_jobs", "Jobs by kind and state.", ["kind", "status"], async () =>
    (await jobs.summary()).map(({ kind, status, count }) => [{ kind, status }, count]),
  );
  return new Elysia({ name: "operations" })
    .get("/healthz", () => new Response("ok\n", { headers: { "Content-Type": "text/plain" } }))
    .get("/readyz", async () => {
      const checks = await checkHealth(services);
      const ready = checks.every((c) => c.ok);
      // Which part fails is for administrators (the log, `doctor`); a stranger learns yes or no for each.
      return Response.json(
        { status: ready ? "ready" : "unavailable", checks: Object.fromEntries(checks.map((c) => [c.name, c.ok])) },
        { status: ready ? 200 : 503 },
      );
    })
    .get("/metrics", async ({ request }) => {
      requireMetricsAccess(request, config.telemetry.metricsToken);
      const { contentType, body } = await metrics.render();
      return new Response(body, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
    });
}

function requireMetricsAccess(request: Request, token: string): void {
  const { address } = contextOf(request);
  if (token === "") {
    // A proxy on this machine has its own address here, and everybody behind it.
    const passedOn = ["Forwarded", "X-Forwarded-For", "Via"].some((name) => request.headers.has(name));
    if (passedOn || !/^(127\.|::1$|::ffff:127\.)/.test(address)) throw notFound();
    return;
  }
  const given = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (given === undefined) throw unauthorized("Send the metrics token: Authorization: Bearer …");
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw forbidden("This is not the metrics token.");
}
