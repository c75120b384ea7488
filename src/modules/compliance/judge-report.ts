import { CAPABILITY_TEXT } from "../../core/capability.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type LicenceProblem, licenceProblem } from "../../core/licence-list.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { CapabilityIncrease } from "./capability-increase.ts";
import type { CompleteReport } from "./complete-report.ts";
import { consequenceOf, type Explained, type FirstPublication, type Policy } from "./policy.ts";
import { type Acceptance, acceptanceOf } from "./suppression.ts";

/** What a judgement needs to know of a version beside its report. */
export interface JudgedFacts {
  signed: boolean;
  /** It is out already: what is asked of new versions is not asked of it. */
  released: boolean;
  /** The declared SPDX expression. */
  license: string | null;
  /** What it gained over the version before, of the kinds that the policy names; null for nothing, and for what is out already. */
  increase: CapabilityIncrease | null;
  /** `publisher`: nothing of its namespace was ever let through; `asset`: nothing of this asset. null: something was. */
  first: Exclude<FirstPublication, "none"> | null;
  acceptances: readonly Acceptance[];
  /** The digest of what a finding at this path stands in. */
  contentOf(path: string | null): string;
  /** The instant at which explanations must hold: now, or when it came out. */
  at: Instant;
}

/** Facts of a version about which the findings alone decide. */
export const NOTHING_SPECIAL: JudgedFacts = {
  signed: true,
  released: false,
  license: null,
  increase: null,
  first: null,
  acceptances: [],
  contentOf: () => "",
  at: "1970-01-01T00:00:00.000Z",
};

export interface JudgedFinding extends Explained {
  /** The accepted explanation that let it pass. */
  suppressionId: Id | null;
}

export interface Judgement {
  verdict: "passed" | "review" | "blocked";
  /** A few sentences for the publisher: the first cause with its rule, place and remedy. */
  reason: string;
  /** What each finding led to, in the report's order. */
  byFinding: JudgedFinding[];
}

/** Why a version is held for something other than a finding. */
interface Ground {
  verdict: "review" | "blocked";
  reason: string;
}

/** What the policy makes of a whole report. Takes no other, so that an error cannot turn into a pass. */
export function judge(report: CompleteReport, policy: Policy, facts: JudgedFacts): Judgement {
  const byFinding = report.findings.map((finding) => judgeFinding(finding, policy, facts));
  const led = (to: string) =>
    report.findings.flatMap((finding, i) =>
      byFinding[i]?.consequence === to ? [{ finding, because: byFinding[i].because }] : [],
    );
  const [blocking, reviewing] = [led("block"), led("review")];
  const grounds = groundsOf(policy, facts);
  const refused = grounds.find(({ verdict }) => verdict === "blocked");
  if (blocking.length > 0) return { verdict: "blocked", reason: `Blocked: ${summary(blocking)}`, byFinding };
  if (refused) return { ...refused, byFinding };
  if (reviewing.length > 0)
    return { verdict: "review", reason: `A moderator will look at it: ${summary(reviewing)}`, byFinding };
  return { ...(grounds[0] ?? { verdict: "passed", reason: passedReason(byFinding) }), byFinding };
}

function judgeFinding(finding: Finding, policy: Policy, facts: JudgedFacts): JudgedFinding {
  const said = consequenceOf(finding, policy);
  const placed = { ...finding, content: facts.contentOf(finding.path) };
  const acceptance = acceptanceOf(placed, said.consequence, facts.acceptances, facts.at);
  if (acceptance === null) return { ...said, suppressionId: null };
  return {
    consequence: "pass",
    because: `${said.because}; its explanation was accepted`,
    suppressionId: acceptance.id,
  };
}

/** Gravest and most telling first. */
function groundsOf(policy: Policy, facts: JudgedFacts): Ground[] {
  const held = (reason: string): Ground => ({ verdict: "review", reason: `A moderator will look at it: ${reason}` });
  const grounds = policy.layers.flatMap((layer) => {
    const problem = licenceProblem(facts.license, layer.licences);
    return problem === null ? [] : [licenceGround(problem)];
  });
  grounds.sort((a, b) => Number(b.verdict === "blocked") - Number(a.verdict === "blocked"));
  if (facts.increase && !facts.released) grounds.push(held(gainedReason(facts.increase)));
  const first = facts.released ? null : facts.first;
  if (first === "publisher" && policy.reviewFirstPublication !== "none")
    grounds.push(held("it is the first that its publisher publishes here."));
  else if (first !== null && policy.reviewFirstPublication === "asset")
    grounds.push(held("it is the first version of its asset."));
  if (policy.requireSignature && !facts.signed) grounds.push(held(`this server asks for a signature. ${HOW_TO_SIGN}`));
  if (!facts.released && policy.ofNew.review) grounds.push(held("its organization asks for a review."));
  if (!facts.released && policy.ofNew.signature && !facts.signed)
    grounds.push(held(`its organization asks for a signature. ${HOW_TO_SIGN}`));
  return grounds;
}

const HOW_TO_SIGN = "Publish it with --sign.";

function licenceGround(problem: LicenceProblem): Ground {
  switch (problem.kind) {
    case "missing":
      return {
        verdict: "review",
        reason:
          "A moderator will look at it: it declares no licence, and its organization asks for one of a list. Name one in its metadata.",
      };
    case "denied":
      return {
        verdict: "blocked",
        reason: `Blocked: its organization denies the licence ${problem.licences.join(", ")}. Choose another licence, or ask the organization's owners.`,
      };
    case "not-allowed":
      return {
        verdict: "review",
        reason: `A moderator will look at it: the licence ${problem.licences.join(", ")} is not on its organization's list.`,
      };
  }
}

function passedReason(byFinding: readonly JudgedFinding[]): string {
  const notes = byFinding.filter(({ consequence }) => consequence === "warn").length;
  const explained = byFinding.filter(({ suppressionId }) => suppressionId !== null).length;
  const parts = [
    ...(notes > 0 ? [counted(notes, "note")] : []),
    ...(explained > 0 ? [`${counted(explained, "finding")} whose explanation was accepted`] : []),
  ];
  return parts.length === 0 ? "Nothing was found." : `Passed with ${parts.join(" and ")}.`;
}

const NAMED_GAINS = 5;

/** Names the first gains; the review page shows all. */
function gainedReason({ since, gained }: CapabilityIncrease): string {
  const shown = gained
    .slice(0, NAMED_GAINS)
    .map(({ kind, value, path, line }) => `${CAPABILITY_TEXT[kind].one} ${value}${inBrackets(placeText(path, line))}`);
  const more = gained.length > NAMED_GAINS ? `; and ${gained.length - NAMED_GAINS} more` : "";
  return `it can do more than ${since}: ${shown.join("; ")}${more}.`;
}

const placeText = (path: string | null, line: number | null): string =>
  path === null ? "" : `${path}${line === null ? "" : `:${line}`}`;
const inBrackets = (text: string): string => (text === "" ? "" : ` (${text})`);

/** The first of them with place, rule and remedy, and how many more there are. */
function summary(led: readonly { finding: Finding; because: string }[]): string {
  const { finding, because } = led[0]!;
  const place = [placeText(finding.path, finding.line), `rule ${finding.ruleId}`, because].filter(Boolean).join("; ");
  const more = led.length === 1 ? "" : ` And ${counted(led.length - 1, "more finding")}.`;
  return `${finding.message} (${place}) ${finding.remedy}${more}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
