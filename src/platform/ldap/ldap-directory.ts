/** A person as a directory describes them; texts are the directory's and may hold anything. */
export interface LdapPerson {
  /** The entry's own id, which stays when it is renamed or moved. */
  id: string;
  username: string;
  name: string;
  email: string;
  /** Null: the directory did not list them all, so nothing follows from them. */
  groups: readonly LdapGroup[] | null;
}

export interface LdapGroup {
  dn: string;
  /** Its `cn`, where groups were searched for below one base; "" otherwise. */
  name: string;
}

/** Whose password it is to be: the name somebody typed, or an id that is known. */
export type LdapLogin = { username: string } | { id: string };

/** A directory that people's passwords are proved to (simple bind, RFC 4513 5.1.3). */
export interface LdapDirectory {
  /** Its address and the base below which people are: ids are unique within. */
  issuer: string;
  /**
   * The person, when exactly one entry has the login and the password binds as it; null otherwise, after the same steps and
   * about the same time. An empty password is never sent. `admit` is called with the entry's id before the password is tried
   * and may throw. Throws LdapUnavailable when the directory gives no answer within the timeout, or none that can be used.
   */
  prove(login: LdapLogin, password: string, admit: (id: string) => Promise<void>): Promise<LdapPerson | null>;
}

/** The directory did not answer, or not as configured; the message is for the log. */
export class LdapUnavailable extends Error {
  override name = "LdapUnavailable";
}
