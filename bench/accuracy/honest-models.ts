import { gzipSync } from "node:zlib";
import { ggufOf, safetensorsOf } from "../../src/platform/scanning/model-formats.fixture.ts";
import { zipOf } from "../../src/platform/scanning/target.fixture.ts";
import {
  bytes,
  call,
  dictionary,
  global,
  instance,
  longText,
  pickle,
  raw,
  small,
  stackGlobal,
  text,
} from "./pickle-writer.ts";

const storage = raw(
  "(",
  longText("storage"),
  global("torch", "FloatStorage"),
  longText("0"),
  longText("cpu"),
  small(4),
  "tQ",
);
const tensor = call(
  global("torch._utils", "_rebuild_tensor_v2"),
  storage,
  small(0),
  raw("(", small(4), "t"),
  raw("(", small(1), "t"),
  raw("\x89"),
  raw(global("collections", "OrderedDict"), ")R"),
);
const array = call(
  stackGlobal("numpy._core.multiarray", "_reconstruct"),
  stackGlobal("numpy", "ndarray"),
  raw("(", small(0), "t"),
  bytes(raw("b")),
);
const dtype = call(stackGlobal("numpy", "dtype"), text("f8"), raw(0x89), raw(0x88));

/** Harmless model files by name of sample and path. */
export const HONEST_MODELS: [name: string, files: Record<string, Uint8Array>][] = [
  [
    "torch--state-dict-zip",
    {
      "pytorch_model.bin": zipOf([
        { name: "archive/data.pkl", bytes: pickle(2, dictionary([longText("weight"), tensor])) },
        { name: "archive/data/0", bytes: new Uint8Array(16) },
        { name: "archive/version", bytes: raw("3\n") },
      ]),
    },
  ],
  [
    "torch--parameter",
    {
      "model.pt": zipOf([
        {
          name: "m/data.pkl",
          bytes: pickle(
            2,
            call(
              global("torch._utils", "_rebuild_parameter"),
              tensor,
              raw("\x88"),
              raw(global("collections", "OrderedDict"), ")R"),
            ),
          ),
        },
      ]),
    },
  ],
  [
    "torch--optimizer",
    {
      "optimizer.pt": zipOf([
        {
          name: "o/data.pkl",
          bytes: pickle(
            2,
            dictionary(
              [longText("state"), raw("}")],
              [longText("step"), call(global("torch", "Size"), raw("(t"))],
              [longText("lr"), small(1)],
            ),
          ),
        },
      ]),
    },
  ],
  ["numpy--array", { "vectors.pkl": pickle(4, array) }],
  [
    "numpy--scalar",
    { "mean.pkl": pickle(4, call(stackGlobal("numpy.core.multiarray", "scalar"), dtype, bytes(new Uint8Array(8)))) },
  ],
  [
    "sklearn--logistic",
    {
      "model.pkl": pickle(
        4,
        instance(
          stackGlobal("sklearn.linear_model._logistic", "LogisticRegression"),
          ["coef_", array],
          ["max_iter", small(100)],
          ["_sklearn_version", text("1.6.1")],
        ),
      ),
    },
  ],
  [
    "sklearn--pipeline-joblib",
    {
      "model.joblib": pickle(
        4,
        instance(stackGlobal("sklearn.pipeline", "Pipeline"), [
          "steps",
          raw(
            "](",
            instance(stackGlobal("sklearn.preprocessing._data", "StandardScaler"), ["mean_", array]),
            instance(stackGlobal("sklearn.ensemble._forest", "RandomForestClassifier"), ["n_estimators", small(10)]),
            "e",
          ),
        ]),
      ),
    },
  ],
  [
    "sklearn--gzip-joblib",
    {
      "tree.joblib": gzipSync(
        pickle(4, instance(stackGlobal("sklearn.tree._classes", "DecisionTreeClassifier"), ["max_depth", small(3)])),
      ),
    },
  ],
  [
    "sklearn--tfidf",
    {
      "vectorizer.pkl": pickle(
        4,
        instance(
          stackGlobal("sklearn.feature_extraction.text", "TfidfVectorizer"),
          ["dtype", stackGlobal("numpy", "float64")],
          ["vocabulary_", dictionary([text("system"), small(0)], [text("os"), small(1)])],
        ),
      ),
    },
  ],
  ["plain--dict", { "labels.pkl": pickle(4, dictionary([text("cat"), small(0)], [text("dog"), small(1)])) }],
  [
    "plain--strings-that-look-bad",
    { "vocab.pkl": pickle(4, "](", text("os.system"), text("eval"), text("subprocess"), text("rm -rf /"), "e") },
  ],
  [
    "plain--datetime",
    { "meta.pkl": pickle(4, call(stackGlobal("datetime", "datetime"), bytes(raw(7, 0xe9, 1, 1, 0, 0, 0, 0, 0, 0)))) },
  ],
  [
    "plain--ordered-set",
    {
      "names.pkl": pickle(
        4,
        dictionary(
          [text("a"), raw(stackGlobal("collections", "OrderedDict"), ")R")],
          [text("b"), call(stackGlobal("builtins", "set"), raw("](", text("x"), "e"))],
        ),
      ),
    },
  ],
  [
    "xgboost--booster",
    {
      "bst.pkl": pickle(
        4,
        instance(stackGlobal("xgboost.core", "Booster"), [
          "handle",
          call(stackGlobal("builtins", "bytearray"), bytes(raw("binf"))),
        ]),
      ),
    },
  ],
  [
    "safe-formats--safetensors",
    {
      "model.safetensors": safetensorsOf(
        { w: { dtype: "F32", shape: [2], data_offsets: [0, 8] }, __metadata__: { format: "pt" } },
        8,
      ),
      "config.json": raw('{"model_type":"bert"}'),
    },
  ],
  [
    "safe-formats--gguf",
    {
      "m.gguf": ggufOf({
        metadata: [
          ["general.architecture", "llama"],
          ["tokenizer.chat_template", "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"],
        ],
      }),
    },
  ],
  [
    "code--inference",
    {
      "config.json": raw('{"architectures":["BertModel"]}'),
      "infer.py": raw(
        "import torch\nsd = torch.load('model.bin', weights_only=True, map_location='cpu')\nprint(len(sd))\n",
      ),
    },
  ],
  [
    "code--modeling",
    {
      "config.json": raw('{"auto_map":{"AutoModel":"modeling_y.Y"}}'),
      "modeling_y.py": raw(
        "import torch\nfrom torch import nn\nclass Y(nn.Module):\n    def __init__(self, c):\n        super().__init__()\n        self.l = nn.Linear(c.dim, c.dim)\n    def forward(self, x):\n        return self.l(x)\n",
      ),
    },
  ],
];
