declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;

/** Which program this is; build.ts writes both into the executable. From source the version is `0.0.0-dev`. */
export const buildInfo = {
  version: typeof BUILD_VERSION === "undefined" ? "0.0.0-dev" : BUILD_VERSION,
  commit: typeof BUILD_COMMIT === "undefined" ? "source" : BUILD_COMMIT,
} as const;
