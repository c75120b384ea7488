import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import type { SealedSecrets, SealingReport } from "./sealed-secrets.ts";

const SealingWire = t.Object({
  keys: t.Array(t.String(), { description: "Ids of the keys that are here, the newest first: it seals" }),
  columns: t.Array(
    t.Object({
      table: t.String(),
      column: t.String(),
      counts: t.Array(
        t.Object({
          key: t.Nullable(t.String()),
          count: t.Number(),
          state: t.Union([t.Literal("current"), t.Literal("older"), t.Literal("missing")]),
        }),
      ),
    }),
  ),
  outdated: t.Number({ description: "Secrets that an older key sealed" }),
  lost: t.Number({ description: "Secrets that no key here opens" }),
});
const RotationWire = t.Composite([SealingWire, t.Object({ sealed: t.Number() })]);

const wireOf = ({ keys, columns, outdated, lost }: SealingReport): typeof SealingWire.static => ({
  keys: [...keys],
  columns,
  outdated,
  lost,
});

/** `/admin/secrets`, below `/api/v1`. */
export const secretsApi = (secrets: SealedSecrets) =>
  new Elysia({ name: "administration-api-secrets" })
    .get("/admin/secrets", async ({ request }) => ok(wireOf(await secrets.list(contextOf(request).actor))), {
      response: { 200: t.Object({ data: SealingWire }) },
      detail: { summary: "What is sealed in the database, and with which key", tags: ["Administration"] },
    })
    .post(
      "/admin/secrets/rotate",
      async ({ request }) => {
        const report = await secrets.rotate(contextOf(request).actor, { signal: request.signal });
        return ok({ ...wireOf(report), sealed: report.sealed });
      },
      {
        response: { 200: t.Object({ data: RotationWire }) },
        detail: {
          summary: "Seal every secret in the database with the newest key; needs a sign-in of the last 15 minutes",
          tags: ["Administration"],
        },
      },
    );
