import { expect, test } from "bun:test";
import fc from "fast-check";
import { eachDatabase } from "../../../test/support/databases.ts";
import { type Clock, systemClock } from "../../core/clock.ts";
import { createOutbox } from "./database-outbox.ts";
import type { DomainEvent, NewEvent } from "./outbox.ts";

const event = (name: string | number): NewEvent => ({
  type: "test.happened",
  subjectId: "s",
  payload: { name, text: 'ü\u2028"' },
});

eachDatabase("outbox", (open) => {
  test("numbers events without gaps; a rollback gives its numbers back", async () => {
    const database = await open();
    const outbox = createOutbox({ database, clock: systemClock });
    expect([await outbox.head(), await outbox.read(0, 10)]).toEqual([0, []]);
    await database.write((tx) => outbox.append(tx, event("a"), { ...event("b"), actorId: "u" }));
    const failed = database.write(async (tx) => {
      await outbox.append(tx, event("lost"));
      throw new Error("rolled back");
    });
    expect(failed).rejects.toThrow("rolled back");
    await failed.catch(() => {});
    await database.write((tx) => outbox.append(tx));
    await database.write((tx) => outbox.append(tx, event("c")));
    const events = await outbox.read(0, 10);
    expect(events.map(({ seq, payload, actorId }) => [seq, payload["name"], actorId])).toEqual([
      [1, "a", null],
      [2, "b", "u"],
      [3, "c", null],
    ]);
    expect(events[0]!.payload).toEqual(event("a").payload);
    expect((await outbox.read(1, 1)).map(({ seq }) => seq)).toEqual([2]);
    expect(await outbox.head()).toBe(3);
  });

  test("takes more events at once than a statement has room for", async () => {
    const database = await open();
    const outbox = createOutbox({ database, clock: systemClock });
    await database.write((tx) => outbox.append(tx, ...Array.from({ length: 12_000 }, (_, i) => event(i))));
    expect(await outbox.head()).toBe(12_000);
    expect((await outbox.read(11_999, 2)).map(({ payload }) => payload["name"])).toEqual([11_999]);
  });

  test("200 writers at once, some of whom roll back: a reader that follows misses nothing and sees it in order", async () => {
    const database = await open();
    const outbox = createOutbox({ database, clock: systemClock });
    const seen: DomainEvent[] = [];
    let writing = true;
    const follow = (async () => {
      for (;;) {
        const last = !writing;
        const events = await outbox.read(seen.at(-1)?.seq ?? 0, 7);
        seen.push(...events);
        if (events.length === 0 && last) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const sizes = fc.sample(fc.integer({ min: 1, max: 4 }), { numRuns: 200, seed: 7 });
    const writers = sizes.map((size, writer) =>
      database
        .write(async (tx) => {
          await outbox.append(tx, ...Array.from({ length: size }, (_, n) => event(`${writer}.${n}`)));
          if (writer % 9 === 0) throw new Error("rolled back");
        })
        .catch(() => {}),
    );
    await Promise.all(writers);
    writing = false;
    await follow;
    const kept = sizes.flatMap((size, writer) =>
      writer % 9 === 0 ? [] : Array.from({ length: size }, (_, n) => `${writer}.${n}`),
    );
    expect(seen.map(({ seq }) => seq)).toEqual(kept.map((_, index) => index + 1));
    expect(seen.map(({ payload }) => payload["name"]).sort()).toEqual(kept.sort());
  }, 30_000);

  test("listeners hear of an announcement at once, and of other processes' events by polling", async () => {
    const database = await open();
    const here = createOutbox({ database, clock: systemClock, pollMs: 5 });
    const elsewhere = createOutbox({ database, clock: systemClock });
    let heard = Promise.withResolvers<void>();
    const unsubscribe = here.subscribe(() => heard.resolve());
    here.announce();
    await heard.promise;
    heard = Promise.withResolvers<void>();
    await heard.promise;
    heard = Promise.withResolvers<void>();
    await database.write((tx) => elsewhere.append(tx, event("x")));
    await heard.promise;
    unsubscribe();
    here.close();
  });

  test("prunes what is old and keeps the newest number", async () => {
    const database = await open();
    let now = new Date("2026-01-01T00:00:00Z");
    const clock: Clock = { now: () => now };
    const outbox = createOutbox({ database, clock });
    for (const day of [1, 2, 3, 4]) {
      now = new Date(Date.UTC(2026, 0, day));
      await database.write((tx) => outbox.append(tx, event(day)));
    }
    expect(await outbox.prune(new Date(Date.UTC(2026, 0, 3)))).toBe(2);
    expect((await outbox.read(0, 10)).map(({ seq }) => seq)).toEqual([3, 4]);
    expect(await outbox.prune(new Date(Date.UTC(2027, 0, 1)))).toBe(1);
    await database.write((tx) => outbox.append(tx, event("next")));
    expect((await outbox.read(0, 10)).map(({ seq }) => seq)).toEqual([4, 5]);
  });
});
