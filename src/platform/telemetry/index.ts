export { createLog, type Log, type LogFields, type LogLevel, type LogOptions, silentLog } from "./log.ts";
export {
  createMetrics,
  type CounterMetric,
  type GaugeReader,
  type HistogramMetric,
  type Metrics,
} from "./metrics.ts";
