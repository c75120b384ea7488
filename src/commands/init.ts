import { mkdir, readdir, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { openPackage } from "../client/local-package.ts";
import { visibleJson } from "../client/visible-text.ts";
import { conflict } from "../core/error.ts";
import { isKind, KINDS, type Kind } from "../core/kind.ts";
import { isName, slugify } from "../core/name.ts";
import { nearestWord } from "../core/nearest.ts";
import { MARKETPLACE_TOML } from "../core/package/marketplace-toml.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { skeletonOf } from "./skeletons.ts";
import { textOption } from "./session.ts";

/** Writes what a new asset needs, or, where its files are already, the marketplace.toml beside them. Overwrites nothing. */
export const init: Command = {
  name: "init",
  summary: "Start an asset in a folder",
  usage: "init [DIR] [--kind KIND] [--name NAME]",
  options: {
    kind: { type: "string", short: "k", value: "KIND", help: `${KINDS.join(", ")} (default skill).` },
    name: { type: "string", value: "NAME", help: "Its name (default: the folder's)." },
  },
  async run(context) {
    if (context.positionals.length > 1) throw new UsageError("One folder at a time: marketplace init [DIR]");
    const folder = resolve(context.cwd, context.positionals[0] ?? ".");
    await mkdir(folder, { recursive: true });
    const name = nameFor(await realpath(folder), textOption(context, "name"));
    const written = await writeMissing(folder, name, kindOption(context));
    const local = await openPackage(folder);
    if (context.json) context.out(visibleJson({ folder, name, kind: local.metadata.kind, written }));
    else for (const path of written) context.out(path);
    context.say(`A ${local.metadata.kind} called ${name}. Next: marketplace validate ${context.positionals[0] ?? "."}`);
    return 0;
  },
};

function kindOption(context: CommandContext): Kind | null {
  const kind = textOption(context, "kind");
  if (kind === undefined) return null;
  if (isKind(kind)) return kind;
  const near = nearestWord(kind, KINDS);
  throw new UsageError(
    `"${kind}" is not a kind. ${near ? `Did you mean ${near}?` : `These are: ${KINDS.join(", ")}.`}`,
  );
}

function nameFor(folder: string, given: string | undefined): string {
  if (given !== undefined && !isName(given))
    throw new UsageError(
      `"${given}" is no name: use a-z, 0-9 and single hyphens, as in --name ${slugify(given) ?? "my-skill"}`,
    );
  const name = given ?? slugify(basename(folder));
  if (name === null) throw new UsageError("The folder's name has no letters to make a name of: give one with --name.");
  return name;
}

async function writeMissing(folder: string, name: string, kind: Kind | null): Promise<string[]> {
  const present = await readdir(folder);
  if (present.includes(MARKETPLACE_TOML))
    throw conflict(`${join(folder, MARKETPLACE_TOML)} is there already; nothing was written.`);
  const empty = present.every((entry) => entry.startsWith("."));
  const files = empty ? skeletonOf(kind ?? "skill", name) : {};
  // Files of its own tell the kind; saying it again would only be something to forget.
  const stated = kind ?? (empty ? "skill" : await kindIn(folder));
  const toml = tomlOf(name, kind === null && !empty ? null : stated);
  const all = { ...files, [MARKETPLACE_TOML]: toml };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
  return Object.keys(all);
}

/** Throws VALIDATION_ERROR when the folder's files tell no kind: then it has to be given. */
const kindIn = async (folder: string): Promise<Kind> => (await openPackage(folder)).metadata.kind;

function tomlOf(name: string, kind: Kind | null): string {
  return `[asset]
${kind === null ? "" : `kind = "${kind}"\n`}name = "${name}"
version = "0.1.0"
# license = "Apache-2.0"
# tags = []
# categories = []

# [dependencies]
# "namespace/name" = "^1.0"
`;
}
