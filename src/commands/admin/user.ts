import type { ListedUserWire, UsersClient } from "../../client/users-client.ts";
import { visible } from "../../client/visible-text.ts";
import { ROLES, type Role } from "../../core/actor.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { DATA_OPTION } from "../config.ts";
import { ask } from "../prompt.ts";
import { onlyWord, textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";
import { isAfar, newPassword, onLocalUsers, onUsers, PASSWORD_OPTION } from "./user-access.ts";

const LINK_OPTION = {
  link: { type: "boolean", help: "Print a link to set it with, to hand over; it works once, for an hour." },
} as const;

export const userCreate: Command = {
  name: "admin user create",
  summary: "Make an account",
  usage:
    "admin user create USERNAME --email ADDRESS [--role user|moderator|admin] [--link | --password-file FILE] [--url URL]",
  options: {
    ...DATA_OPTION,
    email: { type: "string", value: "ADDRESS", help: "The person's address (asked for when it is left out)." },
    role: { type: "string", value: "ROLE", help: "user (default), moderator or admin." },
    ...PASSWORD_OPTION,
    ...LINK_OPTION,
  },
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    const role = roleNamed(textOption(context, "role") ?? "user");
    const email = textOption(context, "email") ?? (await asked(context, "Address: ", "--email"));
    const password = wantsLink(context) ? undefined : await newPassword(context);
    const user = await onUsers(context, (users) => users.create({ username, email, role, password }));
    const { link } = user;
    if (context.json) context.out(JSON.stringify({ ...shown(user), ...(link === null ? {} : { link }) }));
    else {
      if (link !== null) context.out(link);
      context.say(`Made the ${user.role === "user" ? "account" : user.role} ${visible(user.username)}.`);
    }
    return 0;
  },
};

export const userList: Command = {
  name: "admin user list",
  summary: "List the accounts",
  usage: "admin user list [--search TEXT] [--role ROLE] [--status active|disabled] [--json] [--url URL]",
  options: {
    ...DATA_OPTION,
    search: { type: "string", value: "TEXT", help: "Part of a user name, name or address." },
    role: { type: "string", value: "ROLE", help: "user, moderator or admin." },
    status: { type: "string", value: "STATUS", help: "active or disabled." },
  },
  async run(context) {
    const [q, role, status] = ["search", "role", "status"].map((name) => textOption(context, name));
    const filter = Object.entries({ q, role, status }).filter((entry): entry is [string, string] => !!entry[1]);
    const users = await onUsers(context, (found) => found.list(Object.fromEntries(filter)));
    if (context.json) {
      context.out(JSON.stringify(users.map(shown), null, 2));
      return 0;
    }
    const rows = users.map((user) =>
      [user.username, user.role, user.status, user.created_at.slice(0, 10), user.email].map(visible),
    );
    for (const line of table(["NAME", "ROLE", "STATUS", "SINCE", "ADDRESS"], rows, widthOf(process.stdout)))
      context.out(line);
    return 0;
  },
};

export const userShow: Command = {
  name: "admin user show",
  summary: "Show an account, how its person signs in, and where they belong",
  usage: "admin user show USERNAME [--json] [--url URL]",
  options: DATA_OPTION,
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    const user = await onUsers(context, (users) => users.show(username));
    if (context.json) {
      context.out(JSON.stringify(user, null, 2));
      return 0;
    }
    const facts: [name: string, value: string][] = [
      ["name", user.username],
      ["shown as", user.display_name],
      ["address", user.email],
      ["role", user.role],
      ["status", user.status],
      ["since", user.created_at],
      ["last seen", user.seen_at ?? ""],
      ["two factors", user.two_factor ? "yes" : "no"],
      ["browsers", String(user.sessions)],
      ["programs", String(user.programs)],
      ["API keys", String(user.api_keys)],
      ["locked until", user.locked_until ?? ""],
      ["erased after", user.erase_after ?? ""],
      ["organizations", user.organizations.map(({ slug, role }) => `${slug} (${role})`).join(", ")],
      ["connected", user.connected_accounts.map(({ provider, email }) => `${provider} (${email})`).join(", ")],
    ];
    for (const [name, value] of facts) if (value !== "") context.out(`${name.padEnd(14)}${visible(value)}`);
    return 0;
  },
};

export const userDisable = onUser(
  "disable",
  "End a person's sessions, tokens and keys, and let them not sign in again",
  (users, username) => users.update(username, { status: "disabled" }),
  "disabled",
);

export const userEnable = onUser(
  "enable",
  "Let a disabled person sign in again",
  (users, username) => users.update(username, { status: "active" }),
  "enabled",
);

export const userResetTwoFactor = onUser(
  "reset-two-factor",
  "Remove the authenticator app, passkeys and recovery codes of somebody who lost them, and end their sessions",
  (users, username) => users.resetTwoFactor(username),
  "without second factors",
);

export const userSignOut: Command = {
  name: "admin user sign-out",
  summary: "End a person's sessions and tokens",
  usage: "admin user sign-out USERNAME [--api-keys] [--url URL]",
  options: { ...DATA_OPTION, "api-keys": { type: "boolean", help: "Revoke the API keys too." } },
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    const apiKeys = context.values["api-keys"] === true;
    await onUsers(context, (users) => users.signOut(username, { apiKeys }));
    done(context, username, `${username} is signed out everywhere.`);
    return 0;
  },
};

export const userResetPassword: Command = {
  name: "admin user reset-password",
  summary: "Set a person's password and end their sessions, or make a link with which they set it",
  usage: "admin user reset-password USERNAME [--link | --password-file FILE] [--url URL]",
  options: { ...DATA_OPTION, ...PASSWORD_OPTION, ...LINK_OPTION },
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    if (wantsLink(context)) {
      const link = await onUsers(context, (users) => users.resetLink(username));
      context.out(context.json ? JSON.stringify({ link }) : link);
      return 0;
    }
    // Over the network nobody sets a password for somebody else.
    if (isAfar(context)) throw new UsageError("Against a server give --link: its person sets the password with it.");
    const password = await newPassword(context);
    await onLocalUsers(context, (users) => users.setPassword(username, password));
    done(context, username, `Set the password of ${username}; every session has ended.`);
    return 0;
  },
};

export const userSetRole: Command = {
  name: "admin user set-role",
  summary: "Make a person a user, moderator or admin",
  usage: "admin user set-role USERNAME user|moderator|admin [--url URL]",
  options: DATA_OPTION,
  async run(context) {
    const [username, word, ...more] = context.positionals;
    if (!username || !word || more.length > 0)
      throw new UsageError(`Name a person and a role: marketplace ${this.usage}`);
    const role = roleNamed(word);
    await onUsers(context, (users) => users.update(username, { role }));
    done(context, username, `${username} is ${role} now and must sign in again.`);
    return 0;
  },
};

function onUser(
  verb: string,
  summary: string,
  work: (users: UsersClient, username: string) => Promise<void>,
  outcome: string,
): Command {
  return {
    name: `admin user ${verb}`,
    summary,
    usage: `admin user ${verb} USERNAME [--url URL]`,
    options: DATA_OPTION,
    async run(context) {
      const username = onlyWord(context.positionals, "a user name", this.usage);
      await onUsers(context, (users) => work(users, username));
      done(context, username, `${username} is ${outcome}.`);
      return 0;
    },
  };
}

function done(context: CommandContext, username: string, message: string): void {
  if (context.json) context.out(JSON.stringify({ username }));
  else context.say(message);
}

/** Throws a UsageError for a link and a password at once. */
function wantsLink(context: CommandContext): boolean {
  const link = context.values["link"] === true;
  if (link && textOption(context, "password-file") !== undefined)
    throw new UsageError("Give --link or --password-file, not both.");
  return link;
}

function roleNamed(word: string): Role {
  const role = ROLES.find((known) => known === word);
  if (!role) throw new UsageError(`"${word.slice(0, 40)}" is no role: write ${ROLES.join(", ")}.`);
  return role;
}

const shown = ({ username, email, role, status, created_at }: ListedUserWire) => ({
  username,
  email,
  role,
  status,
  created_at,
});

async function asked(context: CommandContext, question: string, option: string): Promise<string> {
  if (!context.interactive) throw new UsageError(`Give ${option}: there is nobody to ask.`);
  return (await ask(question)).trim();
}
