import { expect, setDefaultTimeout, test } from "bun:test";
import { type Client, eachMarketplace, type Json, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

// Each publication waits for its scan.
setDefaultTimeout(30_000);

eachMarketplace("licences through dependencies", (server) => {
  const rules = async (client: Client, ref: string): Promise<string[]> =>
    (await client.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data[0].findings
      .filter((finding: Json) => finding.scanner === "licence-compatibility")
      .map((finding: Json) => `${finding.rule_id} ${finding.severity} ${finding.excerpt}`);

  test("what an asset is made of is compared with it, also through others; what is private is not told", async () => {
    const ann = await server().person("ann");
    const bob = await server().person("bob");
    const make = (
      client: Client,
      slug: string,
      license: string,
      needs: Record<string, string> = {},
      visibility = "public",
    ) =>
      publish(server(), client, `${client.username}/${slug}`, "1.0.0", skill(slug, { license, needs }), { visibility });
    await make(ann, "strict-core", "AGPL-3.0-only");
    await make(ann, "middle-part", "AGPL-3.0-only", { "ann/strict-core": "^1" });
    await make(ann, "hidden-part", "AGPL-3.0-only", {}, "private");
    await make(ann, "own-words", "LicenseRef-own-words");

    const work = await make(bob, "open-work", "MIT", {
      "ann/middle-part": "^1",
      "ann/hidden-part": "^1",
      "ann/own-words": "latest",
      "ann/nowhere": "*",
    });
    expect(work.verdict).toBe("passed");
    expect(await rules(bob, "bob/open-work")).toEqual([
      "licence-compatibility/incompatible medium ann/middle-part@1.0.0",
      "licence-compatibility/unknown info ann/own-words@1.0.0",
      "licence-compatibility/incompatible medium ann/strict-core@1.0.0",
    ]);
    await make(bob, "same-work", "AGPL-3.0-only", { "ann/middle-part": "^1" });
    expect(await rules(bob, "bob/same-work")).toEqual([]);
    // Everybody reads what is found in a public asset: nothing of its owner's private ones.
    await make(ann, "own-work", "MIT", { "ann/hidden-part": "^1" });
    expect(await rules(ann, "ann/own-work")).toEqual([]);
    await make(ann, "inner-part", "AGPL-3.0-only", {}, "internal");
    await make(ann, "inner-work", "MIT", { "ann/inner-part": "^1" }, "internal");
    expect(await rules(ann, "ann/inner-work")).toEqual([
      "licence-compatibility/incompatible medium ann/inner-part@1.0.0",
    ]);
  });
});
