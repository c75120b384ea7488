import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable, run, startServer } from "../support/executable.ts";

// An administrator's own YARA rules in the compiled executable.

const root = mkdtempSync(join(tmpdir(), "marketplace-rules-"));
const rules = join(root, "rules");
const env = { MARKETPLACE_SCANNING_RULES_PATH: rules };
const rule = (name: string) => `rule ${name} {\n  strings:\n    $a = "xyzzy"\n  condition:\n    $a\n}\n`;

beforeAll(async () => {
  await executable();
  await Bun.write(join(rules, "a-b.yar"), rule("magic"));
  // Another file may define a rule of the same name, also where both names read alike.
  await Bun.write(join(rules, "a_b.yara"), rule("magic"));
  await Bun.write(join(rules, "notes.txt"), "not a rule");
}, 120_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("rules that compile let the server start, and doctor says so", async () => {
  const data = join(root, "data");
  const server = await startServer({ data: mkdtempSync(`${data}-`), env });
  const { stdout } = await run(["doctor", "--quick", "--json", "--data", server.data], { env });
  await server.stop();
  expect(JSON.parse(stdout).checks).toContainEqual(
    expect.objectContaining({ name: "scan-rules", status: "ok", summary: `2 rule files in ${rules} compile` }),
  );
}, 60_000);

test("a broken rule stops the start with file, line and reason", async () => {
  writeFileSync(join(rules, "broken.yar"), 'rule broken {\n  strings:\n    $a = "x"\n  condition:\n    $b\n}\n');
  const refused = startServer({ data: mkdtempSync(join(root, "refused-")), env });
  await expect(refused).rejects.toThrow(`${join(rules, "broken.yar")}:5:5: unknown pattern`);
  rmSync(join(rules, "broken.yar"));
}, 60_000);

test("a folder that is not there stops the start", async () => {
  const gone = { MARKETPLACE_SCANNING_RULES_PATH: join(root, "gone") };
  const refused = startServer({ data: mkdtempSync(join(root, "refused-")), env: gone });
  await expect(refused).rejects.toThrow("cannot be read (ENOENT)");
}, 60_000);
