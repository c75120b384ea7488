/** Where the requests' log lines go: one JSON object a line, without bodies, query strings or secrets. */
export interface HttpLog {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}
