import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "bun";
import { startS3Server, type S3Server } from "../../../test/support/s3-server.ts";
import { describeBlobStore } from "./blob-store.contract.ts";
import { createS3BlobStore } from "./s3.ts";

const MIB = 1024 * 1024;
let server: Promise<S3Server> | undefined;
const sharedServer = (): Promise<S3Server> => (server ??= startS3Server());
afterAll(async () => (await server)?.stop());

async function newStore(refreshAfterMs?: number) {
  const { stop: _, ...access } = await sharedServer();
  const spoolFolder = mkdtempSync(join(tmpdir(), "marketplace-spool-"));
  const prefix = `test/${randomUUID()}`;
  const store = createS3BlobStore({ ...access, prefix, spoolFolder, refreshAfterMs });
  const client = new S3Client(access);
  const stop = async (): Promise<void> => {
    for await (const { digest } of store.list()) await store.delete(digest);
    rmSync(spoolFolder, { recursive: true, force: true });
  };
  return { store, client, prefix, access, spoolFolder, stop };
}

describeBlobStore("S3", async () => {
  const { store, spoolFolder, stop } = await newStore();
  return { store, leftovers: () => readdir(spoolFolder), age: null, stop };
});

describe("S3 blob store", () => {
  let under: Awaited<ReturnType<typeof newStore>>;
  beforeAll(async () => {
    under = await newStore(0);
  }, 300_000);
  afterAll(() => under?.stop());

  test("uses the keys of the filesystem store under its prefix", async () => {
    const { digest } = await under.store.put(randomBytes(5));
    const hex = digest.slice(7);
    const key = `${under.prefix}/blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`;
    expect((await under.client.stat(key)).size).toBe(5);
    expect(under.store.localPath(digest)).toBeNull();
  });

  test("hands out a link that downloads under a name, without credentials, also in part", async () => {
    const bytes = randomBytes(1000);
    const { digest } = await under.store.put(bytes);
    const disposition = `attachment; filename="a b.zip"; filename*=UTF-8''%C3%A4.zip`;
    const link = under.store.presign(digest, 60, disposition)!;
    const whole = await fetch(link);
    expect(whole.status).toBe(200);
    expect(whole.headers.get("content-disposition")).toBe(disposition);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(link, { headers: { Range: "bytes=10-19" } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    expect((await fetch(link.replace(/Signature=\w{8}/, "Signature=00000000"))).status).toBe(403);
  });

  test("uploads again what is older than it should be, and still says that it was there", async () => {
    const bytes = randomBytes(9 * MIB);
    const { digest, created } = await under.store.put(bytes);
    expect(created).toBe(true);
    const hex = digest.slice(7);
    const key = `${under.prefix}/blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`;
    // What was uploaded again is told apart by the bytes: times of some servers are whole seconds.
    await under.client.write(key, new Uint8Array(bytes.length));
    expect(await under.store.put(bytes)).toMatchObject({ created: false });
    expect(Buffer.from(await under.client.file(key).bytes()).equals(bytes)).toBe(true);

    const lazy = createS3BlobStore({ ...under.access, prefix: under.prefix, spoolFolder: under.spoolFolder });
    await under.client.write(key, new Uint8Array(bytes.length));
    expect(await lazy.put(bytes)).toMatchObject({ created: false });
    expect((await under.client.file(key).slice(0, 2).bytes())[0]).toBe(0);
  });

  test("replaces an object of another length", async () => {
    const bytes = randomBytes(1000);
    const { digest } = await under.store.put(bytes);
    const hex = digest.slice(7);
    await under.client.write(`${under.prefix}/blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`, "torn");
    expect(await under.store.put(bytes)).toMatchObject({ created: true });
    expect((await under.store.stat(digest))!.size).toBe(1000);
  });

  test("never serves damaged bytes as a whole blob", async () => {
    const bytes = randomBytes(5 * MIB);
    const { digest } = await under.store.put(bytes);
    const hex = digest.slice(7);
    bytes[7] = bytes[7]! ^ 1;
    await under.client.write(`${under.prefix}/blobs/sha256/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`, bytes);
    const stream = await under.store.open(digest);
    await expect(new Response(stream).arrayBuffer()).rejects.toThrow("damaged");
  });

  test("lists past one page and passes over what is not a blob", async () => {
    const { store, client, prefix, stop } = await newStore();
    const digests = new Set<string>();
    for (let from = 0; from < 1005; from += 67) {
      const some = await Promise.all(
        Array.from({ length: 67 }, (_, index) => store.put(Buffer.from(`${from + index}`))),
      );
      for (const put of some) digests.add(put.digest);
    }
    await client.write(`${prefix}/blobs/sha256/ab/note.txt`, "x");
    const seen: string[] = [];
    for await (const { digest } of store.list()) seen.push(digest);
    expect(seen).toEqual([...digests].sort());
    await client.delete(`${prefix}/blobs/sha256/ab/note.txt`);
    await Promise.all(
      seen.map((digest) =>
        client.delete(`${prefix}/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(9, 11)}/${digest.slice(7)}`),
      ),
    );
    await stop();
  }, 60_000);

  test("answers 503 when the server is not there", async () => {
    const away = createS3BlobStore({
      ...under.access,
      endpoint: "http://127.0.0.1:1",
      prefix: "",
      spoolFolder: under.spoolFolder,
    });
    const { digest } = await under.store.put(randomBytes(5));
    const uses: (() => Promise<unknown>)[] = [
      () => away.put(randomBytes(5)),
      () => away.stat(digest),
      () => away.open(digest),
      () => away.delete(digest),
      () => away.check(),
    ];
    for (const use of uses) await expect(use()).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
    expect(await readdir(under.spoolFolder)).toEqual([]);
  });
});
