import malware from "../../../rules/malware.yar" with { type: "text" };

/** A source of YARA rules; the namespace keeps equal names in two sources apart. */
export interface YaraRules {
  namespace: string;
  source: string;
  /** The file, for messages. */
  path?: string;
}

export const BUILT_IN_RULES: YaraRules = { namespace: "marketplace", source: malware };
