import { expect, setDefaultTimeout, test } from "bun:test";
import { join, resolve } from "node:path";
import { zipOf } from "../../src/platform/scanning/target.fixture.ts";
import { commandLine } from "../support/command-line.ts";
import { onOneMarketplace, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const osv = (id: string, name: string): string =>
  JSON.stringify({
    id,
    modified: "2026-01-01T00:00:00Z",
    summary: `Something is wrong with ${name}`,
    affected: [
      {
        package: { ecosystem: "npm", name },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
      },
    ],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
  });

onOneMarketplace("advisories at the command line", (server) => {
  const quiet = { MARKETPLACE_ACCOUNTS_ARGON2_MEMORY: "8 MiB", MARKETPLACE_ACCOUNTS_ARGON2_ITERATIONS: "1" };

  test("a file is imported beside a running server, which matches it; audit names what it touches", async () => {
    const max = await server().person("max");
    const files = { ...skill("tool"), "package.json": '{"dependencies": {"left-wing": "1.0.0"}}' };
    await publish(server(), max, "max/tool", "1.0.0", files);
    const line = commandLine({ ...quiet, MARKETPLACE_URL: server().url });
    expect((await line.run(["install", "max/tool"])).code).toBe(0);
    expect((await line.run(["audit"])).stdout).toBe("");

    const folder = line.folder("osv", {
      "all.zip": zipOf([
        { name: "GHSA-1111.json", bytes: Buffer.from(osv("GHSA-1111", "left-wing")) },
        { name: "broken.json", bytes: Buffer.from("{") },
      ]),
      "own.json": JSON.stringify({
        summary: "It leaks",
        affected: [{ package: { ecosystem: "marketplace", name: "max/tool" }, versions: ["1.0.0"] }],
      }),
    });
    const data = ["--data", server().data];
    // From source, the server's pages find their JSX by the folder that the command runs in.
    const cwd = resolve(import.meta.dir, "../..");
    const admin = (...words: string[]) => line.run(["admin", "advisories", ...words, ...data], { cwd });
    const imported = await admin("import", join(folder, "all.zip"));
    expect(imported).toMatchObject({ code: 0, stdout: "1 new or changed, 0 unchanged, 1 skipped.\n" });
    expect(imported.stderr).toContain("skipped: broken.json is not valid JSON.");
    const again = JSON.parse((await admin("import", join(folder, "all.zip"), "--json")).stdout);
    expect(again).toMatchObject({ status: "done", changed: 0, unchanged: 1 });
    await until("the version to be touched", async () => {
      const found = (await max.api("GET", "/assets/max/tool/versions/1.0.0", 200)).data.advisories;
      return found.length > 0;
    });
    expect(await line.run(["audit"])).toMatchObject({
      code: 0,
      stdout: "note max/tool@1.0.0: GHSA-1111 (critical) touches left-wing 1.0.0; mended in 2.0.0\n",
    });

    const { id } = JSON.parse((await admin("add", join(folder, "own.json"), "--json")).stdout);
    expect(id).toMatch(/^MKT-\d{4}-0001$/);
    const listed = await admin("list");
    expect(listed.stdout).toContain("GHSA-1111");
    expect(listed.stdout).toContain(id);
    expect((await admin("withdraw", id)).stdout).toBe(`Withdrew ${id}.\n`);
    expect((await admin("withdraw", "GHSA-1111")).code).toBe(1);
    expect((await admin("import", "https://example.org/x.zip")).code).toBe(1);
    expect((await admin("import", "no-such-file")).code).toBe(2);
  });
});
