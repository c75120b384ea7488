import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { KINDS, type Kind } from "../../src/core/kind.ts";
import { writeOut } from "./marks.ts";

/** One asset as it would be published. */
export interface Sample {
  name: string;
  kind: Kind;
  files: { path: string; bytes: Uint8Array }[];
}

/** A sample whose label is known. `technique` groups those that try, or look like, the same thing. */
export interface LabelledSample extends Sample {
  class: string;
  technique: string;
  harmful: boolean;
}

/** A folder's name says the kind of what it holds: `skills`, `mcp-servers` …; anything else is treated as skills. */
export const kindOf = (folder: string): Kind =>
  KINDS.find((kind) => `${kind}s` === folder || kind === folder) ?? "skill";

/** What comes before `--` in a sample's name. */
export const techniqueOf = (name: string): string => (name.includes("--") ? name.slice(0, name.indexOf("--")) : "");

/** The asset at `path`: a folder with all its files, or a single file, which a skill calls SKILL.md. */
export async function readSample(path: string, kind: Kind): Promise<Sample> {
  const name = basename(path);
  if (!(await stat(path)).isDirectory()) {
    const file = kind === "skill" && name.endsWith(".md") ? "SKILL.md" : name;
    return { name, kind, files: [{ path: file, bytes: writeOut(await readFile(path)) }] };
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();
  const files: Sample["files"] = [];
  for (const file of names) files.push({ path: file, bytes: writeOut(await readFile(join(path, file))) });
  return { name, kind, files };
}

/** The samples of `folder`: `prompts.json` (`[{text, label}]`) and `<class>/{malicious,benign}/*`, class by class. */
export async function readLabelled(folder: string): Promise<Map<string, LabelledSample[]>> {
  const classes = new Map<string, LabelledSample[]>();
  const add = (samples: LabelledSample[]): void => {
    for (const sample of samples) classes.set(sample.class, [...(classes.get(sample.class) ?? []), sample]);
  };
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name === "prompts.json") add(promptsOf(JSON.parse(await readFile(path, "utf8"))));
    else if (entry.isDirectory()) add(await readClass(path));
  }
  return classes;
}

const promptsOf = (prompts: { text: string; label: boolean | number }[]): LabelledSample[] =>
  prompts.map(({ text, label }, i) => ({
    name: `prompts.json #${i}`,
    class: "prompts",
    technique: "",
    kind: "prompt",
    harmful: Boolean(label),
    files: [{ path: "prompt.txt", bytes: Buffer.from(text) }],
  }));

async function readClass(folder: string): Promise<LabelledSample[]> {
  const samples: LabelledSample[] = [];
  const name = basename(folder);
  const present = await readdir(folder);
  for (const label of ["malicious", "benign"].filter((each) => present.includes(each))) {
    for (const entry of (await readdir(join(folder, label))).sort()) {
      const sample = await readSample(join(folder, label, entry), kindOf(name));
      samples.push({ ...sample, class: name, technique: techniqueOf(entry), harmful: label === "malicious" });
    }
  }
  return samples;
}
