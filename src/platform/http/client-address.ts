import { BlockList, isIP } from "node:net";
import type { RequestContext } from "./request-context.ts";

/** What the connection, and proxies that are trusted, say of the client. */
export type Client = Pick<RequestContext, "address" | "secure">;

/** Reads the client from the connection's own address and, when that is a trusted proxy, from X-Forwarded-For and -Proto. */
export type ReadClient = (request: Request, peer: string | null) => Client;

/** `trustedProxies` are addresses or CIDR ranges; throws an Error that names one that is neither. */
export function createClientReader(options: { trustedProxies: readonly string[]; https: boolean }): ReadClient {
  const trusted = new BlockList();
  for (const range of options.trustedProxies) addRange(trusted, range);
  const isTrusted = (address: string) => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? "ipv6" : "ipv4");
  };
  return (request, peer) => {
    const connected = plainAddress(peer ?? "") ?? "unknown";
    const direct = options.https || request.url.startsWith("https:");
    if (!isTrusted(connected)) return { address: connected, secure: direct };
    const forwardedHttps = request.headers.get("X-Forwarded-Proto")?.split(",").at(-1)?.trim() === "https";
    return { address: firstUntrusted(request, connected, isTrusted), secure: direct || forwardedHttps };
  };
}

/** Each proxy appends the address it saw, so only the tail that trusted ones wrote counts: from the right to the first stranger. */
function firstUntrusted(request: Request, connected: string, isTrusted: (address: string) => boolean): string {
  let client = connected;
  const hops = (request.headers.get("X-Forwarded-For") ?? "").split(",").slice(-20).reverse();
  for (const hop of hops) {
    const address = plainAddress(hop.trim());
    if (address === null) return client;
    client = address;
    if (!isTrusted(address)) return client;
  }
  return client;
}

/** An IP address without port, brackets or IPv4 mapping; null when it is none. */
function plainAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(text)?.[1] ?? text;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(mapped) === 0 ? null : mapped.toLowerCase();
}

function addRange(list: BlockList, range: string): void {
  const [address = "", bits] = range.trim().split("/");
  const family = isIP(address);
  const width = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? width : Number(bits);
  if (family === 0 || bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > width)
    throw new Error(`"${range}" is not an address or a range such as 10.0.0.0/8.`);
  list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
}
