import { BEHAVIOUR_RULES } from "./behaviour-rules.ts";
import { HOST_TAMPERING_RULES } from "./host-tampering-rules.ts";
import { EXFILTRATION_IN_CODE } from "./exfiltration-rules.ts";
import type { Scanner } from "./scanner.ts";
import { createTextScanner } from "./text-scanner.ts";

/** Commands and code that download and run, hide, persist, open shells or send secrets away, in text of any language. */
export const createBehaviourScanner = (): Scanner =>
  createTextScanner({
    name: "behaviour",
    revision: 1,
    rules: [...BEHAVIOUR_RULES, ...HOST_TAMPERING_RULES, ...EXFILTRATION_IN_CODE],
  });
