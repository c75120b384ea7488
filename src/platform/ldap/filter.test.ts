import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AndFilter, type EqualityFilter, FilterParser } from "ldapts";
import { escapeFilterValue, fillFilter } from "./filter.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("*", "(", ")", "\\", "\0", "a", "=", "{dn}", "$&") }),
);

test("whatever somebody is called, it is one value of the filter and nothing else", () => {
  fc.assert(
    fc.property(text, text, (username, dn) => {
      const read = FilterParser.parseString(
        fillFilter("(&(objectClass=person)(uid={username})(member={dn}))", { username, dn }),
      );
      const [kind, name, member] = (read as AndFilter).filters as EqualityFilter[];
      expect([kind?.value, name?.value, member?.value]).toEqual(["person", username, dn]);
      expect((read as AndFilter).filters).toHaveLength(3);
    }),
  );
});

test("what means something in a filter is written in hexadecimal", () => {
  expect(escapeFilterValue("a*(b)\\c\0ö")).toBe("a\\2a\\28b\\29\\5cc\\00ö");
});
