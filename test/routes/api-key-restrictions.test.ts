import { expect, test } from "bun:test";
import { eachMarketplace, type Client, createClient, type Json, publish } from "../support/marketplace.ts";
import { newId } from "../../src/core/id.ts";
import { skill, tarGz } from "../support/packages.ts";

eachMarketplace("API keys with a restriction", (server) => {
  const key = async (person: Client, json: object): Promise<Client & { id: string; wire: Json }> => {
    const { data } = await person.api("POST", "/me/api-keys", 201, {
      json: { name: "ci", scopes: ["publish"], ...json },
    });
    return { ...createClient(server().url, data.key, person.username), id: data.id, wire: data };
  };
  const refused = async (person: Client, json: object) => {
    const { error } = await person.api("POST", "/me/api-keys", 422, {
      json: { name: "ci", scopes: ["publish"], ...json },
    });
    return error.details.fields.map(({ field }: { field: string }) => field);
  };
  /** A private organization of `owner`. */
  const organization = async (owner: Client, name: string, members: Record<string, "member"> = {}) => {
    const { accounts, database } = server().app;
    const [id, at] = [newId(), new Date().toISOString()];
    const { id: created_by } = await accounts.profile(owner.username);
    const people = [{ user_id: created_by, role: "owner" as const, organization_id: id, created_at: at }];
    const others = Object.entries(members).map(async ([username, role]) => {
      const { id: user_id } = await accounts.profile(username);
      return { user_id, role, organization_id: id, created_at: at };
    });
    const rows = [...people, ...(await Promise.all(others))];
    await database.write(async (tx) => {
      const row = { id, namespace_id: id, display_name: name, visibility: "private", created_by } as const;
      await tx.insertInto("namespaces").values({ id, name, kind: "organization", created_at: at }).execute();
      await tx
        .insertInto("organizations")
        .values({ ...row, created_at: at, updated_at: at })
        .execute();
      await tx.insertInto("organization_members").values(rows).execute();
    });
    return id;
  };
  const put = async (client: Client, ref: string, version = "1.0.0") =>
    (await client.put(ref, version, tarGz(skill(ref.split("/")[1]!, { body: `${version}\n` })))).status;

  test("to an asset: reaches it and nothing else of its owner", async () => {
    const ada = await server().person("kr-ada");
    await publish(server(), ada, "kr-ada/one", "1.0.0", skill("one"), { visibility: "private" });
    await publish(server(), ada, "kr-ada/two", "1.0.0", skill("two"), { visibility: "private" });
    const ci = await key(ada, { assets: ["kr-ada/one"] });
    expect([ci.wire.namespaces, ci.wire.assets]).toEqual([[], ["kr-ada/one"]]);
    await ci.api("GET", "/assets/kr-ada/one", 200);
    await ci.api("GET", "/assets/kr-ada/two", 404);
    expect(await put(ci, "kr-ada/one", "1.1.0")).toBe(201);
    expect([404, 403]).toContain(await put(ci, "kr-ada/two", "1.1.0"));
    expect([404, 403]).toContain(await put(ci, "kr-ada/three"));
    const listed = (await ada.api("GET", "/me/api-keys", 200)).data[0];
    expect(listed).toMatchObject({ kind: "personal", namespaces: [], assets: ["kr-ada/one"] });
  });

  test("to a namespace: the organization's, not the person's own", async () => {
    const bea = await server().person("kr-bea");
    await organization(bea, "kr-team");
    const ci = await key(bea, { namespaces: ["kr-team"] });
    expect([ci.wire.namespaces, ci.wire.assets]).toEqual([["kr-team"], []]);
    expect(await put(ci, "kr-team/tool")).toBe(201);
    expect([404, 403]).toContain(await put(ci, "kr-bea/tool"));
    const both = await key(bea, { namespaces: ["kr-bea"], assets: ["kr-team/tool"] });
    expect(await put(both, "kr-bea/tool")).toBe(201);
    expect(await put(both, "kr-team/tool", "1.1.0")).toBe(201);
    expect([404, 403]).toContain(await put(both, "kr-team/another"));
  });

  test("is refused where its maker has no right, alike for what is hidden and what is not there", async () => {
    const [cy, dan] = [await server().person("kr-cy"), await server().person("kr-dan")];
    await organization(dan, "kr-hidden");
    await publish(server(), dan, "kr-dan/open", "1.0.0", skill("open"));
    await publish(server(), dan, "kr-dan/closed", "1.0.0", skill("closed"), { visibility: "private" });
    for (const name of ["kr-hidden", "kr-nowhere", "kr-dan", "KR-CY", "", "__proto__", "x".repeat(300)])
      expect(await refused(cy, { namespaces: ["kr-cy", name] })).toEqual(["namespaces"]);
    for (const ref of ["kr-dan/closed", "kr-dan/open", "kr-dan/nothing", "kr-cy", "kr-cy/", "/", "a/b/c"])
      expect(await refused(cy, { assets: [ref] })).toEqual(["assets"]);
    const texts = ["kr-hidden", "kr-nowhere"].map(async (name) => {
      const answer = await cy.api("POST", "/me/api-keys", 422, { json: { name: "x", namespaces: [name] } });
      return answer.error.message.replace(name, "");
    });
    expect(new Set(await Promise.all(texts)).size).toBe(1);
    expect(await refused(cy, { namespaces: [], assets: [] })).toEqual(["namespaces"]);
    expect((await cy.api("GET", "/me/api-keys", 200)).data).toEqual([]);
  });

  test("cannot be widened or left by the key itself", async () => {
    const eve = await server().person("kr-eve");
    const ci = await key(eve, { namespaces: ["kr-eve"] });
    await ci.api("POST", "/me/api-keys", 403, { json: { name: "wider", scopes: ["publish"] } });
    const other = await key(eve, {});
    await ci.api("DELETE", `/me/api-keys/${other.id}`, 403);
  });

  test("takes the role of the site away, also from administrators", async () => {
    const boss = await server().person("kr-boss", "admin");
    const fay = await server().person("kr-fay");
    await publish(server(), fay, "kr-fay/mine", "1.0.0", skill("mine"), { visibility: "private" });
    const ci = await key(boss, { scopes: ["admin"], namespaces: ["kr-boss"] });
    await boss.api("GET", "/assets/kr-fay/mine", 200);
    await ci.api("GET", "/assets/kr-fay/mine", 404);
    await ci.api("GET", "/admin/reviews", 403);
    expect(await refused(boss, { namespaces: ["kr-fay"] })).toEqual(["namespaces"]);
  });

  test("an administrator's key without the scope admin has no role of the site", async () => {
    const [root, una] = [await server().person("kr-root", "admin"), await server().person("kr-una")];
    await publish(server(), una, "kr-una/mine", "1.0.0", skill("mine"), { visibility: "private" });
    await publish(server(), una, "kr-una/open", "1.0.0", skill("open"));
    await root.api("GET", "/assets/kr-una/mine", 200);
    const { data: whole } = await root.api("POST", "/me/api-keys", 201, { json: { name: "x", scopes: ["admin"] } });
    await createClient(server().url, whole.key, "kr-root").api("GET", "/assets/kr-una/mine", 200);
    for (const scopes of [["read"], ["publish"]]) {
      const ci = await key(root, { scopes });
      await ci.api("GET", "/assets/kr-una/mine", 404);
      await ci.api("PATCH", "/assets/kr-una/open", 403, { json: { title: "Taken" } });
      expect([403, 404]).toContain(await put(ci, "kr-una/open", "6.6.6"));
    }
    const capability = { name: "c", kind: "capability", scopes: ["read"], expires_in_days: 1 };
    const { data } = await root.api("POST", "/me/api-keys", 201, { json: capability });
    expect((await server().stranger.send("GET", `/k/${data.key}/api/v1/assets/kr-una/open`)).status).toBe(200);
    expect((await server().stranger.send("GET", `/k/${data.key}/api/v1/assets/kr-una/mine`)).status).toBe(404);
  });

  test("an owner's key manages nobody in an organization, and hands out no right on an asset", async () => {
    const [pat, quin] = [await server().person("kr-pat"), await server().person("kr-quin")];
    await pat.api("POST", "/organizations", 201, { json: { slug: "kr-owned" } });
    const ci = await key(pat, {});
    const at = "/organizations/kr-owned";
    const member = (by: Client, role: string, status: number) =>
      by.api("PUT", `${at}/members/kr-quin`, status, { json: { role } });
    await member(ci, "owner", 403);
    await ci.api("POST", `${at}/invitations`, 403, { json: { username: "kr-quin", role: "owner" } });
    await member(pat, "owner", 200);
    await member(ci, "viewer", 403);
    await ci.api("DELETE", `${at}/members/kr-quin`, 403);
    await member(pat, "viewer", 200);
    await member(ci, "member", 403);
    await publish(server(), ci, "kr-owned/tool", "1.0.0", skill("tool"));
    await ci.api("PUT", "/assets/kr-owned/tool/collaborators/kr-quin", 403, { json: { access: "admin" } });
    await ci.api("POST", "/assets/kr-owned/tool/transfer", 403, { json: { to: "kr-quin" } });
    await ci.api("PATCH", "/assets/kr-owned/tool", 403, { json: { visibility: "private" } });
    await ci.api("PATCH", "/assets/kr-owned/tool", 200, { json: { description: "Its words it may change." } });
    expect(quin.username).toBe("kr-quin");
  });

  test("confines to nothing when what it named is gone, and never to everything", async () => {
    const gus = await server().person("kr-gus");
    await publish(server(), gus, "kr-gus/gone", "1.0.0", skill("gone"), { visibility: "private" });
    await publish(server(), gus, "kr-gus/stays", "1.0.0", skill("stays"), { visibility: "private" });
    const ci = await key(gus, { assets: ["kr-gus/gone"] });
    await gus.api("DELETE", "/assets/kr-gus/gone", 204);
    await ci.api("GET", "/assets/kr-gus/gone", 404);
    await ci.api("GET", "/assets/kr-gus/stays", 404);
    expect([404, 403]).toContain(await put(ci, "kr-gus/stays", "1.1.0"));
    expect([404, 403, 409, 410]).toContain(await put(ci, "kr-gus/gone", "1.1.0"));
    expect((await gus.api("GET", "/me/api-keys", 200)).data[0]).toMatchObject({ namespaces: [], assets: [] });
  });

  test("ends with the right of its person, and the name of what they may not see any more is not told", async () => {
    const [hal, ida] = [await server().person("kr-hal"), await server().person("kr-ida")];
    const org = await organization(hal, "kr-group", { "kr-ida": "member" });
    const again = createClient(server().url, ida.token, "kr-ida");
    const ci = await key(again, { namespaces: ["kr-group"] });
    expect(await put(ci, "kr-group/shared")).toBe(201);
    await server().app.database.write(async (tx) => {
      await tx
        .deleteFrom("organization_members")
        .where("organization_id", "=", org)
        .where("role", "=", "member")
        .execute();
    });
    expect([404, 403]).toContain(await put(ci, "kr-group/shared", "1.1.0"));
    expect((await ida.api("GET", "/me/api-keys", 200)).data[0]).toMatchObject({ namespaces: [], assets: [] });
  });

  test("given out by the server itself: exactly as it says, listed while it lives", async () => {
    const kim = await server().person("kr-kim");
    await publish(server(), kim, "kr-kim/there", "1.0.0", skill("there"));
    const { accounts, database } = server().app;
    const user = await accounts.profile("kr-kim");
    const give = (slug: string, ms: number) =>
      database.write((tx) =>
        accounts.apiKeys.createFor(tx, {
          userId: user.id,
          name: "a job",
          kind: "trusted-publisher",
          scopes: ["publish"],
          confinement: { namespaceIds: [], assetIds: [], slug: { namespaceId: user.namespaceId, slug } },
          provenance: { repository: "kim/there", ref: "refs/heads/main" },
          expiresAt: new Date(Date.now() + ms).toISOString(),
        }),
      );
    const { key, secret } = await give("planned", 60_000);
    expect(key).toMatchObject({ kind: "trusted-publisher", provenance: { repository: "kim/there" } });
    const job = createClient(server().url, secret, "a job");
    expect(await put(job, "kr-kim/planned")).toBe(201);
    expect([404, 403]).toContain(await put(job, "kr-kim/unplanned"));
    const dead = createClient(server().url, (await give("late", -1)).secret, "a job");
    expect(await put(dead, "kr-kim/late")).toBe(401);
    const { data } = await kim.api("GET", "/me/api-keys", 200);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ kind: "trusted-publisher", assets: ["kr-kim/planned"] });
    expect(JSON.stringify(data)).not.toContain("refs/heads");
  });
});
