import type { Kind } from "../src/core/kind.ts";
import { ANYONE, query } from "../src/platform/search/search.fixture.ts";
import type { SearchDocument, SearchQuery } from "../src/platform/search/search-index.ts";

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const DOMAIN = (
  "agent api archive audio audit azure backup benchmark browser build cache calendar chart chat classify cloud code commit " +
  "compile config container contract convert csv dashboard data database debug deploy design diagram docker document draft " +
  "email embedding english excel extract fetch file finance format generate git github graph helper html image import incident " +
  "index infrastructure invoice issue javascript json kubernetes language latex legal lint linux log mail manage map markdown " +
  "meeting memory merge message migrate model monitor network notebook notes office openapi optimize parse password pdf " +
  "performance pipeline plan playwright postgres powerpoint presentation process profile prompt python query queue reader " +
  "refactor release report research review rust schedule schema scrape search security server shell sign slack slide snapshot " +
  "spreadsheet sql storage summarize table template terraform test text ticket token tool trace translate typescript validate " +
  "vector video voice web webhook wiki workflow write xml yaml"
).split(" ");
const SYLLABLES =
  "ba be con de di fi ga in ka la lo ma mi mo na ne no pa pe pro ra re ri ro sa se si so sta ta te ti to tra un va vi".split(
    " ",
  );
const KINDS: Kind[] = [
  "skill",
  "skill",
  "skill",
  "prompt",
  "agent",
  "mcp-server",
  "mcp-server",
  "plugin",
  "dataset",
  "model",
];
const LICENSES = ["MIT", "MIT", "Apache-2.0", "Apache-2.0", "BSD-3-Clause", "GPL-3.0-only", "CC-BY-4.0", null];
const CATEGORIES = ["development", "data", "writing", "research", "operations", "security", "design", "productivity"];
const DAY = 86_400_000;

/** Assets whose words are as unevenly frequent as a language's (Zipf), 5 % of them private. */
export function syntheticDocuments(count: number, seed = 1): SearchDocument[] {
  const random = createRandom(seed);
  const words = vocabulary(random, 40_000);
  const word = (): string =>
    words[Math.min(words.length - 1, Math.floor(Math.exp(random() * Math.log(words.length))))]!;
  const domain = (): string => DOMAIN[Math.floor(random() ** 2 * DOMAIN.length)]!;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, i): SearchDocument => {
    const name = [domain(), ...(random() < 0.6 ? [word()] : []), domain()];
    const space = Math.floor(random() * Math.max(1, count / 20));
    const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 365 * DAY)).toISOString();
    return {
      id: `01900000-${hex(i, 4)}-7${hex(i >>> 16, 3)}-8000-${hex(i, 12)}`,
      namespaceId: `01900000-0000-7000-9000-${hex(space, 12)}`,
      namespace: `team-${space}`,
      slug: `${name.join("-")}-${i % 97}`,
      kind: pick(KINDS),
      title: name.map((part) => part[0]!.toUpperCase() + part.slice(1)).join(" "),
      description: Array.from({ length: 20 + Math.floor(random() * 30) }, () =>
        random() < 0.25 ? domain() : word(),
      ).join(" "),
      tags: [...new Set(Array.from({ length: 2 + Math.floor(random() * 4) }, domain))],
      categories: [pick(CATEGORIES)],
      license: pick(LICENSES),
      verdict: random() < 0.97 ? "passed" : "review",
      signed: random() < 0.3,
      visibility: random() < 0.95 ? "public" : "private",
      status: "published",
      version: "1.0.0",
      downloads: Math.floor(random() ** 6 * 100_000),
      rating: Math.round(random() * 50) / 10,
      trending: random(),
      updatedAt: at,
      publishedAt: at,
    };
  });
}

/** What people type: one to three words, some cut short, some misspelt, some filtered. */
export function syntheticQueries(documents: readonly SearchDocument[], count: number, seed = 2): SearchQuery[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (): SearchQuery => {
    const document = documents[Math.floor(random() * documents.length)]!;
    const words = [...document.title.toLowerCase().split(" "), ...document.description.split(" ")];
    const text = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const word = words[Math.floor(random() ** 2 * words.length)]!;
      const chance = random();
      if (chance < 0.25) return word.slice(0, Math.max(3, Math.ceil(word.length * 0.6)));
      return chance < 0.4 ? misspelt(word, random) : word;
    }).join(" ");
    return {
      ...EVERYTHING,
      text: random() < 0.05 ? "" : text,
      kinds: random() < 0.2 ? [document.kind] : [],
      tags: random() < 0.1 ? document.tags.slice(0, 1) : [],
      page: random() < 0.9 ? 1 : 2,
    };
  });
}

export const EVERYONE = ANYONE;
export const EVERYTHING = query();

function vocabulary(random: () => number, size: number): string[] {
  const words = new Set<string>(DOMAIN);
  while (words.size < size) {
    let word = "";
    for (let i = 2 + Math.floor(random() * 3); i > 0; i--) word += SYLLABLES[Math.floor(random() * SYLLABLES.length)];
    words.add(word);
  }
  return [...words].sort(() => random() - 0.5);
}

function misspelt(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * Math.max(1, word.length - 2));
  return random() < 0.5
    ? word.slice(0, at) + word.slice(at + 1)
    : word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
}

const hex = (value: number, length: number): string => value.toString(16).padStart(length, "0").slice(-length);
