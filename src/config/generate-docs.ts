import { configurationPage, sampleFile } from "./document.ts";

const root = new URL("../../", import.meta.url).pathname;

await Bun.write(`${root}docs/configuration.md`, configurationPage());
await Bun.write(`${root}marketplace.sample.toml`, sampleFile());
