import { expect, setDefaultTimeout, test } from "bun:test";
import { generatePrivateKey, type PrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { signPublication } from "../../src/core/signing/statement.ts";
import { type Client, eachMarketplace, type Json, onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
};
const statuses = async (answers: Promise<Response>[]) => (await Promise.all(answers.map(statusOf))).toSorted();

eachMarketplace("assets that move", (server) => {
  const person = (name: string) => server().person(name);
  const transfer = (by: Client, ref: string, json: object, status: number) =>
    by.api("POST", `/assets/${ref}/transfer`, status, { json });

  /** Bytes that a namespace is charged for, and what its assets hold by recount. */
  async function storage(namespace: string): Promise<[charged: number, held: number]> {
    const { read } = server().app.database;
    const row = await read
      .selectFrom("namespaces")
      .select(["id", "storage_bytes"])
      .where("name", "=", namespace)
      .executeTakeFirstOrThrow();
    const versions = await read
      .selectFrom("versions")
      .innerJoin("assets", "assets.id", "versions.asset_id")
      .select("versions.total_size")
      .where("assets.namespace_id", "=", row.id)
      .execute();
    return [Number(row.storage_bytes), versions.reduce((sum, v) => sum + Number(v.total_size), 0)];
  }

  test("at once where the actor may publish: the old place leads on, is never used again, and quota goes along", async () => {
    const ann = await person("ann-t1");
    await ann.api("POST", "/organizations", 201, { json: { slug: "org-t1" } });
    await publish(server(), ann, "ann-t1/tool", "1.0.0", skill("tool"));
    await publish(server(), ann, "ann-t1/user", "1.0.0", skill("user", { needs: { "ann-t1/tool": "^1" } }));
    await ann.api("PUT", "/assets/ann-t1/tool/channels/prod", 200, { json: { version: "1.0.0" } });
    const { data, meta } = await transfer(ann, "ann-t1/tool", { to: "org-t1" }, 200);
    expect([data.ref, meta]).toEqual(["org-t1/tool", { moved: true, offer: null }]);
    await ann.api("POST", "/assets/org-t1/tool/rename", 200, { json: { slug: "hammer" } });

    for (const old of ["ann-t1/tool", "org-t1/tool"]) {
      for (const tail of ["", "/versions", "/versions/1.0.0", "/versions/prod/download?format=zip"]) {
        const response = await server().stranger.send("GET", `/api/v1/assets/${old}${tail}`);
        expect([tail, response.status]).toEqual([tail, 308]);
        expect(response.headers.get("Location")).toBe(`/api/v1/assets/org-t1/hammer${tail}`);
      }
      const page = await server().stranger.send("GET", `/${old}/versions`, { headers: { Accept: "text/html" } });
      expect([page.status, page.headers.get("Location")]).toEqual([308, "/org-t1/hammer/versions"]);
      const found = await server().stranger.api("GET", `/assets/${old}`, 200, { redirect: "follow" });
      expect(found.data).toMatchObject({ ref: "org-t1/hammer", channels: { prod: "1.0.0" } });
    }
    const { data: now } = await server().stranger.api("GET", "/assets/org-t1/hammer", 200);
    expect(now.former_refs).toEqual(["ann-t1/tool", "org-t1/tool"]);
    const json = { requirements: [{ ref: "ann-t1/user", range: "*" }] };
    const { data: resolved } = await server().stranger.api("POST", "/resolve-dependencies", 200, { json });
    expect(resolved.resolved.map((r: Json) => r.ref)).toContain("ann-t1/tool");
    const dependents = await server().stranger.api("GET", "/assets/org-t1/hammer/dependents", 200);
    expect(dependents.data).toMatchObject([{ ref: "ann-t1/user" }]);

    expect(await statusOf(ann.put("ann-t1/tool", "2.0.0", skill("tool")))).toBe(409);
    expect(await statusOf(ann.put("org-t1/tool", "2.0.0", skill("tool")))).toBe(409);
    await ann.api("POST", "/assets", 409, { json: { slug: "tool", type: "skill" } });
    await publish(server(), ann, "ann-t1/other", "1.0.0", skill("other"));
    await ann.api("POST", "/assets/ann-t1/other/rename", 409, { json: { slug: "tool" } });
    for (const namespace of ["ann-t1", "org-t1"]) {
      const [charged, held] = await storage(namespace);
      expect(charged).toBe(held);
    }
    await server().app.discovery.indexer.sync();
    const hits = await server().stranger.api("GET", "/search?q=hammer", 200);
    expect(hits.data.map((hit: Json) => hit.ref)).toEqual(["org-t1/hammer"]);
    // Its own former name it may have again.
    await ann.api("POST", "/assets/org-t1/hammer/rename", 200, { json: { slug: "tool" } });
    await server().stranger.api("GET", "/assets/org-t1/tool", 200);
  });

  test("elsewhere as an offer, which its owner takes or refuses, and which dies with the right to give", async () => {
    const [ann, bob, eve] = [await person("ann-t2"), await person("bob-t2"), await person("eve-t2")];
    for (const slug of ["one", "two", "three"])
      await publish(server(), ann, `ann-t2/${slug}`, "1.0.0", skill(slug), { visibility: "private" });
    await ann.api("PUT", "/assets/ann-t2/one/collaborators/eve-t2", 200, { json: { access: "admin" } });
    const { meta } = await transfer(ann, "ann-t2/one", { to: "bob-t2", slug: "gift" }, 202);
    expect(meta).toMatchObject({ moved: false, offer: { to: "bob-t2/gift", requested_by: "ann-t2" } });
    await transfer(bob, "ann-t2/one", { to: "bob-t2" }, 404);
    await transfer(ann, "ann-t2/one", { to: "nobody-t2" }, 422);
    const at = `/transfers/${meta.offer.id}`;
    await eve.api("POST", `${at}/accept`, 404);
    expect((await bob.api("GET", "/me/transfers", 200)).data).toMatchObject([{ ref: "ann-t2/one" }]);
    const race = [1, 2, 3].map(() => bob.send("POST", `/api/v1${at}/accept`));
    expect(await statuses(race)).toEqual([200, 404, 404]);
    const owner = await statusOf(bob.send("GET", "/api/v1/assets/bob-t2/gift"));
    expect(owner).toBe(200);
    for (const client of [ann, eve, server().stranger])
      for (const ref of ["bob-t2/gift", "ann-t2/one"]) await client.api("GET", `/assets/${ref}`, 404);

    // Taken back and taken at the same moment: one of the two, never both.
    await publish(server(), ann, "ann-t2/four", "1.0.0", skill("four"), { visibility: "private" });
    const raced = (await transfer(ann, "ann-t2/four", { to: "bob-t2" }, 202)).meta.offer;
    const back = ann.send("DELETE", "/api/v1/assets/ann-t2/four/transfer");
    const outcome = await statuses([bob.send("POST", `/api/v1/transfers/${raced.id}/accept`), back]);
    const mover = outcome.includes(200) ? bob : ann;
    expect(outcome).toEqual(mover === bob ? [200, 404] : [204, 404]);
    await mover.api("GET", `/assets/${mover === bob ? "bob" : "ann"}-t2/four`, 200);

    const declined = (await transfer(ann, "ann-t2/two", { to: "bob-t2" }, 202)).meta.offer;
    await bob.api("POST", `/transfers/${declined.id}/decline`, 204);
    await bob.api("POST", `/transfers/${declined.id}/accept`, 404);
    await ann.api("GET", "/assets/ann-t2/two", 200);

    await ann.api("PUT", "/assets/ann-t2/three/collaborators/eve-t2", 200, { json: { access: "admin" } });
    const offered = (await transfer(eve, "ann-t2/three", { to: "bob-t2" }, 202)).meta.offer;
    await ann.api("DELETE", "/assets/ann-t2/three/collaborators/eve-t2", 204);
    await bob.api("POST", `/transfers/${offered.id}/accept`, 409);
    await ann.api("DELETE", "/assets/ann-t2/three/transfer", 204);
    await bob.api("POST", `/transfers/${offered.id}/accept`, 404);
  });

  test("two transfers at once move it once, and many to one name leave one there", async () => {
    const ann = await person("ann-t3");
    for (const slug of ["left-t3", "right-t3"]) await ann.api("POST", "/organizations", 201, { json: { slug } });
    for (let round = 0; round < 3; round++) {
      await publish(server(), ann, `ann-t3/a${round}`, "1.0.0", skill(`a${round}`));
      const to = (namespace: string) =>
        ann.send("POST", `/api/v1/assets/ann-t3/a${round}/transfer`, { json: { to: namespace } });
      await statuses([to("left-t3"), to("right-t3")]);
      const places = await Promise.all(
        ["left-t3", "right-t3", "ann-t3"].map((namespace) =>
          statusOf(server().stranger.send("GET", `/api/v1/assets/${namespace}/a${round}`)),
        ),
      );
      expect(places.toSorted()).toEqual([200, 308, 404]);
    }
    const many = ["x", "y", "z"];
    for (const slug of many) await publish(server(), ann, `ann-t3/${slug}`, "1.0.0", skill(slug));
    const answers = await statuses(
      many.map((slug) =>
        ann.send("POST", `/api/v1/assets/ann-t3/${slug}/transfer`, { json: { to: "left-t3", slug: "same" } }),
      ),
    );
    expect(answers).toEqual([200, 409, 409]);
    for (const namespace of ["ann-t3", "left-t3", "right-t3"]) {
      const [charged, held] = await storage(namespace);
      expect(charged).toBe(held);
    }
  });

  test("a renamed organization is found by its old name, which nobody else ever gets", async () => {
    const [ann, bob] = [await person("ann-t4"), await person("bob-t4")];
    await ann.api("POST", "/organizations", 201, { json: { slug: "old-t4" } });
    await publish(server(), ann, "old-t4/tool", "1.0.0", skill("tool"));
    await bob.api("POST", "/organizations/old-t4/rename", 403, { json: { slug: "stolen-t4" } });
    await ann.api("POST", "/organizations/old-t4/rename", 409, { json: { slug: "bob-t4" } });
    await ann.api("POST", "/organizations/old-t4/rename", 200, { json: { slug: "new-t4" } });
    for (const [from, to] of [
      ["/api/v1/organizations/old-t4", "/api/v1/organizations/new-t4"],
      ["/api/v1/organizations/old-t4/assets", "/api/v1/organizations/new-t4/assets"],
      ["/api/v1/assets/old-t4/tool/versions/1.0.0", "/api/v1/assets/new-t4/tool/versions/1.0.0"],
      ["/old-t4", "/new-t4"],
      ["/old-t4/tool", "/new-t4/tool"],
    ] as const) {
      const response = await server().stranger.send("GET", from);
      expect([from, response.status, response.headers.get("Location")]).toEqual([from, 308, to]);
    }
    await bob.api("POST", "/organizations", 409, { json: { slug: "old-t4" } });
    const json = { username: "old-t4", email: "old-t4@example.org", password: "correct horse battery staple" };
    await server().stranger.api("POST", "/auth/register", 409, { json });
    await bob.api("POST", "/organizations", 201, { json: { slug: "second-t4" } });
    await bob.api("POST", "/organizations/second-t4/rename", 409, { json: { slug: "old-t4" } });
    await server().app.discovery.indexer.sync();
    const hits = await server().stranger.api("GET", "/search?owner=new-t4", 200);
    expect(hits.data.map((hit: Json) => hit.ref)).toEqual(["new-t4/tool"]);
    await ann.api("POST", "/organizations/new-t4/rename", 200, { json: { slug: "old-t4" } });
    await server().stranger.api("GET", "/assets/old-t4/tool", 200);
  });

  test("a name that is given up is not caught by whoever registers at that moment", async () => {
    const ann = await person("ann-t5");
    for (let round = 0; round < 5; round++) {
      const slug = `brief-t5-${round}`;
      await ann.api("POST", "/organizations", 201, { json: { slug } });
      const json = { username: slug, email: `${slug}@example.org`, password: "correct horse battery staple" };
      const [, registered, made] = await Promise.all([
        statusOf(ann.send("POST", `/api/v1/organizations/${slug}/rename`, { json: { slug: `${slug}-b` } })),
        statusOf(server().stranger.send("POST", "/api/v1/auth/register", { json })),
        statusOf(ann.send("POST", "/api/v1/organizations", { json: { slug } })),
      ]);
      expect([registered, made]).toEqual([409, 409]);
    }
  });

  test("deleting an organization asks what becomes of its assets, and leaves nothing behind but its name", async () => {
    const ann = await person("ann-t6");
    const mem = await person("mem-t6");
    for (const slug of ["gone-t6", "left-t6"]) {
      await ann.api("POST", "/organizations", 201, { json: { slug } });
      await publish(server(), ann, `${slug}/tool`, "1.0.0", skill("tool"));
      await ann.api("PUT", `/organizations/${slug}/members/mem-t6`, 200, { json: { role: "admin" } });
    }
    await mem.api("DELETE", "/organizations/gone-t6", 403, { json: { assets: "delete" } });
    await ann.api("DELETE", "/organizations/gone-t6", 409);
    await ann.api("DELETE", "/organizations/gone-t6", 204, { json: { assets: "delete" } });
    await ann.api("DELETE", "/organizations/left-t6", 204, { json: { assets: { transfer_to: "ann-t6" } } });
    for (const path of ["/organizations/gone-t6", "/organizations/left-t6", "/assets/gone-t6/tool"])
      await ann.api("GET", path, 404);
    expect(await statusOf(ann.send("GET", "/gone-t6", { headers: { Accept: "text/html" } }))).toBe(404);
    const moved = await server().stranger.send("GET", "/api/v1/assets/left-t6/tool");
    expect(moved.headers.get("Location")).toBe("/api/v1/assets/ann-t6/tool");
    await ann.api("POST", "/organizations", 409, { json: { slug: "gone-t6" } });
    expect((await mem.api("GET", "/me/organizations", 200)).data).toEqual([]);
    const [charged, held] = await storage("ann-t6");
    expect(charged).toBe(held);
  });
});

onOneMarketplace("signatures of an asset that moved", (server) => {
  test("say the name that was signed, hold for it, and can be made anew by the same key", async () => {
    const max = await server().person("max");
    const key: PrivateKey = generatePrivateKey();
    const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
    await max.api("POST", "/me/keys", 201, { json: { name: "k", public_key } });
    const { digest } = await publish(server(), max, "max/tool", "1.0.0", skill("tool"));
    const sign = async (ref: string) => {
      const envelope = JSON.stringify(await signPublication(key, { ref, version: "1.0.0", digest }));
      await max.api("POST", `/assets/${ref}/versions/1.0.0/signatures`, 201, { json: { envelope } });
    };
    await sign("max/tool");
    await max.api("POST", "/assets/max/tool/rename", 200, { json: { slug: "hammer" } });
    const before = (await max.api("GET", "/assets/max/hammer/versions/1.0.0", 200)).data;
    expect(before.signatures).toMatchObject([{ signed_as: "max/tool" }]);
    expect(before.asset.former_refs).toEqual(["max/tool"]);
    await sign("max/hammer");
    const after = (await max.api("GET", "/assets/max/hammer/versions/1.0.0", 200)).data;
    expect(after.signatures).toMatchObject([{ signed_as: "max/hammer" }]);
  });
});
