import { expect, test } from "bun:test";
import { ORGANIZATION_ACTIONS } from "./organization-permission.ts";
import { ASSET_ACTIONS, RIGHT_OF_ROLE } from "./permission.ts";

const text = await Bun.file(new URL("../../docs/access.md", import.meta.url)).text();

/** The cells of the table below a heading, without its head. */
const tableBelow = (heading: string): string[][] =>
  (text.split(`## ${heading}\n`)[1] ?? "")
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

test("the document's table of acts on assets is the code's", () => {
  const rows = Object.entries(ASSET_ACTIONS).map(([act, { right, scope, whileSuspended, byKey }]) => [
    act,
    right ?? "moderator",
    scope,
    whileSuspended ? "yes" : "no",
    byKey ? "yes" : "no",
  ]);
  expect(tableBelow("What each act on an asset needs")).toEqual(rows);
});

test("the document's table of acts on organizations is the code's", () => {
  const rows = Object.entries(ORGANIZATION_ACTIONS).map(([act, { roles, scope, byKey }]) => [
    act,
    roles.join(", "),
    scope,
    byKey ? "yes" : "no",
  ]);
  expect(tableBelow("What each act on an organization needs")).toEqual(rows);
});

test("the document says each role's right on an organization's assets", () => {
  const rights = new Map(tableBelow("Rights on an asset").map(([from = "", right = ""]) => [from, right]));
  for (const [role, right] of Object.entries(RIGHT_OF_ROLE))
    expect([role, rights.get(`${role} of its organization`)]).toEqual([
      role,
      right.private === null ? `${right.shared}, but none on private assets` : `${right.shared}, on private assets too`,
    ]);
});
