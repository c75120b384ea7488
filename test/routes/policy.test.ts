import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Client,
  eachMarketplace,
  type Json,
  judged,
  onOneMarketplace,
  publish,
  startMarketplace,
  until,
} from "../support/marketplace.ts";
import { type Files, skill } from "../support/packages.ts";

// Each test waits for several scans.
setDefaultTimeout(30_000);

/** Any other licence is a finding of severity high. */
const ENV = {
  MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT",
  MARKETPLACE_MAIL_HOST: "127.0.0.1",
  MARKETPLACE_MAIL_PORT: "9",
  MARKETPLACE_MAIL_FROM: "m@example.org",
  MARKETPLACE_SERVER_PUBLIC_URL: "http://127.0.0.1:1",
};
const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("-");
const RULE = "licence-policy/not-allowed";
const held = (name: string, files: Files = {}, license = "AGPL-3.0-only") => skill(name, { license, files });
const infected = (name: string, files: Files = {}) => skill(name, { files: { "eicar.com": EICAR, ...files } });
const suppressing = (reason: string, rule = RULE): Files => ({
  "marketplace.toml": `[[suppress]]\nrule = "${rule}"\nreason = "${reason}"\n`,
});
const WHY = "Legal agreed to this licence.";

const scanOf = async (client: Client, ref: string, version = "1.0.0"): Promise<Json> =>
  (await client.api("GET", `/assets/${ref}/versions/${version}/scans`, 200)).data[0];
const findingOf = async (client: Client, ref: string, rule: string, version = "1.0.0"): Promise<Json> =>
  (await scanOf(client, ref, version)).findings.find((one: Json) => one.rule_id === rule);
const becomes = (client: Client, ref: string, verdict: string, version = "1.0.0") =>
  until(`${ref}@${version} ${verdict}`, async () => {
    const { data } = await client.api("GET", `/assets/${ref}/versions/${version}`, 200);
    return data.verdict === verdict && data;
  });
const list = async (client: Client, ref: string): Promise<Json[]> =>
  (await client.api("GET", `/assets/${ref}/suppressions`, 200)).data;

eachMarketplace(
  "policy",
  (server) => {
    const person = (name: string, role?: "moderator" | "admin") => server().person(name, role);

    test("a verdict names rule, setting and remedy, and each finding what it led to", async () => {
      const ann = await person("pol-ann");
      const version = await publish(server(), ann, "pol-ann/held", "1.0.0", held("held"));
      expect(version.verdict_reason).toContain(`rule ${RULE}; policy.review = "high"`);
      expect(version.verdict_reason).toContain("Choose one of MIT");
      expect(await findingOf(ann, "pol-ann/held", RULE)).toMatchObject({
        consequence: "review",
        because: 'policy.review = "high"',
        suppression: null,
      });
    });

    test("an explanation in the package changes nothing, until it is accepted: then the same passes, and only the same", async () => {
      const bo = await person("pol-bo");
      const mod = await person("pol-mod-b", "moderator");
      const waiting = await publish(server(), bo, "pol-bo/tool", "1.0.0", held("tool", suppressing(WHY)));
      expect(waiting).toMatchObject({ verdict: "review", status: "under_review" });
      await server().stranger.api("GET", "/assets/pol-bo/tool/suppressions", 404);
      const [proposed] = await list(bo, "pol-bo/tool");
      expect(proposed).toMatchObject({ rule: RULE, path: null, reason: WHY, source: "package", status: "proposed" });
      expect((await findingOf(mod, "pol-bo/tool", RULE)).suppression).toMatchObject({
        status: "proposed",
        reason: WHY,
      });

      const queue = (await mod.api("GET", "/admin/suppressions?per_page=100", 200)).data as Json[];
      expect(queue.find(({ ref }) => ref === "pol-bo/tool")).toMatchObject({ id: proposed.id });
      await bo.api("GET", "/admin/suppressions", 403);
      await bo.api("POST", `/admin/suppressions/${proposed.id}/accept`, 403, { json: {} });
      await mod.api("POST", `/admin/suppressions/${proposed.id}/accept`, 200, { json: { answer: "Fine." } });
      const passed = await becomes(bo, "pol-bo/tool", "passed");
      expect(passed.verdict_reason).toBe("Passed with 1 finding whose explanation was accepted.");
      expect(await findingOf(server().stranger, "pol-bo/tool", RULE)).toMatchObject({
        consequence: "pass",
        suppression: { status: "accepted", reason: WHY, answer: "Fine.", applies: true },
      });
      expect(await list(server().stranger, "pol-bo/tool")).toHaveLength(1);

      const next = await publish(server(), bo, "pol-bo/tool", "1.0.1", held("tool", { "more.md": "More.\n" }));
      expect(next.verdict).toBe("passed");
      const other = await publish(server(), bo, "pol-bo/tool", "1.0.2", held("tool", {}, "GPL-3.0-only"));
      expect(other.verdict).toBe("review");

      await mod.api("POST", `/admin/suppressions/${proposed.id}/refuse`, 422, { json: {} });
      await mod.api("POST", `/admin/suppressions/${proposed.id}/refuse`, 200, { json: { answer: "No longer." } });
      const later = await publish(server(), bo, "pol-bo/tool", "1.0.3", held("tool", suppressing(WHY)));
      expect(later.verdict).toBe("review");
      // Refused in the same words, it is not proposed again.
      expect((await list(bo, "pol-bo/tool")).map(({ status }) => status)).toEqual(["refused"]);
      expect((await bo.api("GET", "/assets/pol-bo/tool/versions/1.0.0", 200)).data.status).toBe("published");
      const root = await person("pol-root-b", "admin");
      const { data: log } = await root.api("GET", "/admin/audit?action=asset.suppression.accepted&per_page=100", 200);
      expect(log).toContainEqual(expect.objectContaining({ actor: expect.objectContaining({ name: "pol-mod-b" }) }));
    });

    test("publishers explain and withdraw; others do not", async () => {
      const cy = await person("pol-cy");
      const dee = await person("pol-dee");
      await publish(server(), cy, "pol-cy/open", "1.0.0", skill("open"));
      const at = "/assets/pol-cy/open/suppressions";
      const json = { rule: RULE, path: "SKILL.md", reason: WHY };
      await server().stranger.api("POST", at, 401, { json });
      await dee.api("POST", at, 403, { json });
      await cy.api("POST", at, 422, { json: { ...json, reason: "short" } });
      await cy.api("POST", at, 422, { json: { ...json, rule: "licence-policy/*" } });
      const { data } = await cy.api("POST", at, 201, { json });
      const again = await cy.api("POST", at, 201, { json: { ...json, reason: "Said in other words." } });
      expect(again.data).toMatchObject({ id: data.id, reason: "Said in other words.", status: "proposed" });
      expect(await list(dee, "pol-cy/open")).toEqual([]);
      await dee.api("DELETE", `${at}/${data.id}`, 403);
      const mine = await publish(server(), dee, "pol-dee/own", "1.0.0", skill("own"));
      await dee.api("DELETE", `/assets/${mine.asset_id ?? "pol-dee/own"}/suppressions/${data.id}`, 404);
      // Nothing is found there, so nothing can be accepted.
      const mod = await person("pol-mod-c", "moderator");
      await mod.api("POST", `/admin/suppressions/${data.id}/accept`, 409, { json: {} });
      await cy.api("DELETE", `${at}/${data.id}`, 204);
      await mod.api("POST", `/admin/suppressions/${data.id}/accept`, 409, { json: {} });
      await mod.api("POST", "/admin/suppressions/nonsense/accept", 404, { json: {} });
    });

    test("what blocks is explained to those alone who may let it through", async () => {
      const eli = await person("pol-eli");
      const mod = await person("pol-mod-e", "moderator");
      const root = await person("pol-root-e", "admin");
      await publish(server(), eli, "pol-eli/sample", "1.0.0", infected("sample"));
      const { rule_id: rule, path } = (await scanOf(eli, "pol-eli/sample")).findings[0];
      const proposal = { rule, path, reason: "The test file of every virus scanner." };
      const { data } = await eli.api("POST", "/assets/pol-eli/sample/suppressions", 201, { json: proposal });
      await mod.api("POST", `/admin/suppressions/${data.id}/accept`, 403, { json: {} });
      expect((await judged(eli, "pol-eli/sample", "1.0.0")).verdict).toBe("blocked");
      await root.api("POST", `/admin/suppressions/${data.id}/accept`, 200, { json: {} });
      await becomes(eli, "pol-eli/sample", "passed");
    });

    test("an explanation of a masked secret does not cover another secret that looks the same", async () => {
      const gus = await person("pol-gus");
      const root = await person("pol-root-g", "admin");
      const secret = (key: string) =>
        skill("keys", { files: { "docs/key.md": `The key is ${["AKIA", key].join("")} here.\n` } });
      await publish(server(), gus, "pol-gus/keys", "1.0.0", secret("Q7RZ5T2WXN4LMV6D"));
      const found = (await scanOf(gus, "pol-gus/keys")).findings.find((one: Json) => one.category === "secret");
      expect(found.excerpt).toContain("AKIA…(20 characters)");
      const proposal = { rule: found.rule_id, path: null, reason: WHY };
      const { data } = await gus.api("POST", "/assets/pol-gus/keys/suppressions", 201, { json: proposal });
      await root.api("POST", `/admin/suppressions/${data.id}/accept`, 200, { json: {} });
      await becomes(gus, "pol-gus/keys", "passed");
      const at = (version: string) => findingOf(gus, "pol-gus/keys", found.rule_id, version);
      await publish(server(), gus, "pol-gus/keys", "1.0.1", secret("Q7RZ5T2WXN4LMV6D"));
      expect((await at("1.0.1")).suppression).toMatchObject({ applies: true });
      await publish(server(), gus, "pol-gus/keys", "1.0.2", secret("H3KP2YB5CJ2SFG6U"));
      expect((await at("1.0.2")).excerpt).toBe(found.excerpt);
      expect((await at("1.0.2")).suppression).toMatchObject({ applies: false });
    });

    test("nobody lets their own publication through by an explanation that somebody else wrote", async () => {
      const mod = await person("pol-mod-own", "moderator");
      const root = await person("pol-root-own", "admin");
      await publish(server(), mod, "pol-mod-own/tool", "1.0.0", held("tool"));
      const proposal = { rule: RULE, path: null, reason: WHY };
      const { data } = await root.api("POST", "/assets/pol-mod-own/tool/suppressions", 201, { json: proposal });
      const refused = await mod.api("POST", `/admin/suppressions/${data.id}/accept`, 403, { json: {} });
      expect(refused.error.message).toContain("your own publication");
      expect((await judged(mod, "pol-mod-own/tool", "1.0.0")).status).toBe("under_review");
    });

    test("an appeal against the policy is made once, and granted by who may let blocked versions through", async () => {
      const fay = await person("pol-fay");
      const mod = await person("pol-mod-f", "moderator");
      const root = await person("pol-root-f", "admin");
      const at = "/assets/pol-fay/sample/versions/1.0.0";
      await publish(server(), fay, "pol-fay/sample", "1.0.0", infected("sample"));
      const json = { text: "It is the harmless test file." };
      await server().stranger.api("POST", `${at}/appeal`, 404, { json });
      await (await person("pol-gil")).api("POST", `${at}/appeal`, 404, { json });
      await fay.api("POST", `${at}/appeal`, 422, { json: { text: "no" } });
      expect((await fay.api("GET", `${at}/appeals`, 200)).meta).toEqual({ may_appeal: true });
      const { data } = await fay.api("POST", `${at}/appeal`, 201, { json });
      expect(data).toMatchObject({ status: "open", against: "policy", appealed_by: "pol-fay" });
      await fay.api("POST", `${at}/appeal`, 409, { json });
      const open = (await mod.api("GET", "/admin/appeals?per_page=100", 200)).data as Json[];
      expect(open.find(({ ref }) => ref === "pol-fay/sample")).toMatchObject({ version: "1.0.0", text: json.text });
      await fay.api("GET", "/admin/appeals", 403);
      await mod.api("POST", `/admin/appeals/${data.id}/grant`, 409, { json: { answer: "Let it." } });
      await root.api("POST", `/admin/appeals/${data.id}/grant`, 422, { json: {} });
      await root.api("POST", `/admin/appeals/${data.id}/grant`, 200, { json: { answer: "It is harmless." } });
      expect((await fay.api("GET", at, 200)).data).toMatchObject({
        status: "published",
        verdict_reason: "It is harmless.",
      });
      const [settled] = (await fay.api("GET", `${at}/appeals`, 200)).data;
      expect(settled).toMatchObject({ status: "granted", decided_by: "pol-root-f", answer: "It is harmless." });
      await root.api("POST", `/admin/appeals/${data.id}/refuse`, 409, { json: { answer: "Late." } });
      const mails = await server()
        .app.database.read.selectFrom("mails")
        .select(["kind", "to_address"])
        .where("kind", "=", "appeal-answered")
        .execute();
      expect(mails).toContainEqual({ kind: "appeal-answered", to_address: expect.any(String) });
    });

    test("another moderator than who rejected answers the appeal; the next number can be published at once", async () => {
      const hal = await person("pol-hal");
      const [first, second] = [await person("pol-mod-h", "moderator"), await person("pol-mod-i", "moderator")];
      const at = "/assets/pol-hal/tool/versions/1.0.0";
      const version = await publish(server(), hal, "pol-hal/tool", "1.0.0", held("tool"));
      await first.api("POST", `/admin/reviews/${version.id}/reject`, 200, { json: { reason: "Not here." } });
      const { data } = await hal.api("POST", `${at}/appeal`, 201, {
        json: { text: "The rule says that it is allowed." },
      });
      const answer = { json: { answer: "I looked again." } };
      await first.api("POST", `/admin/appeals/${data.id}/refuse`, 403, answer);
      await first.api("POST", `/admin/appeals/${data.id}/grant`, 403, answer);
      await second.api("POST", `/admin/appeals/${data.id}/refuse`, 200, answer);
      expect((await hal.api("GET", at, 200)).data.status).toBe("blocked");
      const { data: history, meta } = await hal.api("GET", `${at}/appeals`, 200);
      expect(history).toMatchObject([{ status: "refused", answer: "I looked again." }]);
      expect(meta.may_appeal).toBe(false);
      const refused = await hal.api("POST", `${at}/appeal`, 409, { json: { text: "Look at it once more." } });
      expect(refused.error.message).toContain("under the next number");

      const taken = await hal.put("pol-hal/tool", "1.0.0", skill("tool"));
      expect(taken.status).toBe(409);
      expect(((await taken.json()) as Json).error.message).toContain("such as 1.0.1");
      expect((await publish(server(), hal, "pol-hal/tool", "1.0.1", skill("tool"))).status).toBe("published");
    });

    test("a moderator grants an appeal against a moderator, where the policy itself blocks nothing", async () => {
      const ida = await person("pol-ida");
      const [first, second] = [await person("pol-mod-j", "moderator"), await person("pol-mod-k", "moderator")];
      const version = await publish(server(), ida, "pol-ida/tool", "1.0.0", held("tool"));
      await first.api("POST", `/admin/reviews/${version.id}/reject`, 200, { json: { reason: "Not here." } });
      await second.api("POST", `/admin/reviews/${version.id}/approve`, 409, { json: { reason: "Yes." } });
      const { data } = await ida.api("POST", "/assets/pol-ida/tool/versions/1.0.0/appeal", 201, {
        json: { text: "The rule says that it is allowed." },
      });
      await second.api("POST", `/admin/appeals/${data.id}/grant`, 200, { json: { answer: "It is." } });
      expect((await judged(ida, "pol-ida/tool", "1.0.0")).status).toBe("published");
    });

    test("an organization asks for more than the server, never for less, and what waits is judged again", async () => {
      const jo = await person("pol-jo");
      const kim = await person("pol-kim");
      const at = "/organizations/pol-team/policy";
      await jo.api("POST", "/organizations", 201, { json: { slug: "pol-team" } });
      await publish(server(), jo, "pol-team/before", "1.0.0", skill("before", { license: "MIT" }));
      const put = (client: Client, versions: object, status: number) =>
        client.api("PUT", at, status, { json: { versions } });
      await put(kim, {}, 403);
      await server().stranger.api("GET", at, 401);
      await kim.api("GET", at, 403);
      expect((await put(jo, { block: "none" }, 422)).error.message).toContain(
        'this server asks for "critical" already',
      );
      await put(jo, { rules: { "a/b": "pass" } }, 422);
      await put(jo, { nonsense: 1 }, 422);
      const asked = await put(jo, { licenses_deny: ["MIT"], review: "medium" }, 200);
      expect(asked.data.version_policy).toMatchObject({ licenses_deny: ["MIT"], review: "medium", block: null });
      expect((await jo.api("GET", at, 200)).data.versions).toMatchObject({ licenses_deny: ["MIT"] });

      const { data: effect } = await jo.api("GET", `${at}/effect`, 200);
      expect(effect).toMatchObject([{ ref: "pol-team/before", version: "1.0.0", would_be: "blocked" }]);
      await kim.api("GET", `${at}/effect`, 403);
      expect((await server().stranger.api("GET", "/assets/pol-team/before", 200)).data.status).toBe("published");
      const blocked = await publish(server(), jo, "pol-team/after", "1.0.0", skill("after"));
      expect(blocked).toMatchObject({ verdict: "blocked" });
      expect(blocked.verdict_reason).toContain("denies the licence MIT");
      await put(jo, {}, 200);
      expect(await becomes(jo, "pol-team/after", "passed")).toMatchObject({ status: "published" });
      expect((await jo.api("GET", `${at}/effect`, 200)).data).toEqual([]);
      await jo.api("PUT", at, 200, { json: { require_review: true } });
      expect((await publish(server(), jo, "pol-team/third", "1.0.0", skill("third"))).verdict).toBe("review");
      await jo.api("PUT", at, 200, { json: { require_review: false } });
      await becomes(jo, "pol-team/third", "passed");
    });

    test("administrators see what today's policy would take back", async () => {
      const root = await person("pol-root-l", "admin");
      const { data, meta } = await root.api("GET", "/admin/policy/effect", 200);
      expect(data).toBeArray();
      expect(meta).toMatchObject({ looked_at: expect.any(Number), next_cursor: null });
      await (await person("pol-lou")).api("GET", "/admin/policy/effect", 403);
    });
  },
  { env: ENV },
);

onOneMarketplace(
  "first publications",
  (server) => {
    test("of somebody new wait for a moderator, until one was let through", async () => {
      const ann = await server().person("ann");
      const mod = await server().person("mod", "moderator");
      const first = await publish(server(), ann, "ann/one", "1.0.0", skill("one"));
      expect(first).toMatchObject({ verdict: "review" });
      expect(first.verdict_reason).toContain("the first that its publisher publishes here");
      expect((await publish(server(), ann, "ann/two", "1.0.0", skill("two"))).verdict).toBe("review");
      await mod.api("POST", `/admin/reviews/${first.id}/approve`, 200, { json: { reason: "Welcome." } });
      expect((await publish(server(), ann, "ann/three", "1.0.0", skill("three"))).verdict).toBe("passed");
      expect((await publish(server(), ann, "ann/one", "1.0.1", skill("one", { body: "More.\n" }))).verdict).toBe(
        "passed",
      );
    });
  },
  { MARKETPLACE_POLICY_REVIEW_FIRST_PUBLICATION: "publisher" },
);

onOneMarketplace(
  "explanations under the two-person rule",
  (server) => {
    test("are accepted for what two have approved; one's own approval is none of the two", async () => {
      const publisher = await server().person("pub");
      const [own, one, two] = [
        await server().person("own", "moderator"),
        await server().person("one", "moderator"),
        await server().person("two", "moderator"),
      ];
      const { id } = await publish(server(), publisher, "pub/tool", "1.0.0", held("tool", suppressing(WHY)));
      const [proposed] = await list(publisher, "pub/tool");
      const accept = (status: number) =>
        one.api("POST", `/admin/suppressions/${proposed!.id}/accept`, status, { json: {} });
      const approve = (who: Client, version: string, status: number) =>
        who.api("POST", `/admin/reviews/${version}/approve`, status, { json: {} });
      expect((await accept(409)).error.message).toContain("Two moderators approve");
      expect((await judged(publisher, "pub/tool", "1.0.0")).status).toBe("under_review");
      await approve(one, id, 200);
      await approve(two, id, 200);
      expect((await judged(publisher, "pub/tool", "1.0.0")).status).toBe("published");
      await accept(200);
      const next = held("tool", { ...suppressing(WHY), "more.md": "More.\n" });
      expect((await publish(server(), publisher, "pub/tool", "1.0.1", next)).verdict).toBe("passed");

      const mine = await publish(server(), own, "own/tool", "1.0.0", held("tool", { "own.md": "Own.\n" }));
      await approve(own, mine.id, 403);
      expect((await approve(one, mine.id, 200)).data.decision).toBe("first_approval");
    });
  },
  { ...ENV, MARKETPLACE_POLICY_TWO_PERSON_SEVERITY: "high", MARKETPLACE_POLICY_ALLOW_SELF_REVIEW: "true" },
);

test("another policy at the next start judges what waits again, and leaves what is out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-policy-"));
  const start = (env: Record<string, string>) =>
    startMarketplace({ engine: "sqlite", location: { url: "", path: join(folder, "marketplace.db") }, env });
  try {
    const strict = await start({ MARKETPLACE_POLICY_RULES: "licence-policy/*=review" });
    const ann = await strict.person("ann");
    const version = await publish(strict, ann, "ann/plain", "1.0.0", skill("plain", { license: "none" }));
    expect(version).toMatchObject({ verdict: "review" });
    await strict.stop();
    const open = await start({});
    const root = await open.person("boss", "admin");
    await becomes(root, "ann/plain", "passed");
    expect((await root.api("GET", "/admin/audit?action=policy.changed", 200)).data).toHaveLength(1);
    await open.stop();
    const again = await start({ MARKETPLACE_POLICY_RULES: "licence-policy/*=review" });
    const boss = await again.person("chief", "admin");
    const { data } = await boss.api("GET", "/admin/policy/effect", 200);
    expect(data).toMatchObject([{ ref: "ann/plain", would_be: "review" }]);
    expect((await judged(again.stranger, "ann/plain", "1.0.0")).status).toBe("published");
    await again.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
