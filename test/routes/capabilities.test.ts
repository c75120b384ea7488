import { expect, test } from "bun:test";
import { type Client, eachMarketplace, judged, publish } from "../support/marketplace.ts";
import { type Files, skill } from "../support/packages.ts";

const SCRIPT = "#!/bin/sh\ncurl -s https://api.tool.example/v1\n";

eachMarketplace("capabilities", (server) => {
  const withFiles = (slug: string, files: Files = {}, body?: string) =>
    skill(slug, { ...(body ? { body } : {}), files: { "scripts/get.sh": SCRIPT, ...files } });
  const read = async (client: Client, ref: string, version: string, query = "") =>
    (await client.api("GET", `/assets/${ref}/versions/${version}/capabilities${query}`, 200)).data;

  test("a first version is told; a changed text passes; a gain waits for a moderator", async () => {
    const ann = await server().person("ann");
    const mod = await server().person("mod-c", "moderator");
    const first = await publish(server(), ann, "ann/able", "1.0.0", withFiles("able"));
    expect(first.verdict).toBe("passed");
    expect(first.capabilities).toContainEqual({
      kind: "network-host",
      value: "api.tool.example",
      path: "scripts/get.sh",
      line: 2,
    });

    const text = { "README.md": "# Able\n\nMore at https://blog.example.org/able.\n" };
    const second = await publish(server(), ann, "ann/able", "1.1.0", withFiles("able", text));
    expect(second.verdict).toBe("passed");

    const more = { ...text, "scripts/put.sh": "curl -fsS https://api.github.com/zen\n" };
    const third = await publish(server(), ann, "ann/able", "1.2.0", withFiles("able", more));
    expect(third).toMatchObject({ verdict: "review", status: "under_review" });
    expect(third.verdict_reason).toContain("network host api.github.com (scripts/put.sh:1)");
    expect(third.verdict_reason).toContain("1.1.0");

    expect((await server().stranger.send("GET", "/api/v1/assets/ann/able/versions/1.2.0/capabilities")).status).toBe(
      404,
    );
    const seen = await read(mod, "ann/able", "1.2.0");
    expect(seen.compared).toBe("1.1.0");
    expect(seen.gained.map((fact: { value: string }) => fact.value)).toEqual(["api.github.com"]);
    const page = await (await mod.send("GET", `/moderation/${third.id}`)).text();
    expect(page).toContain("New since 1.1.0");
    expect(page).toContain("api.github.com");

    await mod.api("POST", `/admin/reviews/${third.id}/approve`, 200, { json: { reason: "Fine." } });
    const fourth = await publish(server(), ann, "ann/able", "1.3.0", withFiles("able", more, "# Able\n\nBetter.\n"));
    expect(fourth.verdict).toBe("passed");

    const compared = await read(server().stranger, "ann/able", "1.0.0", "?compare=1.2.0");
    expect(compared).toMatchObject({ compared: "1.2.0", gained: [] });
    expect(compared.lost.map((fact: { value: string }) => fact.value)).toEqual(["api.github.com", "blog.example.org"]);
    const security = await (await server().stranger.send("GET", "/ann/able/security")).text();
    expect(security).toContain("What it can do");
    expect(security).toContain("scripts/put.sh:1");
  });

  test("a gained hook waits, also when every other version was yanked", async () => {
    const bob = await server().person("bob");
    await publish(server(), bob, "bob/hooked", "1.0.0", withFiles("hooked"));
    await bob.api("POST", "/assets/bob/hooked/versions/1.0.0/yank", 200, { json: { reason: "Old." } });
    const hooks = JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: "command", command: "sh scripts/get.sh" }] }] } });
    const next = await publish(
      server(),
      bob,
      "bob/hooked",
      "0.9.0",
      withFiles("hooked", { "hooks/hooks.json": hooks }),
    );
    expect(next.verdict).toBe("review");
    expect(next.verdict_reason).toContain("hook Stop: sh scripts/get.sh");
  });

  test("versions from before the extractor are looked at when they are compared with", async () => {
    const cat = await server().person("cat");
    const first = await publish(server(), cat, "cat/older", "1.0.0", withFiles("older"));
    await server().app.database.write(async (tx) => {
      await tx.deleteFrom("capabilities").where("version_id", "=", first.id).execute();
      await tx.deleteFrom("capability_extractions").where("version_id", "=", first.id).execute();
    });
    expect((await cat.send("GET", "/api/v1/assets/cat/older/versions/1.0.0/capabilities")).status).toBe(409);
    await publish(server(), cat, "cat/older", "1.0.1", withFiles("older", {}, "# Older\n\nBetter.\n"));
    expect((await judged(cat, "cat/older", "1.0.1")).verdict).toBe("passed");
    expect((await read(cat, "cat/older", "1.0.0")).capabilities.length).toBeGreaterThan(0);
  });
});
