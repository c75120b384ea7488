import { mkdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import semver from "semver";
import type { Client } from "../client/index.ts";
import { chooseServer } from "../client/credentials.ts";
import {
  AGENT_NAMES,
  type Applied,
  type ApplyOptions,
  type Asked,
  apply,
  DEFAULT_FOLDER,
  desiredOfLock,
  freshRecalls,
  inTransaction,
  isFingerprint,
  keptRecalls,
  LOCK_FILE,
  type Lock,
  lockAt,
  type Scope,
  type Target,
} from "../client/install/index.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { systemClock } from "../core/clock.ts";
import { invalidRequest } from "../core/error.ts";
import { parseRef } from "../core/name.ts";
import { type Command, type CommandContext, type CommandOption, UsageError } from "./command.ts";
import { connectTo, selectorText, textOption } from "./session.ts";
import { createProgress } from "./terminal.ts";

/** The folder that a command works on, and its lockfile. */
export interface Place {
  root: string;
  lockPath: string;
  scope: Scope;
}

export const PLACE_OPTIONS: Record<string, CommandOption> = {
  scope: { type: "string", value: "SCOPE", help: "project (here, the default) or user (your home folder)." },
  dir: { type: "string", value: "DIR", help: "The project's folder, instead of the working folder." },
};

export const FORCE_OPTION: Record<string, CommandOption> = {
  force: { type: "boolean", help: "Overwrite or remove what was changed here." },
};

export const TRUST_OPTION: Record<string, CommandOption> = {
  "accept-key": {
    type: "string",
    value: "FINGERPRINT",
    help: "Trust this key from now on instead of the one known; none: an unsigned version.",
  },
};

/** The project (or home folder) that is meant. */
export function placeOf(context: CommandContext): Place {
  const scope = scopeOf(context);
  const dir = textOption(context, "dir");
  if (scope === "user") {
    if (dir !== undefined)
      throw new UsageError("--dir is of a project; --scope user is your home folder. Give one of them.");
    const root = context.env["HOME"] || context.env["USERPROFILE"] || homedir();
    return { root, lockPath: `${DEFAULT_FOLDER}/${LOCK_FILE}`, scope };
  }
  return { root: resolve(context.cwd, dir ?? "."), lockPath: LOCK_FILE, scope };
}

function scopeOf(context: CommandContext): Scope {
  const scope = textOption(context, "scope") ?? "project";
  if (scope !== "project" && scope !== "user") throw new UsageError(`--scope is project or user, not "${scope}".`);
  return scope;
}

/**
 * Where `install` puts things. Without an agent `--dir` is the folder that the assets lie in, below the working folder when
 * it is inside (the lockfile is in the working folder then), else a project of its own.
 */
export function targetsIn(context: CommandContext): Place & { targets: Target[]; otherwise: Target } {
  const agents = agentsOf(context);
  const dir = textOption(context, "dir");
  const place = placeOf(context);
  const general: Target = { agent: null, scope: place.scope, folder: DEFAULT_FOLDER };
  const named = agents.map((agent): Target => ({ ...general, agent }));
  if (named.length > 0 || dir === undefined) return { ...place, targets: named, otherwise: general };
  const below = relative(context.cwd, place.root);
  const outside = below === ".." || below.startsWith(`..${sep}`) || resolve(below) === below;
  const folder = outside ? "" : below.split(sep).join("/");
  const target: Target = { ...general, folder };
  return { ...place, root: outside ? place.root : context.cwd, targets: [target], otherwise: target };
}

function agentsOf(context: CommandContext): string[] {
  const given = context.values["agent"];
  const agents = (Array.isArray(given) ? given : given === undefined ? [] : [given]).map(String);
  for (const agent of agents)
    if (!AGENT_NAMES.includes(agent))
      throw new UsageError(`"${agent.slice(0, 60)}" is no agent that marketplace knows: ${AGENT_NAMES.join(", ")}.`);
  return [...new Set(agents)];
}

/** `namespace/name`, with `@` and a version, a range, a channel or a digest behind it, as something to resolve. */
export function askedFor(text: string): Asked {
  const ref = parseRef(text);
  if (ref) return { ref: `${ref.namespace}/${ref.slug}`, range: ref.selector ? selectorText(ref.selector) : "*" };
  const at = text.indexOf("@");
  const name = at > 0 ? parseRef(text.slice(0, at)) : null;
  const range = text.slice(at + 1);
  if (name && range.length <= 256 && semver.validRange(range) !== null)
    return { ref: `${name.namespace}/${name.slug}`, range: semver.validRange(range)! };
  throw new UsageError(
    `"${visible(text.slice(0, 160))}" is no asset: write namespace/name, or namespace/name@1.2.3 (or @^1.2, @channel, @sha256:…).`,
  );
}

/** The server: `--url`, MARKETPLACE_URL, else the one that the lockfile is of, else the one signed in to. */
export async function clientFor(context: CommandContext, lock: Lock | null): Promise<Client> {
  return connectTo(context, await serverOf(context, lock));
}

export async function serverOf(context: CommandContext, lock: Lock | null): Promise<string> {
  const named = textOption(context, "url") || context.env["MARKETPLACE_URL"];
  return named || !lock ? chooseServer(named, context.env) : lock.server;
}

export function acceptedKey(context: CommandContext): string | null {
  const key = textOption(context, "accept-key");
  if (key === undefined) return null;
  if (key !== "none" && !isFingerprint(key))
    throw new UsageError(`"${visible(key.slice(0, 80))}" is no fingerprint: SHA256:… or none.`);
  return key;
}

export interface Work {
  lock: Lock | null;
  client: Client;
  /** Makes everything so; throws before anything is touched. */
  apply(
    desired: Parameters<typeof apply>[2],
    how?: Partial<Pick<ApplyOptions, "frozen" | "keepRecalled">>,
  ): Promise<Applied>;
}

/** Runs `work` with the lockfile of a place, alone, and prints what it did. `offline`: the server need not answer. Answers the exit code. */
export async function changeInstallation(
  context: CommandContext,
  place: Place,
  work: (work: Work) => Promise<Applied>,
  { offline = false } = {},
): Promise<number> {
  const progress = createProgress(context.quiet || context.json);
  await mkdir(place.root, { recursive: true });
  try {
    const applied = await inTransaction(
      place.root,
      async (transaction) => {
        const lock = await lockAt(place.root, place.lockPath, place.scope);
        const client = await clientFor(context, lock);
        const recalls = offline
          ? await keptRecalls(context.env, client.url, systemClock.now())
          : await freshRecalls(client, context.env, systemClock.now());
        if (!offline) for (const note of recalls.notes) context.say(`note: ${visible(note)}`);
        const options: ApplyOptions = {
          client,
          recalls,
          keepRecalled: false,
          env: context.env,
          lockPath: place.lockPath,
          force: context.values["force"] === true,
          frozen: false,
          accept: acceptedKey(context),
          onProgress: progress.show,
        };
        return work({
          lock,
          client,
          apply: (desired, how = {}) => apply(transaction, lock, desired, { ...options, ...how }),
        });
      },
      (pid) => context.say(`Waiting for another marketplace (process ${pid}) that works in ${place.root} …`),
    );
    progress.end();
    report(context, applied);
    return 0;
  } finally {
    progress.end();
  }
}

/** Installs exactly what the lockfile says. */
export async function installFromLock({ lock, apply: make }: Work): Promise<Applied> {
  if (!lock) throw noLock();
  return make(desiredOfLock(lock), { frozen: true });
}

export const noLock = () =>
  invalidRequest(
    `There is no ${LOCK_FILE} here. Run "marketplace install NAMESPACE/NAME" first, or go to the folder that has one.`,
  );

/** The lockfile of a place; throws INVALID_REQUEST when there is none. */
export async function requireLock(place: Place): Promise<Lock> {
  const exists = await stat(join(place.root, place.lockPath)).catch(() => null);
  const lock = exists ? await lockAt(place.root, place.lockPath, place.scope) : null;
  if (!lock) throw noLock();
  return lock;
}

function report(context: CommandContext, applied: Applied): void {
  if (context.json) {
    context.out(visibleJson(applied));
    return;
  }
  for (const { ref, version, from, places } of applied.installed) {
    const change = from === null || from === version ? version : `${version} (was ${from})`;
    const paths = new Set(places.map(({ path, entry }) => (entry === undefined ? path : `${path} (${entry})`)));
    context.out(`+ ${ref}@${change}  ${[...paths].join(", ")}`);
  }
  for (const { ref, version } of applied.removed) context.out(`- ${ref}@${version}`);
  for (const note of new Set(applied.notes)) context.say(`note: ${visible(note)}`);
  if (applied.installed.length + applied.removed.length === 0)
    context.say("Nothing to do: everything is as it should be.");
}

/** Options of one command, in one object for its definition. */
export const optionsOf = (...groups: Command["options"][]): Command["options"] => Object.assign({}, ...groups);
