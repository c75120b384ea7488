import { createModelScanner, type Problem } from "./model-scanner.ts";
import { type MessageSchema, walkProtobuf } from "./protobuf-walker.ts";
import type { Scanner } from "./scanner.ts";

const NAMED = /\.onnx$/i;
const OUTSIDE = /^(?:[a-z][a-z0-9+.-]{1,20}:|\/|~|[A-Za-z]:[\\/]|\\)|(?:^|[\\/])\.\.(?:[\\/]|$)|\0/i;

// Of onnx.proto: only the way to where tensors lie outside of the file.
const ENTRY: MessageSchema = {
  name: "entry",
  fields: new Map([
    [1, "text"],
    [2, "text"],
  ]),
};
const TENSOR: MessageSchema = { name: "tensor", fields: new Map([[13, ENTRY]]) };
const GRAPH: MessageSchema = { name: "graph", fields: new Map() };
const ATTRIBUTE: MessageSchema = {
  name: "attribute",
  fields: new Map<number, MessageSchema>([
    [5, TENSOR],
    [6, GRAPH],
    [10, TENSOR],
    [11, GRAPH],
  ]),
};
const NODE: MessageSchema = { name: "node", fields: new Map([[5, ATTRIBUTE]]) };
const SPARSE: MessageSchema = {
  name: "sparse tensor",
  fields: new Map([
    [1, TENSOR],
    [2, TENSOR],
  ]),
};
GRAPH.fields.set(1, NODE).set(5, TENSOR).set(15, SPARSE);
const FUNCTION: MessageSchema = { name: "function", fields: new Map([[7, NODE]]) };
const MODEL: MessageSchema = {
  name: "model",
  fields: new Map<number, MessageSchema>([
    [7, GRAPH],
    [25, FUNCTION],
  ]),
};

/** Where an ONNX model says that its tensors lie: a path that leaves the model's folder reads files of whoever loads it. */
export const createOnnxScanner = (): Scanner =>
  createModelScanner({
    name: "onnx",
    version: "1",
    members: NAMED,
    remedy: "Save the tensors in the file itself, or in a file beside it under a plain name.",
    async problems({ path, source }, _kind, signal) {
      if (!NAMED.test(path)) return [];
      const outside = new Map<string, Problem>();
      let key = "";
      const text = (_message: MessageSchema, field: number, value: string) => {
        if (field === 1) key = value;
        else if (key === "location" && OUTSIDE.test(value) && outside.size < 20) {
          outside.set(value, {
            id: "outside-path",
            severity: "high",
            message: "Takes a tensor from a path outside of the model's folder.",
            excerpt: value,
          });
        }
      };
      await walkProtobuf(source, MODEL, { text }, signal);
      return [...outside.values()];
    },
  });
