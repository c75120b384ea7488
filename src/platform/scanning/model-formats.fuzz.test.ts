import { expect, test } from "bun:test";
import fc from "fast-check";
import { createChatTemplateScanner } from "./chat-template.ts";
import { createGgufScanner } from "./gguf.ts";
import { createKerasScanner } from "./keras.ts";
import { lexJinja } from "./jinja-lexer.ts";
import { ggufOf, npyOf, safetensorsOf, savedModelOf } from "./model-formats.fixture.ts";
import { createModelCodeScanner } from "./model-code.ts";
import { createNumpyScanner } from "./numpy.ts";
import { createOnnxScanner } from "./onnx.ts";
import { createSafetensorsScanner } from "./safetensors.ts";
import { createSavedModelScanner } from "./saved-model.ts";
import { scanWith, targetOf } from "./target.fixture.ts";

const scanners = [
  createSafetensorsScanner(),
  createGgufScanner(),
  createChatTemplateScanner(),
  createNumpyScanner(),
  createKerasScanner(),
  createSavedModelScanner(),
  createOnnxScanner(),
  createModelCodeScanner(),
];
const SEEDS: [string, Uint8Array][] = [
  [
    "m.safetensors",
    safetensorsOf({ __metadata__: { a: "b" }, x: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, 8),
  ],
  [
    "m.gguf",
    ggufOf({
      metadata: [
        ["tokenizer.chat_template", "{% if 'a' in b.content %}{{ x['y'] }}{% endif %}"],
        ["l", ["a", "b"]],
      ],
      tensors: [{ name: "t", shape: [8], type: 0, offset: 0 }],
      data: 32,
    }),
  ],
  ["a.npy", npyOf("{'descr': [('a', '<f4'), ('b', 'O')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8))],
  ["saved_model.pb", savedModelOf(["MatMul", "ReadFile"])],
  ["saved_model.pb", savedModelOf(["PyFunc"], true)],
  ["m.onnx", savedModelOf(["x", "y"])],
  ["m.h5", Buffer.from('\x89HDF\r\n\x1a\n..{"class_name": "Lambda", "config": {"function": ["x"]}}..', "latin1")],
  ["chat_template.jinja", Buffer.from("{{ a['b'] }}{% if strftime_now('%Y') == '1' %}a b c d{% endif %}")],
  ["tokenizer_config.json", Buffer.from('{"chat_template": "{{ a }}", "auto_map": {"A": "b.C"}}')],
];

/** Bytes written over, put in, taken out or repeated anywhere in a whole file. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(
      fc.record({
        at: fc.nat(1_000),
        how: fc.constantFrom("over", "in", "out", "again"),
        bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.constant(new Uint8Array(8).fill(255))),
      }),
      { maxLength: 6 },
    ),
  )
  .map(([[path, seed], changes]): [string, Uint8Array] => {
    let bytes = Buffer.from(seed);
    for (const { at, how, bytes: fresh } of changes) {
      const place = at % (bytes.length + 1);
      const rest = how === "in" ? place : how === "again" ? Math.max(0, place - 16) : place + fresh.length;
      const put = how === "in" || how === "over" ? fresh : new Uint8Array(0);
      bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(rest)]);
    }
    return [path, bytes];
  });

test("a broken file gives findings or nothing, reads no more than ten times itself, and takes no second", async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async ([path, bytes]) => {
      const target = targetOf({ [path]: bytes }, { kind: "model" });
      for (const scanner of scanners) {
        let read = 0;
        const counted = {
          ...target,
          files: target.files,
          open: async (...[file, range]: Parameters<typeof target.open>) => {
            read += (range?.end ?? bytes.length) - (range?.start ?? 0);
            return target.open(file, range);
          },
        };
        const started = process.cpuUsage();
        for (const finding of await scanWith(scanner, counted)) {
          expect(finding.excerpt.length).toBeLessThanOrEqual(200);
          expect(finding.category).not.toBe("");
        }
        const used = process.cpuUsage(started);
        expect((used.user + used.system) / 1_000_000).toBeLessThan(1);
        expect(read).toBeLessThanOrEqual(10 * bytes.length);
      }
    }),
    { numRuns: 400 },
  );
}, 60_000);

test("whatever a template is, its pieces are in order and lie in it", () => {
  const part = fc.constantFrom("{{", "}}", "{%", "%}", "{#", "#}", "'", '"', "\\", "a", " ", "\n", "if ", "\\x5f");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const template = parts.join("");
      let last = -1;
      for (const piece of lexJinja(template)) {
        expect(piece.start).toBeGreaterThan(last);
        expect(piece.start).toBeLessThan(template.length);
        last = piece.start;
      }
    }),
  );
});

test.each([
  "{{ ",
  "{% if 'abc def' in m.content %}a b c d ",
  "{{ 'a' ~ ",
  "{{ x.replace('a','b') }}",
  "{%set a=strftime_now()%}{%if a==",
  "{{ x if 'hello there' in m.content else ",
  "__a",
  " if ",
  "| attr",
  "include https:",
])("300 kB of %j as a template take less than a second", async (seed) => {
  const template = seed.repeat(Math.ceil(300_000 / seed.length));
  const target = targetOf({ "chat_template.jinja": template }, { kind: "model" });
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3 && best > 1_000; run++) {
    const started = process.cpuUsage();
    await scanWith(createChatTemplateScanner(), target);
    const used = process.cpuUsage(started);
    best = (used.user + used.system) / 1_000;
  }
  expect(best).toBeLessThan(1_000);
});

test.each<[string, (size: number) => Uint8Array]>([
  [
    "tensors",
    (size) =>
      safetensorsOf(
        `{${Array.from({ length: size / 60 }, (_, i) => `"t${i}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`).join()}}`,
        size / 60,
      ),
  ],
  ["lists in lists", (size) => safetensorsOf(`{"a":{"x":${"[".repeat(size)}`, 0)],
  [
    "metadata",
    (size) => ggufOf({ metadata: Array.from({ length: size / 40 }, (_, i) => [`key.${i}`, "a value of text"]) }),
  ],
  ["empty texts", (size) => ggufOf({ metadata: [["a", Array(size / 8).fill("")]] })],
  ["operations", (size) => savedModelOf(Array(Math.ceil(size / 20)).fill("MatMul"))],
  ["class names", (size) => Buffer.from(`\x89HDF\r\n\x1a\n${'{"class_name":'.repeat(size / 14)}`, "latin1")],
])(
  "1 MB of %s takes less than two seconds",
  async (_name, make) => {
    const bytes = make(1_000_000);
    const path =
      bytes[0] === 0x89 ? "m.h5" : bytes[0] === 0x47 ? "m.gguf" : bytes[0] === 8 ? "saved_model.pb" : "m.safetensors";
    const target = targetOf({ [path]: bytes }, { kind: "model" });
    for (const scanner of scanners) {
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 3 && best > 2_000; run++) {
        const started = process.cpuUsage();
        await scanWith(scanner, target);
        const used = process.cpuUsage(started);
        best = Math.min(best, (used.user + used.system) / 1_000);
      }
      expect([scanner.name, best < 2_000]).toEqual([scanner.name, true]);
    }
  },
  30_000,
);
