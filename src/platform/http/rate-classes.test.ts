import { expect, test } from "bun:test";
import { callerKey, classifyRequest, networkOf, type RateClass } from "./rate-classes.ts";

test.each([
  ["POST", "/api/v1/auth/login", "login"],
  ["POST", "/api/v1/auth/login/", "login"],
  ["POST", "/sign-in", "login"],
  ["GET", "/sign-in", "other"],
  ["POST", "/api/v1/auth/register", "register"],
  ["POST", "/register", "register"],
  ["POST", "/api/v1/auth/refresh", "other"],
  ["GET", "/api/v1/search", "search"],
  ["GET", "/api/v1/search/autocomplete", "search"],
  ["GET", "/search", "search"],
  ["GET", "/searching/skill", "other"],
  ["GET", "/api/v1/assets", "assetRead"],
  ["HEAD", "/api/v1/assets/a/b/versions/1.0.0/download", "assetRead"],
  ["PUT", "/api/v1/assets/a/b/versions/1.0.0", "assetWrite"],
  ["POST", "/api/v1/assets", "assetWrite"],
  ["DELETE", "/api/v1/assets/a/b", "assetWrite"],
  ["GET", "/api/v1/assetsy", "other"],
  ["GET", "/", "other"],
  ["POST", "/sign-in/two-factor", "secondFactor"],
  ["POST", "/sign-in/passkey/options", "secondFactor"],
  ["POST", "/sudo", "secondFactor"],
  ["POST", "/sudo/passkey", "secondFactor"],
  ["POST", "/api/v1/auth/sudo", "secondFactor"],
  ["GET", "/sudo", "other"],
  ["POST", "/forgot-password", "passwordReset"],
  ["POST", "/api/v1/auth/reset-password", "passwordReset"],
  ["POST", "/device", "deviceCode"],
  ["POST", "/device/decision", "deviceCode"],
  ["POST", "/api/v1/auth/device/code", "deviceCode"],
  ["POST", "/api/v1/auth/token", "other"],
  ["POST", "/api/v1/auth/device/token", "other"],
  ["GET", "/api/v1/assets/a/b/versions/1.0.0/sbom", "expensive"],
  ["GET", "/api/v1/assets/0197-id/versions/1.0.0/sbom", "expensive"],
  ["GET", "/api/v1/assets/a/b/versions/1.0.0/files/sbom", "assetRead"],
  ["POST", "/api/v1/assets/a/b/versions/1.0.0/scans", "expensive"],
  ["GET", "/api/v1/assets/a/b/versions/1.0.0/scans", "assetRead"],
  ["GET", "/api/v1/organizations/team/policy/effect", "expensive"],
  ["GET", "/api/v1/admin/policy/effect", "expensive"],
  ["POST", "/api/v1/lockfiles", "expensive"],
  ["GET", "/healthz", null],
  ["GET", "/static/app.css", null],
  ["GET", "/healthz/x", "other"],
] as [string, string, RateClass | null][])("%s %s counts as %s", (method, path, expected) => {
  expect(classifyRequest(method, path)).toBe(expected);
});

test("callers are persons, except where one signs in; addresses count by network", () => {
  expect(callerKey("u1", "192.0.2.1", "search")).toBe(callerKey("u1", "192.0.2.2", "search"));
  expect(callerKey("u1", "192.0.2.1", "login")).toBe(callerKey(null, "192.0.2.1", "login"));
  expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("2001:db8::1")).toBe(networkOf("2001:DB8:0:0:ffff::2"));
  expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8:0:2::1"));
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0");
  expect(networkOf("::1")).toBe("0:0:0:0");
});
