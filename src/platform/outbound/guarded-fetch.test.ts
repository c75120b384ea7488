import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createGuardedFetch, type GuardedFetchOptions } from "./guarded-fetch.ts";
import { isPublicAddress } from "./public-address.ts";

let server: Bun.Server<undefined>;
let asked = 0;
beforeAll(() => {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      asked++;
      const { pathname } = new URL(request.url);
      if (pathname === "/redirect") return Response.redirect("http://169.254.169.254/latest/meta-data", 302);
      if (pathname === "/endless")
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
          }),
        );
      if (pathname === "/silent") return new Promise(() => {});
      return new Response("here");
    },
  });
});
afterAll(() => server.stop(true));

const guarded = (options: Partial<GuardedFetchOptions> = {}) =>
  createGuardedFetch({
    trusted: new Set([server.url.origin]),
    timeoutMs: 5000,
    maxBytes: 100_000,
    ...options,
  });

describe("guarded fetch", () => {
  test("a host that the administrator named may be private and plain", async () => {
    expect(await (await guarded()(`${server.url}ok`)).text()).toBe("here");
  });

  test("any other host must be public and https, whatever its name resolves to", async () => {
    const before = asked;
    const none = { trusted: new Set<string>() };
    await expect(guarded(none)(`${server.url}ok`)).rejects.toThrow("not https");
    await expect(guarded(none)(`https://127.0.0.1:${server.port}/`)).rejects.toThrow("public internet");
    await expect(guarded(none)("https://[::ffff:169.254.169.254]/")).rejects.toThrow("public internet");
    const rebinding = { ...none, resolve: async () => ["93.184.216.34", "127.0.0.1"] };
    await expect(guarded(rebinding)("https://rebind.example/")).rejects.toThrow("public internet");
    await expect(guarded({ ...none, resolve: async () => [] })("https://nothing.example/")).rejects.toThrow("public");
    // Another port of a trusted host is another server.
    await expect(guarded()("http://127.0.0.1:1/")).rejects.toThrow("not https");
    expect(asked).toBe(before);
  });

  test("a redirect is answered, not followed", async () => {
    expect((await guarded()(`${server.url}redirect`)).status).toBe(302);
  });

  test("bytes and time are bounded", async () => {
    await expect(guarded()(`${server.url}endless`)).rejects.toThrow("more than 100000 bytes");
    await expect(guarded({ timeoutMs: 20 })(`${server.url}silent`)).rejects.toThrow();
  });
});

test.each([
  ["8.8.8.8", true],
  ["2606:4700:4700::1111", true],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["169.254.169.254", false],
  ["172.31.255.255", false],
  ["192.168.0.1", false],
  ["0.0.0.0", false],
  ["255.255.255.255", false],
  ["::1", false],
  ["::", false],
  ["fd00::1", false],
  ["fe80::1", false],
  ["::ffff:10.0.0.1", false],
  ["::ffff:8.8.8.8", false],
  ["64:ff9b::a00:1", false],
  ["2002:a00:1::", false],
  ["2001:db8::1", false],
  ["nonsense", false],
])("%s is public: %p", (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});
