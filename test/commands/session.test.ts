import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../support/command-line.ts";
import { type Json, onOneMarketplace, publish } from "../support/marketplace.ts";
import { freePort } from "../support/ports.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

onOneMarketplace("signing in", (server) => {
  test("with a token from standard input, kept for this user and this server alone", async () => {
    const { token } = await server().person("anna");
    const { run, home } = commandLine();
    const { url } = server();
    expect(await run(["login", "--url", url, "--with-token"], { stdin: `${token}\n` })).toMatchObject({ code: 0 });
    const path = join(home, ".config/marketplace/credentials.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, ".config/marketplace")).mode & 0o777).toBe(0o700);
    // The only server there is needs no naming.
    expect(await run(["whoami"])).toMatchObject({ code: 0, stdout: "anna\n" });
    const other = await run(["whoami", "--url", "http://localhost:1"]);
    expect(other).toMatchObject({ code: 4, stderr: expect.stringContaining("not signed in to http://localhost:1") });
    expect(await run(["logout"])).toMatchObject({ code: 0 });
    expect(readFileSync(path, "utf8")).not.toContain(token!);
    expect(await run(["whoami", "--url", url])).toMatchObject({
      code: 4,
      stderr: `marketplace: You are not signed in to ${url}. Run "marketplace login --url ${url}".\n`,
    });
  });

  test("a token that is none is not kept", async () => {
    const { run, home } = commandLine({ MARKETPLACE_URL: server().url });
    expect(await run(["login", "--with-token"], { stdin: `mkt_${"x".repeat(40)}` })).toMatchObject({ code: 4 });
    expect(await run(["login", "--with-token"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no token"),
    });
    expect(await Bun.file(join(home, ".config/marketplace/credentials.json")).exists()).toBe(false);
    const asked = await run(["whoami", "--token", "nonsense"]);
    expect(asked).toMatchObject({ code: 4, stdout: "" });
    expect(asked.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("says which server it lacks, and what a damaged file is", async () => {
    const { run, folder } = commandLine();
    expect(await run(["search", "x"])).toMatchObject({ code: 1, stderr: expect.stringContaining("MARKETPLACE_URL") });
    folder(".config/marketplace", { "credentials.json": "{" });
    expect(await run(["search", "x"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("credentials.json is damaged"),
    });
    expect(await run(["search", "x", "--url", "localhost"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("http://127.0.0.1:8080"),
    });
  });
});

onOneMarketplace("reading and release control", (server) => {
  const line = () => commandLine({ MARKETPLACE_URL: server().url });
  beforeAll(async () => {
    const ben = await server().person("ben");
    await publish(server(), ben, "ben/tides", "1.0.0", skill("tides", { description: "Computes tides 潮汐." }));
    await publish(server(), ben, "ben/tides", "1.1.0", skill("tides", { body: "# Better\n" }));
  });

  test("search, info and versions are for people and for programs", async () => {
    const { run, json } = line();
    const found = await run(["search", "tides"]);
    expect(found).toMatchObject({ code: 0, stderr: "1 found.\n" });
    expect(found.stdout).toMatch(/^NAME +KIND +VERSION.*\nben\/tides +skill +1\.1\.0/);
    expect(await json(["search", "tides", "--type", "skill", "--sort", "recent"])).toMatchObject({
      data: [{ ref: "ben/tides" }],
      meta: { total: 1 },
    });
    expect(await run(["search", "nothing-like-it"])).toMatchObject({ code: 0, stdout: "" });
    expect(await run(["search", "x", "--limit", "1000"])).toMatchObject({ code: 2 });
    expect(await json(["info", "ben/tides@1.0.0"])).toMatchObject({ version: { version: "1.0.0" } });
    const { stdout: shown } = await run(["info", "ben/tides"]);
    expect(shown).toContain("channels    latest → 1.1.0");
    expect(shown).toContain("trust       Checked; not signed");
    expect(shown).toMatch(/checked {5}(\d+) of \1 scanners, .*0 notes/);
    expect(shown).toContain("reviewed    by no person");
    expect((await json<Json>(["versions", "ben/tides"])).data.map((version: Json) => version.version)).toEqual([
      "1.1.0",
      "1.0.0",
    ]);
    expect(await run(["info", "ben/none"])).toMatchObject({ code: 1, stderr: expect.stringContaining("ben/none") });
    expect(await run(["info", "tides"])).toMatchObject({ code: 2, stderr: expect.stringContaining("namespace/name") });
  });

  test("strangers are told to sign in, others that they may not", async () => {
    expect(await line().run(["yank", "ben/tides@1.1.0"])).toMatchObject({ code: 4, stdout: "" });
    const { token } = await server().person("mallory");
    expect(await line().run(["yank", "ben/tides@1.1.0", "--token", token!])).toMatchObject({ code: 4, stdout: "" });
    expect(await line().json(["info", "ben/tides"])).toMatchObject({ version: { version: "1.1.0" } });
  });

  test("yank, channels and deprecation, and back", async () => {
    const cleo = await server().person("cleo");
    for (const version of ["1.0.0", "2.0.0"])
      await publish(server(), cleo, "cleo/moon", version, skill("moon", { body: version }));
    const { run, json } = commandLine({ MARKETPLACE_URL: server().url, MARKETPLACE_TOKEN: cleo.token! });
    const channels = async () => (await json<Json>(["info", "cleo/moon"])).asset.channels;
    expect(await json(["yank", "cleo/moon@2.0.0", "--reason", "wrong"])).toMatchObject({
      yanked: true,
      yank_reason: "wrong",
    });
    expect(await channels()).toEqual({ latest: "1.0.0" });
    expect(await json(["yank", "cleo/moon@2.0.0", "--undo"])).toMatchObject({ yanked: false });
    await json(["channel", "set", "cleo/moon@1.0.0", "prod"]);
    expect(await channels()).toEqual({ latest: "2.0.0", prod: "1.0.0" });
    await json(["channel", "remove", "cleo/moon", "prod"]);
    expect(await channels()).toEqual({ latest: "2.0.0" });
    expect(await json(["deprecate", "cleo/moon", "--reason", "Use the sun."])).toMatchObject({ status: "deprecated" });
    expect((await run(["info", "cleo/moon"])).stdout).toContain("deprecated: Use the sun.");
    expect(await json(["deprecate", "cleo/moon", "--undo"])).toMatchObject({ status: "published" });
    expect(await run(["yank", "cleo/moon"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Name a version"),
    });
  });

  test("keys are registered, listed, used and revoked", async () => {
    const dora = await server().person("dora");
    await publish(server(), dora, "dora/sun", "1.0.0", skill("sun"));
    const { run, json, home } = commandLine({ MARKETPLACE_URL: server().url, MARKETPLACE_TOKEN: dora.token! });
    const { fingerprint, path } = await json<Json>(["keys", "generate", "--name", "one"]);
    expect(path).toBe(join(home, ".config/marketplace/keys/one.pem"));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await run(["keys", "generate", "--name", "one"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("already"),
    });
    const { digest } = (await json<Json>(["info", "dora/sun"])).version;
    expect(await json(["sign", `dora/sun@${digest}`])).toMatchObject({ version: "1.0.0", digest, fingerprint });
    expect((await json<Json>(["info", "dora/sun"])).version.signature.fingerprint).toBe(fingerprint);
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
    const spki = Buffer.from(await crypto.subtle.exportKey("spki", pair.publicKey)).toString("base64");
    await Bun.write(join(home, "public.pem"), `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`);
    await json(["keys", "add", "public.pem", "--name", "two"]);
    expect((await run(["keys", "list"])).stdout).toMatch(
      /one +valid +yes +SHA256:\S+\ntwo +valid +SHA256:|two +valid +SHA256:\S+\none +valid +yes/,
    );
    await json(["keys", "revoke", fingerprint, "--reason", "lost"]);
    expect(await run(["sign", "dora/sun@1.0.0"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("revoked"),
    });
    expect(await run(["keys", "revoke", "nothing"])).toMatchObject({ code: 1 });
    expect(await run(["keys", "add", "AAAA"])).toMatchObject({ code: 1, stderr: expect.stringContaining("Ed25519") });
  });
});

describe("a server that is not what it should be", () => {
  const asked: (string | null)[] = [];
  const evil = "\u001b]0;pwned\u0007\u009b31m\u202e\r\nfake";
  let server: ReturnType<typeof Bun.serve>;
  let elsewhere: ReturnType<typeof Bun.serve>;
  beforeAll(() => {
    elsewhere = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        asked.push(request.headers.get("Authorization"));
        return Response.json({ data: { username: "thief" } });
      },
    });
    server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        const { pathname } = new URL(request.url);
        if (pathname.endsWith("/search")) {
          const hit = { ref: `a/${evil}`, type: evil, version: evil, signed: true, description: evil };
          return Response.json({ data: [hit], meta: { page: 1, per_page: 20, total: 1, total_pages: 1 } });
        }
        if (pathname.endsWith("/me")) return Response.redirect(`${elsewhere.url.origin}/api/v1/me`, 302);
        if (pathname.endsWith("/keys")) return new Response("<html>hello</html>");
        return Response.json({ error: { code: "FORBIDDEN", message: evil } }, { status: 403 });
      },
    });
  });
  afterAll(() => Promise.all([server.stop(true), elsewhere.stop(true)]));
  const line = () => commandLine({ MARKETPLACE_URL: server.url.origin, MARKETPLACE_TOKEN: "secret" });

  test.each([[["search", "x"]], [["search", "x", "--json"]], [["info", "a/b"]]])(
    "cannot write control characters to the terminal: %p",
    async (args) => {
      const { stdout, stderr } = await line().run(args);
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
      expect(stdout + stderr).toMatch(/pwned/);
      if (args.includes("--json")) expect(JSON.parse(stdout).data[0].description).toBe(evil);
    },
  );

  test("does not get the token to another one, by sending on", async () => {
    expect(await line().run(["whoami"])).toMatchObject({ code: 0 });
    expect(asked).toEqual([null]);
  });

  test("is named when it answers something else, or nothing", async () => {
    const strange = await line().run(["keys", "list"]);
    expect(strange).toMatchObject({ code: 1 });
    const silent = `http://127.0.0.1:${await freePort()}`;
    const nobody = await line().run(["whoami", "--url", silent]);
    expect(nobody).toMatchObject({ code: 1, stdout: "" });
    expect(nobody.stderr).toStartWith(`marketplace: Cannot reach ${silent}: nothing listens there.`);
  });
});
