export { scimApi } from "./api.ts";
export { createDirectory, type Directory } from "./directory.ts";
