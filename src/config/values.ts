import { resolve } from "node:path";
import { isIP } from "node:net";
import { Cron } from "croner";
import { DAY, HOUR, MINUTE, SECOND } from "../core/clock.ts";
import { bad, good, type Reading, type ValueKind } from "./key.ts";

const asIs = (value: unknown): unknown => value;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const numberOrText = (text: string): unknown => (NUMBER.test(text.trim()) ? Number(text) : text);
const said = (raw: unknown): string =>
  raw === null || typeof raw !== "object" ? JSON.stringify(raw) : Array.isArray(raw) ? "a list" : "a table";

/** Any text of at most `max` characters on one line. */
export const text = (max = 1000): ValueKind<string> => ({
  name: "text",
  read: (raw) => {
    if (typeof raw !== "string") return bad("must be text in quotes");
    if (raw.length > max) return bad(`must have at most ${max} characters`);
    return /[\u0000-\u001f\u007f]/.test(raw) ? bad("must not hold control characters or line breaks") : good(raw);
  },
  fromText: asIs,
  show: asIs,
});

/** Text that a pattern describes; `empty` allows "" for "none". */
export const pattern = (name: string, test: RegExp, rule: string): ValueKind<string> => ({
  ...text(),
  name,
  read: (raw, context) => {
    const reading = text().read(raw, context);
    return !reading.ok || reading.value === "" || test.test(reading.value) ? reading : bad(`${said(raw)} ${rule}`);
  },
});

export const flag: ValueKind<boolean> = {
  name: "true or false",
  read: (raw) => (typeof raw === "boolean" ? good(raw) : bad(`must be true or false, not ${said(raw)}`)),
  fromText: (value) => ({ true: true, "1": true, false: false, "0": false })[value.trim().toLowerCase()] ?? value,
  show: asIs,
};

export const wholeNumber = (min: number, max: number): ValueKind<number> => ({
  name: `whole number, ${min} to ${max}`,
  read: (raw) =>
    typeof raw === "number" && Number.isInteger(raw) && raw >= min && raw <= max
      ? good(raw)
      : bad(`must be a whole number from ${min} to ${max}, not ${said(raw)}`),
  fromText: numberOrText,
  show: asIs,
});

export const oneOf = <const C extends readonly string[]>(...choices: C): ValueKind<C[number]> => ({
  name: choices.map((choice) => `"${choice}"`).join(" or "),
  read: (raw) =>
    choices.includes(raw as C[number])
      ? good(raw as C[number])
      : bad(`must be one of ${choices.map((choice) => `"${choice}"`).join(", ")}, not ${said(raw)}`),
  fromText: asIs,
  show: asIs,
});

const SIZE_UNITS: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Bytes: a whole number, or text such as "16 MiB" (binary) or "2 GB" (decimal). The value is in bytes. */
export const size = (min = 1): ValueKind<number> => ({
  name: "size",
  read: (raw) => {
    const bytes = typeof raw === "string" ? parseSize(raw) : raw;
    if (typeof bytes !== "number" || !Number.isSafeInteger(bytes))
      return bad(`must be a size such as "512 MiB" or a whole number of bytes, not ${said(raw)}`);
    return bytes < min ? bad(`must be at least ${showSize(min)}`) : good(bytes);
  },
  fromText: numberOrText,
  show: showSize,
});

function parseSize(raw: string): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)\s*([kmgt]?i?b)$/i.exec(raw.trim());
  const unit = SIZE_UNITS[match?.[2]?.toLowerCase() ?? ""];
  return match && unit ? Math.round(Number(match[1]) * unit) : null;
}

function showSize(bytes: number): unknown {
  const unit = (["TiB", "GiB", "MiB", "KiB"] as const).find((name) => bytes % SIZE_UNITS[name.toLowerCase()]! === 0);
  return unit && bytes > 0 ? `${bytes / SIZE_UNITS[unit.toLowerCase()]!} ${unit}` : bytes;
}

const TIME_UNITS: [string, number][] = [
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", SECOND],
  ["ms", 1],
];
const MAX_DURATION = 36_500 * DAY;

/** A span of time: "30d", "1h30m", "500ms", or a whole number of seconds. The value is in milliseconds. */
export const duration = (min = SECOND): ValueKind<number> => ({
  name: "duration",
  read: (raw) => {
    const ms = typeof raw === "number" ? raw * SECOND : typeof raw === "string" ? parseDuration(raw) : null;
    if (ms === null || !Number.isSafeInteger(ms))
      return bad(`must be a duration such as "30d", "15m" or "1h30m", or a whole number of seconds, not ${said(raw)}`);
    if (ms > MAX_DURATION) return bad("must be at most 100 years");
    return ms < min ? bad(`must be at least ${showDuration(min)}`) : good(ms);
  },
  fromText: numberOrText,
  show: showDuration,
});

function parseDuration(raw: string): number | null {
  const match = /^(?:(\d{1,9})d)?\s*(?:(\d{1,9})h)?\s*(?:(\d{1,9})m)?\s*(?:(\d{1,9})s)?\s*(?:(\d{1,9})ms)?$/.exec(
    raw.trim(),
  );
  if (!match || raw.trim() === "") return null;
  return TIME_UNITS.reduce((sum, [, ms], index) => sum + Number(match[index + 1] ?? 0) * ms, 0);
}

function showDuration(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, length] of TIME_UNITS) {
    const count = Math.floor(rest / length);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * length;
  }
  return parts.join("") || "0s";
}

/** An absolute URL of one of the schemes; "" for none. */
export const url = (...schemes: string[]): ValueKind<string> => ({
  name: `URL (${schemes.join(", ")})`,
  read: (raw) => {
    if (raw === "") return good("");
    if (typeof raw !== "string") return bad("must be a URL in quotes");
    const parsed = URL.parse(raw);
    // The URL itself may hold a password, so it is not repeated.
    if (!parsed?.hostname)
      return bad(`must be a whole URL that begins with ${schemes.map((s) => `${s}://`).join(" or ")}`);
    return schemes.includes(parsed.protocol.slice(0, -1))
      ? good(raw)
      : bad(`must begin with ${schemes.map((s) => `${s}://`).join(" or ")}`);
  },
  fromText: asIs,
  show: asIs,
});

/** An http or https URL that paths are appended to: no query, fragment or password; the value has no slash at the end. */
export const baseUrl: ValueKind<string> = {
  ...url("http", "https"),
  read: (raw, context) => {
    const reading = url("http", "https").read(raw, context);
    if (!reading.ok || reading.value === "") return reading;
    const parsed = new URL(reading.value);
    if (parsed.search || parsed.hash || parsed.username || parsed.password || parsed.pathname !== "/")
      return bad("must be only scheme, host and port, such as https://marketplace.example.org");
    return good(parsed.origin);
  },
};

/** A file or folder; relative ones start from the working folder, and the value is absolute. "" for none. */
export const path: ValueKind<string> = {
  name: "path",
  read: (raw, { cwd }) => {
    if (typeof raw !== "string") return bad("must be a path in quotes");
    return raw.includes("\0") ? bad("must not hold NUL") : good(raw === "" ? "" : resolve(cwd, raw));
  },
  fromText: asIs,
  show: asIs,
};

export interface ListenAddress {
  hostname: string;
  /** 0: any free port. */
  port: number;
}

export const listenAddress: ValueKind<ListenAddress> = {
  name: "HOST:PORT",
  read: (raw) => {
    const match = typeof raw === "string" ? /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/.exec(raw.trim()) : null;
    const port = Number(match?.[2]);
    if (!match?.[1] || port > 65_535)
      return bad(`must be HOST:PORT such as "127.0.0.1:8080" or "[::]:8080", not ${said(raw)}`);
    const hostname = match[1].replace(/^\[|\]$/g, "");
    if (match[1].startsWith("[") && isIP(hostname) !== 6) return bad(`${said(raw)} has no valid IPv6 address`);
    return good({ hostname, port });
  },
  fromText: asIs,
  show: ({ hostname, port }) => (hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`),
};

/** Where a ClamAV daemon listens: "unix:/run/clamav/clamd.ctl" or "localhost:3310"; "" for none, which is null. */
export const clamdAddress: ValueKind<{ path: string } | { hostname: string; port: number } | null> = {
  name: "unix:/PATH or HOST:PORT",
  read: (raw, context) => {
    if (raw === "") return good(null);
    // 107 bytes is what the address of a Unix socket holds (unix(7)).
    const path = typeof raw === "string" ? /^unix:(\/[^\u0000-\u001f\u007f]{1,106})$/.exec(raw.trim())?.[1] : undefined;
    if (path !== undefined) return good({ path });
    const address = listenAddress.read(raw, context);
    return address.ok && address.value.port > 0
      ? good(address.value)
      : bad(`must be "unix:/run/clamav/clamd.ctl" or HOST:PORT such as "localhost:3310", not ${said(raw)}`);
  },
  fromText: asIs,
  show: (value) => (value === null ? "" : "path" in value ? `unix:${value.path}` : listenAddress.show(value)),
};

/** An address or a range of them (RFC 4632, RFC 4291): "10.0.0.0/8", "::1". */
export const cidr: ValueKind<string> = {
  name: "address range",
  read: (raw) => {
    const [address = "", bits, ...rest] = typeof raw === "string" ? raw.split("/") : [];
    const width = { 4: 32, 6: 128 }[isIP(address)];
    const valid =
      width && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width));
    return valid
      ? good(bits === undefined ? `${address}/${width}` : (raw as string))
      : bad(`${said(raw)} is not an address range such as "10.0.0.0/8"`);
  },
  fromText: asIs,
  show: asIs,
};

/** A cron expression of five or six fields, in UTC; "" switches the task off. */
export const cron: ValueKind<string> = {
  name: "cron expression",
  read: (raw) => {
    if (raw === "") return good("");
    if (typeof raw !== "string") return bad("must be a cron expression in quotes");
    return cronProblem(raw) ?? good(raw);
  },
  fromText: asIs,
  show: asIs,
};

function cronProblem(expression: string): Reading<never> | null {
  try {
    const next = new Cron(expression, { paused: true, utcOffset: 0, mode: "5-or-6-parts" }).nextRun();
    return next ? null : bad(`${said(expression)} never comes`);
  } catch (error) {
    return bad(`${said(expression)} is not a cron expression: ${(error as Error).message}`);
  }
}

/** A list; as a variable: parts between commas. */
export const listOf = <T>(item: ValueKind<T>): ValueKind<readonly T[]> => ({
  name: `list (${item.name})`,
  read: (raw, context) => {
    if (!Array.isArray(raw)) return bad(`must be a list such as ["…", "…"], not ${said(raw)}`);
    if (raw.length > 1000) return bad("must have at most 1000 parts");
    const values: T[] = [];
    for (const part of raw) {
      const reading = item.read(part, context);
      if (!reading.ok) return reading;
      values.push(reading.value);
    }
    return good(values);
  },
  fromText: (value) =>
    value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(item.fromText),
  show: (values) => values.map(item.show),
});

/** A key of 32 bytes as base64 or 64 hexadecimal digits; the value is always the latter. "" for none. */
export const secretKey: ValueKind<string> = {
  name: "key of 32 bytes",
  read: (raw) => {
    if (raw === "") return good("");
    // Never repeated in a message, as it may be right but for one character.
    const problem =
      "must be 32 random bytes as base64 or as 64 hexadecimal digits (`openssl rand -base64 32` makes some)";
    if (typeof raw !== "string") return bad(problem);
    if (/^[0-9a-fA-F]{64}$/.test(raw)) return good(raw.toLowerCase());
    return /^[A-Za-z0-9+/_-]{43}=?$/.test(raw) ? good(Buffer.from(raw, "base64").toString("hex")) : bad(problem);
  },
  fromText: asIs,
  show: asIs,
};

/** A list of such keys; as a variable or in a file: between commas, spaces or line breaks. */
export const secretKeys: ValueKind<readonly string[]> = {
  ...listOf(secretKey),
  fromText: (value) => value.split(/[\s,]+/).filter((part) => part !== ""),
};

/** A table of names to values; as a variable: `name=value` between commas. */
export const tableOf = <T>(item: ValueKind<T>, nameRule: RegExp): ValueKind<Readonly<Record<string, T>>> => ({
  name: `table (${item.name})`,
  read: (raw, context) => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw) || raw instanceof Date)
      return bad(`must be a table, not ${said(raw)}`);
    const table: Record<string, T> = Object.create(null);
    for (const [name, part] of Object.entries(raw)) {
      if (!nameRule.test(name)) return bad(`${said(name)} is not a name that may stand here`, name);
      const reading = item.read(part, context);
      if (!reading.ok) return bad(`${name} ${reading.problem}`, name);
      table[name] = reading.value;
    }
    return good(table);
  },
  fromText: (value) => {
    const parts = value
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    if (parts.some((part) => !part.includes("="))) return value;
    return Object.fromEntries(
      parts.map((part) => [
        part.slice(0, part.indexOf("=")).trim(),
        item.fromText(part.slice(part.indexOf("=") + 1).trim()),
      ]),
    );
  },
  show: (table) => Object.fromEntries(Object.entries(table).map(([name, value]) => [name, item.show(value)])),
});
