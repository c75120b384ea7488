import { expect, test } from "bun:test";
import { mediaTypeOf } from "./media-type.ts";

test.each([
  ["SKILL.md", "text/markdown"],
  ["a/b.TAR.GZ", "application/gzip"],
  ["LICENSE", "application/octet-stream"],
  ["weights.constructor", "application/octet-stream"],
  ["x.__proto__", "application/octet-stream"],
])("%s", (path, type) => {
  expect(mediaTypeOf(path)).toBe(type);
});
