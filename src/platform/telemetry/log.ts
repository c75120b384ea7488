/** What a line says beside its message. Values under secret names are never written. */
export type LogFields = Readonly<Record<string, unknown>>;

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes structured lines. Messages are constant text; what varies stands in the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  level: LogLevel;
  /** `text` for people; `json`: an object a line with `time`, `level`, `message` and the fields. */
  format: "json" | "text";
  /** Takes one line with its line end. Default: standard error. */
  write?: (line: string) => void;
  now?: () => Date;
}

export function createLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const now = options.now ?? (() => new Date());
  const least = LOG_LEVELS.indexOf(options.level);
  const line = options.format === "json" ? jsonLine : textLine;

  const withFields = (own: LogFields): Log => {
    const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
      if (LOG_LEVELS.indexOf(level) < least) return;
      write(line(now().toISOString(), level, message, redact({ ...own, ...fields }, 0) as LogFields));
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => withFields({ ...own, ...fields }),
    };
  };
  return withFields({});
}

/** A log that says nothing, for tests and one-shot commands. */
export const silentLog: Log = createLog({ level: "error", format: "text", write: () => {} });

const SECRET_NAME = /token|password|passwd|secret|authorization|cookie|api[-_]?key|credential|private[-_]?key/i;
/** Our API keys, bearer tokens, JWTs and passwords inside URLs, wherever they turn up in text. */
const SECRET_TEXT =
  /\bmkt_[A-Za-z0-9_-]+|\bBearer\s+\S+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=:\/\/)[^\s/@:]{0,200}:[^\s/@]{1,500}(?=@)/gi;
const MAX_DEPTH = 4;
const MAX_TEXT = 8000;
const MAX_MEMBERS = 100;

function redact(value: unknown, depth: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "[function]" : value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (depth >= MAX_DEPTH) return "[…]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map((member) => redact(member, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([name, member]) => [name, SECRET_NAME.test(name) ? "[redacted]" : redact(member, depth + 1)]),
  );
}

const redactText = (text: string): string =>
  (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text).replace(SECRET_TEXT, "[redacted]");

function redactError(error: Error, depth: number): LogFields {
  const { name, message, stack, cause } = error;
  return {
    name,
    message: redactText(message),
    ...("code" in error ? { code: redact(error.code, depth + 1) } : {}),
    ...(stack ? { stack: redactText(stack) } : {}),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return `${JSON.stringify({ ...fields, time, level, message: redactText(message) })}\n`;
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${printable(name)}=${fieldText(value)}`);
  return `${time} ${level.toUpperCase().padEnd(5)} ${printable(redactText(message))}${parts.join("")}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value !== "string") return printable(JSON.stringify(value) ?? "undefined");
  return /^[\w./:@+-]+$/.test(value) ? value : printable(JSON.stringify(value));
}

/** Keeps control characters of hostile text from moving a terminal's cursor or forging lines. */
const printable = (text: string): string =>
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
