import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { runConfigCommand } from "../commands/config.ts";
import { KEYS } from "./schema.ts";
import { ConfigError, type LoadOptions, loadConfig, printConfig } from "./index.ts";

let root = "";
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "marketplace-config-"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** A fresh working folder, with marketplace.toml when a text is given. */
function folder(toml?: string): string {
  const path = join(root, String(folders++));
  mkdirSync(path);
  if (toml !== undefined) writeFileSync(join(path, "marketplace.toml"), toml, { mode: 0o600 });
  return path;
}

const load = (toml: string | undefined, more: Partial<LoadOptions> = {}) =>
  loadConfig({ cwd: folder(toml), env: {}, ...more });

function problems(toml: string | undefined, more: Partial<LoadOptions> = {}): string[] {
  try {
    load(toml, more);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((line) => line.slice(Math.max(0, line.indexOf("marketplace.toml"))));
  }
  return [];
}

test("without a file the defaults hold, and paths are absolute", () => {
  const cwd = folder();
  const { config, file, sources } = loadConfig({ cwd, env: { PATH: "/bin" } });
  expect(file).toBeNull();
  expect(config.server.listen).toEqual({ hostname: "127.0.0.1", port: 8080 });
  expect(config.server.data).toBe(join(cwd, "data"));
  expect(config.blobs.path).toBe(join(cwd, "data", "blobs"));
  expect(config.limits.archiveBytes).toBe(2 * 2 ** 30);
  expect(config.retention.jobs).toBe(7 * 86_400_000);
  expect([...new Set(sources.values())]).toEqual(["default"]);
});

test("the configuration cannot be changed", () => {
  const { config } = load('[policy]\nlicenses_deny = ["GPL-3.0-only"]\nrules = { "a/b" = "block" }');
  for (const part of [
    config,
    config.server,
    config.server.listen,
    config.server.tls,
    config.policy.licensesDeny,
    config.policy.rules,
  ])
    expect(Object.isFrozen(part)).toBe(true);
});

test("flags win over variables, variables over the file, and each value knows its origin", () => {
  const { config, sources } = load(
    '[server]\nlisten = "1.1.1.1:1"\npublic_url = "https://a.example/"\n[limits]\nfiles = 5',
    {
      env: { MARKETPLACE_SERVER_LISTEN: "2.2.2.2:2", MARKETPLACE_LIMITS_FILES: "6" },
      flags: { "server.listen": "[::1]:3", "server.data": undefined },
    },
  );
  expect(config.server.listen).toEqual({ hostname: "::1", port: 3 });
  expect(config.server.publicUrl).toBe("https://a.example");
  expect(config.limits.files).toBe(6);
  expect(sources.get("server.listen")).toBe("--listen");
  expect(sources.get("limits.files")).toBe("MARKETPLACE_LIMITS_FILES");
  expect(sources.get("server.public_url")).toEndWith("marketplace.toml:3:1");
});

describe("values from TOML and from variables mean the same", () => {
  const scenarios: [string, string, string, unknown][] = [
    ["limits.archive_bytes", '"1.5 GiB"', "1.5 GiB", 1.5 * 2 ** 30],
    ["limits.archive_bytes", "1000", "1000", 1000],
    ["limits.file_bytes", '"2 GB"', "2GB", 2e9],
    ["accounts.session_lifetime", '"1h30m"', "1h30m", 5_400_000],
    ["accounts.session_lifetime", "90", "90", 90_000],
    ["rate_limits.enabled", "false", "false", false],
    ["server.trusted_proxies", '["10.0.0.0/8", "::1"]', "10.0.0.0/8, ::1", ["10.0.0.0/8", "::1/128"]],
    ["server.trusted_proxies", "[]", "", []],
    [
      "policy.rules",
      '{ "a/b" = "block", "c/*" = "ignore" }',
      "a/b=block, c/*=ignore",
      { "a/b": "block", "c/*": "ignore" },
    ],
    ["schedule.gc", '""', "", ""],
    ["schedule.gc", '"0 0 3 * * *"', "0 0 3 * * *", "0 0 3 * * *"],
    ["database.url", '"postgres://u:p@h/d"', "postgres://u:p@h/d", "postgres://u:p@h/d"],
    ["brand.name", '"Ünï 🎉"', "Ünï 🎉", "Ünï 🎉"],
  ];
  test.each(scenarios)("%s = %s", (path, toml, variable, expected) => {
    const placed = KEYS.find((candidate) => candidate.path === path)!;
    const valueIn = ({ config }: { config: unknown }): unknown =>
      path
        .split(".")
        .reduce(
          (node, part) => (node as Record<string, unknown>)[part.replace(/_(.)/g, (_, l) => l.toUpperCase())],
          config,
        );
    expect(valueIn(load(`[${placed.section.join(".")}]\n${placed.name} = ${toml}`))).toEqual(expected);
    expect(valueIn(load(undefined, { env: { [placed.variable]: variable } }))).toEqual(expected);
  });
});

describe("refuses, naming place, key and reason", () => {
  const scenarios: [string, string, string][] = [
    [
      "a misspelt key",
      "\n[limits]\narchive_byte = 1",
      "marketplace.toml:3:1: limits.archive_byte: there is no such key; did you mean limits.archive_bytes?",
    ],
    [
      "a key in the wrong section",
      "[server]\narchive_bytes = 1",
      "marketplace.toml:2:1: server.archive_bytes: there is no such key; did you mean limits.archive_bytes?",
    ],
    [
      "a misspelt section",
      "[limit]\nfiles = 1",
      "marketplace.toml:1:2: limit: there is no such section; did you mean [limits]?",
    ],
    ["nothing near", "[server]\nqwertyuiop = 1", "marketplace.toml:2:1: server.qwertyuiop: there is no such key"],
    [
      "a wrong type",
      '[limits]\nfiles = "many"',
      'marketplace.toml:2:1: limits.files: must be a whole number from 1 to 1000000, not "many"',
    ],
    [
      "an impossible value",
      "limits.files = 0",
      "marketplace.toml:1:8: limits.files: must be a whole number from 1 to 1000000, not 0",
    ],
    [
      "a value for a section",
      "server = 1",
      "marketplace.toml:1:1: server: is a section: write [server] and its keys below",
    ],
    [
      "a section for a value",
      "[server.listen]\na = 1",
      'marketplace.toml:1:9: server.listen: must be HOST:PORT such as "127.0.0.1:8080" or "[::]:8080", not a table',
    ],
    [
      "a choice",
      '[blobs]\nbackend = "ftp"',
      'marketplace.toml:2:1: blobs.backend: must be one of "filesystem", "s3", not "ftp"',
    ],
    [
      "a size",
      '[limits]\nfile_bytes = "5 parsecs"',
      'marketplace.toml:2:1: limits.file_bytes: must be a size such as "512 MiB" or a whole number of bytes, not "5 parsecs"',
    ],
    ["a duration", '[retention]\njobs = "1m"', "marketplace.toml:2:1: retention.jobs: must be at least 1h"],
    [
      "a range",
      '[server]\ntrusted_proxies = ["10.0.0.0/33"]',
      'marketplace.toml:2:1: server.trusted_proxies: "10.0.0.0/33" is not an address range such as "10.0.0.0/8"',
    ],
    [
      "a base URL with a path",
      '[server]\npublic_url = "https://a.example/b"',
      "marketplace.toml:2:1: server.public_url: must be only scheme, host and port, such as https://marketplace.example.org",
    ],
    [
      "a rule's outcome",
      '[policy.rules]\n"a/b" = "block"\n"c/d" = "bloc"',
      'marketplace.toml:3:1: policy.rules: c/d must be one of "ignore", "warn", "review", "block", not "bloc"',
    ],
    ["half a certificate", '[server.tls]\ncert = "a.pem"', "server.tls.key: must be set when server.tls.cert is"],
    ["a syntax error", "[server]\nlisten = 127.0.0.1", "marketplace.toml:2:15: this is not TOML: illegal"],
    [
      "a secret twice",
      '[database]\nurl = "postgres://h/d"\nurl_file = "x"',
      "marketplace.toml:2:1: database.url: url_file is set too; keep one of them",
    ],
    [
      "_file of what is no secret",
      '[server]\nlisten_file = "x"',
      "marketplace.toml:2:1: server.listen_file: there is no such key",
    ],
    [
      "a prototype's name",
      "[server]\nconstructor = 1",
      "marketplace.toml:2:1: server.constructor: there is no such key",
    ],
  ];
  test.each(scenarios)("%s", (_name, toml, expected) => {
    const found = problems(toml);
    expect(found).toHaveLength(1);
    expect(found[0]).toStartWith(expected);
  });

  test("a cron expression that cannot be or never comes", () => {
    for (const expression of ["61 * * * *", "every day", "0 0 30 2 *", "* * *"])
      expect(problems(`[schedule]\ngc = ${JSON.stringify(expression)}`)).toHaveLength(1);
  });

  test("everything at once", () => {
    const found = problems('[server]\nlistn = 1\nlisten = 2\n[brand]\naccent = "red"', {
      env: { MARKETPLACE_LIMITS_FILES: "x" },
    });
    expect(found).toHaveLength(4);
  });

  test("an unknown variable, naming the nearest", () => {
    expect(problems(undefined, { env: { MARKETPLACE_SERVER_LISTN: "1" } })).toEqual([
      "MARKETPLACE_SERVER_LISTN: there is no such variable; did you mean MARKETPLACE_SERVER_LISTEN?",
    ]);
    expect(
      problems(undefined, {
        env: { MARKETPLACE_URL: "u", MARKETPLACE_TOKEN: "t", MARKETPLACE_ADMIN_PASSWORD_FILE: "f" },
      }),
    ).toEqual([]);
  });

  test("a named file that is not there, is a folder or is not text", () => {
    const cwd = folder();
    writeFileSync(join(cwd, "latin1.toml"), Buffer.from([0x23, 0xe9]));
    for (const configPath of ["none.toml", ".", "latin1.toml"])
      expect(problems(undefined, { cwd, configPath })).toHaveLength(1);
  });
});

test("the file is looked for in the working folder, then in the data folder, then around it", () => {
  const cwd = folder();
  const data = join(folder(), "data");
  mkdirSync(data);
  const found = () => loadConfig({ cwd, env: {}, flags: { "server.data": data } });
  writeFileSync(join(data, "..", "marketplace.toml"), "");
  expect(found().file).toBe(join(data, "..", "marketplace.toml"));
  chmodSync(join(data, ".."), 0o777);
  expect(found()).toMatchObject({ file: null, warnings: [expect.stringContaining("everyone may write")] });
  writeFileSync(join(data, "marketplace.toml"), "");
  expect(found().file).toBe(join(data, "marketplace.toml"));
  writeFileSync(join(cwd, "marketplace.toml"), "");
  expect(found().file).toBe(join(cwd, "marketplace.toml"));
});

describe("secrets", () => {
  const secret = "postgres://u:hunter2@h/d";

  test("come from files named in the file or the environment, without the line end", () => {
    const cwd = folder('[database]\nurl_file = "url"');
    writeFileSync(join(cwd, "url"), `${secret}\n`, { mode: 0o600 });
    const fromFile = loadConfig({ cwd, env: {} });
    expect(fromFile.config.database.url).toBe(secret);
    expect(fromFile.warnings).toEqual([]);
    chmodSync(join(cwd, "url"), 0o644);
    const fromVariable = loadConfig({ cwd, env: { MARKETPLACE_DATABASE_URL_FILE: join(cwd, "url") } });
    expect(fromVariable.config.database.url).toBe(secret);
    expect(fromVariable.warnings).toEqual([expect.stringContaining("can be read by everyone")]);
    expect(
      problems(undefined, { env: { MARKETPLACE_DATABASE_URL_FILE: "f", MARKETPLACE_DATABASE_URL: "u://" } })[0],
    ).toContain("keep one of them");
    expect(problems(undefined, { env: { MARKETPLACE_DATABASE_URL_FILE: "/none" } })[0]).toContain("cannot read /none");
  });

  test("are told apart in a file that everyone may read", () => {
    const cwd = folder(`[database]\nurl = "${secret}"`);
    chmodSync(join(cwd, "marketplace.toml"), 0o644);
    expect(loadConfig({ cwd, env: {} }).warnings).toEqual([expect.stringContaining("holds secrets")]);
  });

  test("appear neither in what is printed nor in any problem", () => {
    const every = KEYS.filter(({ key }) => key.secret);
    const wrong = Object.fromEntries(every.map(({ variable }) => [variable, "hunter2\u0007"]));
    expect(problems(undefined, { env: wrong }).join()).not.toContain("hunter2");
    expect(problems('[database]\nurl = "hunter2\n', {}).join()).not.toContain("hunter2");
    // Long enough for a token, and 32 bytes of base64 for a key.
    const value = `${"hunter2".repeat(6)}A=`;
    const right = Object.fromEntries(
      every.map(({ path, variable }) => [variable, path === "database.url" ? secret : value]),
    );
    for (const json of [true, false]) {
      let output = "";
      const write = (text: string): void => {
        output += text;
      };
      expect(
        runConfigCommand({ action: "print", json, load: { cwd: folder(), env: right }, out: write, err: write }),
      ).toBe(0);
      expect(output).not.toContain("hunter2");
      expect(output.match(/\(hidden\)/g)).toHaveLength(every.length);
    }
  });
});

test("what is printed is TOML that means the same", () => {
  const first = load(
    '[server]\nlisten = "[::1]:99"\n[policy]\nrules = { "a/b" = "block" }\nlicenses_allow = ["MIT"]\n[accounts]\nsession_lifetime = 5400',
    {},
  );
  const printed = printConfig(first);
  parse(printed);
  expect(load(printed).config).toEqual(first.config);
  expect(printed).toMatch(/listen = "\[::1\]:99" {2}# .*marketplace\.toml:2:1/);
});

test("config check answers 0 or 1 and says why", () => {
  const check = (toml: string): [number, string] => {
    let output = "";
    const write = (text: string): void => {
      output += text;
    };
    return [
      runConfigCommand({ action: "check", json: false, load: { cwd: folder(toml), env: {} }, out: write, err: write }),
      output,
    ];
  };
  expect(check("[server]")).toEqual([0, expect.stringContaining(": ok")]);
  expect(check("[servr]")).toEqual([1, expect.stringContaining("did you mean [server]?")]);
});

describe("sections of chosen names", () => {
  const oidc = '[oidc.my-sso]\nissuer = "https://sso.example.org"\nclient_id = "a"\n';

  test("the file and the environment name them, and say more about one another's", () => {
    const env = {
      MARKETPLACE_OIDC_MY_SSO_CLIENT_SECRET: "from the environment",
      MARKETPLACE_OIDC_GITHUB_KIND: "github",
      MARKETPLACE_OIDC_GITHUB_CLIENT_ID: "b",
    };
    const { config, sources } = load(`${oidc}[oidc.my-sso.groups]\n"a, b = c" = "acme:member"\n`, { env });
    expect(Object.keys(config.oidc)).toEqual(["github", "my-sso"]);
    expect(config.oidc["my-sso"]).toMatchObject({
      clientId: "a",
      clientSecret: "from the environment",
      trustEmail: false,
    });
    expect(config.oidc["my-sso"]!.groups["a, b = c"]).toEqual(["acme:member"]);
    expect(config.oidc["github"]).toMatchObject({ kind: "github", clientId: "b", createAccounts: "registration" });
    expect(sources.get("oidc.my-sso.client_secret")).toBe("MARKETPLACE_OIDC_MY_SSO_CLIENT_SECRET");
    expect(Object.isFrozen(config.oidc)).toBe(true);
  });

  test("their secrets come from files, and `config print` hides them", () => {
    const cwd = folder(`${oidc}client_secret_file = "secret"\n`);
    writeFileSync(join(cwd, "secret"), "hush-hush\n", { mode: 0o600 });
    const loaded = loadConfig({ cwd, env: {} });
    expect(loaded.config.oidc["my-sso"]!.clientSecret).toBe("hush-hush");
    expect(printConfig(loaded)).toContain("[oidc.my-sso]");
    expect(printConfig(loaded)).not.toContain("hush");
  });

  test("what is wrong in them is named", () => {
    expect(problems(`${oidc}client_idd = "x"\n`)[0]).toContain("did you mean oidc.my-sso.client_id?");
    expect(problems("[oidc.manual]\nissuer = 'https://a.example'\n")[0]).toContain("is not a name for a section");
    expect(problems("[oidc.__proto__]\nissuer = 'https://a.example'\n").join()).toMatch(/not a name|not TOML/);
    expect(problems("[oidc.empty]\n")[0]).toContain("is empty");
    expect(problems("[oidc]\nissuer = 'https://a.example'\n")[0]).toContain("oidc.issuer");
    expect(problems('[oidc.a]\nclient_id = "x"\n')[0]).toContain("oidc.a.issuer: must be set");
    expect(problems('[oidc.a]\nclient_id = "x"\nissuer = "http://a.example"\n')[0]).toContain("https://");
    expect(problems(`${oidc}groups = { a = "acme:king" }\n`)[0]).toContain("groups");
    expect(problems(undefined, { env: { MARKETPLACE_OIDC_A_COLOUR: "x" } })[0]).toContain("no such variable");
    expect(problems("[accounts]\npassword_login = false\n")[0]).toContain("password_login");
    expect(problems("[scim]\ntoken = 'short'\n")[0]).toContain("scim.token");
  });
});
