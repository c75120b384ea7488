import { editDistance } from "../core/nearest.ts";

const MAX_LENGTH = 100;

/**
 * The candidate a writer most likely meant, or null when none is near. Candidates are dotted paths; one whose last part
 * alone is near counts too, so that a key written in the wrong section is found.
 */
export function nearest(written: string, candidates: readonly string[]): string | null {
  const wanted = written.toLowerCase().replaceAll("-", "_").slice(0, MAX_LENGTH);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, lastPart(wanted).length / 3) ? best.candidate : null;
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf(".") + 1);

function distanceOf(wanted: string, candidate: string): number {
  const whole = editDistance(wanted, candidate);
  if (!wanted.includes(".")) return whole;
  // A right name in the wrong section is a little worse than a misspelt name in the right one.
  return Math.min(whole, editDistance(lastPart(wanted), lastPart(candidate)) + 1.5);
}
