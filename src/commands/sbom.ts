import { createWriteStream, existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { visible, visibleJson } from "../client/visible-text.ts";
import { AppError } from "../core/error.ts";
import { type Command, UsageError } from "./command.ts";
import { connect, onlyWord, readRef, selectorText, textOption } from "./session.ts";

/** Prints a version's bill of materials, or writes the server's exact bytes to a file. */
export const sbom: Command = {
  name: "sbom",
  summary: "Print the bill of materials of a version (CycloneDX)",
  usage: "sbom REF [--output FILE]",
  options: {
    output: { type: "string", short: "o", value: "FILE", help: "Write to a file instead of standard output." },
  },
  async run(context) {
    const { name, selector } = readRef(onlyWord(context.positionals, "an asset", sbom.usage));
    const output = textOption(context, "output");
    if (output === "") throw new UsageError(`Name a file: marketplace ${sbom.usage}`);
    const client = await connect(context);
    const bytes = await client.versions.sbom(name, selector ? selectorText(selector) : "latest");
    const bill = parseBill(bytes, client.url);
    if (output === undefined) {
      context.out(visibleJson(bill));
      return 0;
    }
    const target = resolve(context.cwd, output);
    if (!existsSync(dirname(target))) throw new UsageError(`There is no folder ${visible(dirname(target))}.`);
    await writeWhole(bytes, target);
    context.say(`Wrote ${visible(target)}.`);
    return 0;
  },
};

function parseBill(bytes: Uint8Array, url: string): object {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as { bomFormat?: unknown } | null;
    if (value?.bomFormat === "CycloneDX") return value;
  } catch {
    // Falls through to the same answer as JSON that is no bill.
  }
  throw new AppError("SERVICE_UNAVAILABLE", `${url} does not answer with a bill of materials. Check the address.`);
}

/** What is there under the name is a whole bill or what was there before. */
async function writeWhole(bytes: Uint8Array, target: string): Promise<void> {
  const temporary = `${target}.${process.pid}.part`;
  try {
    await pipeline([bytes], createWriteStream(temporary, { flags: "wx" }));
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
