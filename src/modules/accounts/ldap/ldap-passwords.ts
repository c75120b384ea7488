import { AppError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";
import {
  type LdapDirectory,
  type LdapLogin,
  type LdapPerson,
  LdapUnavailable,
} from "../../../platform/ldap/ldap-directory.ts";
import type { GuessLimit } from "../guess-limit.ts";
import { listIdentities } from "../sign-on/identity-repository.ts";
import { type Reconciled, type ReconcileDeps, reconcile, type Voucher } from "../sign-on/reconcile.ts";
import { externalPerson, LDAP } from "./ldap-person.ts";

/** Passwords that a directory keeps. */
export interface LdapPasswords {
  /** What people know the directory by. */
  label: string;
  /**
   * Whose account the directory's person is; null when it has none of this name, or with another password. Throws
   * SERVICE_UNAVAILABLE when it does not answer, RATE_LIMIT_EXCEEDED for an entry with too many wrong guesses.
   */
  signIn(login: string, password: string): Promise<Reconciled | null>;
  /** Whether a person of this server is connected with an entry. */
  knows(userId: Id): Promise<boolean>;
  /** Whether it is the password of the entry that the person is connected with. Throws as `signIn` does. */
  proves(userId: Id, password: string): Promise<boolean>;
}

/** What the application brings along for a directory. */
export interface LdapOptions
  extends Pick<ReconcileDeps, "memberships" | "directoryProvider" | "mailDelivers" | "mayRegister"> {
  directory: LdapDirectory;
  voucher: Voucher;
  /** Told what the directory did wrong, for the log. */
  onProblem: (problem: LdapUnavailable) => void;
}

type Deps = LdapOptions & Pick<ReconcileDeps, "database" | "clock" | "audit" | "oneTime"> & { guessLimit: GuessLimit };

export function createLdapPasswords(deps: Deps): LdapPasswords {
  const { directory, voucher } = deps;
  const { issuer } = directory;
  const idOf = async (userId: Id): Promise<string | null> =>
    (await listIdentities(deps.database.read, userId)).find((one) => one.provider === LDAP && one.issuer === issuer)
      ?.subject ?? null;
  return {
    label: voucher.label,
    async signIn(username, password) {
      const person = await prove(deps, { username }, password);
      return person && reconcile(deps, voucher, externalPerson(person, { issuer, settings: voucher.settings }));
    },
    knows: async (userId) => (await idOf(userId)) !== null,
    async proves(userId, password) {
      const id = await idOf(userId);
      return id !== null && (await prove(deps, { id }, password)) !== null;
    },
  };
}

/** Guesses are counted for the entry as well: a directory finds it under many spellings of its name. */
async function prove(deps: Deps, login: LdapLogin, password: string): Promise<LdapPerson | null> {
  const { directory, guessLimit } = deps;
  const key = (id: string) => `${LDAP} ${directory.issuer} ${id}`;
  let tried: string | null = null;
  const person = await directory
    .prove(login, password, async (id) => {
      await guessLimit.require(key(id));
      tried = id;
    })
    .catch((error) => {
      if (!(error instanceof LdapUnavailable)) throw error;
      deps.onProblem(error);
      throw unavailable(deps.voucher.label);
    });
  if (person) await guessLimit.right(key(person.id));
  else if (tried !== null) await guessLimit.wrong(key(tried));
  return person;
}

/** Said to everybody whose password is not known here, whether or not there is such an account. */
const unavailable = (label: string): AppError =>
  new AppError(
    "SERVICE_UNAVAILABLE",
    `The user name or the password is wrong, or ${label}, which may know it, does not answer. Try again in a moment.`,
    { headers: { "Retry-After": "10" } },
  );
