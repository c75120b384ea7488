/** The value of a cookie of the request; null when it is not there. The first of several of one name counts (RFC 6265 5.4). */
export function readCookie(request: Request, name: string): string | null {
  const header = request.headers.get("Cookie");
  if (header === null) return null;
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/**
 * The name a cookie bears: under https with the prefix `__Host-`, which browsers accept only from this very host over TLS
 * (RFC 6265bis 4.1.3.2), so that no neighbour can plant one.
 */
export const cookieName = (base: string, secure: boolean): string => (secure ? `__Host-${base}` : base);

/** A `Set-Cookie` value: HttpOnly, SameSite=Lax, whole host. `maxAge` in seconds; none means until the browser closes. */
export function setCookie(base: string, value: string, options: { secure: boolean; maxAge?: number }): string {
  const parts = [`${cookieName(base, options.secure)}=${value}`, "Path=/", "HttpOnly", "SameSite=Lax"];
  if (options.maxAge !== undefined) parts.push(`Max-Age=${Math.floor(options.maxAge)}`);
  if (options.secure) parts.push("Secure");
  return parts.join("; ");
}

/** A `Set-Cookie` value that makes the browser forget the cookie. */
export const clearCookie = (base: string, secure: boolean): string => setCookie(base, "", { secure, maxAge: 0 });
