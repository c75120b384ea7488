import { type ClamavSettings, clamavVersion } from "./clamav-client.ts";

/** Knows which signatures clamd has, as far as it was asked. */
export interface ClamavWatch {
  /** Engine and database as last seen (`1.4.6/27800`); null before the first answer. Never asks. */
  seen(): string | null;
  /** Asks clamd. Throws when it does not answer as clamd does; what was seen before then stays. */
  refresh(): Promise<string>;
}

/**
 * The scanner's version holds what was last seen, so that versions scanned with older signatures count as outdated. The
 * server starts without an answer: scans do not need it.
 */
export function createClamavWatch(settings: ClamavSettings): ClamavWatch {
  let seen: string | null = null;
  return {
    seen: () => seen,
    async refresh() {
      // "ClamAV 1.4.6/27800/Sun Nov 22 09:26:00 2026"; without an official database there is the engine alone.
      const [engine = "", database] = (await clamavVersion(settings)).replace(/^ClamAV /, "").split("/");
      seen = (database === undefined ? engine : `${engine}/${database}`).replace(/[^\w./-]/g, "").slice(0, 60);
      return seen;
    },
  };
}
