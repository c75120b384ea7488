import { expect, test } from "bun:test";
import { createDatabase } from "../../src/platform/database/index.ts";
import { eachDatabase } from "./databases.ts";

eachDatabase("a test's own database", (open, under) => {
  test("is migrated, empty and apart from every other", async () => {
    const [one, other] = [await open(), await open()];
    const row = { name: "events", value: 7 };
    await one.write((tx) => tx.insertInto("counters").values(row).execute());
    expect(await one.read.selectFrom("counters").selectAll().executeTakeFirst()).toMatchObject({ name: "events" });
    expect(await other.read.selectFrom("counters").selectAll().execute()).toEqual([]);
    expect(one.engine).toBe(under.engine);
  });

  test("can be opened twice", async () => {
    const location = await under.locate();
    const [one, other] = [createDatabase(location), createDatabase(location)];
    await one.write((tx) => tx.insertInto("counters").values({ name: "x", value: 1 }).execute());
    expect(await other.read.selectFrom("counters").select("name").execute()).toEqual([{ name: "x" }]);
    await Promise.all([one.close(), other.close()]);
  });
});
