import { AppError } from "../../core/error.ts";
import type { Client } from "../client.ts";
import { visible } from "../visible-text.ts";
import type { AdvisoryWire } from "../wire.ts";
import { fetchManifest } from "./fetch-version.ts";
import { type LockedAsset, type LockedPlace, placeKey } from "./lockfile.ts";
import { pinsOf } from "./pins.ts";
import { placeState } from "./place-state.ts";
import { type KnownRecalls, recalledText } from "./recalls.ts";
import { verdictProblem } from "./attestations.ts";
import type { CheckedLog } from "./transparency.ts";
import { trustSignature } from "./trust-signature.ts";

export interface Verified {
  ref: string;
  version: string;
  /** What is wrong; empty when nothing is. */
  problems: string[];
  /** What is worth knowing and not wrong. */
  notes: string[];
}

/** Re-hashes every place of an asset against the lockfile, and looks whether it was recalled. Asks nobody. */
export async function verifyPlaces(
  root: string,
  ref: string,
  asset: LockedAsset,
  recalls: KnownRecalls,
): Promise<Verified> {
  const recall = recalls.find(asset.digest);
  const called = recall ? [recalledText(ref, recall)] : [];
  const result: Verified = { ref, version: asset.version, problems: called, notes: [] };
  for (const place of uniquePlaces(asset)) {
    try {
      const { changed, missing, extra } = await placeState(root, place, asset.files);
      result.problems.push(
        ...changed.map((path) => `${path} was changed`),
        ...missing.map((path) => `${path} is missing`),
      );
      result.notes.push(...extra.map((path) => `${path} was added`));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      result.problems.push(error.message);
    }
  }
  return result;
}

/** Places of several agents may be one and the same. */
export const uniquePlaces = (asset: LockedAsset): LockedPlace[] => [
  ...new Map(asset.places.map((place) => [placeKey(place), place])).values(),
];

/**
 * Asks the server whether a locked version is still what it was: there, not withdrawn, its manifest the same and the same as
 * the lockfile's list of files, signed by a key that is trusted, and in the server's transparency log. Throws when the server cannot be reached.
 */
export async function verifyAgainstServer(
  client: Client,
  env: Record<string, string | undefined>,
  ref: string,
  asset: LockedAsset,
  log: CheckedLog | null,
): Promise<Pick<Verified, "problems" | "notes"> & { recall: string | null }> {
  const problems: string[] = [];
  const notes: string[] = [];
  const { version, digest } = asset;
  const detail = await client.versions.find(ref, version);
  if (!detail)
    return { problems: ["the server has no such version any more, or you may not see it"], notes, recall: null };
  if (detail.digest !== digest)
    problems.push(`the server has other content under this version (${visible(detail.digest)})`);
  if (detail.asset.ref !== ref) notes.push(`the asset is ${detail.asset.ref} now`);
  const { wrong, worth } = standing(detail);
  problems.push(...wrong);
  notes.push(...worth);
  const pinned = await pinsOf(env, client.url, ref);
  const known = pinned.length > 0 ? pinned : asset.signature ? [asset.signature] : [];
  await gather(problems, async () => {
    const { signatures } = detail;
    // The lockfile fixes the content, so a signature for a former name can vouch for nothing else.
    const formerRefs = namesBeside(ref, detail.asset);
    const answer = await trustSignature({ ref, version, digest, signatures, formerRefs, pinned: known, accept: null });
    if (answer.signedAs)
      notes.push(`it was signed as ${answer.signedAs}, another name of the asset; nobody signed that it is ${ref}`);
    if (answer.signature === null) notes.push("it is not signed");
    else if (asset.signature !== null && answer.signature !== asset.signature)
      problems.push(`it was signed by ${asset.signature} when it was installed, now by ${answer.signature}`);
  });
  const released = detail.released_at !== null || detail.status === "published";
  if (log !== null && !released) notes.push("the server says that it is not released, so its log was not asked for it");
  if (log !== null && released) {
    const names = [ref, ...namesBeside(ref, detail.asset)];
    const problem = await log.problemWith({ ref: detail.asset.ref, names, version, digest });
    if (problem !== null) problems.push(problem);
    const unsigned = await verdictProblem(client, log.key, {
      ref: detail.asset.ref,
      version,
      digest,
      verdict: detail.verdict,
    });
    if (unsigned !== null) problems.push(unsigned);
  }
  const recall = detail.recalled ? recalledText(ref, detail.recalled) : null;
  // Its manifest is not handed out any more.
  if (recall !== null) return { problems, notes, recall };
  await gather(problems, async () => {
    const manifest = await fetchManifest(client, { ref, version, digest });
    const same =
      manifest.files.length === Object.keys(asset.files).length &&
      manifest.files.every((file) => asset.files[file.path] === file.digest);
    if (!same) problems.push("the lockfile's list of files is not the one of its manifest");
  });
  return { problems, notes, recall };
}

/** Other names of an asset, as the server tells them. */
export const namesBeside = (ref: string, asset: { ref: string; former_refs?: string[] }): string[] =>
  [asset.ref, ...(asset.former_refs ?? [])].filter((name) => name !== ref);

/** What the server says of a version's standing: what forbids its use, and what is merely worth knowing. */
export function standing(detail: {
  status: string;
  verdict: string;
  verdict_reason: string | null;
  yanked: boolean;
  yank_reason: string | null;
  asset: { status: string; status_reason: string | null };
  advisories?: AdvisoryWire[];
}): { wrong: string[]; worth: string[] } {
  const because = (reason: string | null) => (reason ? `: ${visible(reason)}` : "");
  const wrong: string[] = [];
  const worth: string[] = [];
  if (detail.yanked) wrong.push(`it was yanked${because(detail.yank_reason)}`);
  if (detail.status === "blocked" || detail.verdict === "blocked")
    wrong.push(`it is blocked${because(detail.verdict_reason)}`);
  else if (detail.verdict !== "passed")
    worth.push(`its verdict is ${visible(detail.verdict)}${because(detail.verdict_reason)}`);
  const { status, status_reason } = detail.asset;
  if (status === "suspended") wrong.push(`the asset is suspended${because(status_reason)}`);
  if (status === "deprecated" || status === "archived") worth.push(`the asset is ${status}${because(status_reason)}`);
  for (const one of detail.advisories ?? []) {
    const named = `${one.package}${one.package_version === null ? "" : ` ${one.package_version}`}`;
    const mend = one.fixed === null ? "" : `; mended in ${visible(one.fixed)}`;
    const text = `${visible(one.id)} (${one.malicious ? "malicious" : visible(one.severity ?? "not rated")}) touches ${visible(named)}${mend}`;
    (one.malicious ? wrong : worth).push(text);
  }
  return { wrong, worth };
}

/** A refusal becomes a problem; that nobody answers, or that one may not ask, stays an error. */
async function gather(problems: string[], check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof AppError) || error.details["unreachable"] === true || error.status === 401) throw error;
    problems.push(error.message);
  }
}
