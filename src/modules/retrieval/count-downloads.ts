import { dayOf, instant, SECOND } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { RetrievalDeps } from "./deps.ts";
import { countDownloads, type Download } from "./repository.ts";

/** Who downloaded; an address leaves this process only as a salted hash. */
export interface Visitor {
  userId: Id | null;
  address: string;
  userAgent: string;
}

/** Counts downloads in batches, off the request path. */
export interface DownloadCounter {
  /** Never waits and never fails; under a flood (10,000 not yet written) further ones are not counted. */
  count(assetId: Id, versionId: Id, visitor: Visitor): void;
  /** Writes what is waiting. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const MAX_WAITING = 10_000;

export function createDownloadCounter(
  deps: Pick<RetrievalDeps, "database" | "clock" | "visitorSalt">,
  onError: (error: unknown) => void,
): DownloadCounter {
  let waiting: (Omit<Download, "visitorHash"> & { visitor: string })[] = [];
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    writing = writing.then(async () => {
      const batch = waiting;
      waiting = [];
      if (batch.length === 0) return;
      try {
        const salt = await deps.visitorSalt();
        const rows = batch.map(({ visitor, ...row }) => ({ ...row, visitorHash: hashed(salt, row.day, visitor) }));
        await deps.database.write((tx) => countDownloads(tx, rows));
      } catch (error) {
        waiting = [...batch, ...waiting].slice(0, MAX_WAITING);
        onError(error);
      }
    });
    return writing;
  };
  const timer = setInterval(() => void flush(), SECOND);
  timer.unref();
  return {
    count(assetId, versionId, { userId, address, userAgent }) {
      if (waiting.length >= MAX_WAITING) return;
      const at = instant(deps.clock.now());
      const visitor = userId === null ? `address:${address}` : `user:${userId}`;
      waiting.push({ assetId, versionId, day: dayOf(at), visitor, client: clientOf(userAgent), userId, at });
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Another hash every day: visits of one person cannot be joined over days. */
const hashed = (salt: string, day: string, visitor: string): string =>
  new Bun.CryptoHasher("sha256").update(`${salt}\n${day}\n${visitor}`).digest("base64url").slice(0, 22);

const CLIENTS: [RegExp, string][] = [
  [/^marketplace\//, "marketplace"],
  [/^git\//, "git"],
  [/huggingface|hf_hub/i, "huggingface"],
  [/^curl\//, "curl"],
  [/^Wget\//, "wget"],
  [/^Mozilla\//, "browser"],
  [/node|bun|axios|python|go-http/i, "script"],
];

const clientOf = (userAgent: string): string =>
  CLIENTS.find(([pattern]) => pattern.test(userAgent.slice(0, 200)))?.[1] ?? "other";
