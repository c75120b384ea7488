import { Elysia } from "elysia";
import { AuditPage } from "../../../views/administration/audit.tsx";
import type { FormState, PageProps } from "../../../views/layout/page.ts";
import type { Clock } from "../../core/clock.ts";
import { AppError, type FieldProblem } from "../../core/error.ts";
import { requireAdmin } from "../../core/permission.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { exportAnswer, readCursor, readFormat } from "./audit-api.ts";
import { type AuditQuery, QUERY_FIELDS } from "./audit-query.ts";
import type { AuditTrail } from "./audit-trail.ts";

export interface AuditPagesDeps {
  trail: AuditTrail;
  clock: Clock;
  pageProps: (request: Request) => PageProps;
}

const PER_PAGE = 50;
const PRIVATE = { "Cache-Control": "no-store" };

/** `/admin/audit` and the files it offers, for administrators. */
export function auditPages({ trail, clock, pageProps }: AuditPagesDeps) {
  return new Elysia({ name: "administration-audit-pages" })
    .get("/admin/audit", async ({ request, query }) => {
      const { actor } = contextOf(request);
      requireAdmin(actor);
      const values = valuesOf(query);
      const cursor = query["cursor"];
      const show = (found: Awaited<ReturnType<AuditTrail["list"]>>, problems: FieldProblem[], status: number) => {
        const form: FormState = { values: { ...values }, problems };
        const nextCursor = found.next === null ? null : String(found.next);
        return htmlPage(
          <AuditPage
            page={pageProps(request)}
            form={form}
            entries={found.records}
            nextCursor={nextCursor}
            older={Boolean(cursor)}
          />,
          status,
          PRIVATE,
        );
      };
      const page = { before: readCursor(cursor), limit: PER_PAGE };
      const found = await trail.list(actor, values, page).catch((error) => fieldsOf(error));
      return Array.isArray(found) ? show({ records: [], next: null }, found, 422) : show(found, [], 200);
    })
    .get("/admin/audit/export", async ({ request, query }) => {
      const format = readFormat(query["format"] ?? "jsonl");
      return exportAnswer(await trail.export(contextOf(request).actor, valuesOf(query), format), format, clock);
    });
}

const valuesOf = (query: Record<string, string>): AuditQuery & Record<string, string> =>
  Object.fromEntries(QUERY_FIELDS.map((field) => [field, (query[field] ?? "").slice(0, 300).trim()]));

/** The fields that a refused filter names; any other failure is thrown on. */
function fieldsOf(error: unknown): FieldProblem[] {
  if (error instanceof AppError && error.code === "VALIDATION_ERROR") return error.details["fields"] as FieldProblem[];
  throw error;
}
