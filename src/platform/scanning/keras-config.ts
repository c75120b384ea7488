import type { Problem } from "./model-scanner.ts";
import { judgeGlobal } from "./pickle-globals.ts";

const REMEDY = "Build the model from Keras's own layers, and publish weights as safetensors.";
const NODES = 500_000;
const OWN =
  /^(?:keras|tf_keras|keras_hub|keras_cv|keras_nlp|tensorflow|tensorflow_addons|tensorflow_probability)(?:\.|$)/;
const GADGET =
  /^(?:keras|tf_keras|tensorflow)\S{0,60}(?:get_file|load_model|load_weights|load_img|file_utils|io_utils|python_utils|func_load|model_from_json|enable_unsafe_deserialization|save_model|extract_archive|load_from_saved_model|read_file|write_file|py_function|numpy_function|load_op_library|system_config)/;
const OWN_LOADER = /^(?:TFSMLayer|TorchModuleWrapper|JaxLayer|FlaxLayer)$/;
const LOOKUP = /^(?:StringLookup|IntegerLookup|IndexLookup|TextVectorization|Hashing)$/;
const OUTSIDE = /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\/|~|[A-Za-z]:[\\/]|\\\\)|(?:^|[\\/])\.\.(?:[\\/]|$)/;
const PLAIN_BUILTINS = new Set(
  "function str int float bool list tuple dict set slice bytes complex NoneType object type".split(" "),
);

type Config = Record<string, unknown>;
const isObject = (value: unknown): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** Looks at every object of a Keras configuration, at any depth: what loading it would import, call or read. */
export function kerasProblems(config: unknown): Problem[] {
  const problems: Problem[] = [];
  const waiting: unknown[] = [config];
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen > NODES) {
      problems.push({
        id: "too-large",
        severity: "high",
        message: `Holds more than ${NODES} values, of which the rest was not looked at.`,
      });
      break;
    }
    const value = waiting.pop();
    if (isObject(value)) add(problems, value);
    if (typeof value === "object" && value !== null) for (const part of Object.values(value)) waiting.push(part);
  }
  return problems;
}

function add(problems: Problem[], node: Config): void {
  const problem = problemOf(node);
  if (problem !== null && !problems.some(({ id, excerpt }) => id === problem.id && excerpt === problem.excerpt)) {
    problems.push({ ...problem, remedy: REMEDY });
  }
}

function problemOf(node: Config): Problem | null {
  const name = textOf(node.class_name);
  const module = textOf(node.module);
  const config = isObject(node.config) ? node.config : {};
  if (
    name === "__lambda__" ||
    node.function_type === "lambda" ||
    (typeof node.code === "string" && "defaults" in node && "closure" in node)
  ) {
    return {
      id: "bytecode",
      severity: "critical",
      message: "Holds Python bytecode, which runs when the model is loaded or used.",
      excerpt: `${name || "function_type: lambda"}`,
    };
  }
  if (name === "Lambda") {
    const compiled =
      Array.isArray(config.function) || (isObject(config.function) && config.function.class_name === "__lambda__");
    return {
      id: "lambda-layer",
      severity: compiled ? "critical" : "high",
      message: compiled
        ? "Has a Lambda layer with Python bytecode, which runs when the model is loaded or used."
        : "Has a Lambda layer, which calls a function of any name when the model is used.",
      excerpt: textOf(config.name) || name,
    };
  }
  if (OWN_LOADER.test(name)) {
    return {
      id: "loads-file",
      severity: "high",
      message: "Has a layer that loads another format, pickles among them, when the model is loaded.",
      excerpt: name,
    };
  }
  if (LOOKUP.test(name)) {
    const vocabulary = textOf(config.vocabulary);
    return OUTSIDE.test(vocabulary)
      ? {
          id: "reads-file",
          severity: "high",
          message: "Reads a file or an address of its own choice when the model is loaded.",
          excerpt: vocabulary,
        }
      : null;
  }
  return name === "" && module === "" ? null : importProblem(module, name, node);
}

/** Loading imports `module` and calls `class_name` of it. */
function importProblem(module: string, name: string, node: Config): Problem | null {
  const full = `${module}.${name}`;
  const called = typeof node.config === "string" ? `${module}.${name}: ${node.config}` : full;
  if (module === "" || (module === "builtins" && PLAIN_BUILTINS.has(name))) return null;
  if (GADGET.test(full) || (name === "function" && GADGET.test(`${module}.${textOf(node.config)}`))) {
    return {
      id: "gadget",
      severity: "high",
      message: "Calls a function of Keras that fetches, unpacks or loads files.",
      excerpt: called,
    };
  }
  if (OWN.test(module)) return null;
  if (judgeGlobal(module, name) === "dangerous") {
    return {
      id: "dangerous-import",
      severity: "critical",
      message: "Imports what can start programs or evaluate text when the model is loaded.",
      excerpt: called,
    };
  }
  return {
    id: "foreign-module",
    severity: "medium",
    message: "Needs code that is not Keras's own: loading it imports that module.",
    excerpt: called,
  };
}
