import { HOUR, MINUTE } from "../../core/clock.ts";
import type { Rate } from "../../core/rate.ts";

/** What guards secrets: decided in the database, before any work is done. */
export const SECURITY_CLASSES = ["login", "register", "secondFactor", "passwordReset", "deviceCode"] as const;
export type SecurityClass = (typeof SECURITY_CLASSES)[number];

/** What only guards the server's time: decided in memory, and shared now and then. */
export const TRAFFIC_CLASSES = ["search", "assetRead", "assetWrite", "expensive", "other"] as const;
export type TrafficClass = (typeof TRAFFIC_CLASSES)[number];

/** What a request counts against; each has a table of callers of its own. */
export type RateClass = SecurityClass | TrafficClass;

export const DEFAULT_RATES: Record<RateClass, Rate> = {
  login: { limit: 5, windowMs: MINUTE },
  register: { limit: 3, windowMs: HOUR },
  secondFactor: { limit: 10, windowMs: MINUTE },
  passwordReset: { limit: 10, windowMs: HOUR },
  deviceCode: { limit: 10, windowMs: MINUTE },
  search: { limit: 100, windowMs: MINUTE },
  assetRead: { limit: 1000, windowMs: MINUTE },
  assetWrite: { limit: 50, windowMs: MINUTE },
  expensive: { limit: 60, windowMs: MINUTE },
  other: { limit: 1000, windowMs: MINUTE },
};

/** Requests that are never counted: probes and the assets of our own pages. */
const UNCOUNTED = /^\/(?:healthz|readyz|metrics|static\/.*)$/;
const ASSETS = /^\/api\/v1\/assets(?:\/|$)/;
const SEARCH = /^\/(?:api\/v1\/search(?:\/autocomplete)?|search(?:\/.*)?)$/;

/** A single one of these keeps the server busy for longer than hundreds of others: whole policies judged, bills of materials, scans. */
const EXPENSIVE_READS =
  /^\/api\/v1\/(?:(?:admin|organizations\/[^/]+)\/policy\/effect|assets\/(?:[^/]+\/){1,2}versions\/[^/]+\/sbom)$/;
const EXPENSIVE_WRITES = /^\/api\/v1\/(?:assets\/(?:[^/]+\/){1,2}versions\/[^/]+\/scans|lockfiles)$/;

/** Of the requests that change something, the first that fits. */
const SECURITY_ROUTES: readonly (readonly [RegExp, SecurityClass])[] = [
  [/^(?:\/api\/v1\/auth\/login|\/sign-in)$/, "login"],
  [/^(?:\/api\/v1\/auth)?\/register(?:\/.*)?$/, "register"],
  [/^(?:\/api\/v1\/auth)?\/(?:forgot-password|reset-password)(?:\/.*)?$/, "passwordReset"],
  [/^(?:\/device(?:\/.*)?|\/api\/v1\/auth\/device(?:\/(?!token$).*)?)$/, "deviceCode"],
  [/^(?:\/api\/v1\/auth)?\/sudo(?:\/.*)?$|^\/sign-in\/.*$/, "secondFactor"],
];

/** The class of a request by its method and path (as the router sees it); null for what is not counted. */
export function classifyRequest(method: string, rawPath: string): RateClass | null {
  const path = rawPath.length > 1 && rawPath.endsWith("/") ? rawPath.slice(0, -1) : rawPath;
  if (UNCOUNTED.test(path)) return null;
  const reading = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (!reading) {
    const guarded = SECURITY_ROUTES.find(([route]) => route.test(path));
    if (guarded) return guarded[1];
  }
  if ((reading ? EXPENSIVE_READS : EXPENSIVE_WRITES).test(path)) return "expensive";
  if (SEARCH.test(path)) return "search";
  if (ASSETS.test(path)) return reading ? "assetRead" : "assetWrite";
  return "other";
}

const SECURITY: ReadonlySet<RateClass> = new Set(SECURITY_CLASSES);

export const guardsSecrets = (rateClass: RateClass): rateClass is SecurityClass => SECURITY.has(rateClass);

/** Who is counted: the person however signed in (session, token and key alike), else the address, IPv6 by its /64. */
export function callerKey(userId: string | null, address: string, rateClass: RateClass): string {
  if (userId !== null && !guardsSecrets(rateClass)) return `u:${userId}`;
  return `a:${networkOf(address)}`;
}

/** An address as it is counted: IPv4 whole (also when mapped into IPv6), IPv6 without its host half. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("%")[0]!.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Math.max(0, 8 - front.length - back.length);
  const groups = address.includes("::") ? [...front, ...Array<string>(zeros).fill("0"), ...back] : front;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || "0", 16).toString(16))
    .join(":");
}
