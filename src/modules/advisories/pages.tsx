import { Elysia } from "elysia";
import { AdvisoryPage } from "../../../views/advisories/advisory.tsx";
import { AdvisoryListPage } from "../../../views/advisories/list.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import { renderMarkdown } from "../../core/markdown.ts";
import { parsePage } from "../../core/page.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { type AffectedPackage, LEVELS } from "./advisory.ts";
import type { AdvisoriesModule } from "./index.ts";

/** An advisory has no files beside it: what is relative in its text leads nowhere. */
const NOWHERE = { path: "", fileUrl: () => "#", rawUrl: () => "#" };

/** `/advisories`, for everybody. */
export const advisoryPages = (deps: { advisories: AdvisoriesModule; pageProps: (request: Request) => PageProps }) =>
  new Elysia({ name: "advisories-pages" })
    .get("/advisories", async ({ request, query }) => {
      const all = query["all"] === "1";
      const named = (query["package"] ?? "").trim().slice(0, 214);
      const severity = LEVELS.find((level) => level === query["severity"]);
      const advisories = await deps.advisories.list(
        contextOf(request).actor,
        { ...(named === "" ? {} : { package: named }), severity, touching: !all },
        parsePage({ page: query["page"] }),
      );
      const filter = { package: named, severity: severity ?? "", all };
      return htmlPage(<AdvisoryListPage page={deps.pageProps(request)} filter={filter} advisories={advisories} />);
    })
    .get("/advisories/:id", async ({ request, params }) => {
      const { advisory, touched } = await deps.advisories.find(contextOf(request).actor, params.id);
      const model = {
        ...advisory,
        packages: advisory.packages.map((one) => ({ ...one, affected: affectedText(one) })),
        detailsHtml: advisory.details === "" ? "" : renderMarkdown(advisory.details, NOWHERE).html,
        total: touched.total,
        versions: touched.versions.map((one) => ({ ...one, ...named(one.ref) })),
        dependents: touched.dependents.map((one) => ({ ...one, ...named(one.ref) })),
      };
      return htmlPage(<AdvisoryPage page={deps.pageProps(request)} advisory={model} />);
    });

const named = (ref: string): { namespace: string; slug: string } => {
  const [namespace = "", slug = ""] = ref.split("/");
  return { namespace, slug };
};

/** "from 1.0.0 before 1.2.3; 2.0.0, 2.0.1 and 40 more". */
function affectedText({ ranges, versions }: AffectedPackage): string {
  const texts = ranges.map((events) =>
    events
      .map(({ introduced, fixed, last_affected }) => {
        if (introduced !== undefined) return introduced === "0" ? "every version" : `from ${introduced}`;
        return fixed !== undefined ? `before ${fixed}` : `up to ${last_affected}`;
      })
      .join(" "),
  );
  const listed = versions.slice(0, 10).join(", ");
  const more = versions.length > 10 ? ` and ${versions.length - 10} more` : "";
  return [...new Set(texts), ...(ranges.length === 0 && versions.length > 0 ? [`${listed}${more}`] : [])]
    .filter((text) => text !== "")
    .slice(0, 10)
    .join("; ");
}
