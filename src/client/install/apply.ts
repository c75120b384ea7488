import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { conflict } from "../../core/error.ts";
import type { Client } from "../client.ts";
import { visible } from "../visible-text.ts";
import { type Desired, hasTarget, targetsOf } from "./desired.ts";
import { createExchange, type Exchange, keyOf, lockedPlace } from "./exchange.ts";
import { distrusted, locallyChanged, lockWouldChange } from "./failure.ts";
import { fetchDescription, fetchFiles, fetchManifest } from "./fetch-version.ts";
import { type Lock, type LockedAsset, type LockedPlace, lockText, placeKey, readLock, type Scope } from "./lockfile.ts";
import { pin, pinsOf, unpin } from "./pins.ts";
import { type KnownRecalls, recalledError, recalledText } from "./recalls.ts";
import { isIntact, placeState } from "./place-state.ts";
import { type Installable, type Placement, place, type Target } from "./placement.ts";
import type { Transaction } from "./transaction.ts";
import { namesBeside } from "./verify.ts";
import { type TrustAnswer, trustSignature } from "./trust-signature.ts";

const MAX_TEXT_BYTES = 2 ** 20;

/** How to install; the same for every asset of one run. */
export interface ApplyOptions {
  client: Client;
  env: Record<string, string | undefined>;
  /** The lockfile, relative to the transaction's root. */
  lockPath: string;
  /** Overwrite what a person changed. */
  force: boolean;
  /** The lockfile is the last word: nothing but it may decide, and what differs from it is an error. */
  frozen: boolean;
  recalls: KnownRecalls;
  /** Let what is installed already stay though it was recalled: for whoever removes something else. */
  keepRecalled: boolean;
  /** Of `--accept-key`. */
  accept: string | null;
  onProgress(text: string, done: number, total: number): void;
}

/** What happened, for people and for `--json`. */
export interface Applied {
  installed: { ref: string; version: string; from: string | null; places: LockedPlace[] }[];
  unchanged: string[];
  removed: { ref: string; version: string }[];
  /** What the reader should know or do. */
  notes: string[];
}

/** Makes the disk and the lockfile what is desired, in one transaction. Throws before anything is touched. */
export async function apply(
  transaction: Transaction,
  lock: Lock | null,
  desired: readonly Desired[],
  options: ApplyOptions,
): Promise<Applied> {
  const applied: Applied = { installed: [], unchanged: [], removed: [], notes: [] };
  applied.notes.push(...refuseRecalled(lock, desired, options));
  const exchange = createExchange(transaction, options.force);
  const assets: Record<string, LockedAsset> = {};
  const pins: (() => Promise<void>)[] = [];
  const run: Run = { transaction, lock, options, exchange, applied, owners: new Map(), pins };
  for (const wanted of desired) assets[wanted.ref] = await settle(run, wanted);
  for (const [ref, asset] of Object.entries(lock?.assets ?? {})) {
    if (!assets[ref]) applied.removed.push({ ref, version: asset.version });
    await takeLeftovers(run, ref, asset);
  }
  await exchange.seal();
  await stageLock(transaction, lock, { server: options.client.url, assets }, options);
  await transaction.commit();
  // Only what was installed is trusted from now on.
  for (const remember of pins) await remember();
  return applied;
}

/** Throws RECALLED for what must not be installed; answers what is to be said of what stays nevertheless. */
function refuseRecalled(lock: Lock | null, desired: readonly Desired[], options: ApplyOptions): string[] {
  return desired.flatMap(({ ref, version, digest }) => {
    const recall = options.recalls.find(digest);
    if (!recall) return [];
    if (!options.keepRecalled || lock?.assets[ref]?.digest !== digest) throw recalledError(ref, version, recall);
    return [`${ref}@${version}: ${recalledText(ref, recall)}`];
  });
}

interface Run {
  transaction: Transaction;
  lock: Lock | null;
  options: ApplyOptions;
  exchange: Exchange;
  applied: Applied;
  /** Place → the asset that it belongs to after this run. */
  owners: Map<string, string>;
  pins: (() => Promise<void>)[];
}

async function settle(run: Run, wanted: Desired): Promise<LockedAsset> {
  const before = run.lock?.assets[wanted.ref] ?? null;
  const { range, dependencies } = wanted;
  if (before && (await isSettled(run, wanted, before))) {
    for (const place of before.places) claim(run, wanted.ref, placeKey(place));
    run.applied.unchanged.push(wanted.ref);
    return { ...before, range, dependencies };
  }
  return installVersion(run, wanted, before);
}

/** Whether nothing is to be done: the same version for the same targets, and every byte of it there. */
async function isSettled(run: Run, wanted: Desired, before: LockedAsset): Promise<boolean> {
  const targets = targetsOf(wanted.ref, before);
  const same = targets.length === wanted.targets.length && wanted.targets.every((target) => hasTarget(targets, target));
  if (before.digest !== wanted.digest || !same) return false;
  const changed: string[] = [];
  let whole = true;
  for (const place of before.places) {
    const state = await placeState(run.transaction.root, place, before.files);
    changed.push(...state.changed);
    whole &&= isIntact(state);
  }
  if (whole || run.options.force) return whole;
  if (changed.length === 0) return false;
  if (run.options.frozen) throw locallyChanged(wanted.ref, changed);
  run.applied.notes.push(`${wanted.ref}: your changes stay (${changed.join(", ")}). Give --force to overwrite them.`);
  return true;
}

async function installVersion(run: Run, wanted: Desired, before: LockedAsset | null): Promise<LockedAsset> {
  const { transaction, options, applied, exchange } = run;
  const { client } = options;
  const trust = await checkTrust(run, wanted, before);
  const manifest = await fetchManifest(client, wanted);
  const folder = await transaction.stage();
  const total = manifest.files.reduce((sum, file) => sum + file.size, 0);
  await fetchFiles(client, wanted, manifest, folder, (bytes) =>
    options.onProgress(`${wanted.ref}@${wanted.version}`, Math.min(bytes, total), total),
  );
  const needsWords = manifest.kind === "agent" || manifest.kind === "prompt";
  const asset: Installable = {
    ref: wanted.ref,
    slug: wanted.ref.slice(wanted.ref.indexOf("/") + 1),
    kind: manifest.kind,
    description: needsWords ? await fetchDescription(client, wanted, manifest) : "",
    paths: manifest.files.map(({ path }) => path),
    text: (path) => textIn(folder, path),
  };
  const files = Object.fromEntries(manifest.files.map(({ path, digest }) => [path, digest]));
  const planned = await planPlaces(run, asset, wanted.targets);
  const content = { folder, files, uses: planned.filter(({ placement }) => placement.type === "folder").length };
  const earlier = new Map(before?.places.map((place) => [placeKey(place), place]));
  const places: LockedPlace[] = [];
  for (const { placement, targets } of planned) {
    const place = earlier.get(keyOf(placement));
    await exchange.put(wanted.ref, placement, place && before ? { place, files: before.files } : null, content);
    places.push(...targets.map(({ agent, scope }) => lockedPlace(placement, agent, scope)));
  }
  applied.installed.push({ ref: wanted.ref, version: wanted.version, from: before?.version ?? null, places });
  const { version, digest, range, dependencies } = wanted;
  const signature = options.frozen && before ? before.signature : trust.signature;
  return { version, digest, kind: manifest.kind, range, dependencies, signature, files, places };
}

/** Where everything goes. What two agents read in one place is made once, and each has its line in the lockfile. */
async function planPlaces(run: Run, asset: Installable, targets: readonly Target[]) {
  const planned = new Map<string, { placement: Placement; targets: Target[] }>();
  for (const target of targets) {
    const { placements, notes } = await place(asset, target, run.transaction.root);
    run.applied.notes.push(...notes.map(visible));
    for (const placement of placements) {
      const key = keyOf(placement);
      claim(run, asset.ref, key);
      const shared = planned.get(key);
      if (shared) shared.targets.push(target);
      else planned.set(key, { placement, targets: [target] });
    }
  }
  return [...planned.values()];
}

/** Throws CONFLICT when another asset lies there: two skills of one name cannot both be read by one agent. */
function claim({ owners }: Run, ref: string, key: string): void {
  const folded = key.toLowerCase();
  const owner = owners.get(folded) ?? ref;
  if (owner !== ref)
    throw conflict(
      `${ref} and ${owner} both belong at ${key}, so only one of them can be installed. Remove the other first.`,
    );
  owners.set(folded, ref);
}

async function checkTrust(run: Run, wanted: Desired, before: LockedAsset | null): Promise<TrustAnswer> {
  const { client, env, accept, frozen } = run.options;
  const { ref, version, digest } = wanted;
  const detail = await client.versions.read(ref, version);
  if (detail.digest !== digest)
    throw distrusted(
      `${ref}@${version}`,
      `its manifest is ${visible(detail.digest)} now, not ${digest}. A version never changes: tell the server's administrator.`,
    );
  if (detail.recalled) throw recalledError(ref, version, detail.recalled);
  const pinned = await pinsOf(env, client.url, ref);
  // Without a pin of one's own, who signed before is whom the lockfile names.
  const known = pinned.length > 0 ? pinned : before?.signature ? [before.signature] : [];
  // Whoever pinned a key for the name, or has other content under it, is owed a signature for this very name.
  const fixed = pinned.length === 0 && (before === null || before.digest === digest);
  const formerRefs = fixed ? namesBeside(ref, detail.asset) : [];
  const { signatures } = detail;
  const answer = await trustSignature({ ref, version, digest, signatures, formerRefs, pinned: known, accept });
  if (answer.signedAs)
    run.applied.notes.push(`${ref}@${version} was signed as ${visible(answer.signedAs)}, another name of the asset`);
  if (frozen && before?.signature && answer.signature !== before.signature)
    throw distrusted(
      `${ref}@${version}`,
      `the lockfile says it is signed by ${before.signature}, and it is not any more.`,
    );
  run.pins.push(() => remember(env, client.url, ref, answer));
  if (detail.yanked)
    run.applied.notes.push(`${ref}@${version} was yanked: ${visible(detail.yank_reason ?? "no reason given")}`);
  if (detail.asset.status === "deprecated")
    run.applied.notes.push(`${ref} is deprecated: ${visible(detail.asset.status_reason ?? "no reason given")}`);
  return answer;
}

async function remember(env: ApplyOptions["env"], server: string, ref: string, answer: TrustAnswer): Promise<void> {
  if (answer.signedAs) return;
  if (answer.pin === "forget") await unpin(env, server, ref);
  else if (answer.signature !== null) await pin(env, server, ref, answer.signature, answer.pin === "instead");
}

async function textIn(folder: string, path: string): Promise<string | null> {
  const file = join(folder, path);
  if ((await stat(file)).size > MAX_TEXT_BYTES) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** What an earlier version had where the new one has nothing. */
async function takeLeftovers(run: Run, ref: string, asset: LockedAsset): Promise<void> {
  for (const place of new Map(asset.places.map((place) => [placeKey(place), place])).values()) {
    if (run.owners.has(placeKey(place).toLowerCase())) continue;
    const kept = await run.exchange.take({ place, files: asset.files });
    if (kept.length > 0)
      run.applied.notes.push(
        `${ref}: left as it is because you changed it: ${kept.join(", ")}. Give --force to remove it.`,
      );
  }
}

async function stageLock(
  transaction: Transaction,
  before: Lock | null,
  after: Lock,
  options: ApplyOptions,
): Promise<void> {
  if (options.frozen) {
    if (before === null || lockText({ ...after, server: before.server }) !== lockText(before))
      throw lockWouldChange("what is asked for is not what it says");
    return;
  }
  if (before && lockText(after) === lockText(before)) return;
  const staged = await transaction.stage();
  await writeFile(staged, lockText(after));
  transaction.replace(options.lockPath, staged);
}

/** The lockfile of a root; throws CONFLICT for one that speaks of places of the other scope. */
export async function lockAt(root: string, lockPath: string, scope: Scope): Promise<Lock | null> {
  const lock = await readLock(join(root, lockPath));
  for (const [ref, { places }] of Object.entries(lock?.assets ?? {}))
    if (places.some((place) => place.scope !== scope))
      throw conflict(`${lockPath} puts ${ref} where it may not. It was not made by marketplace: remove it.`);
  return lock;
}
