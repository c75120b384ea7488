import { afterAll, describe, expect, test } from "bun:test";
import { zipOf } from "../../src/platform/scanning/target.fixture.ts";
import {
  eachMarketplace,
  type Client,
  type Json,
  judged,
  type Marketplace,
  publish,
  until,
} from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

/** An advisory as OSV publishes it. */
const osv = (id: string, name: string, more: object = {}, ecosystem = "npm"): Record<string, unknown> => ({
  schema_version: "1.6.0",
  id,
  modified: "2026-01-01T00:00:00Z",
  published: "2026-01-01T00:00:00Z",
  summary: `Something is wrong with ${name}`,
  affected: [
    {
      package: { ecosystem, name },
      ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
    },
  ],
  database_specific: { severity: "HIGH" },
  ...more,
});

const zip = (documents: Json[], more: { name: string; text: string }[] = []): Blob =>
  new Blob([
    zipOf([
      ...documents.map((document) => ({ name: `${document.id}.json`, bytes: Buffer.from(JSON.stringify(document)) })),
      ...more.map(({ name, text }) => ({ name, bytes: Buffer.from(text) })),
    ]) as Uint8Array<ArrayBuffer>,
  ]);

async function imported(admin: Client, body: BodyInit, contentType = "application/zip"): Promise<Json> {
  const headers = { "Content-Type": contentType };
  const { data } = await admin.api("POST", "/admin/advisories/import", 202, { body, headers });
  return until("the import's end", async () => {
    const found = (await admin.api("GET", `/admin/advisories/imports/${data.id}`, 200)).data;
    return (found.status === "done" || found.status === "failed") && found;
  });
}

const using = (name: string, dependency: string, version: string) => ({
  ...skill(name),
  "package.json": JSON.stringify({ dependencies: { [dependency]: version } }),
});

const advisoriesOf = async (client: Client, ref: string, version: string): Promise<Json[]> =>
  (await client.api("GET", `/assets/${ref}/versions/${version}`, 200)).data.advisories;

const findingsOf = async (client: Client, ref: string, version: string): Promise<Json[]> =>
  (await client.api("GET", `/assets/${ref}/versions/${version}/scans`, 200)).data[0].findings;

/** Until matching and the rescans that follow from it are done. */
const settled = (server: Marketplace) =>
  until("an empty queue", async () => {
    const left = (await server.app.jobs.summary()).filter(({ status }) => status === "waiting" || status === "running");
    return left.every(({ kind }) => !/^(?:advisories|compliance)\./.test(kind));
  });

eachMarketplace("advisories", (server) => {
  test("an import touches what names the package, in its answer, its scan, its page and its owner's dashboard", async () => {
    const admin = await server().person("adv-boss", "admin");
    const ana = await server().person("adv-ana");
    await publish(server(), ana, "adv-ana/uses", "1.0.0", using("uses", "left-wing", "1.2.3"));
    await publish(server(), ana, "adv-ana/mended", "1.0.0", using("mended", "left-wing", "2.0.0"));
    expect(await advisoriesOf(ana, "adv-ana/uses", "1.0.0")).toEqual([]);

    const report = await imported(
      admin,
      zip(
        [osv("GHSA-left-wing-0001", "left-wing"), osv("GHSA-other-name-0001", "nobody-names-this")],
        [
          { name: "broken.json", text: "{" },
          { name: "README.md", text: "x" },
          { name: "old.json", text: JSON.stringify(osv("OLD-1", "x", { modified: "yesterday" })) },
          { name: "debian.json", text: JSON.stringify(osv("DSA-1", "x", {}, "Debian:12")) },
        ],
      ),
    );
    expect(report).toMatchObject({ status: "done", entries: 6, changed: 2, unchanged: 0, skipped: 4 });
    expect(report.problems).toEqual([
      "broken.json is not valid JSON.",
      "README.md is no .json file.",
      "OLD-1 does not say when it was modified.",
      "DSA-1 affects no package of an ecosystem that this server knows.",
    ]);
    await settled(server());
    expect(await advisoriesOf(server().stranger, "adv-ana/uses", "1.0.0")).toEqual([
      {
        id: "GHSA-left-wing-0001",
        severity: "high",
        malicious: false,
        summary: "Something is wrong with left-wing",
        ecosystem: "npm",
        package: "left-wing",
        package_version: "1.2.3",
        fixed: "2.0.0",
      },
    ]);
    expect(await advisoriesOf(ana, "adv-ana/mended", "1.0.0")).toEqual([]);
    expect(await findingsOf(ana, "adv-ana/uses", "1.0.0")).toContainEqual(
      expect.objectContaining({
        rule_id: "vulnerability/GHSA-left-wing-0001",
        severity: "high",
        path: "package.json",
        remedy: "Upgrade left-wing to 2.0.0 or later.",
      }),
    );
    // A vulnerability is worth a note by default: it takes nothing away that people use.
    expect((await judged(ana, "adv-ana/uses", "1.0.0")).verdict).toBe("passed");
    const { events } = await eventsOf(server(), "asset.version.advisory");
    expect(events.at(-1)!.payload).toMatchObject({ version: "1.0.0", added: ["GHSA-left-wing-0001"], removed: [] });

    const page = await (await server().stranger.send("GET", "/adv-ana/uses/security")).text();
    expect(page).toContain("/advisories/GHSA-left-wing-0001");
    const list = await (await server().stranger.send("GET", "/advisories")).text();
    expect(list).toContain("GHSA-left-wing-0001");
    expect(list).not.toContain("GHSA-other-name-0001");
    const all = await (await server().stranger.send("GET", "/advisories?all=1&package=nobody-names-this")).text();
    expect(all).toContain("GHSA-other-name-0001");
    const one = await (await server().stranger.send("GET", "/advisories/GHSA-left-wing-0001")).text();
    expect(one).toContain("adv-ana/uses 1.0.0");
    expect((await server().stranger.send("GET", "/advisories/GHSA-no-such")).status).toBe(404);
  });

  test("the same file again costs nothing; what changed is matched again, and gone when withdrawn", async () => {
    const admin = await server().person("again-boss", "admin");
    const ana = await server().person("again-ana");
    await publish(server(), ana, "again-ana/a", "1.0.0", using("a", "again-pkg", "1.0.0"));
    const first = osv("GHSA-again-0001", "again-pkg");
    await imported(admin, zip([first]));
    await settled(server());
    const scans = async () => (await ana.api("GET", "/assets/again-ana/a/versions/1.0.0/scans", 200)).data.length;
    const before = await scans();
    expect(await imported(admin, zip([first]))).toMatchObject({ changed: 0, unchanged: 1 });
    expect(await imported(admin, JSON.stringify([first, first]), "application/json")).toMatchObject({ changed: 0 });
    await settled(server());
    expect(await scans()).toBe(before);

    const withdrawn = { ...first, modified: "2026-02-01T00:00:00Z", withdrawn: "2026-02-01T00:00:00Z" };
    expect(await imported(admin, JSON.stringify(withdrawn), "application/json")).toMatchObject({ changed: 1 });
    await settled(server());
    expect(await advisoriesOf(ana, "again-ana/a", "1.0.0")).toEqual([]);
    expect((await findingsOf(ana, "again-ana/a", "1.0.0")).map(({ rule_id }) => rule_id)).not.toContain(
      "vulnerability/GHSA-again-0001",
    );
    expect(await scans()).toBe(before + 1);
  });

  test("what is published later is touched by what is known, and only the scanners that changed ran again", async () => {
    const admin = await server().person("later-boss", "admin");
    const ana = await server().person("later-ana");
    await imported(admin, zip([osv("GHSA-later-0001", "later-pkg")]));
    await publish(server(), ana, "later-ana/a", "1.0.0", using("a", "later-pkg", "1.0.0"));
    expect((await advisoriesOf(ana, "later-ana/a", "1.0.0")).map(({ id }) => id)).toEqual(["GHSA-later-0001"]);
    await imported(admin, zip([osv("GHSA-later-0002", "later-pkg")]));
    await settled(server());
    expect((await advisoriesOf(ana, "later-ana/a", "1.0.0")).map(({ id }) => id)).toEqual([
      "GHSA-later-0001",
      "GHSA-later-0002",
    ]);
    const [again, first] = (await ana.api("GET", "/assets/later-ana/a/versions/1.0.0/scans", 200)).data;
    // Taken over from the first scan, to the millisecond.
    const timesOf = (scan: Json) =>
      scan.scanners.filter((one: Json) => !/^(?:vulnerabilities|look-alike|near-dup)/.test(one.scanner));
    const byName = (a: Json, b: Json) => (a.scanner < b.scanner ? -1 : 1);
    expect(timesOf(again).sort(byName)).toEqual(timesOf(first).sort(byName));
  });

  test("a malicious package blocks, whatever the policy says of vulnerabilities", async () => {
    const admin = await server().person("mal-boss", "admin");
    const ana = await server().person("mal-ana");
    const everything = {
      affected: [
        {
          package: { ecosystem: "PyPI", name: "Evil_Thing" },
          ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }],
        },
      ],
    };
    await imported(admin, zip([osv("MAL-2026-0001", "evil-thing", everything)]));
    const version = await publish(server(), ana, "mal-ana/bad", "1.0.0", {
      ...skill("bad"),
      "requirements.txt": "evil.thing>=1\n",
    });
    expect(version.verdict).toBe("blocked");
    expect(version.verdict_reason).toContain("evil-thing");
  });

  test("an own advisory touches our assets and who depends on them; one of a private asset is nobody else's", async () => {
    const admin = await server().person("own-boss", "admin");
    const ana = await server().person("own-ana");
    const bob = await server().person("own-bob");
    await publish(server(), ana, "own-ana/lib", "1.0.0", skill("lib"));
    await publish(server(), ana, "own-ana/secret", "1.0.0", skill("secret"), { visibility: "private" });
    await publish(server(), bob, "own-bob/app", "1.0.0", {
      ...skill("app"),
      "marketplace.toml": '[dependencies]\n"own-ana/lib" = "^1.0.0"\n',
    });
    const own = (name: string) => ({
      summary: `It leaks through ${name}`,
      affected: [
        {
          package: { ecosystem: "marketplace", name },
          ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.0.1" }] }],
        },
      ],
      database_specific: { severity: "LOW" },
    });
    await ana.api("POST", "/admin/advisories", 403, { json: own("own-ana/lib") });
    await admin.api("POST", "/admin/advisories", 422, { json: own("own-ana/nothing") });
    await admin.api("POST", "/admin/advisories", 422, { json: { summary: "x", affected: [] } });
    const { data: lib } = await admin.api("POST", "/admin/advisories", 201, { json: own("own-ana/lib") });
    expect(lib.id).toMatch(/^MKT-\d{4}-\d{4}$/);
    const { data: secret } = await admin.api("POST", "/admin/advisories", 201, { json: own("own-ana/secret") });
    expect(secret.id).not.toBe(lib.id);
    await settled(server());
    expect(await advisoriesOf(bob, "own-ana/lib", "1.0.0")).toMatchObject([{ id: lib.id, fixed: "1.0.1" }]);
    expect(await advisoriesOf(bob, "own-bob/app", "1.0.0")).toMatchObject([{ id: lib.id, package: "own-ana/lib" }]);
    expect(await advisoriesOf(ana, "own-ana/secret", "1.0.0")).toMatchObject([{ id: secret.id }]);

    const idsSeen = async (client: Client, query = "") =>
      (await client.api("GET", `/advisories?ecosystem=marketplace&per_page=100${query}`, 200)).data.map(
        ({ id }: Json) => id,
      );
    expect(await idsSeen(ana)).toEqual(expect.arrayContaining([lib.id, secret.id]));
    expect(await idsSeen(bob)).toContain(lib.id);
    for (const client of [bob, server().stranger]) {
      expect(await idsSeen(client)).not.toContain(secret.id);
      await client.api("GET", `/advisories/${secret.id}`, 404);
      expect((await client.send("GET", `/advisories/${secret.id}`)).status).toBe(404);
      await client.api("GET", "/advisories?asset=own-ana/secret", 404);
    }
    expect(await idsSeen(bob, "&asset=own-bob/app")).toEqual([lib.id]);

    const { data: edited } = await admin.api("PATCH", `/admin/advisories/${lib.id}`, 200, {
      json: { summary: "Another word" },
    });
    expect(edited).toMatchObject({ id: lib.id, summary: "Another word", affected: lib.affected });
    await admin.api("POST", `/admin/advisories/${lib.id}/withdraw`, 200);
    await settled(server());
    expect(await advisoriesOf(bob, "own-bob/app", "1.0.0")).toEqual([]);
    expect((await bob.api("GET", `/advisories/${lib.id}`, 200)).data.withdrawn).toBeString();
    await imported(admin, zip([osv("GHSA-elsewhere-1", "elsewhere")]));
    await admin.api("POST", "/admin/advisories/GHSA-elsewhere-1/withdraw", 409);
    const audit = await admin.api("GET", "/admin/audit?action=advisory", 200);
    expect(audit.data.map(({ action }: Json) => action)).toEqual([
      "advisory.withdrawn",
      "advisory.edited",
      "advisory.added",
      "advisory.added",
    ]);
  });

  test("a file may be larger than other requests' bodies, and is read in pieces", async () => {
    const admin = await server().person("large-boss", "admin");
    const many = Array.from({ length: 300 }, (_, i) =>
      osv(`GHSA-large-${i}`, `large-${i}`, { details: "x".repeat(5000) }),
    );
    expect(await imported(admin, zip(many))).toMatchObject({ status: "done", entries: 300, changed: 300 });
    const { meta } = await admin.api("GET", "/advisories?package=large-299", 200);
    expect(meta.total).toBe(1);
  });

  test("nobody imports what is ours, nor fetches from where the configuration does not say", async () => {
    const admin = await server().person("no-boss", "admin");
    const user = await server().person("no-user");
    const headers = { "Content-Type": "application/json" };
    const own = osv("MKT-2026-0001", "own-ana/lib", {}, "marketplace");
    expect(await imported(admin, JSON.stringify(own), "application/json")).toMatchObject({ changed: 0, skipped: 1 });
    for (const url of ["http://127.0.0.1/all.zip", "https://example.org/all.zip", "file:///etc/passwd", ""])
      await admin.api("POST", "/admin/advisories/import", 422, { body: JSON.stringify({ url }), headers });
    await user.api("POST", "/admin/advisories/import", 403, { body: "{}", headers });
    await server().stranger.api("GET", "/admin/advisories/imports", 401);
    expect(await imported(admin, "not a zip")).toMatchObject({ status: "failed", changed: 0 });
    expect(await imported(admin, "")).toMatchObject({ status: "failed" });
  });
});

async function eventsOf({ app }: Marketplace, type: string) {
  const found: { type: string; payload: Record<string, unknown> }[] = [];
  for (let after = 0; ; ) {
    const batch = await app.outbox.read(after, 500);
    if (batch.length === 0) return { events: found };
    found.push(...batch.filter((event) => event.type === type));
    after = batch.at(-1)!.seq;
  }
}

describe("a source that is fetched", () => {
  let asked = 0;
  const documents = [osv("GHSA-source-0001", "source-pkg")];
  const source = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked += 1;
      if (request.headers.get("If-None-Match") === '"one"') return new Response(null, { status: 304 });
      return new Response(zip(documents), { headers: { ETag: '"one"' } });
    },
  });
  afterAll(() => source.stop(true));
  const address = `http://127.0.0.1:${source.port}/npm/all.zip`;

  eachMarketplace(
    "by the schedule or an administrator",
    (server) => {
      test("is read once, and not again while it says that nothing changed", async () => {
        const admin = await server().person("boss", "admin");
        const before = asked;
        const imports = async () => {
          await server().app.advisories.importSources();
          await until("the import", async () => {
            const { data } = await admin.api("GET", "/admin/advisories/imports", 200);
            return data.every(({ status }: Json) => status === "done");
          });
          return (await admin.api("GET", "/admin/advisories/imports", 200)).data;
        };
        expect(await imports()).toMatchObject([{ source: address, changed: 1 }]);
        expect((await imports())[0]).toMatchObject({ source: address, changed: 0, entries: 0 });
        expect(asked).toBe(before + 2);
        const body = JSON.stringify({ url: address });
        const headers = { "Content-Type": "application/json" };
        await admin.api("POST", "/admin/advisories/import", 202, { body, headers });
      });
    },
    { env: { MARKETPLACE_ADVISORIES_SOURCES: address } },
  );
});

eachMarketplace(
  "with a mail server",
  (server) => {
    test("owners of what is touched and of what depends on it get one mail an import, and nobody learns of what they may not see", async () => {
      const admin = await server().person("boss", "admin");
      const [ana, bob, eve] = await Promise.all(["ana", "bob", "eve"].map((name) => server().person(name)));
      await publish(server(), ana!, "ana/one", "1.0.0", using("one", "mail-pkg", "1.0.0"));
      await publish(server(), ana!, "ana/two", "1.0.0", using("two", "mail-pkg", "1.1.0"));
      await publish(server(), ana!, "ana/hidden", "1.0.0", using("hidden", "mail-pkg", "1.0.0"), {
        visibility: "private",
      });
      const needing = (name: string, ref: string) => ({
        ...skill(name),
        "marketplace.toml": `[dependencies]\n"${ref}" = "^1.0.0"\n`,
      });
      await publish(server(), bob!, "bob/app", "1.0.0", needing("app", "ana/one"));
      await publish(server(), eve!, "eve/curious", "1.0.0", needing("curious", "ana/hidden"));
      const mails = async () => {
        await until("the owners to be told", async () => {
          const left = (await server().app.jobs.summary()).filter(
            ({ kind, status }) => /^advisories\./.test(kind) && status !== "done",
          );
          return left.length === 0;
        });
        const { data } = await admin.api("GET", "/admin/mails?per_page=100", 200);
        return data
          .filter(({ kind }: Json) => kind === "advisories")
          .map(({ to, subject }: Json) => `${to}: ${subject}`)
          .sort();
      };
      await imported(admin, zip([osv("GHSA-mail-0001", "mail-pkg"), osv("GHSA-mail-0002", "mail-pkg")]));
      const first = [
        "ana@example.org: Known vulnerabilities touch 3 assets of yours",
        "bob@example.org: Known vulnerabilities touch an asset of yours",
      ];
      expect(await mails()).toEqual(first);
      await imported(admin, zip([osv("GHSA-mail-0001", "mail-pkg")]));
      expect(await mails()).toEqual(first);
    });
  },
  {
    env: {
      MARKETPLACE_MAIL_HOST: "127.0.0.1",
      MARKETPLACE_MAIL_PORT: "9",
      MARKETPLACE_MAIL_FROM: "m@example.org",
      MARKETPLACE_SERVER_PUBLIC_URL: "http://127.0.0.1:9",
    },
  },
);
