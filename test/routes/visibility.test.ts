import { describe, expect, test } from "bun:test";
import { ASSET_ACCESS } from "../../src/core/actor.ts";
import { ASSETS, actorOfCase, CASES, ORG, OTHER, OWN, PERSON } from "../../src/core/fixtures/access-cases.ts";
import { mayAsset } from "../../src/core/permission.ts";
import { readableAssets } from "../../src/platform/database/index.ts";
import { eachDatabase } from "../support/databases.ts";
import { type Client, eachMarketplace, type Marketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

eachDatabase("readableAssets", (open) => {
  test("says in SQL what mayAsset says, for everybody and everything", async () => {
    const database = await open();
    const at = "2026-01-01T00:00:00.000Z";
    const people = Object.values(PERSON);
    await database.write(async (tx) => {
      const names = [OWN, ORG, OTHER, ...people.map((id) => id.replace("-7000-", "-7001-"))];
      await tx
        .insertInto("namespaces")
        .values(names.map((id, i) => ({ id, name: `n${i}`, kind: "user", created_at: at }) as never))
        .execute();
      await tx
        .insertInto("users")
        .values(
          people.map((id, i) => ({
            id,
            namespace_id: names[3 + i]!,
            username: `u${i}`,
            email: `u${i}@example.org`,
            email_key: `u${i}@example.org`,
            password_hash: "",
            display_name: "",
            role: "user" as const,
            status: "active" as const,
            created_at: at,
            updated_at: at,
          })),
        )
        .execute();
      for (const some of [ASSETS.slice(0, 100), ASSETS.slice(100, 200), ASSETS.slice(200)])
        await tx
          .insertInto("assets")
          .values(
            some.map((asset) => ({
              id: asset.id,
              namespace_id: asset.namespaceId,
              slug: asset.id,
              kind: "skill",
              title: "",
              description: "",
              license: null,
              homepage: null,
              repository: null,
              visibility: asset.visibility,
              status: asset.status,
              publish_requested: 0,
              status_reason: null,
              latest_version_id: null,
              created_by: PERSON.none,
              created_at: at,
              updated_at: at,
              published_at: null,
              deleted_at: asset.deleted ? at : null,
            })),
          )
          .execute();
      for (const access of ASSET_ACCESS)
        await tx
          .insertInto("asset_collaborators")
          .values(
            ASSETS.filter((asset) => asset.given).map((asset) => ({
              asset_id: asset.id,
              user_id: PERSON[access],
              access,
              added_by: null,
              created_at: at,
            })),
          )
          .execute();
    });
    // Every role and right; of scopes only what SQL asks for. Staff without a confinement sees everything.
    const cases = CASES.filter(
      ({ role, scopes, confined }) =>
        scopes.length <= 1 && scopes[0] !== "publish" && (role === "user" || confined === "own"),
    );
    const wrong: unknown[] = [];
    for (const one of [null, ...cases]) {
      const actor = actorOfCase(one);
      for (const mode of ["read", "list"] as const) {
        const rows = await database.read.selectFrom("assets").select("id").where(readableAssets(actor, mode)).execute();
        const expected = ASSETS.filter((asset) => mayAsset(actor, mode, asset)).map((asset) => asset.id);
        if (Bun.deepEquals(rows.map((row) => row.id).sort(), expected.sort())) continue;
        wrong.push({ one, mode, more: rows.length - expected.length });
      }
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });
});

type Hidden = "private" | "internal" | "organization" | "unlisted" | "draft" | "under-review" | "blocked" | "deleted";
type Viewer = "stranger" | "other" | "owner" | "moderator";

/** Who reads the asset itself, and who finds it in lists. */
const READERS: Record<Hidden, Viewer[]> = {
  private: ["owner", "moderator"],
  organization: ["owner", "moderator"],
  internal: ["other", "owner", "moderator"],
  unlisted: ["stranger", "other", "owner", "moderator"],
  draft: ["owner", "moderator"],
  "under-review": ["owner", "moderator"],
  blocked: ["owner", "moderator"],
  deleted: [],
};
const LISTED: Record<Hidden, Viewer[]> = { ...READERS, unlisted: ["owner", "moderator"] };

/** A word, a tag and a licence that nothing else on the server has: seen anywhere, they give the asset away. */
const marksOf = (kind: Hidden) => {
  const word = `zq${kind.replace("-", "")}marker`;
  return { slug: `hid-${kind}`, word, tag: `tag-${word}` };
};

eachMarketplace(
  "what may not be seen",
  (server) => {
    let made: Promise<World> | undefined;
    const world = () => (made ??= makeWorld(server()));

    describe.each(Object.keys(READERS) as Hidden[])("%s", (kind) => {
      test("is on no road for those who may not see it, and on every one for those who may", async () => {
        const { viewers, ids } = await world();
        for (const [viewer, client] of Object.entries(viewers) as [Viewer, Client][]) {
          const readable = READERS[kind].includes(viewer);
          for (const path of roadsTo(kind, ids[kind]!)) {
            const response = await client.send("GET", path, { headers: { Accept: acceptOf(path) } });
            const text = await response.text();
            const shown = response.status < 400;
            // The bytes of what has not passed are refused to everybody, but only owners learn that there is something.
            const refused =
              readable && [409, 422].includes(response.status) && /\/download|\/api\/.*\/files\//.test(path);
            expect([viewer, path, shown || refused]).toEqual([viewer, path, readable]);
            if (!readable) {
              expect([viewer, path, response.status]).toEqual([viewer, path, 404]);
              expect([viewer, path, text.includes(marksOf(kind).word)]).toEqual([viewer, path, false]);
            }
          }
        }
      });

      test("cannot be changed by those who may not see it, and they learn nothing by trying", async () => {
        const { viewers, ids } = await world();
        for (const [viewer, client] of Object.entries(viewers) as [Viewer, Client][]) {
          if (viewer === "owner" || viewer === "moderator") continue;
          const readable = READERS[kind].includes(viewer);
          for (const ref of [`own/${marksOf(kind).slug}`, ids[kind]!])
            for (const [method, path, json] of CHANGES) {
              const real = await client.send(method, `/api/v1/assets/${ref}${path}`, { json });
              const none = await client.send(method, `/api/v1/assets/own/never-there${path}`, { json });
              const expected = readable ? [401, 403] : [401, 404];
              expect([viewer, method, path, expected.includes(real.status)]).toEqual([viewer, method, path, true]);
              if (!readable) expect([method, path, real.status]).toEqual([method, path, none.status]);
            }
        }
      });

      test("is in no list, count, facet, suggestion, tree or feed of those who may not find it", async () => {
        const { viewers } = await world();
        const { word, tag, slug } = marksOf(kind);
        for (const [viewer, client] of Object.entries(viewers) as [Viewer, Client][]) {
          const listed = LISTED[kind].includes(viewer);
          for (const [path, mark] of listsThatMayTell(word, tag, slug)) {
            const response = await client.send("GET", path, { headers: { Accept: acceptOf(path) } });
            const text = await response.text();
            expect([viewer, path, response.status]).toEqual([viewer, path, 200]);
            if (!listed) expect([viewer, path, text.includes(mark)]).toEqual([viewer, path, false]);
          }
          const { data, meta } = await client.api("GET", `/search?q=${word}`, 200);
          const found = listed ? 1 : 0;
          expect([viewer, data.length, meta.total]).toEqual([viewer, found, found]);
          const list = await client.api("GET", `/assets?tag=${tag}`, 200);
          expect([viewer, list.data.length, list.meta.total]).toEqual([viewer, found, found]);
        }
      });
    });

    test("numbers on the front page and of dependents count only what their reader may see", async () => {
      const { viewers } = await world();
      const dependents = async (client: Client) =>
        (await client.api("GET", "/assets/own/open/dependents", 200)).data.map((d: { slug: string }) => d.slug);
      for (const [viewer, client] of Object.entries(viewers) as [Viewer, Client][]) {
        const expected = (Object.keys(LISTED) as Hidden[])
          .filter((kind) => LISTED[kind].includes(viewer) && !["under-review", "blocked"].includes(kind))
          .map((kind) => marksOf(kind).slug);
        expect([viewer, (await dependents(client)).toSorted()]).toEqual([viewer, expected.toSorted()]);
      }
    });

    test("an unseen dependency is told exactly as one that does not exist", async () => {
      const { viewers } = await world();
      const ask = async (ref: string) => {
        const json = { requirements: [{ ref, range: "*" }] };
        const { error } = await viewers.other.api("POST", "/resolve-dependencies", 409, { json });
        return JSON.stringify([error.code, error.message, error.details]).replaceAll(ref, "REF");
      };
      for (const kind of ["private", "draft", "deleted", "blocked"] as const)
        expect(await ask(`own/${marksOf(kind).slug}`)).toBe(await ask("own/never-there"));
    });
  },
  { env: { MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT" } },
);

const CHANGES: [string, string, unknown?][] = [
  ["PATCH", "", { title: "Mine" }],
  ["DELETE", ""],
  ["POST", "/publish"],
  ["POST", "/deprecate", {}],
  ["POST", "/archive", {}],
  ["POST", "/versions/1.0.0/yank", { reason: "x" }],
  ["DELETE", "/versions/1.0.0/yank"],
  ["PUT", "/channels/prod", { version: "1.0.0" }],
  ["DELETE", "/channels/prod"],
  ["POST", "/versions/1.0.0/scans"],
  ["POST", "/versions/1.0.0/signatures", { envelope: "{}" }],
];

const acceptOf = (path: string): string => (path.startsWith("/api/") ? "application/json" : "text/html");

/** Every address that names the asset. */
function roadsTo(kind: Hidden, id: string): string[] {
  const ref = `own/${marksOf(kind).slug}`;
  const version = ["", "/download", "/download?format=zip", "/files/SKILL.md", "/manifest", "/config", "/scans"];
  return [
    ...[ref, id].flatMap((name) => [
      ...["", "/versions"].map((tail) => `/api/v1/assets/${name}${tail}`),
      ...["/dependencies?version=1.0.0", "/dependents"].map((tail) => `/api/v1/assets/${name}${tail}`),
      ...version.map((tail) => `/api/v1/assets/${name}/versions/1.0.0${tail}`),
    ]),
    ...["", "/files", "/files/1.0.0", "/files/1.0.0/SKILL.md", "/versions", "/dependencies", "/security"].map(
      (tail) => `/${ref}${tail}`,
    ),
    `/publish/${ref}/1.0.0`,
  ];
}

/** Lists, and the mark that must not stand in them. */
const listsThatMayTell = (word: string, tag: string, slug: string): [path: string, mark: string][] => [
  ["/api/v1/assets?per_page=100", slug],
  ["/api/v1/assets?author=own&per_page=100&sort=downloads", slug],
  ["/api/v1/assets?status=draft,under_review,published&per_page=100", slug],
  ["/api/v1/search?per_page=100", slug],
  ["/api/v1/search?per_page=100", tag],
  [`/api/v1/search?tags=${tag}`, slug],
  [`/api/v1/search?q=${word.slice(0, -2)}`, word],
  ["/api/v1/search?owner=own&per_page=100", slug],
  [`/api/v1/search/autocomplete?q=${word.slice(0, 8)}`, word],
  ["/api/v1/search/autocomplete?q=hid", slug],
  ["/api/v1/trending?limit=100", slug],
  ["/api/v1/tags?per_page=100", tag],
  ["/api/v1/categories/development/assets?per_page=100", slug],
  [`/api/v1/tags/${tag}/assets`, slug],
  ["/api/v1/licenses", slug],
  ["/api/v1/assets/own/open/dependents", slug],
  ["/", slug],
  ["/search", slug],
  [`/search?q=${word.slice(0, -2)}`, `>${word}`],
  [`/tags/${tag}`, slug],
  ["/own", slug],
  ["/feed.atom", slug],
];

interface World {
  viewers: Record<Viewer, Client>;
  ids: Partial<Record<Hidden, string>>;
}

async function makeWorld(server: Marketplace): Promise<World> {
  const owner = await server.person("own");
  const viewers = {
    stranger: server.stranger,
    other: await server.person("other"),
    owner,
    moderator: await server.person("watch", "moderator"),
  };
  await publish(server, owner, "own/open", "1.0.0", skill("open"));
  const ids: World["ids"] = {};
  for (const kind of Object.keys(READERS) as Hidden[]) {
    const { slug, word, tag } = marksOf(kind);
    const files = skill(slug, {
      description: `About ${word}.`,
      tags: [tag],
      categories: ["development"],
      needs: { "own/open": "*" },
      license: kind === "under-review" ? "AGPL-3.0-only" : "MIT",
    });
    const visibility = (["private", "organization", "internal", "unlisted"] as string[]).includes(kind)
      ? kind
      : "public";
    const version = await publish(server, owner, `own/${slug}`, "1.0.0", files, { visibility });
    ids[kind] = version.asset.id;
    if (kind === "blocked")
      await viewers.moderator.api("POST", `/admin/reviews/${version.id}/reject`, 200, { json: { reason: "No." } });
    if (kind === "deleted") await owner.api("DELETE", `/assets/own/${slug}`, 204);
    if (kind === "draft")
      await server.app.database.write((tx) =>
        tx.updateTable("assets").set({ status: "draft" }).where("id", "=", version.asset.id).execute(),
      );
    // Tags and the word stand in the asset's row even where no version of it is published.
    if (kind === "under-review" || kind === "blocked")
      await owner.api("PATCH", `/assets/own/${slug}`, 200, { json: { tags: [tag], description: `About ${word}.` } });
  }
  await server.app.discovery.indexer.rebuild();
  await server.app.discovery.refreshTrending();
  return { viewers, ids };
}
