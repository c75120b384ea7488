import { readdirSync } from "node:fs";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

type Labels<L extends string> = Readonly<Record<L, string | number>>;

/** What all of a kind did since the start: only ever grows. */
export interface CounterMetric<L extends string> {
  add(labels: Labels<L>, amount?: number): void;
}

/** Observed values, counted in buckets. Times are in seconds. */
export interface HistogramMetric<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

/** Values that go up and down, read when somebody asks. */
export type GaugeReader<L extends string> = () => Promise<[Labels<L>, number][]> | [Labels<L>, number][];

/**
 * The numbers this process tells Prometheus. Names follow its habits: `marketplace_…`, base units, `_total` for counters.
 * Label values come from small fixed sets (a route's pattern, never its path), or memory grows without bound.
 */
export interface Metrics {
  counter<L extends string>(name: string, help: string, labels: readonly L[]): CounterMetric<L>;
  histogram<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    buckets?: readonly number[],
  ): HistogramMetric<L>;
  gauge<L extends string>(name: string, help: string, labels: readonly L[], read: GaugeReader<L>): void;
  /** Everything in Prometheus' text format 0.0.4. A gauge that cannot be read is left out rather than failing the rest. */
  render(): Promise<{ contentType: string; body: string }>;
}

/** From a cache's answer to a slow scan, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(options: { version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const metrics: Metrics = {
    counter(name, help, labels) {
      const counter = new Counter({ name, help, labelNames: [...labels], registers });
      return { add: (values, amount = 1) => counter.inc(values, amount) };
    },
    histogram(name, help, labels, buckets = SECONDS) {
      const histogram = new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers });
      return { observe: (values, value) => histogram.observe(values, value) };
    },
    gauge(name, help, labels, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
        async collect() {
          this.reset();
          const rows = await Promise.resolve()
            .then(read)
            .catch(() => []);
          for (const [values, value] of rows) this.set(values, value);
          // Without labels a reset leaves a zero behind, which would be a false answer.
          if (rows.length === 0 && labels.length === 0) this.remove();
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
  describeProcess(metrics, registry, options.version);
  return metrics;
}

/** The names that dashboards for any Prometheus client expect of a process. */
function describeProcess(metrics: Metrics, registry: Registry, version: string): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  metrics.gauge("marketplace_info", "The running version.", ["version"], () => [[{ version }, 1]]);
  metrics.gauge("process_start_time_seconds", "When the process started, in Unix time.", [], () => [[{}, startedAt]]);
  metrics.gauge("process_resident_memory_bytes", "Resident memory.", [], () => [[{}, process.memoryUsage.rss()]]);
  metrics.gauge("process_open_fds", "Open file descriptors.", [], () => [[{}, readdirSync("/proc/self/fd").length]]);
  new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time spent.",
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}
