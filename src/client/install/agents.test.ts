import { expect, test } from "bun:test";
import { join } from "node:path";
import { AGENTS } from "./agents.ts";

test("the guide to installing names every folder of every agent", async () => {
  const guide = await Bun.file(join(import.meta.dir, "../../../docs/installing.md")).text();
  for (const [name, { project }] of Object.entries(AGENTS)) {
    const row = guide.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
    const paths = [project.skills, project.plugins, project.agents?.folder, project.prompts?.folder, project.mcp?.path];
    for (const path of paths) if (path !== undefined) expect(row).toContain(`\`${path}`);
  }
});
