import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import semver from "semver";
import { describePackage } from "../src/core/package/describe-package.ts";
import { DEFAULT_CATEGORIES, withDescendants } from "../src/modules/discovery/category.ts";
import catalog from "../examples/catalog.json";
import { folderSource } from "./support/folder-source.ts";

const folder = resolve(import.meta.dir, "../examples");
/** The categories that a new marketplace begins with. */
const SEEDED = DEFAULT_CATEGORIES.flatMap((category) => [category, ...(category.children ?? [])]).map(
  ({ slug, name, description }) => ({ id: slug, slug, name, description, parentId: null, position: 0 }),
);
const describeExample = (name: string) => describePackage(folderSource(join(folder, name)));

describe("the examples", () => {
  test("are all in the catalogue", () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(catalog.map((entry) => entry.folder).sort()).toEqual(folders.map((entry) => entry.name).sort());
  });

  test.each(catalog)("$folder says what the catalogue says, without a warning", async (entry) => {
    const { metadata, warnings } = await describeExample(entry.folder);
    expect(metadata).toMatchObject({ slug: entry.folder, kind: entry.kind, version: entry.version } as object);
    expect(metadata.license).not.toBeNull();
    expect(metadata.readmePath).not.toBeNull();
    expect(metadata.categories.length).toBeGreaterThan(0);
    for (const slug of metadata.categories) expect(withDescendants(SEEDED, slug)).not.toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("come after what they depend on, in a version that satisfies them", async () => {
    const versions = new Map<string, string>();
    for (const entry of catalog) {
      const { metadata } = await describeExample(entry.folder);
      for (const { ref, range } of metadata.dependencies)
        expect(semver.satisfies(versions.get(ref) ?? "0.0.0", range), `${entry.folder} needs ${ref} ${range}`).toBe(
          true,
        );
      versions.set(`${entry.namespace}/${entry.folder}`, entry.version);
    }
  });
});
