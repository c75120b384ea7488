import { describe, expect, test } from "bun:test";
import { ANONYMOUS, type Actor, ROLES, SCOPES, type Scope, SYSTEM } from "./actor.ts";
import { ASSET_STATUSES, VERSION_STATUSES, VISIBILITIES } from "./kind.ts";
import {
  type AssetAction,
  type AssetFacts,
  mayAsset,
  mayReadVersion,
  requireAdmin,
  requireModerator,
  requireScope,
} from "./permission.ts";

const OWN = "01890000-0000-7000-8000-000000000001";
const OTHER = "01890000-0000-7000-8000-000000000002";
const ACTIONS: AssetAction[] = ["read", "list", "update", "publish", "delete", "moderate"];
const SCOPE_SETS: Scope[][] = [[], ["read"], ["publish"], ["admin"], ["read", "publish", "admin"]];

const person = (role: (typeof ROLES)[number], scopes: Scope[]): Actor => ({
  ...SYSTEM,
  role,
  scopes,
  namespaceIds: [OWN],
  via: "api-key",
});
const PEOPLE: Actor[] = ROLES.flatMap((role) => SCOPE_SETS.map((scopes) => person(role, scopes)));
const ASSETS: AssetFacts[] = [OWN, OTHER].flatMap((namespaceId) =>
  VISIBILITIES.flatMap((visibility) =>
    ASSET_STATUSES.flatMap((status) => [false, true].map((deleted) => ({ namespaceId, visibility, status, deleted }))),
  ),
);
const describeCase = (actor: Actor, action: string, asset: AssetFacts): string =>
  [
    actor.kind === "user" ? `${actor.role} [${actor.scopes}]` : "stranger",
    action,
    asset.namespaceId === OWN ? "own" : "other's",
    asset.visibility,
    asset.status,
    asset.deleted ? "deleted" : "",
  ].join(" ");

/** The rule as product.md says it, written anew as a list of who may; everything else may not. */
function expected(actor: Actor, action: AssetAction, asset: AssetFacts): boolean {
  const scopes = actor.kind === "user" ? actor.scopes : [];
  const canRead = scopes.length > 0;
  const canPublish = scopes.includes("publish") || scopes.includes("admin");
  const own = actor.kind === "user" && asset.namespaceId === OWN;
  const staff = actor.kind === "user" && actor.role !== "user";
  const released = ["published", "deprecated", "archived"].includes(asset.status);
  if (asset.deleted) return false;
  switch (action) {
    case "moderate":
      return staff && scopes.includes("admin");
    case "update":
    case "publish":
    case "delete":
      return canPublish && asset.status !== "suspended" && (own || (actor.kind === "user" && actor.role === "admin"));
    case "read":
    case "list":
      if (actor.kind === "user" && !canRead) return false;
      if (own || staff) return true;
      if (!released) return false;
      if (asset.visibility === "public") return true;
      if (asset.visibility === "unlisted") return action === "read";
      return asset.visibility === "internal" && actor.kind === "user";
  }
}

describe("mayAsset", () => {
  test("every role, scope, action, visibility, status and owner", () => {
    const wrong: string[] = [];
    for (const actor of [ANONYMOUS, ...PEOPLE])
      for (const action of ACTIONS)
        for (const asset of ASSETS)
          if (mayAsset(actor, action, asset) !== expected(actor, action, asset))
            wrong.push(describeCase(actor, action, asset));
    expect(wrong).toEqual([]);
  });

  test.each([
    ["a stranger reads a public asset", ANONYMOUS, "read", "public", "published", true],
    ["a stranger does not see a private one", ANONYMOUS, "read", "private", "published", false],
    ["nor an internal one", ANONYMOUS, "read", "internal", "published", false],
    ["nor a draft", ANONYMOUS, "read", "public", "draft", false],
    ["who is signed in reads an internal one", person("user", ["read"]), "read", "internal", "published", true],
    ["but not somebody's private one", person("user", ["read", "publish"]), "read", "private", "published", false],
    ["nor an organization's", person("user", ["read", "publish"]), "list", "organization", "published", false],
    ["nor changes a public one", person("user", ["publish"]), "update", "public", "published", false],
    ["a suspended asset is hidden from others", person("user", ["read"]), "read", "public", "suspended", false],
    ["a moderator sees it", person("moderator", ["read"]), "read", "private", "suspended", true],
    [
      "a moderator does not publish for others",
      person("moderator", ["admin"]),
      "publish",
      "public",
      "published",
      false,
    ],
    ["an administrator does", person("admin", ["admin"]), "publish", "public", "published", true],
    ["not with a reading key", person("admin", ["read"]), "publish", "public", "published", false],
    ["nor moderates with a publishing key", person("admin", ["publish"]), "moderate", "public", "published", false],
  ] as [string, Actor, AssetAction, AssetFacts["visibility"], AssetFacts["status"], boolean][])(
    "%s",
    (_, actor, action, visibility, status, allowed) => {
      expect(mayAsset(actor, action, { namespaceId: OTHER, visibility, status, deleted: false })).toBe(allowed);
    },
  );

  test("whoever may do more to an asset may read it, and what is listed is readable", () => {
    for (const actor of [ANONYMOUS, ...PEOPLE])
      for (const asset of ASSETS)
        for (const action of ACTIONS)
          if (mayAsset(actor, action, asset) && !mayAsset(actor, "read", asset))
            throw new Error(describeCase(actor, action, asset));
  });

  test("more scopes never take anything away", () => {
    for (const role of ROLES)
      for (const scopes of SCOPE_SETS)
        for (const more of SCOPES)
          for (const action of ACTIONS)
            for (const asset of ASSETS)
              if (mayAsset(person(role, scopes), action, asset))
                expect(mayAsset(person(role, [...scopes, more]), action, asset)).toBe(true);
  });
});

test("a version without a verdict exists for its publisher and moderators alone", () => {
  for (const actor of [ANONYMOUS, ...PEOPLE])
    for (const asset of ASSETS)
      for (const status of VERSION_STATUSES) {
        const insider =
          actor.kind === "user" && (asset.namespaceId === OWN || actor.role === "moderator" || actor.role === "admin");
        const readable = expected(actor, "read", asset) && (status === "published" || insider);
        expect(mayReadVersion(actor, asset, status)).toBe(readable);
      }
});

describe("what a use case requires", () => {
  const outcome = (check: () => void): string => {
    try {
      check();
      return "allowed";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  test("a scope: publish includes read, admin includes everything", () => {
    for (const scope of SCOPES) expect(outcome(() => requireScope(ANONYMOUS, scope))).toBe("UNAUTHORIZED");
    const may = (scopes: Scope[]) =>
      SCOPES.filter((scope) => outcome(() => requireScope(person("user", scopes), scope)) === "allowed");
    expect(may([])).toEqual([]);
    expect(may(["read"])).toEqual(["read"]);
    expect(may(["publish"])).toEqual(["read", "publish"]);
    expect(may(["admin"])).toEqual(["read", "publish", "admin"]);
  });

  test("moderation and administration: the role and the scope, both", () => {
    for (const [check, roles] of [
      [requireModerator, ["moderator", "admin"]],
      [requireAdmin, ["admin"]],
    ] as const) {
      expect(outcome(() => check(ANONYMOUS))).toBe("UNAUTHORIZED");
      for (const role of ROLES)
        for (const scopes of SCOPE_SETS) {
          const allowed = (roles as readonly string[]).includes(role) && scopes.includes("admin");
          expect(outcome(() => check(person(role, scopes)))).toBe(allowed ? "allowed" : "FORBIDDEN");
        }
    }
  });
});
