import { expect, test } from "bun:test";
import { createChatTemplateScanner } from "./chat-template.ts";
import { createGgufScanner } from "./gguf.ts";
import { type GgufParts, ggufOf } from "./model-formats.fixture.ts";
import { scanWith, targetOf } from "./target.fixture.ts";

const scanner = createGgufScanner();
const scan = async (bytes: Uint8Array, path = "m.gguf", by = scanner) =>
  (await scanWith(by, targetOf({ [path]: bytes }, { kind: "model" }))).map(
    (finding) => `${finding.ruleId} ${finding.severity}`,
  );
const found = (parts: GgufParts) => scan(ggufOf(parts));
const tensor = (name: string, offset: number, shape: (number | bigint)[] = [8], type = 0) => ({
  name,
  offset,
  shape,
  type,
});
const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

const ORDINARY: GgufParts = {
  metadata: [
    ["general.architecture", "llama"],
    ["general.alignment", 32],
    ["general.source.url", "https://example.org/models/tiny"],
    ["tokenizer.ggml.tokens", ["<s>", "</s>", "hello", "__import__('os')"]],
    ["tokenizer.ggml.scores", { type: 9, bytes: Buffer.concat([Buffer.from([6, 0, 0, 0]), u64(2n), Buffer.alloc(8)]) }],
    ["tokenizer.ggml.add_bos_token", { type: 7, bytes: Buffer.from([1]) }],
  ],
  tensors: [tensor("token_embd.weight", 0, [8, 2]), tensor("output.weight", 64, [32, 2], 8), tensor("norm", 160, [4])],
  data: 192,
};

test("an ordinary file is nothing, in either version and byte order", async () => {
  expect(await found(ORDINARY)).toEqual([]);
  expect(await found({ ...ORDINARY, version: 2 })).toEqual([]);
  const big = ORDINARY.metadata!.filter(([key]) => !key.includes("scores"));
  expect(await found({ ...ORDINARY, metadata: big, big: true })).toEqual([]);
});

test.each<[string, GgufParts, string]>([
  ["an unknown version", { version: 77 }, "gguf/unreadable high"],
  ["tensors without end", { tensorCount: 2n ** 62n }, "gguf/unreadable high"],
  ["more metadata than bytes", { pairCount: 90_000 }, "gguf/unreadable high"],
  ["a text beyond the end", { metadata: [["a", { type: 8, bytes: u64(2n ** 40n) }]] }, "gguf/unreadable high"],
  ["a length of 2^64-1", { metadata: [["a", { type: 8, bytes: u64(2n ** 64n - 1n) }]] }, "gguf/unreadable high"],
  [
    "a list beyond the end",
    { metadata: [["a", { type: 9, bytes: Buffer.concat([Buffer.from([4, 0, 0, 0]), u64(2n ** 40n)]) }]] },
    "gguf/unreadable high",
  ],
  ["an unknown type of value", { metadata: [["a", { type: 99, bytes: Buffer.alloc(8) }]] }, "gguf/unreadable high"],
  ["an alignment of 0", { metadata: [["general.alignment", 0]] }, "gguf/unreadable high"],
  ["an alignment of 24", { metadata: [["general.alignment", 24]] }, "gguf/unreadable high"],
  [
    "metadata twice",
    {
      metadata: [
        ["a", "1"],
        ["a", "2"],
      ],
    },
    "gguf/duplicate-key high",
  ],
  ["a tensor twice", { tensors: [tensor("a", 0), tensor("a", 32)], data: 64 }, "gguf/duplicate-tensor high"],
  ["tensors that overlap", { tensors: [tensor("a", 0, [16]), tensor("b", 32)], data: 64 }, "gguf/overlap high"],
  ["a tensor beyond the end", { tensors: [tensor("a", 0, [1024])], data: 32 }, "gguf/beyond-end high"],
  ["a tensor off its alignment", { tensors: [tensor("a", 8)], data: 64 }, "gguf/misaligned high"],
  [
    "dimensions that overflow",
    { tensors: [tensor("a", 0, [2n ** 40n, 2n ** 40n])], data: 32 },
    "gguf/shape-overflow high",
  ],
  ["half a block", { tensors: [tensor("a", 0, [17], 8)], data: 64 }, "gguf/length-mismatch high"],
  ["a hundred dimensions", { tensors: [tensor("a", 0, Array(100).fill(1))], data: 64 }, "gguf/unreadable high"],
  ["a hole", { tensors: [tensor("a", 0), tensor("b", 4096)], data: 4128 }, "gguf/hole medium"],
  ["data after the last tensor", { tensors: [tensor("a", 0)], data: 4096 }, "gguf/trailing-data medium"],
  [
    "code in a description",
    { metadata: [["general.description", "<script>alert(1)</script>"]] },
    "gguf/code-in-metadata high",
  ],
])("%s", async (_name, parts, expected) => {
  expect(await found(parts)).toContain(expected);
});

test("its templates are taken out, also under another name of the file", async () => {
  const bytes = ggufOf({
    metadata: [
      ["tokenizer.chat_template", "{{ messages[0].content }}"],
      ["tokenizer.chat_template.rag", "{{ ''.__class__.__mro__ }}"],
    ],
  });
  expect(await scan(bytes, "weights.bin", createChatTemplateScanner())).toEqual([
    "chat-template/sandbox-escape critical",
  ]);
  expect(await scan(Buffer.from("not one"), "m.gguf")).toEqual(["gguf/no-gguf medium"]);
});
