/** References within one bill: each once, and found again by what they stand for. */
export interface Refs {
  /** The wish, or something like it that is free. */
  take(wish: string): string;
  name(key: string, ref: string): void;
  find(key: string): string | null;
}

/** None yet. */
export function createRefs(): Refs {
  // How often each was wished for: a publisher can name one package in thousands of ranges.
  const taken = new Map<string, number>();
  const named = new Map<string, string>();
  return {
    take(wish) {
      let n = taken.get(wish) ?? 0;
      let ref = wish;
      while (taken.has(ref)) ref = `${wish} (${++n + 1})`;
      taken.set(wish, n);
      taken.set(ref, taken.get(ref) ?? 0);
      return ref;
    },
    name(key, ref) {
      if (!named.has(key)) named.set(key, ref);
    },
    find: (key) => named.get(key) ?? null,
  };
}

/** Of an asset of this server. */
export const assetKey = (ref: string): string => `asset ${ref}`;
/** Of a package of another ecosystem; null: whatever version of it. */
export const packageKey = (ecosystem: string, name: string, version: string | null): string =>
  ["package", ecosystem, name, version ?? ""].join("\n");
