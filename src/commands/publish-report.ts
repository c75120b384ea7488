import type { Client, FindingWire, VersionWire } from "../client/index.ts";
import type { LocalPackage } from "../client/local-package.ts";
import type { PublicationPlan } from "../client/plan-publication.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { SEVERITIES } from "../core/kind.ts";
import type { CommandContext } from "./command.ts";
import { packageJson, packageLines, warningLines } from "./package-text.ts";
import { painter } from "./terminal.ts";

/** What came of a publication. */
export interface Outcome {
  outcome: "created" | "unchanged";
  local: LocalPackage;
  plan: PublicationPlan;
  version: VersionWire;
  warnings: { path: string | null; message: string }[];
  signed: boolean;
  waited: boolean;
}

const MAX_FINDINGS = 50;

const pageOf = (client: Client, { namespace, slug }: PublicationPlan): string => `${client.url}/${namespace}/${slug}`;

/** Says what came of it; answers the exit code. */
export async function reportPublication(context: CommandContext, client: Client, outcome: Outcome): Promise<number> {
  const { plan, version } = outcome;
  const findings = version.verdict === "pending" ? [] : await findingsOf(client, plan.ref, version.version);
  const code = version.verdict === "blocked" ? 1 : 0;
  if (context.json) context.out(visibleJson(asJson(client, outcome, findings)));
  else for (const line of lines(context, client, outcome, findings)) context.out(line);
  return code;
}

async function findingsOf(client: Client, ref: string, version: string): Promise<FindingWire[]> {
  const [newest] = await client.versions.scans(ref, version);
  const findings = newest?.findings ?? [];
  return findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function asJson(client: Client, { outcome, plan, version, local, signed, warnings }: Outcome, findings: FindingWire[]) {
  return {
    outcome,
    ref: plan.ref,
    version: version.version,
    digest: version.digest,
    kind: local.metadata.kind,
    status: version.status,
    verdict: version.verdict,
    verdict_reason: version.verdict_reason,
    signed,
    url: pageOf(client, plan),
    findings,
    warnings: outcome === "created" ? [...local.warnings.filter(notIn(warnings)), ...warnings] : [],
  };
}

const notIn =
  (others: Outcome["warnings"]) =>
  (warning: Outcome["warnings"][number]): boolean =>
    !others.some(({ path, message }) => path === warning.path && message === warning.message);

function* lines(context: CommandContext, client: Client, outcome: Outcome, findings: FindingWire[]) {
  const paint = painter(process.stdout, context.env);
  const { plan, version, local, signed } = outcome;
  const name = paint("bold", `${plan.ref}@${visible(version.version)}`);
  const verb =
    outcome.outcome === "unchanged" ? "Nothing to do: this content is" : `Published the ${local.metadata.kind}`;
  yield `${verb} ${name}${signed ? ", signed" : ""}`;
  yield paint("dim", version.digest);
  yield verdictLine(paint, outcome);
  for (const finding of findings.slice(0, MAX_FINDINGS)) yield* findingLines(paint, finding);
  if (findings.length > MAX_FINDINGS) yield `… and ${findings.length - MAX_FINDINGS} more findings on its page.`;
  yield pageOf(client, plan);
}

type Paint = ReturnType<typeof painter>;

function verdictLine(paint: Paint, { version, waited }: Outcome): string {
  const reason = version.verdict_reason ? visible(version.verdict_reason) : null;
  switch (version.verdict) {
    case "passed":
      return `${paint("green", "passed")}  ${statusText(version)}`;
    case "review":
      return `${paint("yellow", "review")}  ${reason ?? "A moderator will look at it."}`;
    case "blocked":
      return `${paint("red", "blocked")}  ${reason ?? "Nobody can use it."} Mend it and publish a new version.`;
    default:
      return `pending  ${waited ? "The scan takes longer than usual" : "It is being scanned"}; its page will show the verdict.`;
  }
}

const statusText = (version: VersionWire): string =>
  version.status === "published" ? "It can be found and installed." : "Its asset is not published yet.";

/** `path:line  severity  rule  message  → consequence`, and under it what to do, the setting that decided, and the explanation. */
function* findingLines(paint: Paint, finding: FindingWire) {
  const place =
    finding.path === null ? "(the whole)" : `${visible(finding.path)}${finding.line ? `:${finding.line}` : ""}`;
  const severity = paint(severityStyle(finding.severity), finding.severity);
  const led = finding.consequence ? `  → ${finding.consequence}` : "";
  yield `  ${place}  ${severity}  ${visible(finding.rule_id)}  ${visible(finding.message)}${led}`;
  if (finding.remedy) yield `    ${visible(finding.remedy)}`;
  if (finding.because) yield paint("dim", `    ${visible(finding.because)}`);
  const { suppression } = finding;
  if (suppression) yield paint("dim", `    explained, ${visible(suppression.status)}: ${visible(suppression.reason)}`);
}

const severityStyle = (severity: FindingWire["severity"]) =>
  severity === "critical" || severity === "high" ? "red" : severity === "medium" ? "yellow" : "dim";

/** What would be published, and that nothing was. */
export function reportDryRun(context: CommandContext, local: LocalPackage, plan: PublicationPlan): number {
  const would = plan.unchanged ? "unchanged" : plan.asset ? "new version" : "new asset";
  if (context.json) {
    const { ref, version } = plan;
    context.out(
      visibleJson({ dry_run: true, outcome: would.replace(" ", "_"), ref, ...packageJson(local, plan.slug), version }),
    );
    return 0;
  }
  const says = {
    unchanged: "Nothing would happen: this content is",
    "new version": "Would publish",
    "new asset": "Would publish the first version,",
  }[would];
  context.out(`${says} ${plan.ref}@${plan.version}`);
  for (const line of packageLines(local, plan.slug)) context.out(`  ${line}`);
  for (const line of warningLines(local.warnings)) context.say(line);
  return 0;
}
