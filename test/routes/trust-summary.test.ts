import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { generatePrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { signPublication } from "../../src/core/signing/statement.ts";
import { type Client, eachMarketplace, type Json, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("-");
/** Any other licence is sent to a moderator. */
const ENV = { MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT" };

eachMarketplace(
  "what speaks for or against a version",
  (server) => {
    let [ana, mod, admin]: Client[] = [];

    beforeAll(async () => {
      ana = await server().person("ana");
      mod = await server().person("careful-mod", "moderator");
      admin = await server().person("chief", "admin");
    });

    const of = async (client: Client, ref: string, version = "1.0.0"): Promise<Json> =>
      (await client.api("GET", `/assets/${ref}/versions/${version}/trust`, 200)).data;
    const page = async (client: Client, ref: string): Promise<string> => {
      const answer = await client.send("GET", `/${ref}`, { headers: { Accept: "text/html" } });
      expect(answer.status).toBe(200);
      return (await answer.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    };

    async function sign(client: Client, ref: string, version: string, digest: string): Promise<string> {
      const key = generatePrivateKey();
      const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
      const { data } = await client.api("POST", "/me/keys", 201, { json: { name: "laptop", public_key } });
      const envelope = await signPublication(key, { ref, version, digest: digest as `sha256:${string}` });
      const json = { envelope: JSON.stringify(envelope) };
      await client.api("POST", `/assets/${ref}/versions/${version}/signatures`, 201, { json });
      return data.id;
    }

    test("passed; then signed; then the key is revoked", async () => {
      const ref = "ana/plain";
      const { digest } = await publish(server(), ana!, ref, "1.0.0", skill("plain"));
      const before = await of(server().stranger, ref);
      expect(before).toMatchObject({
        state: "unsigned",
        headline: "Checked; not signed",
        digest,
        publisher: { name: "ana", kind: "user", verified: false },
        signatures: [],
        build: null,
        verdict: "passed",
        scan: { findings: 0 },
        license: { expression: "MIT", terms: "free" },
        advisories: { count: 0, looked: true, as_of: null },
        review: null,
      });
      expect(before.scan.completed).toBeGreaterThan(5);
      expect(before.log_index).toBeGreaterThanOrEqual(0);
      expect(await page(server().stranger, ref)).toMatch(
        /Checked; not signed .*No person looked at it; the scanners found nothing/,
      );

      const keyId = await sign(ana!, ref, "1.0.0", digest);
      expect(await of(server().stranger, ref)).toMatchObject({ state: "signed", signature_count: 1 });
      expect(await page(server().stranger, ref)).toMatch(/Checked and signed .*Valid: signed by ana/);

      await ana!.api("DELETE", `/me/keys/${keyId}?reason=lost`, 204);
      const after = await of(server().stranger, ref);
      expect(after.state).toBe("key-revoked");
      expect(after.signatures[0].revoked_at).not.toBeNull();
    });

    test("what waits is for its publisher and moderators; who let it pass is for moderators alone", async () => {
      const ref = "ana/held";
      const { id } = await publish(server(), ana!, ref, "1.0.0", skill("held", { license: "AGPL-3.0-only" }));
      expect(await of(ana!, ref)).toMatchObject({ state: "review", verdict: "review", review: null, log_index: null });
      await server().stranger.api("GET", `/assets/${ref}/versions/1.0.0/trust`, 404);
      expect(await page(ana!, ref)).toContain("Nobody yet: a moderator has to decide");

      await mod!.api("POST", `/admin/reviews/${id}/approve`, 200, { json: { reason: "Agreed with counsel." } });
      const seen = await of(server().stranger, ref);
      expect(seen).toMatchObject({ state: "unsigned", license: { terms: "network" } });
      expect(seen.review).toMatchObject({ decision: "approved", reason: "Agreed with counsel.", moderator: null });
      const text = await page(server().stranger, ref);
      expect(text).toMatch(/A moderator let it pass .*Agreed with counsel/);
      for (const client of [server().stranger, ana!]) {
        expect(await page(client, ref)).not.toContain("careful-mod");
        expect(JSON.stringify(await of(client, ref))).not.toContain("careful-mod");
      }
      expect((await of(mod!, ref)).review.moderator).toBe("careful-mod");
    });

    test("blocked", async () => {
      const files = { ...skill("bad"), "x.txt": EICAR };
      await publish(server(), ana!, "ana/bad", "1.0.0", files);
      expect(await of(ana!, "ana/bad")).toMatchObject({ state: "blocked", headline: "Blocked", review: null });
      await server().stranger.api("GET", "/assets/ana/bad/versions/1.0.0/trust", 404);
    });

    test("recalled comes before all else", async () => {
      const ref = "ana/gone";
      const { digest } = await publish(server(), ana!, ref, "1.0.0", skill("gone"));
      await sign(ana!, ref, "1.0.0", digest);
      await admin!.api("POST", "/admin/recalls", 201, { json: { ref, digest, reason: "It phones home." } });
      expect(await of(server().stranger, ref)).toMatchObject({
        state: "recalled",
        recalled: { reason: "It phones home." },
      });
    });

    test("what is new since the version before is marked", async () => {
      const ref = "ana/grows";
      const body = (host: string) =>
        `Fetch https://${host}/data with curl.\n\n\`\`\`sh\ncurl https://${host}/data\n\`\`\`\n`;
      await publish(server(), ana!, ref, "1.0.0", skill("grows", { body: body("one.example.org") }));
      await publish(server(), ana!, ref, "1.1.0", skill("grows", { body: body("two.example.org") }));
      const { capabilities } = await of(ana!, ref, "1.1.0");
      expect(capabilities.since).toBe("1.0.0");
      const hosts = capabilities.groups.find(({ kind }: Json) => kind === "network-host");
      expect(hosts.values).toContainEqual({ value: "two.example.org", gained: true });
    });

    test("an advisory is told to those who may know of it, and a count of versions hides what is private", async () => {
      const uses = (name: string, dependencies: object) => ({
        ...skill(name),
        "package.json": JSON.stringify({ dependencies }),
      });
      await publish(server(), ana!, "ana/uses", "1.0.0", uses("uses", { "left-wing": "1.2.3" }));
      await publish(server(), ana!, "ana/secret-part", "1.0.0", skill("secret-part"));
      await ana!.api("PATCH", "/assets/ana/secret-part", 200, { json: { visibility: "private" } });
      const parts = { dependencies: { "ana/secret-part": "*" } };
      await publish(server(), ana!, "ana/whole", "1.0.0", { ...skill("whole"), "marketplace.toml": toml(parts) });
      const advise = (ecosystem: string, name: string) =>
        admin!.api("POST", "/admin/advisories", 201, {
          json: { summary: "A weakness", affected: [{ package: { ecosystem, name }, versions: ["1.2.3", "1.0.0"] }] },
        });
      const { data } = await advise("npm", "left-wing");
      await advise("marketplace", "ana/secret-part");
      await until("the advisories' matches", async () => (await of(ana!, "ana/uses")).advisories.count === 1);
      await until("the advisories' matches", async () => (await of(ana!, "ana/secret-part")).advisories.count === 1);

      const seen = await of(server().stranger, "ana/uses");
      expect(seen).toMatchObject({ state: "vulnerable", headline: "Has known vulnerabilities" });
      expect(seen.advisories.known).toMatchObject([{ id: data.id, package: "left-wing" }]);
      expect(await page(server().stranger, "ana/uses")).toMatch(new RegExp(`Has known vulnerabilities .*${data.id}`));

      expect(await page(server().stranger, "ana")).toMatch(/ana\/ ?uses .*Known vulnerabilities/);
      await server().app.discovery.indexer.sync();
      expect(await page(server().stranger, "search?q=uses")).toContain("Known vulnerabilities");
      expect(await page(server().stranger, "search?q=plain")).not.toContain("Known vulnerabilities");

      const published = async (client: Client) => (await of(client, "ana/whole")).publisher.published_versions;
      expect(await published(server().stranger)).toBeLessThan(await published(ana!));
      expect(JSON.stringify(await of(server().stranger, "ana/whole"))).not.toContain("secret-part");
    });
  },
  { env: ENV },
);

const toml = ({ dependencies }: { dependencies: Record<string, string> }): string =>
  ["[dependencies]", ...Object.entries(dependencies).map(([ref, range]) => `"${ref}" = "${range}"`)].join("\n");
