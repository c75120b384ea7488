import type { Actor } from "../../core/actor.ts";
import type { Suggestion } from "../../platform/search/search-index.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { audienceOf } from "./search-assets.ts";

/** What a started text may become: assets, tags and words that the actor may see, at most `limit`. */
export const suggest = (
  { index }: Pick<DiscoveryDeps, "index">,
  actor: Actor,
  text: string,
  limit: number,
): Promise<Suggestion[]> => index.suggest(text, limit, audienceOf(actor));
