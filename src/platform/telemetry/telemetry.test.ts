import { describe, expect, test } from "bun:test";
import { createLog, type LogOptions } from "./log.ts";
import { createMetrics } from "./metrics.ts";

const logTo = (format: LogOptions["format"], level: LogOptions["level"] = "debug") => {
  const lines: string[] = [];
  const now = () => new Date("2026-01-02T03:04:05.678Z");
  return { lines, log: createLog({ level, format, now, write: (line) => lines.push(line) }) };
};

describe("log", () => {
  test("writes one JSON object a line, with the fields of its parents", () => {
    const { lines, log } = logTo("json");
    log.child({ requestId: "r1" }).info("request", { status: 200, bytes: 10n, at: new Date(0) });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toEqual({
      time: "2026-01-02T03:04:05.678Z",
      level: "info",
      message: "request",
      requestId: "r1",
      status: 200,
      bytes: "10",
      at: "1970-01-01T00:00:00.000Z",
    });
  });

  test("keeps to its level", () => {
    const { lines, log } = logTo("text", "warn");
    log.debug("a");
    log.info("b");
    log.warn("c", { path: "a b" });
    log.error("d");
    expect(lines).toEqual(['2026-01-02T03:04:05.678Z WARN  c path="a b"\n', "2026-01-02T03:04:05.678Z ERROR d\n"]);
  });

  test.each(["json", "text"] as const)("never writes a secret (%s)", (format) => {
    const { lines, log } = logTo(format);
    const cause = new Error("connect postgres://user:hunter2@db/x");
    log.child({ accessToken: "hunter2" }).error("failed with Bearer hunter2", {
      password: "hunter2",
      headers: { Cookie: "hunter2", authorization: "hunter2" },
      list: [{ api_key: "hunter2" }],
      url: "https://u:hunter2@h/",
      key: "mkt_hunter2",
      error: new Error("mkt_hunter2", { cause }),
    });
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toContain("[redacted]");
  });

  test("hostile text makes neither lines nor terminal commands, and cycles end", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    for (const format of ["json", "text"] as const) {
      const { lines, log } = logTo(format);
      log.info("a\nb\u001b[2J", { "x\ny": "c\r\nd", cycle, error: new Error("e\nf"), nothing: undefined });
      expect(lines.join("").match(/\n/g)).toHaveLength(1);
      expect(lines.join("")).not.toContain("\u001b");
    }
  });
});

test("metrics render counters, histograms and gauges in Prometheus' text format", async () => {
  const metrics = createMetrics({ version: "1.2.3" });
  const requests = metrics.counter("marketplace_requests_total", "Requests.", ["route"]);
  requests.add({ route: '/a"\n' });
  requests.add({ route: '/a"\n' }, 2);
  metrics.histogram("marketplace_seconds", "Time.", ["kind"], [0.1, 1]).observe({ kind: "x" }, 0.5);
  let waiting = 3;
  metrics.gauge("marketplace_jobs", "Jobs.", ["status"], async () => [[{ status: "waiting" }, waiting]]);
  metrics.gauge("marketplace_broken", "Broken.", [], () => {
    throw new Error("no database");
  });
  waiting = 4;
  const { contentType, body } = await metrics.render();
  expect(contentType).toStartWith("text/plain; version=0.0.4");
  expect(body).toContain('marketplace_requests_total{route="/a\\"\\n"} 3');
  expect(body).toContain('marketplace_seconds_bucket{le="1",kind="x"} 1');
  expect(body).toContain('marketplace_seconds_bucket{le="0.1",kind="x"} 0');
  expect(body).toContain('marketplace_jobs{status="waiting"} 4');
  expect(body).not.toMatch(/^marketplace_broken/m);
  expect(body).toContain('marketplace_info{version="1.2.3"} 1');
  expect(body).toMatch(/process_resident_memory_bytes \d{7,}/);
});
