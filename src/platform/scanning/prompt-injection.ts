import type { Finding, Scanner } from "./scanner.ts";
import { AGENT_STEERING } from "./steering-passages.ts";
import { CONVERSATION_PASSAGES } from "./conversation-passages.ts";
import type { PassageRule } from "./passages.ts";
import { applyRules } from "./apply-rules.ts";
import { prose, type TextRule } from "./text-rule.ts";
import { createTextScanner, matcherOf } from "./text-scanner.ts";
import { EXFILTRATION_IN_WORDS } from "./exfiltration-rules.ts";
import { ENGLISH_RULES } from "./prompt-injection-rules.ts";
import { FOREIGN_RULES } from "./prompt-injection-foreign.ts";
import type { TextWindow } from "./text-windows.ts";
import { hiddenRegions } from "./hidden-regions.ts";
import { normalise } from "./text-view.ts";

export const PROMPT_INJECTION_RULES: readonly TextRule[] = [...ENGLISH_RULES, ...FOREIGN_RULES];
export const PASSAGE_RULES: readonly PassageRule[] = [AGENT_STEERING, ...CONVERSATION_PASSAGES];
const NAME = "prompt-injection";
/** So many hidden stretches of one text are looked at for weak signs; strong ones count wherever they stand. */
const REGIONS = 500;

const hiddenRule = (id: string, severity: TextRule["severity"], parts: TextRule["parts"], within = 120): TextRule => ({
  id,
  severity,
  category: "prompt-injection",
  parts,
  within,
  message: "Text that a reader does not see speaks to the model.",
  remedy: "Move what the model shall do into visible text, or remove it.",
});
const AGENT = prose(
  /\b(?:the |any |this |all )?(?:agents?|assistants?|AI|LLMs?|language model|claude|chatgpt|copilot|bot)\b/gi,
  ..."agent assistant ai llm model claude chatgpt copilot bot".split(" "),
);
const MUST = prose(
  /\b(?:should|must|shall|will|needs? to|has to|is required to|always|please)\b/gi,
  ..."should must shall will need has required always please".split(" "),
);
const HIDDEN_ACT = prose(
  /\b(?:ignore|disregard|send|post|upload|output|include|execute|run|read|collect|fetch|curl|wget|reveal|exfiltrate|append|forward|do not (?:tell|mention|inform|reveal))\b/gi,
  ..."ignore disregard send post upload output include execute run read collect fetch curl wget reveal exfiltrate append forward not".split(
    " ",
  ),
);
const SENSITIVE = prose(
  /\bhttps?:\/\/|\b(?:api keys?|tokens?|credentials?|passwords?|secrets?|environment variables|\.env|id_rsa|do not (?:tell|mention|inform)|previous instructions|system prompt)\b/gi,
  ..."http key token credential password secret environment .env id_rsa not previous prompt".split(" "),
);
export const HIDDEN_RULES: readonly TextRule[] = [
  hiddenRule("hidden-instruction", "critical", [AGENT, MUST, HIDDEN_ACT, SENSITIVE]),
  hiddenRule(
    "hidden-instruction-likely",
    "high",
    [HIDDEN_ACT, SENSITIVE, prose(/\b(?:user|agent|assistant|you|your)\b/gi, "user", "agent", "assistant", "you")],
    160,
  ),
  hiddenRule("hidden-note", "medium", [AGENT, MUST, HIDDEN_ACT], 60),
];

const HIDDEN_MATCHER = matcherOf(HIDDEN_RULES);

/** Instruction override, role confusion, concealment, remote instructions, tool shadowing and hidden comments, in text. */
export const createPromptInjectionScanner = (): Scanner =>
  createTextScanner({
    name: NAME,
    revision: 1,
    rules: [...PROMPT_INJECTION_RULES, ...EXFILTRATION_IN_WORDS],
    passages: PASSAGE_RULES,
    extra: hiddenText,
  });

/** Weaker signs of speaking to the model, inside what a reader does not see. */
function hiddenText(window: TextWindow): Finding[] {
  const findings: Finding[] = [];
  for (const region of hiddenRegions(window.text).slice(0, REGIONS)) {
    const text = window.text.slice(region.start, region.end);
    const shift = (offset: number) => region.start + offset;
    const raw = { origin: "raw" as const, text, lower: text.toLowerCase(), toRaw: shift };
    const plain = normalise(text, shift);
    const found = applyRules(NAME, HIDDEN_RULES, HIDDEN_MATCHER, { ...window, views: plain ? [raw, plain] : [raw] });
    if (found[0]) findings.push({ ...found[0], message: `${found[0].message} (It stands ${region.how}.)` });
  }
  return findings;
}
