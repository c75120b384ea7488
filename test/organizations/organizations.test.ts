import { expect, setDefaultTimeout, test } from "bun:test";
import { type Client, createClient, eachMarketplace, type Json, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
};

/** Makes an organization of somebody's with members of these roles. */
async function organization(owner: Client, slug: string, people: Record<string, string> = {}, visibility = "public") {
  await owner.api("POST", "/organizations", 201, { json: { slug, visibility } });
  for (const [username, role] of Object.entries(people))
    await owner.api("PUT", `/organizations/${slug}/members/${username}`, 200, { json: { role } });
}

const keyOf = async (client: Client, json: object, url: string): Promise<Client> => {
  const { data } = await client.api("POST", "/me/api-keys", 201, { json: { name: "k", scopes: ["publish"], ...json } });
  return createClient(url, data.key, client.username);
};

eachMarketplace("organizations", (server) => {
  const people = async (...names: string[]): Promise<Client[]> =>
    Promise.all(names.map((name) => server().person(name)));

  test("are made once under one flat space of names, by whoever may", async () => {
    const [ada, bob] = (await people("ada-1", "bob-1")) as [Client, Client];
    const { data } = await ada.api("POST", "/organizations", 201, {
      json: { slug: "acme-1", display_name: "Acme", description: "We make it." },
    });
    expect(data).toMatchObject({ slug: "acme-1", display_name: "Acme", visibility: "public", verified: false });
    for (const slug of ["acme-1", "ada-1", "bob-1"]) await bob.api("POST", "/organizations", 409, { json: { slug } });
    for (const slug of ["settings", "Not A Name", ""]) await bob.api("POST", "/organizations", 422, { json: { slug } });
    await server().stranger.api("POST", "/organizations", 401, { json: { slug: "x-1" } });
    const json = { username: "acme-1", email: "acme-1@example.org", password: "correct horse battery staple" };
    await server().stranger.api("POST", "/auth/register", 409, { json });
    expect((await bob.api("GET", "/organizations/acme-1", 200)).data.slug).toBe("acme-1");
    await bob.api("PATCH", "/organizations/acme-1", 403, { json: { description: "Mine." } });
    await ada.api("PATCH", "/organizations/acme-1", 200, { json: { description: "Ours." } });
    expect((await server().stranger.api("GET", "/organizations/acme-1", 200)).data.description).toBe("Ours.");
    const mine = (await ada.api("GET", "/me/organizations", 200)).data;
    expect(mine).toMatchObject([{ slug: "acme-1", role: "owner", needs_two_factor: false }]);
  });

  test("nobody makes, changes or removes somebody stronger, and there is always an owner", async () => {
    const [own, adm, mem, other] = (await people("own-2", "adm-2", "mem-2", "other-2")) as Client[] as [
      Client,
      Client,
      Client,
      Client,
    ];
    await organization(own, "acme-2", { "adm-2": "admin", "mem-2": "member" });
    const at = "/organizations/acme-2/members";
    const put = (by: Client, who: string, role: string, status: number) =>
      by.api("PUT", `${at}/${who}`, status, { json: { role } });
    await put(adm, "other-2", "owner", 403);
    await put(adm, "own-2", "member", 403);
    await put(mem, "other-2", "viewer", 403);
    await put(other, "other-2", "viewer", 403);
    await put(adm, "other-2", "king", 422);
    await put(adm, "nobody-2", "member", 404);
    await put(adm, "other-2", "admin", 200);
    await adm.api("DELETE", `${at}/own-2`, 403);
    await put(own, "own-2", "admin", 409);
    await own.api("DELETE", `${at}/own-2`, 409);
    await put(own, "adm-2", "owner", 200);
    await own.api("DELETE", `${at}/own-2`, 204);
    expect((await adm.api("GET", at, 200)).data.map((m: Json) => [m.username, m.role])).toEqual([
      ["adm-2", "owner"],
      ["mem-2", "member"],
      ["other-2", "admin"],
    ]);
    expect((await mem.api("GET", at, 200)).data[0]).not.toHaveProperty("two_factor");
    await own.api("GET", at, 403);
    await mem.api("DELETE", `${at}/mem-2`, 204);
    await mem.api("DELETE", `${at}/mem-2`, 404);
  });

  test("two owners who leave at once, or demote one another, leave one", async () => {
    const [one, two] = (await people("one-3", "two-3")) as [Client, Client];
    const owners = async (slug: string) => {
      const { read } = server().app.database;
      const rows = await read
        .selectFrom("organization_members")
        .innerJoin("organizations", "organizations.id", "organization_members.organization_id")
        .innerJoin("namespaces", "namespaces.id", "organizations.namespace_id")
        .select("role")
        .where("namespaces.name", "=", slug)
        .where("role", "=", "owner")
        .execute();
      return rows.length;
    };
    for (const round of [0, 1, 2, 3]) {
      const slug = `race-3-${round}`;
      await organization(one, slug, { "two-3": "owner" });
      const at = `/api/v1/organizations/${slug}/members`;
      const acts =
        round % 2 === 0
          ? [one.send("DELETE", `${at}/one-3`), two.send("DELETE", `${at}/two-3`)]
          : [
              one.send("PUT", `${at}/two-3`, { json: { role: "viewer" } }),
              two.send("PUT", `${at}/one-3`, { json: { role: "viewer" } }),
            ];
      const answers = await Promise.all(acts.map(statusOf));
      expect(answers.filter((status) => status < 300)).toHaveLength(1);
      expect(await owners(slug)).toBe(1);
    }
  });

  test("removing a member ends team, collaborator, key and token access with the very next request", async () => {
    const [own, mem] = (await people("own-4", "mem-4")) as [Client, Client];
    await organization(own, "acme-4", { "mem-4": "member" });
    await publish(server(), own, "acme-4/shared", "1.0.0", skill("shared"), { visibility: "organization" });
    await publish(server(), own, "acme-4/closed", "1.0.0", skill("closed"), { visibility: "private" });
    await publish(server(), own, "acme-4/teamed", "1.0.0", skill("teamed"), { visibility: "private" });
    await own.api("PUT", "/assets/acme-4/closed/collaborators/mem-4", 200, { json: { access: "write" } });
    await own.api("POST", "/organizations/acme-4/teams", 201, { json: { slug: "core" } });
    await own.api("PUT", "/organizations/acme-4/teams/core/members/mem-4", 204);
    await own.api("PUT", "/organizations/acme-4/teams/core/assets/teamed", 204, { json: { access: "admin" } });
    const key = await keyOf(mem, { namespaces: ["acme-4"] }, server().url);
    const all = ["shared", "closed", "teamed"];
    const reads = (client: Client) =>
      Promise.all(all.map((slug) => statusOf(client.send("GET", `/api/v1/assets/acme-4/${slug}`))));
    expect(await reads(mem)).toEqual([200, 200, 200]);
    expect(await reads(key)).toEqual([200, 200, 200]);
    await key.api("PATCH", "/assets/acme-4/shared", 200, { json: { title: "Ours" } });

    await own.api("DELETE", "/organizations/acme-4/members/mem-4", 204);
    for (const client of [mem, key]) {
      expect(await reads(client)).toEqual([404, 404, 404]);
      expect(await statusOf(client.put("acme-4/new", "1.0.0", skill("new")))).toBe(403);
      await client.api("PATCH", "/assets/acme-4/shared", 404, { json: { title: "Mine" } });
    }
    const detail = (await own.api("GET", "/organizations/acme-4/teams/core", 200)).data;
    expect(detail.members).toEqual([]);
    expect((await own.api("GET", "/assets/acme-4/closed/collaborators", 200)).data).toEqual([]);
  });

  test("a plain member keeps the private asset that they made, and only members are in teams", async () => {
    const [own, mem, out] = (await people("own-5", "mem-5", "out-5")) as [Client, Client, Client];
    await organization(own, "acme-5", { "mem-5": "member" });
    await publish(server(), mem, "acme-5/mine", "1.0.0", skill("mine"), { visibility: "private" });
    await mem.api("PATCH", "/assets/acme-5/mine", 200, { json: { visibility: "organization" } });
    const { data } = await mem.api("POST", "/assets", 201, {
      json: { namespace: "acme-5", slug: "draft", type: "skill", visibility: "private" },
    });
    expect(data.visibility).toBe("private");
    await mem.api("GET", "/assets/acme-5/draft", 200);
    await publish(server(), mem, "acme-5/plain", "1.0.0", skill("plain"));
    await mem.api("PATCH", "/assets/acme-5/plain", 403, { json: { visibility: "private" } });
    await own.api("POST", "/organizations/acme-5/teams", 201, { json: { slug: "core", name: "Core" } });
    await own.api("POST", "/organizations/acme-5/teams", 409, { json: { slug: "core" } });
    await own.api("PUT", "/organizations/acme-5/teams/core/members/out-5", 422);
    await mem.api("PUT", "/organizations/acme-5/teams/core/members/mem-5", 403);
    await own.api("PATCH", "/organizations/acme-5/teams/core", 200, { json: { slug: "inner" } });
    await own.api("GET", "/organizations/acme-5/teams/core", 404);
    await own.api("DELETE", "/organizations/acme-5/teams/inner", 204);
    await out.api("GET", "/organizations/acme-5/teams", 403);
  });

  test("collaborators work on what they were given, in a personal namespace too", async () => {
    const [own, help, other] = (await people("own-6", "help-6", "other-6")) as [Client, Client, Client];
    await publish(server(), own, "own-6/secret", "1.0.0", skill("secret"), { visibility: "private" });
    await help.api("GET", "/assets/own-6/secret", 404);
    const put = (by: Client, status: number, access: string, who = "help-6") =>
      by.api("PUT", `/assets/own-6/secret/collaborators/${who}`, status, { json: { access } });
    await put(own, 200, "read");
    await help.api("GET", "/assets/own-6/secret", 200);
    await put(help, 403, "admin");
    expect(await statusOf(help.put("own-6/secret", "1.1.0", skill("secret", { body: "b\n" })))).toBe(403);
    await put(own, 200, "write");
    expect(await statusOf(help.put("own-6/secret", "1.1.0", skill("secret", { body: "b\n" })))).toBe(201);
    expect(await statusOf(help.put("own-6/other", "1.0.0", skill("other")))).toBe(403);
    await put(own, 422, "everything");
    await put(own, 404, "read", "nobody-6");
    await put(own, 409, "read", "own-6");
    await put(own, 200, "admin");
    await put(help, 200, "read", "other-6");
    await other.api("DELETE", "/assets/own-6/secret/collaborators/other-6", 204);
    await other.api("GET", "/assets/own-6/secret", 404);
    await own.api("DELETE", "/assets/own-6/secret/collaborators/help-6", 204);
    await help.api("GET", "/assets/own-6/secret", 404);
  });

  test("what an organization asks of versions holds them for a moderator, and calls back nothing", async () => {
    const [own] = (await people("own-7")) as [Client];
    await organization(own, "acme-7");
    const before = await publish(server(), own, "acme-7/tool", "1.0.0", skill("tool"));
    expect(before.verdict).toBe("passed");
    const policy = async (json: object) => (await own.api("PUT", "/organizations/acme-7/policy", 200, { json })).data;
    expect((await policy({ require_signature: true })).policy.require_signature).toBe(true);
    const unsigned = await publish(server(), own, "acme-7/tool", "1.1.0", skill("tool", { body: "1\n" }));
    expect(unsigned).toMatchObject({ verdict: "review", verdict_reason: expect.stringContaining("signature") });
    await policy({ require_signature: false, require_review: true });
    const held = await publish(server(), own, "acme-7/tool", "1.2.0", skill("tool", { body: "2\n" }));
    expect(held.verdict_reason).toContain("review");
    await own.api("POST", "/assets/acme-7/tool/versions/1.0.0/scans", 202);
    await Bun.sleep(0);
    expect((await server().stranger.api("GET", "/assets/acme-7/tool", 200)).data.version).toBe("1.0.0");
    await own.api("PUT", "/organizations/acme-7/policy", 403, { json: { require_two_factor: true } });
  });

  test("a second factor that is asked for is missed by those who have none, who are named first", async () => {
    const [own, mem] = (await people("own-8", "mem-8")) as [Client, Client];
    const root = await server().person("root-8", "admin");
    await organization(own, "acme-8", { "mem-8": "member" });
    await publish(server(), own, "acme-8/inner", "1.0.0", skill("inner"), { visibility: "organization" });
    const { meta } = await root.api("PUT", "/organizations/acme-8/policy", 200, { json: { require_two_factor: true } });
    expect(meta.members_without_two_factor).toEqual(["mem-8", "own-8"]);
    await mem.api("GET", "/assets/acme-8/inner", 404);
    expect((await mem.api("GET", "/me/organizations", 200)).data).toMatchObject([
      { slug: "acme-8", role: "member", needs_two_factor: true },
    ]);
    // Whoever is kept out may still leave.
    await mem.api("DELETE", "/organizations/acme-8/members/mem-8", 204);
  });
});

eachMarketplace("invitations", (server) => {
  const invite = (by: Client, slug: string, json: object, status = 201) =>
    by.api("POST", `/organizations/${slug}/invitations`, status, { json });
  const secretOf = ({ data }: Json): string => data.url.split("/invitations/")[1];

  test("by name work once, for that person, and can be declined or revoked", async () => {
    const own = await server().person("inv-own");
    const guest = await server().person("inv-guest");
    const other = await server().person("inv-other");
    await organization(own, "inv-acme");
    await own.api("POST", "/organizations/inv-acme/teams", 201, { json: { slug: "core" } });
    const issued = await invite(own, "inv-acme", { username: "inv-guest", role: "member", team: "core" });
    const secret = secretOf(issued);
    await invite(own, "inv-acme", { username: "nobody-here", role: "member" }, 404);
    await invite(other, "inv-acme", { username: "inv-other", role: "viewer" }, 403);
    await other.api("POST", `/invitations/${secret}/accept`, 403);
    await other.api("POST", `/invitations/${issued.data.id}/accept`, 404);
    await server().stranger.api("POST", `/invitations/${secret}/accept`, 401);
    expect((await guest.api("GET", "/me/invitations", 200)).data).toMatchObject([
      { organization: { slug: "inv-acme" }, role: "member", invited_by: "inv-own", acceptable: true },
    ]);
    const at = `/api/v1/invitations/${issued.data.id}/accept`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => statusOf(guest.send("POST", at))));
    expect(answers.toSorted()).toEqual([200, 404, 404, 404]);
    const { data: team } = await own.api("GET", "/organizations/inv-acme/teams/core", 200);
    expect(team.members).toMatchObject([{ username: "inv-guest" }]);
    await invite(own, "inv-acme", { username: "inv-guest", role: "admin" }, 409);

    const again = await invite(own, "inv-acme", { username: "inv-other", role: "viewer" });
    await other.api("POST", `/invitations/${again.data.id}/decline`, 204);
    await other.api("POST", `/invitations/${secretOf(again)}/accept`, 404);
    const third = await invite(own, "inv-acme", { username: "inv-other", role: "viewer" });
    await own.api("DELETE", `/organizations/inv-acme/invitations/${third.data.id}`, 204);
    await other.api("POST", `/invitations/${secretOf(third)}/accept`, 404);
  });

  test("to an address do not tell whether anybody has it, and want it to be proved", async () => {
    const own = await server().person("adr-own");
    const guest = await server().person("adr-guest");
    const other = await server().person("adr-other");
    await organization(own, "adr-acme");
    const known = await invite(own, "adr-acme", { email: "ADR-guest@example.org", role: "member" });
    const unknown = await invite(own, "adr-acme", { email: "nobody@example.org", role: "member" });
    expect(Object.keys(known.data)).toEqual(Object.keys(unknown.data));
    const { users } = { users: server().app.database };
    const setVerified = (value: string | null) =>
      users.write((tx) =>
        tx.updateTable("users").set({ email_verified_at: value }).where("username", "=", "adr-guest").execute(),
      );
    await setVerified(null);
    const refused = await guest.api("POST", `/invitations/${secretOf(known)}/accept`, 403);
    expect(refused.error.message).toContain("Confirm your address");
    expect((await guest.api("GET", "/me/invitations", 200)).data).toEqual([]);
    await setVerified("2026-01-01T00:00:00.000Z");
    const wrong = await other.api("POST", `/invitations/${secretOf(known)}/accept`, 403);
    expect(wrong.error.message).toContain("another address");
    expect((await guest.api("GET", "/me/invitations", 200)).data).toHaveLength(1);
    await guest.api("POST", `/invitations/${secretOf(known)}/accept`, 200);
    expect(JSON.stringify((await other.api("GET", `/invitations/${secretOf(unknown)}`, 200)).data)).not.toContain("@");
  });

  test("by link make members and viewers alone, and die with the power of who made them", async () => {
    const own = await server().person("lnk-own");
    const adm = await server().person("lnk-adm");
    const [a, b, c] = [await server().person("lnk-a"), await server().person("lnk-b"), await server().person("lnk-c")];
    await organization(own, "lnk-acme", { "lnk-adm": "admin" });
    await invite(own, "lnk-acme", { role: "admin" }, 422);
    await invite(adm, "lnk-acme", { username: "lnk-a", role: "owner" }, 403);
    await adm.api("POST", "/organizations/lnk-acme/teams", 201, { json: { slug: "core" } });
    await invite(adm, "lnk-acme", { role: "member", team: "core" }, 422);
    const link = secretOf(await invite(adm, "lnk-acme", { role: "member" }));
    await a.api("POST", `/invitations/${link}/accept`, 200);
    await b.api("POST", `/invitations/${link}/accept`, 200);
    await own.api("PUT", "/organizations/lnk-acme/members/lnk-adm", 200, { json: { role: "member" } });
    await c.api("POST", `/invitations/${link}/accept`, 404);
    // Who is in already with more keeps it.
    const weaker = secretOf(await invite(own, "lnk-acme", { role: "viewer" }));
    await a.api("POST", `/invitations/${weaker}/accept`, 200);
    const { data } = await own.api("GET", "/organizations/lnk-acme/members", 200);
    expect(data.find((m: Json) => m.username === "lnk-a").role).toBe("member");
    await c.api("POST", "/invitations/nonsense/accept", 404);
  });
});
