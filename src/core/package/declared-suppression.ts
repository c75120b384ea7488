import type { FieldProblem } from "../error.ts";

/** A publisher's explanation of what a scanner's rule finds: it asks a moderator, and changes nothing by itself. */
export interface DeclaredSuppression {
  /** A rule's id, whole: `secrets/aws-access-key`. */
  rule: string;
  /** A file of the package; null: wherever the rule finds something. */
  path: string | null;
  /** Plain text for moderators and readers. */
  reason: string;
}

const MIN_REASON = 10;
const MAX_REASON = 1000;
const MAX_RULE = 200;
const MAX_PATH_BYTES = 512;
const RULE = /^[a-z0-9][a-z0-9._-]*(?:\/[A-Za-z0-9._:@-]+)+$/;
/** Control characters, and those that turn the direction of text. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/** What is wrong with an explanation, with the field it is about; null for nothing. */
export function suppressionProblem({ rule, path, reason }: DeclaredSuppression): FieldProblem | null {
  if (rule.length > MAX_RULE || !RULE.test(rule))
    return { field: "rule", message: "name one rule as the scan does, such as secrets/aws-access-key." };
  if (path !== null && (path === "" || Buffer.byteLength(path) > MAX_PATH_BYTES || CONTROL.test(path)))
    return { field: "path", message: "name a file of the package, or leave it out." };
  if (reason.trim().length < MIN_REASON)
    return { field: "reason", message: `say why this is harmless, in at least ${MIN_REASON} characters.` };
  if (reason.length > MAX_REASON) return { field: "reason", message: `is longer than ${MAX_REASON} characters.` };
  if (CONTROL.test(reason)) return { field: "reason", message: "holds invisible characters." };
  return null;
}
