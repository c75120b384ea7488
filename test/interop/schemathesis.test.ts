import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

// Schemathesis makes requests out of the OpenAPI document, well-formed and not, and holds every answer to it.

const VERSION = "4.32.5";
const HOME = join(import.meta.dir, "../../node_modules/.cache", `schemathesis-${VERSION}`);
const COMMAND = join(HOME, "bin/schemathesis");
const CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,ignored_auth";
/** They end what the run signs in with. */
const ENDS_ACCESS = "^/api/v1/(auth/logout|admin/token-keys/rotate|admin/secrets/rotate)$";

async function run(command: string[]): Promise<{ code: number; output: string }> {
  // It leaves its notes in the working folder.
  const child = Bun.spawn(command, { cwd: tmpdir(), stdout: "pipe", stderr: "pipe", stdin: "ignore" });
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: `${output}${errors}` };
}

async function install(): Promise<void> {
  if (existsSync(COMMAND)) return;
  for (const step of [
    ["python3", "-m", "venv", HOME],
    [join(HOME, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", `schemathesis==${VERSION}`],
  ]) {
    const { code, output } = await run(step);
    if (code !== 0) throw new Error(`${step.join(" ")}: ${output}`);
  }
}

describe("schemathesis over the OpenAPI document", () => {
  onOneMarketplace("finds no answer that the document does not describe", (server) => {
    const check = async (client: Client) => {
      await install();
      const { output } = await run([
        COMMAND,
        "run",
        `${server().url}/openapi.json`,
        "--no-color",
        "--warnings=off",
        "--seed=1",
        "--max-examples=5",
        "--phases=coverage,fuzzing",
        "--continue-on-failure",
        `--checks=${CHECKS}`,
        `--exclude-path-regex=${ENDS_ACCESS}`,
        ...(client.token === null ? [] : ["--header", `Authorization: Bearer ${client.token}`]),
      ]);
      // That it cannot make archives is an error of its own and no failure of the server's.
      const failures = /=+ FAILURES =+\n([\s\S]*?)=+ SUMMARY =+/.exec(output)?.[1] ?? "";
      expect(
        failures
          .split("\n")
          .map((line) => line.slice(0, 300))
          .slice(0, 120)
          .join("\n"),
      ).toBe("");
      expect(output).toMatch(/Test cases:\s+\d{3,} generated/);
      expect(server().complaints).toEqual([]);
    };

    test("for a stranger", () => check(server().stranger));

    test("for somebody with a key", async () => {
      const person = await server().person("tester");
      await publish(server(), person, "tester/tool", "1.0.0", skill("tool"));
      const { data } = await person.api("POST", "/me/api-keys", 201, { json: { name: "fuzz", scopes: ["publish"] } });
      await check(createClient(server().url, data.key, "tester"));
    });

    test("for an administrator", async () => {
      await check(await server().person("boss", "admin"));
    });
  });
});
