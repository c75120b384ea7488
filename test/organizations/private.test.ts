import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type Client, eachMarketplace, type Json, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const SLUG = "hushed";
const MARKS = ["hushed", "zyxwvut", "secretive-tag"];

eachMarketplace("a private organization", (server) => {
  let own: Client;
  let mem: Client;
  let strangers: Client[];
  let id = "";

  beforeAll(async () => {
    own = await server().person("own");
    mem = await server().person("mem");
    strangers = [server().stranger, await server().person("other")];
    await own.api("POST", "/organizations", 201, {
      json: { slug: SLUG, display_name: "Hushed", visibility: "public" },
    });
    await own.api("PUT", `/organizations/${SLUG}/members/mem`, 200, { json: { role: "viewer" } });
    await own.api("POST", `/organizations/${SLUG}/teams`, 201, { json: { slug: "core" } });
    await publish(server(), own, "own/open", "1.0.0", skill("open"));
    const tool = skill("zyxwvut", { tags: ["secretive-tag"], categories: ["development"], needs: { "own/open": "*" } });
    const version = await publish(server(), own, `${SLUG}/zyxwvut`, "1.0.0", tool, { visibility: "public" });
    id = version.asset.id;
    await publish(server(), own, `${SLUG}/left`, "1.0.0", skill("left"), { visibility: "unlisted" });
    await server().stranger.api("GET", `/assets/${SLUG}/zyxwvut`, 200);
    await own.api("PATCH", `/organizations/${SLUG}`, 200, { json: { visibility: "private" } });
    await server().app.discovery.indexer.sync();
    await server().app.discovery.refreshTrending();
  }, 60_000);

  /** What an answer says, without what differs from one request to the next. */
  async function told(response: Response, name: string): Promise<unknown[]> {
    const text = (await response.text())
      .replaceAll(name, "NAME")
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "NOW")
      .replace(/nonce="[^"]*"|nonce-[\w-]+/g, "NONCE")
      .replace(/[\w-]{43}/g, "TOKEN")
      .replace(/value="[^"]*"|content="[^"]*"/g, "VALUE");
    return [response.status, response.headers.get("ETag"), response.headers.get("Location"), text];
  }

  test("is told to a non-member exactly as a name that nobody ever had, by every method", async () => {
    const roads: [string, string, unknown?][] = [
      ...["", "/members", "/teams", "/teams/core", "/invitations", "/assets"].map((tail): [string, string] => [
        "GET",
        `/api/v1/organizations/NAME${tail}`,
      ]),
      ["PATCH", "/api/v1/organizations/NAME", { description: "x" }],
      ["DELETE", "/api/v1/organizations/NAME", {}],
      ["POST", "/api/v1/organizations/NAME/rename", { slug: "mine" }],
      ["PUT", "/api/v1/organizations/NAME/policy", { require_review: true }],
      ["PUT", "/api/v1/organizations/NAME/members/other", { role: "owner" }],
      ["DELETE", "/api/v1/organizations/NAME/members/other"],
      ["POST", "/api/v1/organizations/NAME/teams", { slug: "x" }],
      ["POST", "/api/v1/organizations/NAME/invitations", { role: "viewer" }],
      ["GET", "/api/v1/users/NAME"],
      ["GET", "/api/v1/users/NAME/assets"],
      ["GET", "/api/v1/assets?organization=NAME"],
      ["GET", "/api/v1/assets/NAME/zyxwvut"],
      ["GET", "/api/v1/assets/NAME/zyxwvut/versions/1.0.0/download"],
      ["GET", "/api/v1/assets/NAME/left"],
      ["POST", "/api/v1/assets", { namespace: "NAME", slug: "x", type: "skill" }],
      ["PUT", "/api/v1/assets/NAME/new/versions/1.0.0"],
      ["POST", "/api/v1/resolve-dependencies", { requirements: [{ ref: "NAME/zyxwvut", range: "*" }] }],
      ...["", "/zyxwvut", "/zyxwvut/versions", "/zyxwvut/settings"].map((tail): [string, string] => [
        "GET",
        `/NAME${tail}`,
      ]),
      ...["settings", "members", "teams", "invitations", "policy", "danger"].map((page): [string, string] => [
        "GET",
        `/organizations/NAME/${page}`,
      ]),
    ];
    for (const client of strangers)
      for (const [method, path, json] of roads) {
        const accept = path.startsWith("/api/") ? "application/json" : "text/html";
        const ask = async (name: string) => {
          const filled = json === undefined ? undefined : JSON.parse(JSON.stringify(json).replaceAll("NAME", name));
          const options = { headers: { Accept: accept }, ...(filled === undefined ? {} : { json: filled }) };
          return told(await client.send(method, path.replaceAll("NAME", name), options), name);
        };
        expect([client.username, method, path, await ask(SLUG)]).toEqual([
          client.username,
          method,
          path,
          await ask("nobody"),
        ]);
      }
  });

  test("is in no list, count, facet, suggestion, feed or tree of a non-member, and in those of its members", async () => {
    const lists = [
      "/api/v1/organizations?per_page=100",
      "/api/v1/assets?per_page=100",
      "/api/v1/search?per_page=100",
      "/api/v1/search?q=zyxwvut",
      "/api/v1/search/autocomplete?q=zyx",
      "/api/v1/search/autocomplete?q=hush",
      "/api/v1/trending?limit=100",
      "/api/v1/tags?per_page=100",
      "/api/v1/tags/secretive-tag/assets",
      "/api/v1/categories/development/assets",
      "/api/v1/assets/own/open/dependents",
      "/",
      "/search",
      "/feed.atom",
    ];
    for (const client of strangers) {
      for (const path of lists) {
        const response = await client.send("GET", path, {
          headers: { Accept: path.startsWith("/api/") ? "application/json" : "text/html" },
        });
        const text = (await response.text()).replace(/"(?:self|first|last)":"[^"]*"/g, "");
        for (const mark of MARKS)
          expect([path, mark, path.includes(mark.slice(0, 3)) || !text.includes(mark)]).toEqual([path, mark, true]);
      }
      expect((await client.api("GET", "/search?q=zyxwvut", 200)).meta.total).toBe(0);
      const suggested = await client.api("GET", "/search/autocomplete?q=zyx", 200);
      expect(suggested.data).toEqual({ assets: [], suggestions: [] });
      expect((await client.api("GET", "/organizations", 200)).meta.total).toBe(0);
      expect((await client.api("GET", "/assets/own/open/dependents", 200)).meta.total).toBe(0);
    }
    expect((await mem.api("GET", "/search?q=zyxwvut", 200)).meta.total).toBe(1);
    expect((await mem.api("GET", "/organizations", 200)).data).toMatchObject([{ slug: SLUG }]);
    expect((await mem.api("GET", "/assets/own/open/dependents", 200)).meta.total).toBe(1);
    await mem.api("GET", `/organizations/${SLUG}/members`, 200);
    const page = await mem.send("GET", `/organizations/${SLUG}/members`, { headers: { Accept: "text/html" } });
    expect(page.status).toBe(200);
  });

  test("holds its assets inside: on publishing, on change, on transfer, and while it turns private", async () => {
    const visibilityOf = async (ref: string) => (await own.api("GET", `/assets/${ref}`, 200)).data.visibility;
    expect([await visibilityOf(`${SLUG}/zyxwvut`), await visibilityOf(`${SLUG}/left`)]).toEqual([
      "organization",
      "organization",
    ]);
    await publish(server(), own, `${SLUG}/later`, "1.0.0", skill("later"));
    expect(await visibilityOf(`${SLUG}/later`)).toBe("organization");
    for (const visibility of ["public", "internal", "unlisted"]) {
      await own.api("PATCH", `/assets/${SLUG}/later`, 422, { json: { visibility } });
      expect((await own.put(`${SLUG}/x-${visibility}`, "1.0.0", skill("x"), { visibility })).status).toBe(422);
    }
    await publish(server(), own, "own/inward", "1.0.0", skill("inward"));
    await own.api("POST", "/assets/own/inward/transfer", 200, { json: { to: SLUG } });
    expect(await visibilityOf(`${SLUG}/inward`)).toBe("organization");
    // Where it was leads on for members alone.
    expect((await server().stranger.send("GET", "/api/v1/assets/own/inward")).status).toBe(404);
    expect((await mem.send("GET", "/api/v1/assets/own/inward")).status).toBe(308);

    for (let round = 0; round < 3; round++) {
      const slug = `closing-${round}`;
      await own.api("POST", "/organizations", 201, { json: { slug } });
      const answers = await Promise.all([
        own.put(`${slug}/a`, "1.0.0", skill("a")),
        own.send("PATCH", `/api/v1/organizations/${slug}`, { json: { visibility: "private" } }),
        own.put(`${slug}/b`, "1.0.0", skill("b"), { visibility: "unlisted" }),
        own.put(`${slug}/c`, "1.0.0", skill("c")),
      ]);
      for (const response of answers) await response.body?.cancel();
      const { data } = await own.api("GET", `/organizations/${slug}/assets`, 200);
      expect(data.map((asset: Json) => asset.visibility).filter((v: string) => v !== "organization")).toEqual([]);
      for (const asset of data) await server().stranger.api("GET", `/assets/${asset.ref}`, 404);
    }
  });

  test("an asset that leaves it tells nobody where it came from", async () => {
    await publish(server(), own, `${SLUG}/outward`, "1.0.0", skill("outward"));
    await own.api("POST", `/assets/${SLUG}/outward/transfer`, 200, { json: { to: "own" } });
    await own.api("PATCH", "/assets/own/outward", 200, { json: { visibility: "public" } });
    for (const client of strangers) {
      const text = JSON.stringify([
        await client.api("GET", "/assets/own/outward", 200),
        await client.api("GET", "/assets/own/outward/versions/1.0.0", 200),
      ]);
      expect(text).not.toContain(SLUG);
      await client.api("GET", `/assets/${SLUG}/outward`, 404);
      const json = { requirements: [{ ref: `${SLUG}/outward`, range: "*" }] };
      await client.api("POST", "/resolve-dependencies", 409, { json });
    }
    expect((await mem.send("GET", `/api/v1/assets/${SLUG}/outward`)).status).toBe(308);
    expect(id).not.toBe("");
    await server().stranger.api("GET", `/assets/${id}`, 404);
  });
});
