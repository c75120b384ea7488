import { format, type SecretFormat } from "./secret-formats.ts";
import { isRandomSecret } from "./secret-noise.ts";

/** Names of secrets, and values that may be anything: whether one is random enough is for `isAssignedSecret` to say. */
export const ASSIGNED_SECRETS: readonly SecretFormat[] = [
  format(
    "assigned-secret",
    "secret in an assignment",
    /(?:key|token|secret|passw(?:or)?d|pwd|credentials?)["'\]]{0,2}\s{0,3}(?::=|=>|[:=])\s{0,3}["'`]([A-Za-z0-9+/_~.!@#%^&*=-]{16,150})["'`]/gi,
    ["key", "token", "secret", "passw", "pwd", "credential"],
    { value: 1, severity: "medium", entropy: 0 },
  ),
  format(
    "environment-secret",
    "secret in a file of variables",
    /(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PWD|CREDENTIALS?)=([A-Za-z0-9+/_~.!@#%^&*=-]{16,150})(?![^\s;,)"'`])/g,
    ["key=", "token=", "secret=", "passwd=", "password=", "pwd=", "credential"],
    { value: 1, severity: "medium", entropy: 0 },
  ),
  format(
    "bearer-token",
    "token in a header",
    /\bauthorization["']?\s{0,3}[:=]\s{0,3}["'`]?(?:bearer|token)\s{1,3}([A-Za-z0-9+/_~.=-]{20,400})/gi,
    ["authorization"],
    { value: 1, severity: "medium", entropy: 0 },
  ),
];

const NAME_LENGTH = 40;

/** Looks at the name in front of the value, at the value, and at the line that both stand in. */
export function isAssignedSecret(match: RegExpExecArray, value: string, text: string): boolean {
  const before = text.slice(Math.max(0, match.index - NAME_LENGTH), match.index);
  const word = /[\w.$-]*$/.exec(before)?.[0] ?? "";
  const name = word + match[0].slice(0, match[0].length - value.length);
  const lineStart = before.lastIndexOf("\n") + 1;
  const after = text.slice(match.index + match[0].length, match.index + match[0].length + 80).split("\n", 1)[0]!;
  return isRandomSecret(name, value, before.slice(lineStart) + after);
}
