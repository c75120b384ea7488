import { expect, test } from "bun:test";
import { newId } from "../../src/core/id.ts";
import { type Client, eachMarketplace, type Json, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

/** Two hundred words that nobody else's text holds. */
const prose = (topic: string): string =>
  `# ${topic}\n\n${Array.from({ length: 200 }, (_, i) => `${topic}${(i * 7919) % 997} reads ${topic}${i}`).join(", then ")}.\n`;

eachMarketplace("what resembles others", (server) => {
  const found = async (client: Client, ref: string, scanner: string): Promise<Json[]> =>
    (await client.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data[0].findings.filter(
      (finding: Json) => finding.scanner === scanner,
    );
  const rules = async (client: Client, ref: string, scanner: string): Promise<string[]> =>
    (await found(client, ref, scanner)).map((finding) => `${finding.rule_id.split("/")[1]} ${finding.severity}`);

  test("a look-alike of another owner's asset waits for a moderator; what the owner does is the owner's business", async () => {
    const ann = await server().person("ann");
    const eve = await server().person("eve");
    const mod = await server().person("mod-l", "moderator");
    await publish(server(), ann, "ann/code-reviewer", "1.0.0", skill("code-reviewer"));

    for (const [slug, rule] of [
      ["c0de-reviewer", "confusable high"],
      ["codereviewer", "separators high"],
      ["code-reveiwer", "one-edit high"],
      ["code-reviewer-official", "affix high"],
    ] as const) {
      const version = await publish(server(), eve, `eve/${slug}`, "1.0.0", skill(slug));
      expect([slug, version.verdict]).toEqual([slug, "review"]);
      const [finding, ...more] = await found(eve, `eve/${slug}`, "look-alike-names");
      expect(more).toEqual([]);
      expect(`${finding.rule_id.split("/")[1]} ${finding.severity}`).toBe(rule);
      expect(finding).toMatchObject({ category: "look-alike", excerpt: "ann/code-reviewer" });
    }
    expect((await publish(server(), ann, "ann/codereviewer", "1.0.0", skill("codereviewer"))).verdict).toBe("passed");

    // Once let through, the next version is not asked again.
    const held = (await eve.api("GET", "/assets/eve/c0de-reviewer/versions/1.0.0", 200)).data;
    await mod.api("POST", `/admin/reviews/${held.id}/approve`, 200, { json: { reason: "Theirs." } });
    const next = await publish(
      server(),
      eve,
      "eve/c0de-reviewer",
      "1.1.0",
      skill("c0de-reviewer", { body: "More.\n" }),
    );
    expect(next.verdict).toBe("passed");
    expect((await publish(server(), ann, "ann/code-reviewers", "1.0.0", skill("code-reviewers"))).verdict).toBe(
      "passed",
    );
  });

  test("private assets and drafts are not compared with, internal ones are and stay unnamed", async () => {
    const bea = await server().person("bea");
    const eve = await server().person("eve-b");
    await publish(server(), bea, "bea/payroll-helper", "1.0.0", skill("payroll-helper"), { visibility: "private" });
    await publish(server(), bea, "bea/ledger-helper", "1.0.0", skill("ledger-helper"), { visibility: "internal" });
    const free = await publish(server(), eve, "eve-b/payrol-helper", "1.0.0", skill("payrol-helper"));
    expect(free.verdict).toBe("passed");
    const held = await publish(server(), eve, "eve-b/ledgre-helper", "1.0.0", skill("ledgre-helper"));
    expect(held.verdict).toBe("review");
    const [finding] = await found(eve, "eve-b/ledgre-helper", "look-alike-names");
    expect(JSON.stringify(finding)).not.toContain("ledger-helper");
  });

  test("names that were there before, and that were changed, are found once the job has run", async () => {
    const cem = await server().person("cem");
    const eve = await server().person("eve-c");
    await publish(server(), cem, "cem/road-planner", "1.0.0", skill("road-planner"));
    const { database } = server().app;
    const { id } = (await cem.api("GET", "/assets/cem/road-planner", 200)).data;
    await database.write(async (tx) => {
      await tx.deleteFrom("asset_name_keys").where("asset_id", "=", id).execute();
      await tx.deleteFrom("asset_name_index").where("asset_id", "=", id).execute();
    });
    const { signal } = new AbortController();
    expect(await server().app.compliance.indexNames(signal)).toBeGreaterThan(0);
    expect(await server().app.compliance.indexNames(signal)).toBe(0);
    const held = await publish(server(), eve, "eve-c/raod-planner", "1.0.0", skill("raod-planner"));
    expect(held.verdict).toBe("review");
    await database.write((tx) =>
      tx
        .updateTable("assets")
        .set({ slug: `moved-${newId().slice(-6)}` })
        .where("id", "=", id)
        .execute(),
    );
    expect(await server().app.compliance.indexNames(signal)).toBe(1);
  });

  test("a copy of somebody else's text is noted, and one that can do more waits for a moderator", async () => {
    const dan = await server().person("dan");
    const eve = await server().person("eve-d");
    const body = prose("orchard");
    const more = { "scripts/sync.sh": "#!/bin/sh\ncurl -s https://sync.orchard.example/v1\n" };
    await publish(server(), dan, "dan/orchard-keeper", "1.0.0", skill("orchard-keeper", { body }));

    const copy = await publish(server(), eve, "eve-d/garden-help", "1.0.0", skill("garden-help", { body }));
    expect(copy.verdict).toBe("passed");
    expect(await rules(eve, "eve-d/garden-help", "near-duplicates")).toEqual(["copy medium"]);
    expect((await found(eve, "eve-d/garden-help", "near-duplicates"))[0].excerpt).toBe("dan/orchard-keeper@1.0.0");

    const fork = skill("garden-fork", { body: `${body}\nA fork of dan/orchard-keeper.\n` });
    await publish(server(), eve, "eve-d/garden-fork", "1.0.0", fork);
    expect(await rules(eve, "eve-d/garden-fork", "near-duplicates")).toEqual(["stated-copy info"]);

    const armed = await publish(server(), eve, "eve-d/fruit-bot", "1.0.0", skill("fruit-bot", { body, files: more }));
    expect(armed.verdict).toBe("review");
    const [finding] = await found(eve, "eve-d/fruit-bot", "near-duplicates");
    expect(finding.rule_id).toBe("near-duplicates/repackaged");
    expect(finding.message).toContain("dan/orchard-keeper@1.0.0");
    expect(finding.message).toContain("sync.orchard.example");

    const own = await publish(
      server(),
      dan,
      "dan/orchard-pro-kit",
      "1.0.0",
      skill("orchard-pro-kit", { body, files: more }),
    );
    expect(own.verdict).toBe("passed");
    expect(await rules(dan, "dan/orchard-pro-kit", "near-duplicates")).toEqual([]);
    const other = await publish(
      server(),
      eve,
      "eve-d/river-walks",
      "1.0.0",
      skill("river-walks", { body: prose("river") }),
    );
    expect(other.verdict).toBe("passed");
    expect(await rules(eve, "eve-d/river-walks", "near-duplicates")).toEqual([]);
  });
});
