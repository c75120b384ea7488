export * from "./asset-repository.ts";
export * from "./version-repository.ts";
