import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "../../../core/error.ts";
import { type Filter, parseFilter } from "./filter.ts";
import { readGroupPatch, readUser, readUserPatch } from "./patch.ts";

/** Reads, or refuses in the protocol's words; nothing else may happen. */
function readable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 400) throw error;
    return null;
  }
}

describe("filters", () => {
  test.each<[string, Filter]>([
    ['userName eq "ada@example.org"', { kind: "eq", attribute: "username", value: "ada@example.org" }],
    ['USERNAME EQ "a\\"b\\u0041"', { kind: "eq", attribute: "username", value: 'a"bA' }],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"', { kind: "eq", attribute: "username", value: "x" }],
    [
      'emails[type eq "work" and value eq "x"]',
      {
        kind: "and",
        parts: [
          { kind: "eq", attribute: "emails.type", value: "work" },
          { kind: "eq", attribute: "emails.value", value: "x" },
        ],
      },
    ],
    [
      'id eq "1" or externalId eq "2" and active eq true',
      {
        kind: "or",
        parts: [
          { kind: "eq", attribute: "id", value: "1" },
          {
            kind: "and",
            parts: [
              { kind: "eq", attribute: "externalid", value: "2" },
              { kind: "eq", attribute: "active", value: true },
            ],
          },
        ],
      },
    ],
    ["(externalId pr)", { kind: "pr", attribute: "externalid" }],
  ])("%s", (text, filter) => expect(parseFilter(text)).toEqual(filter));

  test.each([
    "",
    "userName",
    "userName eq",
    'userName co "a"',
    'userName eq "a',
    'userName eq "a" and',
    '(userName eq "a"',
    'userName eq "a")',
    'userName eq "a" userName eq "b"',
    'not (userName eq "a")',
    'a[b[c eq "d"]]',
    '"x" eq "y"',
    'userName eq "\\x"',
    "(".repeat(500),
    Array.from({ length: 60 }, () => 'id eq "1"').join(" or "),
    `id eq "${"x".repeat(5000)}"`,
  ])("refuses %p", (text) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ status: 400, details: { scimType: "invalidFilter" } }),
    );
  });

  const term = fc.record({
    attribute: fc.constantFrom("username", "externalid", "emails.value", "id"),
    value: fc.oneof(fc.string(), fc.boolean()),
  });

  test("property: what was written is what is read", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(term, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        (groups) => {
          const said = ({ attribute, value }: (typeof groups)[0][0]) => `${attribute} eq ${JSON.stringify(value)}`;
          const text = groups.map((group) => `(${group.map(said).join(" and ")})`).join(" or ");
          const one = (parts: Filter[], kind: "and" | "or") => (parts.length === 1 ? parts[0]! : { kind, parts });
          const ands = groups.map((group) =>
            one(
              group.map((part) => ({ kind: "eq" as const, ...part })),
              "and",
            ),
          );
          expect(parseFilter(text)).toEqual(one(ands, "or"));
        },
      ),
    );
  });

  test("property: any text is read or refused", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("(", ")", "[", "]", '"', "\\", " and ", " or ", " eq ", "userName", "urn:a:", '"x"', "true", " "),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (parts) => void readable(() => parseFilter(parts.join("")))),
    );
  });

  test("nothing longer than the bound is even looked at", () => {
    for (const piece of ["(", '"', "\\", 'a eq "', "urn:", " ", "a[", "not "])
      expect(readable(() => parseFilter(piece.repeat(100_000)))).toBeNull();
  });
});

describe("patches", () => {
  const patch = (...Operations: unknown[]) => ({ Operations });

  test.each<[string, unknown, object]>([
    ["Entra ID's booleans", patch({ op: "Replace", path: "active", value: "False" }), { active: false }],
    ["Okta's missing path", patch({ op: "replace", value: { active: false } }), { active: false }],
    [
      "an address by its type",
      patch({ op: "Add", path: 'emails[type eq "work"].value', value: "a@example.org" }),
      { email: "a@example.org" },
    ],
    [
      "the schema before the name",
      patch({ op: "replace", path: "urn:ietf:params:scim:schemas:core:2.0:User:userName", value: "ada" }),
      { userName: "ada" },
    ],
    ["an id taken away", patch({ op: "remove", path: "externalId" }), { externalId: null }],
    ["what is not kept here", patch({ op: "replace", path: "title", value: "Countess" }), {}],
    ["dotted names", patch({ op: "replace", value: { "name.formatted": "Ada L" } }), { displayName: "Ada L" }],
  ])("%s", (_, body, change) => expect(readUserPatch(body)).toEqual(change));

  test("the primary address and the display name count", () => {
    const emails = [
      { value: "b@example.org", type: "home" },
      { value: "a@example.org", primary: true },
    ];
    const name = { givenName: "Ada", familyName: "Lovelace" };
    expect(readUser({ userName: "ada", emails, name })).toEqual({
      userName: "ada",
      email: "a@example.org",
      displayName: "Ada Lovelace",
    });
    expect(readUser({ userName: "ada", name, displayName: "Countess" })).toMatchObject({ displayName: "Countess" });
  });

  test.each<[unknown, unknown]>([
    [
      { op: "Add", path: "members", value: [{ value: "1" }] },
      { add: ["1"], remove: [] },
    ],
    [
      { op: "remove", path: 'members[value eq "1"]' },
      { add: [], remove: ["1"] },
    ],
    [
      { op: "Remove", path: "members", value: [{ value: "1" }] },
      { add: [], remove: ["1"] },
    ],
    [
      { op: "remove", path: "members" },
      { add: [], remove: "all" },
    ],
    [{ op: "replace", path: "members", value: [{ value: "1" }] }, { replace: ["1"] }],
    [{ op: "replace", value: { members: [{ value: "1" }] } }, { replace: ["1"] }],
  ])("members: %j", (operation, members) => expect(readGroupPatch(patch(operation))).toEqual([{ members } as never]));

  test("property: any JSON is read or refused", () => {
    const operation = fc.record(
      {
        op: fc.oneof(fc.constantFrom("add", "Replace", "remove"), fc.jsonValue()),
        path: fc.oneof(
          fc.constantFrom("active", "members", 'members[value eq "x"]', "emails", "__proto__"),
          fc.jsonValue(),
        ),
        value: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(fc.jsonValue(), fc.record({ Operations: fc.array(operation, { maxLength: 5 }) }));
    fc.assert(
      fc.property(body, (value) => {
        readable(() => readUserPatch(value));
        readable(() => readGroupPatch(value));
        readable(() => readUser(value));
      }),
    );
  });
});
