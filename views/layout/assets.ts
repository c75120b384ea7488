/** The static files that pages name. Their hashed addresses are made once at start, by the file server. */
export type AssetName =
  | "app.css"
  | "marketplace.js"
  | "upload.js"
  | "passkeys.js"
  | "review.js"
  | "htmx.js"
  | "favicon.svg"
  | "body.woff2";

let addresses: ReadonlyMap<string, string> = new Map();

/** Tells the views where the static files are; called once by the wiring, before the first page. */
export const useStaticAddresses = (urls: ReadonlyMap<string, string>): void => {
  addresses = urls;
};

/** The immutable, hashed URL of a static file; its plain one (revalidated by ETag) before the addresses are known. */
export const staticUrl = (name: AssetName): string => addresses.get(name) ?? `/static/${name}`;
