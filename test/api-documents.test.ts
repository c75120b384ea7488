import { expect, test } from "bun:test";
import { join } from "node:path";
import { apiDocuments } from "../docs/generate-api-reference.ts";

test("the API's documents are those of the routes (npm run docs)", async () => {
  const docs = join(import.meta.dir, "../docs");
  const fresh = await apiDocuments();
  expect(fresh.openapi === (await Bun.file(join(docs, "openapi.json")).text())).toBe(true);
  expect(fresh.reference === (await Bun.file(join(docs, "api-reference.md")).text())).toBe(true);
});
