/** Index of the last of these rising numbers that is not above `value`; -1 when all are. */
export function lastAtOrBefore(rising: readonly number[], value: number): number {
  let low = -1;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rising[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
