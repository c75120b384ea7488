import { describe, expect, test } from "bun:test";
import { deflateSync, gzipSync } from "node:zlib";
import { judgeGlobal } from "./pickle-globals.ts";
import { createPickleScanner } from "./pickle.ts";
import { briefly, scanWith, targetOf, zipOf } from "./target.fixture.ts";

const scanner = createPickleScanner();
const found = async (bytes: Uint8Array, path = "model.pkl") =>
  briefly(await scanWith(scanner, targetOf({ [path]: bytes })));
const raw = (...parts: (string | number | Uint8Array)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part as string, "latin1"))),
  );
const short = (text: string) => raw(0x8c, text.length, text);
const proto4 = (...parts: (string | number | Uint8Array)[]) => raw(0x80, 4, ...parts);
const stackGlobal = (module: string, name: string) => raw(short(module), short(name), 0x93);
const call = (global: Uint8Array) => raw(global, short("id"), 0x85, "R.");

const SYSTEM_0 = raw("cos\nsystem\n(S'id'\ntR.");
const SYSTEM_4 = proto4(call(stackGlobal("posix", "system")));
const HARMLESS = proto4(stackGlobal("collections", "OrderedDict"), ")R.");

describe("what would run when it is loaded", () => {
  const scenarios: [string, Uint8Array, string, string][] = [
    ["protocol 0", SYSTEM_0, "m.pkl", "dangerous-import critical"],
    ["protocol 4", SYSTEM_4, "m.pkl", "dangerous-import critical"],
    ["under a name that says nothing", SYSTEM_4, "notes.dat", "dangerous-import critical"],
    ["INST", raw("(S'id'\nios\nsystem\n."), "m.pkl", "dangerous-import critical"],
    [
      "a name from the memo",
      proto4(short("os"), 0x94, "0", short("system"), 0x94, "0", "h\x00h\x01", 0x93, short("id"), 0x85, "R."),
      "m.pkl",
      "dangerous-import critical",
    ],
    [
      "a name through PUT and GET",
      raw("Vos\np7\n0Vsystem\np8\n0", "g7\ng8\n", 0x93, "(S'id'\ntR."),
      "m.pkl",
      "dangerous-import critical",
    ],
    [
      "a dotted name reaching for os",
      proto4(call(stackGlobal("collections", "_sys.modules"))),
      "m.pkl",
      "dangerous-import critical",
    ],
    ["builtins.eval", proto4(call(stackGlobal("builtins", "eval"))), "m.pkl", "dangerous-import critical"],
    ["an unknown library", proto4(call(stackGlobal("mylib.things", "Thing"))), "m.pkl", "unknown-import high"],
    [
      "a known library's class",
      proto4(stackGlobal("sklearn.linear_model._base", "LinearRegression"), ")", 0x81, "."),
      "m.pkl",
      "library-import low",
    ],
    ["a computed name", proto4("NN", 0x93, "."), "m.pkl", "computed-import high"],
    ["the registry of extensions", proto4(0x82, 1, "."), "m.pkl", "computed-import high"],
    ["a second pickle after the first", raw(HARMLESS, SYSTEM_4), "m.pkl", "dangerous-import critical"],
    ["a pickle among what follows", raw(HARMLESS, "junk junk", SYSTEM_0), "m.pkl", "dangerous-import critical"],
    [
      "a pickle inside of bytes",
      proto4("B", raw(SYSTEM_4.length, 0, 0, 0), SYSTEM_4, "."),
      "m.pkl",
      "dangerous-import critical",
    ],
    ["broken after the harm", raw(SYSTEM_4.subarray(0, -1), 0xff, 0xff), "m.pkl", "dangerous-import critical"],
    ["gzipped", gzipSync(SYSTEM_4), "m.joblib", "dangerous-import critical"],
    ["deflated", deflateSync(SYSTEM_4), "m.joblib", "dangerous-import critical"],
    ["not a pickle at all", raw("no pickle, but named so"), "m.pkl", "unreadable high"],
    ["7z under a model's name", raw("7z", 0xbc, 0xaf, 0x27, 0x1c, "........"), "model.pt", "unreadable high"],
    ["lz4 around a pickle", raw(0x04, 0x22, 0x4d, 0x18, "........"), "model.pkl.lz4", "unreadable high"],
    ["gzipped, as it says", gzipSync(SYSTEM_4), "model.pkl.gz", "dangerous-import critical"],
    [
      "a class of TorchScript",
      proto4(stackGlobal("__torch__.m", "Net"), ")", 0x81, "."),
      "m.pkl",
      "library-import low",
    ],
    ["a module that only begins so", proto4(stackGlobal("__torch__x.m", "Net"), "."), "m.pkl", "unknown-import high"],
    [
      "an array of objects",
      raw(0x93, "NUMPY", 1, 0, 60, 0, "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".padEnd(60), SYSTEM_4),
      "a.npy",
      "dangerous-import critical",
    ],
  ];
  test.each(scenarios)("%s", async (_name, bytes, path, expected) => {
    expect((await found(bytes, path)).map((line) => line.split(" ").slice(0, 2).join(" "))).toContain(expected);
  });
});

describe("in zip files, as PyTorch writes them", () => {
  const members = (data: Uint8Array, more: object = {}) =>
    zipOf([
      { name: "archive/version", bytes: raw("3\n") },
      { name: "archive/data.pkl", bytes: data, ...more },
    ]);
  const critical = ["dangerous-import critical model.pt!/archive/data.pkl"];
  test("a member is walked", async () => expect(await found(members(SYSTEM_4), "model.pt")).toEqual(critical));
  test("under any name", async () => {
    expect(await found(zipOf([{ name: "readme", bytes: SYSTEM_4 }]), "model.pt")).toEqual([
      "dangerous-import critical model.pt!/readme",
    ]);
  });
  test("with a wrong checksum", async () => {
    expect(await found(members(SYSTEM_4, { crc: 1 }), "model.pt")).toEqual(critical);
  });
  test("without a central directory", async () => {
    const whole = Buffer.from(members(SYSTEM_4));
    expect(await found(whole.subarray(0, whole.indexOf("PK\x01\x02")), "model.pt")).toEqual(critical);
  });
  test("encrypted means that nobody knows", async () => {
    expect(await found(members(SYSTEM_4, { encrypted: true }), "model.pt")).toEqual([
      "unreadable high model.pt!/archive/data.pkl",
    ]);
  });
  test("harmless is nothing", async () => expect(await found(members(HARMLESS), "model.pt")).toEqual([]));
});

test.each([
  ["tensors", proto4(stackGlobal("torch._utils", "_rebuild_tensor_v2"), stackGlobal("torch", "FloatStorage"), "0)R.")],
  ["an ordered dict", HARMLESS],
  ["plain values", proto4("}", short("a"), "K\x01s.")],
])("harmless: %s", async (_name, bytes) => {
  expect(await found(bytes)).toEqual([]);
});

test("a length beyond the file is refused at once, not allocated", async () => {
  const bytes = proto4(0x8e, raw(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0), "x");
  expect(await found(bytes)).toEqual(["unreadable high model.pkl"]);
});

test("only what is on the list is harmless", () => {
  for (const [module, name] of [
    ["os", "system"],
    ["builtins", "getattr"],
    ["torch.hub", "load"],
    ["numpy.f2py.crackfortran", "getlincoef"],
  ])
    expect(judgeGlobal(module!, name!)).toBe("dangerous");
  for (const [module, name] of [
    ["collections", "OrderedDictX"],
    ["a", "b"],
    ["torch", "load"],
  ])
    expect(judgeGlobal(module!, name!)).toBe("unknown");
});
