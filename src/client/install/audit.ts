import semver from "semver";
import type { Client } from "../client.ts";
import type { Lock } from "./lockfile.ts";
import { type KnownRecalls, recalledText } from "./recalls.ts";
import { standing } from "./verify.ts";

/** How a locked version stands with the server today. */
export interface Audited {
  ref: string;
  version: string;
  problems: string[];
  notes: string[];
  /** The highest release, when it is higher than the locked one. */
  newer: string | null;
}

const AT_ONCE = 4;

/** Asks the server about every version of the lockfile; in the lockfile's order. */
export async function auditLock(client: Client, lock: Lock, recalls: KnownRecalls): Promise<Audited[]> {
  return inTurns(Object.entries(lock.assets), async ([ref, { version, digest, signature }]): Promise<Audited> => {
    const detail = await client.versions.find(ref, version);
    const recall = detail?.recalled ?? recalls.find(digest);
    const called = recall ? [recalledText(ref, recall)] : [];
    if (!detail)
      return {
        ref,
        version,
        problems: [...called, "the server has no such version any more, or you may not see it"],
        notes: [],
        newer: null,
      };
    const { wrong, worth } = standing(detail);
    wrong.unshift(...called);
    if (detail.digest !== digest) wrong.push("the server has other content under this version");
    const revoked = detail.signatures.find(
      ({ fingerprint, revoked_at }) => fingerprint === signature && revoked_at !== null,
    );
    if (revoked) wrong.push(`the key that signed it, ${signature}, was revoked`);
    const latest = detail.asset.version;
    const newer = latest !== null && semver.valid(latest) && semver.gt(latest, version) ? latest : null;
    return { ref, version, problems: wrong, notes: worth, newer };
  });
}

/** Maps with a few at work at once; the results in the items' order. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
