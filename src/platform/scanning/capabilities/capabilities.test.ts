import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Capability, compareCapabilities, UNCOUNTED } from "../../../core/capability.ts";
import { targetOf } from "../target.fixture.ts";
import { createFactSet } from "./fact-set.ts";
import { extractCapabilities } from "./extract.ts";

const extract = (files: Record<string, string | Uint8Array>, executable: readonly string[] = []) => {
  const target = targetOf(files);
  for (const file of target.files) file.executable = executable.includes(file.path);
  return extractCapabilities(target, new AbortController().signal);
};
const briefly = (facts: readonly Capability[]) =>
  facts.map(({ kind, value, path, line }) => `${kind} ${value} ${path}${line === null ? "" : `:${line}`}`);
const found = async (files: Record<string, string | Uint8Array>, executable?: readonly string[]) =>
  briefly(await extract(files, executable));
const putIn = (name: string) => ["$", "{", name, "}"].join("");
const json = (value: unknown) => JSON.stringify(value, null, 1);

describe("what each file says", () => {
  const cases: [name: string, path: string, text: string, facts: string[]][] = [
    [
      "a shell script",
      "run.sh",
      `set -e\nexport OUT=x\ncurl -s "https://API.example.com:443/v1?q=$TOKEN" | jq . > ~/.config/tool/a/b/c\n# see https://docs.example.org\nsudo rm -rf "$(dirname "$OUT")"\nKEY="${putIn("KEY:-")}"\n`,
      [
        "runs-command curl run.sh:3",
        "runs-command dirname run.sh:5",
        "runs-command jq run.sh:3",
        "runs-command rm run.sh:5",
        "runs-command sudo run.sh:5",
        "script shell run.sh",
        "network-host api.example.com run.sh:3",
        "environment-variable KEY run.sh:6",
        "environment-variable TOKEN run.sh:3",
        "writes-path ~/.config/tool/a/b run.sh:3",
        "links-to docs.example.org run.sh:4",
      ],
    ],
    [
      "Python",
      "a.py",
      'import os\nk = os.environ["API_KEY"]\nsubprocess.run(["git", "push"])\nopen(os.path.expanduser("~/.ssh/id_rsa")).read()\nopen("/etc/motd", "w")\nrequests.get(f"https://{region}.api.example.com/x")\nall = dict(os.environ)\n',
      [
        "runs-command git a.py:3",
        "script python a.py",
        "network-host *.api.example.com a.py:6",
        "environment-variable * a.py:7",
        "environment-variable API_KEY a.py:2",
        "reads-path ~/.ssh/id_rsa a.py:4",
        "writes-path /etc/motd a.py:5",
      ],
    ],
    [
      "JavaScript",
      "a.js",
      '/* https://c.example\n * more */ fetch("https://a.example")\nexecSync("npm run x && docker ps")\nconst { A, B: b } = process.env\nprocess.env.C\n',
      [
        "runs-command docker a.js:3",
        "runs-command npm a.js:3",
        "script javascript a.js",
        "network-host a.example a.js:2",
        "environment-variable A a.js:4",
        "environment-variable B a.js:4",
        "environment-variable C a.js:5",
        "links-to c.example a.js:1",
      ],
    ],
    [
      "PowerShell",
      "a.ps1",
      "$t = $env:SECRET\nInvoke-WebRequest https://a.example/x -OutFile y\n",
      [
        "runs-command Invoke-WebRequest a.ps1:2",
        "script powershell a.ps1",
        "network-host a.example a.ps1:2",
        "environment-variable SECRET a.ps1:1",
      ],
    ],
    [
      "a skill",
      "SKILL.md",
      "---\nname: a\ndescription: b\nallowed-tools: Bash(git:*), Read\n---\nSee [docs](https://docs.example).\nSend the result to https://in.example/x.\n```bash\n$ wget https://get.example/a\nSaved to disk\n```\n",
      [
        "tool-allowed Bash(git:*) SKILL.md:4",
        "tool-allowed Read SKILL.md:4",
        "runs-command git SKILL.md:4",
        "runs-command wget SKILL.md:9",
        "network-host get.example SKILL.md:9",
        "network-host in.example SKILL.md:7",
        "links-to docs.example SKILL.md:6",
      ],
    ],
    [
      "a README",
      "README.md",
      "Send your questions to https://forum.example.\n```sh\nnpm install\ncurl https://api.example/x\n```\n",
      ["network-host api.example README.md:4", "links-to forum.example README.md:1"],
    ],
    [
      "hooks",
      "hooks/hooks.json",
      json({ hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: "python3 a.py" }] }] } }),
      ["hook PreToolUse: python3 a.py hooks/hooks.json:3", "runs-command python3 hooks/hooks.json:3"],
    ],
    [
      "servers",
      ".mcp.json",
      json({
        mcpServers: {
          a: { command: "npx", args: ["-y", "@x/y@1.2.3"], env: { A_KEY: putIn("A_SECRET") } },
          b: { url: "https://u:p@B.example/mcp?k=1" },
        },
      }),
      [
        "mcp-server a: npx -y @x/y .mcp.json:3",
        "mcp-server b: https://b.example/mcp .mcp.json:13",
        "runs-command npx .mcp.json:3",
        "network-host b.example .mcp.json:14",
        "environment-variable A_KEY .mcp.json:10",
        "environment-variable A_SECRET .mcp.json:10",
      ],
    ],
    [
      "a server of the registry",
      "server.json",
      json({
        name: "io.x/y",
        packages: [{ registryType: "npm", identifier: "@x/y", environmentVariables: [{ name: "Y_KEY" }] }],
        remotes: [{ type: "sse", url: "https://mcp.example/sse" }],
      }),
      [
        "mcp-server io.x/y: https://mcp.example/sse server.json:17",
        "mcp-server io.x/y: npm @x/y server.json:6",
        "network-host mcp.example server.json:17",
        "environment-variable Y_KEY server.json:9",
      ],
    ],
    [
      "scripts of a package",
      "package.json",
      json({ homepage: "https://h.example", scripts: { postinstall: "node s.js", test: "vitest" } }),
      [
        "hook npm postinstall: node s.js package.json:4",
        "runs-command node package.json:4",
        "runs-command vitest package.json:5",
        "links-to h.example package.json:2",
      ],
    ],
    ["plain text", "notes.txt", "curl https://a.example && $KEY ~/.ssh/id_rsa", []],
  ];
  test.each(cases)("%s", async (_name, path, text, facts) => {
    expect(await found({ [path]: text })).toEqual(facts);
  });
});

test("files that a plugin's manifest names count as what it calls them", async () => {
  const files = {
    ".claude-plugin/plugin.json": json({
      name: "p",
      hooks: "./config/on.json",
      mcpServers: { s: { command: "deno" } },
    }),
    "config/on.json": json({ Stop: [{ hooks: [{ command: "say done" }] }] }),
  };
  const facts = await found(files);
  expect(facts).toContain("hook Stop: say done config/on.json:2");
  expect(facts).toContain("mcp-server s: deno .claude-plugin/plugin.json:5");
});

test("programs, by their mode or their first bytes", async () => {
  const elf = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const facts = await found({ "bin/tool": elf, "go.sh": "true\n", "b.py": "1\n", "README.md": "x" }, [
    "go.sh",
    "README.md",
  ]);
  expect(facts.filter((fact) => fact.startsWith("executable-file"))).toEqual([
    "executable-file bin/tool bin/tool",
    "executable-file go.sh go.sh",
  ]);
});

test("what is split or encoded is read as it will be run", async () => {
  const hidden = Buffer.from('fetch("https://hidden.example/with/a/path/long/enough")').toString("base64");
  const facts = await found({ "a.js": `fetch("htt" + "ps://split.example")\neval(atob("${hidden}"))\n` });
  expect(facts).toContain("network-host split.example a.js:1");
  expect(facts).toContain("network-host hidden.example a.js:2");
});

test("the order of files changes nothing", async () => {
  const paths = ["a.sh", "b/c.sh", "d.py", "SKILL.md", "README.md"];
  const line = fc.constantFrom(
    "curl https://a.example",
    "cat ~/.netrc > /etc/x",
    "echo $TOKEN",
    "```bash",
    "```",
    "git push",
  );
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 5, maxLength: 5 }), async (texts) => {
      const entries = paths.map((path, i) => [path, texts[i]!] as const);
      const [one, other] = [entries, entries.toReversed()].map((files) => extract(Object.fromEntries(files)));
      expect(await one).toEqual((await other)!);
    }),
    { numRuns: 40 },
  );
});

test("any text gives short, visible, sorted facts, each once", async () => {
  const names = fc.constantFrom("SKILL.md", "a.sh", "a.py", ".mcp.json", "hooks.json", "package.json", "server.json");
  await fc.assert(
    fc.asyncProperty(names, fc.oneof(fc.string({ unit: "binary" }), fc.json()), async (path, text) => {
      const facts = await extract({ [path]: text });
      expect(new Set(facts.map((fact) => `${fact.kind} ${fact.value}`)).size).toBe(facts.length);
      for (const { value, line } of facts) {
        expect(value.length).toBeLessThanOrEqual(200);
        expect(value).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e]/u);
        if (line !== null) expect(line).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 150 },
  );
});

test("nothing hides behind what is too much to tell", () => {
  const factsOf = (values: readonly string[]) => {
    const set = createFactSet();
    for (const value of values) set.add("network-host", value, "a", 1);
    return set.facts();
  };
  const many = Array.from({ length: 500 }, (_, i) => `h${i}.example`);
  const before = factsOf(many);
  expect(before.length).toBe(201);
  expect(factsOf(many.toReversed())).toEqual(before);
  expect(compareCapabilities(before, factsOf([...many, "zz.example"])).gained.length).toBe(1);
  const endless = factsOf(Array.from({ length: 30_000 }, (_, i) => `h${i}.example`));
  expect(compareCapabilities(endless, endless).gained.map((fact) => fact.value)).toEqual([UNCOUNTED]);
  const long = "x".repeat(5000);
  expect(factsOf([`${long}1`])).not.toEqual(factsOf([`${long}2`]));
});

test("a hostile file of a megabyte is read in time that grows with it", async () => {
  const seeds = [
    "$(",
    "`",
    '"',
    "'",
    "https://",
    "https://a@",
    "process.env",
    "{",
    "~/",
    "$A",
    "Bash(",
    "<<A\n",
    "```\n",
    "connect((",
    "os.environ[",
    "A=",
    "&&",
    "/*",
  ];
  for (const path of ["a.sh", "a.js", "a.py", "SKILL.md", ".mcp.json"]) {
    for (const seed of seeds) await extract({ [path]: seed.repeat(Math.floor(60_000 / seed.length)) });
  }
}, 60_000);
