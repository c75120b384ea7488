import type { ModelFile } from "./model-files.ts";
import { createModelScanner, type Problem } from "./model-scanner.ts";
import type { Scanner } from "./scanner.ts";

const CONFIG =
  /(?:^|\/)(?:config|tokenizer_config|processor_config|preprocessor_config|generation_config|model_index|modules|adapter_config)\.json$/i;
const TORCHSCRIPT = /!\/(?:.*\/)?code\/.*\.py$/i;
/** Files that loaders import by their names when they are allowed to. */
const LOADED_BY_NAME =
  /^(?:.*\/)?(?:(?:modeling|configuration|tokenization|processing|image_processing|feature_extraction)_\w{1,80}|handler|pipeline|hubconf)\.py$/;
const LIMIT = 16 * 1024 * 1024;
const SCRIPT_FILES =
  /\b(?:torch\.from_file|ops\.aten\.from_file|torch\.save|ops\.aten\.save|torch\.load|prim\.PythonOp|\^\w{1,60}\()|\bops\.(?!aten|prim|prims|torch|quantized|quantized_decomposed|torchvision|torchaudio|inductor|_caffe2|onnx|rnn|profiler|cuda|xnnpack|prepacked|mkldnn)([a-z_]\w{0,60})\./;
const REMEDY =
  "Publish a model whose architecture the library knows, or say in the README why it needs code and what that does.";

/** Code that comes with a model: `auto_map` and its like in configurations, and operations in TorchScript. */
export const createModelCodeScanner = (): Scanner =>
  createModelScanner({
    name: "model-code",
    version: "1",
    members: /(?:^|\/)code\/.*\.py$/i,
    remedy: REMEDY,
    async problems(file, kind) {
      if ((kind === "model" || kind === "model-adapter") && LOADED_BY_NAME.test(file.path)) return [LOADED];
      const script = TORCHSCRIPT.test(file.path);
      if ((!script && !CONFIG.test(file.path)) || file.source.size > LIMIT) return [];
      const text = new TextDecoder().decode(await file.source.read(0, file.source.size));
      return script ? scriptProblems(text) : configProblems(file, text);
    },
  });

const LOADED: Problem = {
  id: "loaded-script",
  severity: "low",
  message: "Is Python code that loaders import with the model when they are allowed to.",
};

function scriptProblems(text: string): Problem[] {
  const found = SCRIPT_FILES.exec(text);
  if (!found) return [];
  return [
    {
      id: "torchscript-operation",
      severity: found[1] === undefined ? "high" : "medium",
      message:
        found[1] === undefined
          ? "Is TorchScript that reads or writes files, or calls Python."
          : "Is TorchScript that needs an operation out of another library.",
      excerpt: found[0],
    },
  ];
}

function configProblems({ path }: ModelFile, text: string): Problem[] {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    // Loaders refuse it as well.
    return [];
  }
  if (typeof config !== "object" || config === null) return [];
  const lineOf = (key: string): number => {
    const at = text.indexOf(`"${key}"`);
    return at === -1 ? 1 : text.slice(0, at).split("\n").length;
  };
  if (/modules\.json$/i.test(path)) return moduleProblems(config);
  const settings = config as Record<string, unknown>;
  const problems: Problem[] = [];
  for (const key of ["auto_map", "custom_pipelines"]) {
    const classes = textsOf(settings[key]);
    if (classes.length > 0) problems.push(codeProblem(classes, lineOf(key)));
  }
  if (settings.trust_remote_code === true) {
    problems.push({
      id: "trusts-code",
      severity: "medium",
      message: "Asks the loader to trust code that comes with the model.",
      excerpt: "trust_remote_code: true",
      line: lineOf("trust_remote_code"),
    });
  }
  return problems;
}

/** `module.Class`, or `owner/repository--module.Class` for code that is not even here. */
function codeProblem(classes: readonly string[], line: number): Problem {
  const foreign = classes.find((name) => name.includes("--"));
  return foreign === undefined
    ? {
        id: "custom-code",
        severity: "medium",
        message: "Loading this model with trust_remote_code runs Python code that comes with it.",
        excerpt: classes.join(", "),
        line,
      }
    : {
        id: "remote-code",
        severity: "high",
        message:
          "Loading this model with trust_remote_code runs Python code of another place, which may change at any time.",
        excerpt: foreign,
        line,
      };
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value)
    .flatMap((each) => (Array.isArray(each) ? each : [each]))
    .filter((each) => typeof each === "string")
    .slice(0, 50);
}

/** Sentence-transformers: each module's `type` is a class to import. */
function moduleProblems(config: object): Problem[] {
  const types = Object.values(config).map((each) => (each as { type?: unknown } | null)?.type);
  const foreign = types.filter(
    (type) => typeof type === "string" && !/^(?:sentence_transformers|torch\.nn)\./.test(type),
  );
  return foreign.length === 0
    ? []
    : [
        {
          id: "custom-code",
          severity: "medium",
          message: "Loading this model imports classes that are not sentence-transformers' own.",
          excerpt: foreign.slice(0, 5).join(", "),
        },
      ];
}
