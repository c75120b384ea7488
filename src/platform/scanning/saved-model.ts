import { Unreadable } from "./byte-cursor.ts";
import { createModelScanner, type Problem } from "./model-scanner.ts";
import { type MessageSchema, walkProtobuf } from "./protobuf-walker.ts";
import type { Scanner } from "./scanner.ts";

const REMEDY =
  "Export the model without operations that touch files, addresses or Python, or publish its weights as safetensors.";
const SAVED = /(?:^|\/)saved_model\.pb$/i;
const GRAPH = /(?:graph|frozen|model)[\w.-]{0,40}\.pb$/i;

const schema = (name: string, fields: [number, MessageSchema | "text"][]): MessageSchema => ({
  name,
  fields: new Map(fields),
});
// Of tensorflow/core/protobuf and framework: only the way to the operations, and the texts of their attributes.
const ATTRIBUTE_VALUE = schema("value", [[2, "text"]]);
const ATTRIBUTE = schema("attribute", [
  [1, "text"],
  [2, ATTRIBUTE_VALUE],
]);
const NODE = schema("node", [
  [1, "text"],
  [2, "text"],
  [5, ATTRIBUTE],
]);
const FUNCTION = schema("function", [[3, NODE]]);
const LIBRARY = schema("library", [[1, FUNCTION]]);
const GRAPH_DEF = schema("graph", [
  [1, NODE],
  [2, LIBRARY],
]);
const SAVED_MODEL = schema("saved model", [[2, schema("meta graph", [[2, GRAPH_DEF]])]]);

interface Judgement {
  id: string;
  severity: Problem["severity"];
  message: string;
}
const FILES: Judgement = {
  id: "file-operation",
  severity: "high",
  message: "Reads, writes or lists files of whoever runs the model.",
};
const PYTHON: Judgement = { id: "python-operation", severity: "high", message: "Calls Python code out of the graph." };
const SENDS: Judgement = {
  id: "network-operation",
  severity: "high",
  message: "Sends data to an address, or writes it where it is told to.",
};
const READS: Judgement = {
  id: "reads-data",
  severity: "medium",
  message: "Reads data from files that it names itself.",
};
const OPERATIONS = new Map<string, Judgement>([
  ...[
    "ReadFile",
    "WriteFile",
    "MatchingFiles",
    "WholeFileReader",
    "WholeFileReaderV2",
    "SaveDataset",
    "SaveDatasetV2",
    "DistributedSave",
    "SnapshotDataset",
    "SnapshotDatasetV2",
    "DatasetToTFRecord",
    "LookupTableExportV2File",
  ].map((op) => [op, FILES] as const),
  ...["PyFunc", "PyFuncStateless", "EagerPyFunc", "LoadLibrary", "GeneratorDataset_Py", "NumpyFunction"].map(
    (op) => [op, PYTHON] as const,
  ),
  ...[
    "DebugIdentity",
    "DebugIdentityV2",
    "DebugIdentityV3",
    "DebugNanCount",
    "DebugNumericSummary",
    "Rpc",
    "TryRpc",
    "RpcCall",
    "RpcClient",
    "CreateSummaryDbWriter",
  ].map((op) => [op, SENDS] as const),
  ...[
    "TextLineReader",
    "TextLineReaderV2",
    "TextLineDataset",
    "TFRecordReader",
    "TFRecordReaderV2",
    "TFRecordDataset",
    "TFRecordDatasetV2",
    "FixedLengthRecordReader",
    "FixedLengthRecordReaderV2",
    "FixedLengthRecordDataset",
    "FixedLengthRecordDatasetV2",
    "LoadDataset",
    "CSVDataset",
    "CSVDatasetV2",
    "SqlDataset",
    "LMDBReader",
    "LMDBDataset",
    "CreateSummaryFileWriter",
  ].map((op) => [op, READS] as const),
]);

/** Operations in TensorFlow graphs (saved_model.pb, frozen graphs) that reach files, the network or Python. */
export const createSavedModelScanner = (): Scanner =>
  createModelScanner({
    name: "saved-model",
    version: "1",
    members: /\.pb$/i,
    remedy: REMEDY,
    async problems({ path, source }, _kind, signal) {
      if (SAVED.test(path)) return operations(SAVED_MODEL, source, signal);
      if (!GRAPH.test(path)) return [];
      try {
        return await operations(GRAPH_DEF, source, signal);
      } catch (error) {
        // Under such a name it may be another program's message altogether.
        if (error instanceof Unreadable) return [];
        throw error;
      }
    },
  });

async function operations(
  of: MessageSchema,
  source: Parameters<typeof walkProtobuf>[0],
  signal: AbortSignal,
): Promise<Problem[]> {
  const found = new Map<string, Problem>();
  let node = "";
  let operation = "";
  const add = (judgement: Judgement, excerpt: string) => {
    if (!found.has(operation)) found.set(operation, { ...judgement, excerpt });
  };
  const fault = await walkProtobuf(
    source,
    of,
    {
      begin(message) {
        if (message === NODE) node = operation = "";
      },
      text(message, field, value) {
        if (message === NODE && field === 1) node = value;
        else if (message === NODE) operation = value;
        // tf.print writes into a file when its stream is one.
        else if (message === ATTRIBUTE_VALUE && operation === "PrintV2" && value.startsWith("file://"))
          add(FILES, `PrintV2 ${value}`);
      },
      end(message) {
        const judgement = message === NODE ? OPERATIONS.get(operation) : undefined;
        if (judgement) add(judgement, `${operation} in ${node}`);
      },
    },
    signal,
  ).catch((error: unknown) => {
    if (error instanceof Unreadable && found.size > 0) return error;
    throw error;
  });
  const problems = [...found.values()];
  return fault === undefined
    ? problems
    : [...problems, { id: "unreadable", severity: "high", message: `Cannot be read to its end: ${fault.message}.` }];
}
