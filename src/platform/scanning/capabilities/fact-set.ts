import { CAPABILITY_KINDS, type Capability, type CapabilityKind, UNCOUNTED } from "../../../core/capability.ts";
import { makeVisible } from "../excerpt.ts";

/** Facts of a kind that are told one by one; of the rest a last fact says how many there are, and their digest. */
const TOLD = 200;
/** Facts of a kind that are kept; beyond them nothing is counted. */
const KEPT = 10_000;
const MAX_VALUE = 200;

type Place = Pick<Capability, "path" | "line">;

/** Gathers facts in bounded memory; what it answers does not depend on the order in which they came. */
export interface FactSet {
  add(kind: CapabilityKind, value: string, path: string, line: number | null): void;
  /** Sorted by kind and value, each once, with the first of its places. */
  facts(): Capability[];
}

export function createFactSet(): FactSet {
  const kinds = new Map<CapabilityKind, { values: Map<string, Place>; overflowed: boolean }>();
  return {
    add(kind, written, path, line) {
      const value = shown(written);
      if (value === "") return;
      let held = kinds.get(kind);
      if (!held) {
        held = { values: new Map(), overflowed: false };
        kinds.set(kind, held);
      }
      const known = held.values.get(value);
      if (!known || isBefore({ path, line }, known)) held.values.set(value, { path, line });
      if (held.values.size > 2 * KEPT) {
        // The smallest of all are always among the smallest so far, so nothing that counts is lost here.
        held.values = new Map(sorted(held.values).slice(0, KEPT));
        held.overflowed = true;
      }
    },
    facts: () =>
      CAPABILITY_KINDS.flatMap((kind) => {
        const held = kinds.get(kind);
        return held ? told(kind, sorted(held.values), held.overflowed) : [];
      }),
  };
}

function told(kind: CapabilityKind, values: [string, Place][], overflowed: boolean): Capability[] {
  const facts = values.slice(0, TOLD).map(([value, place]): Capability => ({ kind, value, ...place }));
  if (overflowed || values.length > KEPT) return [...facts, { kind, value: UNCOUNTED, path: null, line: null }];
  const rest = values.slice(TOLD).map(([value]) => value);
  if (rest.length === 0) return facts;
  // With a digest, so that nothing can hide among those that are not told.
  const value = `(${rest.length} more, ${digestOf(rest.join("\n"))})`;
  return [...facts, { kind, value, path: null, line: null }];
}

const sorted = (values: Map<string, Place>): [string, Place][] =>
  [...values].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

function isBefore(a: Place, b: Place): boolean {
  if (a.path !== b.path) return (a.path ?? "") < (b.path ?? "");
  return (a.line ?? 0) < (b.line ?? 0);
}

/** One line with nothing invisible in it; a long one keeps its beginning and a digest, so that its end counts too. */
function shown(written: string): string {
  const visible = makeVisible(written.slice(0, 4 * MAX_VALUE))
    .replace(/ {2,}/g, " ")
    .trim();
  if (visible.length <= MAX_VALUE && written.length <= 4 * MAX_VALUE) return visible;
  return `${visible.slice(0, MAX_VALUE - 16)}… ${digestOf(written)}`;
}

const digestOf = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 12);
