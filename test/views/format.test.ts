import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  absolute,
  bytes,
  compact,
  grouped,
  localHref,
  relative,
  safeHref,
  withQuery,
} from "../../views/components/format.ts";
import { brandCss } from "../../views/layout/brand.ts";

test("numbers are grouped and shortened as Intl does it", () => {
  const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
  fc.assert(
    fc.property(fc.nat(2_000_000_000), (count) => {
      expect(grouped(count)).toBe(count.toLocaleString("en-US"));
    }),
  );
  for (const count of [0, 1, 999, 1000, 1204, 48_211, 999_949, 999_951, 1_000_000, 482_113_000])
    expect(compact(count)).toBe(short.format(count));
});

test("bytes and times are what people say", () => {
  expect([0, 1, 999, 1000, 214_880, 999_600, 88_120_400_000].map(bytes)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "215 kB",
    "1.0 MB",
    "88 GB",
  ]);
  const now = "2026-03-18T09:30:00.000Z";
  expect(relative("2026-03-18T09:29:55.000Z", now)).toBe("just now");
  expect(relative("2026-03-18T09:29:00.000Z", now)).toBe("1 minute ago");
  expect(relative("2026-03-15T09:30:00.000Z", now)).toBe("3 days ago");
  expect(relative("2026-03-18T11:30:00.000Z", now)).toBe("in 2 hours");
  expect(relative("never", now)).toBe("never");
  expect(absolute(now)).toBe("18 March 2026, 09:30 UTC");
});

test("only http and https leave this server, only paths stay on it", () => {
  expect(safeHref("https://a.example/?b=1&c=2")).toBe("https://a.example/?b=1&amp;c=2");
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/x", "", "http://"])
    expect(safeHref(bad)).toBeNull();
  expect(localHref("/a?b=1&c=2")).toBe("/a?b=1&amp;c=2");
  for (const bad of ["//evil.example", "/\\evil.example", "javascript:alert(1)", "https://evil.example", ""])
    expect(localHref(bad)).toBe("#");
  expect(withQuery("/search?q=a%26b&type=x&type=y&page=3", { page: "4" })).toBe("/search?q=a%26b&type=x&type=y&page=4");
});

test("an accent of any colour can be read on both grounds", () => {
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const s = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high! + 0.05) / (low! + 0.05);
  };
  fc.assert(
    fc.property(fc.nat(0xffffff), (colour) => {
      const css = brandCss(`#${colour.toString(16).padStart(6, "0")}`);
      const [, light, dark] = /^:root\{--accent:light-dark\((#[0-9a-f]{6}),(#[0-9a-f]{6})\)\}$/.exec(css ?? "")!;
      expect(contrast(light!, "#fbfaf7")).toBeGreaterThanOrEqual(4.5);
      expect(contrast(dark!, "#141412")).toBeGreaterThanOrEqual(4.5);
    }),
  );
  for (const bad of [null, "", "red", "#fff", "#12345g", "#123456;}body{}"]) expect(brandCss(bad)).toBeNull();
});
