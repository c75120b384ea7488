import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { commandLine } from "../support/command-line.ts";
import { type Client, type Json, judged, onOneMarketplace } from "../support/marketplace.ts";
import { startMeddler } from "../support/meddler.ts";
import { type Files, skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const agent: Files = {
  "AGENT.md": "---\nname: pilot\ndescription: Flies the plane.\n---\nYou fly.\n",
  "marketplace.toml": '[asset]\nlicense = "MIT"\n[dependencies]\n"ivy/map" = "^1.0"\n"ivy/greeting" = "*"\n',
};
const prompt: Files = { "greeting.prompt.md": "---\ndescription: Greets.\n---\nSay hello.\n" };
const calendar: Files = {
  "server.json": JSON.stringify({
    name: "org.example/calendar",
    description: "Holidays.",
    version: "1.0.0",
    packages: [
      {
        registryType: "npm",
        identifier: "@example/calendar",
        version: "1.0.0",
        transport: { type: "stdio" },
        environmentVariables: [{ name: "CALENDAR_TOKEN", isRequired: true }],
      },
    ],
  }),
};

onOneMarketplace("install", (server) => {
  let ivy: Client;
  beforeAll(async () => {
    ivy = await server().person("ivy");
    const publish = async (ref: string, version: string, files: Files) => {
      expect((await ivy.put(ref, version, files)).status).toBe(201);
      expect((await judged(ivy, ref, version)).verdict).toBe("passed");
    };
    const map = (body: string) => skill("map", { body, files: { "scripts/draw.sh": "#!/bin/sh\necho map\n" } });
    await publish("ivy/map", "1.0.0", map("# Map one\n"));
    await publish("ivy/map", "1.1.0", map("# Map one point one\n"));
    await publish("ivy/map", "2.0.0", map("# Map two\n"));
    await publish("ivy/greeting", "1.0.0", prompt);
    await publish("ivy/pilot", "1.0.0", agent);
    await publish("ivy/calendar", "1.0.0", calendar);
  }, 60_000);

  /** A person with an empty project in their home folder. */
  function project() {
    const line = commandLine({ MARKETPLACE_URL: server().url });
    const root = join(line.home, "project");
    mkdirSync(root);
    const run = (...args: string[]) => line.run(args, { cwd: root });
    const read = (path: string) => readFileSync(join(root, path), "utf8");
    const write = (path: string, text: string) => {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const lock = (): Json => JSON.parse(read("marketplace.lock"));
    const files = () =>
      (readdirSync(root, { recursive: true, withFileTypes: true }) as unknown as Json[])
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .sort();
    return { ...line, root, run, read, write, lock, files };
  }

  test("brings what an asset needs, where each agent reads it, and again changes nothing", async () => {
    const { run, read, lock, files, root } = project();
    const first = await run("install", "ivy/pilot", "--agent", "claude-code");
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("+ ivy/map@1.1.0  .claude/skills/map") });
    expect(files()).toEqual([
      ".claude/agents/pilot.md",
      ".claude/commands/greeting.md",
      ".claude/skills/map/SKILL.md",
      ".claude/skills/map/scripts/draw.sh",
      "marketplace.lock",
    ]);
    expect(read(".claude/skills/map/SKILL.md")).toContain("# Map one point one");
    expect(lock().assets["ivy/map"]).toMatchObject({ version: "1.1.0", range: null, kind: "skill" });
    expect(lock().assets["ivy/pilot"]).toMatchObject({ range: "*", dependencies: { "ivy/map": "^1.0" } });
    const text = read("marketplace.lock");
    expect(text).toEndWith("}\n");
    const when = statSync(join(root, ".claude/skills/map/SKILL.md")).mtimeMs;
    expect(await run("install", "ivy/pilot", "--agent", "claude-code")).toMatchObject({ code: 0, stdout: "" });
    expect(statSync(join(root, ".claude/skills/map/SKILL.md")).mtimeMs).toBe(when);
    expect(read("marketplace.lock")).toBe(text);
    expect((await run("verify")).stdout).toBe("ok ivy/greeting@1.0.0\nok ivy/map@1.1.0\nok ivy/pilot@1.0.0\n");
  });

  test.each([
    [
      "codex",
      [".agents/skills/map/SKILL.md", ".codex/agents/pilot.toml", ".marketplace/ivy/greeting/greeting.prompt.md"],
    ],
    ["cursor", [".cursor/skills/map/SKILL.md", ".cursor/agents/pilot.md", ".cursor/commands/greeting.md"]],
    ["vscode", [".github/skills/map/SKILL.md", ".github/agents/pilot.agent.md", ".github/prompts/greeting.prompt.md"]],
    ["opencode", [".opencode/skills/map/SKILL.md", ".opencode/agents/pilot.md", ".opencode/commands/greeting.md"]],
  ])("knows the folders of %s", async (name, paths) => {
    const { run, files } = project();
    expect((await run("install", "ivy/pilot", "--agent", name)).code).toBe(0);
    expect(files()).toEqual(expect.arrayContaining(paths));
  });

  test("without an agent it is a folder by name; --dir says which", async () => {
    const { run, files, home } = project();
    await run("install", "ivy/greeting");
    expect(files()).toEqual([".marketplace/ivy/greeting/greeting.prompt.md", "marketplace.lock"]);
    await run("install", "ivy/calendar", "--dir", "vendor");
    expect(files()).toContain("vendor/ivy/calendar/server.json");
    const elsewhere = join(home, "elsewhere");
    await run("install", "ivy/calendar", "--dir", elsewhere);
    expect(readdirSync(elsewhere).sort()).toEqual(["ivy", "marketplace.lock"]);
  });

  test("a user's own installation lies below their home folder, wherever that is", async () => {
    const { run, home, files } = project();
    expect((await run("install", "ivy/map@1.0.0", "--scope", "user", "--agent", "claude-code")).code).toBe(0);
    expect(readFileSync(join(home, ".claude/skills/map/SKILL.md"), "utf8")).toContain("# Map one\n");
    expect(existsSync(join(home, ".marketplace/marketplace.lock"))).toBe(true);
    expect(files()).toEqual([]);
    expect((await run("list", "--scope", "user")).stdout).toContain("ivy/map");
  });

  test("ci brings another machine to the same bytes, and a frozen lockfile does not move", async () => {
    const one = project();
    await one.run("install", "ivy/map@^1.0", "--agent", "claude-code");
    const two = project();
    expect(await two.run("ci")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("There is no marketplace.lock"),
    });
    expect(await two.run("install", "ivy/map", "--frozen-lockfile")).toMatchObject({ code: 1 });
    two.write("marketplace.lock", one.read("marketplace.lock"));
    expect(await two.run("ci")).toMatchObject({ code: 0 });
    expect(two.files()).toEqual(one.files());
    expect(two.read("marketplace.lock")).toBe(one.read("marketplace.lock"));
    for (const refused of [["ivy/map@2.0.0"], ["ivy/greeting"], ["ivy/map", "--agent", "codex"]]) {
      const result = await two.run("install", ...refused, "--frozen-lockfile");
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("lockfile is frozen") });
    }
    expect(await two.run("install", "ivy/map@1.1.0", "--frozen-lockfile")).toMatchObject({ code: 0 });
    expect(two.read("marketplace.lock")).toBe(one.read("marketplace.lock"));
  });

  test("outdated tells what update does, and update keeps to what was asked for", async () => {
    const { run, lock, json, root } = project();
    await run("install", "ivy/map@1.0.0");
    const old = async () => JSON.parse((await run("outdated", "--json")).stdout) as Json;
    expect(await old()).toEqual([{ ref: "ivy/map", current: "1.0.0", wanted: "1.0.0", latest: "2.0.0" }]);
    await run("update");
    expect(lock().assets["ivy/map"].version).toBe("1.0.0");
    await run("update", "ivy/map@^1");
    expect(lock().assets["ivy/map"]).toMatchObject({ version: "1.1.0", range: ">=1.0.0 <2.0.0-0" });
    await run("install", "ivy/map");
    expect(lock().assets["ivy/map"].version).toBe("2.0.0");
    const refused = await run("install", "ivy/pilot");
    expect(refused).toMatchObject({ code: 0 });
    // The agent needs ^1: what was asked for earlier moves within its range, because nothing else fits.
    expect(lock().assets["ivy/map"].version).toBe("1.1.0");
    expect(await run("install", "ivy/map@2.0.0")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ivy/pilot@1.0.0 → ivy/map@^1.0"),
    });
    expect(lock().assets["ivy/map"].version).toBe("1.1.0");
    expect(await json(["audit", "--dir", root])).toMatchObject({ ok: true });
  });

  test("what a person changed stays: refused, then overwritten with --force", async () => {
    const { run, read, write, lock } = project();
    await run("install", "ivy/map@1.0.0", "--agent", "claude-code");
    const path = ".claude/skills/map/SKILL.md";
    write(path, "mine");
    write(".claude/skills/map/notes.md", "my notes");
    expect(await run("install", "ivy/map@1.1.0")).toMatchObject({ code: 1, stderr: expect.stringContaining(path) });
    expect(read(path)).toBe("mine");
    expect(lock().assets["ivy/map"].version).toBe("1.0.0");
    expect(await run("install", "ivy/map@1.0.0")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("your changes stay"),
    });
    expect(await run("ci")).toMatchObject({ code: 1 });
    expect(await run("verify")).toMatchObject({ code: 1, stdout: expect.stringContaining(`${path} was changed`) });
    expect(await run("install", "ivy/map@1.1.0", "--force")).toMatchObject({ code: 0 });
    expect(read(path)).toContain("# Map one point one");
    expect(read(".claude/skills/map/notes.md")).toBe("my notes");
    expect(await run("verify")).toMatchObject({ code: 0, stderr: expect.stringContaining("notes.md was added") });
  });

  test("a missing file is brought back, a foreign folder is not replaced, a link is not followed", async () => {
    const { run, read, write, root, home } = project();
    await run("install", "ivy/map@1.0.0", "--agent", "claude-code");
    rmSync(join(root, ".claude/skills/map/SKILL.md"));
    expect(await run("ci")).toMatchObject({ code: 0 });
    expect(read(".claude/skills/map/SKILL.md")).toContain("# Map one\n");
    write(".claude/commands/greeting.md", "not yours");
    expect(await run("install", "ivy/greeting", "--agent", "claude-code")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("was not installed from here"),
    });
    expect(read(".claude/commands/greeting.md")).toBe("not yours");
    const outside = join(home, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(root, ".cursor"));
    expect(await run("install", "ivy/map", "--agent", "cursor")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("leads out of"),
    });
    expect(readdirSync(outside)).toEqual([]);
  });

  test("remove takes what nothing needs any more, and leaves a person's own work", async () => {
    const { run, write, files } = project();
    await run("install", "ivy/pilot", "ivy/greeting", "--agent", "claude-code");
    write(".claude/skills/map/notes.md", "my notes");
    expect(await run("remove", "ivy/map")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("needed by ivy/pilot"),
    });
    const removed = await run("remove", "ivy/pilot");
    expect(removed).toMatchObject({ code: 0, stdout: "- ivy/map@1.1.0\n- ivy/pilot@1.0.0\n" });
    expect(removed.stderr).toContain(".claude/skills/map/notes.md");
    expect(files()).toEqual([".claude/commands/greeting.md", ".claude/skills/map/notes.md", "marketplace.lock"]);
    expect(await run("remove", "ivy/pilot")).toMatchObject({ code: 1 });
  });

  test("an MCP server joins the settings that are there, and leaves without a trace", async () => {
    const { run, read, write } = project();
    const json = '{\n    // ours\n    "mcpServers": { "mine": { "command": "mine" } },\n    "other": [1.5, 2]\n}\n';
    const toml = 'model = "x" # keep\n\n[mcp_servers.mine]\ncommand = "mine"\n';
    write(".cursor/mcp.json", json);
    write(".codex/config.toml", toml);
    const agents = ["cursor", "codex", "claude-code"].flatMap((name) => ["--agent", name]);
    const installed = await run("install", "ivy/calendar", ...agents);
    expect(installed).toMatchObject({ code: 0, stderr: expect.stringContaining("CALENDAR_TOKEN") });
    expect(read(".cursor/mcp.json")).toContain("// ours");
    expect(JSON.parse(read(".mcp.json")).mcpServers.calendar).toEqual({
      type: "stdio",
      command: "npx",
      args: ["-y", "@example/calendar@1.0.0"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Claude Code's own placeholder
      env: { CALENDAR_TOKEN: "${CALENDAR_TOKEN}" },
    });
    const codex = Bun.TOML.parse(read(".codex/config.toml")) as Json;
    expect(codex).toMatchObject({
      model: "x",
      mcp_servers: { mine: { command: "mine" }, calendar: { command: "npx" } },
    });
    expect(await run("verify")).toMatchObject({ code: 0 });
    write(".mcp.json", read(".mcp.json").replace("@example/calendar@1.0.0", "@evil/calendar"));
    expect(await run("verify")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(".mcp.json (calendar) was changed"),
    });
    expect(await run("remove", "ivy/calendar", "--force")).toMatchObject({ code: 0 });
    expect(read(".codex/config.toml")).toBe(toml);
    expect(JSON.parse(read(".cursor/mcp.json").replace("// ours", ""))).toEqual(
      JSON.parse(json.replace("// ours", "")),
    );
  });

  test("a server of the same name, or settings that are no JSON, are left alone", async () => {
    const { run, read, write, files } = project();
    write(".mcp.json", '{"mcpServers":{"calendar":{"command":"mine"}}}');
    expect(await run("install", "ivy/calendar", "--agent", "claude-code", "--force")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("that marketplace did not write"),
    });
    write(".mcp.json", "{ broken");
    expect(await run("install", "ivy/calendar", "--agent", "claude-code")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not valid JSON"),
    });
    expect(read(".mcp.json")).toBe("{ broken");
    expect(files()).toEqual([".mcp.json"]);
  });

  test("two at once in one folder take turns; a dead one's lock is nobody's", async () => {
    const { run, lock, write } = project();
    write(
      ".marketplace/.state/lock",
      JSON.stringify({ pid: 2 ** 22 + 1, host: (await import("node:os")).hostname(), token: "x" }),
    );
    const both = await Promise.all([
      run("install", "ivy/map@1.0.0"),
      run("install", "ivy/greeting"),
      run("install", "ivy/calendar"),
    ]);
    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(Object.keys(lock().assets)).toEqual(["ivy/calendar", "ivy/greeting", "ivy/map"]);
    expect(await run("verify")).toMatchObject({ code: 0 });
  });

  test("killed while it downloads, it leaves the old version, and the next run goes through", async () => {
    const { run, read, home, root, files } = project();
    await run("install", "ivy/map@1.0.0", "--agent", "claude-code");
    const before = files();
    const reached = Promise.withResolvers<void>();
    const meddler = startMeddler(server().url, (path, response) => {
      if (!path.endsWith("/download")) return undefined;
      reached.resolve();
      // Half of the archive, and then nothing more.
      const half = new ReadableStream({
        async start(controller) {
          controller.enqueue(new Uint8Array(await response.arrayBuffer()).subarray(0, 100));
        },
      });
      return new Response(half, { headers: response.headers });
    });
    const main = join(import.meta.dir, "../../src/main.ts");
    const child = Bun.spawn([process.execPath, main, "install", "ivy/map@2.0.0", "--url", meddler.url], {
      cwd: root,
      env: { PATH: process.env["PATH"] ?? "", HOME: home },
      stdout: "ignore",
      stderr: "ignore",
    });
    await reached.promise;
    child.kill("SIGKILL");
    await child.exited;
    await meddler.stop();
    expect(read(".claude/skills/map/SKILL.md")).toContain("# Map one\n");
    expect(await run("install", "ivy/map@2.0.0")).toMatchObject({ code: 0 });
    expect(read(".claude/skills/map/SKILL.md")).toContain("# Map two");
    expect(files()).toEqual(before);
  });

  test("words that make no sense are told apart from failures", async () => {
    const { run } = project();
    for (const words of [
      ["install", "nonsense"],
      ["install", "ivy/map", "--agent", "emacs"],
      ["remove"],
      ["ci", "ivy/map"],
    ])
      expect(await run(...words)).toMatchObject({ code: 2, stdout: "" });
    expect(await run("install", "ivy/none")).toMatchObject({ code: 1, stderr: expect.stringContaining("ivy/none") });
    expect(await run("install", "ivy/map@9.9.9")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Available: 2.0.0"),
    });
  });
});
