import type { Classified } from "./column-class.ts";

/** The transparency log, and what the server states of versions. */
export interface TransparencyTables {
  transparency_heads: { name: string; size: number; leaf_hash: string; root_hash: string; seal: string };
  transparency_entries: {
    position: number;
    type: string;
    asset_id: string | null;
    user_id: string | null;
    subject: string | null;
    digest: string | null;
    entry: string;
    leaf_hash: string;
    previous_hash: string;
    created_at: string;
  };
  transparency_nodes: { level: number; position: number; hash: string };
  server_attestations: {
    version_id: string;
    kind: "verdict" | "provenance";
    envelope: string;
    created_at: string;
  };
}

export const TRANSPARENCY_CLASSES: Classified<TransparencyTables> = {
  transparency_heads: { name: "internal", size: "public", leaf_hash: "public", root_hash: "public", seal: "internal" },
  transparency_entries: {
    position: "public",
    type: "public",
    asset_id: "public",
    user_id: "personal",
    subject: "internal",
    digest: "public",
    entry: "public",
    leaf_hash: "public",
    previous_hash: "public",
    created_at: "public",
  },
  transparency_nodes: { level: "public", position: "public", hash: "public" },
  server_attestations: { version_id: "public", kind: "public", envelope: "public", created_at: "public" },
};
