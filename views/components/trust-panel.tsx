import { TRUST_HEADLINE, type TrustState } from "../../src/core/trust-summary.ts";
import { Abilities, Licence, Review, VerdictLine, Vulnerabilities } from "./trust-checks.tsx";
import { type Tone, ToneIcon, type TrustPanelProps } from "./trust-line.tsx";
import { Build, LogEntry, Publisher, Signature } from "./trust-origin.tsx";

const HEADLINE_TONE: Record<TrustState, Tone> = {
  recalled: "bad",
  suspended: "bad",
  blocked: "bad",
  pending: "unknown",
  review: "warn",
  malicious: "bad",
  vulnerable: "warn",
  unchecked: "warn",
  "key-revoked": "warn",
  unsigned: "plain",
  signed: "good",
};

/** Whether a version is safe to use, in one sentence, and why: a line for each thing that speaks for or against it. */
export function TrustPanel(props: TrustPanelProps): JSX.Element {
  const { state } = props.trust;
  const tone = HEADLINE_TONE[state] ?? "unknown";
  return (
    <section class={`trust trust-${tone}`} id="trust" aria-labelledby="trust-headline">
      <h2 id="trust-headline">
        <ToneIcon tone={tone} size={20} />
        <span safe>{TRUST_HEADLINE[state] ?? "Not known"}</span>
      </h2>
      <ul class="trust-lines">
        <Publisher {...props} />
        <Signature {...props} />
        <Build {...props} />
        <VerdictLine {...props} />
        <Abilities {...props} />
        <Licence {...props} />
        <Vulnerabilities {...props} />
        <Review {...props} />
        <LogEntry {...props} />
      </ul>
    </section>
  );
}
