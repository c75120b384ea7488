import { chmod, cp, mkdir, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Digest, sha256 } from "../../core/digest.ts";
import { conflict } from "../../core/error.ts";
import { compareFolder, digestOfFile, inside, isSame, readSettings, textDigest, whatIs } from "./disk.ts";
import { locallyChanged } from "./failure.ts";
import { type LockedPlace, placeKey } from "./lockfile.ts";
import type { Placement } from "./placement.ts";
import { placeState, plainExtras } from "./place-state.ts";
import { entryDigest, findEntry, writeEntry } from "./settings-file.ts";
import type { Transaction } from "./transaction.ts";

/** What a place belonged to before: the same asset's earlier version. */
export interface Before {
  place: LockedPlace;
  files: Record<string, Digest>;
}

/** Plans what happens to each place on disk. Nothing is touched before the transaction is committed. */
export interface Exchange {
  /** Throws CONFLICT for what a person changed or made there, unless `force`; others' MCP servers are never touched. */
  put(ref: string, placement: Placement, before: Before | null, content: Content): Promise<void>;
  /** Takes away what was installed; answers what stays because a person changed it. */
  take(before: Before): Promise<string[]>;
  /** Writes down the settings files; call once, before the transaction is committed. */
  seal(): Promise<void>;
}

/** A package that lies unpacked in the staging folder. */
export interface Content {
  folder: string;
  files: Record<string, Digest>;
  /** How many folders are still to be made of it: the last one is the package itself, moved. */
  uses: number;
}

export function createExchange(transaction: Transaction, force: boolean): Exchange {
  const { root } = transaction;
  const settings = createSettings(transaction);

  async function putEntry(ref: string, placement: Placement & { type: "entry" }, before: Before | null): Promise<void> {
    const current = await settings.read(placement.path, placement.entry);
    const digest = entryDigest(placement.value);
    if (current !== undefined && entryDigest(current) === digest) return;
    if (current !== undefined && !before)
      throw conflict(
        `${ref} is refused: ${placement.path} has a server "${placement.entry}" that marketplace did not write. Rename that one first; it was left as it is.`,
      );
    if (current !== undefined && before && entryDigest(current) !== before.place.digest && !force)
      throw locallyChanged(ref, [`${placement.path} (${placement.entry})`]);
    await settings.write(placement.path, placement.container, placement.entry, placement.value);
  }

  async function putFile(
    ref: string,
    { path, bytes }: Placement & { type: "file" },
    before: Before | null,
  ): Promise<void> {
    const target = await inside(root, path);
    const found = await whatIs(target);
    const digest = found === "file" ? await digestOfFile(target) : null;
    if (digest === sha256(bytes)) return;
    if (found !== "nothing" && !force) {
      if (!before) throw taken(ref, path);
      if (digest !== before.place.digest) throw locallyChanged(ref, [path]);
    }
    const staged = await transaction.stage();
    await writeFile(staged, bytes);
    transaction.replace(path, staged);
  }

  async function putFolder(ref: string, path: string, before: Before | null, content: Content): Promise<void> {
    const target = await inside(root, path);
    const found = await whatIs(target);
    if (found === "folder" && !before && isSame(await compareFolder(target, content.files))) return;
    if (found !== "nothing" && !before && !force) throw taken(ref, path);
    const staged = await transaction.stage();
    content.uses -= 1;
    if (content.uses === 0) await rename(content.folder, staged);
    else await cp(content.folder, staged, { recursive: true });
    if (found !== "nothing" && before) {
      const state = await placeState(root, before.place, before.files);
      if (state.changed.length > 0 && !force) throw locallyChanged(ref, state.changed);
      const extras = await plainExtras(root, before.place, state);
      if (extras === null && !force) throw locallyChanged(ref, state.extra);
      await keepExtras(ref, target, staged, extras ?? []);
    }
    transaction.replace(path, staged);
  }

  /** Files that a person put beside move along with the new version. */
  async function keepExtras(ref: string, from: string, to: string, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const copy = join(to, name);
      if ((await whatIs(copy)) !== "nothing" || (await whatIs(dirname(copy))) === "file") {
        if (force) continue;
        throw locallyChanged(ref, [`${basename(from)}/${name} (the new version brings a file of that name)`]);
      }
      await mkdir(dirname(copy), { recursive: true });
      await cp(join(from, name), copy);
    }
  }

  return {
    put: (ref, placement, before, content) =>
      placement.type === "entry"
        ? putEntry(ref, placement, before)
        : placement.type === "file"
          ? putFile(ref, placement, before)
          : putFolder(ref, placement.path, before, content),
    async take({ place, files }) {
      const state = await placeState(root, place, files);
      if (place.type === "entry") {
        const current = await settings.read(place.path, place.entry!);
        if (current === undefined) return [];
        if (state.changed.length > 0 && !force) return state.changed;
        await settings.remove(place.path, place.entry!);
        return [];
      }
      const kept = place.type === "folder" ? [...state.changed, ...state.extra] : state.changed;
      if (kept.length > 0 && !force) {
        if (place.type === "folder") await takeUnchanged(transaction, place, files, kept);
        return kept;
      }
      if ((await whatIs(await inside(root, place.path))) !== "nothing") transaction.replace(place.path, null);
      return [];
    },
    seal: settings.seal,
  };
}

const taken = (ref: string, path: string) =>
  conflict(
    `${ref} is refused: ${path} exists already and was not installed from here. Move it away, or give --force to replace it.`,
  );

/** Of a folder with a person's own work in it, only what was installed and is unchanged goes. */
async function takeUnchanged(
  transaction: Transaction,
  place: LockedPlace,
  files: Record<string, Digest>,
  kept: readonly string[],
): Promise<void> {
  const folder = await inside(transaction.root, place.path);
  if ((await whatIs(folder)) !== "folder") return;
  for (const name of Object.keys(files)) {
    const path = `${place.path}/${name}`;
    if (!kept.includes(path) && (await whatIs(join(folder, name))) === "file") transaction.replace(path, null);
  }
}

interface Settings {
  read(path: string, entry: string): Promise<unknown>;
  write(path: string, container: string, entry: string, value: Record<string, unknown>): Promise<void>;
  remove(path: string, entry: string): Promise<void>;
  seal(): Promise<void>;
}

/** Settings files as they will be; several servers may change in one file. */
function createSettings(transaction: Transaction): Settings {
  const { root } = transaction;
  const texts = new Map<string, { before: string | null; after: string }>();
  const load = async (path: string) => {
    const known = texts.get(path);
    if (known) return known;
    const before = await readSettings(await inside(root, path));
    const loaded = { before, after: before ?? "" };
    texts.set(path, loaded);
    return loaded;
  };
  return {
    async read(path, entry) {
      const { after } = await load(path);
      return after === "" ? undefined : findEntry(path, after, entry)?.value;
    },
    async write(path, container, entry, value) {
      const file = await load(path);
      file.after = writeEntry(path, file.after, container, entry, value);
    },
    async remove(path, entry) {
      const file = await load(path);
      const found = findEntry(path, file.after, entry);
      if (found) file.after = writeEntry(path, file.after, found.container, entry, undefined);
    },
    async seal() {
      for (const [path, { before, after }] of texts) {
        if (after === (before ?? "")) continue;
        const target = await inside(root, path);
        if (textDigest(await readSettings(target)) !== textDigest(before))
          throw conflict(`${path} was changed by another program meanwhile. Nothing was changed; run it again.`);
        const staged = await transaction.stage();
        await writeFile(staged, after);
        // Such a file may hold secrets: it stays as private as it was.
        if (before !== null) await chmod(staged, (await stat(target)).mode & 0o777);
        transaction.replace(path, staged);
      }
    },
  };
}

/** The place that a placement becomes in the lockfile. */
export function lockedPlace(placement: Placement, agent: string | null, scope: LockedPlace["scope"]): LockedPlace {
  const { path, type } = placement;
  switch (placement.type) {
    case "folder":
      return { agent, scope, path, type };
    case "file":
      return { agent, scope, path, type, digest: sha256(placement.bytes) };
    case "entry":
      return { agent, scope, path, type, entry: placement.entry, digest: entryDigest(placement.value) };
  }
}

export const keyOf = (placement: Placement): string =>
  placeKey({ path: placement.path, entry: placement.type === "entry" ? placement.entry : undefined });
