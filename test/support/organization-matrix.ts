import type { Ask, Row, Stage } from "./route-matrix.ts";

// Rows of the route matrix about organizations. The owner makes one for each call; "visitor" is nobody in it.

interface Made {
  slug: string;
  /** The name of an asset of it. */
  asset: string;
}

type Making = (stage: Stage, made: Made) => Promise<Partial<Ask> | undefined> | Partial<Ask> | undefined;

/** What the caller may depends on nothing but the role: owner and administrator act, others are refused. */
const ACT: Row["statuses"] = [401, 403, 403, 0, 403, 0];

export function organizationRows(unique: () => string): Record<string, Row> {
  const made = async ({ owner }: Stage, json: object = {}): Promise<Made> => {
    const slug = unique();
    await owner.api("POST", "/organizations", 201, { json: { slug, ...json } });
    await owner.api("POST", "/assets", 201, { json: { namespace: slug, slug: "tool", type: "skill" } });
    await owner.api("POST", `/organizations/${slug}/teams`, 201, { json: { slug: "core" } });
    await owner.api("PUT", `/organizations/${slug}/members/visitor`, 200, { json: { role: "viewer" } });
    await owner.api("PUT", `/organizations/${slug}/teams/core/members/visitor`, 204);
    return { slug, asset: "tool" };
  };
  const row = (status: number, making: Making = () => undefined, statuses = ACT): Row => ({
    statuses: statuses.map((one) => one || status) as Row["statuses"],
    async ask(stage) {
      const one = await made(stage);
      const { path, ...rest } = (await making(stage, one)) ?? {};
      return { ...rest, path: { slug: one.slug, team: "core", username: "visitor", asset: one.asset, ...path } };
    },
  });
  /** The visitor is a viewer of it, and so may look at its people. */
  const people = (status: number, making?: Making) => row(status, making, [401, status, status, status, 403, status]);
  const own = (status: number): Row => ({
    statuses: [401, status, status, status, status, status],
    ask: () => ({ path: {} }),
  });
  const json = (body: unknown) => () => ({ options: { json: body } });
  const invited = async ({ owner }: Stage, { slug }: Made, body: object = { role: "viewer" }) =>
    (await owner.api("POST", `/organizations/${slug}/invitations`, 201, { json: body })).data;
  const key = (url: string) => url.split("/invitations/")[1] ?? "";
  const at = "/api/v1/organizations/{slug}";
  const asset = "/api/v1/assets/{namespace}/{slug}";

  /** Who manages an asset of the owner's. */
  const managing = (
    status: number,
    rest: Partial<Ask> = {},
    before?: (stage: Stage, slug: string) => Promise<unknown>,
  ) => ({
    statuses: [401, 403, 403, status, 403, status] as Row["statuses"],
    async ask(stage: Stage): Promise<Ask> {
      const slug = unique();
      await stage.owner.api("POST", "/assets", 201, { json: { slug, type: "skill" } });
      await stage.server.app.database.write((tx) =>
        tx.updateTable("assets").set({ status: "published" }).where("slug", "=", slug).execute(),
      );
      await before?.(stage, slug);
      return { ...rest, path: { namespace: "owner", slug, ...rest.path } };
    },
  });
  const collaborating = ({ owner }: Stage, slug: string) =>
    owner.api("PUT", `/assets/owner/${slug}/collaborators/moderator-1`, 200, { json: { access: "read" } });
  const offering = async ({ owner }: Stage, to: string) => {
    const slug = unique();
    await owner.api("POST", "/assets", 201, { json: { slug, type: "skill" } });
    const { meta } = await owner.api("POST", `/assets/owner/${slug}/transfer`, 202, { json: { to } });
    return meta.offer.id as string;
  };
  const answering = (status: number): Row => ({
    statuses: [401, status, 403, 404, 404, status],
    ask: async (stage) => ({ path: { id: await offering(stage, "visitor") } }),
  });

  return {
    "GET /api/v1/organizations": { statuses: [200, 200, 200, 200, 200, 200], ask: () => ({ path: {} }) },
    "POST /api/v1/organizations": {
      statuses: [401, 201, 403, 201, 201, 201],
      ask: () => ({ path: {}, options: { json: { slug: unique() } } }),
    },
    "GET /api/v1/organizations/{slug}": row(200, undefined, [200, 200, 200, 200, 200, 200]),
    [`PATCH ${at}`]: row(200, json({ description: "New." })),
    [`DELETE ${at}`]: row(204, json({ assets: "delete" })),
    [`GET ${at}/assets`]: row(200, undefined, [200, 200, 200, 200, 200, 200]),
    [`POST ${at}/rename`]: row(200, () => ({ options: { json: { slug: unique() } } })),
    [`GET ${at}/policy`]: people(200),
    [`GET ${at}/policy/effect`]: row(200),
    [`PUT ${at}/policy`]: row(200, json({ require_review: true, versions: { review: "medium" } })),
    [`PUT ${at}/verification`]: row(200, undefined, [401, 403, 403, 403, 403, 200]),
    [`DELETE ${at}/verification`]: row(200, undefined, [401, 403, 403, 403, 403, 200]),
    [`GET ${at}/members`]: people(200),
    [`PUT ${at}/members/{username}`]: row(200, json({ role: "member" })),
    [`DELETE ${at}/members/{username}`]: row(204, undefined, [401, 204, 403, 204, 403, 204]),
    [`GET ${at}/teams`]: people(200),
    [`POST ${at}/teams`]: row(201, json({ slug: "more" })),
    [`GET ${at}/teams/{team}`]: people(200),
    [`PATCH ${at}/teams/{team}`]: row(200, json({ name: "New" })),
    [`DELETE ${at}/teams/{team}`]: row(204),
    [`PUT ${at}/teams/{team}/members/{username}`]: row(204),
    [`DELETE ${at}/teams/{team}/members/{username}`]: row(204),
    [`PUT ${at}/teams/{team}/assets/{asset}`]: row(204, json({ access: "read" }), [404, 404, 403, 204, 403, 204]),
    [`DELETE ${at}/teams/{team}/assets/{asset}`]: row(
      204,
      async ({ owner }, { slug }) => {
        const access = { json: { access: "read" } };
        await owner.api("PUT", `/organizations/${slug}/teams/core/assets/tool`, 204, access);
        return undefined;
      },
      [404, 404, 403, 204, 403, 204],
    ),
    [`GET ${at}/invitations`]: row(200, undefined, [401, 403, 403, 200, 403, 200]),
    [`POST ${at}/invitations`]: row(201, json({ role: "viewer" })),
    [`DELETE ${at}/invitations/{id}`]: row(204, async (stage, one) => ({
      path: { id: (await invited(stage, one)).id },
    })),
    "GET /api/v1/me/organizations": own(200),
    "GET /api/v1/me/invitations": own(200),
    "GET /api/v1/me/transfers": own(200),
    "GET /api/v1/invitations/{key}": row(
      200,
      async (stage, one) => ({ path: { key: key((await invited(stage, one)).url) } }),
      [200, 200, 200, 200, 200, 200],
    ),
    "POST /api/v1/invitations/{key}/accept": row(
      200,
      async (stage, one) => ({ path: { key: key((await invited(stage, one)).url) } }),
      [401, 200, 403, 200, 200, 200],
    ),
    "POST /api/v1/invitations/{key}/decline": row(
      204,
      async (stage, one) => ({
        path: { key: key((await invited(stage, one, { role: "viewer", username: "moderator-1" })).url) },
      }),
      [401, 403, 403, 403, 204, 403],
    ),
    "POST /api/v1/transfers/{id}/accept": answering(200),
    "POST /api/v1/transfers/{id}/decline": answering(204),
    [`GET ${asset}/collaborators`]: managing(200),
    [`PUT ${asset}/collaborators/{username}`]: managing(200, {
      path: { username: "visitor" },
      options: { json: { access: "read" } },
    }),
    [`DELETE ${asset}/collaborators/{username}`]: {
      ...managing(204, { path: { username: "moderator-1" } }, collaborating),
      // Everybody may give up their own.
      statuses: [401, 403, 403, 204, 204, 204],
    },
    [`POST ${asset}/rename`]: managing(200, {
      get options() {
        return { json: { slug: unique() } };
      },
    }),
    [`POST ${asset}/transfer`]: {
      ...managing(202, { options: { json: { to: "visitor" } } }),
      // Administrators of the site may make assets anywhere, so nobody has to agree.
      statuses: [401, 403, 403, 202, 403, 200],
    },
    [`DELETE ${asset}/transfer`]: managing(204, {}, ({ owner }, slug) =>
      owner.api("POST", `/assets/owner/${slug}/transfer`, 202, { json: { to: "visitor" } }),
    ),
  };
}
