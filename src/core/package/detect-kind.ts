import type { Kind } from "../kind.ts";

/** A kind and the file that told it, whose metadata counts. */
export interface DetectedKind {
  kind: Kind;
  primary: string;
}

interface Rule {
  kind: Kind;
  /** The shortest matching path (then the first by name) is the primary file. Paths are compared in lower case. */
  primary: RegExp;
  /** When given, some other file must match it too. */
  beside?: RegExp;
  /** When given, the primary file's text must say so. */
  says?: RegExp;
}

const WEIGHTS =
  /\.(?:safetensors|gguf|ggml|onnx|pt|pth|ckpt|h5|keras|tflite|mlmodel|msgpack|pdparams|joblib)$|(?:^|\/)(?:pytorch_model[^/]*|model|adapter_model|diffusion_pytorch_model[^/]*)\.bin$/;
const DATA = /\.(?:parquet|arrow|csv|tsv|jsonl|ndjson)(?:\.gz|\.zst)?$|^data\/[^/]+\.(?:json|txt|zip|tar)$/;
const CARD = /^readme\.md$/;

/**
 * What tells a kind, in order of precedence: the first rule that matches decides. Formats of a known client come before
 * our own conventions, and a bundle before what it may be made of (a plugin holds skills and agents, a skill may hold data).
 */
const RULES: readonly Rule[] = [
  { kind: "plugin", primary: /^\.claude-plugin\/plugin\.json$/ },
  { kind: "skill", primary: /^skill\.md$/ },
  { kind: "mcp-server", primary: /^server\.json$/ },
  { kind: "mcp-server", primary: /^manifest\.json$/, says: /"(?:manifest_version|dxt_version)"/ },
  { kind: "agent", primary: /^agent\.md$/ },
  { kind: "agent", primary: /^[^/]+\.agent\.md$/ },
  { kind: "agent", primary: /^agents\/[^/]+\.md$/ },
  { kind: "prompt", primary: /^(?:prompts\/|\.github\/prompts\/)?[^/]+\.(?:prompt\.md|prompty|prompt\.ya?ml)$/ },
  { kind: "model-adapter", primary: CARD, beside: /^adapter_config\.json$/ },
  { kind: "model-adapter", primary: /^adapter_config\.json$/ },
  { kind: "evaluation", primary: /^(?:eval|evals|evaluation|promptfooconfig)\.(?:ya?ml|json)$/ },
  { kind: "evaluation", primary: /^(?:evals\/)?[^/]+\.eval\.(?:ya?ml|json)$/ },
  { kind: "workflow", primary: /^(?:workflow|langgraph)\.(?:ya?ml|json)$/ },
  { kind: "workflow", primary: /^[^/]+\.workflow\.(?:ya?ml|json)$/ },
  { kind: "tool", primary: /^tool\.(?:ya?ml|json)$/ },
  { kind: "tool", primary: /^[^/]+\.tool\.(?:ya?ml|json)$/ },
  { kind: "integration", primary: /^integration\.(?:ya?ml|json)$/ },
  { kind: "integration", primary: /^openapi\.(?:ya?ml|json)$/ },
  { kind: "model", primary: CARD, beside: WEIGHTS },
  { kind: "model", primary: WEIGHTS },
  { kind: "dataset", primary: CARD, beside: DATA },
  { kind: "dataset", primary: DATA },
];

/** Recognises a package by the names of its files (and, for one generic name, its text); null when nothing is known. */
export async function detectKind(
  paths: readonly string[],
  text: (path: string) => Promise<string | null>,
): Promise<DetectedKind | null> {
  for (const rule of RULES) {
    const primary = shortest(paths.filter((path) => rule.primary.test(path.toLowerCase())));
    if (primary === null) continue;
    if (rule.beside && !paths.some((path) => rule.beside!.test(path.toLowerCase()))) continue;
    if (rule.says && !rule.says.test((await text(primary)) ?? "")) continue;
    return { kind: rule.kind, primary };
  }
  return null;
}

/** The primary file of a kind that the publisher named: as detected if it agrees, else any file that would tell it. */
export function primaryOf(kind: Kind, paths: readonly string[]): string | null {
  for (const rule of RULES) {
    if (rule.kind !== kind) continue;
    const primary = shortest(paths.filter((path) => rule.primary.test(path.toLowerCase())));
    if (primary !== null) return primary;
  }
  return readmeOf(paths);
}

/** Why nothing was recognised, and what to do about it. */
export function unknownKindAdvice(paths: readonly string[]): string {
  const deep = shortest(
    paths.filter((path) => /\/(?:skill\.md|\.claude-plugin\/plugin\.json|server\.json|agent\.md)$/i.test(path)),
  );
  const folder = deep?.replace(/\/(?:\.claude-plugin\/)?[^/]+$/, "");
  if (deep) return `${deep} is in a folder: publish the folder ${folder} itself.`;
  if (paths.some((path) => /^\.claude-plugin\/marketplace\.json$/i.test(path)))
    return "This is a marketplace of plugins: publish each plugin's own folder.";
  return (
    "No file tells what this is. Add one that does (SKILL.md, .claude-plugin/plugin.json, server.json, AGENT.md, a *.prompt.md, " +
    'a model card with weights or data), or a marketplace.toml with kind = "…" under [asset].'
  );
}

export function readmeOf(paths: readonly string[]): string | null {
  for (const name of ["readme.md", "readme.markdown", "readme.txt", "readme"]) {
    const found = paths.find((path) => path.toLowerCase() === name);
    if (found) return found;
  }
  return null;
}

function shortest(paths: readonly string[]): string | null {
  let best: string | null = null;
  for (const path of paths)
    if (best === null || path.length < best.length || (path.length === best.length && path < best)) best = path;
  return best;
}
