import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Finding } from "../scanner.ts";
import { targetOf } from "../target.fixture.ts";
import { createPackageScanner } from "./index.ts";
import { lookAlikeOf } from "./look-alike.ts";
import { POPULAR_NPM, POPULAR_PYPI } from "./popular-names.ts";

const { signal } = new AbortController();

async function look(files: Record<string, string>): Promise<{ packages: string[]; findings: Finding[] }> {
  const scanner = createPackageScanner();
  const target = targetOf(files);
  const packages = await scanner.packages(target, signal);
  return {
    packages: packages.map(
      ({ ecosystem, name, version, range, transitive, path, line }) =>
        `${ecosystem} ${name} ${version ?? `(${range ?? "any"})`} ${transitive ? "beneath " : ""}${path}:${line}`,
    ),
    findings: await scanner.scan(target, signal),
  };
}

const packagesIn = async (path: string, text: string): Promise<string[]> => (await look({ [path]: text })).packages;

describe("packages of files that ecosystems use", () => {
  test("package.json, with what is local, renamed or comes from elsewhere", async () => {
    const { packages, findings } = await look({
      "package.json": `{
  "name": "mine",
  "dependencies": {
    "lodash": "4.17.20",
    "left": "npm:lodash.merge@^4.6.0",
    "own": "workspace:*",
    "near": "file:../near",
    "fork": "github:somebody/fork"
  },
  "devDependencies": { "vite": "^5.0.0" },
  "scripts": { "postinstall": "node setup.js" }
}`,
    });
    expect(packages).toEqual([
      "npm lodash 4.17.20 package.json:4",
      "npm lodash.merge (^4.6.0) package.json:5",
      "npm vite (^5.0.0) package.json:10",
    ]);
    expect(findings.map(({ ruleId, line }) => `${ruleId}:${line}`)).toEqual([
      "packages/install-script:11",
      "packages/remote-source:8",
    ]);
  });

  test.each([
    [
      "package-lock.json",
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { dependencies: { a: "^1" } },
          "node_modules/a": { version: "1.2.3" },
          "node_modules/a/node_modules/@s/b": { version: "2.0.0" },
          "packages/own": { version: "1.0.0" },
          "node_modules/own": { link: true },
        },
      }),
      ["npm a 1.2.3 package-lock.json:1", "npm @s/b 2.0.0 beneath package-lock.json:1"],
    ],
    [
      "package-lock.json",
      JSON.stringify({ dependencies: { a: { version: "1.0.0", dependencies: { b: { version: "2.0.0" } } } } }),
      ["npm a 1.0.0 beneath package-lock.json:1", "npm b 2.0.0 beneath package-lock.json:1"],
    ],
    [
      "yarn.lock",
      '# yarn lockfile v1\n\n"@s/a@^1.0.0", "@s/a@~1.1":\n  version "1.1.4"\n  resolved "x"\n\nb@2:\n  version "2.0.1"\n',
      ["npm @s/a 1.1.4 beneath yarn.lock:3", "npm b 2.0.1 beneath yarn.lock:7"],
    ],
    [
      "yarn.lock",
      '__metadata:\n  version: 6\n\n"a@npm:^1.0.0":\n  version: 1.0.3\n\n"own@workspace:.":\n  version: 0.0.0-use.local\n',
      ["npm a 1.0.3 beneath yarn.lock:4"],
    ],
    [
      "pnpm-lock.yaml",
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        version: 1.0.0\npackages:\n\n  '@s/a@1.2.3(b@1.0.0)':\n    resolution: {integrity: x}\n\n  c@2.0.0:\n    x: y\n",
      ["npm @s/a 1.2.3 beneath pnpm-lock.yaml:9", "npm c 2.0.0 beneath pnpm-lock.yaml:12"],
    ],
    [
      "bun.lock",
      '{\n  "packages": {\n    "a": ["a@1.0.0", "", {}, "sha512-x"],\n    "@s/b": ["@s/b@2.0.0", "", {}],\n    "own": ["own@workspace:packages/own"],\n  }\n}',
      ["npm @s/b 2.0.0 beneath bun.lock:4", "npm a 1.0.0 beneath bun.lock:3"],
    ],
    [
      "requirements-dev.txt",
      "# tools\nDjango==4.2.1 ; python_version > '3.8'\nzope.interface[test]>=5,<6  # why\n-r other.txt\n--index-url x\nplain\n",
      [
        "PyPI django 4.2.1 requirements-dev.txt:2",
        "PyPI plain (any) requirements-dev.txt:6",
        "PyPI zope-interface (>=5,<6) requirements-dev.txt:3",
      ],
    ],
    [
      "pyproject.toml",
      '[project]\nname = "mine"\ndependencies = [\n  "Flask>=2",\n  "x @ git+https://example.org/x",\n]\n[project.optional-dependencies]\nt = ["pytest==8.0.0"]\n[tool.poetry.dependencies]\npython = "^3.9"\nrich = "13.0.0"\nown = { path = "../own" }\n',
      ["PyPI flask (>=2) pyproject.toml:4", "PyPI pytest 8.0.0 pyproject.toml:8", "PyPI rich 13.0.0 pyproject.toml:11"],
    ],
    [
      "uv.lock",
      'version = 1\n\n[[package]]\nname = "mine"\nversion = "0.1.0"\nsource = { virtual = "." }\n\n[[package]]\nname = "Anyio"\nversion = "4.0.0"\nsource = { registry = "x" }\n[package.metadata]\nname = "other"\n',
      ["PyPI anyio 4.0.0 beneath uv.lock:8"],
    ],
    [
      "Pipfile.lock",
      JSON.stringify({ default: { six: { version: "==1.16.0" }, x: { git: "https://e.org/x" } }, develop: {} }),
      ["PyPI six 1.16.0 beneath Pipfile.lock:1"],
    ],
    [
      "go.mod",
      "module example.org/mine\n\ngo 1.22\n\nrequire github.com/a/b v1.2.3\nrequire (\n\tgolang.org/x/net v0.1.0 // indirect\n)\nreplace x => ../x\n",
      ["Go github.com/a/b 1.2.3 go.mod:5", "Go golang.org/x/net 0.1.0 beneath go.mod:7"],
    ],
    [
      "Cargo.toml",
      '[dependencies]\nserde = { version = "1.0", features = ["derive"] }\nown = { path = "../own" }\nexact = "=1.2.3"\n',
      ["crates.io exact 1.2.3 Cargo.toml:4", "crates.io serde (^1.0) Cargo.toml:2"],
    ],
    [
      "Cargo.lock",
      'version = 3\n\n[[package]]\nname = "mine"\nversion = "0.1.0"\ndependencies = [\n "serde",\n]\n\n[[package]]\nname = "serde"\nversion = "1.0.1"\nsource = "registry+x"\n',
      ["crates.io serde 1.0.1 beneath Cargo.lock:10"],
    ],
    [
      "Gemfile.lock",
      "GEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.0-x86_64-linux)\n      racc (~> 1.4)\n    racc (1.7.0)\n\nDEPENDENCIES\n  nokogiri\n",
      ["RubyGems nokogiri 1.15.0 Gemfile.lock:4", "RubyGems racc 1.7.0 beneath Gemfile.lock:6"],
    ],
    [
      "composer.lock",
      JSON.stringify({ packages: [{ name: "Monolog/Monolog", version: "v2.0.0" }] }),
      ["Packagist monolog/monolog 2.0.0 beneath composer.lock:null"],
    ],
    [
      "server.json",
      JSON.stringify({
        packages: [
          { registryType: "npm", identifier: "@s/server", version: "1.0.0" },
          { registry_name: "pypi", name: "a-server", version: "2.0" },
          { registryType: "oci", identifier: "x" },
        ],
      }),
      ["PyPI a-server 2.0 server.json:1", "npm @s/server 1.0.0 server.json:1"],
    ],
    [
      "tool.py",
      '#!/usr/bin/env -S uv run\n# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "httpx<1",\n# ]\n# ///\nimport httpx\n',
      ["PyPI httpx (<1) tool.py:5"],
    ],
    [
      "Dockerfile",
      "FROM x\nRUN pip install --no-cache-dir \\\n    requests==2.31.0 \\\n    -r requirements.txt && npm install -g @s/cli@1.0.0\n",
      ["PyPI requests 2.31.0 Dockerfile:2", "npm @s/cli 1.0.0 Dockerfile:2"],
    ],
    [
      "SKILL.md",
      "Use npm install in your project.\n\nRun `npx -y some-tool@2.0.0 --flag value` first.\n\n```bash\n$ uvx --from a-tool==1.0 run\nuv pip install b c>=2\nnpm install <package>\nnpm install ./local\npip install -e .\n```\n",
      [
        "PyPI a-tool 1.0 SKILL.md:6",
        "PyPI b (any) SKILL.md:7",
        "PyPI c (any) SKILL.md:7",
        "npm some-tool 2.0.0 SKILL.md:3",
      ],
    ],
  ])("%s", async (path, text, expected) => {
    expect(await packagesIn(path, text)).toEqual(expected);
  });

  test("servers that an agent starts want an exact version", async () => {
    const config = (args: string[]) => JSON.stringify({ mcpServers: { s: { command: "npx", args } } });
    expect((await look({ ".mcp.json": config(["-y", "@s/server"]) })).findings).toMatchObject([
      { ruleId: "packages/unpinned-server", severity: "low", path: ".mcp.json" },
    ]);
    expect((await look({ ".mcp.json": config(["-y", "@s/server@latest"]) })).findings).toHaveLength(1);
    expect((await look({ ".mcp.json": config(["-y", "@s/server@1.2.3"]) })).findings).toEqual([]);
    const readme = '# S\n\n```json\n"mcpServers": {\n  "s": { "command": "uvx", "args": ["a-server@1.0.0"] }\n}\n```\n';
    expect(await packagesIn("README.md", readme)).toEqual(["PyPI a-server 1.0.0 README.md:5"]);
  });

  test("what a lockfile has beneath counts as direct where a manifest names it", async () => {
    const { packages } = await look({
      "package.json": '{"dependencies": {"a": "^1.0.0"}}',
      "yarn.lock": 'a@^1.0.0:\n  version "1.5.0"\n\nb@^1:\n  version "1.0.0"\n',
    });
    expect(packages).toEqual([
      "npm a (^1.0.0) package.json:1",
      "npm a 1.5.0 yarn.lock:1",
      "npm b 1.0.0 beneath yarn.lock:4",
    ]);
  });
});

describe("names that could be taken for popular ones", () => {
  test.each([
    ["npm", "expresss", "express"],
    ["npm", "loadsh", "lodash"],
    ["npm", "crossenv", "cross-env"],
    ["npm", "react-devtooIs", "react-devtools"],
    ["npm", "@modelcontextprotocoI/server-filesystem", "@modelcontextprotocol/server-filesystem"],
    ["npm", "@modelcontextprotocl/sdk", "@modelcontextprotocol/sdk"],
    ["npm", "modelcontextprotocol-server-filesystem", "@modelcontextprotocol/server-filesystem"],
    ["PyPI", "reqeusts", "requests"],
    ["PyPI", "python-dateutils", "python-dateutil"],
    ["PyPI", "scikitlearn", "scikit-learn"],
    ["PyPI", "0penai", "openai"],
  ] as const)("%s %s", (ecosystem, name, popular) => {
    expect(lookAlikeOf(ecosystem, name)).toBe(popular);
  });

  test.each([
    ["npm", "preact"],
    ["npm", "tslint"],
    ["npm", "@acme/express"],
    ["npm", "@types/express"],
    ["npm", "lodash-es"],
    ["npm", "webpack5"],
    ["PyPI", "djongo"],
    ["PyPI", "types-requests"],
    ["PyPI", "requests-mock"],
    ["PyPI", "urllib2"],
    ["Go", "github.com/expresss/x"],
  ] as const)("%s %s is a name of its own", (ecosystem, name) => {
    expect(lookAlikeOf(ecosystem, name)).toBeNull();
  });

  test("no popular name is taken for another", () => {
    expect(POPULAR_NPM.filter((name) => lookAlikeOf("npm", name) !== null)).toEqual([]);
    expect(POPULAR_PYPI.filter((name) => lookAlikeOf("PyPI", name) !== null)).toEqual([]);
  });

  test("they are findings of severity high where something installs them, with the line", async () => {
    const { findings } = await look({ "SKILL.md": "# S\n\n```sh\npip install reqeusts\n```\n" });
    expect(findings).toMatchObject([
      { ruleId: "packages/look-alike-name", severity: "high", path: "SKILL.md", line: 4, excerpt: "reqeusts" },
    ]);
  });
});

describe("hostile files", () => {
  const NAMES = [
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "requirements.txt",
    "pyproject.toml",
    "uv.lock",
    "Pipfile.lock",
    "go.mod",
    "Cargo.toml",
    "Cargo.lock",
    "Gemfile.lock",
    "composer.lock",
    "server.json",
    "script.py",
    "run.sh",
    "README.md",
    ".mcp.json",
  ];

  test("any text in any of these files is read without a throw", async () => {
    const token = fc.constantFrom(
      '"',
      "'",
      "`",
      "```",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "[[package]]",
      "dependencies",
      "__proto__",
      "constructor",
      "node_modules/",
      "packages",
      "npx ",
      "pip install ",
      "@",
      "==",
      "1.0.0",
      "version",
      "name",
      ":",
      "=",
      ",",
      "# /// script\n",
      "# ///\n",
      "$(",
      "\\",
      "\u0000",
      "😀",
      "\ud800",
      "require (",
      "GEM\n  specs:\n",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NAMES),
        fc.array(fc.oneof(token, fc.string({ maxLength: 12 })), { maxLength: 60 }),
        async (path, parts) => {
          const { packages, findings } = await look({ [path]: parts.join("") });
          expect(packages.length + findings.length).toBeLessThan(200);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("keys that every object has are names like others", async () => {
    const text = '{"dependencies": {"__proto__": "1.0.0", "constructor": "1.0.0", "toString": "^1"}}';
    expect(await packagesIn("package.json", text)).toEqual([
      "npm __proto__ 1.0.0 package.json:1",
      "npm constructor 1.0.0 package.json:1",
      "npm toString (^1) package.json:1",
    ]);
  });

  test("deep nesting and endless lines end at once", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const path of ["package.json", ".mcp.json", "composer.lock"]) expect(await packagesIn(path, deep)).toEqual([]);
    for (const unit of [
      "npx ",
      '"a": {',
      "`npx a`",
      "[[package]]\n",
      "a@1, ",
      "# /// script\n",
      '"command": "npx", "args": [',
      "$(npx ",
    ])
      for (const path of NAMES) await look({ [path]: unit.repeat(Math.ceil(200_000 / unit.length)) });
  }, 60_000);

  test("a lockfile names at most 5,000 packages, and one that is too large says so", async () => {
    const dependencies = Object.fromEntries(Array.from({ length: 6000 }, (_, i) => [`p${i}`, { version: "==1.0" }]));
    const { packages, findings } = await look({ "Pipfile.lock": JSON.stringify({ default: dependencies }) });
    expect(packages).toHaveLength(5000);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(["packages/too-many"]);
    const large = await look({ "yarn.lock": "x".repeat(8 * 2 ** 20 + 1) });
    expect(large.findings.map(({ ruleId }) => ruleId)).toEqual(["packages/unreadable"]);
  });
});
