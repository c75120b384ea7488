import type { AuditActor, AuditEvent } from "../../platform/audit/audit-log.ts";
import type { User } from "./user.ts";

type Named = Pick<User, "id" | "username">;

/** A person as the audit log names them. */
export const auditUser = ({ id, username }: Named): AuditEvent["subject"] => ({ type: "user", id, name: username });

/** Somebody who was just proved to be this person, before there is an actor. */
export const auditSelf = ({ id, username }: Named, via: "session" | "access-token" = "session"): AuditActor => ({
  kind: "user",
  userId: id,
  username,
  via,
});

/** What looks like no name or address may be a password in the wrong field. */
const NAME_LIKE = /^[A-Za-z0-9-]{1,40}$|^[^\s@]{1,64}@[A-Za-z0-9.-]{1,190}$/;

/** The name that somebody tried to sign in with, as far as it may be kept. */
export const triedName = (name: string): Record<string, string> => (NAME_LIKE.test(name) ? { tried: name } : {});

/** A sign-in that succeeded. */
export const signedIn = (
  user: Named,
  details: { with: "browser" | "tokens"; method?: string; twoFactor: boolean },
): AuditEvent => ({
  action: "session.started",
  outcome: "success",
  actor: auditSelf(user, details.with === "browser" ? "session" : "access-token"),
  subject: auditUser(user),
  details,
});
