import { SYSTEM } from "../../core/actor.ts";
import { DAY, type Instant, later } from "../../core/clock.ts";
import { type FieldProblem, validationError } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import { parseRef } from "../../core/name.ts";
import type { AuditOutcome } from "../../platform/audit/audit-log.ts";
import type { AuditFilter, Head } from "../../platform/audit/audit-reader.ts";

export const OUTCOMES: readonly AuditOutcome[] = ["success", "denied", "failure"];

/** What may stand in a query string or a form; empty text counts as left out. */
export interface AuditQuery {
  /** A user name or an account's number. */
  actor?: string;
  /** The beginning of an action. */
  action?: string;
  /** A user name, `namespace/slug`, or the number of anything. */
  subject?: string;
  outcome?: string;
  /** A day (`2026-11-23`, UTC) or an instant. */
  from?: string;
  /** A day, which is included, or an instant, which is not. */
  to?: string;
}

export const QUERY_FIELDS = ["actor", "action", "subject", "outcome", "from", "to"] as const;

/** Finds what names mean; null for a name that nothing bears. */
export interface NameLookup {
  account(username: string): Promise<Id | null>;
  asset(namespace: string, slug: string): Promise<Id | null>;
}

/** Matches nothing: no id looks like this. */
const NOBODY = "-";

/** Reads a filter; throws VALIDATION_ERROR that names every field that is wrong. A name nobody bears matches nothing. */
export async function readFilter(query: AuditQuery, names: NameLookup): Promise<AuditFilter> {
  const { actor = "", action = "", subject = "", outcome = "", from = "", to = "" } = query;
  const problems: FieldProblem[] = [];
  const refuse = (field: keyof AuditQuery, message: string): null => {
    problems.push({ field, message });
    return null;
  };
  if (action !== "" && !/^[a-z0-9_.-]{1,100}$/.test(action))
    refuse("action", "is the beginning of an action, such as session. or asset.version.created.");
  const known = OUTCOMES.find((one) => one === outcome);
  if (outcome !== "" && !known) refuse("outcome", `must be one of ${OUTCOMES.join(", ")}.`);
  const start = from === "" ? null : (readInstant(from, "start") ?? refuse("from", WHEN));
  const end = to === "" ? null : (readInstant(to, "end") ?? refuse("to", WHEN));
  if (problems.length > 0) throw validationError(...problems);
  return {
    actorId: actor === "" ? null : await accountId(actor, names),
    action: action === "" ? null : action,
    subjectId: subject === "" ? null : await subjectId(subject, names),
    outcome: known ?? null,
    from: start,
    to: end,
  };
}

const WHEN = "must be a day such as 2026-11-23, or an instant such as 2026-11-23T08:00:00Z.";

async function accountId(text: string, names: NameLookup): Promise<Id> {
  if (text === SYSTEM.username) return SYSTEM.userId;
  return isId(text) ? text.toLowerCase() : ((await names.account(text)) ?? NOBODY);
}

async function subjectId(text: string, names: NameLookup): Promise<Id> {
  const ref = text.includes("/") ? parseRef(text) : null;
  return ref ? ((await names.asset(ref.namespace, ref.slug)) ?? NOBODY) : accountId(text, names);
}

function readInstant(text: string, day: "start" | "end"): Instant | null {
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const full = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const at = new Date(text);
  if ((!whole && !full) || Number.isNaN(at.getTime())) return null;
  return later(at, whole && day === "end" ? DAY : 0);
}

/** A place in the log as it is written: `<number>:<hash>`. Throws VALIDATION_ERROR for other text. */
export function readPlace(field: string, text: string | undefined): Head | undefined {
  if (text === undefined || text === "") return undefined;
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw validationError({ field, message: "must be an entry's number and hash: 42:9f86d0…" });
  return { seq: Number(seq), hash };
}

export const placeText = ({ seq, hash }: Head): string => `${seq}:${hash}`;
