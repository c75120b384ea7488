export interface SecurityHeaderOptions {
  nonce: string;
  /** The reader came over https. */
  secure: boolean;
  signedIn: boolean;
}

const DENIED_FEATURES =
  "accelerometer, autoplay, camera, display-capture, encrypted-media, gamepad, geolocation, gyroscope, hid, " +
  "idle-detection, local-fonts, magnetometer, microphone, midi, payment, picture-in-picture, screen-wake-lock, serial, usb, " +
  "xr-spatial-tracking";

const ALWAYS: [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["X-Frame-Options", "DENY"],
  [
    "Permissions-Policy",
    DENIED_FEATURES.split(", ")
      .map((feature) => `${feature}=()`)
      .join(", "),
  ],
];

/**
 * For pages. A script runs only with this answer's nonce: not even one from this server, because publishers' files lie
 * here too. htmx needs no eval.
 */
export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** For everything that is not a page: should a browser show it after all, it may do nothing. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/**
 * Adds what every answer carries. A header that the route set itself stays: a raw file brings its own sandbox policy, a
 * public immutable file its own caching.
 */
export function addSecurityHeaders(headers: Headers, options: SecurityHeaderOptions): void {
  const put = (name: string, value: string) => {
    if (!headers.has(name)) headers.set(name, value);
  };
  for (const [name, value] of ALWAYS) put(name, value);
  const page = headers.get("Content-Type")?.startsWith("text/html") ?? false;
  put("Content-Security-Policy", page ? pagePolicy(options.nonce) : DATA_POLICY);
  if (options.secure) put("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  // A page holds a token and a nonce of its reader even when nobody is signed in.
  if (options.signedIn) put("Cache-Control", "no-store");
  // Everything else may be recalled, hidden or renamed at any moment: whoever keeps it asks again each time.
  else put("Cache-Control", page ? "private, no-cache" : "no-cache");
  if (!/no-store|public/.test(headers.get("Cache-Control") ?? "")) headers.append("Vary", VARYING);
}

/** What the same address is answered differently for: who asks, and a page, a fragment of one, or JSON. */
const VARYING = "Accept, Authorization, Cookie, HX-Request, X-API-Key";
