import type { Row, Stage } from "./route-matrix.ts";

// Rows of the route matrix about explanations of findings, and about appeals.

const RULE = "licence-policy/not-allowed";
const asset = "/api/v1/assets/{namespace}/{slug}";

/** An asset of the owner's whose version waits, with an explanation that waits beside it. */
async function explained({ owner, fresh }: Stage) {
  const { slug, version } = await fresh({ license: "AGPL-3.0-only" });
  const json = { rule: RULE, reason: "Agreed with those who know." };
  const { data } = await owner.api("POST", `/assets/owner/${slug}/suppressions`, 201, { json });
  return { slug, version, id: data.id as string };
}

/** A version that was refused by the policy, for the publisher to appeal. */
async function refused(stage: Stage) {
  const { slug, version } = await stage.fresh();
  await stage.server.app.database.write(async (tx) => {
    await tx
      .updateTable("versions")
      .set({ status: "blocked", verdict: "blocked" })
      .where("id", "=", version.id)
      .execute();
  });
  return { slug, version: "1.0.0", namespace: "owner" };
}

async function appealed(stage: Stage): Promise<string> {
  const { slug } = await refused(stage);
  const json = { text: "It is not what the rule thinks." };
  return (await stage.owner.api("POST", `/assets/owner/${slug}/versions/1.0.0/appeal`, 201, { json })).data.id;
}

const moderated = (status: number, json: object, made: (stage: Stage) => Promise<string>): Row => ({
  statuses: [401, 403, 403, 403, status, status],
  ask: async (stage) => ({ path: { id: await made(stage) }, options: { json } }),
});
const list: Row = { statuses: [401, 403, 403, 403, 200, 200], ask: () => ({ path: {} }) };
const answer = { answer: "Looked at it." };

export const policyRows = (): Record<string, Row> => ({
  [`GET ${asset}/suppressions`]: {
    statuses: [200, 200, 200, 200, 200, 200],
    ask: () => ({ path: { namespace: "owner", slug: "shared" } }),
  },
  [`POST ${asset}/suppressions`]: {
    statuses: [401, 403, 403, 201, 403, 201],
    ask: async ({ fresh }) => ({
      path: { namespace: "owner", slug: (await fresh()).slug },
      options: { json: { rule: RULE, reason: "Agreed with those who know." } },
    }),
  },
  [`DELETE ${asset}/suppressions/{id}`]: {
    statuses: [404, 404, 403, 204, 403, 204],
    ask: async (stage) => {
      const { slug, id } = await explained(stage);
      return { path: { namespace: "owner", slug, id } };
    },
  },
  [`GET ${asset}/versions/{version}/appeals`]: {
    statuses: [404, 404, 403, 200, 200, 200],
    ask: async (stage) => ({ path: await refused(stage) }),
  },
  [`POST ${asset}/versions/{version}/appeal`]: {
    statuses: [404, 404, 403, 201, 403, 201],
    ask: async (stage) => ({ path: await refused(stage), options: { json: { text: "It is not what it seems." } } }),
  },
  "GET /api/v1/admin/suppressions": list,
  "POST /api/v1/admin/suppressions/{id}/accept": moderated(200, {}, async (stage) => (await explained(stage)).id),
  "POST /api/v1/admin/suppressions/{id}/refuse": moderated(200, answer, async (stage) => (await explained(stage)).id),
  "GET /api/v1/admin/appeals": list,
  "POST /api/v1/admin/appeals/{id}/grant": moderated(200, answer, appealed),
  "POST /api/v1/admin/appeals/{id}/refuse": moderated(200, answer, appealed),
  "GET /api/v1/admin/policy/effect": { statuses: [401, 403, 403, 403, 403, 200], ask: () => ({ path: {} }) },
});
