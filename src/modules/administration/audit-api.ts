import { Elysia, t } from "elysia";
import type { Clock } from "../../core/clock.ts";
import { dayOf, instant } from "../../core/clock.ts";
import { validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import { auditWire } from "../../platform/audit/audit-wire.ts";
import { EXPORT_FORMATS, type ExportFormat } from "./audit-format.ts";
import { placeText, QUERY_FIELDS, readPlace } from "./audit-query.ts";
import type { AuditTrail } from "./audit-trail.ts";

const text = t.Optional(t.String({ maxLength: 300 }));
const FILTER = Object.fromEntries(QUERY_FIELDS.map((field) => [field, text])) as Record<
  (typeof QUERY_FIELDS)[number],
  typeof text
>;
const shown = (summary: string) => ({ detail: { summary, tags: ["Administration"] } });
/** What is personal and for administrators lies in no cache. */
const PRIVATE = { "cache-control": "no-store" };

/** REST of the audit log, below `/api/v1`. */
export function auditApi(deps: { trail: AuditTrail; clock: Clock }) {
  const { trail, clock } = deps;
  return new Elysia({ name: "administration-audit-api" })
    .get(
      "/admin/audit",
      async ({ request, query, set }) => {
        const { perPage } = parsePage({ per_page: query.per_page });
        const page = { before: readCursor(query.cursor), limit: perPage };
        const { records, next } = await trail.list(contextOf(request).actor, query, page);
        Object.assign(set.headers, PRIVATE);
        const cursor = next === null ? null : String(next);
        if (cursor !== null) set.headers["link"] = nextLink(request, cursor);
        return ok(records.map(auditWire), { per_page: perPage, next_cursor: cursor });
      },
      {
        query: t.Object({ ...FILTER, cursor: text, per_page: text }),
        ...shown("The audit log, newest first; `meta.next_cursor` leads to older entries"),
      },
    )
    .get(
      "/admin/audit/export",
      async ({ request, query }) => {
        const { format = "jsonl", ...filter } = query;
        return exportAnswer(
          await trail.export(contextOf(request).actor, filter, readFormat(format)),
          readFormat(format),
          clock,
        );
      },
      {
        query: t.Object({ ...FILTER, format: text }),
        ...shown("The audit log, oldest first, as JSON Lines or CSV"),
      },
    )
    .get(
      "/admin/audit/verify",
      async ({ request, query, set }) => {
        const found = await trail.verify(contextOf(request).actor, {
          anchor: readPlace("anchor", query.anchor),
          after: readPlace("after", query.after),
          signal: request.signal,
        });
        Object.assign(set.headers, PRIVATE);
        return ok({
          ok: found.problems.length === 0,
          complete: found.complete,
          entries: found.entries,
          through: placeText(found.through),
          head: placeText(found.head),
          problems: found.problems,
        });
      },
      {
        query: t.Object({ anchor: text, after: text }),
        ...shown(
          "Whether the audit log is whole; of a long one a part at a time, to be gone on with `after` = `through`",
        ),
      },
    );
}

/** A file to save, sent while it is made. */
export function exportAnswer(lines: AsyncIterable<string>, format: ExportFormat, clock: Clock): Response {
  const name = `audit-${dayOf(instant(clock.now()))}.${format}`;
  return new Response(streamOf(lines), {
    headers: {
      "Content-Type": EXPORT_FORMATS[format],
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
    },
  });
}

/** Asks for the next part when the client has taken the last one. */
function streamOf(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

export function readFormat(format: string): ExportFormat {
  if (format === "jsonl" || format === "csv") return format;
  throw validationError({ field: "format", message: "must be jsonl or csv." });
}

/** The number of the entry that the page before ended with. */
export function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined || cursor === "") return null;
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw validationError({ field: "cursor", message: "must be a next_cursor of an earlier answer." });
}

function nextLink(request: Request, cursor: string): string {
  const url = new URL(request.url);
  url.searchParams.set("cursor", cursor);
  return `<${url.pathname}${url.search}>; rel="next"`;
}
