declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;

/** What this program is; from source, not built, it says so. */
export const BUILD = {
  version: typeof BUILD_VERSION === "string" ? BUILD_VERSION : "0.0.0-source",
  commit: typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "source",
};
