import { afterEach, describe, expect, test } from "bun:test";
import { createClamavScanner } from "./clamav.ts";
import { createClamavWatch } from "./clamav-watch.ts";
import { type Manners, nobody, type StandIn, standIn, VERSION } from "./clamd.fixture.ts";
import { withNestedFiles } from "./nested-files.ts";
import { briefly, scanWith, targetOf, zipOf } from "./target.fixture.ts";
import type { ClamavSettings } from "./clamav-client.ts";

const started: StandIn[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function stand(manners: Manners = {}, settings: Partial<ClamavSettings> = {}): Promise<StandIn> {
  const server = await standIn(manners, settings);
  started.push(server);
  return server;
}

const files = { "SKILL.md": "hello", "empty.txt": "", "big.bin": new Uint8Array(300_000).fill(7) };

test("every file is sent whole, in order, after PING and VERSION; empty ones are not", async () => {
  const server = await stand();
  expect(await scanWith(createClamavScanner(server.settings), targetOf(files))).toEqual([]);
  expect(server.commands).toEqual(["zPING", "zVERSION", "zINSTREAM", "zINSTREAM"]);
  expect(server.bodies.map((body) => body.length)).toEqual([5, 300_000]);
  expect(server.bodies[0]!.toString()).toBe("hello");
  expect(server.bodies[1]!.equals(Buffer.from(files["big.bin"]))).toBe(true);
});

test("what lies inside of archives is sent as well, under its place", async () => {
  const server = await stand({
    stream: (socket, body) => socket.end(body.toString() === "inner" ? "stream: Own.Bad FOUND\0" : "stream: OK\0"),
  });
  const zip = zipOf([{ name: "in/x.txt", bytes: Buffer.from("inner") }]);
  const target = await withNestedFiles(targetOf({ "a.zip": zip }), new AbortController().signal);
  expect(briefly(await scanWith(createClamavScanner(server.settings), target))).toEqual([
    "Own.Bad critical a.zip!/in/x.txt",
  ]);
});

describe("what clamd says becomes a finding", () => {
  test.each([
    ["Win.Test.EICAR_HDB-1", "Win.Test.EICAR_HDB-1 critical SKILL.md"],
    ["{HEX}php.shell (a/b).7.UNOFFICIAL", "-HEX-php.shell-a-b-.7.UNOFFICIAL critical SKILL.md"],
    ["PUA.Win.Tool.Cain-1", "PUA.Win.Tool.Cain-1 high SKILL.md"],
    ["Heuristics.Encrypted.Zip", "encrypted high SKILL.md"],
    ["Heuristics.Limits.Exceeded.MaxFileSize", "not-scanned high SKILL.md"],
  ])("%s", async (signature, expected) => {
    const server = await stand({ stream: (socket) => socket.end(`stream: ${signature} FOUND\0`) });
    const findings = await scanWith(createClamavScanner(server.settings), targetOf({ "SKILL.md": "x" }));
    expect(briefly(findings)).toEqual([expected]);
  });
});

describe("a file that ClamAV did not look at goes to a moderator and says so", () => {
  test("larger than we send: it is not sent, the others are", async () => {
    const server = await stand({}, { maxBytes: 1000 });
    const findings = await scanWith(createClamavScanner(server.settings), targetOf(files));
    expect(briefly(findings)).toEqual(["not-scanned high big.bin"]);
    expect(findings[0]!.message).toContain("not looked at by ClamAV");
    expect(server.bodies.length).toBe(1);
  });
  test("larger than clamd takes: it says so in the middle of the stream and hangs up", async () => {
    const server = await stand({
      streamBegins: (socket) => {
        socket.end("INSTREAM size limit exceeded. ERROR\0");
        socket.destroySoon();
      },
    });
    const target = targetOf({ "big.bin": new Uint8Array(900_000) });
    expect(briefly(await scanWith(createClamavScanner(server.settings), target))).toEqual(["not-scanned high big.bin"]);
  });
});

describe("a clamd that misbehaves fails the scan; it is never a clean result", () => {
  const manners: [string, Manners, string][] = [
    ["hangs before it says a word", { ping: () => {} }, "did not answer within"],
    ["hangs at VERSION", { version: () => {} }, "did not answer within"],
    ["hangs after the stream", { stream: () => {} }, "did not answer within"],
    ["hangs up at once", { ping: (socket) => socket.destroy() }, "hung up|cannot be reached"],
    ["hangs up in the middle", { streamBegins: (socket) => socket.destroy() }, "hung up|cannot be reached"],
    ["hangs up after the stream", { stream: (socket) => socket.end() }, "hung up"],
    ["answers without the end of a line", { stream: (socket) => socket.end("stream: OK") }, "hung up"],
    ["does not say PONG", { ping: (socket) => socket.end("PING\0") }, "no answer to the question"],
    ["has no version", { version: (socket) => socket.end("nginx\0") }, "no answer to the question"],
    ["speaks HTTP", { ping: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n\0") }, "no answer"],
    ["answers nothing", { stream: (socket) => socket.end("\0") }, "no answer to the question"],
    ["answers with an error", { stream: (socket) => socket.end("stream: Can't allocate memory ERROR\0") }, "allocate"],
    ["answers OK and more", { stream: (socket) => socket.end("stream: OK, mostly\0") }, "no answer to the question"],
    ["answers OK before it can know", { streamBegins: (socket) => socket.write("stream: OK\0") }, "before it had"],
    ["answers without end", { stream: (socket) => socket.end("x".repeat(100_000)) }, "without end"],
    ["does not know INSTREAM", { stream: (socket) => socket.end("UNKNOWN COMMAND\0") }, "UNKNOWN COMMAND"],
  ];
  test.each(manners)("%s", async (_how, manner, words) => {
    // More than a socket holds, so that nothing is answered before it was read.
    const target = targetOf({ "SKILL.md": new Uint8Array(6_000_000).fill(1) });
    const server = await stand(manner, { timeoutMs: 700, maxBytes: 2 ** 23 });
    await expect(scanWith(createClamavScanner(server.settings), target)).rejects.toThrow(new RegExp(words));
  });

  test("is away", async () => {
    const settings = { address: await nobody(), timeoutMs: 2_000, maxBytes: 1000 };
    await expect(scanWith(createClamavScanner(settings), targetOf({}))).rejects.toThrow("refuses connections");
    const gone = { ...settings, address: { path: "/nowhere/clamd.ctl" } };
    await expect(scanWith(createClamavScanner(gone), targetOf({}))).rejects.toThrow("clamd at unix:/nowhere/clamd.ctl");
  });

  test("does not read what is sent", async () => {
    const server = await stand({ streamBegins: (socket) => socket.pause() }, { timeoutMs: 700, maxBytes: 2 ** 28 });
    const target = targetOf({ "big.bin": new Uint8Array(64 * 2 ** 20) });
    await expect(scanWith(createClamavScanner(server.settings), target)).rejects.toThrow("did not answer within");
  });
});

describe("a file that cannot be read fails the scan", () => {
  test.each([
    ["shorter than its manifest says", (bytes: Uint8Array) => new Blob([bytes.slice(0, 3) as BlobPart]).stream()],
    ["longer", (bytes: Uint8Array) => new Blob([bytes as BlobPart, "more"]).stream()],
    ["torn", () => new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("torn")) })],
    ["never coming", () => new ReadableStream<Uint8Array>()],
  ])("%s", async (_how, streamOf) => {
    const server = await stand({}, { timeoutMs: 700 });
    const target = { ...targetOf({ "a.md": "hello" }), open: async () => streamOf(Buffer.from("hello")) };
    await expect(scanWith(createClamavScanner(server.settings), target)).rejects.toThrow("a.md: ");
    expect(server.bodies).toEqual([]);
  });
});

test("the watch knows the signatures that clamd had when it last answered", async () => {
  const answers = [VERSION, VERSION.replace("27800", "27801"), "ClamAV 1.4.6", "rubbish"];
  const server = await stand({ version: (socket) => socket.end(`${answers.shift()}\0`) });
  const watch = createClamavWatch(server.settings);
  expect(watch.seen()).toBeNull();
  for (const expected of ["1.4.6/27800", "1.4.6/27801", "1.4.6"]) {
    expect(await watch.refresh()).toBe(expected);
    expect(watch.seen()).toBe(expected);
  }
  await expect(watch.refresh()).rejects.toThrow("no answer");
  expect(watch.seen()).toBe("1.4.6");
});
