import { expect, test } from "bun:test";
import { SYSTEM } from "../../core/actor.ts";
import { createAccountsServer, createBrowser, PASSWORD, register } from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";

eachDatabase("setting up", (open) => {
  const admin = { username: "admin", email: "admin@example.org", password: PASSWORD };

  test("the link makes the first administrator over the page, once", async () => {
    const server = createAccountsServer({ database: await open() });
    const token = (await server.accounts.setup.begin())!;
    expect(
      JSON.stringify(await server.database.read.selectFrom("instance_secrets").selectAll().execute()),
    ).not.toContain(token);
    const browser = createBrowser(server);
    const link = `/setup?token=${token}`;
    expect((await browser.visit("GET", "/setup?token=wrong")).status).toBe(404);
    expect((await browser.submit("/setup", { ...admin, token, password: "x" }, link)).status).toBe(422);
    expect((await browser.submit("/setup", { ...admin, token }, link)).status).toBe(303);
    const html = await (await browser.visit("GET", "/settings/email")).text();
    expect(html).toContain("admin@example.org");
    expect((await createBrowser(server).visit("GET", link)).status).toBe(404);
    expect(await server.accounts.setup.begin()).toBe(null);
    expect(JSON.stringify(server.lines)).not.toContain(token);
  });

  test("of fifty who follow the link at once one becomes administrator", async () => {
    const server = createAccountsServer({ database: await open() });
    const token = (await server.accounts.setup.begin())!;
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) =>
        server.accounts.setup.complete(token, { ...admin, username: `admin-${i}`, email: `admin-${i}@example.org` }),
      ),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await server.database.read.selectFrom("users").select("role").execute()).toEqual([{ role: "admin" }]);
  });

  test("an unused link dies when the server starts again; a taken name does not use it up", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const first = (await server.accounts.setup.begin())!;
    const second = (await server.accounts.setup.begin())!;
    await expect(server.accounts.setup.complete(first, admin)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(server.accounts.setup.complete(second, { ...admin, username: "ada" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await server.accounts.setup.accepts(second)).toBe(true);
    expect(await server.accounts.setup.complete(second, admin)).toMatchObject({ username: "admin", role: "admin" });
  });

  test("unattended: once, also when two servers start together, and it closes the link", async () => {
    const database = await open();
    const servers = [createAccountsServer({ database }), createAccountsServer({ database })];
    const token = (await servers[0]!.accounts.setup.begin())!;
    const outcomes = await Promise.all(servers.map((server) => server.accounts.setup.ensureAdministrator(admin)));
    expect(outcomes.sort()).toEqual(["created", "exists"]);
    expect(await servers[0]!.accounts.setup.ensureAdministrator({ ...admin, username: "other" })).toBe("exists");
    expect(await servers[0]!.accounts.setup.accepts(token)).toBe(false);
    const login = await servers[0]!.send("POST", "/api/v1/auth/login", {
      json: { username: "admin", password: PASSWORD },
    });
    expect(login.status).toBe(200);
  });

  test("the last administrator stays one", async () => {
    const server = createAccountsServer({ database: await open() });
    const { administration, setup } = server.accounts;
    await setup.ensureAdministrator(admin);
    await administration.create(SYSTEM, { username: "ada", email: "ada@example.org", password: PASSWORD }, "admin");
    const both = await Promise.allSettled([
      administration.disable(SYSTEM, "admin"),
      administration.setRole(SYSTEM, "ada", "user"),
    ]);
    expect(both.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const admins = await server.database.read
      .selectFrom("users")
      .select("username")
      .where("role", "=", "admin")
      .where("status", "=", "active")
      .execute();
    expect(admins).toHaveLength(1);
  });

  test("only administrators administer", async () => {
    const server = createAccountsServer({ database: await open() });
    await register(server, "ada");
    const { administration } = server.accounts;
    const { actor } = await server.accounts.authenticate({
      authorization: null,
      apiKey: null,
      session: null,
      address: "192.0.2.1",
    });
    const page = { page: 1, perPage: 20 };
    await expect(administration.list(actor, page)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    for (const role of ["user", "moderator"] as const)
      await expect(administration.list({ ...SYSTEM, role }, page)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(administration.list({ ...SYSTEM, scopes: ["publish"] }, page)).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await administration.list(SYSTEM, page)).toMatchObject({ total: 1, items: [{ username: "ada" }] });
    await administration.resetPassword(SYSTEM, "ada", "a password of hers");
    const json = { username: "ada", password: "a password of hers" };
    expect((await server.send("POST", "/api/v1/auth/login", { json })).status).toBe(200);
  });
});
