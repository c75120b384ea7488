import { BEHAVIOUR_RULES } from "./behaviour-rules.ts";
import { conductFindings } from "./conduct.ts";
import { SIGN_PATTERNS, SIGNS_TOGETHER } from "./conduct-signs.ts";
import { CROSS_FILE_FLOW, crossFileFindings, OFFLINE_AND_SENDS } from "./cross-file-flow.ts";
import { DOWNLOADER_RULES } from "./downloader-rules.ts";
import { DROPPER_RULES } from "./dropper-rules.ts";
import { EXFILTRATION_IN_CODE } from "./exfiltration-rules.ts";
import { HOOK_RULES } from "./hook-rules.ts";
import { HOST_TAMPERING_RULES } from "./host-tampering-rules.ts";
import { UNEXPLAINED_SOURCE, unexplainedInstallers } from "./installer-source.ts";
import { PERSISTENCE_RULES } from "./persistence-rules.ts";
import { REMOTE_SHELL_RULES } from "./remote-shell-rules.ts";
import { SABOTAGE_RULES } from "./sabotage-rules.ts";
import type { Scanner } from "./scanner.ts";
import type { TextRule } from "./text-rule.ts";
import { createTextScanner, fingerprint } from "./text-scanner.ts";
import { THEFT_RULES } from "./theft-rules.ts";
import { HOST_PATTERNS, UNEXPLAINED_CODE, UNEXPLAINED_EGRESS, UNEXPLAINED_ROUTE } from "./unexplained-hosts.ts";

/** Every rule of the tables, for tests. */
export const ALL_BEHAVIOUR_RULES: readonly TextRule[] = [
  ...BEHAVIOUR_RULES,
  ...DOWNLOADER_RULES,
  ...REMOTE_SHELL_RULES,
  ...DROPPER_RULES,
  ...THEFT_RULES,
  ...EXFILTRATION_IN_CODE,
  ...HOOK_RULES,
  ...PERSISTENCE_RULES,
  ...SABOTAGE_RULES,
  ...HOST_TAMPERING_RULES,
];

/** Every rule of the scanner, for its documentation. */
export const DOCUMENTED_BEHAVIOUR_RULES = [
  ...ALL_BEHAVIOUR_RULES,
  UNEXPLAINED_SOURCE,
  CROSS_FILE_FLOW,
  OFFLINE_AND_SENDS,
  SIGNS_TOGETHER,
  UNEXPLAINED_EGRESS,
  UNEXPLAINED_ROUTE,
  UNEXPLAINED_CODE,
];

/** Commands and code that download and run, hide, persist, open shells or send secrets away, in text of any language. */
export function createBehaviourScanner(): Scanner {
  const tables = createTextScanner({
    name: "behaviour",
    revision: 3,
    rules: ALL_BEHAVIOUR_RULES,
    extra: unexplainedInstallers,
  });
  return {
    ...tables,
    version: `${tables.version}.${fingerprint([...HOST_PATTERNS, ...SIGN_PATTERNS])}`,
    async scan(target, signal) {
      return [
        ...(await tables.scan(target, signal)),
        ...(await crossFileFindings(target, signal)),
        ...(await conductFindings(target, signal)),
      ];
    },
  };
}
