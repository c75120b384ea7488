export { ConfigError, type LoadedConfig, type LoadOptions, loadConfig } from "./load-config.ts";
export { type PrintedKey, printConfig, printedKeys } from "./print-config.ts";
export type { Problem } from "./problem.ts";
export type { Config } from "./schema.ts";
