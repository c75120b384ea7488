import { expect, test } from "bun:test";
import { capabilityRequest, sealCapabilityAnswer } from "./capability.ts";

const PREFIX = "/k/mkt_key";
const BASE = "https://market.example";

test("what an answer points to lies below the prefix, other hosts stay, cookies go", () => {
  const location = (to: string) => {
    const response = new Response(null, { status: 302, headers: { Location: to, "Set-Cookie": "a=b" } });
    sealCapabilityAnswer(response, PREFIX, BASE);
    expect(response.headers.getSetCookie()).toEqual([]);
    return response.headers.get("Location");
  };
  expect(location("/a/b?c#d")).toBe(`${PREFIX}/a/b?c#d`);
  expect(location(`${BASE}/a`)).toBe(`${BASE}${PREFIX}/a`);
  expect(location(`${BASE}${PREFIX}/a`)).toBe(`${BASE}${PREFIX}/a`);
  expect(location(`${PREFIX}/a`)).toBe(`${PREFIX}/a`);
  expect(location("https://bucket.example/signed?x")).toBe("https://bucket.example/signed?x");
  expect(location("//other.example/a")).toBe("//other.example/a");
  expect(location(`${BASE}.evil.example/a`)).toBe(`${BASE}.evil.example/a`);
  const links = new Response(null, { headers: { Link: `</a?page=2>; rel="next", <${BASE}/b>; rel="last"` } });
  sealCapabilityAnswer(links, PREFIX, BASE);
  expect(links.headers.get("Link")).toBe(`<${PREFIX}/a?page=2>; rel="next", <${BASE}${PREFIX}/b>; rel="last"`);
});

test("nothing of the key, and no other credential, is left in what goes on", () => {
  const headers = { Cookie: "s=1", Authorization: "Bearer x", "X-API-Key": "y", Range: "bytes=0-1" };
  const found = capabilityRequest(new Request(`${BASE}${PREFIX}/api/v1/assets?q=1`, { headers }));
  expect(found).toMatchObject({ key: "mkt_key", prefix: PREFIX, closed: false });
  expect(found?.request.url).toBe(`${BASE}/api/v1/assets?q=1`);
  expect([...(found?.request.headers.keys() ?? [])]).toEqual(["range"]);
  expect(capabilityRequest(new Request(`${BASE}/kept/x`))).toBeNull();
  expect(capabilityRequest(new Request(`${BASE}/api/v1/assets`))).toBeNull();
});
