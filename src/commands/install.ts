import {
  desiredAfter,
  desiredOfLock,
  hasTarget,
  lockWouldChange,
  satisfies,
  targetsOf,
} from "../client/install/index.ts";
import type { Asked, Lock, Target } from "../client/install/index.ts";
import type { Command } from "./command.ts";
import {
  askedFor,
  changeInstallation,
  FORCE_OPTION,
  installFromLock,
  noLock,
  optionsOf,
  PLACE_OPTIONS,
  targetsIn,
  TRUST_OPTION,
} from "./installation.ts";

export const install: Command = {
  name: "install",
  summary: "Install assets and what they need, checked against digests and signatures",
  usage: "install [REF…] [--agent A]… [--scope user|project] [--dir D] [--frozen-lockfile]",
  options: optionsOf(
    {
      agent: {
        type: "string",
        multiple: true,
        value: "AGENT",
        help: "Where that agent reads it: claude-code, codex, cursor, vscode, opencode, goose. May be given again.",
      },
    },
    PLACE_OPTIONS,
    {
      dir: {
        type: "string",
        value: "DIR",
        help: "Put assets in DIR/namespace/name; with --agent, in the project DIR.",
      },
      "frozen-lockfile": { type: "boolean", help: "Fail where the lockfile would have to change." },
    },
    FORCE_OPTION,
    TRUST_OPTION,
  ),
  async run(context) {
    const { targets, otherwise, ...place } = targetsIn(context);
    const asked = context.positionals.map(askedFor);
    const frozen = context.values["frozen-lockfile"] === true;
    return changeInstallation(context, place, async (work) => {
      const { lock, client, apply } = work;
      if (frozen) {
        requireLocked(lock, asked, targets);
        return installFromLock(work);
      }
      if (asked.length > 0)
        return apply(await desiredAfter(client, lock, { asked, targets, otherwise, loosen: false }));
      if (!lock) throw noLock();
      const wider = (own: Target[]) => [...own, ...targets.filter((target) => !hasTarget(own, target))];
      return apply(desiredOfLock(lock).map((desired) => ({ ...desired, targets: wider(desired.targets) })));
    });
  },
};

/** Throws CONFLICT when the lockfile does not hold what is asked for, where it is asked for. */
function requireLocked(lock: Lock | null, asked: readonly Asked[], targets: readonly Target[]): void {
  if (!lock) throw lockWouldChange("there is none");
  for (const { ref, range } of asked) {
    const asset = lock.assets[ref];
    if (!asset) throw lockWouldChange(`does not hold ${ref}`);
    if (!satisfies(asset, range)) throw lockWouldChange(`holds ${ref}@${asset.version}, not ${range}`);
    const own = targetsOf(ref, asset);
    const missing = targets.find((target) => !hasTarget(own, target));
    if (missing) throw lockWouldChange(`does not hold ${ref} for ${missing.agent ?? `the folder ${missing.folder}`}`);
  }
}
