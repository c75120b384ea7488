import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_MARKDOWN, renderMarkdown } from "./markdown.ts";

const place = {
  path: "docs/README.md",
  fileUrl: (path: string) => `/acme/kit/files/1.0.0/${encodeURI(path)}`,
  rawUrl: (path: string) => `/raw/${encodeURI(path)}`,
};
const html = (text: string): string => renderMarkdown(text, place).html;

interface Seen {
  tag: string;
  attributes: [string, string][];
}

/** What a parser other than the sanitiser's own sees in the answer. */
function parsed(markup: string): Seen[] {
  const seen: Seen[] = [];
  new HTMLRewriter()
    .on("*", {
      element(element) {
        seen.push({ tag: element.tagName, attributes: [...element.attributes] as [string, string][] });
      },
    })
    .transform(markup);
  return seen;
}

const TAGS = new Set(
  "a abbr b blockquote br caption cite code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "href title rel id src alt width height loading align colspan rowspan start open tabindex".split(" "),
);

function assertHarmless(markup: string): void {
  for (const { tag, attributes } of parsed(markup)) {
    expect(TAGS).toContain(tag);
    for (const [name, value] of attributes) {
      expect(ATTRIBUTES).toContain(name);
      if (name === "href") expect(value).toMatch(/^(?:https?:\/\/|mailto:|#readme-|\/acme\/kit\/files\/)/);
      if (name === "src") expect(value).toMatch(/^\/raw\//);
      if (name === "id") expect(value).toStartWith("readme-");
    }
  }
}

describe("what a publisher may not do", () => {
  test("nothing of htmx, handlers, forms, styles, SVG or scripts is left", () => {
    const out = html(`
<div onclick=x hx-get=/x hx-on:click=alert(1) data-hx-post=/y DATA-HX-GET=/z style="color:red" class=top id=main>kept</div>
<form action=/settings><input name=a><button formaction=/x>no</button><textarea>no</textarea></form>
<svg onload=alert(1)><script>alert(1)</script><a href="javascript:alert(1)">x</a></svg><math><mtext></math>
<style>*{display:none}</style><script>alert(2)</script><iframe src=/></iframe><object data=x></object><meta http-equiv=refresh>
<base href=//evil><link rel=stylesheet href=//evil><video src=x></video><template><b>x</b></template><dialog open>x</dialog>`);
    expect(out).toContain("kept");
    expect(out).not.toMatch(
      /hx-|onclick|onload|style|class=|<form|<input|<button|<svg|<script|alert\(2\)|<iframe|<meta|<base/i,
    );
    expect(out).not.toContain('id="main"');
    assertHarmless(out);
  });

  test.each([
    "[x](javascript:alert(1))",
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href=" &#1;javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//evil.example/x">x</a>',
    '<a href="\\\\evil.example/x">x</a>',
    '<a href="/\\evil.example">x</a>',
    "[x](../../../settings)",
    "[x](/../../settings)",
    "[x](%2e%2e/%2e%2e/settings)",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<img src="//evil.example/pixel.gif">',
    "<img src=x onerror=alert(1)>",
    '<img srcset="https://evil.example/a 2x" src="a.png">',
    '<a id="main" name="q" href="#main">x</a>',
    '<p align="center;color:red">x</p>',
    '<img width="100%" height="9999999" src=a.png>',
  ])("%s", (text) => assertHarmless(html(text)));

  test("anything at all gives only what the list allows", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        ...'<a href=|<img src=|javascript:|data:text/html,|"|\'|>|</|<!--|-->|<svg>|<math>|<style>|<script>|]]>|<![CDATA[|`|**|[x](|)|\n\n|# |<table><tr><td>|&#x6a;|&NewLine;|hx-get=/x |onerror=1 |id=main |<template>|<noscript>|<p title="</noscript><img src=x onerror=alert(1)>">|\0|<title>|<xmp>|<select><option>|../|\\\\'.split(
          "|",
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => assertHarmless(html(pieces.join("")))),
      { numRuns: 400 },
    );
  });
});

describe("what a reader sees", () => {
  test("headings go one level down, with anchors that its own links find", () => {
    const out = html("# Hi & <b>you</b>\n\n## Set up\n\n## Set up\n\n[go](#set-up)");
    expect(out).toContain('<h2 id="readme-hi--you">');
    expect(out).toContain('<h3 id="readme-set-up">');
    expect(out).toContain('<h3 id="readme-set-up-1">');
    expect(out).toContain('href="#readme-set-up"');
  });

  test("relative links lead to the version's files, images to their bytes", () => {
    const out = html("[a](guide.md#top) [b](/LICENSE) ![c](../img/a%20b.png) ![d](sub/e.svg)");
    expect(out).toContain('href="/acme/kit/files/1.0.0/docs/guide.md#readme-top"');
    expect(out).toContain('href="/acme/kit/files/1.0.0/LICENSE"');
    expect(out).toContain('src="/raw/img/a%20b.png"');
    expect(out).toContain('src="/raw/docs/sub/e.svg"');
  });

  test("links out carry rel, images from elsewhere become links, badges in links their words", () => {
    const out = html(
      "https://x.example/ ![Shot](https://e.example/s.png) [![Build](https://b.example/b.svg)](https://ci.example/)",
    );
    expect(out).toContain('<a href="https://x.example/" rel="nofollow ugc noopener">');
    expect(out).toContain('<a href="https://e.example/s.png" rel="nofollow ugc noopener">Shot</a>');
    expect(out).toContain('<a href="https://ci.example/" rel="nofollow ugc noopener"><span>Build</span></a>');
    expect(out).not.toContain("<img");
  });

  test("front matter is taken off and flattened, columns keep their side, task lists their marks", () => {
    const out = renderMarkdown(
      "---\nname: kit\ntags: [a, b]\nmetadata:\n  owner: ops\n---\n\n|a|\n|-:|\n|1|\n\n- [x] done\n- [ ] open",
      place,
    );
    expect(out.frontMatter).toEqual([
      ["name", "kit"],
      ["tags", "a, b"],
      ["metadata.owner", "ops"],
    ]);
    expect(out.html).not.toContain("metadata");
    expect(out.html).toContain('<td align="right">1</td>');
    expect(out.html).toContain("☑ done");
    expect(out.html).toContain("☐ open");
  });

  test("a text above 512 KiB is cut and says so", () => {
    const out = renderMarkdown(`${"word ".repeat(MAX_MARKDOWN / 5)}the end`, place);
    expect(out.truncated).toBe(true);
    expect(out.html).not.toContain("the end");
  });
});

/** Each grows with the square of its length in parsers that were careless; at 100 kB that would be many seconds. */
const BOMBS: Record<string, string> = {
  "open brackets": "[".repeat(100_000),
  "open images": "![".repeat(50_000),
  "closed brackets": "[".repeat(50_000) + "]".repeat(50_000),
  emphasis: "*a_b".repeat(25_000),
  "quote marks": ">".repeat(100_000),
  "nested lists": Array.from({ length: 400 }, (_, i) => `${" ".repeat(i)}- a`).join("\n"),
  backticks: Array.from({ length: 440 }, (_, i) => "`".repeat(i)).join(" "),
  "nested tags": "<div>".repeat(20_000),
  "nested links": "<a href=x>".repeat(10_000),
  "many attributes": `<a ${"b ".repeat(50_000)}>`,
  "wide table": `${"|a".repeat(1000)}\n${"|-".repeat(1000)}\n${"|x\n".repeat(30_000)}`,
  comments: "<!--".repeat(25_000),
  addresses: "mailto:a@b.".repeat(9_000),
  parentheses: `[a](${"(".repeat(100_000)}`,
  headings: "# a\n".repeat(25_000),
};

test.each(Object.entries(BOMBS))("100 kB of %s is rendered in linear time", (_name, text) => {
  const started = performance.now();
  const out = html(text);
  expect(performance.now() - started).toBeLessThan(3_000);
  let depth = 0;
  let deepest = 0;
  for (const [, close, tag] of out.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (tag === "br" || tag === "hr" || tag === "img") continue;
    depth += close ? -1 : 1;
    deepest = Math.max(deepest, depth);
  }
  expect(deepest).toBeLessThanOrEqual(41);
});
