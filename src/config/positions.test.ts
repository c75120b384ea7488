import { expect, test } from "bun:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { findPositions, joinPath, type Position } from "./positions.ts";

test("finds headers, dotted, quoted and inline keys where they are written", () => {
  const toml = [
    "# a = 1",
    "top = 1",
    "[server] # listen = 2",
    'text = """',
    'listen = "no"',
    '\\""""',
    "  listen = 'x'",
    "[policy.rules]",
    '"secrets/aws.key" = "block"',
    "a . 'b c'.d = [1, { x = 1, y = { z = 2 } },",
    "  { w = 3 } ]",
    "[[list]]",
    "n = 1",
  ].join("\r\n");
  parse(toml);
  const positions = findPositions(toml);
  const at = (...path: string[]): Position | undefined => positions.get(joinPath(path));
  expect(at("top")).toEqual({ line: 2, column: 1 });
  expect(at("server")).toEqual({ line: 3, column: 2 });
  expect(at("server", "listen")).toEqual({ line: 7, column: 3 });
  expect(at("policy", "rules", "secrets/aws.key")).toEqual({ line: 9, column: 1 });
  expect(at("policy", "rules", "a", "b c", "d", "y", "z")).toEqual({ line: 10, column: 34 });
  expect(at("policy", "rules", "a", "b c", "d", "w")).toEqual({ line: 11, column: 5 });
  expect(at("list", "n")).toEqual({ line: 13, column: 1 });
  expect(at("a")).toBeUndefined();
});

/** A TOML text together with where each of its keys was written. */
interface Written {
  toml: string;
  places: [string[], Position][];
}

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom("a.b", "x = 1", "[s]", '"', "'", "#", "\n", "\\", "é", "{", "]"),
);
const quoted = (value: string): string => JSON.stringify(value).replace(/\u007f/g, "\\u007F");
const scalar = fc.oneof(
  text.map(quoted),
  text.filter((value) => !/['\u0000-\u001f\u007f]/.test(value)).map((value) => `'${value}'`),
  text.filter((value) => !/['\u0000-\u0009\u000b-\u001f\u007f]/.test(value)).map((value) => `'''\n${value}'''`),
  text.map((value) => `"""${quoted(value).slice(1, -1)}\nk = 1\n"""`),
  fc.constantFrom("1", "true", "1979-05-27T07:32:00Z", "[ 1, # k = 2\n 2 ]", '["]", "#"]', "[]", "{}"),
);
const blank = fc.constantFrom("", "\n", "# k = 1\n", "\t\n", "  # [t]\n");

/** Tables with keys of distinct first letters, so that no key is written twice. */
const writtenToml: fc.Arbitrary<Written> = fc
  .array(
    fc.record({
      name: text,
      before: blank,
      keys: fc.array(fc.record({ name: text, inner: text, form: fc.nat(2), value: scalar, before: blank }), {
        maxLength: 4,
      }),
    }),
    { maxLength: 4 },
  )
  .map((tables) => {
    let toml = "";
    const places: Written["places"] = [];
    const here = (): Position => ({ line: toml.split("\n").length, column: toml.length - toml.lastIndexOf("\n") });
    const write = (path: string[]): void => {
      places.push([path, here()]);
      toml += quoted(path.at(-1)!);
    };
    tables.forEach((table, t) => {
      toml += `${table.before}[ `;
      const name = `${t}${table.name}`;
      write([name]);
      toml += " ]\n";
      table.keys.forEach((key, k) => {
        const path = [name, `${k}${key.name}`];
        toml += key.before;
        write(path);
        if (key.form === 1) {
          toml += " . ";
          write([...path, key.inner]);
        }
        toml += " = ";
        if (key.form === 2) {
          toml += "{ ";
          write([...path, key.inner]);
          toml += ` = ${key.value} }\n`;
        } else toml += `${key.value}\n`;
      });
    });
    return { toml, places };
  });

test("property: every key of any text is found where it was written", () => {
  fc.assert(
    fc.property(writtenToml, ({ toml, places }) => {
      parse(toml);
      const positions = findPositions(toml);
      for (const [path, position] of places) expect(positions.get(joinPath(path))).toEqual(position);
    }),
    { numRuns: 300 },
  );
});

test("property: any text at all ends the scan", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."[]{}=.,\"'\\#\n ab"), maxLength: 60 }), (toml) => {
      findPositions(toml);
    }),
  );
});
