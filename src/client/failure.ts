import { AppError, ERROR_STATUS, type ErrorCode } from "../core/error.ts";
import { visible } from "./visible-text.ts";

const MAX_MESSAGE = 2000;

/** An answer that is no success as the AppError it stands for; the server's words are made safe for a terminal. */
export function failureOf(url: string, response: Response, body: Uint8Array): AppError {
  const { code, message, details } = errorIn(body);
  const known = code !== undefined && code in ERROR_STATUS ? (code as ErrorCode) : codeOf(response.status);
  const retryAfter = /^\d{1,6}$/.exec(response.headers.get("Retry-After") ?? "")?.[0];
  const said = message ?? strange(url, response);
  const later = retryAfter && response.status === 429 ? ` Try again in ${retryAfter} seconds.` : "";
  return new AppError(known, `${visible(said.slice(0, MAX_MESSAGE))}${later}`, {
    details: { ...details, ...(code === undefined ? {} : { code }) },
  });
}

/** An answer that is not of this API: something stands between, or another program answers there. */
const strange = (url: string, { status, statusText }: Response): string =>
  `${url} answered ${`${status} ${statusText}`.trim()}. ` +
  (status >= 500 ? "Try again, or ask its administrator." : "Check that the address is a marketplace's.");

function errorIn(body: Uint8Array): { code?: string; message?: string; details?: Record<string, unknown> } {
  try {
    const { error, ...flat } = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    if (typeof error === "string") return oauthError(error, flat);
    const { code, message, details } = (error ?? {}) as Record<string, unknown>;
    return {
      code: typeof code === "string" ? code : undefined,
      message: typeof message === "string" && message !== "" ? message : undefined,
      details: typeof details === "object" && details !== null ? (details as Record<string, unknown>) : undefined,
    };
  } catch {
    return {};
  }
}

/** RFC 6749 5.2. */
function oauthError(error: string, { error_description: said, interval }: Record<string, unknown>) {
  return { message: typeof said === "string" && said !== "" ? said : undefined, details: { oauth: error, interval } };
}

/** For answers of proxies between here and the server, which know no code. */
function codeOf(status: number): ErrorCode {
  const code = Object.entries(ERROR_STATUS).find(([, known]) => known === status)?.[0] as ErrorCode | undefined;
  return code ?? (status >= 500 ? "SERVICE_UNAVAILABLE" : "INVALID_REQUEST");
}

/** No answer came: nobody listens, the name does not resolve, the certificate is not trusted, the line went dead. */
export function unreachable(url: string, cause: unknown): AppError {
  const { code, message } = (cause ?? {}) as { code?: string; message?: string };
  return new AppError("SERVICE_UNAVAILABLE", `Cannot reach ${visible(url)}: ${reasonOf(code ?? "", message ?? "")}`, {
    details: { unreachable: true },
    cause,
  });
}

function reasonOf(code: string, message: string): string {
  if (/refused/i.test(code)) return "nothing listens there. Check --url or MARKETPLACE_URL, and that the server runs.";
  if (/ENOTFOUND|EAI_|DNS/i.test(code)) return "its name does not resolve. Check --url or MARKETPLACE_URL.";
  if (/CERT|SIGNATURE|ISSUER|TLS|SSL/i.test(code))
    return `its certificate is not trusted (${code}). For an internal CA set NODE_EXTRA_CA_CERTS to its file.`;
  if (/timeout/i.test(`${code} ${message}`)) return "it does not answer. Try again, or ask its administrator.";
  return `${visible(message || code || "the connection failed").replace(/\.?$/, ".")} Try again.`;
}

export const moved = (location: string): AppError =>
  new AppError(
    "SERVICE_UNAVAILABLE",
    `The server is somewhere else: it sends on to ${visible(location.slice(0, 200))}. Give that address with --url.`,
  );

export const tooMuch = (url: string, maxBytes: number): AppError =>
  new AppError(
    "SERVICE_UNAVAILABLE",
    `${visible(url)} answered more than ${maxBytes} bytes, which is more than it should.`,
  );
