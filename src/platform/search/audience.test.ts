import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  ANONYMOUS,
  type Actor,
  ASSET_ACCESS,
  ORGANIZATION_ROLES,
  type Role,
  type SignedIn,
  SYSTEM,
} from "../../core/actor.ts";
import { ASSET_STATUSES, VISIBILITIES } from "../../core/kind.ts";
import { mayAsset } from "../../core/permission.ts";
import { audienceOf } from "../../modules/discovery/search-assets.ts";
import { createMemoryIndex } from "./memory-index.ts";
import { document, query } from "./search.fixture.ts";
import { SEARCH_SORTS, type SearchDocument } from "./search-index.ts";

// The model: an index of nothing but what the actor may list. Whoever asks must not be able to tell the two apart.

const SPACES = ["red", "blue", "green"];
const IDS = Array.from({ length: 60 }, (_, i) => `a${i}`);
const WORDS = ["pdf", "pdfs", "table", "tables", "tabel", "extract", "merge", "中文", "文档", "secret"];
const word = fc.constantFrom(...WORDS);
const words = (max: number) => fc.array(word, { minLength: 1, maxLength: max });

const documents = fc
  .uniqueArray(
    fc.record({
      space: fc.constantFrom(...SPACES),
      slug: words(3),
      title: words(3),
      description: words(6),
      tags: fc.uniqueArray(word, { maxLength: 3 }),
      id: fc.constantFrom(...IDS),
      visibility: fc.constantFrom(...VISIBILITIES),
      status: fc.constantFrom(...ASSET_STATUSES),
      downloads: fc.integer({ min: 0, max: 3 }),
      rating: fc.integer({ min: 0, max: 5 }),
      kind: fc.constantFrom("skill" as const, "prompt" as const),
    }),
    { minLength: 1, maxLength: 25, selector: ({ id }) => id },
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

const user = (role: Role): SignedIn => ({ ...SYSTEM, userId: "u", role, scopes: ["read"], namespaceId: "id-own" });
const spaceId = fc.constantFrom(...SPACES.map((space) => `id-${space}`));
const signedIn: fc.Arbitrary<Actor> = fc
  .record({
    role: fc.constantFrom<Role>("user", "user", "user", "moderator"),
    own: fc.constantFrom("id-own", "id-red"),
    memberships: fc.uniqueArray(fc.record({ namespaceId: spaceId, role: fc.constantFrom(...ORGANIZATION_ROLES) }), {
      maxLength: 3,
      selector: ({ namespaceId }) => namespaceId,
    }),
    assetAccess: fc.uniqueArray(fc.tuple(fc.constantFrom(...IDS), fc.constantFrom(...ASSET_ACCESS)), {
      maxLength: 6,
      selector: ([id]) => id,
    }),
    confinement: fc.option(
      fc.record({
        namespaceIds: fc.uniqueArray(fc.oneof(spaceId, fc.constant("id-own")), { maxLength: 2 }),
        assetIds: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 6 }),
        slug: fc.constant(null),
      }),
      { freq: 2 },
    ),
  })
  .map(({ role, own, memberships, assetAccess, confinement }) => ({
    ...user(role),
    namespaceId: own,
    memberships: memberships.map((one) => ({ ...one, organizationId: one.namespaceId })),
    assetAccess: new Map(assetAccess),
    confinement,
  }));
const actors: fc.Arbitrary<Actor> = fc.oneof(fc.constant<Actor>(ANONYMOUS), { arbitrary: signedIn, weight: 4 });

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
      documents.map((all) => all.map((one) => ({ ...one, id: `gone-${one.id}` }))),
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
