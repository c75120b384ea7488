import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse as parseToml, stringify as stringifyToml } from "smol-toml";
import { findEntry, writeEntry } from "./settings-file.ts";

const value = { command: "npx", args: ["-y", "x"], env: { A: "1" } };

describe("JSON", () => {
  test("comments, order and spelling of others stay", () => {
    const text =
      '// mine\n{\n\t"z": 1, // why\n\t"mcpServers": {\n\t\t"a": { "command": "a" },\n\t},\n\t"b": [1.50],\n}\n';
    const added = writeEntry("mcp.json", text, "mcpServers", "new", value);
    for (const part of ["// mine\n", '\t"z": 1, // why\n', '"b": [1.50]']) expect(added).toContain(part);
    expect(findEntry("mcp.json", added, "new")).toEqual({ container: "mcpServers", value });
    expect(findEntry("mcp.json", writeEntry("mcp.json", added, "mcpServers", "new", undefined), "new")).toBeNull();
  });

  test("an empty file becomes one, a broken or odd one is refused", () => {
    expect(JSON.parse(writeEntry("a.json", "", "servers", "x", value))).toEqual({ servers: { x: value } });
    for (const text of ["{", "[]", '"x"', '{"servers": []}', '{"servers": "x"}', '{"a":1}}'])
      expect(() => writeEntry("a.json", text, "servers", "x", value)).toThrow("cannot be changed");
  });

  test("whatever is in it stays, and taking out undoes putting in", () => {
    const name = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }),
        name,
        fc.constantFrom(undefined, 2, "\t"),
        (others, servers, entry, indent) => {
          fc.pre(!Object.hasOwn(servers, entry) && !Object.hasOwn(others, "mcpServers"));
          fc.pre(!Object.hasOwn(others, "__proto__") && !Object.hasOwn(servers, "__proto__"));
          const before = { ...others, mcpServers: servers };
          const added = writeEntry("x.json", JSON.stringify(before, null, indent), "mcpServers", entry, value);
          expect(JSON.parse(added)).toEqual(
            JSON.parse(JSON.stringify({ ...others, mcpServers: { ...servers, [entry]: value } })),
          );
          const removed = writeEntry("x.json", added, "mcpServers", entry, undefined);
          expect(JSON.parse(removed)).toEqual(JSON.parse(JSON.stringify(before)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("TOML", () => {
  test("others' bytes stay, and taking out restores the file", () => {
    const texts = ["", 'model = "x"\n', '# c\nmodel = "x" # d\n\n[mcp_servers.mine]\ncommand = "m"\n', "[a]\nb = 1"];
    for (const text of texts) {
      const added = writeEntry("c.toml", text, "mcp_servers", "new", value);
      expect(added).toStartWith(text.trimEnd());
      expect(parseToml(added)["mcp_servers"]).toMatchObject({ new: value });
      const changed = writeEntry("c.toml", added, "mcp_servers", "new", { command: "b" });
      expect(findEntry("c.toml", changed, "new")?.value).toEqual({ command: "b" });
      expect(writeEntry("c.toml", changed, "mcp_servers", "new", undefined).trim()).toBe(text.trim());
    }
  });

  test("a table of that name that somebody else wrote is refused, and so is what is no TOML", () => {
    const theirs = stringifyToml({ mcp_servers: { new: { command: "theirs" } } });
    for (const text of [theirs, "mcp_servers = {}\n", "mcp_servers.new.command = 'x'\n", "= broken"])
      expect(() => writeEntry("c.toml", text, "mcp_servers", "new", value)).toThrow("cannot be changed");
  });
});
