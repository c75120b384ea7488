import { Elysia, t } from "elysia";
import { invalidRequest } from "../../../core/error.ts";
import { parsePage } from "../../../core/page.ts";
import { fingerprintOf } from "../../../core/signing/ed25519.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../../platform/http/respond.ts";
import type { Recalls } from "./index.ts";
import { MAX_ENTRIES } from "./report-lockfile.ts";
import { exposureCsv, exposureWire, recallWire } from "./wire.ts";

const Text = (maxLength: number) => t.String({ maxLength });

/** REST of recalls: the public signed list, the orders, and lockfiles that people choose to report. */
export const recallsApi = (recalls: Recalls) =>
  new Elysia({ name: "recalls-api" })
    .get(
      "/recalls",
      async ({ request, query }) => {
        const { envelope, list } = await recalls.signedList(numberOf(query.since ?? "0", "since"));
        const key = await recalls.publicKey();
        const meta = {
          number: list.number,
          more: list.more,
          issued_at: list.issued_at,
          expires_at: list.expires_at,
          fingerprint: fingerprintOf(key),
          public_key: Buffer.from(key).toString("base64"),
        };
        return jsonWithETag(request, ok(envelope, meta));
      },
      {
        query: t.Object({ since: t.Optional(Text(20)) }),
        detail: {
          summary: "The signed list of recalls (DSSE), or what changed in it after its number `since`",
          tags: ["Recalls"],
        },
      },
    )
    .post(
      "/lockfiles",
      async ({ request, body }) => {
        await recalls.reportLockfile(contextOf(request).actor, body);
        return new Response(null, { status: 204 });
      },
      {
        body: t.Object({
          project: Text(200),
          entries: t.Array(t.Object({ ref: Text(160), version: Text(256), digest: Text(80) }), {
            maxItems: MAX_ENTRIES,
          }),
        }),
        detail: { summary: "Report what a project of yours has, to be told when it is recalled", tags: ["Recalls"] },
      },
    )
    .delete(
      "/lockfiles/:project",
      async ({ request, params }) => {
        await recalls.forgetLockfile(contextOf(request).actor, params.project);
        return new Response(null, { status: 204 });
      },
      { detail: { summary: "Forget what a project of yours has", tags: ["Recalls"] } },
    )
    .use(ordersApi(recalls));

const ordersApi = (recalls: Recalls) =>
  new Elysia({ name: "recalls-orders-api" })
    .get(
      "/admin/recalls",
      async ({ request, query }) =>
        pageAnswer(request, await recalls.list(contextOf(request).actor, parsePage(query)), recallWire),
      {
        query: t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) }),
        detail: { summary: "Recalls, newest first", tags: ["Recalls"] },
      },
    )
    .post(
      "/admin/recalls",
      async ({ request, body, set }) => {
        const order = { ...body, severity: body.severity ?? null };
        const { recall, created } = await recalls.order(contextOf(request).actor, order);
        set.status = created ? 201 : 200;
        return ok(recallWire(recall));
      },
      {
        body: t.Object({
          ref: Text(160),
          digest: Text(80),
          reason: Text(4000),
          severity: t.Optional(t.Nullable(Text(20))),
        }),
        detail: { summary: "Recall a digest: it must not be used any more", tags: ["Recalls"] },
      },
    )
    .delete(
      "/admin/recalls/:number",
      async ({ request, params, query }) => {
        const number = numberOf(params.number, "number");
        return ok(recallWire(await recalls.lift(contextOf(request).actor, number, query.reason)));
      },
      {
        query: t.Object({ reason: Text(4000) }),
        detail: { summary: "Lift a recall: what it names may be used again", tags: ["Recalls"] },
      },
    )
    .get(
      "/admin/recalls/:number/exposure",
      async ({ request, params, query }) => {
        const { recall, exposure } = await recalls.exposure(
          contextOf(request).actor,
          numberOf(params.number, "number"),
        );
        if (query.format !== "csv")
          return jsonWithETag(request, ok({ recall: recallWire(recall), ...exposureWire(exposure) }), NO_STORE);
        return new Response(exposureCsv(exposure), {
          headers: {
            ...NO_STORE,
            "Content-Type": "text/csv;charset=utf-8",
            "Content-Disposition": `attachment; filename="recall-${recall.number}.csv"`,
          },
        });
      },
      {
        query: t.Object({ format: t.Optional(t.Union([t.Literal("json"), t.Literal("csv")])) }),
        detail: { summary: "Who has what was recalled", tags: ["Recalls"] },
      },
    );

const NO_STORE = { "Cache-Control": "no-store" };

function numberOf(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalidRequest(`${name} must be a whole number.`);
  return Number(text);
}
