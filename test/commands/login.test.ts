import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { commandLine } from "../support/command-line.ts";
import { type Json, onOneMarketplace, PASSWORD, until } from "../support/marketplace.ts";
import { createVisitor } from "../support/visitor.ts";

setDefaultTimeout(60_000);

const main = resolve(import.meta.dir, "../../src/main.ts");

onOneMarketplace("signing a command line in through a browser", (server) => {
  // Between the command line and the server: no waiting between polls, and none gets through before it is allowed to.
  let gate: Promise<void> = Promise.resolve();
  let refreshes = 0;
  let proxy: ReturnType<typeof Bun.serve>;
  beforeAll(() => {
    proxy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 60,
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        if (pathname.endsWith("/auth/device/token")) await gate;
        if (pathname.endsWith("/auth/token")) refreshes++;
        const { method } = request;
        const headers = { ...Object.fromEntries(request.headers), host: new URL(server().url).host };
        const body = method === "GET" ? undefined : await request.text();
        const answer = await fetch(`${server().url}${pathname}${search}`, {
          method,
          headers,
          body,
          redirect: "manual",
        });
        if (!pathname.endsWith("/auth/device/code")) return new Response(answer.body, answer);
        return Response.json({ ...((await answer.json()) as object), interval: 0 });
      },
    });
  });
  afterAll(() => proxy.stop(true));

  /** Runs `login`, decides in a browser as `username`, and answers how the command ended. */
  async function signIn(home: string, username: string, decision: "approve" | "deny") {
    let open = () => {};
    gate = new Promise((done) => {
      open = done;
    });
    const child = Bun.spawn([process.execPath, main, "login", "--url", proxy.url.origin], {
      env: { PATH: process.env["PATH"] ?? "", HOME: home },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    let said = "";
    const reading = (async () => {
      for await (const chunk of child.stderr as unknown as AsyncIterable<Uint8Array>)
        said += new TextDecoder().decode(chunk);
    })();
    const code = await until("a code", () => /code ([A-Z]{4}-[A-Z]{4})/.exec(said)?.[1]);
    const browser = createVisitor(server().url);
    await browser.signIn(username, PASSWORD);
    const confirm = await browser.submit("/device", { user_code: code.toLowerCase().replace("-", " ") });
    const page = await confirm.text();
    expect(page).toContain(code);
    expect(page).toContain("marketplace on ");
    expect((await browser.submitFrom(page, "/device/decision", { user_code: code, decision })).status).toBe(303);
    open();
    const status = await child.exited;
    await reading;
    return { status, said };
  }

  test("approved there, it is signed in here; whoami, renewal by two at once, and signing out", async () => {
    await server().person("anna");
    const { run, home } = commandLine();
    const { status, said } = await signIn(home, "anna", "approve");
    expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining("as anna") });
    const path = join(home, ".config/marketplace/credentials.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await run(["whoami"])).toMatchObject({ code: 0, stdout: "anna\n" });

    // The access token has ended, as far as the file says: many commands at once renew it once, and none trips over another.
    const kept: Json = JSON.parse(readFileSync(path, "utf8"));
    const entry = kept.servers[proxy.url.origin];
    const { refreshToken } = entry.session;
    entry.session.expiresAt = new Date(0).toISOString();
    await Bun.write(path, JSON.stringify(kept));
    refreshes = 0;
    const all = await Promise.all([run(["whoami"]), run(["whoami"]), run(["whoami"])]);
    for (const one of all) expect(one).toMatchObject({ code: 0, stdout: "anna\n" });
    expect(refreshes).toBe(1);
    const renewed: Json = JSON.parse(readFileSync(path, "utf8"));
    const session = renewed.servers[proxy.url.origin].session;
    expect(session.refreshToken).not.toBe(refreshToken);

    expect(await run(["logout"])).toMatchObject({ code: 0, stderr: `Signed out of ${proxy.url.origin}.\n` });
    const json = { refresh_token: session.refreshToken, grant_type: "refresh_token" };
    expect((await server().stranger.send("POST", "/api/v1/auth/token", { json })).status).toBe(400);
    expect(await run(["whoami", "--url", proxy.url.origin])).toMatchObject({ code: 4 });
  });

  test("a sign-in that was ended elsewhere says how to sign in again", async () => {
    const bob = await server().person("bob");
    const { run, home } = commandLine();
    expect((await signIn(home, "bob", "approve")).status).toBe(0);
    const browser = createVisitor(server().url);
    await browser.signIn("bob", PASSWORD);
    const page = await (await browser.visit("GET", "/settings/command-lines")).text();
    expect(page).toContain("marketplace on ");
    const ids = [...page.matchAll(/command-lines\/([0-9a-f-]{36})\/revoke/g)].map((match) => match[1]!);
    for (const id of ids) await browser.submitFrom(page, `/settings/command-lines/${id}/revoke`, {});
    expect(await run(["whoami"])).toMatchObject({ code: 4 });
    expect((await bob.send("GET", "/api/v1/me")).status).toBe(401);
  });

  test("refused there, nothing is kept here", async () => {
    await server().person("cleo");
    const { home } = commandLine();
    const { status, said } = await signIn(home, "cleo", "deny");
    expect({ status, said }).toMatchObject({ status: 4, said: expect.stringContaining("refused in the browser") });
    expect(await Bun.file(join(home, ".config/marketplace/credentials.json")).exists()).toBe(false);
  });
});
