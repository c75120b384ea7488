import { createWriteStream } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type LocalPackage, openPackage, slugOf } from "../client/local-package.ts";
import { visible, visibleJson } from "../client/visible-text.ts";
import { type Command, UsageError } from "./command.ts";
import { warningLines } from "./package-text.ts";
import { onlyWord, textOption } from "./session.ts";
import { createProgress, sizeText } from "./terminal.ts";

/** Writes the tar.gz that `publish` would send: the same bytes on every machine. */
export const pack: Command = {
  name: "pack",
  summary: "Write the archive that publish would send",
  usage: "pack PATH [-o FILE]",
  options: {
    output: { type: "string", short: "o", value: "FILE", help: "Where to (default NAME-VERSION.tar.gz here)." },
  },
  async run(context) {
    const path = resolve(context.cwd, onlyWord(context.positionals, "a folder or file", pack.usage));
    const local = await openPackage(path);
    if (local.form === "archive") throw new UsageError(`${visible(path)} is an archive already.`);
    const target = await targetOf(local, context.cwd, textOption(context, "output"));
    const progress = createProgress(context.quiet);
    let done = 0;
    const body = local.body((bytes) => {
      done += bytes;
      progress.show("Packing", done, local.bodySize);
    });
    await writeWhole(body as ReadableStream<Uint8Array>, target);
    progress.end();
    const { size } = await stat(target);
    for (const line of warningLines(local.warnings)) context.say(line);
    const { digest } = local.manifest;
    const files = local.source.files.length;
    if (context.json) context.out(visibleJson({ path: target, size, files, digest }));
    else context.out(visible(target));
    context.say(`${files} files, ${sizeText(size)}, digest ${digest}`);
    return 0;
  },
};

async function targetOf(local: LocalPackage, cwd: string, given: string | undefined): Promise<string> {
  if (given !== undefined && !/\.(?:tar\.gz|tgz)$/.test(given))
    throw new UsageError(`An archive is written as tar.gz: name it so, not ${visible(given)}.`);
  const name = `${slugOf(local, undefined)}-${local.metadata.version ?? local.manifest.digest.slice(7, 19)}.tar.gz`;
  const target = resolve(cwd, given ?? name);
  const folder = await realpath(dirname(target)).catch(() => {
    throw new UsageError(`There is no folder ${visible(dirname(target))}.`);
  });
  const inside = relative(await realpath(local.path), folder);
  if (local.form === "folder" && inside !== ".." && !inside.startsWith(`..${sep}`))
    throw new UsageError(
      "The archive would lie in the folder that it packs, and be part of the next one: name another place with -o.",
    );
  return join(folder, target.slice(dirname(target).length + 1));
}

/** What is there under the name is a whole archive or what was there before. */
async function writeWhole(body: ReadableStream<Uint8Array>, target: string): Promise<void> {
  const temporary = `${target}.${process.pid}.part`;
  try {
    await pipeline(Readable.fromWeb(body as never), createWriteStream(temporary, { flags: "wx" }));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
