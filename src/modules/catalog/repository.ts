export * from "./asset-repository.ts";
export * from "./place-repository.ts";
export * from "./version-repository.ts";
