import { expect, test } from "bun:test";
import { eachMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

eachMarketplace("changing what is published", (server) => {
  const latestOf = async (ref: string) => (await server().stranger.api("GET", `/assets/${ref}`, 200)).data;

  test("PATCH changes what is written, refuses the wrong, and loses to whoever was faster", async () => {
    const ann = await server().person("ann");
    await publish(server(), ann, "ann/notes", "1.0.0", skill("notes"));
    const before = await ann.send("GET", "/api/v1/assets/ann/notes");
    const edit = {
      json: { title: "Field notes", tags: ["notes", "writing"] },
      headers: { "If-Match": before.headers.get("ETag")! },
    };
    const { data } = await ann.api("PATCH", "/assets/ann/notes", 200, edit);
    expect(data).toMatchObject({ title: "Field notes", tags: ["notes", "writing"] });
    await ann.api("PATCH", "/assets/ann/notes", 412, edit);
    for (const wrong of [
      { title: "" },
      { title: "x".repeat(121) },
      { visibility: "everyone" },
      { tags: ["No"] },
      { homepage: "javascript:alert(1)" },
      { categories: ["no-such"] },
      { title: 5 },
    ])
      await ann.api("PATCH", "/assets/ann/notes", 422, { json: wrong });
    await server().stranger.api("PATCH", "/assets/ann/notes", 401, { json: { title: "Mine" } });
    expect((await latestOf("ann/notes")).title).toBe("Field notes");
    await server().app.discovery.indexer.sync();
    const { data: hits } = await server().stranger.api("GET", "/search?q=field+notes", 200);
    expect(hits[0]).toMatchObject({ ref: "ann/notes", title: "Field notes" });
  });

  test("deprecated and archived assets stay readable; an archived one takes no version until it is opened again", async () => {
    const bea = await server().person("bea");
    await publish(server(), bea, "bea/old", "1.0.0", skill("old"));
    await bea.api("POST", "/assets/bea/old/deprecate", 200, { json: { reason: "Use bea/new." } });
    expect(await latestOf("bea/old")).toMatchObject({ status: "deprecated", status_reason: "Use bea/new." });
    await bea.api("POST", "/assets/bea/old/archive", 200);
    expect((await latestOf("bea/old")).status).toBe("archived");
    expect((await bea.put("bea/old", "1.0.1", skill("old", { body: "More.\n" }))).status).toBe(409);
    const download = await server().stranger.send("GET", "/api/v1/assets/bea/old/versions/latest/download");
    expect(download.status).toBe(200);
    await bea.api("POST", "/assets/bea/old/publish", 200);
    await publish(server(), bea, "bea/old", "1.0.1", skill("old", { body: "More.\n" }));
    expect(await latestOf("bea/old")).toMatchObject({ status: "published", version: "1.0.1" });
  });

  test("a yanked version leaves channels and ranges, keeps its bytes, and comes back", async () => {
    const cem = await server().person("cem");
    await publish(server(), cem, "cem/lib", "1.0.0", skill("lib"));
    const second = await publish(server(), cem, "cem/lib", "1.1.0", skill("lib", { body: "Second.\n" }));
    await cem.api("PUT", "/assets/cem/lib/channels/prod", 200, { json: { version: "1.1.0" } });
    await cem.api("POST", "/assets/cem/lib/versions/1.1.0/yank", 200, { json: { reason: "It eats files." } });

    const asset = await latestOf("cem/lib");
    expect(asset).toMatchObject({ version: "1.0.0", channels: { latest: "1.0.0" } });
    expect(asset.channels).not.toHaveProperty("prod");
    await server().stranger.api("GET", "/assets/cem/lib/versions/prod", 404);
    for (const selector of ["1.1.0", second.digest]) {
      const { data } = await server().stranger.api("GET", `/assets/cem/lib/versions/${selector}`, 200);
      expect(data).toMatchObject({ yanked: true, yank_reason: "It eats files." });
      const path = `/api/v1/assets/cem/lib/versions/${selector}/download`;
      expect((await server().stranger.send("GET", path)).status).toBe(200);
    }
    const resolve = (range: string, status: number) =>
      server().stranger.api("POST", "/resolve-dependencies", status, {
        json: { requirements: [{ ref: "cem/lib", range }] },
      });
    expect((await resolve("^1.0.0", 200)).data.resolved[0].version).toBe("1.0.0");
    await cem.api("PUT", "/assets/cem/lib/channels/prod", 409, { json: { version: "1.1.0" } });

    await cem.api("DELETE", "/assets/cem/lib/versions/1.1.0/yank", 200);
    expect((await latestOf("cem/lib")).version).toBe("1.1.0");
    expect((await resolve("^1.0.0", 200)).data.resolved[0].version).toBe("1.1.0");
  });

  test("channels: set, moved, removed; latest belongs to the server", async () => {
    const dan = await server().person("dan");
    await publish(server(), dan, "dan/chan", "1.0.0", skill("chan"));
    await publish(server(), dan, "dan/chan", "2.0.0", skill("chan", { body: "Two.\n" }));
    const set = (channel: string, version: string, status: number) =>
      dan.api("PUT", `/assets/dan/chan/channels/${channel}`, status, { json: { version } });
    await set("stable", "1.0.0", 200);
    await set("stable", "2.0.0", 200);
    await set("latest", "1.0.0", 422);
    await set("Not-A-Name", "1.0.0", 422);
    await set("stable", "9.9.9", 404);
    expect((await latestOf("dan/chan")).channels).toEqual({ latest: "2.0.0", stable: "2.0.0" });
    await dan.api("DELETE", "/assets/dan/chan/channels/stable", 200);
    await dan.api("DELETE", "/assets/dan/chan/channels/stable", 404);
    await dan.api("DELETE", "/assets/dan/chan/channels/latest", 422);
  });

  test("a deleted asset is gone on every road, and its name is never given again", async () => {
    const eva = await server().person("eva");
    const { digest } = await publish(server(), eva, "eva/gone", "1.0.0", skill("gone"));
    const { id } = await latestOf("eva/gone");
    await eva.api("DELETE", "/assets/eva/gone", 204);
    await server().app.discovery.indexer.sync();
    for (const client of [server().stranger, eva])
      for (const path of [
        "eva/gone",
        id,
        "eva/gone/versions",
        "eva/gone/versions/1.0.0",
        `eva/gone/versions/${digest}`,
      ])
        await client.api("GET", `/assets/${path}`, 404);
    expect((await server().stranger.api("GET", "/search?q=gone", 200)).data).toEqual([]);
    for (const version of ["1.0.0", "1.0.1"]) {
      const again = await eva.put("eva/gone", version, skill("gone"));
      expect([again.status, ((await again.json()) as { error: { code: string } }).error.code]).toEqual([
        409,
        "DUPLICATE_ASSET",
      ]);
    }
    await eva.api("POST", "/assets", 409, { json: { slug: "gone", type: "skill" } });
    await eva.api("DELETE", "/assets/eva/gone", 404);
  });

  test("dependencies: tree, diamond, dependents, and a conflict told as a chain", async () => {
    const fay = await server().person("fay");
    const put = (name: string, version: string, needs: Record<string, string>) =>
      publish(server(), fay, `fay/${name}`, version, skill(name, { needs, body: `${version}\n` }));
    await put("base", "1.4.0", {});
    await put("base", "2.0.0", {});
    await put("left", "1.0.0", { "fay/base": "^1.0.0" });
    await put("right", "1.0.0", { "fay/base": ">=1.2.0" });
    await put("top", "1.0.0", { "fay/left": "*", "fay/right": "^1.0.0" });
    await put("modern", "1.0.0", { "fay/base": "^2.0.0" });

    const { data: tree } = await server().stranger.api("GET", "/assets/fay/top/dependencies", 200);
    expect(tree).toMatchObject({
      ref: "fay/top",
      dependencies: [
        { ref: "fay/left", version: "1.0.0", dependencies: [{ ref: "fay/base", range: "^1.0.0", version: "1.4.0" }] },
        { ref: "fay/right", dependencies: [{ ref: "fay/base", version: "1.4.0", repeated: true }] },
      ],
    });
    const { data: dependents, meta } = await server().stranger.api("GET", "/assets/fay/base/dependents", 200);
    expect(dependents.map((d: { slug: string; range: string }) => `${d.slug} ${d.range}`).toSorted()).toEqual([
      "left ^1.0.0",
      "modern ^2.0.0",
      "right >=1.2.0",
    ]);
    expect(meta.total).toBe(3);

    const resolve = (refs: string[], status: number) =>
      server().stranger.api("POST", "/resolve-dependencies", status, {
        json: { requirements: refs.map((ref) => ({ ref: `fay/${ref}`, range: "*" })) },
      });
    const { data } = await resolve(["top"], 200);
    expect(data.order.indexOf("fay/base")).toBeLessThan(data.order.indexOf("fay/left"));
    expect(data.order.at(-1)).toBe("fay/top");
    for (const found of data.resolved) {
      const version = await server().stranger.api("GET", `/assets/${found.ref}/versions/${found.version}`, 200);
      expect(found).toMatchObject({ digest: version.data.digest, size: version.data.size });
    }
    const { error } = await resolve(["left", "modern"], 409);
    expect(error.code).toBe("RESOLUTION_CONFLICT");
    for (const word of ["fay/left", "fay/modern", "fay/base", "^1.0.0", "^2.0.0"])
      expect(error.message).toContain(word);
    const { error: missing } = await server().stranger.api("POST", "/resolve-dependencies", 409, {
      json: { requirements: [{ ref: "fay/nowhere", range: "*" }] },
    });
    expect(missing.message).toContain("fay/nowhere");
  });
});
