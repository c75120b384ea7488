import type { Severity, Verdict } from "../../src/core/kind.ts";

/** A shape for each state, so that the mark can be told apart without its colour. */
const SHAPES: Record<Verdict | "signed" | "recalled" | "vulnerable" | "malicious", string> = {
  passed: "M8 1.5 13.5 3.500v4c0 3.5-2.3 5.8-5.5 7-3.2-1.2-5.5-3.5-5.5-7v-4zM5.5 7.800l1.9 1.9 3.3-3.6",
  review: "M8 1.5 14.5 8 8 14.5 1.5 8zM8 5v3.500M8 10.700v.1",
  blocked:
    "M5.2 1.500h5.600l3.7 3.700v5.600l-3.7 3.700H5.200l-3.7-3.700V5.200zM5.7 5.700l4.6 4.600M10.3 5.700l-4.6 4.6",
  pending: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 4.700V8l2.2 1.7",
  recalled: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM3.8 3.800l8.4 8.4",
  vulnerable: "M8 2.500 14.500 13.500h-13zM8 6.500v3.200M8 11.600v.1",
  malicious: "M8 2.500 14.500 13.500h-13zM6.300 8.300l3.400 3.400M9.700 8.300l-3.400 3.400",
  signed: "M8 1.800a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.400zM5.8 8.5 5 14.500l3-1.7 3 1.7-.8-6",
};

/** The words of TRUST_HEADLINE, as short as a row has room for. */
const WORDS: Record<keyof typeof SHAPES, { word: string; title: string }> = {
  passed: { word: "Checked", title: "Every scanner finished and the policy let it pass" },
  review: { word: "Waits for a moderator", title: "A moderator looks at it before it is published" },
  blocked: { word: "Blocked", title: "The policy or a moderator refused it" },
  pending: { word: "Being checked", title: "The scanners are still at work" },
  recalled: { word: "Recalled", title: "An administrator ordered that it is not used any more" },
  vulnerable: { word: "Known vulnerabilities", title: "Advisories name it, or a package that it uses" },
  malicious: { word: "Malicious package", title: "It names a package that is known to be malicious" },
  signed: { word: "Signed", title: "Signed by the publisher's key" },
};

/** A shape and a word: what the scanners said, or that the publisher signed it. */
export function TrustMark(props: { state: keyof typeof SHAPES }): JSX.Element {
  const { word, title } = WORDS[props.state] ?? WORDS.pending;
  return (
    <span class={`mark mark-${props.state in WORDS ? props.state : "pending"}`} title={title}>
      <svg class="icon" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[props.state] ?? SHAPES.pending} />
      </svg>
      <span safe>{word}</span>
    </span>
  );
}

/** Filled bars besides the word: the more, the worse. */
const BARS: Record<Severity, number> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

export function SeverityMark(props: { severity: Severity }): JSX.Element {
  const bars = BARS[props.severity] ?? 0;
  const unsafeWord: string = props.severity;
  return (
    <span class={`severity severity-${props.severity in BARS ? props.severity : "info"}`}>
      <svg width="16" height="12" viewBox="0 0 16 12" aria-hidden="true">
        {[0, 1, 2, 3].map((i) => (
          <rect
            class={i < bars ? "bar-on" : "bar-off"}
            x={String(i * 4)}
            y={String(9 - i * 3)}
            width="3"
            height={String(3 + i * 3)}
          />
        ))}
      </svg>
      <span safe>{unsafeWord}</span>
    </span>
  );
}
