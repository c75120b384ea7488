import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, run, type RunningServer, type RunOptions, startServer } from "../../../test/support/executable.ts";

const PASSWORD = "a rather long password";
let server: RunningServer;
let folder: string;

const admin = (words: string, options: RunOptions = {}) =>
  run(["admin", ...words.split(" "), "--data", server.data], options);

const signIn = async (username: string, password: string): Promise<number> => {
  const answer = await fetch(`${server.url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  await answer.body?.cancel();
  return answer.status;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "marketplace-admin-"));
  server = await startServer();
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("accounts, beside the server that runs", () => {
  test("are made with a password from standard input, and sign in at once", async () => {
    const made = await admin("user create bea --email bea@example.com", { stdin: `${PASSWORD}\n` });
    expect(made).toMatchObject({ code: 0, stdout: "" });
    expect(await signIn("bea", PASSWORD)).toBe(200);
  });

  test("are made with a password from a file, with a role", async () => {
    const file = join(folder, "password");
    writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
    const words = `user create cy --email cy@example.com --role moderator --json --password-file ${file}`;
    expect(JSON.parse((await admin(words)).stdout)).toMatchObject({ username: "cy", role: "moderator" });
    expect(await signIn("cy", PASSWORD)).toBe(200);
  });

  test("are listed", async () => {
    const { stdout } = await admin("user list --json");
    const users = JSON.parse(stdout) as { username: string; role: string; status: string }[];
    expect(users.map(({ username, role, status }) => `${username} ${role} ${status}`).sort()).toEqual([
      "ada admin active",
      "bea user active",
      "cy moderator active",
    ]);
    expect((await admin("user list")).stdout).toContain("bea@example.com");
  });

  test("are disabled, enabled, given a password and a role", async () => {
    expect((await admin("user disable bea")).code).toBe(0);
    expect(await signIn("bea", PASSWORD)).toBe(401);
    expect((await admin("user enable bea")).code).toBe(0);
    const other = "another long password";
    expect((await admin("user reset-password bea", { stdin: `${other}\n` })).code).toBe(0);
    expect(await signIn("bea", PASSWORD)).toBe(401);
    expect(await signIn("bea", other)).toBe(200);
    expect((await admin("user set-role bea admin")).code).toBe(0);
    expect((await admin("user list --json")).stdout).toMatch(/"bea",\s*"email": "bea@example.com",\s*"role": "admin"/);
    expect((await admin("user set-role bea user")).code).toBe(0);
  });

  test.each([
    ["user create ada --email other@example.com", 1, 'The name "ada" is taken.'],
    ["user create Bad_Name --email x@example.com", 1, "username: use"],
    ["user create dan --email dan@example.com --role king", 2, '"king" is no role'],
    ["user create dan", 2, "Give --email"],
    ["user disable nobody", 1, "There is no such user"],
    [`user disable ${ADMIN.username}`, 1, "the last administrator"],
    ["user set-role bea", 2, "Name a person and a role"],
    ["user reset-password bea extra", 2, "One a user name at a time"],
    ["user show nobody", 1, "There is no such user"],
    ["user create dan --email dan@example.com --link --password-file x", 2, "not both"],
  ])("admin %s ends with %d", async (words, code, message) => {
    const result = await admin(words, { stdin: `${PASSWORD}\n` });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe("");
  });

  test("are not made with an empty password", async () => {
    const result = await admin("user create eve --email eve@example.com");
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect((await admin("user list")).stdout).not.toContain("eve");
  });
});

describe("accounts, from afar", () => {
  const afar = (token: string) => (words: string) =>
    run(["admin", "user", ...words.split(" "), "--url", server.url, "--token", token]);
  const call = async (method: string, path: string, token: string | null, json: unknown) => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        "Content-Type": "application/json",
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(json),
    });
    return ((await response.json()) as { data: Record<string, string> }).data;
  };

  test("are made, shown, changed, signed out and disabled with the token of a sign-in", async () => {
    const { access_token: token } = await call("POST", "/auth/login", null, ADMIN);
    const user = afar(token!);
    const made = JSON.parse((await user("create far --email far@example.com --link --json")).stdout);
    expect(made).toMatchObject({
      username: "far",
      role: "user",
      link: expect.stringContaining("/reset-password?token="),
    });
    const again = await user("reset-password far --link");
    expect(again.stdout).toContain("/reset-password?token=");
    const secret = new URL(again.stdout.trim()).searchParams.get("token");
    await fetch(`${server.url}/api/v1/auth/reset-password`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: secret, password: PASSWORD }),
    });
    expect(await signIn("far", PASSWORD)).toBe(200);
    expect(JSON.parse((await user("show far --json")).stdout)).toMatchObject({ programs: 1, two_factor: false });
    expect((await user("show far")).stdout).toMatch(/^programs +1$/m);
    expect((await user("sign-out far")).code).toBe(0);
    expect(JSON.parse((await user("show far --json")).stdout)).toMatchObject({ programs: 0 });
    expect((await user("set-role far moderator")).code).toBe(0);
    const found = JSON.parse((await user("list --search FAR@ --role moderator --json")).stdout);
    expect(found.map(({ username }: { username: string }) => username)).toEqual(["far"]);
    expect((await user("disable far")).code).toBe(0);
    expect(await signIn("far", PASSWORD)).toBe(401);
    expect((await user("enable far")).code).toBe(0);
    expect((await user("show nobody")).code).toBe(1);
    expect((await user("reset-password far")).code).toBe(2);
  }, 60_000);

  test("are read, but not changed, with an API key; and not by others", async () => {
    const { access_token: token } = await call("POST", "/auth/login", null, ADMIN);
    const { key } = await call("POST", "/me/api-keys", token!, { name: "far", scopes: ["read", "admin"] });
    const user = afar(key!);
    expect((await user("list")).stdout).toContain("ada");
    const refused = await user("set-role ada user");
    expect([refused.code, refused.stdout]).toEqual([4, ""]);
    expect(refused.stderr).toContain("An API key can never do this");
    expect(refused.stderr).toContain(`marketplace login --url ${server.url}`);
    expect((await admin("user create plain --email plain@example.com", { stdin: `${PASSWORD}\n` })).code).toBe(0);
    const plain = await call("POST", "/auth/login", null, { username: "plain", password: PASSWORD });
    expect((await afar(plain["access_token"]!)("list")).code).toBe(4);
  }, 60_000);
});

describe("the audit log", () => {
  test("tells what commands did and who ran them, is exported, and verified on the server and from afar", async () => {
    expect((await admin("user create zoe --email zoe@example.com", { stdin: `${PASSWORD}\n` })).code).toBe(0);
    expect(await signIn("zoe", "not her password")).toBe(401);
    const listed = await admin("audit list --actor system --action user.created --json");
    const made = JSON.parse(listed.stdout) as {
      actor: { via: string };
      subject: { name: string };
      user_agent: string;
    }[];
    expect(made.map(({ actor, subject }) => `${actor.via} ${subject.name}`)).toContain("command zoe");
    expect(made[0]?.user_agent).toContain("@");
    const lines = (await admin("audit export --outcome failure")).stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).action)).toContain("password.refused");
    const login = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(ADMIN),
    });
    const token = ((await login.json()) as { data: { access_token: string } }).data.access_token;
    const afar = ["--url", server.url, "--token", token];
    expect((await run(["admin", "audit", "list", ...afar])).stdout).toContain("user.created");
    expect((await run(["admin", "audit", "export", "--format", "csv", ...afar])).stdout).toStartWith("seq,time,action");
    const verified = await run(["admin", "audit", "verify", "--json", ...afar]);
    expect(verified.code).toBe(0);
    const { ok, head } = JSON.parse(verified.stdout) as { ok: boolean; head: string };
    expect(ok).toBe(true);
    expect((await admin(`audit verify --anchor ${head}`)).code).toBe(0);
    const forged = await admin(`audit verify --anchor ${head.split(":")[0]}:${"0".repeat(64)}`);
    expect(forged.code).toBe(1);
    expect(forged.stdout).toContain(`WRONG at ${head.split(":")[0]}`);
    expect((await admin("audit verify --anchor nonsense")).code).not.toBe(0);
  }, 60_000);
});

describe("scans and jobs", () => {
  test("a scan is asked for from outside, and the server runs it", async () => {
    const skill = "---\nname: greeter\ndescription: Greets people by name, kindly.\n---\n# Greeter\n";
    const archive = await new Bun.Archive({ "SKILL.md": skill }, { compress: "gzip" }).bytes();
    const login = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(ADMIN),
    });
    const { access_token } = ((await login.json()) as { data: { access_token: string } }).data;
    const headers = { Authorization: `Bearer ${access_token}` };
    const url = `${server.url}/api/v1/assets/ada/greeter/versions/1.0.0`;
    const put = {
      method: "PUT",
      headers: { ...headers, "Content-Type": "application/gzip" },
      body: archive as BodyInit,
    };
    expect((await fetch(url, put)).status).toBe(201);
    const scans = async (): Promise<{ status: string }[]> =>
      ((await (await fetch(`${url}/scans`, { headers })).json()) as { data: { status: string }[] }).data;
    const completed = async (count: number): Promise<void> => {
      const limit = Date.now() + 20_000;
      while ((await scans()).filter((scan) => scan.status === "completed").length < count) {
        if (Date.now() > limit) throw new Error(`There are not ${count} completed scans: ${server.output()}`);
        await Bun.sleep(25);
      }
    };
    await completed(1);
    expect(JSON.parse((await admin("scan ada/greeter@1.0.0 --json")).stdout)).toEqual({ requested: 1 });
    await completed(2);
    expect(JSON.parse((await admin("scan --all --json")).stdout)).toEqual({ requested: 1 });
    await completed(3);
    expect(JSON.parse((await admin("scan --outdated --json")).stdout)).toEqual({ requested: 0 });
    expect((await admin("scan ada/greeter")).code).toBe(2);
    expect((await admin("scan ada/nothing@1.0.0")).code).toBe(1);
    const { jobs, total } = JSON.parse((await admin("jobs list --kind compliance.scan-version --json")).stdout);
    // The publication's and the one asked for; scans of everything wait in a queue of their own.
    expect(total).toBe(2);
    expect(jobs[0]).toMatchObject({ kind: "compliance.scan-version", lastError: null });
  }, 60_000);

  test("jobs that did not fail are not tried again", async () => {
    expect(JSON.parse((await admin("jobs retry --all --json")).stdout)).toEqual({ retried: 0 });
    expect((await admin("jobs retry nothing")).code).toBe(1);
    expect((await admin("jobs list --status lost")).code).toBe(2);
  });
});

describe("keys", () => {
  const login = async (): Promise<string> => {
    const answer = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(ADMIN),
    });
    return ((await answer.json()) as { data: { access_token: string } }).data.access_token;
  };
  const whoAmI = async (token: string): Promise<number> => {
    const answer = await fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } });
    await answer.body?.cancel();
    return answer.status;
  };

  test("that sign tokens are replaced, and with --revoke every token ends at once", async () => {
    const token = await login();
    expect(JSON.parse((await admin("tokens rotate --json")).stdout).keys).toHaveLength(2);
    expect(await whoAmI(token)).toBe(200);
    expect(await admin("tokens rotate --revoke")).toMatchObject({ code: 0, stdout: "" });
    expect(await whoAmI(token)).toBe(401);
    const trail = JSON.parse((await admin("tokens rotate --json")).stdout).keys as { state: string }[];
    expect(trail.map(({ state }) => state)).toEqual(["next", "signing"]);
  }, 60_000);

  test("that seal secrets are listed and replaced; a server with another one does not start", async () => {
    const { keys, outdated, lost } = JSON.parse((await admin("secrets list --json")).stdout);
    expect([keys.length, outdated, lost]).toEqual([1, 0, 0]);
    expect((await admin("secrets list")).stdout).toContain("token_keys.private_jwk");
    expect((await admin("secrets rotate")).stdout).toStartWith("Sealed 0 anew");
    const old = readFileSync(join(server.data, "secrets.key"), "utf8").trim();
    const other = Buffer.alloc(32, 1).toString("base64");
    const copy = join(folder, "copy");
    cpSync(server.data, copy, { recursive: true });
    rmSync(join(copy, "secrets.key"));
    const words = ["secrets", "list", "--data", copy];
    const wrong = await run(["admin", ...words], { env: { MARKETPLACE_SECRETS_KEY: other } });
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain("sealed with another key");
    expect((await run(["admin", ...words])).stderr).toContain("sealed with a key that is not here");
    const env = { MARKETPLACE_SECRETS_KEY: other, MARKETPLACE_SECRETS_PREVIOUS_KEYS: old };
    const rotated = await run(["admin", "secrets", "rotate", "--data", copy], { env });
    expect(rotated.stdout).toMatch(/^Sealed [1-9]\d* anew/);
    expect((await run(["admin", ...words], { env: { MARKETPLACE_SECRETS_KEY: other } })).code).toBe(0);
  }, 60_000);
});

describe("small commands", () => {
  test("migrate has nothing to do after the server, and all of it in a new folder", async () => {
    expect(JSON.parse((await run(["migrate", "--data", server.data, "--json"])).stdout)).toEqual({ applied: [] });
    const { applied } = JSON.parse((await run(["migrate", "--data", join(folder, "new"), "--json"])).stdout);
    expect(applied[0]).toBe("0001_accounts");
  });

  test("config check and print", async () => {
    const file = join(folder, "marketplace.toml");
    writeFileSync(file, '[server]\nlisten = "127.0.0.1:9"\n');
    expect(await run(["config", "check", "--config", file])).toMatchObject({ code: 0, stdout: `${file}: ok\n` });
    expect((await run(["config", "print", "--config", file])).stdout).toContain('listen = "127.0.0.1:9"');
    writeFileSync(file, "[server]\nlissten = 1\n");
    const wrong = await run(["config", "check", "--config", file]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("listen");
  });

  test.each(["bash", "zsh", "fish"])("completion for %s knows commands and options", async (shell) => {
    const { code, stdout } = await run(["completion", shell]);
    expect(code).toBe(0);
    for (const word of ["doctor", "reset-password", "password-file", "publish"]) expect(stdout).toContain(word);
  });

  test("the completion works in bash", async () => {
    const { stdout } = await run(["completion", "bash"]);
    const complete = async (...words: string[]): Promise<string[]> => {
      const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")})\nCOMP_CWORD=${words.length - 1}\n_marketplace\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await new Response(Bun.spawn(["bash", "-c", script]).stdout).text()).trim().split("\n");
    };
    expect(await complete("marketplace", "doc")).toEqual(["doctor"]);
    expect((await complete("marketplace", "admin", "user", "re")).sort()).toEqual([
      "reset-password",
      "reset-two-factor",
    ]);
    expect(await complete("marketplace", "admin", "user", "create", "--pass")).toEqual(["--password-file"]);
  });
});
