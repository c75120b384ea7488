import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import type { DataExport } from "./data-export.ts";
import type { Privacy } from "./index.ts";

const ExportWire = t.Object({
  id: t.String(),
  status: t.Union([t.Literal("waiting"), t.Literal("ready"), t.Literal("failed")]),
  size: t.Nullable(t.Number()),
  created_at: t.String(),
  expires_at: t.Nullable(t.String()),
  url: t.Nullable(t.String({ description: "Where the zip is, once it is ready" })),
});

const exportWire = (found: DataExport) => ({
  id: found.id,
  status: found.status,
  size: found.size,
  created_at: found.createdAt,
  expires_at: found.expiresAt,
  url: found.status === "ready" ? `/api/v1/me/export/${found.id}` : null,
});

/** REST of people's own data, below `/api/v1`. */
export const privacyApi = (privacy: Privacy) =>
  new Elysia({ name: "privacy-api" })
    .get(
      "/me/export",
      async ({ request, set }) => {
        const found = await privacy.requestExport(contextOf(request).actor);
        if (found.status === "waiting") set.status = 202;
        return ok(exportWire(found));
      },
      {
        response: { 200: t.Object({ data: ExportWire }), 202: t.Object({ data: ExportWire }) },
        detail: {
          summary: "A copy of everything kept about you: begun by the first request, 202 until it is ready",
          tags: ["Accounts"],
        },
      },
    )
    .get(
      "/me/export/:id",
      async ({ request, params }) => {
        const { stream, size } = await privacy.openExport(contextOf(request).actor, params.id);
        return new Response(stream, { headers: exportHeaders(size) });
      },
      {
        params: t.Object({ id: t.String() }),
        detail: { summary: "The copy itself, a zip of JSON Lines files", tags: ["Accounts"] },
      },
    )
    .delete(
      "/me",
      async ({ request, set }) => {
        const { eraseAfter } = await privacy.requestErasure(contextOf(request).actor);
        set.status = 202;
        return ok({ erase_after: eraseAfter });
      },
      {
        response: { 202: t.Object({ data: t.Object({ erase_after: t.String() }) }) },
        detail: {
          summary:
            "Erase your account after the grace period; needs a recent sign-in and ends every session, token and key",
          tags: ["Accounts"],
        },
      },
    )
    .delete(
      "/me/erasure",
      async ({ request }) => {
        await privacy.cancelErasure(contextOf(request).actor);
        return new Response(null, { status: 204 });
      },
      { detail: { summary: "Keep the account after all", tags: ["Accounts"] } },
    );

/** The zip is a person's own data: no cache keeps it. */
export const exportHeaders = (size: number): Record<string, string> => ({
  "Content-Type": "application/zip",
  "Content-Length": String(size),
  "Content-Disposition": 'attachment; filename="my-data.zip"',
  "Cache-Control": "no-store",
});
