import type { Id } from "../../../core/id.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import { FOLDING, foldName, neighbourhood, plainName } from "./fold-name.ts";
import * as repository from "./repository.ts";

const BATCH = 25;
const LEAST_TITLE = 5;

/** The keys under which an asset is found by those who look for names like its own. */
export function nameKeys(asset: { slug: string; title: string }): string[] {
  const folded = foldName(asset.slug);
  const title = foldName(asset.title);
  return [
    ...neighbourhood(folded).map((key) => `s:${key}`),
    `p:${plainName(asset.slug)}`,
    ...(title.length >= LEAST_TITLE ? [`t:${title}`] : []),
  ];
}

/** Writes the keys of one asset, inside the caller's transaction. */
export const indexName = (tx: Queries, asset: { assetId: Id; slug: string; title: string }): Promise<void> =>
  repository.replaceNameKeys(tx, { ...asset, revision: FOLDING }, nameKeys(asset));

/**
 * Writes the keys of all assets that have none, or those of a former name or folding; answers of how many. Interrupted, it goes
 * on where it was; with nothing to do it is one query.
 */
export async function indexNames(database: Database, signal: AbortSignal): Promise<number> {
  let written = 0;
  let after: Id = "";
  for (;;) {
    signal.throwIfAborted();
    const batch = await repository.unindexedAssets(database.read, FOLDING, after, BATCH);
    if (batch.length === 0) return written;
    after = batch.at(-1)!.assetId;
    await database.write(async (tx) => {
      for (const asset of batch) await indexName(tx, asset);
    });
    written += batch.length;
  }
}
