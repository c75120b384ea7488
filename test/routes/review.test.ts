import { expect, setDefaultTimeout, test } from "bun:test";
import { type Client, eachMarketplace, judged, publish, until } from "../support/marketplace.ts";
import { skill, tarGz } from "../support/packages.ts";

// Each test waits for several scans.
setDefaultTimeout(30_000);

/** Any other licence is sent to a moderator. */
const ENV = {
  MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT",
};
const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("-");
const held = (name: string, body = "Careful.\n") => skill(name, { license: "AGPL-3.0-only", body });

eachMarketplace(
  "review",
  (server) => {
    const queueOf = async (moderator: Client) =>
      (await moderator.api("GET", "/admin/reviews?per_page=100", 200)).data as { ref: string; version_id: string }[];
    const versionIdOf = async (client: Client, ref: string, version = "1.0.0"): Promise<string> =>
      (await client.api("GET", `/assets/${ref}/versions/${version}`, 200)).data.id;
    const decide = (client: Client, id: string, decision: "approve" | "reject", status: number, reason = "Because.") =>
      client.api("POST", `/admin/reviews/${id}/${decision}`, status, { json: { reason } });
    const rescan = async (client: Client, ref: string): Promise<void> => {
      const { data } = await client.api("POST", `/assets/${ref}/versions/1.0.0/scans`, 202);
      await until(`scan ${data.id}`, async () => {
        const scans = (await client.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data;
        return scans.find((scan: { id: string; status: string }) => scan.id === data.id)?.status === "completed";
      });
    };
    /** Every road on which a stranger could read the version or learn of it. */
    const unreadable = async (ref: string, digest: string): Promise<void> => {
      await server().app.discovery.indexer.sync();
      const version = `/api/v1/assets/${ref}/versions/1.0.0`;
      for (const path of [
        version,
        `/api/v1/assets/${ref}/versions/${digest}`,
        `/api/v1/assets/${ref}/versions/latest`,
        `${version}/download`,
        `${version}/download?format=zip`,
        `${version}/files/SKILL.md`,
        `${version}/manifest`,
        `${version}/config`,
        `${version}/scans`,
        `/${ref}?version=1.0.0`,
        `/${ref}/files/1.0.0`,
        `/${ref}/files/1.0.0/SKILL.md`,
        `/${ref}/security?version=1.0.0`,
        `/publish/${ref}/1.0.0`,
      ])
        expect([path, (await server().stranger.send("GET", path)).status]).toEqual([path, 404]);
      const slug = ref.split("/")[1]!;
      expect((await server().stranger.api("GET", `/search?q=${slug}`, 200)).data).toEqual([]);
      const found = await server().stranger.api("POST", "/resolve-dependencies", 409, {
        json: { requirements: [{ ref, range: "*" }] },
      });
      expect(found.error.code).toBe("RESOLUTION_CONFLICT");
    };

    test("what has a finding waits for a moderator, who lets it through", async () => {
      const ann = await server().person("ann");
      const mod = await server().person("mod-a", "moderator");
      const version = await publish(server(), ann, "ann/held", "1.0.0", held("held"));
      expect(version).toMatchObject({ verdict: "review", status: "under_review" });
      expect(version.scans[0].findings).toBeGreaterThan(0);
      await unreadable("ann/held", version.digest);
      expect((await ann.api("GET", "/assets/ann/held", 200)).data.status).toBe("under_review");
      const scans = (await ann.api("GET", "/assets/ann/held/versions/1.0.0/scans", 200)).data;
      expect(scans[0].findings[0]).toMatchObject({ severity: "high" });
      expect(scans[0].findings[0].remedy).not.toBe("");

      expect((await queueOf(mod)).map((entry) => entry.ref)).toContain("ann/held");
      for (const client of [ann, server().stranger])
        expect((await client.send("GET", "/api/v1/admin/reviews")).status).toBeOneOf([401, 403]);
      await decide(ann, version.id, "approve", 403);
      await decide(mod, version.id, "approve", 200, "The owner may.");
      const { data } = await server().stranger.api("GET", "/assets/ann/held/versions/1.0.0", 200);
      expect(data).toMatchObject({ verdict: "passed", status: "published", verdict_reason: "The owner may." });
      await decide(mod, version.id, "approve", 200, "The owner may.");
      await server().app.discovery.indexer.sync();
      expect((await server().stranger.api("GET", "/search?q=held", 200)).data).toHaveLength(1);

      await rescan(ann, "ann/held");
      expect((await judged(ann, "ann/held", "1.0.0")).status).toBe("published");
    });

    test("an approval does not cover what was not found when it was given", async () => {
      const ivo = await server().person("ivo");
      const mod = await server().person("mod-i", "moderator");
      const version = await publish(server(), ivo, "ivo/later", "1.0.0", held("later"));
      // As if the rule had come with a newer release of the scanners.
      await server().app.database.write((tx) => tx.deleteFrom("findings").execute());
      await decide(mod, version.id, "approve", 200, "Nothing there.");
      await rescan(ivo, "ivo/later");
      const again = (await ivo.api("GET", "/assets/ivo/later/versions/1.0.0", 200)).data;
      expect(again).toMatchObject({ verdict: "review", status: "under_review" });
      expect(again.verdict_reason).toContain("More was found since it was approved.");
      await decide(mod, version.id, "approve", 200, "Seen now.");
      await rescan(ivo, "ivo/later");
      expect((await judged(ivo, "ivo/later", "1.0.0")).status).toBe("published");
    });

    test("what a moderator rejects is unreadable everywhere, and no rescan brings it back", async () => {
      const bea = await server().person("bea");
      const mod = await server().person("mod-b", "moderator");
      const version = await publish(server(), bea, "bea/refused", "1.0.0", held("refused"));
      await decide(mod, version.id, "reject", 422, " ");
      await decide(mod, version.id, "reject", 200, "Not here.");
      await unreadable("bea/refused", version.digest);
      const seen = (await bea.api("GET", "/assets/bea/refused/versions/1.0.0", 200)).data;
      expect(seen).toMatchObject({ status: "blocked", verdict: "blocked", verdict_reason: "Not here." });
      const download = await bea.send("GET", "/api/v1/assets/bea/refused/versions/1.0.0/download");
      expect(download.status).toBe(422);
      await rescan(bea, "bea/refused");
      expect((await bea.api("GET", "/assets/bea/refused/versions/1.0.0", 200)).data.status).toBe("blocked");
      await unreadable("bea/refused", version.digest);
    });

    test("a published version that is taken back disappears with its asset, and a rescan that finds nothing changes nothing", async () => {
      const cem = await server().person("cem");
      const mod = await server().person("mod-c", "moderator");
      const version = await publish(server(), cem, "cem/trojan", "1.0.0", skill("trojan"));
      await server().stranger.api("GET", "/assets/cem/trojan", 200);
      await decide(mod, version.id, "reject", 200, "It phones home.");
      await unreadable("cem/trojan", version.digest);
      for (const path of ["/api/v1/assets/cem/trojan", "/cem/trojan", "/cem/trojan/versions"])
        expect([path, (await server().stranger.send("GET", path)).status]).toEqual([path, 404]);
      await rescan(cem, "cem/trojan");
      await unreadable("cem/trojan", version.digest);
      // Another version may still be published under the name.
      await publish(server(), cem, "cem/trojan", "1.0.1", skill("trojan", { body: "Clean.\n" }));
      const { data } = await server().stranger.api("GET", "/assets/cem/trojan/versions", 200);
      expect(data.map((v: { version: string }) => v.version)).toEqual(["1.0.1"]);
    });

    test("malware is blocked; only an administrator lets it through; an earlier version stays the latest", async () => {
      const dan = await server().person("dan");
      const mod = await server().person("mod-d", "moderator");
      const root = await server().person("root-d", "admin");
      await publish(server(), dan, "dan/mixed", "1.0.0", skill("mixed"));
      const bad = await publish(
        server(),
        dan,
        "dan/mixed",
        "1.1.0",
        tarGz(skill("mixed", { files: { "eicar.com": EICAR } })),
      );
      expect(bad).toMatchObject({ verdict: "blocked", status: "blocked" });
      const asset = (await server().stranger.api("GET", "/assets/dan/mixed", 200)).data;
      expect(asset).toMatchObject({ version: "1.0.0", channels: { latest: "1.0.0" } });
      await server().stranger.api("GET", "/assets/dan/mixed/versions/1.1.0", 404);
      await decide(mod, bad.id, "approve", 409);
      await decide(root, bad.id, "approve", 200, "A test file.");
      expect((await server().stranger.api("GET", "/assets/dan/mixed", 200)).data.version).toBe("1.1.0");
    });

    test("strangers and other publishers ask for no scan", async () => {
      const eva = await server().person("eva");
      const fay = await server().person("fay");
      await publish(server(), eva, "eva/quiet", "1.0.0", skill("quiet"));
      await server().stranger.api("POST", "/assets/eva/quiet/versions/1.0.0/scans", 401);
      await fay.api("POST", "/assets/eva/quiet/versions/1.0.0/scans", 403);
      await rescan(eva, "eva/quiet");
      expect((await eva.api("GET", "/assets/eva/quiet/versions/1.0.0/scans", 200)).data).toHaveLength(2);
      expect(await versionIdOf(server().stranger, "eva/quiet")).toBeString();
    });
  },
  { env: ENV },
);
