/**
 * Length-limited Huffman code lengths for symbol counts: 0 for symbols that do not occur. Integers and a total order
 * alone, so the answer is the same everywhere. At least two symbols get a code, as decoders of DEFLATE expect.
 */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const used: number[] = [];
  for (let symbol = 0; symbol < counts.length; symbol += 1) if (counts[symbol]! > 0) used.push(symbol);
  for (let symbol = 0; used.length < 2; symbol += 1) if (!used.includes(symbol)) used.push(symbol);
  used.sort((a, b) => counts[a]! - counts[b]! || a - b);
  const perLength = limited(depths(used.map((symbol) => counts[symbol]!)), limit);
  // The rarest symbols take the longest codes.
  let next = 0;
  for (let length = limit; length > 0; length -= 1)
    for (let n = perLength[length]!; n > 0; n -= 1) lengths[used[next++]!] = length;
  return lengths;
}

/** How many leaves of the Huffman tree lie at each depth, for counts in rising order (two queues, van Leeuwen 1976). */
function depths(sorted: number[]): number[] {
  const weights = [...sorted];
  const parents: number[] = [];
  let leaf = 0;
  let node = sorted.length;
  const lightest = () =>
    leaf < sorted.length && (node >= weights.length || weights[leaf]! <= weights[node]!) ? leaf++ : node++;
  while (weights.length < 2 * sorted.length - 1) {
    const [a, b] = [lightest(), lightest()];
    parents[a] = weights.length;
    parents[b] = weights.length;
    weights.push(weights[a]! + weights[b]!);
  }
  const depth = new Uint8Array(weights.length);
  const perDepth: number[] = [];
  for (let i = weights.length - 2; i >= 0; i -= 1) {
    depth[i] = depth[parents[i]!]! + 1;
    if (i < sorted.length) perDepth[depth[i]!] = (perDepth[depth[i]!] ?? 0) + 1;
  }
  return perDepth;
}

/** Moves leaves that are too deep up to the limit, and lengthens others until the code is complete again (Kraft). */
function limited(perDepth: readonly number[], limit: number): number[] {
  const counts = Array.from({ length: limit + 1 }, (_, depth) => perDepth[depth] ?? 0);
  for (let depth = limit + 1; depth < perDepth.length; depth += 1) counts[limit]! += perDepth[depth] ?? 0;
  let total = counts.reduce((sum, n, depth) => sum + (depth === 0 ? 0 : n * 2 ** (limit - depth)), 0);
  for (; total > 2 ** limit; total -= 1) {
    counts[limit]! -= 1;
    let depth = limit - 1;
    while (counts[depth] === 0) depth -= 1;
    counts[depth]! -= 1;
    counts[depth + 1]! += 2;
  }
  return counts;
}

/** Canonical codes for the lengths (RFC 1951, 3.2.2), bits reversed as DEFLATE writes them. */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    for (let symbol = 0; symbol < lengths.length; symbol += 1)
      if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    code <<= 1;
  }
  return codes;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit += 1) result = (result << 1) | ((code >> bit) & 1);
  return result;
}
