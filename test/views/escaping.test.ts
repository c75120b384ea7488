import { describe, expect, test } from "bun:test";
import { PAGES, type Shown } from "../browser/pages.tsx";

/** Every string of the props, also those that should be one of a few words: a database can hold anything. */
const PAYLOADS = [
  `"><script>alert(1)</script>`,
  `' onmouseover='alert(1)`,
  `" onfocus="alert(1)" autofocus="`,
  `javascript:alert(1)`,
  `//evil.example/x`,
  `</title></style></textarea></pre></script><img src=x onerror=alert(1)>`,
  `&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;`,
  `{{constructor.constructor('alert(1)')()}}`,
  `\u0000\ud800"><svg onload=alert(1)>`,
];

/** The same props with every string made hostile. Rendered Markdown is the one thing a view is given as HTML. */
function hostile(value: unknown, payload: string, key = ""): unknown {
  if (typeof value === "string") return /(?:^h|H)tml$/.test(key) ? "<p>safe</p>" : payload;
  if (Array.isArray(value)) return value.map((item) => hostile(item, payload));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hostile(v, payload, k)]));
  return value;
}

const URL_ATTRIBUTES = ["href", "src", "action", "formaction", "hx-get", "hx-post", "data-upload-script"];
const OWN_SCRIPTS = ["/static/htmx.js", "/static/marketplace.js"];

function problems(markup: string): string[] {
  const found: string[] = [];
  new HTMLRewriter()
    .on("*", {
      element(element) {
        const tag = element.tagName;
        const src = element.getAttribute("src") ?? "";
        if (tag === "script" && !OWN_SCRIPTS.includes(src)) found.push(`<script src="${src}">`);
        if (["iframe", "object", "embed", "base", "style"].includes(tag)) found.push(`<${tag}>`);
        for (const [name, value] of element.attributes) {
          if (name.startsWith("on") || name === "style" || name.startsWith("hx-on")) found.push(`${tag} ${name}`);
          if (name === "autofocus" && !/^(input)$/.test(tag)) found.push(`${tag} autofocus`);
          if (URL_ATTRIBUTES.includes(name) && !/^(?:\/(?!\/)|#|https?:\/\/)/.test(value))
            found.push(`${tag} ${name}="${value}"`);
          if (name === "href" && /^https?:\/\/evil/.test(value)) found.push(`${tag} leads to ${value}`);
        }
      },
    })
    .transform(markup);
  if (/<script>alert|<img src=x|<svg onload/.test(markup)) found.push("a payload came out as it went in");
  return found;
}

const draw = (shown: Shown, payload: string): string => String(shown.view(hostile(shown.props, payload) as object));

describe.each(PAGES)("$name", (shown) => {
  test("lets nothing through, whatever its props hold", () => {
    for (const payload of PAYLOADS) expect(problems(draw(shown, payload))).toEqual([]);
  });
});

test("a document of each page is whole, and marks of the user's own are shown as they were written", () => {
  const asset = PAGES.find((p) => p.name === "asset")!;
  const out = draw(asset, "a &lt; b");
  expect(out).toStartWith("<!doctype html><html lang=");
  expect(out).toContain("a &amp;lt; b");
  expect(out).not.toMatch(/[^;]a &lt; b/);
});
