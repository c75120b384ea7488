import { expect, test } from "bun:test";
import { createLicencePolicyScanner } from "./licence-policy.ts";
import { briefly, scanWith, targetOf } from "./target.fixture.ts";

const judged = async (license: string | null, allow: string[], deny: string[]) =>
  briefly(await scanWith(createLicencePolicyScanner({ allow, deny }), targetOf({}, { license })));

test.each<[string | null, string[], string[], string[]]>([
  [null, [], [], ["missing info"]],
  [null, ["MIT"], [], ["missing high"]],
  ["MIT", [], [], []],
  ["mit", ["MIT"], [], []],
  ["GPL-3.0-only", ["MIT", "Apache-2.0"], [], ["not-allowed high"]],
  ["GPL-3.0-only", [], ["GPL-*"], ["denied critical"]],
  ["GPL-2.0+", [], ["GPL-2.0"], ["denied critical"]],
  ["MIT OR GPL-3.0-only", [], ["GPL-*"], []],
  ["MIT AND GPL-3.0-only", [], ["GPL-*"], ["denied critical"]],
  ["MIT OR GPL-3.0-only", ["MIT"], [], []],
  ["MIT AND Apache-2.0", ["MIT"], [], ["not-allowed high"]],
  ["(MIT AND Apache-2.0)", ["MIT", "Apache-2.0"], [], []],
  ["MIT AND (ISC OR GPL-3.0-only)", [], ["GPL-*"], []],
  ["CC-BY-NC-4.0", [], [], ["limited-use info"]],
  ["LicenseRef-llama3", [], [], ["limited-use info"]],
])("%s under allow %p, deny %p", async (license, allow, deny, expected) => {
  expect(await judged(license, allow, deny)).toEqual(expected);
});

test("another policy is another version", () => {
  const versions = [[], ["MIT"]].map((allow) => createLicencePolicyScanner({ allow, deny: [] }).version);
  expect(new Set(versions).size).toBe(2);
});

const MIT = `MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software.
The above copyright notice and this permission notice shall be included in all copies.\n`;
const AGPL = "GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n";

test.each<[string, string, Record<string, string>, string[]]>([
  ["the same text", "MIT", { LICENSE: MIT }, []],
  ["another text", "MIT", { LICENSE: AGPL }, ["text-disagrees medium LICENSE"]],
  ["one of two texts", "MIT OR AGPL-3.0-only", { LICENSE: AGPL, "LICENSE-MIT": MIT }, []],
  ["a part's text in a folder", "MIT", { "vendor/x/LICENSE": AGPL }, []],
  [
    "another package.json",
    "MIT",
    { "package.json": '{"license": "GPL-3.0"}' },
    ["metadata-disagrees low package.json"],
  ],
  ["an old package.json", "MIT", { "package.json": '{"license": {"type": "MIT"}}' }, []],
  [
    "pyproject.toml",
    "MIT",
    { "pyproject.toml": '[project]\nname = "x"\nlicense = { text = "Apache-2.0" }\n' },
    ["metadata-disagrees low pyproject.toml"],
  ],
  ["Cargo.toml", "MIT OR Apache-2.0", { "Cargo.toml": '[package]\nlicense = "MIT OR Apache-2.0"\n' }, []],
  [
    "a model card",
    "MIT",
    { "README.md": "---\nlicense: cc-by-nc-4.0\n---\n# Card\n" },
    ["metadata-disagrees low README.md"],
  ],
  ["a header", "MIT", { "a.py": "# SPDX-License-Identifier: GPL-3.0-or-later\n" }, ["header-disagrees low a.py:1"]],
  [
    "a mild header",
    "MIT",
    { "a.py": "#!/usr/bin/python\n# SPDX-License-Identifier: BSD-3-Clause\n" },
    ["header-disagrees info a.py:2"],
  ],
  [
    "broken metadata",
    "MIT",
    { "package.json": "{", "pyproject.toml": "= =", "README.md": "---\nlicense: [\n---\n" },
    [],
  ],
])("files beside the declaration: %s", async (_name, license, files, expected) => {
  const scanner = createLicencePolicyScanner({ allow: [], deny: [] });
  expect(briefly(await scanWith(scanner, targetOf(files, { license })))).toEqual(expected);
});

test("what the policy denies is not let in under another name", async () => {
  const scanner = createLicencePolicyScanner({ allow: [], deny: ["AGPL-*"] });
  const target = targetOf(
    { LICENSE: AGPL, "x/a.py": "# SPDX-License-Identifier: AGPL-3.0-only\n" },
    { license: "MIT" },
  );
  expect(briefly(await scanWith(scanner, target))).toEqual([
    "denied-within high LICENSE",
    "denied-within high x/a.py:1",
  ]);
});
