/** Text as it stands in an attribute: kitajs escapes quotes there but leaves `&`, so that `&lt;` would read as `<`. */
export const attr = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** An absolute http or https address as it may stand in a link, or null for anything else. */
export function safeHref(text: string | null): string | null {
  if (text === null) return null;
  try {
    const url = new URL(text.toWellFormed());
    return url.protocol === "https:" || url.protocol === "http:" ? attr(url.href) : null;
  } catch {
    return null;
  }
}

/** A path on this server as it may stand in a link; whatever else it is leads nowhere. */
export const localHref = (path: string): string =>
  /^\/(?![/\\])/.test(path) || path.startsWith("#") ? attr(path) : "#";

// By hand: Intl costs about ten times as much, and a page of rows formats a hundred of them.
/** 48211 → "48,211". */
export const grouped = (count: number): string =>
  count < 1000 ? String(count) : String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");

const THOUSANDS = ["", "K", "M", "B", "T"];
/** 48211 → "48.2K"; below a thousand as it is. */
export function compact(count: number): string {
  let value = count;
  let step = 0;
  while (value >= 999.95 && step < THOUSANDS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return step === 0 ? String(count) : `${Number(value.toFixed(1))}${THOUSANDS[step]}`;
}
/** "1 file", "3 files", "1,204 installs"; `many` where an s does not do it. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/** Bytes in decimal units, as disks and browsers count them: 1234567 → "1.2 MB". */
export function bytes(size: number): string {
  if (size < 1000) return counted(size, "byte");
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = size;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

const STEPS: [limit: number, seconds: number, name: string][] = [
  [60, 1, "second"],
  [3_600, 60, "minute"],
  [86_400, 3_600, "hour"],
  [7 * 86_400, 86_400, "day"],
  [30 * 86_400, 7 * 86_400, "week"],
  [365 * 86_400, 30 * 86_400, "month"],
  [Number.POSITIVE_INFINITY, 365 * 86_400, "year"],
];

/** "3 days ago", "in 2 hours", "just now". */
export function relative(instant: string, now: string): string {
  const seconds = (Date.parse(now) - Date.parse(instant)) / 1000;
  if (!Number.isFinite(seconds)) return instant;
  const distance = Math.abs(seconds);
  if (distance < 10) return "just now";
  const [, size, name] = STEPS.find(([limit]) => distance < limit)!;
  const amount = counted(Math.floor(distance / size), name);
  return seconds < 0 ? `in ${amount}` : `${amount} ago`;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/;

/** "18 March 2026, 09:30 UTC" of an ISO-8601 instant in UTC; whatever else it is comes back as it is. */
export function absolute(instant: string): string {
  const [, year, month, day, time = "00:00"] = INSTANT.exec(instant) ?? [];
  return year === undefined ? instant : `${Number(day)} ${MONTHS[Number(month) - 1] ?? month} ${year}, ${time} UTC`;
}
/** "18 Mar 2026". */
export function dayOf(instant: string): string {
  const [, year, month, day] = INSTANT.exec(instant) ?? [];
  return year === undefined ? instant : `${Number(day)} ${(MONTHS[Number(month) - 1] ?? month)?.slice(0, 3)} ${year}`;
}
/** Milliseconds as people read them: "240 ms", "1.8 s". */
export function elapsed(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
}
/** `sha256:0123456789ab…` shortened for the eye; the whole one is copied. */
export const shortDigest = (digest: string): string => {
  const colon = digest.indexOf(":");
  return digest.slice(colon + 1, colon + 13);
};

/** The URL of another state of a list: the given query with some keys replaced (null takes one away). */
export function withQuery(path: string, changes: Record<string, string | null>): string {
  const [base = "", query = ""] = path.split("?", 2);
  const params = new URLSearchParams(query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) params.delete(key);
    else params.set(key, value);
  }
  const text = params.toString();
  return text === "" ? base : `${base}?${text}`;
}
