import type { Client, Filter } from "ldapts";
import { AppError } from "../../core/error.ts";
import { createConnection, type LdapSecurity } from "./connection.ts";
import { fillFilter } from "./filter.ts";
import {
  type LdapDirectory,
  type LdapGroup,
  type LdapLogin,
  type LdapPerson,
  LdapUnavailable,
} from "./ldap-directory.ts";
import { idBytes, idOf, isCutShort, type RawEntry, textOf, textsOf } from "./read-entry.ts";

export interface LdapSettings {
  /** `ldap://` or `ldaps://`, host and port. */
  url: string;
  security: LdapSecurity;
  /** Certificates in PEM, of which one must have signed the directory's; null: those the runtime trusts. */
  ca: string | null;
  /** Who searches; both empty: nobody (anonymous). */
  bindDn: string;
  bindPassword: string;
  userBase: string;
  /** With `{username}`. */
  userFilter: string;
  idAttribute: string;
  usernameAttribute: string;
  nameAttribute: string;
  mailAttribute: string;
  groupsAttribute: string;
  /** Empty: groups are what `groupsAttribute` says. */
  groupBase: string;
  /** With `{dn}` or `{username}`. */
  groupFilter: string;
  /** Milliseconds for all that one sign-in asks. */
  timeoutMs: number;
}

const MAX_GROUPS = 2000;
/** Sign-ins that ask at the same time: a directory that hangs must not eat the server's sockets. */
const MAX_AT_ONCE = 64;

/** Asks over a connection of its own each time; the library is loaded when somebody first signs in. */
export function createLdapDirectory(settings: LdapSettings): LdapDirectory {
  const { protocol, host } = new URL(settings.url);
  let running = 0;
  return {
    issuer: `${protocol}//${host}/${settings.userBase.toLowerCase()}`,
    async prove(login, password, admit) {
      if (password === "" || ("username" in login && !isName(login.username))) return null;
      if (running >= MAX_AT_ONCE) throw new LdapUnavailable("too many sign-ins wait for the directory");
      running++;
      try {
        return await converse(settings, (client) => proveBy(client, settings, { login, password, admit }));
      } finally {
        running--;
      }
    },
  };
}

/** Something to search for, that reaches the directory as it is. */
const isName = (name: string): boolean => name.trim() !== "" && name.length <= 320 && name.isWellFormed();

async function converse<T>(settings: LdapSettings, talk: (client: Client) => Promise<T>): Promise<T> {
  const { timeoutMs, security } = settings;
  const { protocol, host, hostname } = new URL(settings.url);
  const library = await import("ldapts");
  const connection = createConnection(hostname, security, settings.ca);
  const times = { timeout: timeoutMs, connectTimeout: timeoutMs };
  const client = new library.Client({ url: `${protocol}//${host}`, ...times, ...connection.options });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new LdapUnavailable(`no end after ${timeoutMs} ms`)), timeoutMs);
  const work = async () => {
    if (security === "starttls") await client.startTLS(connection.tls);
    const said = await talk(client);
    // What was said counts, however the connection ends.
    await client.unbind().catch(() => {});
    return said;
  };
  try {
    return await Promise.race([work(), late.promise]);
  } catch (error) {
    if (error instanceof AppError || error instanceof LdapUnavailable) throw error;
    throw new LdapUnavailable(error instanceof Error ? error.message : "unknown", { cause: error });
  } finally {
    clearTimeout(timer);
    connection.close();
  }
}

async function proveBy(
  client: Client,
  settings: LdapSettings,
  given: { login: LdapLogin; password: string; admit: (id: string) => Promise<void> },
): Promise<LdapPerson | null> {
  await client.bind(settings.bindDn, settings.bindPassword);
  const entry = await findEntry(client, settings, given.login);
  const id = entry && idOf(entry, settings.idAttribute);
  if (id !== null) await given.admit(id);
  // Nobody's password is tried too: the time it takes would tell who there is.
  const right = await binds(client, entry?.dn ?? `cn=${crypto.randomUUID()},${settings.userBase}`, given.password);
  if (!entry || id === null || !right) return null;
  const username = textOf(entry, settings.usernameAttribute);
  return {
    id,
    username,
    name: textOf(entry, settings.nameAttribute),
    email: textOf(entry, settings.mailAttribute),
    groups: await groupsOf(client, settings, entry, username),
  };
}

type FoundEntry = RawEntry & { dn: string };

/** The one entry of a login; null when there is none, and when there are more. */
async function findEntry(client: Client, settings: LdapSettings, login: LdapLogin): Promise<FoundEntry | null> {
  const { idAttribute, usernameAttribute, nameAttribute, mailAttribute, groupsAttribute } = settings;
  const filter = await loginFilter(settings, login);
  if (filter === null) return null;
  const { searchEntries } = await client.search(settings.userBase, {
    scope: "sub",
    filter,
    sizeLimit: 2,
    timeLimit: Math.ceil(settings.timeoutMs / 1000),
    attributes: [idAttribute, usernameAttribute, nameAttribute, mailAttribute, groupsAttribute],
    explicitBufferAttributes: [idAttribute],
  });
  const [entry, another] = searchEntries;
  // Without a name the bind would be an anonymous one, which holds for every password.
  return entry && !another && entry.dn !== "" ? entry : null;
}

async function loginFilter(settings: LdapSettings, login: LdapLogin): Promise<Filter | string | null> {
  if ("username" in login) return fillFilter(settings.userFilter, { username: login.username });
  const { EqualityFilter } = await import("ldapts");
  const value = idBytes(login.id, settings.idAttribute);
  return value && new EqualityFilter({ attribute: settings.idAttribute, value: Buffer.from(value) });
}

/** What a server answers when it is the entry or the password that is at fault (RFC 4511 A): the entry may have none, or be locked. */
const REFUSALS: ReadonlySet<number> = new Set([19, 32, 34, 48, 49, 50, 53]);

async function binds(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (typeof code === "number" && REFUSALS.has(code)) return false;
    throw error;
  }
}

async function groupsOf(
  client: Client,
  settings: LdapSettings,
  entry: FoundEntry,
  username: string,
): Promise<LdapGroup[] | null> {
  const { groupBase, groupsAttribute } = settings;
  if (groupBase === "") {
    const dns = textsOf(entry, groupsAttribute);
    return isCutShort(entry, groupsAttribute) || dns.length > MAX_GROUPS ? null : dns.map((dn) => ({ dn, name: "" }));
  }
  await client.bind(settings.bindDn, settings.bindPassword);
  const { searchEntries } = await client.search(groupBase, {
    scope: "sub",
    filter: fillFilter(settings.groupFilter, { username, dn: entry.dn }),
    sizeLimit: MAX_GROUPS,
    timeLimit: Math.ceil(settings.timeoutMs / 1000),
    attributes: ["cn"],
  });
  // As many as may come: there may be more.
  if (searchEntries.length >= MAX_GROUPS) return null;
  return searchEntries.map((group) => ({ dn: group.dn, name: textOf(group, "cn") }));
}
