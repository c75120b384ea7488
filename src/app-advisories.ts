import type { Config } from "./config/index.ts";
import { AppError } from "./core/error.ts";
import { BUILD } from "./core/build.ts";
import type { Download } from "./modules/advisories/index.ts";
import { createGuardedDownload, OutboundRefused } from "./platform/outbound/guarded-fetch.ts";

const HOUR_MS = 3_600_000;
const MAX_BYTES = 4 * 2 ** 30;

/** Fetches files of advisories from the hosts of `[advisories]` alone. */
export function advisoryDownload({ advisories }: Config): Download {
  const trusted = new Set([
    ...advisories.sources.map((source) => new URL(source).origin),
    ...advisories.allowedHosts.map((host) => `https://${host}`),
  ]);
  const download = createGuardedDownload({ trusted, timeoutMs: HOUR_MS, maxBytes: MAX_BYTES });
  return async (url, etag, signal) => {
    const headers = {
      "User-Agent": `marketplace/${BUILD.version}`,
      ...(etag === null ? {} : { "If-None-Match": etag }),
    };
    const response = await download(url, { headers, signal }).catch((error: unknown) => {
      if (error instanceof OutboundRefused) throw new AppError("INVALID_REQUEST", `Not fetched: ${error.message}.`);
      throw error;
    });
    if (response.status === 304) return null;
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`${new URL(url).host} answered ${response.status}.`);
    }
    return { etag: response.headers.get("ETag"), bytes: response.body as unknown as AsyncIterable<Uint8Array> };
  };
}
