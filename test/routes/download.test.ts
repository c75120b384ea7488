import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { eachMarketplace, type Marketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const sha256 = (bytes: Uint8Array): string => `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

eachMarketplace("downloads", (server, { blobs }) => {
  /** Noise that neither archive can make small, so that ranges have something to cut. */
  const noise = new Uint8Array(1_600_000);
  for (let i = 0; i < noise.length; i += 32) noise.set(new Bun.CryptoHasher("sha256").update(String(i)).digest(), i);

  test("archives: hash, entity tag, HEAD, ranges that join to the whole, 304 and 416", async () => {
    const ann = await server().person("ann");
    await publish(server(), ann, "ann/ranges", "1.0.0", skill("ranges", { files: { "noise.bin": noise } }));
    for (const [format, type] of [
      ["tar.gz", "application/gzip"],
      ["zip", "application/zip"],
    ]) {
      const path = `/api/v1/assets/ann/ranges/versions/1.0.0/download?format=${format}`;
      const { send } = server().stranger;
      const whole = await send("GET", path);
      const bytes = await bytesOf(whole);
      expect(whole.status).toBe(200);
      expect(whole.headers.get("Content-Type")).toBe(type!);
      expect(whole.headers.get("X-Content-Hash")).toBe(sha256(bytes));
      expect(whole.headers.get("Accept-Ranges")).toBe("bytes");
      // Bun sends large streams in chunks, without a length; HEAD tells it in any case.
      const head = await send("HEAD", path);
      if (blobs === "filesystem") expect(whole.headers.get("Content-Length")).toBe(String(bytes.length));
      expect(whole.headers.get("Content-Disposition")).toContain(`ranges-1.0.0.${format}`);
      const etag = whole.headers.get("ETag")!;

      expect(head.status).toBe(200);
      expect(await bytesOf(head)).toHaveLength(0);
      expect(head.headers.get("Content-Length")).toBe(String(bytes.length));
      for (const name of ["ETag", "X-Content-Hash", "Content-Type", "Accept-Ranges"])
        expect(`${name}: ${head.headers.get(name)}`).toBe(`${name}: ${whole.headers.get(name)}`);

      const cuts = [0, 1, 512, 65_536, 65_537, Math.floor(bytes.length / 2), bytes.length - 1, bytes.length];
      const pieces: Buffer[] = [];
      for (const [i, start] of cuts.slice(0, -1).entries()) {
        const end = cuts[i + 1]! - 1;
        const part = await send("GET", path, { headers: { Range: `bytes=${start}-${end}`, "If-Range": etag } });
        expect(part.status).toBe(206);
        expect(part.headers.get("Content-Range")).toBe(`bytes ${start}-${end}/${bytes.length}`);
        pieces.push(await bytesOf(part));
      }
      expect(sha256(Buffer.concat(pieces))).toBe(sha256(bytes));

      const tail = await send("GET", path, { headers: { Range: "bytes=-7" } });
      expect(await bytesOf(tail)).toEqual(bytes.subarray(-7));
      const open = await send("GET", path, { headers: { Range: `bytes=${bytes.length - 3}-` } });
      expect(await bytesOf(open)).toEqual(bytes.subarray(-3));
      const beyond = await send("GET", path, { headers: { Range: `bytes=${bytes.length}-` } });
      expect(beyond.status).toBe(416);
      expect(beyond.headers.get("Content-Range")).toBe(`bytes */${bytes.length}`);
      const stale = await send("GET", path, { headers: { Range: "bytes=0-0", "If-Range": '"old"' } });
      expect(stale.status).toBe(200);
      expect((await bytesOf(stale)).length).toBe(bytes.length);
      expect((await send("GET", path, { headers: { "If-None-Match": `"x", ${etag}` } })).status).toBe(304);
    }
  });

  test("an archive unpacks to the very files, the same bytes every time", async () => {
    const bea = await server().person("bea");
    const files = skill("same", { files: { "docs/é.txt": "é\n", "run.sh": "#!/bin/sh\n" } });
    await publish(server(), bea, "bea/same", "1.0.0", files);
    const get = async () =>
      bytesOf(await server().stranger.send("GET", "/api/v1/assets/bea/same/versions/latest/download"));
    const first = await get();
    expect(await get()).toEqual(first);
    const tar = gunzipSync(first).toString("utf8");
    for (const [path, content] of Object.entries(files)) {
      expect(tar).toContain(path);
      expect(tar).toContain(content as string);
    }
  });

  test("single files: every odd path is reachable, and none but the version's own", async () => {
    const cem = await server().person("cem");
    const odd = {
      "docs/100% sure.md": "percent\n",
      "docs/%2e%2e.md": "looks encoded\n",
      "docs/a+b&c=d;e,f.txt": "signs\n",
      "docs/héllo wörld.txt": "latin\n",
      "docs/日本語/説明.md": "kanji\n",
      "docs/😀.txt": "emoji\n",
      "docs/a#b.txt": "hash\n",
      "empty.txt": "",
      "page.html": "<script>alert(1)</script>",
      "img.svg": "<svg onload='alert(1)'/>",
    };
    await publish(server(), cem, "cem/odd", "1.0.0", skill("odd", { files: odd }));
    const base = "/api/v1/assets/cem/odd/versions/1.0.0/files";
    const { data } = await server().stranger.api("GET", "/assets/cem/odd/versions/1.0.0", 200);
    const paths = data.files.map((file: { path: string }) => file.path);
    expect(paths.toSorted()).toEqual([...Object.keys(odd), "SKILL.md"].toSorted());
    for (const [path, content] of Object.entries(odd)) {
      const url = `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
      const response = await server().stranger.send("GET", url);
      expect(`${path}: ${response.status} ${await response.text()}`).toBe(`${path}: 200 ${content}`);
      const type = response.headers.get("Content-Type");
      if (/\.(html|svg)$/.test(path)) expect(type).toBe("application/octet-stream");
      expect(response.headers.get("Content-Disposition")).toStartWith("attachment");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Content-Security-Policy")).toContain("sandbox");
      expect(response.headers.get("ETag")).toBe(`"${sha256(Buffer.from(content)).slice(7)}"`);
      expect((await server().stranger.send("HEAD", url)).headers.get("Content-Length")).toBe(
        String(Buffer.byteLength(content)),
      );
      const page = await server().stranger.send("GET", `/cem/odd/files/1.0.0${url.slice(base.length)}`, {
        headers: { Accept: "text/html" },
      });
      expect(`${path}: ${page.status}`).toBe(`${path}: 200`);
    }
    const part = await server().stranger.send("GET", `${base}/SKILL.md`, { headers: { Range: "bytes=0-2" } });
    expect([part.status, await part.text()]).toEqual([206, "---"]);
  });

  test("paths that would leave the version are not found, however they are spelled", async () => {
    const dan = await server().person("dan");
    await publish(server(), dan, "dan/inside", "1.0.0", skill("inside"));
    const base = "/api/v1/assets/dan/inside/versions/1.0.0/files";
    for (const path of [
      "..%2f..%2fmarketplace.db",
      "%2e%2e%2fSKILL.md",
      "..%5c..%5cmarketplace.db",
      "docs%2f..%2fSKILL.md",
      "%252e%252e%252fSKILL.md",
      "%2fetc%2fpasswd",
      "SKILL.md%00.txt",
      "skill.md",
      "SKILL.md%2f",
      "%c0%ae%c0%ae/SKILL.md",
      "%",
      "%zz",
      "a".repeat(5000),
    ])
      expect([path, (await raw(server(), `${base}/${path}`)) >= 400]).toEqual([path, true]);
    // A client's own tidying of `..` must not turn into another version's file either.
    expect(await raw(server(), `${base}/../../1.0.0/files/SKILL.md`)).toBeOneOf([200, 400, 404]);
    expect(await raw(server(), `${base}/../../../../../../../../etc/passwd`)).toBeOneOf([400, 404]);
  });

  test("downloads are counted once a visitor and day; HEAD and ranges are none", async () => {
    const eva = await server().person("eva");
    await publish(server(), eva, "eva/counted", "1.0.0", skill("counted"));
    const path = "/api/v1/assets/eva/counted/versions/1.0.0/download";
    const countOf = async () => {
      await server().app.retrieval.counter.flush();
      return (await server().stranger.api("GET", "/assets/eva/counted", 200)).data.downloads;
    };
    await server().stranger.send("HEAD", path);
    await server().stranger.send("GET", path, { headers: { Range: "bytes=5-9" } });
    expect(await countOf()).toBe(0);
    for (let i = 0; i < 3; i++) await (await server().stranger.send("GET", path)).arrayBuffer();
    await (await eva.send("GET", path)).arrayBuffer();
    expect(await countOf()).toBe(2);
  });
});

/** The status of a request whose path goes over the wire exactly as it is written. */
async function raw(server: Marketplace, path: string): Promise<number> {
  const { hostname, port } = new URL(server.url);
  const { promise, resolve } = Promise.withResolvers<number>();
  let text = "";
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_socket, chunk) {
        text += chunk.toString("latin1");
        const status = /^HTTP\/1\.1 (\d{3})/.exec(text);
        if (status) resolve(Number(status[1]));
      },
      close: () => resolve(0),
      error: () => resolve(0),
    },
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  const status = await promise;
  socket.end();
  return status;
}
