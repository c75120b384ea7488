import type { Children } from "@kitajs/html";
import type { TrustSummary } from "../../src/core/trust-summary.ts";
import { securityUrl } from "../urls.ts";
import { attr } from "./format.ts";
import { TRUST_LINES, type TrustLine } from "./trust-words.ts";

export interface TrustPanelProps {
  asset: { namespace: string; slug: string };
  version: string;
  trust: TrustSummary;
  now: string;
}

export type Tone = "good" | "warn" | "bad" | "plain" | "unknown";

/** A shape and a word for each tone: neither needs its colour. */
const TONES: Record<Tone, { path: string; word: string }> = {
  good: { path: "M3 8.500l3.300 3.300L13 5", word: "Good" },
  warn: { path: "M8 2.500 14.500 13.500h-13zM8 6.500v3.200M8 11.600v.1", word: "Look closer" },
  bad: { path: "M3.500 3.500l9 9M12.500 3.500l-9 9", word: "Bad" },
  plain: { path: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z", word: "For your information" },
  unknown: { path: "M5.500 6a2.500 2.500 0 1 1 3.600 2.300c-.7.4-1.100.8-1.100 1.700M8 12.900v.1", word: "Not known" },
};

export const ToneIcon = (props: { tone: Tone; size?: number }): JSX.Element => {
  const size = String(props.size ?? 14);
  return (
    <>
      <svg class={`icon tone-${props.tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        <path d={TONES[props.tone].path} />
      </svg>
      <span class="hidden-visually" safe>{`${TONES[props.tone].word}: `}</span>
    </>
  );
};

/** The label opens what the line means; what is so stands below it in any case. */
export const Line = (props: { name: TrustLine; tone: Tone; children?: Children }): JSX.Element => (
  <li class="trust-line">
    <details>
      <summary>
        <ToneIcon tone={props.tone} />
        <span>{TRUST_LINES[props.name].label}</span>
        <span class="hidden-visually">: what this means</span>
        <span class="trust-ask" aria-hidden="true">
          ?
        </span>
      </summary>
      <p class="trust-meaning">{TRUST_LINES[props.name].meaning}</p>
    </details>
    <div class="trust-fact">{props.children as "safe"}</div>
  </li>
);

/** A link to what the security tab says of it. */
export const Security = (props: { asset: TrustPanelProps["asset"]; version: string; text: string }): JSX.Element => (
  <>
    {" "}
    <a href={attr(securityUrl(props.asset, props.version))} safe>
      {props.text}
    </a>
  </>
);
