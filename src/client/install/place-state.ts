import { join } from "node:path";
import { lstat } from "node:fs/promises";
import type { Digest } from "../../core/digest.ts";
import { compareFolder, digestOfFile, inside, readSettings, whatIs } from "./disk.ts";
import type { LockedPlace } from "./lockfile.ts";
import { entryDigest, findEntry } from "./settings-file.ts";

/** What became of a place since it was written. Paths are relative to the project or home folder. */
export interface PlaceState {
  changed: string[];
  missing: string[];
  /** Files in an installed folder that were not installed. */
  extra: string[];
}

/** Reads every byte of a place and compares it with what the lockfile says was put there. */
export async function placeState(root: string, place: LockedPlace, files: Record<string, Digest>): Promise<PlaceState> {
  const path = await inside(root, place.path);
  const state: PlaceState = { changed: [], missing: [], extra: [] };
  if (place.type === "entry") {
    const text = await readSettings(path);
    const entry = text === null ? null : findEntry(path, text, place.entry!);
    if (entry === null) state.missing.push(`${place.path} (${place.entry})`);
    else if (entryDigest(entry.value) !== place.digest) state.changed.push(`${place.path} (${place.entry})`);
    return state;
  }
  const found = await whatIs(path);
  if (found === "nothing") return { ...state, missing: [place.path] };
  if (found !== place.type) return { ...state, changed: [place.path] };
  if (place.type === "file") {
    if ((await digestOfFile(path)) !== place.digest) state.changed.push(place.path);
    return state;
  }
  const { changed, missing, extra } = await compareFolder(path, files);
  const below = (names: string[]) => names.map((name) => `${place.path}/${name}`);
  return { changed: below(changed), missing: below(missing), extra: below(extra) };
}

export const isIntact = ({ changed, missing }: PlaceState): boolean => changed.length + missing.length === 0;

/** Those of the files that a person added which a new version can take along; null when something else was added. */
export async function plainExtras(root: string, place: LockedPlace, state: PlaceState): Promise<string[] | null> {
  const folder = await inside(root, place.path);
  const names = state.extra.map((path) => path.slice(place.path.length + 1));
  for (const name of names) if (!(await lstat(join(folder, name))).isFile()) return null;
  return names;
}
