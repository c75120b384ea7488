import { withServer } from "../../app-command.ts";
import { ROLES, type Role, SYSTEM } from "../../core/actor.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { ask, readStdinLine } from "../prompt.ts";
import { onlyWord, textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";

const PASSWORD_OPTION = {
  "password-file": {
    type: "string",
    value: "FILE",
    help: "Read the password from a file, not from a prompt or standard input.",
  },
} as const;

export const userCreate: Command = {
  name: "admin user create",
  summary: "Make an account",
  usage: "admin user create USERNAME --email ADDRESS [--role user|moderator|admin] [--password-file FILE]",
  options: {
    ...DATA_OPTION,
    email: { type: "string", value: "ADDRESS", help: "The person's address (asked for when it is left out)." },
    role: { type: "string", value: "ROLE", help: "user (default), moderator or admin." },
    ...PASSWORD_OPTION,
  },
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    const role = roleNamed(textOption(context, "role") ?? "user");
    const email = textOption(context, "email") ?? (await asked(context, "Address: ", "--email"));
    const password = await newPassword(context);
    const user = await withServer(configOf(context).config, ({ accounts }) =>
      accounts.administration.create(SYSTEM, { username, email, password }, role),
    );
    if (context.json) context.out(JSON.stringify(shown(user)));
    else context.say(`Made the ${user.role === "user" ? "account" : user.role} ${user.username}.`);
    return 0;
  },
};

export const userList: Command = {
  name: "admin user list",
  summary: "List the accounts",
  usage: "admin user list [--json]",
  options: DATA_OPTION,
  run: (context) =>
    withServer(configOf(context).config, async ({ accounts }) => {
      const users: ReturnType<typeof shown>[] = [];
      for (let page = 1; ; page++) {
        const { items, total } = await accounts.administration.list(SYSTEM, { page, perPage: 100 });
        users.push(...items.map(shown));
        if (items.length === 0 || users.length >= total) break;
      }
      if (context.json) context.out(JSON.stringify(users, null, 2));
      else {
        const rows = users.map((user) => [
          user.username,
          user.role,
          user.status,
          user.created_at.slice(0, 10),
          user.email,
        ]);
        for (const line of table(["NAME", "ROLE", "STATUS", "SINCE", "ADDRESS"], rows, widthOf(process.stdout)))
          context.out(line);
      }
      return 0;
    }),
};

export const userDisable = onUser(
  "disable",
  "End a person's sessions, tokens and keys, and let them not sign in again",
  ({ accounts }, username) => accounts.administration.disable(SYSTEM, username),
  "disabled",
);

export const userEnable = onUser(
  "enable",
  "Let a disabled person sign in again",
  ({ accounts }, username) => accounts.administration.enable(SYSTEM, username),
  "enabled",
);

export const userResetTwoFactor = onUser(
  "reset-two-factor",
  "Remove the authenticator app, passkeys and recovery codes of somebody who lost them, and end their sessions",
  ({ accounts }, username) => accounts.administration.resetTwoFactor(SYSTEM, username),
  "without second factors",
);

export const userResetPassword: Command = {
  name: "admin user reset-password",
  summary: "Set a person's password and end their sessions, or make a link with which they set it",
  usage: "admin user reset-password USERNAME [--link | --password-file FILE]",
  options: {
    ...DATA_OPTION,
    ...PASSWORD_OPTION,
    link: { type: "boolean", help: "Print a link to hand over; it works once, for an hour." },
  },
  async run(context) {
    const username = onlyWord(context.positionals, "a user name", this.usage);
    if (context.values["link"] === true) {
      if (textOption(context, "password-file") !== undefined)
        throw new UsageError("Give --link or --password-file, not both.");
      const link = await withServer(configOf(context).config, ({ accounts }) =>
        accounts.passwordReset.linkFor(SYSTEM, username),
      );
      context.out(context.json ? JSON.stringify({ link }) : link);
      return 0;
    }
    const password = await newPassword(context);
    await withServer(configOf(context).config, ({ accounts }) =>
      accounts.administration.resetPassword(SYSTEM, username, password),
    );
    context.say(`Set the password of ${username}; every session has ended.`);
    return 0;
  },
};

export const userSetRole: Command = {
  name: "admin user set-role",
  summary: "Make a person a user, moderator or admin",
  usage: "admin user set-role USERNAME user|moderator|admin",
  options: DATA_OPTION,
  async run(context) {
    const [username, word, ...more] = context.positionals;
    if (!username || !word || more.length > 0)
      throw new UsageError(`Name a person and a role: marketplace ${this.usage}`);
    const role = roleNamed(word);
    await withServer(configOf(context).config, ({ accounts }) =>
      accounts.administration.setRole(SYSTEM, username, role),
    );
    context.say(`${username} is ${role} now and must sign in again.`);
    return 0;
  },
};

type Work = Parameters<typeof withServer<void>>[1];

function onUser(
  verb: string,
  summary: string,
  work: (app: Parameters<Work>[0], username: string) => Promise<void>,
  done: string,
): Command {
  return {
    name: `admin user ${verb}`,
    summary,
    usage: `admin user ${verb} USERNAME`,
    options: DATA_OPTION,
    async run(context) {
      const username = onlyWord(context.positionals, "a user name", this.usage);
      await withServer(configOf(context).config, (app) => work(app, username));
      context.say(`${username} is ${done}.`);
      return 0;
    },
  };
}

function roleNamed(word: string): Role {
  const role = ROLES.find((known) => known === word);
  if (!role) throw new UsageError(`"${word.slice(0, 40)}" is no role: write ${ROLES.join(", ")}.`);
  return role;
}

interface ShownUser {
  username: string;
  email: string;
  role: Role;
  status: string;
  created_at: string;
}

const shown = (user: Omit<ShownUser, "created_at"> & { createdAt: string }): ShownUser => ({
  username: user.username,
  email: user.email,
  role: user.role,
  status: user.status,
  created_at: user.createdAt,
});

async function asked(context: CommandContext, question: string, option: string): Promise<string> {
  if (!context.interactive) throw new UsageError(`Give ${option}: there is nobody to ask.`);
  return (await ask(question)).trim();
}

/** From --password-file, else asked for twice on a terminal, else the first line of standard input; never from the arguments. */
async function newPassword(context: CommandContext): Promise<string> {
  const file = textOption(context, "password-file");
  if (file !== undefined) return (await Bun.file(file).text()).replace(/\r?\n$/, "");
  if (!context.interactive) {
    if (process.stdin.isTTY) throw new UsageError("Give --password-file, or the password on standard input.");
    const line = await readStdinLine();
    if (line === "") throw new UsageError("Give --password-file, or the password on standard input: it was empty.");
    return line;
  }
  const password = await ask("New password: ", { secret: true });
  if ((await ask("Once more: ", { secret: true })) !== password)
    throw new UsageError("The two differ; nothing was changed.");
  return password;
}
