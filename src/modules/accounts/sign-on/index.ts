import type { Clock } from "../../../core/clock.ts";
import { createGuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import { createGitHubProvider } from "./github-provider.ts";
import type { OpenIdDeps } from "./openid-provider.ts";
import { type ProviderSettings, type SignOnProvider, withPreset } from "./provider.ts";

export { signOnApi } from "./browser-api.ts";
export { signOnPages } from "./pages.tsx";
export type { SignOnProvider } from "./provider.ts";
export { createSignOn, type SignOn } from "./sign-on.ts";

/** How long a provider may take for one answer, and how much that may hold. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1 << 20;

/** The providers of the configuration; nothing is asked of them before somebody signs in. */
export function createProviders(
  sections: Readonly<Record<string, ProviderSettings>>,
  deps: { clock: Clock; onProblem: (provider: string, problem: unknown) => void },
): SignOnProvider[] {
  return Object.entries(sections).map(([name, section]) => {
    const settings = withPreset(section);
    // Its own host may be a private one; whatever else it points to is public.
    const trusted = new Set([new URL(settings.issuer).origin]);
    const fetch = createGuardedFetch({ trusted, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
    const made = { name, settings, fetch, ...deps };
    return settings.kind === "github" ? createGitHubProvider(made) : openIdProvider(made);
  });
}

/** Loads the library when somebody first signs in, so that a start does not wait for it. */
function openIdProvider(deps: OpenIdDeps): SignOnProvider {
  const { name, settings } = deps;
  let loading: Promise<SignOnProvider> | undefined;
  const provider = () => {
    loading ??= import("./openid-provider.ts").then((library) => library.createOpenIdProvider(deps));
    return loading;
  };
  return {
    name,
    settings,
    label: settings.label || name,
    begin: async (request) => (await provider()).begin(request),
    finish: async (answer) => (await provider()).finish(answer),
  };
}
