import { Elysia } from "elysia";
import { AdminOverviewPage, type AdminOverviewProps } from "../../../views/administration/overview.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import { type Clock, DAY, dayOf, later } from "../../core/clock.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { Database } from "../../platform/database/index.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { dailyActivity, storedTotals } from "./read-model.ts";

export interface AdministrationPagesDeps {
  database: Database;
  clock: Clock;
  pageProps: (request: Request) => PageProps;
  server: AdminOverviewProps["server"];
  health(): Promise<AdminOverviewProps["health"]>;
  totals(): Promise<{ assets: number; versions: number; downloads: number }>;
  jobs(): Promise<{ kind: string; status: string; count: number }[]>;
  scanners(): { name: string; version: string }[];
}

const DAYS = 30;

/** `/admin`, for administrators. */
export function administrationPages(deps: AdministrationPagesDeps) {
  return new Elysia({ name: "administration-pages" }).get("/admin", async ({ request }) => {
    requireAdmin(contextOf(request).actor);
    const days = Array.from({ length: DAYS }, (_, i) => dayOf(later(deps.clock.now(), -(DAYS - 1 - i) * DAY)));
    const [health, totals, stored, activity, jobs] = await Promise.all([
      deps.health(),
      deps.totals(),
      storedTotals(deps.database.read),
      dailyActivity(deps.database.read, days[0] ?? ""),
      deps.jobs(),
    ]);
    const each = (counts: Map<string, number>) => days.map((day) => ({ day, count: counts.get(day) ?? 0 }));
    return htmlPage(
      <AdminOverviewPage
        page={deps.pageProps(request)}
        server={deps.server}
        health={health}
        totals={{ ...totals, ...stored }}
        jobs={byKind(jobs)}
        scanners={deps.scanners()}
        downloads={each(activity.downloads)}
        publications={each(activity.publications)}
      />,
    );
  });
}

function byKind(counts: readonly { kind: string; status: string; count: number }[]): AdminOverviewProps["jobs"] {
  const kinds = [...new Set(counts.map((c) => c.kind))].sort();
  const of = (kind: string, status: string) => counts.find((c) => c.kind === kind && c.status === status)?.count ?? 0;
  return kinds.map((kind) => ({
    kind,
    waiting: of(kind, "waiting"),
    running: of(kind, "running"),
    failed: of(kind, "failed"),
  }));
}
