import { fromVector } from "ae-cvss-calculator";
import type { Level } from "./advisory.ts";

const WORDS = new Map<string, Level>([
  ["critical", "critical"],
  ["high", "high"],
  ["important", "high"],
  ["moderate", "medium"],
  ["medium", "medium"],
  ["low", "low"],
]);

/** The level that a database's own word stands for. */
export const levelOfWord = (word: string): Level | null => WORDS.get(word.toLowerCase()) ?? null;

/** The qualitative rating of a CVSS v2, v3 or v4 vector; null for what is no vector, or of no severity. */
export function levelOfVector(vector: string): Level | null {
  if (
    vector.length > 300 ||
    !/^(?:CVSS:[34]\.\d\/)?[A-Za-z]{1,3}:[A-Za-z]{1,3}(?:\/[A-Za-z]{1,3}:[A-Za-z]{1,3})*$/.test(vector)
  )
    return null;
  const score = scoreOf(vector);
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : null;
}

function scoreOf(vector: string): number {
  try {
    const { overall } = fromVector(vector)?.calculateScores(false) ?? {};
    return typeof overall === "number" && Number.isFinite(overall) ? overall : 0;
  } catch {
    // The library throws at metrics that it does not know.
    return 0;
  }
}
