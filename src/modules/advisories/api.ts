import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import type { AdvisoryImport } from "./import-repository.ts";
import type { AdvisoriesModule } from "./index.ts";
import { osvOf } from "./own-advisories.ts";
import type { ListedAdvisory } from "./read-model.ts";

const listedWire = (advisory: ListedAdvisory) => ({
  id: advisory.id,
  origin: advisory.origin,
  summary: advisory.summary,
  severity: advisory.level,
  malicious: advisory.malicious,
  packages: advisory.packages,
  touched_versions: advisory.touched,
  published: advisory.published,
  modified: advisory.modified,
  withdrawn: advisory.withdrawn,
});

type Found = Awaited<ReturnType<AdvisoriesModule["find"]>>;

const foundWire = ({ advisory, touched }: Found) => ({
  ...osvOf(advisory),
  origin: advisory.origin,
  level: advisory.level,
  malicious: advisory.malicious,
  touched: {
    total: touched.total,
    versions: touched.versions.map((one) => ({
      ref: one.ref,
      version: one.version,
      ecosystem: one.ecosystem,
      package: one.package,
      package_version: one.packageVersion,
      fixed: one.fixed,
    })),
    dependents: touched.dependents.map(({ ref, dependsOn }) => ({ ref, depends_on: dependsOn })),
  },
});

const importWire = (found: AdvisoryImport) => ({
  id: found.id,
  source: found.source,
  status: found.status,
  entries: found.entries,
  changed: found.changed,
  unchanged: found.unchanged,
  skipped: found.skipped,
  problems: found.problems,
  error: found.error,
  created_at: found.createdAt,
  finished_at: found.finishedAt,
});

const Text = t.Optional(t.String({ maxLength: 300 }));
const PageQuery = { page: t.Optional(t.String()), per_page: t.Optional(t.String()) };
/** An OSV document; what is in it is checked where it is read. */
const Document = t.Record(t.String(), t.Any());
const Id = t.Object({ id: t.String({ maxLength: 100 }) });
const detail = (summary: string) => ({ detail: { summary, tags: ["Advisories"] } });

/** A body that names an address instead of being advisories is shorter than this. */
const MAX_PEEK = 4096;

/** REST of advisories, below `/api/v1`. */
export const advisoriesApi = (advisories: AdvisoriesModule) =>
  new Elysia({ name: "advisories-api" })
    .get(
      "/advisories",
      async ({ request, query }) => {
        const { affecting, page, per_page, ...filter } = query;
        const found = await advisories.list(
          contextOf(request).actor,
          { ...filter, touching: affecting === "true" },
          parsePage({ page, per_page }),
        );
        return pageAnswer(request, found, listedWire);
      },
      {
        query: t.Object({
          ecosystem: Text,
          package: Text,
          asset: Text,
          severity: t.Optional(
            t.Union([t.Literal("critical"), t.Literal("high"), t.Literal("medium"), t.Literal("low")]),
          ),
          affecting: t.Optional(t.String({ description: "`true`: only those that touch something that you may see" })),
          ...PageQuery,
        }),
        ...detail("Known vulnerabilities and malicious packages, the newest change first"),
      },
    )
    .get(
      "/advisories/:id",
      async ({ request, params }) =>
        jsonWithETag(request, ok(foundWire(await advisories.find(contextOf(request).actor, params.id)))),
      { params: Id, ...detail("An advisory in OSV format, with the versions that it touches and who depends on them") },
    )
    .post(
      "/admin/advisories",
      async ({ request, body, set }) => {
        const added = await advisories.add(contextOf(request).actor, body);
        set.status = 201;
        set.headers["location"] = `/api/v1/advisories/${added.id}`;
        return ok(osvOf(added));
      },
      { body: Document, ...detail("Write an advisory, in OSV format; its id and times are given by the server") },
    )
    .patch(
      "/admin/advisories/:id",
      async ({ request, params, body }) => ok(osvOf(await advisories.edit(contextOf(request).actor, params.id, body))),
      { params: Id, body: Document, ...detail("Change fields of an advisory that was written here") },
    )
    .post(
      "/admin/advisories/:id/withdraw",
      async ({ request, params }) => ok(osvOf(await advisories.withdraw(contextOf(request).actor, params.id))),
      { params: Id, ...detail("Withdraw an advisory that was written here: it touches nothing any more") },
    )
    .get(
      "/admin/advisories/imports",
      async ({ request, query }) =>
        pageAnswer(request, await advisories.listImports(contextOf(request).actor, parsePage(query)), importWire),
      { query: t.Object(PageQuery), ...detail("Imports of advisories, newest first, with their progress") },
    )
    .get(
      "/admin/advisories/imports/:id",
      async ({ request, params }) =>
        jsonWithETag(request, ok(importWire(await advisories.findImport(contextOf(request).actor, params.id)))),
      { params: Id, ...detail("An import of advisories and its progress") },
    )
    .post(
      "/admin/advisories/import",
      async ({ request, query, set }) => {
        const { actor } = contextOf(request);
        advisories.authoriseImport(actor);
        const { url, bytes } = await peek(request);
        const id =
          url === null
            ? await advisories.importBytes(actor, query["name"] || "upload", bytes)
            : await advisories.importUrl(actor, url);
        set.status = 202;
        set.headers["location"] = `/api/v1/admin/advisories/imports/${id}`;
        return ok({ id, status: "waiting" });
      },
      {
        parse: "none",
        query: t.Object({ name: t.Optional(t.String({ maxLength: 200 })) }),
        detail: {
          summary:
            'Import advisories: a zip of OSV documents, one, an array of them, or `{"url": …}` of an allowed host',
          tags: ["Advisories"],
          requestBody: { content: { "application/zip": {}, "application/json": {} } },
        },
      },
    );

/** The body's beginning decides: `{"url": …}` alone is an address, everything else the advisories themselves. */
async function peek(request: Request): Promise<{ url: string | null; bytes: AsyncIterable<Uint8Array> }> {
  const reader = (request.body ?? new Blob([]).stream()).getReader();
  const head: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  while (!ended && size <= MAX_PEEK) {
    const piece = await reader.read();
    ended = piece.done;
    if (!piece.done) {
      head.push(piece.value);
      size += piece.value.byteLength;
    }
  }
  const url = ended && size <= MAX_PEEK ? addressIn(Buffer.concat(head).toString("utf8")) : null;
  async function* bytes() {
    yield* head;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  }
  return { url, bytes: bytes() };
}

function addressIn(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("url" in body) || Object.keys(body).length !== 1) return null;
    return typeof body.url === "string" ? body.url : null;
  } catch {
    return null;
  }
}
