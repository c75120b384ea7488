import { expect, test } from "bun:test";
import { groupsInRules } from "./ldap-person.ts";

const ADMINS = "CN=Admins, OU=Groups, DC=example, DC=org";

test("groups are known by their distinguished name, or by a cn that was searched for", () => {
  const rules = { [ADMINS]: ["role:admin"], staff: ["acme:member"] };
  expect(groupsInRules(rules, [{ dn: "cn=admins,ou=groups,dc=example,dc=org", name: "" }])).toEqual([ADMINS]);
  expect(groupsInRules(rules, [{ dn: "cn=staff,ou=x,dc=org", name: "Staff" }])).toEqual(["staff"]);
  expect(groupsInRules(rules, [{ dn: "cn=staff,ou=x,dc=org", name: "" }])).toEqual([]);
});

test("a cn that looks like a distinguished name, or hides a separator, is not that group", () => {
  const rules = { [ADMINS]: ["role:admin"] };
  expect(groupsInRules(rules, [{ dn: "cn=x,dc=org", name: ADMINS }])).toEqual([]);
  expect(groupsInRules(rules, [{ dn: "cn=admins\\,ou=groups,dc=example,dc=org", name: "" }])).toEqual([]);
});
