import { type AdvisoryPageModel, AdvisoryPage } from "../../views/advisories/advisory.tsx";
import { type AdvisoryLine, AdvisoryListPage } from "../../views/advisories/list.tsx";
import { NOW, page } from "./fixtures.ts";

const LONG = "a-package-with-a-name-that-is-long-enough-to-wrap-on-a-narrow-screen";
const line = (id: string, more: Partial<AdvisoryLine> = {}): AdvisoryLine => ({
  id,
  origin: "imported",
  summary: "Command injection through the template function",
  level: "high",
  malicious: false,
  modified: NOW,
  withdrawn: null,
  packages: [{ ecosystem: "npm", name: "lodash" }],
  touched: 12,
  ...more,
});
const lines: AdvisoryLine[] = [
  line("GHSA-35jh-r3h4-6jhm"),
  line("MAL-2025-1234", { malicious: true, level: null, packages: [{ ecosystem: "PyPI", name: LONG }], touched: 1 }),
  line("MKT-2026-0001", { origin: "own", level: "low", withdrawn: NOW, touched: 0 }),
  line("PYSEC-2026-7", { level: null, summary: "" }),
];
const advisory: AdvisoryPageModel = {
  ...line("GHSA-35jh-r3h4-6jhm"),
  published: NOW,
  aliases: ["CVE-2021-23337", "PYSEC-2021-1"],
  references: [{ type: "ADVISORY", url: `https://example.org/${LONG}/${LONG}` }],
  packages: [{ ecosystem: "npm", name: "lodash", affected: "every version before 4.17.21" }],
  detailsHtml: "<p>The <code>template</code> function runs what it is given.</p>",
  total: 1203,
  versions: [
    {
      namespace: "acme",
      slug: "pdf-tools",
      version: "2.4.1",
      package: "lodash",
      packageVersion: "4.17.20",
      fixed: "4.17.21",
    },
    { namespace: "acme", slug: LONG.slice(0, 60), version: "1.0.0", package: LONG, packageVersion: null, fixed: null },
  ],
  dependents: [{ namespace: "search-team", slug: "query-rewriter", dependsOn: "acme/pdf-tools" }],
};

// biome-ignore lint/suspicious/noExplicitAny: pages of every shape stand in one list.
export const ADVISORY_PAGES: [string, (props: any) => JSX.Element, object][] = [
  [
    "advisories",
    AdvisoryListPage,
    {
      page: page("/advisories"),
      filter: { package: "", severity: "high", all: false },
      advisories: { items: lines, page: 1, perPage: 20, total: 45 },
    },
  ],
  [
    "advisories-none",
    AdvisoryListPage,
    {
      page: page("/advisories"),
      filter: { package: "", severity: "", all: false },
      advisories: { items: [], page: 1, perPage: 20, total: 0 },
    },
  ],
  ["advisory", AdvisoryPage, { page: page("/advisories/GHSA-35jh-r3h4-6jhm"), advisory }],
];
