import { createHash } from "node:crypto";
import { jwtVerify } from "jose";
import * as openid from "openid-client";
import { type Clock, HOUR, MINUTE } from "../../../core/clock.ts";
import type { GuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import { type Claims, personOf } from "./claims.ts";
import type { ProviderSettings, SignOnProvider } from "./provider.ts";
import { createProviderKeys } from "./provider-keys.ts";
import { refusalOf } from "./refusal.ts";

export interface OpenIdDeps {
  name: string;
  settings: ProviderSettings;
  fetch: GuardedFetch;
  clock: Clock;
  /** What went wrong with a provider, for administrators; holds no token. */
  onProblem: (provider: string, problem: unknown) => void;
}

const METADATA_AGE = HOUR;
/** How far the provider's clock may be off, in seconds. */
const LEEWAY = 60;
/** Signatures that a published key verifies; never `none`, never the client's secret. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

interface Discovered {
  metadata: openid.ServerMetadata;
  keys: ReturnType<typeof createProviderKeys>;
  at: number;
}

/** OpenID Connect Core 1.0 by discovery: authorization code with PKCE (RFC 7636), state, nonce and issuer (RFC 9207). */
export function createOpenIdProvider(deps: OpenIdDeps): SignOnProvider {
  const { name, settings, onProblem } = deps;
  const discovered = createDiscovery(deps);
  const label = settings.label || name;
  return {
    name,
    label,
    settings,
    async begin({ verifier, nonce, state, redirectUri, fresh }) {
      const { metadata } = await discovered().catch((error) =>
        Promise.reject(refusalOf(error, label, name, onProblem)),
      );
      return openid.buildAuthorizationUrl(configurationOf(deps, metadata), {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(" "),
        state,
        nonce,
        code_challenge: createHash("sha256").update(verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...(fresh ? { prompt: "login", max_age: "0" } : {}),
      }).href;
    },
    finish: (given) =>
      discovered()
        .then((found) => redeem(deps, found, given))
        .catch((error) => Promise.reject(refusalOf(error, label, name, onProblem))),
  };
}

/** The provider's metadata, fetched at first use and again every hour; an old one serves on while a new one cannot be had. */
function createDiscovery({ settings, clock, fetch }: OpenIdDeps): () => Promise<Discovered> {
  let found: Discovered | null = null;
  let running: Promise<Discovered> | null = null;
  let failedAt = -Infinity;
  const now = () => clock.now().getTime();
  const discover = async (): Promise<Discovered> => {
    const config = await openid.discovery(new URL(settings.issuer), settings.clientId, undefined, undefined, {
      [openid.customFetch]: fetch as openid.CustomFetch,
      execute: [openid.allowInsecureRequests],
      timeout: 10,
    });
    const metadata = config.serverMetadata();
    const uri = metadata.jwks_uri;
    if (uri === undefined) throw new Error("the provider's metadata names no keys (jwks_uri)");
    const keys = found?.metadata.jwks_uri === uri ? found.keys : createProviderKeys({ uri, fetch, clock });
    found = { metadata, keys, at: now() };
    return found;
  };
  return async () => {
    if (found && Math.abs(now() - found.at) < METADATA_AGE) return found;
    const old = found;
    if (old && Math.abs(now() - failedAt) < MINUTE) return old;
    running ??= discover().finally(() => {
      running = null;
    });
    return running.catch((error) => {
      failedAt = now();
      if (old) return old;
      throw error;
    });
  };
}

/** The library counts by the system clock; ours decides. The guarded fetch decides which hosts may speak plain http. */
function configurationOf(
  { settings, clock, fetch }: OpenIdDeps,
  metadata: openid.ServerMetadata,
): openid.Configuration {
  const client = {
    [openid.clockSkew]: Math.round((clock.now().getTime() - Date.now()) / 1000),
    [openid.clockTolerance]: LEEWAY,
  };
  const config = new openid.Configuration(metadata, settings.clientId, client, authentication(settings, metadata));
  config[openid.customFetch] = fetch as openid.CustomFetch;
  config.timeout = 10;
  openid.allowInsecureRequests(config);
  return config;
}

function authentication({ clientSecret }: ProviderSettings, metadata: openid.ServerMetadata): openid.ClientAuth {
  if (clientSecret === "") return openid.None();
  const methods = metadata.token_endpoint_auth_methods_supported;
  return methods !== undefined && !methods.includes("client_secret_basic") && methods.includes("client_secret_post")
    ? openid.ClientSecretPost(clientSecret)
    : openid.ClientSecretBasic(clientSecret);
}

async function redeem(
  deps: OpenIdDeps,
  { metadata, keys }: Discovered,
  given: Parameters<SignOnProvider["finish"]>[0],
) {
  const { settings, clock } = deps;
  const config = configurationOf(deps, metadata);
  const answer = await openid.authorizationCodeGrant(config, new URL(`${given.redirectUri}${given.query}`), {
    pkceCodeVerifier: given.verifier,
    expectedNonce: given.nonce,
    expectedState: given.state,
    idTokenExpected: true,
  });
  const { payload } = await jwtVerify(answer.id_token ?? "", keys, {
    issuer: metadata.issuer,
    audience: settings.clientId,
    algorithms: ALGORITHMS,
    clockTolerance: LEEWAY,
    currentDate: clock.now(),
    requiredClaims: ["sub", "exp", "iat", "nonce"],
  });
  const subject = payload.sub ?? "";
  if (subject === "" || subject.length > 255) throw new Error("the ID token has no usable subject");
  const more: Claims = metadata.userinfo_endpoint
    ? await openid.fetchUserInfo(config, answer.access_token, subject)
    : {};
  // What the signed token says counts before what the other answer adds.
  return personOf({ ...more, ...payload }, { provider: deps.name, issuer: metadata.issuer, subject, settings });
}
