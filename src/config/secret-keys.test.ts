import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, loadConfig } from "./load-config.ts";
import { printConfig } from "./print-config.ts";

const folder = mkdtempSync(join(tmpdir(), "marketplace-secret-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [one, two] = [Buffer.alloc(32, 0xfb), Buffer.alloc(32, 2)];
const load = (env: Record<string, string>, toml = "") => {
  const path = join(folder, "marketplace.toml");
  writeFileSync(path, toml, { mode: 0o600 });
  return loadConfig({ cwd: folder, configPath: path, env });
};
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

test("a key is 32 bytes in base64, base64url or hexadecimal, from the file, a variable or a file of its own", () => {
  const forms = [
    one.toString("base64"),
    one.toString("base64url"),
    one.toString("hex"),
    one.toString("hex").toUpperCase(),
  ];
  for (const form of forms) {
    expect(load({ MARKETPLACE_SECRETS_KEY: form }).config.secrets.key).toBe(one.toString("hex"));
    expect(load({}, `[secrets]\nkey = "${form}"\n`).config.secrets.key).toBe(one.toString("hex"));
    const path = file("key", `${form}\n`);
    expect(load({ MARKETPLACE_SECRETS_KEY_FILE: path }).config.secrets.key).toBe(one.toString("hex"));
    expect(load({}, `[secrets]\nkey_file = "${path}"\n`).config.secrets.key).toBe(one.toString("hex"));
  }
  expect(load({}).config.secrets).toEqual({ key: "", previousKeys: [] });
});

test("previous keys are a list: in the file, between commas in a variable, a line each in a file of their own", () => {
  const keys = [one, two].map((key) => key.toString("hex"));
  const path = file("keys", `${one.toString("base64")}\n${two.toString("base64")}\n`);
  const toml = `[secrets]\nkey = "${keys[0]}"\n`;
  expect(load({}, `${toml}previous_keys = ["${keys[0]}", "${keys[1]}"]\n`).config.secrets.previousKeys).toEqual(keys);
  expect(load({ MARKETPLACE_SECRETS_PREVIOUS_KEYS: keys.join(", ") }).config.secrets.previousKeys).toEqual(keys);
  expect(load({}, `${toml}previous_keys_file = "${path}"\n`).config.secrets.previousKeys).toEqual(keys);
  expect(() => load({}, `${toml}previous_keys = [""]\n`)).toThrow(ConfigError);
});

test("neither a right key nor a wrong one is ever shown", () => {
  const text = one.toString("base64");
  const printed = printConfig(load({ MARKETPLACE_SECRETS_KEY: text, MARKETPLACE_SECRETS_PREVIOUS_KEYS: text }));
  expect(printed).not.toContain(text);
  expect(printed).not.toContain(one.toString("hex"));
  for (const wrong of [text.slice(1), `${text}x`, "hunter2", two.toString("hex").slice(2)]) {
    const refused = () => load({ MARKETPLACE_SECRETS_KEY: wrong });
    expect(refused).toThrow("32 random bytes");
    expect(refused).not.toThrow(wrong);
  }
});
