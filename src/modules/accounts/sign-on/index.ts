import type { Clock } from "../../../core/clock.ts";
import { createGuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import { createGitHubProvider, gitHubApi } from "./github-provider.ts";
import { createOpenIdProvider } from "./openid-provider.ts";
import { type ProviderSettings, type SignOnProvider, withPreset } from "./provider.ts";

export { signOnApi, type SignOnRouteDeps } from "./browser-api.ts";
export { signOnPages } from "./pages.tsx";
export type { SignOnProvider } from "./provider.ts";
export { createSignOn, type SignOn, type SignOnDeps } from "./sign-on.ts";

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
    const trusted = new Set([new URL(settings.issuer).origin]);
    // A GitHub Enterprise server answers for itself; everything else that a provider points to is public or on its own host.
    if (settings.kind === "github") trusted.add(new URL(gitHubApi(settings.issuer)).origin);
    const proxied = Boolean(process.env["HTTPS_PROXY"] ?? process.env["https_proxy"]);
    const fetch = createGuardedFetch({ trusted, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, proxied });
    const made = { name, settings, fetch, ...deps };
    return settings.kind === "github" ? createGitHubProvider(made) : createOpenIdProvider(made);
  });
}
