import { afterEach, expect, test } from "bun:test";
import { eachDatabase } from "../../../test/support/databases.ts";
import { type Actor, ANONYMOUS, SYSTEM } from "../../core/actor.ts";
import { cleanUp, NOW, setUp } from "./fixtures/marketplace.ts";

const FIRST_PAGE = { page: 1, perPage: 20 };
afterEach(cleanUp);

type SetUp = Awaited<ReturnType<typeof setUp>>;
const found = async (discovery: SetUp["discovery"], text: string, actor: Actor = ANONYMOUS): Promise<string[]> =>
  (await discovery.search(actor, { text, sort: "recent" }, FIRST_PAGE)).items
    .map(({ document }) => document.title)
    .sort();

eachDatabase("discovery", (open) => {
  test("what happens is found; what is deleted or hidden is not found any more", async () => {
    const { discovery, publish, change, outbox, index } = await setUp(await open());
    const id = await publish({ slug: "pdf-reader", title: "PDF Reader", tags: ["documents"] });
    await discovery.indexer.sync();
    expect(await found(discovery, "pdf")).toEqual(["PDF Reader"]);
    expect(await index.position()).toBe(await outbox.head());
    await change(id, { title: "Invoice Reader" });
    await discovery.indexer.sync();
    expect(await found(discovery, "invoice")).toEqual(["Invoice Reader"]);
    await change(id, { visibility: "private" });
    await discovery.indexer.sync();
    expect(await found(discovery, "invoice")).toEqual([]);
    expect(await found(discovery, "invoice", SYSTEM)).toEqual(["Invoice Reader"]);
    await change(id, { deleted_at: NOW.toISOString() });
    await discovery.indexer.sync();
    expect(await found(discovery, "", SYSTEM)).toEqual([]);
  });

  test("following events, replaying them late, and a rebuild give the same index", async () => {
    const market = await setUp(await open());
    const { publish, change, discovery, start, download } = market;
    const late = start();
    const ids = [];
    for (let i = 0; i < 12; i++) {
      const odd = i % 2 === 1;
      ids.push(
        await publish({ slug: `asset-${i}`, tags: odd ? ["odd"] : [], visibility: i % 5 ? "public" : "private" }),
      );
      await discovery.indexer.sync();
      if (i === 5) await late.discovery.indexer.sync();
    }
    await download(ids[3]!, 1, 10);
    await change(ids[2]!, { title: "Renamed" });
    await change(ids[4]!, { deleted_at: NOW.toISOString() });
    const rebuilt = start();
    const answers = [];
    for (const one of [market, late, rebuilt]) {
      await one.discovery.refreshTrending();
      await one.discovery.indexer.sync();
      await one.discovery.indexer.sync();
      const everything = await one.discovery.search(SYSTEM, { sort: "trending" }, FIRST_PAGE);
      answers.push({ ...everything, elapsedMs: 0 });
    }
    expect(answers[0]!.total).toBe(11);
    expect(answers[0]!.items[0]!.document.slug).toBe("asset-3");
    expect(answers[1]).toEqual(answers[0]!);
    expect(answers[2]).toEqual(answers[0]!);
    await market.discovery.indexer.rebuild();
    expect({ ...(await discovery.search(SYSTEM, { sort: "trending" }, FIRST_PAGE)), elapsedMs: 0 }).toEqual(
      answers[0]!,
    );
  });

  test("an index that slept through pruned events, or knows events that never were, is made anew", async () => {
    const { discovery, publish, change, outbox, database, index } = await setUp(await open());
    const id = await publish({ slug: "first" });
    await discovery.indexer.sync();
    await change(id, { title: "Changed while asleep" });
    await publish({ slug: "second" });
    await publish({ slug: "third" });
    await database.write((tx) => tx.deleteFrom("events").where("seq", "<", 4).execute());
    await discovery.indexer.sync();
    expect(await found(discovery, "")).toEqual(["Changed while asleep", "second", "third"]);
    await index.apply({ upsert: [], remove: [id], seq: 900 });
    await discovery.indexer.sync();
    expect(await index.position()).toBe(await outbox.head());
    expect(await found(discovery, "")).toHaveLength(3);
  });

  test("it follows by itself from the announcement of events", async () => {
    const { discovery, publish, outbox, index } = await setUp(await open());
    discovery.indexer.start();
    await publish({ slug: "followed" });
    outbox.announce();
    for (let tries = 0; tries < 1000 && (await index.position()) < 1; tries++) await Bun.sleep(2);
    expect(await found(discovery, "followed")).toEqual(["followed"]);
    await discovery.stop();
  });

  test("trending decays, tells growth, and shows nobody what they may not see", async () => {
    const { discovery, publish, download, get } = await setUp(await open());
    const [old, fresh, hidden] = [
      await publish({ slug: "old" }),
      await publish({ slug: "fresh" }),
      await publish({ slug: "hidden", visibility: "private" }),
    ];
    await download(old, 6, 100);
    await download(old, 8, 50);
    await download(fresh, 0, 60);
    await download(hidden, 0, 500);
    await discovery.indexer.sync();
    await discovery.refreshTrending();
    const { body } = await get("/trending?period=week&type=skill");
    expect(body.data.map((one: { slug: string }) => one.slug)).toEqual(["fresh", "old"]);
    expect(body.data[0]).toMatchObject({ score: 60, growth: null, period_downloads: 60 });
    expect(body.data[1]).toMatchObject({ growth: 1, period_downloads: 100 });
    expect(body.meta).toMatchObject({ period: "week", computed_at: NOW.toISOString() });
    expect((await get("/trending?type=prompt")).body.data).toEqual([]);
    expect((await get("/trending", SYSTEM)).body.data[0].slug).toBe("hidden");
    expect((await get("/search?sort=trending")).body.data[0].slug).toBe("fresh");
  });

  test("the API answers as documented", async () => {
    const { discovery, publish, get } = await setUp(await open());
    await publish({
      slug: "pdf-reader",
      title: "PDF <Reader>",
      tags: ["c++", "pdf"],
      categories: ["testing", "development"],
    });
    await publish({ slug: "pdf-writer", tags: ["pdf"], categories: ["databases"], license: null });
    await publish({
      slug: "pdf-secret",
      namespace: "other",
      visibility: "private",
      tags: ["hush"],
      categories: ["design"],
    });
    await discovery.indexer.sync();

    const search = await get("/search?q=reader&type=skill,prompt&type=agent&signed=false&per_page=1");
    expect(search.body).toMatchObject({
      data: [
        {
          ref: "acme/pdf-reader",
          type: "skill",
          verdict: null,
          highlight: { title: "PDF &lt;<mark>Reader</mark>&gt;", slug: "pdf-<mark>reader</mark>" },
        },
      ],
      meta: { page: 1, per_page: 1, total: 1, total_pages: 1, facets: { type: [{ value: "skill", count: 1 }] } },
    });
    expect(search.body.meta.search_time_ms).toBeNumber();
    const again = { "If-None-Match": search.headers.get("etag")! };
    expect(
      (await get("/search?q=reader&type=skill,prompt&type=agent&signed=false&per_page=1", ANONYMOUS, again)).status,
    ).toBe(304);
    expect((await get("/search?q=pdf&per_page=1")).headers.get("link")).toContain('rel="next"');

    const { suggestions, assets } = (await get("/search/autocomplete?q=pdf&limit=5")).body.data;
    expect(suggestions).toContainEqual({ type: "tag", text: "pdf" });
    expect(suggestions).toContainEqual({ type: "asset", text: "PDF <Reader>", ref: "acme/pdf-reader" });
    expect(JSON.stringify(assets)).not.toContain("secret");

    const categories = (await get("/categories")).body.data as { slug: string; count: number; children: unknown[] }[];
    const development = categories.find(({ slug }) => slug === "development")!;
    expect(development).toMatchObject({ count: 1 });
    expect(development.children).toContainEqual(expect.objectContaining({ slug: "testing", count: 1, children: [] }));
    expect(categories.find(({ slug }) => slug === "design")).toMatchObject({ count: 0 });
    expect((await get("/categories/data/assets")).body.data).toMatchObject([{ slug: "pdf-writer" }]);
    expect((await get("/categories/nothing/assets")).status).toBe(404);

    expect((await get("/tags")).body.data).toEqual([
      { name: "pdf", count: 2 },
      { name: "c++", count: 1 },
    ]);
    expect((await get("/tags?q=hus")).body).toMatchObject({ data: [], meta: { total: 0 } });
    expect((await get("/tags/c%2B%2B/assets")).body.data).toMatchObject([{ slug: "pdf-reader" }]);
    expect((await get("/licenses")).body.data).toEqual([{ id: "MIT", count: 1 }]);
  });

  test.each([
    ["type", "skll"],
    ["type", "skill&type=nope"],
    ["verdict", "good"],
    ["min_rating", "9"],
    ["min_rating", "many"],
    ["signed", "perhaps"],
    ["sort", "best"],
    ["page", "0"],
    ["page", "501"],
    ["per_page", "101"],
    ["tags", "x,".repeat(60)],
    ["q", "x".repeat(100_000)],
  ])("a query that cannot be is refused by name: %s", async (field, value) => {
    const search = `${field}=${value}`;
    const { get } = await setUp(await open());
    const { status, body } = await get(`/search?${search}`);
    expect(status).toBe(422);
    expect(body.error.code).toBe("VALIDATION_ERROR");
    expect(body.error.details.fields.map((problem: { field: string }) => problem.field)).toContain(field);
  });

  test("default categories are sown once, and what an administrator changed stays", async () => {
    const { discovery, database } = await setUp(await open());
    await Promise.all([discovery.seedCategories(), discovery.seedCategories()]);
    const count = () => database.read.selectFrom("categories").select("slug").execute();
    const sown = await count();
    expect(new Set(sown.map(({ slug }) => slug)).size).toBe(sown.length);
    await database.write((tx) => tx.deleteFrom("categories").where("slug", "=", "business").execute());
    await discovery.seedCategories();
    expect(await count()).toHaveLength(sown.length - 1);
  });
});
