import { expect, test } from "bun:test";
import { embeddedFiles } from "./embedded.ts";
import { createStaticFiles } from "./static-files.ts";

const files = createStaticFiles(embeddedFiles());
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  files.respond(new Request(`http://x${path}`, { headers, method }));

test("every file has a hashed, immutable address with its media type", async () => {
  expect([...files.addresses.keys()].sort()).toEqual([
    "app.css",
    "body.woff2",
    "favicon.svg",
    "htmx.js",
    "marketplace.js",
    "passkeys.js",
    "review.js",
    "upload.js",
  ]);
  for (const [name, address] of files.addresses) {
    expect(address).toMatch(/^\/static\/[a-z]+\.[0-9a-f]{8}\.[a-z0-9]+$/);
    const answer = get(address)!;
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await answer.bytes()).byteLength).toBeGreaterThan(100);
    expect(get(`/static/${name}`)!.headers.get("cache-control")).toContain("no-cache");
  }
  expect(get(files.addresses.get("body.woff2")!)!.headers.get("content-type")).toBe("font/woff2");
});

test("the style sheet names the font by its hash", async () => {
  const css = await get("/static/app.css")!.text();
  expect(css).toContain(files.addresses.get("body.woff2")!);
  expect(css).not.toContain('"/static/body.woff2"');
});

test("gzip has its own ETag, equals the plain bytes, and is left out when refused", async () => {
  const plain = get("/static/app.css")!;
  const packed = get("/static/app.css", { "accept-encoding": "br, gzip;q=0.5" })!;
  expect(packed.headers.get("content-encoding")).toBe("gzip");
  expect(packed.headers.get("etag")).not.toBe(plain.headers.get("etag"));
  expect(new TextDecoder().decode(Bun.gunzipSync(await packed.bytes()))).toBe(await plain.text());
  for (const refused of ["gzip;q=0", "br", "gzip;q=0.0"])
    expect(get("/static/app.css", { "accept-encoding": refused })!.headers.get("content-encoding")).toBeNull();
  expect(get("/static/body.woff2", { "accept-encoding": "gzip" })!.headers.get("content-encoding")).toBeNull();
});

test("revalidation answers 304, HEAD has no body, anything else is not there", async () => {
  const etag = get("/static/app.css")!.headers.get("etag")!;
  expect(get("/static/app.css", { "if-none-match": `W/"x", ${etag}` })!.status).toBe(304);
  expect(get("/static/app.css", { "if-none-match": '"other"' })!.status).toBe(200);
  expect(await get("/static/app.css", {}, "HEAD")!.text()).toBe("");
  for (const path of ["/static/", "/static/nope.css", "/static/app.00000000.css", "/static/../package.json"])
    expect(get(path)).toBeNull();
  expect(get("/static/app.css", {}, "POST")).toBeNull();
});

test("what every page loads stays under 45 kB over the wire, which leaves 15 for the page itself", async () => {
  let total = 0;
  for (const name of ["app.css", "htmx.js", "marketplace.js", "body.woff2"]) {
    const answer = get(files.addresses.get(name)!, { "accept-encoding": "gzip" })!;
    total += (await answer.bytes()).byteLength;
  }
  expect(total).toBeLessThan(45_000);
});
