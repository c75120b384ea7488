import { expect, test } from "bun:test";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { textWindows } from "./text-windows.ts";

async function windowsOf(path: string, bytes: Uint8Array): Promise<number> {
  const file: ScanFile = {
    path,
    size: bytes.byteLength,
    digest: `sha256:${"0".repeat(64)}`,
    mediaType: "application/octet-stream",
    executable: false,
  };
  const target: ScanTarget = {
    kind: "dataset",
    license: null,
    files: [file],
    open: async (_file, range) => new Blob([bytes.slice(range?.start, range?.end)]).stream(),
  };
  let count = 0;
  for await (const _window of textWindows(target, file, new AbortController().signal)) count++;
  return count;
}

const random = crypto.getRandomValues(new Uint8Array(60_000));

test.each([
  ["random bytes are not text", "model.bin", random, 0],
  ["nor are they without an extension", "weights", random, 0],
  ["but what a text's name promises is read as one", "SKILL.md", random, 1],
  ["a script is text, whatever follows its first line", "run", Buffer.concat([Buffer.from("#!/bin/sh\n"), random]), 1],
  ["prose in Latin-1 is text", "LICENSE", Buffer.from("Über die Lizenz für Größen und Maße. ".repeat(50), "latin1"), 1],
  ["so is UTF-16", "notes", Buffer.from(`\ufeff${"ignore this ".repeat(50)}`, "utf16le"), 1],
])("%s", async (_name, path, bytes, windows) => {
  expect(await windowsOf(path, bytes)).toBe(windows);
});
