import { describe, expect, test } from "bun:test";
import { createKerasScanner } from "./keras.ts";
import { createModelCodeScanner } from "./model-code.ts";
import { field, message, npyOf, savedModelOf } from "./model-formats.fixture.ts";
import { withNestedFiles } from "./nested-files.ts";
import { createNumpyScanner } from "./numpy.ts";
import { createOnnxScanner } from "./onnx.ts";
import { createPickleScanner } from "./pickle.ts";
import { createSavedModelScanner } from "./saved-model.ts";
import type { Scanner } from "./scanner.ts";
import { scanWith, targetOf, zipOf } from "./target.fixture.ts";

const found = async (scanner: Scanner, files: Record<string, string | Uint8Array>) => {
  const target = await withNestedFiles(targetOf(files, { kind: "model" }), new AbortController().signal);
  return (await scanWith(scanner, target)).map(({ ruleId, severity }) => `${ruleId} ${severity}`);
};

describe("numpy", () => {
  const numpy = createNumpyScanner();
  const array = (header: string, data: Uint8Array | number = 0) =>
    npyOf(header, typeof data === "number" ? new Uint8Array(data) : data);
  const header = (descr: string, shape: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
  const SYSTEM = Buffer.from("cos\nsystem\n(S'id'\ntR.");

  test.each<[string, string, number]>([
    ["numbers", header("'<f4'", "(2, 3)"), 24],
    ["one number", header("'<i8'", "()"), 8],
    ["text", header("'<U4'", "(2,)"), 32],
    ["truth", header("'|b1'", "(5,)"), 5],
    ["fields", header("[('x', '<f4'), ('y', '<i2', (2,))]", "(1,)"), 8],
    ["dates", header("'<M8[ns]'", "(2,)"), 16],
  ])("nothing: %s", async (_name, text, size) =>
    expect(await found(numpy, { "a.npy": array(text, size) })).toEqual([]),
  );

  test.each<[string, Uint8Array, string]>([
    ["objects", array(header("'|O'", "(1,)"), SYSTEM), "numpy/objects medium"],
    ["objects in a field", array(header("[('a', '<f4'), ('b', 'O')]", "(1,)"), SYSTEM), "numpy/objects medium"],
    [
      "a call",
      array("{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1,)}"),
      "numpy/no-literal high",
    ],
    ["something after it", array(`${header("'<f4'", "(1,)")}; import os`), "numpy/no-literal high"],
    [
      "a key too many",
      array("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}"),
      "numpy/no-literal high",
    ],
    [
      "a key twice",
      array("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}"),
      "numpy/no-literal high",
    ],
    ["bytes after the array", array(header("'<f4'", "(1,)"), 12), "numpy/length-mismatch high"],
    ["a header beyond the end", Buffer.from("\x93NUMPY\x01\x00\xff\xff{", "latin1"), "numpy/beyond-end high"],
    ["another file", Buffer.from("hello"), "numpy/no-array medium"],
  ])("%s", async (_name, bytes, expected) => expect(await found(numpy, { "a.npy": bytes })).toEqual([expected]));

  test("in .npz, and its pickle is walked, behind any header that speaks of objects", async () => {
    const bytes = array(header("[('a', '<f4'), ('b', '|O')]", "(1,)"), SYSTEM);
    const files = { "a.npz": zipOf([{ name: "arr_0.npy", bytes }]) };
    expect(await found(numpy, files)).toEqual(["numpy/objects medium"]);
    expect(await found(createPickleScanner(), files)).toContain("pickle/dangerous-import critical");
    const odd = array("{'descr': '|O', 'fortran_order': x, 'shape': (1,)}", SYSTEM);
    expect(await found(createPickleScanner(), { "a.npy": odd })).toEqual(["pickle/dangerous-import critical"]);
  });
});

describe("keras", () => {
  const keras = createKerasScanner();
  const layer = (class_name: string, config: object, more: object = {}) => ({
    module: "keras.layers",
    class_name,
    config,
    registered_name: null,
    ...more,
  });
  const model = (...layers: object[]) => ({
    module: "keras",
    class_name: "Sequential",
    config: { name: "m", layers },
    keras_version: "3.9.0",
  });
  const LAMBDA = { class_name: "__lambda__", config: { code: "4wEAAAA=", defaults: null, closure: null } };
  const inArchive = (config: object) => ({
    "m.keras": zipOf([{ name: "config.json", bytes: Buffer.from(JSON.stringify(config)) }]),
  });
  const inHdf5 = (config: object) => ({
    "m.h5": Buffer.concat([
      Buffer.from("\x89HDF\r\n\x1a\n", "latin1"),
      Buffer.alloc(70_000, 1),
      Buffer.from(JSON.stringify(config)),
      Buffer.alloc(3_000),
    ]),
  });

  test("Keras's own layers are nothing", async () => {
    const plain = model(
      layer("Dense", {
        units: 2,
        activation: "relu",
        kernel_initializer: { module: "keras.initializers", class_name: "GlorotUniform", config: { seed: null } },
      }),
      layer("StringLookup", { vocabulary: ["a", "b"] }),
      layer("Activation", {
        activation: { module: "builtins", class_name: "function", config: "relu", registered_name: "function" },
      }),
    );
    expect(await found(keras, inArchive(plain))).toEqual([]);
    expect(await found(keras, inHdf5(plain))).toEqual([]);
    expect(await found(keras, { "config.json": '{"model_type": "llama", "hidden_size": 8}' })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["bytecode", layer("Lambda", { function: LAMBDA }), "keras/bytecode critical"],
    [
      "an older Lambda",
      layer("Lambda", { function: ["4wEAAAA=", null, null], function_type: "lambda" }),
      "keras/lambda-layer critical",
    ],
    ["a Lambda by name", layer("Lambda", { function: "gelu", function_type: "function" }), "keras/lambda-layer high"],
    ["a module of Python's", layer("system", {}, { module: "os" }), "keras/dangerous-import critical"],
    ["a builtin", layer("eval", {}, { module: "builtins" }), "keras/dangerous-import critical"],
    [
      "a module of somebody's",
      layer("Attention", {}, { module: "my_layers.attention" }),
      "keras/foreign-module medium",
    ],
    [
      "a gadget of Keras",
      layer("function", {}, { module: "keras.utils", class_name: "get_file" }),
      "keras/gadget high",
    ],
    ["a layer that loads", layer("TFSMLayer", { filepath: "x" }), "keras/loads-file high"],
    ["a vocabulary elsewhere", layer("StringLookup", { vocabulary: "/etc/passwd" }), "keras/reads-file high"],
  ])("%s", async (_name, bad, expected) => {
    expect(await found(keras, inArchive(model(bad)))).toContain(expected);
    expect(await found(keras, inHdf5(model(layer("Dense", {}), bad)))).toContain(expected);
  });

  test("HDF5 whose configuration is in pieces is matched by its lines", async () => {
    const bytes = inHdf5(model(layer("Lambda", { function: "f" })))["m.h5"];
    expect(await found(keras, { "m.hdf5": bytes.subarray(0, bytes.length - 3_050) })).toEqual([
      "keras/lambda-layer high",
    ]);
  });
});

describe("TensorFlow", () => {
  const tensorflow = createSavedModelScanner();
  test.each<[string, string[], string[]]>([
    ["an ordinary graph", ["Placeholder", "MatMul", "SaveV2", "RestoreV2", "StatefulPartitionedCall", "PrintV2"], []],
    [
      "files",
      ["MatMul", "ReadFile", "WriteFile"],
      ["saved-model/file-operation high", "saved-model/file-operation high"],
    ],
    ["Python", ["EagerPyFunc"], ["saved-model/python-operation high"]],
    ["the network", ["DebugIdentityV3"], ["saved-model/network-operation high"]],
    ["data", ["TextLineDataset"], ["saved-model/reads-data medium"]],
  ])("%s", async (_name, operations, expected) => {
    expect(await found(tensorflow, { "saved_model.pb": savedModelOf(operations) })).toEqual(expected);
    expect(await found(tensorflow, { "sub/saved_model.pb": savedModelOf(operations, true) })).toEqual(expected);
  });

  test("a word in a constant is no operation; broken after the harm is still the harm", async () => {
    const text = message(field(2, field(2, field(1, message(field(1, "WriteFile"), field(2, "Const"))))));
    expect(await found(tensorflow, { "saved_model.pb": text })).toEqual([]);
    const broken = Buffer.concat([savedModelOf(["PyFunc"]), Buffer.from([0x12, 0xff])]);
    expect(await found(tensorflow, { "saved_model.pb": broken })).toEqual([
      "saved-model/python-operation high",
      "saved-model/unreadable high",
    ]);
  });

  test("printing into a file", async () => {
    const attribute = message(field(1, "output_stream"), field(2, field(2, "file:///home/x/.bashrc")));
    const node = message(field(1, "p"), field(2, "PrintV2"), field(5, attribute));
    expect(await found(tensorflow, { "saved_model.pb": field(2, field(2, field(1, node))) })).toEqual([
      "saved-model/file-operation high",
    ]);
  });
});

describe("ONNX", () => {
  const onnx = createOnnxScanner();
  const tensorAt = (location: string) =>
    message(field(8, "weight"), field(13, message(field(1, "location"), field(2, location))), field(14, 1));
  const inGraph = (location: string) => ({ "m.onnx": message(field(1, 8), field(7, field(5, tensorAt(location)))) });
  const inSubgraph = (location: string) => ({
    "m.onnx": field(7, field(1, field(5, field(6, field(1, field(5, field(5, tensorAt(location)))))))),
  });
  test.each(["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "\\\\host\\share", "file:///x"])(
    "%s",
    async (location) => {
      expect(await found(onnx, inGraph(location))).toEqual(["onnx/outside-path high"]);
      expect(await found(onnx, inSubgraph(location))).toEqual(["onnx/outside-path high"]);
    },
  );
  test("a file beside it is nothing", async () => {
    expect(await found(onnx, inGraph("model.onnx_data"))).toEqual([]);
    expect(await found(onnx, inSubgraph("weights/..data"))).toEqual([]);
  });
});

describe("code of models", () => {
  const code = createModelCodeScanner();
  test.each<[string, string, object, string[]]>([
    ["an ordinary configuration", "config.json", { model_type: "llama", architectures: ["X"] }, []],
    ["code beside it", "config.json", { auto_map: { AutoModel: "modeling_x.X" } }, ["model-code/custom-code medium"]],
    [
      "code elsewhere",
      "config.json",
      { auto_map: { AutoTokenizer: ["someone/repo--tok.T", null] } },
      ["model-code/remote-code high"],
    ],
    ["asked-for trust", "tokenizer_config.json", { trust_remote_code: true }, ["model-code/trusts-code medium"]],
    ["own modules", "modules.json", [{ type: "sentence_transformers.models.Pooling" }], []],
    ["foreign modules", "modules.json", [{ type: "custom_st.Transformer" }], ["model-code/custom-code medium"]],
  ])("%s", async (_name, path, config, expected) => {
    expect(await found(code, { [path]: JSON.stringify(config) })).toEqual(expected);
  });
  test("code that loaders import by its name, in models alone", async () => {
    const files = { "modeling_x.py": "class X: pass", "prepare.py": "print(1)" };
    expect(await found(code, files)).toEqual(["model-code/loaded-script low"]);
    expect(await scanWith(code, targetOf(files, { kind: "skill" }))).toEqual([]);
  });
  test("TorchScript that touches files or other libraries", async () => {
    const script = (text: string) => ({
      "m.pt": zipOf([{ name: "m/code/__torch__/m.py", bytes: Buffer.from(text) }]),
    });
    expect(await found(code, script("return torch.add(x, ops.aten.relu(y))"))).toEqual([]);
    expect(await found(code, script('y = torch.from_file("/etc/passwd")'))).toEqual([
      "model-code/torchscript-operation high",
    ]);
    expect(await found(code, script("y = ops.mylib.run(x)"))).toEqual(["model-code/torchscript-operation medium"]);
  });
});
