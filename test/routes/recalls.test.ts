import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { parseEnvelope, payloadOf, verifyEnvelope } from "../../src/core/signing/dsse.ts";
import { parseRecallList, RECALLS_ENVELOPE, type RecallList } from "../../src/core/signing/recall-list.ts";
import { SYSTEM } from "../../src/core/actor.ts";
import { tellPeople } from "../../src/modules/trust/recalls/tell-people.ts";
import type { Mailer, OutgoingMail } from "../../src/platform/mail/mailer.ts";
import { type Client, eachMarketplace, type Json, judged, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const DAY_MS = 86_400_000;

eachMarketplace("recalls", (server) => {
  let [admin, ann, reader]: Client[] = [];

  beforeAll(async () => {
    admin = await server().person("chief", "admin");
    ann = await server().person("ann");
    reader = await server().person("reader");
  });

  /** Two versions of a new asset; `2.0.0` is the one to be recalled. */
  async function asset(slug: string, query: Record<string, string> = {}): Promise<{ ref: string; bad: Json }> {
    const ref = `ann/${slug}`;
    await publish(server(), ann!, ref, "1.0.0", skill(slug, { body: "Good.\n" }));
    expect((await ann!.put(ref, "2.0.0", skill(slug, { body: `Bad ${slug}.\n` }), query)).status).toBe(201);
    return { ref, bad: await judged(ann!, ref, "2.0.0") };
  }

  const recall = async (ref: string, digest: string, reason = "It phones home.", status = 201): Promise<Json> =>
    (await admin!.api("POST", "/admin/recalls", status, { json: { ref, digest, reason } })).data;

  /** The list, its signature checked. */
  async function signedList(since = 0): Promise<RecallList> {
    const { data, meta } = await server().stranger.api("GET", `/recalls?since=${since}`, 200);
    const envelope = parseEnvelope(JSON.stringify(data), RECALLS_ENVELOPE)!;
    expect(await verifyEnvelope(envelope, Buffer.from(meta.public_key, "base64"))).toBe(true);
    return parseRecallList(payloadOf(envelope))!;
  }
  const listed = async (digest: string) => (await signedList()).recalls.find((one) => one.digest === digest);

  test("what is recalled leaves on no route, by no name, for nobody", async () => {
    const { ref, bad } = await asset("bad");
    await ann!.api("PUT", `/assets/${ref}/channels/prod`, 200, { json: { version: "2.0.0" } });
    const { id } = bad.asset;
    const etag = (await reader!.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`)).headers.get("ETag")!;
    const order = await recall(ref, bad.digest);
    const selectors = ["2.0.0", bad.digest];
    const ways = ["download", "download?format=zip", "files/SKILL.md", "manifest", "config"];
    const everyone = [server().stranger, reader!, ann!, admin!].map((who) => ({ who, headers: {} }));
    const again = CONDITIONS(etag).map((headers) => ({ who: reader!, headers }));
    for (const at of [`/assets/${ref}`, `/assets/${id}`])
      for (const selector of selectors)
        for (const way of ways)
          for (const { who, headers } of at.includes(ref) ? [...everyone, ...again] : again) {
            const response = await who.send("GET", `/api/v1${at}/versions/${selector}/${way}`, { headers });
            const text = await response.text();
            expect([way, who.username, response.status]).toEqual([way, who.username, 410]);
            expect(JSON.parse(text).error).toMatchObject({
              code: "RECALLED",
              details: { number: order.number, reason: "It phones home.", recalled_at: order.recalled_at },
            });
          }
    const head = await reader!.send("HEAD", `/api/v1/assets/${ref}/versions/2.0.0/download`);
    expect(head.status).toBe(410);
    expect((await reader!.send("GET", `/api/v1/assets/${ref}/dependencies?version=2.0.0`)).status).toBe(410);
    const page = await reader!.send("GET", `/${ref}/files/2.0.0/SKILL.md`, { headers: { Accept: "text/html" } });
    expect(page.status).toBe(410);
    expect(await page.text()).not.toContain("Bad bad.");

    // Channels that named it are gone, latest moved on, and nobody points one at it.
    const { data } = await reader!.api("GET", `/assets/${ref}`, 200);
    expect(data).toMatchObject({ version: "1.0.0", channels: { latest: "1.0.0" } });
    expect(data.channels.prod).toBeUndefined();
    const set = await ann!.send("PUT", `/api/v1/assets/${ref}/channels/prod`, { json: { version: "2.0.0" } });
    expect(set.status).toBe(410);
    // Its facts stay, with why.
    const version = (await reader!.api("GET", `/assets/${ref}/versions/2.0.0`, 200)).data;
    expect(version.recalled).toMatchObject({ number: order.number, reason: "It phones home." });
    const shown = await reader!.send("GET", `/${ref}?version=2.0.0`, { headers: { Accept: "text/html" } });
    const html = await shown.text();
    expect(html).toContain("was recalled. Do not use it.");
    expect(html).toContain("It phones home.");
    expect(html).not.toContain("Bad bad.");
    expect(html).not.toContain("marketplace install");
  });

  test("resolution leaves it out, and says so where nothing else would fit", async () => {
    const { ref, bad } = await asset("resolved");
    await recall(ref, bad.digest);
    const resolve = (range: string, status: number) =>
      reader!.api("POST", "/resolve-dependencies", status, { json: { requirements: [{ ref, range }] } });
    expect((await resolve("*", 200)).data.resolved[0].version).toBe("1.0.0");
    for (const range of ["^2.0.0", bad.digest]) {
      const { error } = await resolve(range, 409);
      expect(error.message).toContain(`${ref}@2.0.0 would fit, but was recalled (no. `);
      expect(error.details.recalled[0]).toMatchObject({ version: "2.0.0", reason: "It phones home." });
    }
  });

  test("an asset of which nothing is left leaves lists, search and trending, and keeps its page", async () => {
    const ref = "ann/gone-entirely";
    const version = await publish(server(), ann!, ref, "1.0.0", skill("gone-entirely"));
    const found = async () => {
      await server().app.discovery.indexer.sync();
      const hits = await reader!.api("GET", "/search?q=gone-entirely", 200);
      const list = await reader!.api("GET", "/assets?author=ann&per_page=100", 200);
      return [hits.meta.total, list.data.filter((one: Json) => one.ref === ref).length];
    };
    expect(await found()).toEqual([1, 1]);
    await recall(ref, version.digest);
    expect(await found()).toEqual([0, 0]);
    expect((await reader!.api("GET", `/assets/${ref}`, 200)).data.version).toBeNull();
    const page = await reader!.send("GET", `/${ref}`, { headers: { Accept: "text/html" } });
    expect([page.status, (await page.text()).includes("was recalled. Do not use it.")]).toEqual([200, true]);
  });

  test("the same content is recalled in every asset, refused in publications, and ordered once", async () => {
    const content = skill("twin", { body: "The very same.\n" });
    const one = await publish(server(), ann!, "ann/twin", "1.0.0", content);
    const two = await publish(server(), reader!, "reader/twin", "3.0.0", content);
    expect(two.digest).toBe(one.digest);
    const orders = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin!.send("POST", "/api/v1/admin/recalls", {
          json: { ref: "ann/twin", digest: one.digest, reason: "Both." },
        }),
      ),
    );
    expect(orders.map(({ status }) => status).toSorted()).toEqual([...Array(9).fill(200), 201]);
    const numbers = await Promise.all(orders.map(async (answer) => ((await answer.json()) as Json).data.number));
    expect(new Set(numbers).size).toBe(1);
    expect((await reader!.send("GET", "/api/v1/assets/reader/twin/versions/3.0.0/download")).status).toBe(410);
    for (const [who, ref, version] of [
      [ann!, "ann/twin", "1.0.1"],
      [ann!, "ann/twin", "1.0.0"],
      [reader!, "reader/other-twin", "1.0.0"],
    ] as const) {
      const refused = await who.put(ref, version, content);
      const { error } = (await refused.json()) as Json;
      expect([refused.status, error.code, error.details.recall?.number]).toEqual([422, "POLICY_VIOLATION", numbers[0]]);
    }
    const all = (await admin!.api("GET", "/admin/recalls?per_page=100", 200)).data.map((r: Json) => r.number);
    expect(all).toEqual([...all.keys()].map((_, index) => all.length - index));
  });

  test("lifting it lets it be used again, and the list says so", async () => {
    const { ref, bad } = await asset("lifted");
    const { number } = await recall(ref, bad.digest);
    const before = await signedList();
    const at = `/admin/recalls/${number}`;
    const { data } = await admin!.api("DELETE", `${at}?reason=It%20was%20another%20one.`, 200);
    expect(data).toMatchObject({ number, lifted_by: "chief", lift_reason: "It was another one." });
    expect((await reader!.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`)).status).toBe(200);
    expect((await reader!.api("GET", `/assets/${ref}`, 200)).data.version).toBe("2.0.0");
    const after = await signedList(before.number);
    expect(after.number).toBeGreaterThan(before.number);
    expect(after).toMatchObject({ since: before.number, recalls: [], lifted: [{ number, digest: bad.digest }] });
    // Again: nothing more happens. And it can be recalled anew, under a number of its own.
    await admin!.api("DELETE", `${at}?reason=Again.`, 200);
    expect((await signedList()).number).toBe(after.number);
    expect((await recall(ref, bad.digest)).number).toBeGreaterThan(number);
  });

  test("the list says of what not everybody sees its digest and nothing else, as soon as that is so", async () => {
    const { ref, bad } = await asset("secret-project", { visibility: "public" });
    await ann!.api("PATCH", `/assets/${ref}`, 200, { json: { visibility: "private" } });
    const { number } = await recall(ref, bad.digest, "The secret project leaks.");
    const hidden = await listed(bad.digest);
    expect(hidden).toMatchObject({ number, ref: null, version: null, reason: null, severity: null });
    expect(JSON.stringify(await signedList())).not.toContain("secret-project");

    const { ref: open, bad: known } = await asset("was-open");
    await recall(open, known.digest, "Known to all.");
    expect(await listed(known.digest)).toMatchObject({ ref: open, version: "2.0.0", reason: "Known to all." });
    const before = (await signedList()).number;
    await ann!.api("PATCH", `/assets/${open}`, 200, { json: { visibility: "internal" } });
    const changed = await until("the list follows", async () => {
      const list = await signedList(before);
      return list.number > before ? list : null;
    });
    expect(changed.recalls).toMatchObject([{ digest: known.digest, ref: null, reason: null }]);
    // Who may not see the asset learns nothing by asking for it either.
    expect((await server().stranger.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`)).status).toBe(404);
  });

  test("the list is signed anew only when it changed, and is answered with an entity tag", async () => {
    const first = await server().stranger.send("GET", "/api/v1/recalls");
    const etag = first.headers.get("ETag")!;
    const text = await first.text();
    expect(await (await server().stranger.send("GET", "/api/v1/recalls")).text()).toBe(text);
    const same = await server().stranger.send("GET", "/api/v1/recalls", { headers: { "If-None-Match": etag } });
    expect(same.status).toBe(304);
    const list = await signedList();
    expect(Date.parse(list.expires_at) - Date.parse(list.issued_at)).toBe(7 * DAY_MS);
    // A number that this server never gave: everything, from which a client sees what is wrong.
    expect(await signedList(list.number + 1000)).toMatchObject({ since: 0, number: list.number });
    for (const since of ["-1", "x", "1.5", "9".repeat(20)])
      expect((await server().stranger.send("GET", `/api/v1/recalls?since=${since}`)).status).toBe(400);
  });

  test("who has it: those who took it, whose lockfiles named it, and what needs it", async () => {
    const { ref, bad } = await asset("spread");
    for (const who of [reader!, reader!, server().stranger])
      await (await who.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`)).body?.cancel();
    await server().app.retrieval.counter.flush();
    const entries = [{ ref, version: "2.0.0", digest: bad.digest }];
    await ann!.api("POST", "/lockfiles", 204, { json: { project: "checkout", entries } });
    await publish(server(), ann!, "ann/needs-it", "1.0.0", skill("needs-it", { needs: { [ref]: "*" } }));
    const { number } = await recall(ref, bad.digest);
    const { data } = await admin!.api("GET", `/admin/recalls/${number}/exposure`, 200);
    expect(data).toMatchObject({
      people: [{ username: "reader", downloads: 1 }],
      people_total: 1,
      unknown_visitors: 1,
      downloads_total: 2,
      projects: [{ project: "checkout", username: "ann", ref, version: "2.0.0" }],
      dependents: [{ ref: "ann/needs-it", version: "1.0.0", needs: ref }],
    });
    const csv = await admin!.send("GET", `/api/v1/admin/recalls/${number}/exposure?format=csv`);
    expect(await csv.text()).toContain('"lockfile","ann","checkout"');
    // What it has now takes the place of what it had, and it can be forgotten.
    await ann!.api("POST", "/lockfiles", 204, { json: { project: "checkout", entries: [] } });
    expect((await admin!.api("GET", `/admin/recalls/${number}/exposure`, 200)).data.projects_total).toBe(0);
    await ann!.api("DELETE", "/lockfiles/checkout", 204);
    expect((await ann!.send("DELETE", "/api/v1/lockfiles/checkout")).status).toBe(404);
  });

  test("everybody who took it, reported it or published it is told once, though telling breaks off", async () => {
    const { ref, bad } = await asset("told");
    await (await reader!.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`)).body?.cancel();
    await server().app.retrieval.counter.flush();
    const entries = [{ ref, version: "2.0.0", digest: bad.digest }];
    await admin!.api("POST", "/lockfiles", 204, { json: { project: "till", entries } });
    const { number } = await recall(ref, bad.digest);
    const mails: OutgoingMail[] = [];
    let room = 1;
    const mailer: Mailer = {
      delivers: true,
      queue: async (_tx, mail) => {
        if (room-- === 0) throw new Error("killed");
        mails.push(mail);
      },
    };
    const { database, clock } = server().app;
    const deps = { database, clock, mailer, origin: () => server().url };
    const { signal } = new AbortController();
    await expect(tellPeople(deps, { number }, { signal })).rejects.toThrow("killed");
    mails.length = 0;
    room = 100;
    await tellPeople(deps, { number }, { signal });
    await tellPeople(deps, { number }, { signal });
    const said = new Map(mails.map((mail) => [mail.to, mail.paragraphs.join(" ")]));
    expect([mails.length, [...said.keys()].toSorted()]).toEqual([
      3,
      ["ann@example.org", "chief@example.org", "reader@example.org"],
    ]);
    expect(said.get("ann@example.org")).toContain("you published this content");
    expect(said.get("reader@example.org")).toContain("you downloaded it");
    expect(said.get("chief@example.org")).toContain("a lockfile that you reported names it (till)");
    expect(said.get("reader@example.org")).toContain("It phones home.");
  });

  test("who reports the digest of somebody's private asset learns neither its name nor why", async () => {
    const { ref, bad } = await asset("hushed", { visibility: "private" });
    const { data } = await ann!.api("GET", `/assets/${ref}`, 200);
    if (data.visibility !== "private")
      await ann!.api("PATCH", `/assets/${ref}`, 200, { json: { visibility: "private" } });
    const { number } = await recall(ref, bad.digest, "It holds the salaries.");
    // The public list names the digest at once; whoever is quick reports it before people are told.
    expect(await listed(bad.digest)).toMatchObject({ ref: null, reason: null });
    const entries = [{ ref: "reader/guess", version: "1.0.0", digest: bad.digest }];
    await reader!.api("POST", "/lockfiles", 204, { json: { project: "curious", entries } });
    const mails: OutgoingMail[] = [];
    const mailer: Mailer = { delivers: true, queue: async (_tx, mail) => void mails.push(mail) };
    const { database, clock } = server().app;
    const deps = { database, clock, mailer, origin: () => server().url };
    await tellPeople(deps, { number }, { signal: new AbortController().signal });
    const said = new Map(mails.map((mail) => [mail.to, [mail.subject, ...mail.paragraphs].join(" ")]));
    expect([...said.keys()].toSorted()).toEqual(["ann@example.org", "reader@example.org"]);
    expect(said.get("ann@example.org")).toContain("It holds the salaries.");
    expect(said.get("ann@example.org")).toContain(ref);
    expect(said.get("reader@example.org")).toContain("reader/guess@1.0.0");
    for (const secret of [ref, "hushed", "salaries"]) expect(said.get("reader@example.org")).not.toContain(secret);
    await reader!.api("DELETE", "/lockfiles/curious", 204);
  });

  test("administrators order it with a recent sign-in, and say why; a key may order but not lift", async () => {
    const { ref, bad } = await asset("ordered");
    const moderator = await server().person("mod", "moderator");
    const json = { ref, digest: bad.digest, reason: "Why." };
    for (const [who, status] of [
      [server().stranger, 401],
      [ann!, 403],
      [moderator, 403],
    ] as const)
      expect((await who.send("POST", "/api/v1/admin/recalls", { json })).status).toBe(status);
    for (const [change, status] of [
      [{ reason: " " }, 422],
      [{ digest: "2.0.0" }, 422],
      [{ digest: `sha256:${"0".repeat(64)}` }, 404],
      [{ ref: "ann/none" }, 404],
      [{ severity: "extreme" }, 422],
    ] as const)
      expect((await admin!.send("POST", "/api/v1/admin/recalls", { json: { ...json, ...change } })).status).toBe(
        status,
      );
    const { app } = server();
    const { id } = (await admin!.api("GET", "/me", 200)).data;
    const stale = { ...SYSTEM, userId: id, username: "chief", via: "access-token" as const };
    const old = { ...stale, authenticatedAt: new Date(Date.now() - DAY_MS).toISOString() };
    const order = { ...json, severity: null };
    await expect(app.recalls.order(old, order)).rejects.toMatchObject({ details: { reauthenticate: true } });
    const key = { ...stale, via: "api-key" as const, authenticatedAt: null };
    const { recall: made } = await app.recalls.order(key, order);
    await expect(app.recalls.lift(key, made.number, "No.")).rejects.toMatchObject({ code: "FORBIDDEN" });
    // Moderators read the list, but not who has it.
    await moderator.api("GET", "/admin/recalls", 200);
    await moderator.api("GET", `/admin/recalls/${made.number}/exposure`, 403);
    const audit = await admin!.api("GET", "/admin/audit?action=asset.version.recalled", 200);
    expect(audit.data[0]).toMatchObject({ outcome: "success", details: { number: made.number, digest: bad.digest } });
  });

  test("a recall while 50 downloads begin: each that starts after the answer is refused", async () => {
    const { ref, bad } = await asset("raced");
    let answered = false;
    const late: number[] = [];
    const early: number[] = [];
    const download = async () => {
      const after = answered;
      const response = await reader!.send("GET", `/api/v1/assets/${ref}/versions/2.0.0/download`);
      await response.arrayBuffer();
      (after ? late : early).push(response.status);
    };
    const downloads = Array.from({ length: 40 }, download);
    const ordered = recall(ref, bad.digest).then(() => {
      answered = true;
      return Promise.all(Array.from({ length: 10 }, download));
    });
    await Promise.all([...downloads, ordered]);
    expect(late).toEqual(Array(10).fill(410));
    for (const status of early) expect(status).toBeOneOf([200, 410]);
  });

  test("a recall while the same content is published under other names: none of it stays usable", async () => {
    const { ref, bad } = await asset("chased");
    const content = skill("chased", { body: "Bad chased.\n" });
    const puts = Array.from({ length: 10 }, (_, i) => reader!.put(`reader/chased-${i}`, "1.0.0", content));
    const [answers] = await Promise.all([Promise.all(puts), recall(ref, bad.digest)]);
    for (const [i, answer] of answers.entries()) {
      expect(answer.status).toBeOneOf([201, 422]);
      if (answer.status !== 201) continue;
      const version = await judged(reader!, `reader/chased-${i}`, "1.0.0");
      expect([i, version.digest, version.recalled !== null]).toEqual([i, bad.digest, true]);
      const download = await reader!.send("GET", `/api/v1/assets/reader/chased-${i}/versions/1.0.0/download`);
      expect(download.status).toBe(410);
    }
  });
});

eachMarketplace(
  "recalls of what the store hands out",
  (server) => {
    test("a URL of the store opens the bytes for five seconds, and none is given after a recall", async () => {
      const ann = await server().person("ann");
      const admin = await server().person("chief", "admin");
      const { digest } = await publish(server(), ann, "ann/far", "1.0.0", skill("far"));
      const ways = ["download", "files/SKILL.md"].map((way) => `/api/v1/assets/ann/far/versions/1.0.0/${way}`);
      for (const way of ways) {
        const response = await ann.send("GET", way);
        const url = new URL(response.headers.get("Location")!);
        expect([response.status, url.searchParams.get("X-Amz-Expires")]).toEqual([302, "5"]);
        expect(response.headers.get("Cache-Control")).toBe("no-store");
        expect((await fetch(url)).status).toBe(200);
      }
      await admin.api("POST", "/admin/recalls", 201, { json: { ref: "ann/far", digest, reason: "x" } });
      for (const way of ways) {
        const response = await ann.send("GET", way);
        expect([response.status, response.headers.get("Location")]).toEqual([410, null]);
      }
    });
  },
  { env: { MARKETPLACE_BLOBS_REDIRECT: "true" }, cells: [["sqlite", "s3"]] },
);

const CONDITIONS = (etag: string): Record<string, string>[] => [{ "If-None-Match": etag }, { Range: "bytes=0-9" }];
