export { trustSummaryApi } from "./api.ts";
export { createTrustSummaries, type TrustSummaries } from "./summarise-version.ts";
