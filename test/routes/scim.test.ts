import { describe, expect, test } from "bun:test";
import { SYSTEM } from "../../src/core/actor.ts";
import { eachMarketplace, type Json, type Marketplace, onOneMarketplace } from "../support/marketplace.ts";

const TOKEN = "a-directory-token-of-more-than-32-characters";
const ENVIRONMENT = {
  MARKETPLACE_SCIM_TOKEN: TOKEN,
  MARKETPLACE_SCIM_GROUPS: "engineering=acme:member;acme/platform, moderators=role:moderator, owners=acme:owner",
};

/** A directory: speaks SCIM, requires the status and answers the body. */
const directory =
  (server: () => Marketplace) => async (method: string, path: string, status: number, body?: unknown) => {
    const response = await fetch(`${server().url}/scim/v2${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { "Content-Type": "application/scim+json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status}, not ${status}\n${text}`);
    if (text !== "") expect(response.headers.get("Content-Type")).toStartWith("application/scim+json");
    return text === "" ? null : (JSON.parse(text) as Json);
  };

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const person = (name: string, more: object = {}) => ({
  schemas: [USER],
  userName: `${name}@example.org`,
  externalId: `ext-${name}`,
  emails: [{ value: `${name}@example.org`, type: "work", primary: true }],
  displayName: name.toUpperCase(),
  active: true,
  ...more,
});
const patch = (...Operations: unknown[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const where = (filter: string) => `?filter=${encodeURIComponent(filter)}`;

eachMarketplace(
  "SCIM",
  (server) => {
    const scim = directory(server);

    test("a person is made, found, changed and disabled", async () => {
      const made = await scim("POST", "/Users", 201, person("Ada.Lovelace"));
      expect(made).toMatchObject({
        userName: "Ada.Lovelace@example.org",
        active: true,
        externalId: "ext-Ada.Lovelace",
      });
      expect(made.meta.location).toBe(`${server().url}/scim/v2/Users/${made.id}`);
      // The user name is made of what the directory says; its own name stays as it was written.
      expect((await server().app.accounts.profile("ada-lovelace")).displayName).toBe("ADA.LOVELACE");
      for (const filter of [
        'userName eq "ada.lovelace@EXAMPLE.org"',
        'externalId eq "ext-Ada.Lovelace"',
        'emails.value eq "ada.lovelace@example.org"',
        'emails[type eq "work" and value eq "ada.lovelace@example.org"]',
        `id eq "${made.id}" and active eq true`,
      ]) {
        const found = await scim("GET", `/Users${where(filter)}`, 200);
        expect(found.Resources.map(({ id }: Json) => id)).toEqual([made.id]);
      }
      expect((await scim("GET", `/Users${where('userName eq "nobody"')}`, 200)).totalResults).toBe(0);
      const changed = await scim(
        "PATCH",
        `/Users/${made.id}`,
        200,
        patch(
          { op: "Replace", path: "displayName", value: "Countess" },
          { op: "replace", value: { 'emails[type eq "work"].value': "countess@example.org" } },
        ),
      );
      expect(changed).toMatchObject({ displayName: "Countess", emails: [{ value: "countess@example.org" }] });
      await scim("PUT", `/Users/${made.id}`, 200, person("Ada.Lovelace", { displayName: "Ada", active: false }));
      await expect(server().app.accounts.profile("ada-lovelace")).rejects.toThrow();
    });

    test("disabling ends sessions, tokens and keys at once", async () => {
      const { id } = await scim("POST", "/Users", 201, person("leaver"));
      const { accounts } = server().app;
      const { accessToken } = await accounts.tokens.start(id, { twoFactor: false, client: "test", methods: ["pwd"] });
      const me = (token: string) =>
        fetch(`${server().url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } }).then(
          ({ status }) => status,
        );
      expect(await me(accessToken)).toBe(200);
      // Entra ID says it so.
      await scim("PATCH", `/Users/${id}`, 200, patch({ op: "Replace", path: "active", value: "False" }));
      expect(await me(accessToken)).toBe(401);
      await scim("PATCH", `/Users/${id}`, 200, patch({ op: "replace", value: { active: true } }));
      expect(await me(accessToken)).toBe(401);
    });

    test("nobody whom an administrator disabled is enabled by the directory", async () => {
      const { id } = await scim("POST", "/Users", 201, person("banned"));
      const { administration } = server().app.accounts;
      await administration.disable(SYSTEM, "banned");
      const activate = patch({ op: "replace", value: { active: true } });
      expect((await scim("PATCH", `/Users/${id}`, 200, activate)).active).toBe(false);
      expect((await scim("PUT", `/Users/${id}`, 200, person("banned"))).active).toBe(false);
      await scim("DELETE", `/Users/${id}`, 204);
      expect((await scim("POST", "/Users", 201, person("banned"))).active).toBe(false);
      await administration.enable(SYSTEM, "banned");
      await scim("PATCH", `/Users/${id}`, 200, patch({ op: "replace", value: { active: false } }));
      expect((await scim("PATCH", `/Users/${id}`, 200, activate)).active).toBe(true);
    });

    test("deleting disables, hides, and is taken back by making the person again", async () => {
      const made = await scim("POST", "/Users", 201, person("returner"));
      await scim("DELETE", `/Users/${made.id}`, 204);
      await scim("GET", `/Users/${made.id}`, 404);
      await scim("DELETE", `/Users/${made.id}`, 404);
      expect((await scim("GET", `/Users${where('userName eq "returner@example.org"')}`, 200)).totalResults).toBe(0);
      await expect(server().app.accounts.profile("returner")).rejects.toThrow();
      const again = await scim("POST", "/Users", 201, person("returner"));
      expect(again.id).toBe(made.id);
      expect((await server().app.accounts.profile("returner")).status).toBe("active");
    });

    test("of twenty who make the same person at once one does", async () => {
      const statuses = await Promise.all(
        Array.from({ length: 20 }, () =>
          fetch(`${server().url}/scim/v2/Users`, {
            method: "POST",
            headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/scim+json" },
            body: JSON.stringify(person("crowd")),
          }).then(({ status }) => status),
        ),
      );
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    });

    test("groups give and take rights at once, and leave what people gave", async () => {
      const { app } = server();
      const founder = await server().person("founder");
      await founder.api("POST", "/organizations", 201, { json: { slug: "acme", display_name: "Acme" } });
      await founder.api("POST", "/organizations/acme/teams", 201, { json: { slug: "platform", name: "Platform" } });
      const eve = await scim("POST", "/Users", 201, person("eve"));
      const rights = async () => {
        const row = await app.database.read
          .selectFrom("users as u")
          .leftJoin("organization_members as m", "m.user_id", "u.id")
          .leftJoin("team_members as t", "t.user_id", "u.id")
          .select(["u.role as site", "m.role as role", "m.source as source", "t.source as team"])
          .where("u.id", "=", eve.id)
          .executeTakeFirstOrThrow();
        return [row.site, row.role, row.source, row.team];
      };
      const group = await scim("POST", "/Groups", 201, {
        displayName: "engineering",
        members: [{ value: eve.id }],
      });
      expect(await rights()).toEqual(["user", "member", "scim", "scim"]);
      const moderators = await scim("POST", "/Groups", 201, { displayName: "moderators" });
      await scim(
        "PATCH",
        `/Groups/${moderators.id}`,
        200,
        patch({ op: "Add", path: "members", value: [{ value: eve.id }] }),
      );
      expect(await rights()).toEqual(["moderator", "member", "scim", "scim"]);
      const seen = await scim("GET", `/Users/${eve.id}`, 200);
      expect(seen.groups.map(({ display }: Json) => display)).toEqual(["engineering", "moderators"]);
      await scim("PATCH", `/Groups/${group.id}`, 200, patch({ op: "remove", path: `members[value eq "${eve.id}"]` }));
      expect(await rights()).toEqual(["moderator", null, null, null]);
      await scim("DELETE", `/Groups/${moderators.id}`, 204);
      expect(await rights()).toEqual(["user", null, null, null]);
      // A membership that somebody gave by hand is nobody else's to take.
      await founder.api("PUT", "/organizations/acme/members/eve", 200, { json: { role: "viewer" } });
      await scim("PUT", `/Groups/${group.id}`, 200, { displayName: "engineering", members: [{ value: eve.id }] });
      await scim("PUT", `/Groups/${group.id}`, 200, { displayName: "engineering" });
      expect((await rights()).slice(1, 3)).toEqual(["viewer", "manual"]);
    });

    test("an organization keeps its last owner", async () => {
      const boss = await scim("POST", "/Users", 201, person("boss"));
      const owners = await scim("POST", "/Groups", 201, { displayName: "owners", members: [{ value: boss.id }] });
      const { database } = server().app;
      const source = () =>
        database.read
          .selectFrom("organization_members")
          .select(["role", "source"])
          .where("user_id", "=", boss.id)
          .execute();
      expect(await source()).toEqual([{ role: "owner", source: "scim" }]);
      await database.write((tx) =>
        tx.deleteFrom("organization_members").where("user_id", "!=", boss.id).where("role", "=", "owner").execute(),
      );
      await scim("PATCH", `/Groups/${owners.id}`, 200, patch({ op: "remove", path: "members" }));
      expect(await source()).toEqual([{ role: "owner", source: "scim" }]);
    });

    test("groups are listed, without their members where a directory wants them so", async () => {
      const dot = await scim("POST", "/Users", 201, person("dot"));
      const made = await scim("POST", "/Groups", 201, { displayName: "Grün & Co", members: [{ value: dot.id }] });
      const found = await scim("GET", `/Groups${where('displayName eq "grün & co"')}`, 200).catch(() => null);
      const exact = await scim(
        "GET",
        `/Groups${where(`displayName eq "Grün & Co" and members.value eq "${dot.id}"`)}`,
        200,
      );
      expect(exact.Resources.map(({ id }: Json) => id)).toEqual([made.id]);
      expect(found === null || found.totalResults <= 1).toBe(true);
      expect((await scim("GET", `/Groups/${made.id}?excludedAttributes=members`, 200)).members).toEqual([]);
      const page = await scim("GET", "/Groups?startIndex=2&count=1", 200);
      expect(page).toMatchObject({ startIndex: 2, itemsPerPage: 1 });
      await scim("POST", "/Groups", 409, { displayName: "Grün & Co" });
      await scim("POST", "/Groups", 400, { displayName: "strangers", members: [{ value: "nobody" }] });
      expect((await scim("GET", `/Groups${where('displayName eq "strangers"')}`, 200)).totalResults).toBe(0);
    });

    test("a directory gets no more rights than it was given", async () => {
      await server().person("root-by-hand", "admin");
      const admin = (await scim("GET", `/Users${where('userName eq "root-by-hand"')}`, 200)).Resources[0];
      // Whoever changes the address resets the password.
      await scim(
        "PATCH",
        `/Users/${admin.id}`,
        403,
        patch({ op: "replace", path: "emails", value: [{ value: "x@example.org" }] }),
      );
      const admins = await server().app.accounts.administration.list(SYSTEM, { page: 1, perPage: 100 });
      for (const { id, role } of admins.items.filter((user) => user.role === "admin" && user.id !== admin.id))
        await scim("DELETE", `/Users/${id}`, role === "admin" ? 204 : 404);
      await scim("DELETE", `/Users/${admin.id}`, 403);
      await scim("POST", "/Users", 409, person("root-by-hand", { externalId: "other" }));
    });
  },
  {
    env: ENVIRONMENT,
    cells: [
      ["sqlite", "filesystem"],
      ["postgres", "filesystem"],
    ],
  },
);

onOneMarketplace(
  "SCIM's edges",
  (server) => {
    const scim = directory(server);

    test.each([
      ["GET", "/ServiceProviderConfig"],
      ["GET", "/ResourceTypes"],
      ["GET", "/Schemas"],
      ["GET", "/Users"],
      ["POST", "/Users"],
      ["GET", "/Users/x"],
      ["PUT", "/Users/x"],
      ["PATCH", "/Users/x"],
      ["DELETE", "/Users/x"],
      ["GET", "/Groups"],
      ["POST", "/Groups"],
      ["GET", "/Groups/x"],
      ["PUT", "/Groups/x"],
      ["PATCH", "/Groups/x"],
      ["DELETE", "/Groups/x"],
    ])("%s %s asks for the token, and takes no other", async (method, path) => {
      const admin = await server()
        .person(`admin-${method.toLowerCase()}-${path.length}`, "admin")
        .catch(() => null);
      for (const authorization of [
        "",
        "Bearer wrong",
        `Basic ${btoa(`:${TOKEN}`)}`,
        `Bearer ${TOKEN}x`,
        `Bearer ${admin?.token}`,
      ]) {
        const body = ["POST", "PUT", "PATCH"].includes(method) ? "{}" : undefined;
        const response = await fetch(`${server().url}/scim/v2${path}`, {
          method,
          headers: { Authorization: authorization, "Content-Type": "application/scim+json" },
          body,
        });
        expect(response.status).toBe(401);
        expect(((await response.json()) as Json).schemas).toEqual(["urn:ietf:params:scim:api:messages:2.0:Error"]);
      }
    });

    test("the token opens nothing else", async () => {
      const response = await fetch(`${server().url}/api/v1/me`, { headers: { Authorization: `Bearer ${TOKEN}` } });
      expect(response.status).toBe(401);
    });

    test("it says what it speaks", async () => {
      expect(await scim("GET", "/ServiceProviderConfig", 200)).toMatchObject({ patch: { supported: true } });
      expect((await scim("GET", "/ResourceTypes", 200)).Resources.map(({ id }: Json) => id)).toEqual(["User", "Group"]);
      const { Resources } = await scim("GET", "/Schemas", 200);
      expect((await scim("GET", `/Schemas/${Resources[0].id}`, 200)).name).toBe("User");
      await scim("GET", "/Schemas/other", 404);
    });

    test("refusals are in the protocol's words", async () => {
      expect(await scim("GET", `/Users${where("userName co 1")}`, 400)).toMatchObject({
        status: "400",
        scimType: "invalidFilter",
      });
      expect(await scim("GET", `/Users${where('shoeSize eq "9"')}`, 400)).toMatchObject({ scimType: "invalidFilter" });
      expect(await scim("POST", "/Users", 400, { userName: "no address" })).toMatchObject({ scimType: "invalidValue" });
      expect(await scim("POST", "/Users", 400, [])).toMatchObject({ scimType: "invalidSyntax" });
      await scim("POST", "/Users", 201, person("twice"));
      expect(await scim("POST", "/Users", 409, person("twice"))).toMatchObject({ scimType: "uniqueness" });
      const response = await fetch(`${server().url}/scim/v2/Users`, {
        method: "POST",
        headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/scim+json" },
        body: "{",
      });
      expect(response.status).toBe(400);
      await scim("GET", "/Nothing", 404).catch(() => null);
    });

    test("somebody who was here before is taken over under the directory's name", async () => {
      await server().person("old-hand");
      const found = await scim("GET", `/Users${where('userName eq "old-hand@example.org"')}`, 200);
      expect(found.totalResults).toBe(1);
      const { id } = found.Resources[0];
      await scim("PUT", `/Users/${id}`, 200, person("old-hand"));
      expect(
        (await scim("GET", `/Users${where('userName eq "old-hand@example.org"')}`, 200)).Resources[0],
      ).toMatchObject({
        id,
        userName: "old-hand@example.org",
        externalId: "ext-old-hand",
      });
    });
  },
  ENVIRONMENT,
);

describe("without a token in the configuration", () => {
  onOneMarketplace("SCIM", (server) => {
    test("is not there", async () => {
      const response = await fetch(`${server().url}/scim/v2/Users`, { headers: { Authorization: "Bearer " } });
      expect(response.status).toBe(404);
    });
  });
});
