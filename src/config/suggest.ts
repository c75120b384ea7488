/** The number of letters to insert, delete, replace or swap with their neighbour to make `a` of `b`. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + same);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    before = last;
    last = current;
  }
  return last[b.length]!;
}

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
