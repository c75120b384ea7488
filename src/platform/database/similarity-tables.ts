import type { Classified } from "./column-class.ts";

/** Names and contents as those who look for look-alikes and copies need them. */
export interface SimilarityTables {
  asset_name_index: { asset_id: string; revision: number; slug: string; title: string };
  asset_name_keys: { name_key: string; asset_id: string };
  content_sketches: { version_id: string; asset_id: string; revision: number; sketch: string; sketched_at: string };
  content_bands: { band_key: string; asset_id: string };
}

export const SIMILARITY_CLASSES: Classified<SimilarityTables> = {
  asset_name_index: { asset_id: "internal", revision: "internal", slug: "internal", title: "internal" },
  asset_name_keys: { name_key: "internal", asset_id: "internal" },
  content_sketches: {
    version_id: "internal",
    asset_id: "internal",
    revision: "internal",
    sketch: "internal",
    sketched_at: "internal",
  },
  content_bands: { band_key: "internal", asset_id: "internal" },
};
