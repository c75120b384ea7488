import { AppError } from "../core/error.ts";
import type { Answer, Transport } from "./transport.ts";
import type { AssetWire, PageMetaWire, ResolutionWire, SearchHitWire, TransferMetaWire } from "./wire.ts";

export interface SearchOptions {
  q: string;
  type?: string;
  category?: string;
  tags?: string;
  license?: string;
  sort?: string;
  page?: number;
  per_page?: number;
}

/** `ref` is `namespace/slug` throughout. */
export interface AssetsClient {
  read(ref: string): Promise<AssetWire>;
  /** null instead of ASSET_NOT_FOUND. */
  find(ref: string): Promise<AssetWire | null>;
  update(ref: string, edit: Partial<Pick<AssetWire, "title" | "description" | "visibility">>): Promise<AssetWire>;
  deprecate(ref: string, reason: string): Promise<AssetWire>;
  /** Opens a draft, or what was deprecated or archived. */
  publish(ref: string): Promise<AssetWire>;
  /** At once, or as an offer (`moved` is false) that an owner of the namespace has to take. */
  transfer(ref: string, to: string, slug?: string): Promise<Answer<AssetWire, TransferMetaWire>>;
  rename(ref: string, slug: string): Promise<AssetWire>;
  setChannel(ref: string, channel: string, version: string): Promise<AssetWire>;
  removeChannel(ref: string, channel: string): Promise<AssetWire>;
  search(options: SearchOptions): Promise<Answer<SearchHitWire[], PageMetaWire>>;
  /** Throws RESOLUTION_CONFLICT, whose message explains the chain. */
  resolve(requirements: { ref: string; range: string }[]): Promise<ResolutionWire>;
}

/** The path of an asset; `ref` was checked to be two names. */
export const assetPath = (ref: string): string => `/assets/${ref.split("/").map(encodeURIComponent).join("/")}`;

export const assetsClient = (transport: Transport): AssetsClient => {
  const asset = async (method: string, path: string, json?: unknown) =>
    (await transport.send<AssetWire>(method, path, { json })).data;
  return {
    read: (ref) => asset("GET", assetPath(ref)),
    find: (ref) => orNull(asset("GET", assetPath(ref))),
    update: (ref, edit) => asset("PATCH", assetPath(ref), edit),
    deprecate: (ref, reason) => asset("POST", `${assetPath(ref)}/deprecate`, { reason }),
    publish: (ref) => asset("POST", `${assetPath(ref)}/publish`),
    transfer: (ref, to, slug) => transport.send("POST", `${assetPath(ref)}/transfer`, { json: { to, slug } }),
    rename: (ref, slug) => asset("POST", `${assetPath(ref)}/rename`, { slug }),
    setChannel: (ref, channel, version) =>
      asset("PUT", `${assetPath(ref)}/channels/${encodeURIComponent(channel)}`, { version }),
    removeChannel: (ref, channel) => asset("DELETE", `${assetPath(ref)}/channels/${encodeURIComponent(channel)}`),
    search: (options) => transport.send("GET", "/search", { query: { ...options } }),
    resolve: async (requirements) =>
      (await transport.send<ResolutionWire>("POST", "/resolve-dependencies", { json: { requirements } })).data,
  };
};

/** null when the server knows no such asset or version. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.status === 404) return null;
    throw error;
  }
}
