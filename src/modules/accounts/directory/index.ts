export { scimApi, type ScimDeps } from "./api.ts";
export type { DirectoryDeps } from "./change-directory.ts";
export { createDirectory, type Directory } from "./directory.ts";
