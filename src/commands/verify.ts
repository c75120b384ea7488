import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { Client } from "../client/index.ts";
import {
  checkedLog,
  freshRecalls,
  inTurns,
  keptRecalls,
  type KnownRecalls,
  type Lock,
  uniquePlaces,
  type Verified,
  verifyAgainstServer,
  verifyPlaces,
} from "../client/install/index.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { systemClock } from "../core/clock.ts";
import { AppError, invalidRequest } from "../core/error.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import {
  askedFor,
  clientFor,
  optionsOf,
  type Place,
  PLACE_OPTIONS,
  placeOf,
  requireLock,
  serverOf,
} from "./installation.ts";
import { notInstalled } from "./not-installed.ts";

export const verify: Command = {
  name: "verify",
  summary: "Check installed files, signatures, keys and the server's log, and that nothing was withdrawn",
  usage: "verify [REF|PATH] [--offline] [--scope user|project] [--dir D]",
  options: optionsOf(
    { offline: { type: "boolean", help: "Check the files, and the recall list that was kept; ask no server." } },
    PLACE_OPTIONS,
  ),
  async run(context) {
    if (context.positionals.length > 1) throw new UsageError("One asset or path at a time, or none for all.");
    const { place, lock, refs } = await subjectOf(context, context.positionals[0]);
    const recalls = await recallsFor(context, lock);
    const results = await inTurns(refs, (ref) => verifyPlaces(place.root, ref, lock.assets[ref]!, recalls));
    const unchecked = await askServer(context, lock, results);
    return print(context, results, unchecked);
  },
};

/** What the word means: an asset of the lockfile, a folder with a lockfile of its own, or a path in an installed place. */
async function subjectOf(
  context: CommandContext,
  word: string | undefined,
): Promise<{ place: Place; lock: Lock; refs: string[] }> {
  const place = placeOf(context);
  if (word === undefined) return allOf(place);
  const path = resolve(context.cwd, word);
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory() && (await stat(resolve(path, place.lockPath)).catch(() => null)))
    return allOf({ ...place, root: path });
  const lock = await requireLock(place);
  if (!word.startsWith(".") && lock.assets[word]) return { place, lock, refs: [word] };
  if (!there) {
    const { ref, range } = askedFor(word);
    const asset = lock.assets[ref];
    if (!asset) throw notInstalled(ref, lock);
    if (range !== "*" && range !== asset.version && range !== asset.digest)
      throw invalidRequest(`Installed is ${ref}@${asset.version}, not ${visible(range)}.`);
    return { place, lock, refs: [ref] };
  }
  const name = relative(place.root, path).split(sep).join("/");
  const refs = Object.entries(lock.assets).filter(([, asset]) =>
    uniquePlaces(asset).some(
      (known) => known.path === name || name.startsWith(`${known.path}/`) || known.path.startsWith(`${name}/`),
    ),
  );
  if (refs.length === 0)
    throw invalidRequest(`${visible(word)} was not installed by marketplace. "marketplace list" shows what was.`);
  return { place, lock, refs: refs.map(([ref]) => ref) };
}

async function allOf(place: Place) {
  const lock = await requireLock(place);
  return { place, lock, refs: Object.keys(lock.assets) };
}

/** What is known to be recalled: of the kept list alone with --offline. What is worth knowing of it is said. */
async function recallsFor(context: CommandContext, lock: Lock): Promise<KnownRecalls> {
  const now = systemClock.now();
  const offline = context.values["offline"] === true;
  const recalls = offline
    ? await keptRecalls(context.env, await serverOf(context, lock), now)
    : await freshRecalls(await clientFor(context, lock), context.env, now);
  for (const note of recalls.notes) context.say(`note: ${visible(note)}`);
  return recalls;
}

/** Adds what the server says; answers why it could not be asked, null when it was. */
async function askServer(context: CommandContext, lock: Lock, results: Verified[]): Promise<string | null> {
  if (context.values["offline"] === true) return "--offline was given";
  try {
    const client: Client = await clientFor(context, lock);
    const log = await checkedLog(client, context.env);
    await inTurns(results, async (result) => {
      const { problems, notes, recall } = await verifyAgainstServer(
        client,
        context.env,
        result.ref,
        lock.assets[result.ref]!,
        log,
      );
      if (recall !== null && !result.problems.some((problem) => problem.startsWith("it was recalled")))
        result.problems.push(recall);
      result.problems.push(...problems);
      result.notes.push(...notes);
    });
    return null;
  } catch (error) {
    if (error instanceof AppError && error.details["unreachable"] === true) return error.message;
    throw error;
  }
}

function print(context: CommandContext, results: readonly Verified[], unchecked: string | null): number {
  const wrong = results.filter(({ problems }) => problems.length > 0);
  if (context.json) {
    context.out(visibleJson({ ok: wrong.length === 0, unchecked, assets: results }));
    return wrong.length === 0 ? 0 : 1;
  }
  for (const { ref, version, problems, notes } of results) {
    if (problems.length === 0) context.out(`ok ${ref}@${version}`);
    for (const problem of problems) context.out(`WRONG ${ref}@${version}: ${visible(problem)}`);
    for (const note of notes) context.say(`note: ${ref}@${version}: ${visible(note)}`);
  }
  if (unchecked !== null)
    context.say(
      `Not checked: signatures, pinned keys, the server's log, and whether anything was withdrawn (${visible(unchecked)})`,
    );
  if (wrong.length > 0)
    context.say(
      `${wrong.length} of ${results.length} are not as they should be. "marketplace ci --force" installs them anew.`,
    );
  return wrong.length === 0 ? 0 : 1;
}
