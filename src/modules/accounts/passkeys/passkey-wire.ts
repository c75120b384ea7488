import { conflict } from "../../../core/error.ts";
import { passkeyRefused } from "./passkeys.ts";
import { type RelyingParty, relyingParty } from "./passkey.ts";
import type { BrowserAnswer } from "./webauthn.ts";

/** Bytes of an answer that is looked at; with an attestation they have some thousand. */
const MAX_ANSWER = 64 * 1024;

/** What of a server its passkeys are bound to. */
export interface SiteDeps {
  /** Where this server is reached, without a slash at the end. */
  origin: (request: Request) => string;
  pageProps: (request: Request) => { brand: { name: string } };
}

/** The relying party that answers a request; null where browsers offer no passkeys. */
export const findSite = (deps: SiteDeps, request: Request): RelyingParty | null =>
  relyingParty(deps.origin(request), deps.pageProps(request).brand.name);

/** The same; CONFLICT where browsers offer none. */
export function siteOf(deps: SiteDeps, request: Request): RelyingParty {
  const site = findSite(deps, request);
  if (!site) throw conflict("Passkeys need a server with a name and https: set [server] public_url.");
  return site;
}

/** A browser's answer out of the field `credential` of a form; throws UNAUTHORIZED for what is none. */
export function answerIn(values: Record<string, string>): BrowserAnswer {
  const text = values["credential"] ?? "";
  const answer = text.length > MAX_ANSWER ? null : parsed(text);
  const response = answer?.["response"];
  if (!answer || typeof response !== "object" || response === null) throw passkeyRefused();
  return answer;
}

function parsed(text: string): BrowserAnswer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as BrowserAnswer) : null;
  } catch {
    return null;
  }
}
