import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { eachMarketplace, judged, publish, until } from "../support/marketplace.ts";
import { skill, tarGz, zip } from "../support/packages.ts";

const sha256 = (bytes: ArrayBuffer | Uint8Array): string =>
  `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;

/** Every pairing of database and store publishes one version; the rest of the suites run on two of them. */
eachMarketplace(
  "publishing in one call",
  (server) => {
    test("tar.gz and zip: 201, scanned, published, found, and the manifest is what its digest says", async () => {
      const ann = await server().person("ann");
      const files = skill("night-watch", { description: "Watches over deployments at night." });
      for (const [ref, bytes] of [
        ["ann/night-watch", tarGz(files)],
        ["ann/night-watch-zip", zip(files)],
      ] as const) {
        const created = await ann.put(ref, "1.0.0", bytes);
        expect(created.status).toBe(201);
        expect(created.headers.get("Location")).toBe(`/api/v1/assets/${ref}/versions/1.0.0`);
        const { data, meta } = (await created.json()) as { data: Record<string, unknown>; meta: unknown };
        expect(meta).toMatchObject({ outcome: "created" });
        expect(data).toMatchObject({ version: "1.0.0", verdict: "pending", status: "scanning", yanked: false });
        expect(data["digest"]).toMatch(/^sha256:[0-9a-f]{64}$/);

        expect(await judged(ann, ref, "1.0.0")).toMatchObject({ verdict: "passed", status: "published" });
        await server().app.discovery.indexer.sync();
        const { data: hits } = await server().stranger.api("GET", "/search?q=nihgt+watch", 200);
        expect(hits.map((hit: { ref: string }) => hit.ref)).toContain(ref);

        const manifest = await server().stranger.send("GET", `/api/v1/assets/${ref}/versions/1.0.0/manifest`);
        expect(sha256(await manifest.arrayBuffer())).toBe(data["digest"] as string);
      }
      const [a, b] = await Promise.all(
        ["night-watch", "night-watch-zip"].map((slug) =>
          server().stranger.api("GET", `/assets/ann/${slug}/versions/latest`, 200),
        ),
      );
      expect(a.data.digest).toBe(b.data.digest);
    });
  },
  {
    cells: [
      ["sqlite", "filesystem"],
      ["postgres", "s3"],
      ["sqlite", "s3"],
      ["postgres", "filesystem"],
    ],
  },
);

eachMarketplace("publishing", (server) => {
  test("the same content again is a no-op; other content is refused with DUPLICATE_VERSION", async () => {
    const bea = await server().person("bea");
    const first = await publish(server(), bea, "bea/steady", "1.2.3", skill("steady"));

    const again = await bea.put("bea/steady", "1.2.3", zip(skill("steady")));
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({
      data: { digest: first.digest, status: "published" },
      meta: { outcome: "unchanged" },
    });

    const other = await bea.put("bea/steady", "1.2.3", skill("steady", { body: "Something else.\n" }));
    expect(other.status).toBe(409);
    expect(((await other.json()) as { error: unknown }).error).toMatchObject({
      code: "DUPLICATE_VERSION",
      details: { existing_digest: first.digest },
    });
    const { data } = await bea.api("GET", "/assets/bea/steady/versions", 200);
    expect(data).toHaveLength(1);
    expect(readdirSync(join(server().data, "uploads"))).toEqual([]);
  });

  test("a draft with a version sent as a form stays hidden until its owner publishes it", async () => {
    const cem = await server().person("cem");
    await cem.api("POST", "/assets", 201, { json: { slug: "slow-start", type: "skill", title: "Slow start" } });
    const form = new FormData();
    form.set("version", "0.1.0");
    form.set("changelog", "First steps.");
    form.set("file", new Blob([tarGz(skill("slow-start"))]), "slow-start.tar.gz");
    const { data } = await cem.api("POST", "/assets/cem/slow-start/versions", 201, { body: form });
    expect(data).toMatchObject({ version: "0.1.0", changelog: "First steps." });
    expect(await judged(cem, "cem/slow-start", "0.1.0")).toMatchObject({ verdict: "passed", status: "ready" });
    await server().stranger.api("GET", "/assets/cem/slow-start", 404);

    const published = await cem.api("POST", "/assets/cem/slow-start/publish", 200);
    expect(published.data).toMatchObject({ status: "published", version: "0.1.0" });
    const seen = await server().stranger.api("GET", "/assets/cem/slow-start/versions/latest", 200);
    expect(seen.data.digest).toBe(data.digest);
  });

  test("a draft published before its version was scanned opens when the version passes", async () => {
    const dan = await server().person("dan");
    await dan.api("POST", "/assets", 201, { json: { slug: "early", type: "skill" } });
    const form = new FormData();
    form.set("version", "1.0.0");
    form.set("file", new Blob([zip(skill("early"))]), "early.zip");
    await dan.api("POST", "/assets/dan/early/versions", 201, { body: form });
    await dan.api("POST", "/assets/dan/early/publish", 200);
    await until("dan/early is open", async () => {
      const response = await server().stranger.send("GET", "/api/v1/assets/dan/early");
      return response.status === 200;
    });
  });

  test("a draft that is refused leaves no name behind", async () => {
    const eva = await server().person("eva");
    for (const wrong of [{ tags: ["No Spaces"] }, { categories: ["no-such-category"] }, { title: " " }])
      await eva.api("POST", "/assets", 422, { json: { slug: "second-try", type: "skill", ...wrong } });
    await eva.api("GET", "/assets/eva/second-try", 404);
    await eva.api("POST", "/assets", 201, { json: { slug: "second-try", type: "skill", tags: ["fine"] } });
    await eva.api("POST", "/assets", 409, { json: { slug: "second-try", type: "skill" } });
  });

  test("a channel asked for at publication names the version; latest stays with the highest", async () => {
    const fay = await server().person("fay");
    await publish(server(), fay, "fay/rolling", "2.0.0", skill("rolling"));
    await publish(server(), fay, "fay/rolling", "2.1.0-beta.1", skill("rolling", { body: "Beta.\n" }), {
      channel: "beta",
      changelog: "Try it.",
    });
    const { data } = await server().stranger.api("GET", "/assets/fay/rolling", 200);
    expect(data.channels).toEqual({ beta: "2.1.0-beta.1", latest: "2.0.0" });
    const beta = await server().stranger.api("GET", "/assets/fay/rolling/versions/beta", 200);
    expect(beta.data).toMatchObject({ version: "2.1.0-beta.1", changelog: "Try it." });
    const byDigest = await server().stranger.api("GET", `/assets/fay/rolling/versions/${beta.data.digest}`, 200);
    expect(byDigest.data.version).toBe("2.1.0-beta.1");
  });

  test("nobody publishes in another's namespace, without a token, or with a key that may only read", async () => {
    const gus = await server().person("gus");
    const hal = await server().person("hal");
    await publish(server(), gus, "gus/mine", "1.0.0", skill("mine"));
    for (const version of ["1.0.0", "1.0.1"]) {
      expect((await hal.put("gus/mine", version, skill("mine", { body: "Mine now.\n" }))).status).toBe(403);
      expect((await server().stranger.put("gus/mine", version, skill("mine"))).status).toBe(401);
    }
    expect((await hal.put("gus/new", "1.0.0", skill("new"))).status).toBe(403);
    const { data } = await gus.api("POST", "/me/api-keys", 201, { json: { name: "reader", scopes: ["read"] } });
    const reader = await gus.send("PUT", "/api/v1/assets/gus/mine/versions/1.0.1", {
      body: tarGz(skill("mine")),
      headers: { Authorization: `Bearer ${data.key}` },
    });
    expect(reader.status).toBe(403);
    expect((await gus.api("GET", "/assets/gus/mine/versions", 200)).data).toHaveLength(1);
  });

  test("what cannot be a name, version, channel or kind is refused before and after the bytes", async () => {
    const ida = await server().person("ida");
    for (const path of ["ida/Bad/versions/1.0.0", "ida/-x/versions/1.0.0", "ida/ok/versions/v1.0.0"])
      expect((await ida.send("PUT", `/api/v1/assets/${path}`, { body: "x" })).status).toBe(422);
    for (const version of ["1.0", "1.0.0+build", "01.0.0", "latest", "1.0.0%2f..", `1.0.0-${"a".repeat(80)}`])
      expect((await ida.put("ida/ok", version, skill("ok"))).status).toBe(422);
    expect((await ida.put("ida/ok", "1.0.0", skill("ok"), { channel: "Not A Name" })).status).toBe(422);
    expect((await ida.put("ida/ok", "1.0.0", skill("ok"), { visibility: "secret" })).status).toBe(422);
    expect((await ida.put("nobody-here/ok", "1.0.0", skill("ok"))).status).toBe(404);
    await ida.api("GET", "/assets/ida/ok", 404);

    await publish(server(), ida, "ida/kind", "1.0.0", skill("kind"));
    const other = await ida.put("ida/kind", "1.1.0", { "a.prompt.md": "---\nname: kind\n---\nSay it.\n" });
    expect(other.status).toBe(422);
    expect(await other.text()).toContain("is a skill");
  });
});
