import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/core/digest.ts";
import { AppError } from "../../src/core/error.ts";
import { renderMarkdown } from "../../src/core/markdown.ts";
import { parseRef, parseSelector } from "../../src/core/name.ts";
import { canonicalJson } from "../../src/core/package/canonical-json.ts";
import { describePackage } from "../../src/core/package/describe-package.ts";
import { parseEnvelope } from "../../src/core/signing/dsse.ts";
import { parseRecallList, RECALLS_ENVELOPE } from "../../src/core/signing/recall-list.ts";
import { normaliseLicense } from "../../src/core/spdx.ts";
import { DEFAULT_ARCHIVE_LIMITS, readArchive } from "../../src/platform/archives/read-archive.ts";
import { writeTarGz, writeZip, type ArchiveFile } from "../../src/platform/archives/write-archive.ts";
import { ggufOf, npyOf, safetensorsOf, savedModelOf } from "../../src/platform/scanning/model-formats.fixture.ts";
import { withNestedFiles } from "../../src/platform/scanning/nested-files.ts";
import type { ScanTarget } from "../../src/platform/scanning/scanner.ts";
import { standardScanners } from "../../src/platform/scanning/standard-scanners.ts";
import { zipOf } from "../../src/platform/scanning/target.fixture.ts";

/** Something that reads what publishers send. `run` throws where it must not: everything but what the caller may be told. */
export interface FuzzTarget {
  name: string;
  seeds: readonly Seed[];
  run(input: Seed): Promise<void>;
}

/** Bytes, and the path they have in a package. */
export interface Seed {
  path: string;
  bytes: Uint8Array;
}

const MIB = 2 ** 20;
const streamOf = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
const root = join(import.meta.dir, "../..");

function filesUnder(folder: string): Seed[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      path: join(entry.parentPath, entry.name).slice(folder.length + 1),
      at: join(entry.parentPath, entry.name),
    }))
    .filter(({ at }) => statSync(at).size <= 64 * 1024)
    .map(({ path, at }) => ({ path: path.split("/").slice(1).join("/") || path, bytes: readFileSync(at) }));
}

const MODELS: Seed[] = [
  { path: "m.safetensors", bytes: safetensorsOf({ x: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, 8) },
  {
    path: "m.gguf",
    bytes: ggufOf({
      metadata: [["tokenizer.chat_template", "{{ a }}"]],
      tensors: [{ name: "t", shape: [8], type: 0, offset: 0 }],
      data: 32,
    }),
  },
  { path: "a.npy", bytes: npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new Uint8Array(8)) },
  { path: "saved_model.pb", bytes: savedModelOf(["MatMul", "ReadFile"]) },
  { path: "m.onnx", bytes: savedModelOf(["x", "y"]) },
  {
    path: "m.pkl",
    bytes: Buffer.from("\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.", "latin1"),
  },
  {
    path: "m.pt",
    bytes: zipOf([
      { name: "archive/data.pkl", bytes: Buffer.from("\x80\x02ccollections\nOrderedDict\n)R.", "latin1") },
    ]),
  },
  { path: "p.pkl", bytes: Buffer.from("(S'id'\nios\nsystem\n.", "latin1") },
  { path: "m.h5", bytes: Buffer.from('\x89HDF\r\n\x1a\n..{"class_name": "Lambda", "config": {}}', "latin1") },
  { path: "m.keras", bytes: zipOf([{ name: "config.json", bytes: Buffer.from('{"class_name":"Lambda"}') }]) },
  { path: "chat_template.jinja", bytes: Buffer.from("{% if 'a' in b.content %}{{ x['y'] }}{% endif %}") },
];

const MANIFESTS: Seed[] = [
  [
    "SKILL.md",
    "---\nname: a\ndescription: b\nlicense: MIT\nallowed-tools: Bash(git:*)\n---\n# A\n\ntext [l](http://a.example) `c`\n",
  ],
  [
    ".claude-plugin/plugin.json",
    '{"name":"a","version":"1.0.0","hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"x"}]}]}}',
  ],
  [
    "server.json",
    '{"name":"io.example/a","description":"d","version":"1.0.0","packages":[{"registryType":"npm","identifier":"a","version":"1.0.0"}]}',
  ],
  ["package.json", '{"name":"a","scripts":{"postinstall":"node x"},"dependencies":{"left-pad":"^1.0.0"}}'],
  ["package-lock.json", '{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}'],
  ["requirements.txt", "requests==2.0.0 ; python_version < '3'\n-r other.txt\ngit+https://a.example/b\n"],
  ["pyproject.toml", '[project]\nname = "a"\ndependencies = ["b>=1"]\n'],
  ["yarn.lock", '"a@^1":\n  version "1.0.0"\n  resolved "x"\n'],
  ["marketplace.toml", 'kind = "skill"\n[[dependencies]]\nref = "a/b"\nrange = "^1"\n'],
  ["a.prompt.md", "---\nmodel: x\n---\nsystem:\nYou are {{who}}\n"],
  ["data.jsonl", '{"a":"b"}\n{"a":"c"}\n'],
  ["README.md", "---\nlicense: mit\ntags: [a]\n---\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<details>x</details>\n"],
].map(([path, text]) => ({ path: path!, bytes: Buffer.from(text!) }));

const own = filesUnder(join(root, "examples"));
const archiveFiles = (): ArchiveFile[] =>
  MANIFESTS.slice(0, 4)
    .map(
      ({ path, bytes }): ArchiveFile => ({
        path,
        size: bytes.length,
        executable: path === "SKILL.md",
        open: async () => streamOf(bytes),
      }),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));

const TEMPORARY = mkdtempSync(join(tmpdir(), "fuzz-"));

function targetOf(inputs: readonly Seed[], kind: ScanTarget["kind"]): ScanTarget {
  const bytesOf = new Map(inputs.map(({ path, bytes }) => [path, bytes]));
  return {
    kind,
    license: "MIT",
    files: inputs.map(({ path, bytes }) => ({
      path,
      size: bytes.length,
      digest: sha256(bytes),
      mediaType: "application/octet-stream",
      executable: false,
    })),
    open: async (file, range) => {
      const bytes = bytesOf.get(file.path)!;
      return streamOf(bytes.slice(range?.start ?? 0, range?.end ?? bytes.length));
    },
  };
}

const told = (error: unknown): void => {
  if (!(error instanceof AppError)) throw error;
};

/** Every parser of publishers' bytes. The scanners are one target each, so that a slow one is named. */
export async function targets(): Promise<FuzzTarget[]> {
  const { signal } = new AbortController();
  const scanners = standardScanners({
    blobs: { kind: "filesystem", root: TEMPORARY },
    licences: { allow: [], deny: [] },
    yaraRules: [],
  });
  const seeds = [...MANIFESTS, ...own, ...MODELS];
  const [tar, zip] = await Promise.all([bytesOf(writeTarGz(archiveFiles())), bytesOf(writeZip(archiveFiles()))]);
  const archives: Seed[] = [
    { path: "a.tar.gz", bytes: tar },
    { path: "a.tar", bytes: Bun.gunzipSync(tar as Uint8Array<ArrayBuffer>) },
    { path: "a.zip", bytes: zip },
    {
      path: "b.zip",
      bytes: zipOf([
        { name: "SKILL.md", bytes: MANIFESTS[0]!.bytes },
        { name: "in.zip", bytes: zipOf([{ name: "x.pkl", bytes: MODELS[5]!.bytes }]) },
      ]),
    },
  ];
  return [
    ...scanners.map(
      (scanner): FuzzTarget => ({
        name: `scanner ${scanner.name}`,
        seeds: [...seeds, ...archives],
        async run(input) {
          const target = await withNestedFiles(targetOf([input], "skill"), signal);
          await scanner.scan(target, signal);
          await scanner.extract?.(target, signal);
        },
      }),
    ),
    {
      name: "archive",
      seeds: archives,
      async run({ bytes }) {
        const path = join(TEMPORARY, "archive");
        await Bun.write(path, bytes);
        const limits = { ...DEFAULT_ARCHIVE_LIMITS, maxTotalBytes: 64 * MIB };
        await readArchive(path, limits, async (entry) => {
          for await (const piece of entry.bytes) void piece;
        }).catch(told);
      },
    },
    {
      name: "package",
      seeds: [...MANIFESTS, ...own],
      async run({ path, bytes }) {
        const text = Buffer.from(bytes).toString("utf8");
        const files = targetOf(
          [
            { path, bytes },
            { path: "LICENSE", bytes: Buffer.from("MIT License") },
          ],
          "skill",
        ).files;
        await describePackage({
          files,
          text: async (asked) => (asked === path ? text : asked === "LICENSE" ? text : null),
        }).then(({ metadata }) => void canonicalJson(metadata), told);
      },
    },
    {
      name: "text",
      seeds: [...MANIFESTS, ...own.filter(({ path }) => path.endsWith(".md"))],
      async run({ bytes }) {
        const text = Buffer.from(bytes).toString("utf8");
        renderMarkdown(text, { path: "README.md", fileUrl: (path) => `/f/${path}`, rawUrl: (path) => `/r/${path}` });
        const short = text.slice(0, 2000);
        normaliseLicense(short);
        parseRef(short);
        parseSelector(short);
        parseEnvelope(text);
        parseEnvelope(text, RECALLS_ENVELOPE);
        parseRecallList(Buffer.from(text));
      },
    },
  ];
}

const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer());
