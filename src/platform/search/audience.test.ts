import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Actor, SignedIn } from "../../core/actor.ts";
import { ANONYMOUS } from "../../core/actor.ts";
import { ASSET_STATUSES, VISIBILITIES } from "../../core/kind.ts";
import { mayAsset } from "../../core/permission.ts";
import { createMemoryIndex } from "./memory-index.ts";
import { document, query } from "./search.fixture.ts";
import { SEARCH_SORTS, type SearchAudience, type SearchDocument } from "./search-index.ts";

// The model: an index of nothing but what the actor may list. Whoever asks must not be able to tell the two apart.

const SPACES = ["red", "blue", "green"];
const WORDS = ["pdf", "pdfs", "table", "tables", "tabel", "extract", "merge", "中文", "文档", "secret"];
const word = fc.constantFrom(...WORDS);
const words = (max: number) => fc.array(word, { minLength: 1, maxLength: max });

const documents = fc
  .array(
    fc.record({
      space: fc.constantFrom(...SPACES),
      slug: words(3),
      title: words(3),
      description: words(6),
      tags: fc.uniqueArray(word, { maxLength: 3 }),
      visibility: fc.constantFrom(...VISIBILITIES),
      status: fc.constantFrom(...ASSET_STATUSES),
      downloads: fc.integer({ min: 0, max: 3 }),
      rating: fc.integer({ min: 0, max: 5 }),
      kind: fc.constantFrom("skill" as const, "prompt" as const),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((list) =>
    list.map(
      ({ space, slug, title, description, ...rest }): SearchDocument =>
        document({
          ...rest,
          namespace: space,
          namespaceId: `id-${space}`,
          slug: slug.join("-"),
          title: title.join(" "),
          description: description.join(" "),
        }),
    ),
  );

const user = (role: "user" | "moderator", namespaceIds: string[]): SignedIn => ({
  kind: "user",
  userId: "u",
  username: "u",
  role,
  scopes: ["read"],
  namespaceIds,
  via: "session",
});
const actors: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant<Actor>(ANONYMOUS),
  fc.subarray(SPACES).map((spaces) =>
    user(
      "user",
      spaces.map((space) => `id-${space}`),
    ),
  ),
  fc.constant<Actor>(user("moderator", [])),
);
const audienceOf = (actor: Actor): SearchAudience => ({
  signedIn: actor.kind === "user",
  moderator: actor.kind === "user" && actor.role === "moderator",
  namespaceIds: actor.kind === "user" ? actor.namespaceIds : [],
});

const text = fc.oneof(
  fc.constant(""),
  words(3).map((list) => list.join(" ")),
  word.map((whole) => whole.slice(0, -1)),
  word.map((whole) => `${whole.slice(1, 2)}${whole.slice(0, 1)}${whole.slice(2)}`),
);

test("what an actor may not list does not exist: hits, order, totals, facets, suggestions", () => {
  fc.assert(
    fc.property(
      documents,
      documents,
      actors,
      text,
      fc.constantFrom(...SEARCH_SORTS),
      fc.option(fc.constantFrom("skill" as const, "prompt" as const)),
      fc.boolean(),
      (kept, removed, actor, typed, sort, kind, compact) => {
        const whole = createMemoryIndex();
        whole.apply([...removed, ...kept], [], 1);
        if (compact) whole.compact();
        whole.apply(
          [],
          removed.map((one) => one.id),
          2,
        );
        const visible = createMemoryIndex();
        const facts = { deleted: false };
        visible.apply(
          kept.filter((one) => mayAsset(actor, "list", { ...one, ...facts })),
          [],
          2,
        );
        const asked = query({ text: typed, sort, kinds: kind ? [kind] : [], audience: audienceOf(actor), perPage: 7 });
        const answer = whole.search(asked);
        expect({ ...answer, elapsedMs: 0 }).toEqual({ ...visible.search(asked), elapsedMs: 0 });
        expect(whole.suggest(typed, 6, asked.audience)).toEqual(visible.suggest(typed, 6, asked.audience));
        if (typed === "" && kind === null) expect(answer.total).toBe(visible.count());
      },
    ),
    { numRuns: 300 },
  );
});
