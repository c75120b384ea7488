import { expect, test } from "bun:test";
import fc from "fast-check";
import { createBaseUrl } from "./base-url.ts";
import { createClientReader } from "./client-address.ts";
import { jsonWithETag, linkHeader, localPath, pageAnswer, pathOf, prefersHtml, requireMatch } from "./respond.ts";

const request = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  new Request(`http://localhost${path}`, { headers, method });

test("after a form one stays on this server, whatever `next` says", () => {
  for (const next of ["/", "/a/b?c=d&e=%2F%2Fx#f", "/search?q=http://x", "/@x"]) expect(localPath(next)).toBe(next);
  for (const next of [
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    "evil.test",
    " //evil.test",
    "/./\\evil.test",
    "/.//evil.test",
    "/a/..//evil.test",
    "/%0d%0aSet-Cookie:x".replace("%0d%0a", "\r\n"),
    "",
    null,
    `/${"x".repeat(3000)}`,
  ])
    expect(localPath(next, "/home")).toBe("/home");
  fc.assert(
    fc.property(fc.stringMatching(/^[/\\.@:a-z\t\n%?#0-9-]{0,30}$/), (next) => {
      const target = new URL(localPath(next), "https://here.test/deep/page");
      return target.origin === "https://here.test";
    }),
    { numRuns: 2000 },
  );
});

test("a list carries its numbers, its neighbours and an entity tag", async () => {
  const page = { items: [1, 2], page: 2, perPage: 2, total: 5 };
  const answer = pageAnswer(request("/api/v1/x?q=a%26b&page=2&per_page=2"), page, (n) => n, { extra: 1 });
  expect(await answer.json()).toEqual({
    data: [1, 2],
    meta: { page: 2, per_page: 2, total: 5, total_pages: 3, extra: 1 },
  });
  const link = answer.headers.get("Link")!;
  expect(link).toContain('</api/v1/x?q=a%26b&page=1&per_page=2>; rel="prev"');
  expect(link).toContain('</api/v1/x?q=a%26b&page=3&per_page=2>; rel="next"');
  expect(link).toContain('page=3&per_page=2>; rel="last"');
  expect(linkHeader(request("/x"), { items: [], page: 1, perPage: 20, total: 0 })).not.toContain("next");
  expect(linkHeader(request("/x"), { items: [], page: 9, perPage: 20, total: 30 })).toContain('page=2>; rel="prev"');
});

test("who has it already gets 304, who would overwrite something else 412", async () => {
  const first = jsonWithETag(request("/x"), { a: 1 });
  const etag = first.headers.get("ETag")!;
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const again = jsonWithETag(request("/x", { "If-None-Match": tag }), { a: 1 });
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", etag]);
  }
  expect(jsonWithETag(request("/x", { "If-None-Match": etag }), { a: 2 }).status).toBe(200);
  expect(jsonWithETag(request("/x", { "If-None-Match": etag }, "POST"), { a: 1 }).status).toBe(200);
  expect(() => requireMatch(request("/x", { "If-Match": '"other"' }), etag)).toThrow("changed meanwhile");
  requireMatch(request("/x", { "If-Match": etag }), etag);
  requireMatch(request("/x"), etag);
});

test("a duration does not change the entity tag of a list", async () => {
  const page = { items: [1], page: 1, perPage: 20, total: 1 };
  const answer = (items: number[], ms: number, headers = {}) =>
    pageAnswer(request("/x", headers), { ...page, items }, (item) => item, {}, { ms });
  const first = answer([1], 5);
  const etag = first.headers.get("ETag")!;
  expect(etag).toStartWith('W/"');
  expect(await first.json()).toMatchObject({ data: [1], meta: { total: 1, ms: 5 } });
  expect(answer([1], 6, { "If-None-Match": etag }).status).toBe(304);
  expect(answer([2], 5, { "If-None-Match": etag }).status).toBe(200);
});

test("a browser gets a page outside the API; everybody else JSON", () => {
  const browser = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  expect(prefersHtml(request("/x", browser))).toBe(true);
  expect(prefersHtml(request("/api/v1/x", browser))).toBe(false);
  expect(prefersHtml(request("/x", { Accept: "*/*" }))).toBe(false);
  expect(prefersHtml(request("/x", { Accept: "application/json, text/html" }))).toBe(false);
});

test("paths are taken as the router takes them", () => {
  expect(pathOf(request("/a%2Fb?x=/c"))).toBe("/a%2Fb");
  expect(pathOf(new Request("http://x/api/sign-in"))).toBe("/api/sign-in");
});

test("absolute URLs never hold a Host that somebody made up", () => {
  const local = createBaseUrl({ publicUrl: null, listening: () => "http://10.0.0.5:8080" });
  const fixed = createBaseUrl({ publicUrl: "https://hub.test/", listening: () => "" });
  const from = (host: string) => request("/", { Host: host });
  expect(local(from("localhost:8080"))).toBe("http://localhost:8080");
  expect(local(from("127.0.0.1:9"))).toBe("http://127.0.0.1:9");
  expect(local(from("[::1]:9"))).toBe("http://[::1]:9");
  for (const host of ["evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "localhost:80@evil.test"])
    expect(local(from(host))).toBe("http://10.0.0.5:8080");
  expect(fixed(from("evil.test"))).toBe("https://hub.test");
});

test("a range of trusted proxies that is none is refused by name", () => {
  for (const range of ["10.0.0.0/33", "10.0.0/8", "proxy", "::/129", "10.0.0.0/"])
    expect(() => createClientReader({ trustedProxies: [range], https: false })).toThrow(range);
  const read = createClientReader({ trustedProxies: ["fd00::/8", "127.0.0.1"], https: false });
  const forwarded = request("/", { "X-Forwarded-For": "2001:DB8::7" });
  expect(read(forwarded, "fd12::1").address).toBe("2001:db8::7");
  expect(read(forwarded, "::ffff:127.0.0.1").address).toBe("2001:db8::7");
  expect(read(forwarded, "127.0.0.2").address).toBe("127.0.0.2");
  expect(read(forwarded, null)).toEqual({ address: "unknown", secure: false });
});
