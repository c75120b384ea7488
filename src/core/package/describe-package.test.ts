import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "../error.ts";
import type { Kind } from "../kind.ts";
import { describePackage } from "./describe-package.ts";
import { cpuTime } from "./fixtures/cpu-time.ts";
import { sourceOf } from "./fixtures/source.ts";
import { readFrontMatter } from "./front-matter.ts";

const described = async (files: Record<string, string>) => describePackage(sourceOf(files));
const skill = (front: string, body = "# Title\n\nSome words.\n") => ({ "SKILL.md": `---\n${front}\n---\n${body}` });

describe("kinds", () => {
  const cases: [Kind, Record<string, string>][] = [
    ["skill", skill("name: a\ndescription: b")],
    ["skill", { "skill.md": "# A\n\nb", "data/x.csv": "", "README.md": "" }],
    [
      "plugin",
      { ".claude-plugin/plugin.json": '{"name":"p"}', "skills/a/SKILL.md": "", "SKILL.md": "", "agents/a.md": "" },
    ],
    ["mcp-server", { "server.json": '{"name":"io.x/a","description":"d"}', "README.md": "" }],
    ["mcp-server", { "manifest.json": '{"manifest_version":"0.3","name":"a","server":{}}' }],
    ["agent", { "AGENT.md": "# A\n\nb" }],
    ["agent", { "agents/reviewer.md": "---\nname: reviewer\n---\nb" }],
    ["agent", { "planner.agent.md": "b" }],
    ["prompt", { "review.prompt.md": "b" }],
    ["prompt", { "chat.prompty": "---\nname: Chat\n---\nsystem:" }],
    ["prompt", { "x.prompt.yml": "name: X\ndescription: d" }],
    ["model", { "README.md": "---\nlicense: mit\n---\n# M", "model.safetensors": "" }],
    ["model", { "q4.gguf": "" }],
    ["model-adapter", { "README.md": "# L", "adapter_config.json": "{}", "adapter_model.safetensors": "" }],
    ["dataset", { "README.md": "# D", "data/train.parquet": "" }],
    ["dataset", { "train.jsonl": "" }],
    ["tool", { "tool.json": '{"name":"t"}' }],
    ["workflow", { "release.workflow.yaml": "name: r" }],
    ["evaluation", { "promptfooconfig.yaml": "description: e" }],
    ["integration", { "openapi.yaml": "info:\n  title: T\n  version: 1.0.0" }],
    ["evaluation", { "marketplace.toml": '[asset]\nkind = "evaluation"', "SKILL.md": "x" }],
    ["tool", { "marketplace.toml": '[asset]\nkind = "tool"', "main.py": "x" }],
  ];
  for (const [kind, files] of cases)
    test(`${kind}: ${Object.keys(files).join(", ")}`, async () =>
      expect((await described(files)).metadata.kind).toBe(kind));

  const refused: [Record<string, string>, RegExp][] = [
    [{ "main.py": "" }, /No file tells what this is/],
    [{ "skills/a/SKILL.md": "" }, /publish the folder skills\/a itself/],
    [{ "p/.claude-plugin/plugin.json": "" }, /publish the folder p itself/],
    [{ ".claude-plugin/marketplace.json": "{}" }, /marketplace of plugins/],
    [{}, /no files/],
    [{ "server.json": "{nope" }, /server\.json: It is not valid JSON/],
    [{ ".claude-plugin/plugin.json": "[]" }, /must hold a JSON object/],
  ];
  for (const [files, message] of refused)
    test(`refused: ${message}`, async () => expect(described(files)).rejects.toThrow(message));
});

describe("metadata", () => {
  test("of a skill, in full", async () => {
    const { metadata, warnings } = await described({
      ...skill(
        'name: pdf-forms\ndescription: "Fills PDF forms."\nlicense: Apache-2.0\nversion: 1.10.0\ncompatibility: Needs Python\nkeywords: PDF, Forms, office work\nmetadata:\n  homepage: https://example.org/x\ndependencies: ["acme/base@^1.0", "requests>=2", "acme/other"]',
      ),
      "README.md": "# Readme",
    });
    expect(warnings).toEqual([]);
    expect(metadata).toEqual({
      kind: "skill",
      slug: "pdf-forms",
      version: "1.10.0",
      title: "pdf-forms",
      description: "Fills PDF forms.",
      license: "Apache-2.0",
      tags: ["pdf", "forms", "office-work"],
      categories: [],
      homepage: "https://example.org/x",
      repository: null,
      readmePath: "README.md",
      dependencies: [
        { ref: "acme/base", range: "^1.0", optional: false },
        { ref: "acme/other", range: "*", optional: false },
      ],
      compatibility: { note: "Needs Python" },
    });
  });

  test("of an MCP server and a plugin", async () => {
    const server = await described({
      "server.json":
        '{"name":"io.github.acme/My_Weather","title":"Weather","description":"d","version":"0.3.1","repository":{"url":"git+https://example.org/a.git"},"websiteUrl":"javascript:alert(1)"}',
    });
    expect(server.metadata).toMatchObject({
      slug: "my-weather",
      title: "Weather",
      version: "0.3.1",
      repository: "https://example.org/a.git",
      homepage: null,
    });
    expect(server.warnings.map((w) => w.message).join()).toMatch(/homepage "javascript:alert/);
    const plugin = await described({
      ".claude-plugin/plugin.json":
        '{"name":"p","displayName":"The P","description":"d","license":"MIT","keywords":["a"],"dependencies":[{"name":"acme/x","version":"^2"}]}',
    });
    expect(plugin.metadata).toMatchObject({
      slug: "p",
      title: "The P",
      license: "MIT",
      tags: ["a"],
      dependencies: [{ ref: "acme/x", range: "^2", optional: false }],
    });
  });

  test("of a prompt without metadata", async () => {
    const { metadata, warnings } = await described({ "code-review.prompt.md": "Review the code.\n\nMore." });
    expect(metadata).toMatchObject({ slug: "code-review", title: "code-review", description: "Review the code." });
    expect(warnings.map((w) => w.path)).toEqual(["code-review.prompt.md", null]);
  });

  const sloppy: [string, string, RegExp, object][] = [
    [
      "an unquoted colon",
      "name: a\ndescription: Use when: always",
      /not valid YAML/,
      { slug: "a", description: "Use when: always" },
    ],
    [
      "a folded scalar beside broken YAML",
      "name: a\nbad: [\ndescription: >\n  one\n  two",
      /not valid YAML/,
      { description: "one two" },
    ],
    ["a short version", "name: a\ndescription: b\nversion: 1.0", /read as 1\.0\.0/, { version: "1.0.0" }],
    ["a leading v", "name: a\ndescription: b\nversion: v1.2.3", /No licence/, { version: "1.2.3" }],
    ["no version at all", "name: a\ndescription: b\nversion: latest", /SemVer/, { version: null }],
    [
      "hidden characters",
      "name: a\ndescription: b\u200b\u{e0041}c\u202e",
      /Invisible characters/,
      { description: "bc" },
    ],
    [
      "a long description",
      `name: a\ndescription: ${"é".repeat(3000)}`,
      /cut to 1024/,
      { description: `${"é".repeat(1023)}…` },
    ],
    [
      "tags that are none",
      "name: a\ndescription: b\ntags: [ok, '<script>', '#hash']",
      /1 of its tags/,
      { tags: ["ok", "hash"] },
    ],
    [
      "a licence by its name",
      "name: a\ndescription: b\nlicense: Apache License 2.0",
      /taken for Apache-2\.0/,
      { license: "Apache-2.0" },
    ],
    [
      "a licence nobody knows",
      "name: a\ndescription: b\nlicense: be nice to one another",
      /not an SPDX/,
      { license: null },
    ],
    [
      "a key of every object",
      "name: a\ndescription: b\n__proto__: {license: MIT}\nconstructor: x",
      /No licence/,
      { license: null },
    ],
    [
      "a list for a name",
      "name: [a]\ndescription: {b: c}",
      /no description/,
      { slug: null, description: "Some words." },
    ],
  ];
  for (const [what, front, warning, wanted] of sloppy)
    test(`lenient: ${what}`, async () => {
      const { metadata, warnings } = await described(skill(front));
      expect(metadata).toMatchObject(wanted);
      expect(warnings.map((w) => w.message).join("\n")).toMatch(warning);
    });

  test("front matter too large for the full parser: its lines and lists", async () => {
    const scores = "  - value: 0.5\n    name: x\n".repeat(400);
    const files = {
      "README.md": `---\nlicense: mit\ntags:\n- One\n- two\nmodel-index:\n${scores}\ndescription: big\n---\n# M`,
      "m.gguf": "",
    };
    const { metadata, warnings } = await described(files);
    expect(metadata).toMatchObject({
      kind: "model",
      license: "MIT",
      tags: ["one", "two"],
      description: "big",
      title: "M",
    });
    expect(warnings.map((w) => w.message).join()).toMatch(/over 4 KiB/);
  });

  test("the licence: declared, pointed to, recognised, and a difference is told", async () => {
    const mit =
      "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software […] The above copyright notice and this permission notice shall be included";
    const license = async (front: string, files: Record<string, string>) =>
      described({ ...skill(`name: a\ndescription: b\n${front}`), ...files });
    expect((await license("", { LICENSE: mit })).metadata.license).toBe("MIT");
    expect((await license("license: Complete terms in LICENSE.txt", { "LICENSE.txt": mit })).metadata.license).toBe(
      "MIT",
    );
    expect(
      (await license("", { "LICENSE-MIT": mit, "LICENSE-APACHE": "Licensed under the Apache License, Version 2.0" }))
        .metadata.license,
    ).toBe("Apache-2.0 OR MIT");
    const differs = await license("license: GPL-3.0-or-later", { LICENSE: mit });
    expect(differs.metadata.license).toBe("GPL-3.0-or-later");
    expect(differs.warnings).toEqual([
      { path: "LICENSE", message: "It is the text of MIT, but the metadata declares GPL-3.0-or-later." },
    ]);
  });
});

describe("marketplace.toml", () => {
  const base = skill("name: a\ndescription: b\nlicense: MIT\ndependencies: [acme/x@^1]");
  test("wins where both speak", async () => {
    const toml =
      '[asset]\nname = "better"\ntitle = "Better"\nlicense = "apache-2.0"\ntags = ["One"]\ncategories = ["writing"]\nversion = "2.0.0"\nreadme = "SKILL.md"\n[dependencies]\n"acme/x" = { version = "^2", optional = true }\n"acme/y" = "beta"\n[compatibility]\nclaude-code = ">=2"\n';
    const { metadata, warnings } = await described({ ...base, "marketplace.toml": toml });
    expect(warnings).toEqual([]);
    expect(metadata).toMatchObject({
      kind: "skill",
      slug: "better",
      title: "Better",
      description: "b",
      license: "Apache-2.0",
      tags: ["one"],
      categories: ["writing"],
      version: "2.0.0",
      readmePath: "SKILL.md",
      dependencies: [
        { ref: "acme/x", range: "^2", optional: true },
        { ref: "acme/y", range: "beta", optional: false },
      ],
      compatibility: { "claude-code": ">=2" },
    });
  });

  const refused: [string, RegExp][] = [
    ['[asset]\nlicence = "MIT"', /marketplace\.toml:2: asset\.licence: There is no such key\. Did you mean license\?/],
    ['\n[aset]\nname = "a"', /marketplace\.toml:2: aset: There is no such table\. Did you mean asset\?/],
    ['kind = "skill"', /marketplace\.toml:1: kind: There is no such table\. Did you mean asset\.kind\?/],
    ['[asset]\nkind = "skil"', /:2: asset\.kind: "skil" is not a kind\. Did you mean skill\?/],
    ["[asset]\ntitle = 1", /:2: asset\.title: Must be text/],
    ['[asset]\ntags = "a"', /:2: asset\.tags: Must be a list/],
    ['[asset]\nname = "Not A Name"', /:2: asset\.name/],
    ['[asset]\nversion = "1.0"', /:2: asset\.version/],
    ['[asset]\nhomepage = "javascript:x"', /:2: asset\.homepage/],
    ['[asset]\n[dependencies]\n"x" = "^1"', /:3: dependencies\.x: Name it as/],
    ['[dependencies]\n"a/b" = "not a range!"', /:2: dependencies\.a\/b: "not a range!"/],
    ['[dependencies]\n"a/b" = { versoin = "1" }', /versoin: There is no such key\. Did you mean version\?/],
    ["[asset]\nname = ", /marketplace\.toml:2/],
    ["asset = 1", /:1: asset: Must be a table/],
    ["x = ".repeat(100_000), /larger than 64 KiB/],
  ];
  for (const [toml, message] of refused)
    test(`refused: ${message}`, async () =>
      expect(described({ ...base, "marketplace.toml": toml })).rejects.toThrow(message));
});

describe("hostile metadata", () => {
  const units = [
    "a: &a [*a, *a]\n",
    "[",
    "{",
    "- ",
    "a: b: c\n",
    "? ",
    "&a ",
    "*a ",
    "a:\n ",
    '"',
    "'",
    "|\n",
    "!!x ",
    "a: >\n",
    "---\n",
    "#",
    "\t",
    "k: [1,2\n",
    "<<: *a\n",
    "- - ",
    "\u200b",
    "é: ",
    "a: |\n  b\n",
  ];
  for (const unit of units)
    test(`100 kB and 4 kB of ${JSON.stringify(unit)} are read in under 50 ms`, async () => {
      for (const size of [100_000, 4_000]) {
        const text = `---\n${unit.repeat(size / unit.length)}\n---\nbody`;
        expect(await cpuTime(() => readFrontMatter(text))).toBeLessThan(50);
      }
    });

  test("a billion laughs", () => {
    const laughs = [
      "a: &a [x,x,x,x,x,x,x,x]",
      ..."bcdefghi".split("").map((c, i) => `${c}: &${c} [${Array(8).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
    ];
    expect(readFrontMatter(`---\n${laughs.join("\n")}\n---\n`).problem).toMatch(/refers to itself/);
    expect(readFrontMatter("---\na: &x [1]\nb: *x\n---\n")).toMatchObject({ fields: { b: ["1"] }, problem: null });
  });

  test("any text in any of its files: an answer or an AppError", async () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "---\n",
        "name: ",
        "[asset]\n",
        "{",
        '"',
        "description: x\n",
        "license: MIT\n",
        "version: ",
        "&a ",
        "*a",
        "\n",
        "- ",
        "[",
        "# ",
        "```\n",
      ),
    );
    const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(""));
    const name = fc.constantFrom(
      "SKILL.md",
      "marketplace.toml",
      "server.json",
      ".claude-plugin/plugin.json",
      "x.prompt.yml",
      "LICENSE",
      "README.md",
      "tool.yaml",
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, text, { minKeys: 1 }), async (files) => {
        const answer = await described(files).catch((error: unknown) => error);
        if (answer instanceof Error) return expect(answer).toBeInstanceOf(AppError);
        const { metadata } = answer as Awaited<ReturnType<typeof described>>;
        expect([...metadata.title].length).toBeLessThanOrEqual(120);
        expect([...metadata.description].length).toBeLessThanOrEqual(1024);
        expect(JSON.stringify(metadata).isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test("100 kB of adversarial description, tags, version, URL and licence text cost under 50 ms each", async () => {
  const fill = (unit: string) => unit.repeat(100_000 / unit.length);
  for (const unit of [
    "a",
    " ",
    "*",
    "_ ",
    "`",
    "[](",
    "1.",
    "-",
    "#",
    "a,",
    "\u200b",
    "permission is hereby granted ",
  ]) {
    const server = JSON.stringify({
      name: fill(unit),
      description: fill(unit),
      version: fill(unit),
      repository: fill(unit),
      keywords: fill(unit),
      license: fill(unit),
    });
    for (const files of [{ "server.json": server }, { "SKILL.md": fill(unit), LICENSE: fill(unit) }]) {
      const source = sourceOf(files as unknown as Record<string, string>);
      expect(await cpuTime(() => describePackage(source)), unit).toBeLessThan(50);
    }
  }
});
