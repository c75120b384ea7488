import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createOramaIndex } from "../src/platform/search/orama.ts";
import type { SearchDocument, SearchIndex, SearchQuery } from "../src/platform/search/search-index.ts";
import { spawnWorker } from "../src/platform/workers/spawn-worker.ts";
import { EVERYONE, syntheticDocuments, syntheticQueries } from "./search-corpus.ts";

// Search and autocomplete over synthetic assets, against SQLite FTS5 on the same text. Every query is asked once (so that
// the answer cache does not help) unless the row says otherwise.
//   bun bench/search.ts [assets…]

const SIZES = process.argv.slice(2).map(Number);
const QUERIES = 2000;
const FTS_QUERIES = 200;
const CONNECTIONS = 64;
const folder = mkdtempSync(join(tmpdir(), "marketplace-bench-"));

interface Row {
  assets: number;
  what: string;
  "p50 ms": string;
  "p95 ms": string;
  "p99 ms": string;
  "per second": number;
  /** Processor time of all threads: comparable where other work disturbs the clock. */
  "cpu ms each": string;
}
const rows: Row[] = [];
const facts: Record<string, string | number>[] = [];

for (const size of SIZES.length > 0 ? SIZES : [10_000, 100_000]) await measure(size);
rmSync(folder, { recursive: true, force: true });
console.table(rows);
console.table(facts);

async function measure(size: number): Promise<void> {
  const documents = syntheticDocuments(size);
  const queries = syntheticQueries(documents, QUERIES);
  const snapshotPath = join(folder, `index-${size}`);
  const options = { snapshotPath, spawn: () => spawnWorker("search") };
  const builder = createOramaIndex(options);
  const building = performance.now();
  await fill(builder, documents);
  const built = performance.now() - building;
  await builder.close();
  Bun.gc(true);
  const before = process.memoryUsage().rss;
  const loading = performance.now();
  const index = createOramaIndex(options);
  await index.search(queries.find(({ text }) => text === "")!);
  const browsing = performance.now() - loading;
  await index.search(queries[0]!);
  facts.push({
    assets: size,
    "build ms": Math.round(built),
    "snapshot MB": Math.round(Bun.file(snapshotPath).size / 1e6),
    "to first page ms": Math.round(browsing),
    "to first words ms": Math.round(performance.now() - loading),
    "loaded MB": Math.round((process.memoryUsage().rss - before) / 1e6),
  });
  await run(size, "search, one at a time", queries, 1, (query) => index.search(query));
  const more = syntheticQueries(documents, QUERIES, 3);
  await run(size, `search, ${CONNECTIONS} at a time`, more, CONNECTIONS, (query) => index.search(query));
  const popular = Array.from({ length: 5 * QUERIES }, (_, i) => more[(i * i) % 300]!);
  await run(size, `search, ${CONNECTIONS} at a time, 300 queries`, popular, CONNECTIONS, (query) =>
    index.search(query),
  );
  const typed = queries.flatMap(({ text }) => [text.slice(0, 3), text.slice(0, 6)]).filter((text) => text !== "");
  await run(size, "autocomplete, one at a time", typed, 1, (text) => index.suggest(text, 8, EVERYONE));
  const typedMore = more.flatMap(({ text }) => [text.slice(0, 4), text.slice(0, 7)]).filter((text) => text !== "");
  await run(size, `autocomplete, ${CONNECTIONS} at a time`, typedMore, CONNECTIONS, (text) =>
    index.suggest(text, 8, EVERYONE),
  );
  await index.close();
  const fts = fullTextTable(documents);
  const some = queries.slice(0, FTS_QUERIES);
  await run(size, "SQLite FTS5, page and total", some, 1, async (query) => fts(query, false));
  await run(size, "SQLite FTS5, page, total and facets", some, 1, async (query) => fts(query, true));
}

async function fill(index: SearchIndex, documents: SearchDocument[]): Promise<void> {
  for (let i = 0; i < documents.length; i += 500)
    await index.apply({ upsert: documents.slice(i, i + 500), remove: [], seq: i + 1 });
}

async function run<T>(
  assets: number,
  what: string,
  asked: readonly T[],
  atOnce: number,
  ask: (one: T) => Promise<unknown>,
): Promise<void> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const client = async (): Promise<void> => {
    while (next < asked.length) {
      const one = asked[next++]!;
      const at = performance.now();
      await ask(one);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const percentile = (share: number): string => times[Math.floor((times.length - 1) * share)]!.toFixed(2);
  rows.push({
    assets,
    what,
    "p50 ms": percentile(0.5),
    "p95 ms": percentile(0.95),
    "p99 ms": percentile(0.99),
    "per second": Math.round(asked.length / seconds),
    "cpu ms each": ((user + system) / 1000 / asked.length).toFixed(2),
  });
}

/** What one would write over FTS5: prefixes, bm25 with weights, no typo tolerance; filters and facets joined. */
function fullTextTable(documents: readonly SearchDocument[]): (query: SearchQuery, facets: boolean) => unknown {
  const db = new Database(":memory:");
  db.run("CREATE VIRTUAL TABLE words USING fts5 (name, tags, description, prefix = '2 3')");
  db.run(
    "CREATE TABLE assets (id INTEGER PRIMARY KEY, kind TEXT, license TEXT, owner TEXT, verdict TEXT, visibility TEXT)",
  );
  db.run("CREATE TABLE tags (id INTEGER, tag TEXT, PRIMARY KEY (id, tag)) WITHOUT ROWID");
  db.transaction(() => {
    const words = db.prepare("INSERT INTO words (rowid, name, tags, description) VALUES (?, ?, ?, ?)");
    const asset = db.prepare("INSERT INTO assets VALUES (?, ?, ?, ?, ?, ?)");
    const tag = db.prepare("INSERT INTO tags VALUES (?, ?)");
    documents.forEach((d, id) => {
      words.run(id, `${d.slug} ${d.title}`, d.tags.join(" "), d.description);
      asset.run(id, d.kind, d.license, d.namespace, d.verdict, d.visibility);
      for (const one of d.tags) tag.run(id, one);
    });
  })();
  const found =
    "FROM words JOIN assets ON assets.id = words.rowid WHERE words MATCH ?1 AND visibility = 'public' AND (?2 = '' OR kind = ?2)";
  const page = db.prepare(`SELECT assets.id ${found} ORDER BY bm25(words, 5, 3, 1) LIMIT 20`);
  const total = db.prepare(`SELECT count(*) ${found}`);
  const facet = ["kind", "license", "owner", "verdict"].map((column) =>
    db.prepare(`SELECT ${column}, count(*) AS n ${found} GROUP BY 1 ORDER BY n DESC LIMIT 50`),
  );
  const tagFacet = db.prepare(
    `SELECT tag, count(*) AS n FROM tags WHERE id IN (SELECT words.rowid ${found}) GROUP BY 1 ORDER BY n DESC LIMIT 50`,
  );
  return ({ text, kinds }, facets) => {
    const match =
      text
        .split(/\W+/)
        .filter(Boolean)
        .map((word) => `"${word}"*`)
        .join(" ") || '"a"*';
    const bound = [match, kinds[0] ?? ""] as const;
    const answer: unknown[] = [page.all(...bound), total.get(...bound)];
    if (facets) for (const statement of [...facet, tagFacet]) answer.push(statement.all(...bound));
    return answer;
  };
}
