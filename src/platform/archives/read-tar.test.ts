import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { AppError } from "../../core/error.ts";
import { buildTar, pax, type TarEntry } from "./fixtures/build-tar.ts";
import { readBytes } from "./fixtures/read-bytes.ts";

const long = `${"d".repeat(60)}/${"f".repeat(90)}`;

describe("tars that are read", () => {
  const cases: [string, TarEntry[], string[]][] = [
    [
      "files, folders, modes",
      [{ name: "./", type: "5" }, { name: "./a.txt" }, { name: "./bin/run", mode: 0o755 }],
      ["a.txt", "bin/run*"],
    ],
    [
      "a wrapping folder and a global PAX comment, as GitHub packs",
      [pax({ comment: "abc" }, "g"), { name: "r-1/", type: "5" }, { name: "r-1/SKILL.md" }],
      ["SKILL.md"],
    ],
    ["PAX path", [pax({ path: `${long}é`, mtime: "1.5" }), { name: "short" }, { name: "z" }], [`${long}é`, "z"]],
    [
      "GNU long name",
      [
        { name: "././@LongLink", type: "L", data: Buffer.from(`${long}\0`), magic: "ustar  \0" },
        { name: "s", magic: "ustar  \0" },
        { name: "z" },
      ],
      [long, "z"],
    ],
    ["litter, even links in it", [{ name: "a" }, { name: "._a" }, { name: ".git/x" }], ["a"]],
  ];
  for (const [what, entries, names] of cases)
    for (const [form, pack] of [
      ["tar", (b: Buffer) => b],
      ["tar.gz", (b: Buffer) => gzipSync(b)],
    ] as const)
      test(`${what} (${form})`, async () => {
        const { files, summary } = await readBytes(pack(buildTar(entries)));
        expect(Object.keys(files).sort()).toEqual(names);
        expect(summary).toEqual({ format: form, files: names.length, bytes: 6 * names.length });
      });

  test("gzip header with name and comment", async () => {
    const plain = gzipSync(buildTar([{ name: "a" }]));
    const named = Buffer.concat([
      plain.subarray(0, 3),
      Buffer.from([0x18]),
      plain.subarray(4, 10),
      Buffer.from("x.tar\0note\0"),
      plain.subarray(10),
    ]);
    expect(Object.keys((await readBytes(named)).files)).toEqual(["a"]);
  });
});

describe("tars that are refused", () => {
  const a: TarEntry = { name: "a" };
  const cases: [string, Buffer, RegExp][] = [
    ["parent folder", buildTar([a, { name: "../x" }]), /"\.\.\/x"/],
    ["absolute", buildTar([{ name: "/x" }]), /"\/x".*absolute/],
    ["duplicate", buildTar([a, a]), /"a".*twice/],
    ["duplicate by ./", buildTar([a, { name: "./a" }]), /"a".*twice/],
    ["symbolic link", buildTar([{ name: "l", type: "2", link: "/etc/passwd" }]), /"l": Is a symbolic link/],
    ["hard link", buildTar([a, { name: "l", type: "1", link: "a" }]), /"l": Is a hard link/],
    ["device", buildTar([{ name: "d", type: "3" }]), /"d": Is a device/],
    ["fifo", buildTar([{ name: "p", type: "6" }]), /"p": Is a device or a pipe/],
    ["GNU sparse", buildTar([{ name: "s", type: "S" }]), /"s".*sparse/],
    ["PAX sparse", buildTar([pax({ "GNU.sparse.major": "1" }), a]), /sparse/],
    ["unknown type", buildTar([{ name: "v", type: "V" }]), /"v".*unknown type "V"/],
    ["bad checksum", buildTar([{ ...a, patch: (h) => h.fill(0x62, 0, 1) }]), /checksum/],
    ["no magic", buildTar([a, { ...a, magic: "nothing" }]), /magic/],
    [
      "size that is no number",
      buildTar([
        {
          ...a,
          patch: (h) => {
            h.write("zz", 124);
            sum(h);
          },
        },
      ]),
      /size that is no number/,
    ],
    [
      "negative size",
      buildTar([
        {
          ...a,
          patch: (h) => {
            h.fill(0xff, 124, 136);
            sum(h);
          },
        },
      ]),
      /impossible size/,
    ],
    ["PAX size that disagrees", buildTar([pax({ size: "1000" }), a, a]), /"a": Has another size in its PAX header/],
    ["PAX path twice", buildTar([{ ...pax({}), data: Buffer.from("9 path=a\n9 path=b\n") }, a]), /path twice/],
    ["PAX path for all", buildTar([pax({ path: "x" }, "g"), a]), /path twice, or for all/],
    ["two PAX headers", buildTar([pax({ path: "x" }), pax({ path: "y" }), a]), /two extended headers/],
    ["PAX header at the end", buildTar([a, pax({ path: "x" })]), /belongs to no file/],
    ["damaged PAX record", buildTar([{ ...pax({}), data: Buffer.from("99 path=a\n") }, a]), /damaged PAX/],
    ["huge PAX header", buildTar([{ name: "P", type: "x", data: Buffer.alloc(100_000, 0x61) }, a]), /64 KiB/],
    [
      "data behind the end",
      buildTar([a], Buffer.concat([Buffer.alloc(1024), Buffer.from("more")])),
      /behind its end mark/,
    ],
    ["no end mark", buildTar([a], Buffer.alloc(0)), /end mark is missing/],
    ["half an end mark", buildTar([a], Buffer.alloc(512)), /end mark is missing/],
    ["cut in a file", buildTar([{ name: "a", data: Buffer.alloc(5000, 1) }]).subarray(0, 3000), /cut short/],
    ["size beyond the end", buildTar([{ ...a, size: 1e9 }]), /cut short/],
    ["empty", buildTar([]), /holds no files/],
    ["gzip: two members", Buffer.concat([gzipSync(buildTar([a])), gzipSync(buildTar([a]))]), /several gzip members/],
    [
      "gzip: trailing data",
      Buffer.concat([gzipSync(buildTar([a])), Buffer.from("x")]),
      /several gzip members|checksum/,
    ],
    ["gzip: checksum", flip(gzipSync(buildTar([a])), -6), /gzip checksum/],
    ["gzip: length", flip(gzipSync(buildTar([a])), -1), /gzip length/],
    ["gzip: cut", gzipSync(buildTar([a])).subarray(0, 60), /damaged or cut short|several/],
    ["gzip of something else", gzipSync("hello"), /cut short/],
    ["neither", Buffer.from("Hello, this is a text.".repeat(50)), /not a zip, tar.gz or tar/],
    ["nothing", Buffer.alloc(0), /empty/],
  ];
  for (const [what, bytes, message] of cases)
    test(what, async () => {
      const error = await readBytes(bytes).then(
        () => null,
        (e: unknown) => e,
      );
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).message).toMatch(message);
    });

  test("nothing is handed on from an archive that is refused for its last entry", async () => {
    let seen = 0;
    const bytes = gzipSync(buildTar([a, { name: "l", type: "2" }]));
    await readBytes(bytes).then(
      () => (seen = 1),
      () => undefined,
    );
    expect(seen).toBe(0);
  });

  test("a gzip bomb is stopped by its expansion, not its end", async () => {
    const bomb = gzipSync(buildTar([{ name: "a", data: Buffer.alloc(40 << 20) }]));
    expect(readBytes(bomb)).rejects.toThrow(/more than 100 times/);
  });
});

function sum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  header.write(
    `${header
      .reduce((x, y) => x + y, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes[bytes.length + at]! ^= 0x01;
  return bytes;
}
