import { afterEach, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { buildTar, type TarEntry } from "../../src/platform/archives/fixtures/build-tar.ts";
import { buildZip, type Member } from "../../src/platform/archives/fixtures/build-zip.ts";
import { type Client, type Json, onOneMarketplace, until } from "../support/marketplace.ts";
import { type Bytes, skill, tarGz, zip } from "../support/packages.ts";

const LIMITS = {
  MARKETPLACE_LIMITS_ARCHIVE_BYTES: "1 MiB",
  MARKETPLACE_LIMITS_FILE_BYTES: "4 MiB",
  MARKETPLACE_LIMITS_VERSION_BYTES: "8 MiB",
  MARKETPLACE_LIMITS_FILES: "50",
  MARKETPLACE_LIMITS_EXPANSION_FLOOR: "1 MiB",
  MARKETPLACE_LIMITS_EXPANSION_RATIO: "20",
};

const readme: TarEntry = { name: "SKILL.md", data: Buffer.from(skill("x")["SKILL.md"] as string) };
const tar = (...entries: TarEntry[]): Bytes => gzipSync(buildTar([readme, ...entries])) as Bytes;
const zipped = (...members: Member[]): Bytes =>
  buildZip([{ name: "SKILL.md", data: readme.data }, ...members]) as Bytes;
const good = tarGz(skill("x", { files: { "data.bin": crypto.getRandomValues(Buffer.alloc(60_000)) } }));

/** What is sent → the word that the answer must hold: the path, or what is wrong. */
const HOSTILE: [name: string, bytes: Bytes, says: string][] = [
  ["a path that climbs out (tar)", tar({ name: "../evil.sh" }), "../evil.sh"],
  ["a path that climbs out (zip)", zipped({ name: "a/../../evil.sh" }), "evil.sh"],
  ["an absolute path", tar({ name: "/etc/cron.d/evil" }), "/etc/cron.d/evil"],
  ["a drive letter", zipped({ name: "C:/evil.txt" }), "C:/evil.txt"],
  ["a backslash", zipped({ name: "a\\b.txt" }), "backslash"],
  ["a symbolic link out of the tree", tar({ name: "link", type: "2", link: "/etc/passwd" }), "link"],
  ["a hard link", tar({ name: "hard", type: "1", link: "SKILL.md" }), "hard"],
  ["a symbolic link in a zip", zipped({ name: "link", mode: 0o120777, data: Buffer.from("/etc/passwd") }), "link"],
  ["a device", tar({ name: "null", type: "3" }), "null"],
  ["a fifo", tar({ name: "pipe", type: "6" }), "pipe"],
  ["a control character", tar({ name: "a\u0007b" }), "control"],
  ["names that differ in case", tar({ name: "Read.md" }, { name: "READ.md" }), "READ.md"],
  ["names that differ in normal form", zipped({ name: "é.txt" }, { name: "e\u0301.txt" }), "twice"],
  ["a name twice", zipped({ name: "a.txt" }, { name: "a.txt" }), "a.txt"],
  ["a file that is a folder too", tar({ name: "a" }, { name: "a/b" }), "a"],
  ["a name that Windows reserves", tar({ name: "docs/NUL.txt" }), "NUL.txt"],
  ["a git hook", tar({ name: "sub/.GIT/hooks/post-checkout" }), ".GIT"],
  [
    "a path of 600 bytes",
    tar(
      { name: "x" },
      { name: "L", type: "L", data: Buffer.from(`${"d/".repeat(10)}${"a".repeat(600)}\0`) },
      { name: "y" },
    ),
    "bytes",
  ],
  ["a folder 40 deep", zipped({ name: `${"d/".repeat(40)}f` }), "d/d/d"],
  [
    "a bomb (tar)",
    tar({ name: "bomb.bin", data: Buffer.alloc(3_500_000) }, { name: "bomb2.bin", data: Buffer.alloc(3_500_000) }),
    "bomb",
  ],
  ["a bomb (zip)", zipped({ name: "bomb.bin", data: Buffer.alloc(3_500_000) }), "decompression bomb"],
  ["a file over the limit", zipped({ name: "huge.bin", data: Buffer.alloc(4_300_000) }), "huge.bin"],
  [
    "too many files",
    tarGz({ ...skill("x"), ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, "x"])) }),
    "50",
  ],
  ["a size that is not there", tar({ name: "liar.bin", size: 8_000_000_000 }), "liar.bin"],
  ["local and central names that disagree", zipped({ name: "a.txt", local: { name: "b.txt" } }), "a.txt"],
  ["a wrong checksum", zipped({ name: "a.txt", local: { crc: 1 }, central: { crc: 1 } }), "a.txt"],
  ["an encrypted member", zipped({ name: "a.txt", flags: 0x0801 }), "a.txt"],
  ["bytes behind the end", Buffer.concat([zip(skill("x")), Buffer.from("more")]) as Bytes, "archive"],
  ["two archives in one", Buffer.concat([zip(skill("x")), zip(skill("y"))]) as Bytes, "archive"],
  ["half a tar.gz", good.subarray(0, good.length >> 1) as Bytes, "archive"],
  ["half a zip", zip(skill("x")).subarray(0, 60) as Bytes, "archive"],
  ["an archive without files", gzipSync(buildTar([])) as Bytes, "no files"],
  ["a zip without members", buildZip([]) as Bytes, "no files"],
  ["no archive at all", Buffer.from("hello") as Bytes, "archive"],
  ["nothing", Buffer.alloc(0) as Bytes, "empty"],
  ["noise with the signature of gzip", Buffer.from("1f8b0800000000000003ffff00", "hex") as Bytes, "archive"],
  ["more than the limit", crypto.getRandomValues(Buffer.alloc(1_100_000)) as Bytes, "1048576"],
];

onOneMarketplace(
  "hostile uploads",
  (server) => {
    let ann: Client | undefined;
    const publisher = async (): Promise<Client> => (ann ??= await server().person("ann"));
    const spool = () => readdirSync(join(server().data, "uploads"));

    afterEach(async () => {
      await until("the spool is empty", () => spool().length === 0);
      const rows = await server().app.database.read.selectFrom("versions").select("version").execute();
      expect(rows).toEqual([]);
      const temporary = readdirSync(join(server().data, "blobs"), { recursive: true, withFileTypes: true });
      expect(temporary.filter((entry) => entry.isFile() && !/^[0-9a-f]{64}$/.test(entry.name))).toEqual([]);
    });

    test.each(HOSTILE)("%s is refused and says why", async (_name, bytes, says) => {
      const response = await (await publisher()).put("ann/x", "1.0.0", bytes);
      const { error } = (await response.json()) as Json;
      expect([response.status >= 400 && response.status < 500, response.status, error.message]).toEqual([
        true,
        response.status,
        expect.stringContaining(says),
      ]);
      await (await publisher()).api("GET", "/assets/ann/x", 404);
    });

    test("a length over the limit is refused before a byte is sent", async () => {
      const { token } = await publisher();
      for (const [method, path, type] of [
        ["PUT", "/api/v1/assets/ann/big/versions/1.0.0", "application/zip"],
        ["POST", "/api/v1/assets/ann/drafted/versions", "multipart/form-data; boundary=b"],
      ] as const) {
        if (method === "POST")
          await (await publisher()).api("POST", "/assets", 201, { json: { slug: "drafted", type: "skill" } });
        const head =
          `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
          `Content-Type: ${type}\r\nContent-Length: 5368709120\r\n\r\n`;
        expect(await firstLine(head)).toContain("413");
      }
    });

    test("a connection that breaks in the middle leaves nothing", async () => {
      const { token } = await publisher();
      for (const part of [1, 1000, good.length - 1]) {
        const socket = connect(Number(new URL(server().url).port), "127.0.0.1");
        socket.on("error", () => {});
        socket.write(
          `PUT /api/v1/assets/ann/cut/versions/1.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
            `Content-Length: ${good.length}\r\n\r\n`,
        );
        socket.write(good.subarray(0, part));
        await until("the upload has begun", () => spool().length > 0);
        socket.destroy();
        await until("the upload is forgotten", () => spool().length === 0);
      }
      await (await publisher()).api("GET", "/assets/ann/cut", 404);
    });

    test("an encoded body is refused, whatever the encoding says", async () => {
      const client = await publisher();
      for (const encoding of ["gzip", "br", "identity, gzip", "x-unknown"]) {
        const response = await client.send("PUT", "/api/v1/assets/ann/enc/versions/1.0.0", {
          body: good,
          headers: { "Content-Encoding": encoding },
        });
        expect([encoding, response.status]).toEqual([encoding, 415]);
      }
    });

    test("forms without a file, with two, with one under another name, broken off or of another type", async () => {
      const client = await publisher();
      await client.api("POST", "/assets", 201, { json: { slug: "forms", type: "skill" } });
      const send = async (form: [string, string | Blob][]): Promise<number> => {
        const body = new FormData();
        for (const [name, value] of form) body.append(name, value as string);
        return (await client.send("POST", "/api/v1/assets/ann/forms/versions", { body })).status;
      };
      const file = new Blob([good]);
      expect(await send([["version", "1.0.0"]])).toBe(400);
      expect(
        await send([
          ["version", "1.0.0"],
          ["archive", file],
        ]),
      ).toBe(400);
      expect(
        await send([
          ["version", "1.0.0"],
          ["file", file],
          ["file", file],
        ]),
      ).toBe(400);
      expect(
        await send([
          ["version", "1.0.0"],
          ["file", "as text"],
        ]),
      ).toBe(400);
      expect(
        await send([
          ["version", "not one"],
          ["file", file],
        ]),
      ).toBe(422);
      expect(
        await send([
          ["version", "1.0.0"],
          ...Array.from({ length: 80 }, (_, i) => [`f${i}`, "x"] as [string, string]),
          ["file", file],
        ]),
      ).toBe(400);
      expect(
        await send([
          ["changelog", "x".repeat(300_000)],
          ["file", file],
        ]),
      ).toBe(413);
      const raw = async (type: string, body: string): Promise<number> =>
        (await client.send("POST", "/api/v1/assets/ann/forms/versions", { body, headers: { "Content-Type": type } }))
          .status;
      expect(await raw("application/json", "{}")).toBe(415);
      expect(await raw("multipart/form-data", "x")).toBe(400);
      expect(
        await raw(
          "multipart/form-data; boundary=b",
          '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
        ),
      ).toBe(400);
      expect(await raw("multipart/form-data; boundary=b", "no boundary here")).toBe(400);
    });

    /** The first line of what the server answers to these bytes. */
    async function firstLine(bytes: string): Promise<string> {
      const socket = connect(Number(new URL(server().url).port), "127.0.0.1");
      try {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        socket.on("data", (chunk) => resolve(chunk.toString("latin1").split("\r\n", 1)[0] ?? ""));
        socket.on("error", reject);
        socket.write(bytes);
        return await promise;
      } finally {
        socket.destroy();
      }
    }
  },
  LIMITS,
);
