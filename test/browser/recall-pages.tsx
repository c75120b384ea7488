import { type ExposureModel, type RecallModel, RecallPage, RecallsPage } from "../../views/administration/recalls.tsx";
import { RecallVersionPage } from "../../views/compliance/recall.tsx";
import { EMPTY_FORM } from "../../views/layout/page.ts";
import { asset, NOW, page, versionOf } from "./fixtures.ts";

const EARLIER = "2026-01-05T08:00:00.000Z";
const live: RecallModel = {
  number: 12,
  digest: `sha256:${"4f".repeat(32)}`,
  ref: "acme/pdf-tools",
  version: "2.4.1",
  reason: "scripts/fill.py sends what it reads to a stranger. Rotate the keys of machines that ran it.",
  severity: "critical",
  recalledBy: "ana",
  recalledAt: NOW,
  lifted: null,
};
const lifted: RecallModel = {
  ...live,
  number: 11,
  ref: "search-team/query-rewriter",
  version: "3.0.0-beta.2",
  severity: "medium",
  recalledBy: null,
  recalledAt: EARLIER,
  lifted: { at: NOW, by: "ana", reason: "It was another version that did it." },
};
const exposure: ExposureModel = {
  people: ["mira", "jonas", "a-name-that-is-rather-long-for-a-table"].map((username, i) => ({
    username,
    downloads: i + 1,
    lastAt: NOW,
  })),
  peopleTotal: 1203,
  unknownVisitors: 41,
  downloadsTotal: 5400,
  projects: [
    { project: "checkout", username: "mira", ref: "acme/pdf-tools", version: "2.4.1", seenAt: NOW },
    {
      project: "The nightly reports of the whole department",
      username: "jonas",
      ref: live.ref,
      version: "2.4.1",
      seenAt: EARLIER,
    },
  ],
  projectsTotal: 2,
  dependents: [{ ref: "acme/review-kit", version: "1.2.0", needs: "acme/pdf-tools", range: "^2.0.0" }],
  dependentsTotal: 1,
};
const nobody: ExposureModel = {
  people: [],
  peopleTotal: 0,
  unknownVisitors: 0,
  downloadsTotal: 0,
  projects: [],
  projectsTotal: 0,
  dependents: [],
  dependentsTotal: 0,
};
const wrong = {
  values: { reason: "", severity: "high" },
  problems: [{ field: "reason", message: "say why, in at most 1000 characters." }],
  message: null,
};

/** Pages of recalls: name, view, props. */
// biome-ignore lint/suspicious/noExplicitAny: each view has props of its own.
export const RECALL_PAGES: [string, (props: any) => JSX.Element, object][] = [
  [
    "recalls",
    RecallsPage,
    { page: page("/admin/recalls"), recalls: [live, lifted], numbers: { page: 1, perPage: 20, total: 41 } },
  ],
  [
    "recalls-none",
    RecallsPage,
    { page: page("/admin/recalls"), recalls: [], numbers: { page: 1, perPage: 20, total: 0 } },
  ],
  ["recall", RecallPage, { page: page("/admin/recalls/12"), recall: live, exposure, form: EMPTY_FORM }],
  [
    "recall-lifted",
    RecallPage,
    { page: page("/admin/recalls/11"), recall: lifted, exposure: nobody, form: EMPTY_FORM },
  ],
  [
    "recall-version",
    RecallVersionPage,
    { page: page("/moderation/1/recall"), asset, version: versionOf("2.4.1", 2), form: wrong },
  ],
];
