import { gzipSync } from "node:zlib";
import { buildTar } from "../../src/platform/archives/fixtures/build-tar.ts";
import { buildZip } from "../../src/platform/archives/fixtures/build-zip.ts";

/** A package as a publisher has it: path → content. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Bytes that may be a request's body. */
export type Bytes = Buffer<ArrayBuffer>;

const entriesOf = (files: Files) =>
  Object.entries(files).map(([name, content]) => ({ name, data: Buffer.from(content as string) }));

/** A tar.gz of these files, written by other code than the product's. */
export const tarGz = (files: Files): Bytes => gzipSync(buildTar(entriesOf(files))) as Bytes;

/** A zip of these files, written by other code than the product's. */
export const zip = (files: Files): Bytes => buildZip(entriesOf(files)) as Bytes;

/** What a YAML front matter of a skill may say beside name and description. */
export interface SkillOptions {
  description?: string;
  body?: string;
  license?: string;
  /** `namespace/slug` → range. */
  needs?: Record<string, string>;
  tags?: string[];
  categories?: string[];
  files?: Files;
}

/** A harmless skill: SKILL.md, and marketplace.toml where something has to be said that SKILL.md cannot. */
export function skill(name: string, options: SkillOptions = {}): Files {
  const { description = `Helps with ${name}.`, body = `# ${name}\n\nDo it well.\n`, license = "MIT" } = options;
  const asset = [
    ...(options.tags ? [`tags = ${JSON.stringify(options.tags)}`] : []),
    ...(options.categories ? [`categories = ${JSON.stringify(options.categories)}`] : []),
  ];
  const needs = Object.entries(options.needs ?? {}).map(([ref, range]) => `"${ref}" = "${range}"`);
  const toml = [
    ...(asset.length > 0 ? ["[asset]", ...asset] : []),
    ...(needs.length > 0 ? ["[dependencies]", ...needs] : []),
  ];
  return {
    "SKILL.md": `---\nname: ${name}\ndescription: ${description}\nlicense: ${license}\n---\n${body}`,
    ...(toml.length > 0 ? { "marketplace.toml": `${toml.join("\n")}\n` } : {}),
    ...options.files,
  };
}
