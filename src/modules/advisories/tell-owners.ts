import { HOUR, instant, later } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import type { AdvisoriesDeps } from "./deps.ts";
import {
  dependentAssets,
  markTold,
  ownersOf,
  readableAmong,
  untoldVersions,
  type UntoldVersion,
} from "./telling-repository.ts";

export const TELL_JOB = "advisories.tell-owners";
const VERSIONS_AT_ONCE = 500;
const MOST_LINES = 25;
const MAIL_LIFE_MS = 7 * 24 * HOUR;

/** In a transaction behind the matching. */
export const requestTelling = (tx: Queries, deps: Pick<AdvisoriesDeps, "jobs">): Promise<void> =>
  deps.jobs.enqueue(tx, { kind: TELL_JOB, payload: {}, key: "all" });

/**
 * The job: one mail for each person who owns versions that advisories came to touch, or assets that depend on those; nothing
 * when no mail server is configured. What was told is not told again.
 */
export async function tellOwners(deps: AdvisoriesDeps, context: JobContext): Promise<void> {
  const told: UntoldVersion[] = [];
  for (let after: Id = ""; ; ) {
    context.signal.throwIfAborted();
    const batch = await untoldVersions(deps.database.read, after, VERSIONS_AT_ONCE);
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.versionId;
    told.push(...batch);
  }
  if (told.length === 0) return;
  const letters = deps.mailer.delivers ? await lettersOf(deps, told) : [];
  const at = instant(deps.clock.now());
  await deps.database.write(async (tx) => {
    for (const { person, lines } of letters)
      await deps.mailer.queue(tx, {
        kind: "advisories",
        userId: person.id,
        to: person.email,
        subject: `Known vulnerabilities touch ${lines.length === 1 ? "an asset" : `${lines.length} assets`} of yours`,
        paragraphs: [
          "Advisories that this server learned of name packages in assets that you look after.",
          ...lines.slice(0, MOST_LINES),
          ...(lines.length > MOST_LINES ? [`And ${lines.length - MOST_LINES} more.`] : []),
          "The security page of each asset says what to upgrade.",
          `${deps.origin()}/advisories`,
        ],
        expiresAt: instant(new Date(later(deps.clock.now(), MAIL_LIFE_MS))),
      });
    await markTold(tx, [...new Set(told.map(({ versionId }) => versionId))], at);
  });
  deps.jobs.wake();
}

interface Letter {
  person: { id: Id; email: string };
  lines: string[];
}

async function lettersOf(deps: AdvisoriesDeps, told: readonly UntoldVersion[]): Promise<Letter[]> {
  const q = deps.database.read;
  const byAsset = new Map<Id, UntoldVersion[]>();
  for (const version of told) byAsset.set(version.assetId, [...(byAsset.get(version.assetId) ?? []), version]);
  const letters = new Map<Id, Letter>();
  const add = (person: Letter["person"], line: string): void => {
    const letter = letters.get(person.id) ?? { person, lines: [] };
    if (!letter.lines.includes(line)) letter.lines.push(line);
    letters.set(person.id, letter);
  };
  for (const versions of byAsset.values()) {
    const [{ assetId, namespaceId, ref }] = versions as [UntoldVersion, ...UntoldVersion[]];
    const line = `${ref} (${listed(versions.map(({ version }) => version))}): ${listed(versions.flatMap(({ advisories }) => advisories))}`;
    for (const person of await ownersOf(q, namespaceId)) add(person, line);
    for (const dependent of await dependentAssets(q, ref))
      for (const person of await ownersOf(q, dependent.namespaceId)) {
        // Whoever names somebody's private asset as a dependency learns nothing of it.
        const reader = await deps.readerOf(person.id);
        if (reader && (await readableAmong(q, reader, assetId)))
          add(
            person,
            `${dependent.ref} depends on ${ref}, which is touched by ${listed(versions.flatMap(({ advisories }) => advisories))}`,
          );
      }
  }
  return [...letters.values()];
}

const listed = (items: readonly string[]): string => {
  const unique = [...new Set(items)];
  return unique.length <= 5 ? unique.join(", ") : `${unique.slice(0, 5).join(", ")} and ${unique.length - 5} more`;
};
