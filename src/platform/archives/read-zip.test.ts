import { describe, expect, test } from "bun:test";
import { crc32, deflateRawSync } from "node:zlib";
import { AppError } from "../../core/error.ts";
import { buildZip, endRecord, extra, u16, u32, u64, type Member, type Whole } from "./fixtures/build-zip.ts";
import { readBytes } from "./fixtures/read-bytes.ts";

const hello = Buffer.from("hello\n");
const packed = deflateRawSync(hello);
const descriptor = (crc: number, compressed: number, size: number) => u32(0x08074b50, crc, compressed, size);
const honest = descriptor(crc32(hello), packed.length, 6);
const unicodePath = (headerName: string, told: string) =>
  extra(0x7075, Buffer.concat([Buffer.from([1]), u32(crc32(headerName)), Buffer.from(told)]));
const zip64End = (at: number, count: number, size: number, start: number) =>
  Buffer.concat([
    u32(0x06064b50),
    u64(44),
    u16(45, 45),
    u32(0, 0),
    u64(count, count, size, start),
    u32(0x07064b50, 0),
    u64(at),
    u32(1),
  ]);

describe("zips that are read", () => {
  const cases: [string, Member[], Whole, string[]][] = [
    [
      "files, folders and modes",
      [
        { name: "a/", data: Buffer.alloc(0), method: 0, mode: 0o40755 },
        { name: "a/b.txt" },
        { name: "run.sh", mode: 0o100755 },
      ],
      {},
      ["a/b.txt", "run.sh*"],
    ],
    [
      "one wrapping folder is taken off",
      [
        { name: "repo-main/", data: Buffer.alloc(0), method: 0 },
        { name: "repo-main/SKILL.md" },
        { name: "repo-main/a/b" },
      ],
      {},
      ["SKILL.md", "a/b"],
    ],
    ["but not one that tells the kind", [{ name: ".claude-plugin/plugin.json" }], {}, [".claude-plugin/plugin.json"]],
    ["nor agents", [{ name: "agents/reviewer.md" }], {}, ["agents/reviewer.md"]],
    [
      "litter is skipped",
      [
        { name: "SKILL.md" },
        { name: "__MACOSX/._SKILL.md" },
        { name: ".DS_Store" },
        { name: ".git/config" },
        { name: "a/.git/HEAD" },
      ],
      {},
      ["SKILL.md"],
    ],
    [
      "litter does not hinder unwrapping",
      [{ name: "x/SKILL.md" }, { name: "__MACOSX/x/._SKILL.md" }],
      {},
      ["SKILL.md"],
    ],
    ["a comment", [{ name: "a" }], { comment: Buffer.from("0123456789abcdef0123456789abcdef01234567") }, ["a"]],
    ["data descriptors that agree", [{ name: "a", flags: 0x0808, behind: honest }, { name: "b" }], {}, ["a", "b"]],
    ["without signature", [{ name: "a", flags: 0x0808, behind: honest.subarray(4) }], {}, ["a"]],
    ["Unicode path that agrees", [{ name: "é", extra: unicodePath("é", "é") }], {}, ["é"]],
    ["UTF-8 name without its flag, as macOS writes", [{ name: "é", flags: 0 }], {}, ["é"]],
    ["decomposed name becomes NFC", [{ name: "e\u0301" }], {}, ["é"]],
    ["a stored zip within", [{ name: "inner.zip", method: 0, data: buildZip([{ name: "x" }]) }], {}, ["inner.zip"]],
    [
      "an honest zip64 end",
      [{ name: "a" }],
      {
        beforeEnd: (start, size) => zip64End(start + size, 1, size, start),
        end: { count: 0xffff, size: 0xffffffff, offset: 0xffffffff },
      },
      ["a"],
    ],
  ];
  for (const [what, members, whole, names] of cases)
    test(what, async () =>
      expect(Object.keys((await readBytes(buildZip(members, whole))).files).sort()).toEqual(names),
    );
});

describe("zips that are refused, with the path and a reason", () => {
  const a: Member = { name: "a" };
  const bad = (name: string, more: Partial<Member> = {}): Member[] => [a, { name, ...more }];
  const cases: [string, Member[], Whole, RegExp][] = [
    ["parent folder", bad("../x"), {}, /"\.\.\/x".*leaves its place/],
    ["parent folder of a folder", bad("../", { data: Buffer.alloc(0), method: 0 }), {}, /"\.\."/],
    ["absolute", bad("/etc/passwd"), {}, /"\/etc\/passwd".*absolute/],
    ["absolute, all of them", [{ name: "/a" }, { name: "/b" }], {}, /absolute/],
    ["drive", bad("C:/x"), {}, /drive/],
    ["backslash", bad("a\\b"), {}, /backslash/],
    ["NUL", bad("a\0.md"), {}, /"a\\u\{0\}\.md".*control/],
    ["case collision", [{ name: "README.md" }, { name: "readme.md" }], {}, /same name as "README.md"/],
    ["normalisation collision", [{ name: "é" }, { name: "e\u0301" }], {}, /twice/],
    ["duplicate", [a, a], {}, /"a": Is in the package twice/],
    ["file that is a folder", [{ name: "x" }, { name: "x/y" }], {}, /"x", which is a file/],
    [
      "file that is an empty folder",
      [{ name: "x" }, { name: "x/", data: Buffer.alloc(0), method: 0 }],
      {},
      /"x".*(folder|file)/,
    ],
    ["symbolic link", bad("l", { mode: 0o120777 }), {}, /"l": Is a symbolic link/],
    ["device", bad("d", { mode: 0o060644 }), {}, /"d": Is a device/],
    ["fifo", bad("p", { mode: 0o010644 }), {}, /"p": Is a device, a pipe/],
    ["folder by attribute alone", bad("d", { dosAttributes: 0x10 }), {}, /"d".*folder/],
    ["file in folder's clothes", bad("d/", { mode: 0o100644 }), {}, /"d\/".*is a file/],
    ["encrypted", bad("e", { flags: 0x0801 }), {}, /"e": Is encrypted/],
    ["AES extra", bad("e", { extra: extra(0x9901, Buffer.alloc(7)) }), {}, /"e": Is encrypted/],
    ["bzip2", bad("z", { method: 12 }), {}, /"z": Uses compression method 12/],
    ["method differs", bad("m", { method: 0, local: { method: 8 } }), {}, /"m".*another compression method/],
    ["name differs", bad("innocent.md", { local: { name: "evil.md" } }), {}, /"innocent.md".*another name/],
    ["flags differ", bad("f", { local: { flags: 0 } }), {}, /"f".*another set of flags/],
    ["size differs", bad("s", { local: { size: 7 } }), {}, /"s".*another size/],
    ["compressed size differs", bad("s", { local: { compressedSize: 1 } }), {}, /"s".*another size/],
    ["checksum differs", bad("s", { local: { crc: 1 } }), {}, /"s".*another checksum/],
    [
      "checksum wrong in both",
      bad("s", { local: { crc: 1 }, central: { crc: 1 } }),
      {},
      /"s": Does not match its checksum/,
    ],
    ["declares fewer bytes", bad("s", { local: { size: 3 }, central: { size: 3 } }), {}, /"s": Unpacks to more/],
    ["declares more bytes", bad("s", { local: { size: 30 }, central: { size: 30 } }), {}, /"s": Unpacks to fewer/],
    [
      "stored with two sizes",
      bad("s", { method: 0, local: { size: 3 }, central: { size: 3 } }),
      {},
      /"s".*two different sizes/,
    ],
    [
      "bytes hidden behind the deflate stream",
      bad("h", { raw: Buffer.concat([packed, Buffer.from("hidden")]) }),
      {},
      /"h": Has bytes hidden/,
    ],
    [
      "descriptor disagrees",
      bad("d", { flags: 0x0808, behind: descriptor(crc32(hello), packed.length, 7) }),
      {},
      /"d".*descriptor that disagrees/,
    ],
    ["descriptor missing", bad("d", { flags: 0x0808 }), {}, /"d".*descriptor/],
    ["Unicode path differs", bad("u", { extra: unicodePath("u", "other") }), {}, /"u".*second, different name/],
    ["zip64 beside ordinary sizes", bad("z", { extra: extra(1, u64(1, 1)) }), {}, /"z".*zip64 sizes beside/],
    [
      "repeated extra field",
      bad("z", { extra: Buffer.concat([extra(0x5455, u32(1)), extra(0x5455, u32(2))]) }),
      {},
      /"z".*repeated extra/,
    ],
    ["gap between members", [{ ...a, behind: Buffer.alloc(300, 1) }, { name: "b" }], {}, /"a".*belong to no file/],
    ["overlap", [{ name: "a" }, { name: "b", central: { offset: 0 } }], {}, /local header|Overlaps|another name/],
    ["prepended data", [a], { before: Buffer.from("#!/bin/sh\n") }, /not a zip|in front/],
    ["bytes before the directory", [a], { between: Buffer.from("x".repeat(40)) }, /belong to no file/],
    ["data between directory and end", [a], { beforeEnd: () => Buffer.from("junk") }, /does not end where/],
    ["trailing data", [a], { after: Buffer.from("junk") }, /no end record, or data behind/],
    ["a second end record in the comment", [a], { comment: endRecord(0, 0, 0) }, /several end records/],
    ["a second end record behind", [a], { after: endRecord(0, 0, 0) }, /end record|does not end where/],
    ["count too small", [a, { name: "b" }], { end: { count: 1 } }, /counts other entries/],
    ["count too large", [a], { end: { count: 2 } }, /counts other entries/],
    ["split archive", [a], { end: { disk: 1 } }, /split/],
    ["zip64 announced, not there", [a], { end: { count: 0xffff } }, /announces a zip64/],
    [
      "two ends that disagree",
      [a],
      { beforeEnd: (start, size) => zip64End(start + size, 2, size, start) },
      /two end records disagree/,
    ],
    ["nothing but folders", [{ name: "d/", data: Buffer.alloc(0), method: 0 }], {}, /holds no files/],
    ["empty", [], {}, /holds no files/],
  ];
  for (const [what, members, whole, message] of cases)
    test(what, async () => {
      const error = await readBytes(buildZip(members, whole)).then(
        () => null,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).message).toMatch(message);
      expect([415, 422]).toContain((error as AppError).status);
    });
});

describe("zips that cost too much (413)", () => {
  const zeros = Buffer.alloc(1 << 20);
  const cases: [string, Buffer, object][] = [
    ["the archive", buildZip([{ name: "a" }]), { maxArchiveBytes: 10 }],
    ["a file", buildZip([{ name: "a", data: zeros }]), { maxFileBytes: 1000 }],
    [
      "all files",
      buildZip([
        { name: "a", data: zeros },
        { name: "b", data: zeros },
      ]),
      { maxTotalBytes: 1_500_000 },
    ],
    ["count", buildZip(["a", "b", "c"].map((name) => ({ name }))), { maxFiles: 2 }],
    ["skipped entries", buildZip(Array.from({ length: 21 }, (_, i) => ({ name: `.git/${i}` }))), { maxFiles: 2 }],
    ["expansion", buildZip([{ name: "a", data: zeros }]), { expansionFloorBytes: 1000 }],
  ];
  for (const [what, bytes, limits] of cases)
    test(what, async () => {
      const error = await readBytes(bytes, limits).then(
        () => null,
        (e: unknown) => e as AppError,
      );
      expect(error?.code).toBe("PAYLOAD_TOO_LARGE");
    });

  test("a bomb that lies about its size is stopped while it streams", async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 << 20));
    const lie = { size: 1000, crc: 0 };
    const bytes = buildZip([{ name: "bomb", raw: bomb, local: lie, central: lie }]);
    expect(readBytes(bytes)).rejects.toThrow(/Unpacks to more/);
  });
});
