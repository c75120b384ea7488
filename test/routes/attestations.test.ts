import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { parseEnvelope, payloadOf, signEnvelope, verifyEnvelope } from "../../src/core/signing/dsse.ts";
import { generatePrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { SLSA_PREDICATE_TYPE } from "../../src/core/signing/provenance.ts";
import { signPublication } from "../../src/core/signing/statement.ts";
import { VERDICT_PREDICATE_TYPE } from "../../src/core/signing/verdict-statement.ts";
import { startCiIssuer } from "../support/ci-issuer.ts";
import { commandLine } from "../support/command-line.ts";
import { type Client, createClient, eachMarketplace, type Json, judged, publish } from "../support/marketplace.ts";
import { changedJson, type Meddling, startMeddler } from "../support/meddler.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const AUDIENCE = "https://marketplace.test";
const issuer = await startCiIssuer(AUDIENCE);
afterAll(() => issuer.stop());

eachMarketplace(
  "attestations",
  (server) => {
    let [ana, admin]: Client[] = [];
    beforeAll(async () => {
      ana = await server().person("ana");
      admin = await server().person("chief", "admin");
    });
    const listed = async (ref: string, version = "1.0.0", client = ana!): Promise<Json[]> =>
      (await client.api("GET", `/assets/${ref}/versions/${version}/attestations`, 200)).data;
    const verdictOf = async (ref: string): Promise<Json> => {
      const found = (await listed(ref)).find(({ kind }) => kind === "verdict");
      const envelope = parseEnvelope(JSON.stringify(found.envelope))!;
      expect(await verifyEnvelope(envelope, await server().app.signer.publicKey())).toBe(true);
      expect(JSON.parse(Buffer.from(payloadOf(envelope)).toString())).toEqual(found.statement);
      return found.statement;
    };

    test("the server signs its verdict: for which content, by which scanners, and why", async () => {
      const { digest } = await publish(server(), ana!, "ana/tool", "1.0.0", skill("tool"));
      const { subject, predicateType, predicate } = await verdictOf("ana/tool");
      expect(subject).toEqual([{ name: "ana/tool@1.0.0", digest: { sha256: digest.slice(7) } }]);
      expect(predicateType).toBe(VERDICT_PREDICATE_TYPE);
      expect(predicate).toMatchObject({ verdict: "passed", decided_by: "policy", decided_at: expect.any(String) });
      expect(predicate.scanners.length).toBeGreaterThan(3);
      expect(predicate.scanners[0]).toEqual({
        name: expect.any(String),
        version: expect.any(String),
        state: "completed",
      });
      // The same envelope until the verdict changes.
      expect(await listed("ana/tool")).toEqual(await listed("ana/tool"));
      await server().stranger.api("GET", "/assets/ana/nothing/versions/1.0.0/attestations", 404);
    });

    test("another verdict takes its place, and says that a person decided but not who", async () => {
      const files = skill("terms", { license: "AGPL-3.0-only" });
      expect((await ana!.put("ana/terms", "1.0.0", files)).status).toBe(201);
      const { id, verdict } = await judged(ana!, "ana/terms", "1.0.0");
      expect(verdict).toBe("review");
      expect((await verdictOf("ana/terms")).predicate).toMatchObject({ verdict: "review", decided_by: "policy" });
      await admin!.api("POST", `/admin/reviews/${id}/approve`, 200, { json: { reason: "Agreed with legal." } });
      const decided = await verdictOf("ana/terms");
      expect(decided.predicate).toMatchObject({ verdict: "passed", decided_by: "admin", reason: "Agreed with legal." });
      expect(JSON.stringify(decided)).not.toContain("chief");
    });

    test("publishers' signatures stand beside it", async () => {
      const key = generatePrivateKey();
      const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
      await ana!.api("POST", "/me/keys", 201, { json: { name: "laptop", public_key } });
      const { digest } = await publish(server(), ana!, "ana/signed", "1.0.0", skill("signed"));
      const envelope = await signPublication(key, { ref: "ana/signed", version: "1.0.0", digest });
      const json = { envelope: JSON.stringify(envelope) };
      await ana!.api("POST", "/assets/ana/signed/versions/1.0.0/signatures", 201, { json });
      expect(await listed("ana/signed")).toMatchObject([
        { kind: "publication", signer: "ana", envelope },
        { kind: "verdict", signer: null },
      ]);
    });

    test("where a CI job built it becomes an SLSA statement that the server signs, and a block on the page", async () => {
      const claims = { repository: "acme/skills", repository_owner_id: "4711" };
      const job = {
        ...claims,
        job_workflow_ref: "acme/skills/.github/workflows/release.yml@refs/heads/main",
        ref: 'refs/heads/<script>alert("x")</script>',
        sha: "0123456789abcdef0123456789abcdef01234567",
        run_id: "99",
      };
      const trusted = { json: { slug: "built", issuer: issuer.url, claims } };
      await ana!.api("POST", "/namespaces/ana/trusted-publishers", 201, trusted);
      const exchange = { json: { token: await issuer.token(job) } };
      const { data } = await server().stranger.api("POST", "/auth/trusted-publishing/exchange", 200, exchange);
      const ci = createClient(server().url, data.token, "a CI job");
      expect((await ci.put("ana/built", "1.0.0", skill("built"))).status).toBe(201);
      const { digest } = await judged(ana!, "ana/built", "1.0.0");
      const found = (await listed("ana/built", "1.0.0", server().stranger)).find(({ kind }) => kind === "provenance");
      const envelope = parseEnvelope(JSON.stringify(found.envelope))!;
      expect(await verifyEnvelope(envelope, await server().app.signer.publicKey())).toBe(true);
      expect(found.statement).toMatchObject({
        subject: [{ name: "ana/built@1.0.0", digest: { sha256: digest.slice(7) } }],
        predicateType: SLSA_PREDICATE_TYPE,
        predicate: {
          buildDefinition: {
            externalParameters: { repository: "acme/skills", workflow: job.job_workflow_ref },
            resolvedDependencies: [{ digest: { gitCommit: job.sha } }],
          },
          runDetails: { builder: { id: issuer.url }, metadata: { invocationId: "99" } },
        },
      });
      const page = await server().stranger.send("GET", "/ana/built/security", { headers: { Accept: "text/html" } });
      const html = await page.text();
      expect(html).toContain("Where it was built");
      expect(html).toContain(job.sha);
      expect(html).not.toContain("<script>alert");
    });

    test("verify holds the verdict against the key that the server is known by", async () => {
      const { digest } = await publish(server(), ana!, "ana/checked", "1.0.0", skill("checked"));
      let meddle: Meddling = () => undefined;
      const between = startMeddler(server().url, (path, response) => meddle(path, response));
      const { run } = commandLine();
      expect((await run(["install", "ana/checked", "--url", between.url])).code).toBe(0);
      expect((await run(["verify"])).code).toBe(0);
      const on =
        (change: (verdict: Json) => Json): Meddling =>
        (path, response) =>
          path.endsWith("/attestations")
            ? changedJson(response, (json) => ({ ...json, data: json.data.map(change) }))
            : undefined;
      const [{ envelope }] = await listed("ana/tool");
      const { statement } = (await listed("ana/checked"))[0]!;
      const forged = { ...statement, predicate: { ...statement.predicate, verdict: "blocked" } };
      const byOther = await signEnvelope(generatePrivateKey(), Buffer.from(JSON.stringify(statement)));
      const bySame = await server().app.signer.sign(Buffer.from(JSON.stringify(forged)));
      const cases: [string, Meddling, string][] = [
        [
          "by another key",
          on((one) => ({ ...one, envelope: byOther })),
          "is not by the key that this server is known by",
        ],
        ["changed", on((one) => ({ ...one, envelope: { ...one.envelope, payload: "e30=" } })), "does not hold"],
        ["of another version", on((one) => ({ ...one, envelope })), "is not what it tells"],
        ["of another verdict", on((one) => ({ ...one, envelope: bySame })), "is not what it tells"],
        ["left out", on((one) => ({ ...one, kind: "other" })), "did not sign its verdict"],
      ];
      for (const [what, meddling, says] of cases) {
        meddle = meddling;
        const { code, stdout } = await run(["verify"]);
        expect([what, code, stdout]).toEqual([what, 1, expect.stringContaining(says)]);
      }
      expect(digest).toStartWith("sha256:");
      await between.stop();
    });
  },
  {
    env: {
      MARKETPLACE_TRUSTED_PUBLISHING_AUDIENCE: AUDIENCE,
      MARKETPLACE_TRUSTED_PUBLISHING_ISSUERS: issuer.url,
      MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT",
    },
  },
);
