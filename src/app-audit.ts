import { hostname } from "node:os";
import type { Config } from "./config/index.ts";
import { BUILD } from "./core/build.ts";
import type { Clock } from "./core/clock.ts";
import { SYSTEM } from "./core/actor.ts";
import type { AuditEvent } from "./platform/audit/audit-log.ts";
import type { AuditReader } from "./platform/audit/audit-reader.ts";
import type { AuditSink } from "./platform/audit/audit-sink.ts";
import { createFileSink } from "./platform/audit/file-sink.ts";
import { createAuditForwarder } from "./platform/audit/forward-audit-log.ts";
import { createSyslogSink } from "./platform/audit/syslog-sink.ts";
import type { Database } from "./platform/database/index.ts";
import type { Log, Metrics } from "./platform/telemetry/index.ts";

/** What `[audit]` says: the sinks, and what keeps them fed. */
export function createAuditForwarding(deps: {
  config: Config;
  database: Database;
  reader: AuditReader;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}) {
  const { file, syslog } = deps.config.audit;
  const fileSink = file === "" ? null : createFileSink(file);
  const sinks = new Map<string, AuditSink>();
  // A sink that is another one now begins anew: its name holds what it is.
  if (fileSink) sinks.set(`file:${file}`, fileSink);
  if (syslog !== "") sinks.set(`syslog:${syslog}`, createSyslogSink(syslog));
  const forwarder = createAuditForwarder({ ...deps, sinks });
  deps.metrics.gauge("marketplace_audit_lag", "Entries of the audit log not yet forwarded.", ["sink"], async () =>
    (await forwarder.lag()).map(({ sink, entries }) => [{ sink: sink.split(":")[0] ?? "" }, entries]),
  );
  return {
    forwarder,
    /** Opens the file anew: it was rotated. */
    reopen: async (): Promise<void> => fileSink?.reopen(),
  };
}

/** That the server began. */
export const serverStarted = (): AuditEvent => ({
  action: "server.started",
  outcome: "success",
  actor: SYSTEM,
  subject: { type: "server", id: null, name: hostname() },
  details: { version: BUILD.version },
});
