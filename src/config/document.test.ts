import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configurationPage, sampleFile } from "./document.ts";
import { loadConfig } from "./index.ts";
import { KEYS } from "./schema.ts";

const root = new URL("../../", import.meta.url).pathname;

test("the page and the sample are up to date (bun run src/config/generate-docs.ts)", async () => {
  expect(await Bun.file(`${root}docs/configuration.md`).text()).toBe(configurationPage());
  expect(await Bun.file(`${root}marketplace.sample.toml`).text()).toBe(sampleFile());
});

test("the sample loads as it is, and with every key taken in", () => {
  const cwd = mkdtempSync(join(tmpdir(), "marketplace-sample-"));
  try {
    const path = join(cwd, "marketplace.toml");
    writeFileSync(path, sampleFile());
    expect(loadConfig({ cwd, env: {} }).config.server.listen.port).toBe(8080);
    writeFileSync(
      path,
      sampleFile()
        .replace(/^#([a-z0-9_]+ = |\[[a-z0-9.-]+\]$)/gm, "$1")
        .replace('backend = "filesystem"', 'backend = "s3"')
        .replace(/^((?:secret_)?access_key(?:_id)? = )""/gm, '$1"x"'),
    );
    const { sources } = loadConfig({ cwd, env: {} });
    expect([...sources.values()].filter((source) => source === "default")).toEqual([]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test("no two keys share a variable, also with _FILE", () => {
  const names = KEYS.flatMap(({ variable, key }) => (key.secret ? [variable, `${variable}_FILE`] : [variable]));
  expect(new Set(names).size).toBe(names.length);
});
