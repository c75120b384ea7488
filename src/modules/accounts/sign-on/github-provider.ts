import { createHash } from "node:crypto";
import { forbidden } from "../../../core/error.ts";
import type { GuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import { personOf } from "./claims.ts";
import type { ProviderSettings, SignOnProvider } from "./provider.ts";
import { refusalOf } from "./refusal.ts";

export interface GitHubDeps {
  name: string;
  settings: ProviderSettings;
  fetch: GuardedFetch;
  onProblem: (provider: string, problem: unknown) => void;
}

const MAX_TEAM_PAGES = 10;

/** The API of github.com lies on a host of its own, that of GitHub Enterprise below the server's. */
const gitHubApi = (issuer: string): string =>
  issuer === "https://github.com" ? "https://api.github.com" : `${issuer}/api/v3`;

/**
 * GitHub speaks OAuth 2 without ID tokens: who it is comes from its API, over TLS, with the token that the code and the PKCE
 * verifier gave. An address counts as verified when GitHub lists it so.
 */
export function createGitHubProvider(deps: GitHubDeps): SignOnProvider {
  const { name, onProblem } = deps;
  const settings = { ...deps.settings, issuer: deps.settings.issuer.replace(/\/+$/, "") };
  const label = settings.label || "GitHub";
  return {
    name,
    label,
    settings,
    begin: async ({ verifier, state, redirectUri, fresh }) => {
      const url = new URL(`${settings.issuer}/login/oauth/authorize`);
      url.search = new URLSearchParams({
        response_type: "code",
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        scope: settings.scopes.join(" "),
        state,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...(fresh ? { prompt: "select_account" } : {}),
      }).toString();
      return url.href;
    },
    finish: (given) =>
      redeem({ ...deps, settings }, given, label).catch((error) =>
        Promise.reject(refusalOf(error, label, name, onProblem)),
      ),
  };
}

async function redeem(deps: GitHubDeps, given: Parameters<SignOnProvider["finish"]>[0], label: string) {
  const { settings } = deps;
  const query = new URLSearchParams(given.query);
  const [code, iss, error] = [query.getAll("code"), query.getAll("iss"), query.get("error")];
  if (error !== null) {
    const reason = /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
    throw forbidden(`${label} did not sign you in${reason}. Begin again from the sign-in page.`);
  }
  // RFC 9207: GitHub names itself since 2025; another's name is a mix-up.
  if (code.length !== 1 || iss.some((one) => one !== settings.issuer && one !== `${settings.issuer}/login/oauth`))
    throw new Error("the callback has no single code, or another issuer");
  const token = await accessToken(deps, { code: code[0]!, verifier: given.verifier, redirectUri: given.redirectUri });
  const read = reader(deps, token);
  const user = asObject(await read("/user"));
  if (typeof user["id"] !== "number" || typeof user["login"] !== "string") throw new Error("GitHub named no user");
  const claims = {
    preferred_username: user["login"],
    name: user["name"],
    ...(await primaryAddress(read)),
    groups: Object.keys(settings.groups).length > 0 ? await groupsOf(read) : [],
    two_factor: user["two_factor_authentication"] === true ? ["mfa"] : [],
  };
  const subject = String(user["id"]);
  return personOf(claims, {
    provider: deps.name,
    issuer: settings.issuer,
    subject,
    settings: {
      ...settings,
      usernameClaim: "preferred_username",
      groupsClaim: "groups",
      twoFactorClaim: "two_factor",
    },
  });
}

async function accessToken(
  { settings, fetch }: GitHubDeps,
  { code, verifier, redirectUri }: { code: string; verifier: string; redirectUri: string },
): Promise<string> {
  const response = await fetch(`${settings.issuer}/login/oauth/access_token`, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }).toString(),
  });
  const answer = asObject(await response.json());
  // GitHub answers 200 for refusals too.
  if (response.status !== 200 || typeof answer["access_token"] !== "string")
    throw new Error(`GitHub gave no token: ${String(answer["error"]).slice(0, 60)}`);
  return answer["access_token"];
}

type Read = (path: string) => Promise<unknown>;

const reader =
  ({ settings, fetch }: GitHubDeps, token: string): Read =>
  async (path) => {
    const response = await fetch(`${gitHubApi(settings.issuer)}${path}`, {
      headers: {
        Authorization: `Bearer ${token}`,
        Accept: "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "User-Agent": "marketplace",
      },
    });
    if (response.status !== 200) throw new Error(`GitHub answered ${path} with status ${response.status}`);
    return response.json();
  };

async function primaryAddress(read: Read): Promise<{ email?: string; email_verified?: boolean }> {
  const addresses = await read("/user/emails");
  if (!Array.isArray(addresses)) return {};
  const primary = addresses.map(asObject).find((address) => address["primary"] === true);
  return typeof primary?.["email"] === "string"
    ? { email: primary["email"], email_verified: primary["verified"] === true }
    : {};
}

/** Organizations as `org`, teams as `org/team`. */
async function groupsOf(read: Read): Promise<string[]> {
  const groups = new Set<string>();
  for (let page = 1; page <= MAX_TEAM_PAGES; page++) {
    const teams = await read(`/user/teams?per_page=100&page=${page}`);
    if (!Array.isArray(teams)) break;
    for (const team of teams.map(asObject)) {
      const login = asObject(team["organization"])["login"];
      groups.add(`${String(login)}/${String(team["slug"])}`);
    }
    if (teams.length < 100) break;
  }
  const organizations = await read("/user/orgs?per_page=100");
  if (Array.isArray(organizations)) for (const one of organizations.map(asObject)) groups.add(String(one["login"]));
  return [...groups];
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
