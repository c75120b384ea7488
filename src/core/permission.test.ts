import { describe, expect, test } from "bun:test";
import { ANONYMOUS, type Actor, ROLES, SCOPES, type Scope, type SignedIn, SYSTEM } from "./actor.ts";
import {
  ASSETS,
  type ActorCase,
  type AssetCase,
  actorOfCase,
  CASES,
  isConfinedAsset,
  ORG,
  OTHER,
  OWN,
  SCOPE_SETS,
} from "./fixtures/access-cases.ts";
import { VERSION_STATUSES } from "./kind.ts";
import {
  ASSET_ACTIONS,
  type AssetAction,
  type AssetFacts,
  mayAsset,
  mayCreateIn,
  mayReadVersion,
  requireAdmin,
  requireModerator,
  requireRecent,
  requireScope,
} from "./permission.ts";

const ACTIONS = Object.keys(ASSET_ACTIONS) as AssetAction[];

const person = (role: (typeof ROLES)[number], scopes: Scope[]): SignedIn => ({
  ...SYSTEM,
  role,
  scopes,
  namespaceId: OWN,
  via: "api-key",
});
const EVERYBODY: (ActorCase | null)[] = [null, ...CASES];
const describeCase = (one: ActorCase | null, action: string, { visibility, status, ...asset }: AssetCase): string =>
  [
    one
      ? `${one.role} [${one.scopes}] ${one.member ?? "no member"}, given ${one.given}, confined ${one.confined}`
      : "stranger",
    action,
    { [OWN]: "own", [ORG]: "organization's", [OTHER]: "other's" }[asset.namespaceId],
    visibility,
    status,
    asset.given ? "given" : "",
    asset.deleted ? "deleted" : "",
  ].join(" ");

const OPEN = ["published", "deprecated", "archived"];

/** What somebody is to an asset: the words of docs/access.md, as a list of who it is. */
function relations(one: ActorCase | null, asset: AssetCase) {
  if (one === null)
    return { signedIn: false, staff: false, site: false, administers: false, writes: false, belongs: false };
  const reaches =
    one.confined === "no" ||
    (one.confined === "own" && asset.namespaceId === OWN) ||
    (one.confined === "organization" && asset.namespaceId === ORG) ||
    (one.confined === "assets" && isConfinedAsset(asset));
  const member = asset.namespaceId === ORG ? one.member : null;
  const given = asset.given ? one.given : null;
  const site = one.confined === "no" && one.role === "admin";
  const leads = member === "owner" || member === "admin";
  const shared = asset.visibility !== "private";
  const administers = reaches && (site || asset.namespaceId === OWN || leads || given === "admin");
  const writes = administers || (reaches && ((member === "member" && shared) || given === "write"));
  const belongs = writes || (reaches && ((member === "viewer" && shared) || given === "read"));
  return { signedIn: reaches, staff: one.confined === "no" && one.role !== "user", site, administers, writes, belongs };
}

/** The rule as product.md says it, written anew as a list of who may; everything else may not. */
function expected(one: ActorCase | null, action: AssetAction, asset: AssetCase): boolean {
  const scopes = one?.scopes ?? [];
  const publishes = scopes.includes("publish") || scopes.includes("admin");
  const { signedIn, staff, administers, writes, belongs } = relations(one, asset);
  if (asset.deleted) return false;
  if (action === "moderate") return staff && scopes.includes("admin");
  if (action === "update" || action === "publish") return publishes && asset.status !== "suspended" && writes;
  if (action === "delete") return publishes && asset.status !== "suspended" && administers;
  if (action === "manage") return publishes && asset.status !== "suspended" && administers && one?.confined === "no";
  if (one !== null && scopes.length === 0) return false;
  if (writes || staff) return true;
  if (!OPEN.includes(asset.status)) return false;
  if (asset.visibility === "public") return true;
  if (asset.visibility === "unlisted") return action === "read";
  return asset.visibility === "internal" ? signedIn : belongs;
}

describe("mayAsset", () => {
  test("everybody × everything × every act", () => {
    const wrong: string[] = [];
    for (const one of EVERYBODY) {
      const actor = actorOfCase(one);
      for (const action of ACTIONS)
        for (const asset of ASSETS)
          if (mayAsset(actor, action, asset) !== expected(one, action, asset))
            wrong.push(describeCase(one, action, asset));
    }
    expect(wrong.slice(0, 20)).toEqual([]);
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
      expect(mayAsset(actor, action, { id: OTHER, namespaceId: OTHER, visibility, status, deleted: false })).toBe(
        allowed,
      );
    },
  );

  test("whoever may do more to an asset may read it, and what is listed is readable", () => {
    for (const one of EVERYBODY) {
      const actor = actorOfCase(one);
      for (const asset of ASSETS)
        for (const action of ACTIONS)
          if (mayAsset(actor, action, asset) && !mayAsset(actor, "read", asset))
            throw new Error(describeCase(one, action, asset));
    }
  });

  test("more scopes, or no confinement, never take anything away", () => {
    for (const one of CASES) {
      const actor = actorOfCase(one);
      const wider = [
        ...SCOPES.map((scope) => actorOfCase({ ...one, scopes: [...one.scopes, scope] })),
        actorOfCase({ ...one, confined: "no" }),
      ];
      for (const action of ACTIONS)
        for (const asset of ASSETS)
          if (mayAsset(actor, action, asset) && !wider.every((more) => mayAsset(more, action, asset)))
            throw new Error(describeCase(one, action, asset));
    }
  });
});

test("an API key hands out no rights, unless it is an administrator's of that scope", () => {
  for (const one of CASES.filter(({ confined }) => confined === "no")) {
    const actor = { ...(actorOfCase(one) as SignedIn), via: "api-key" as const };
    for (const asset of ASSETS) {
      const administers = one.role === "admin" && one.scopes.includes("admin") && expected(one, "manage", asset);
      if (mayAsset(actor, "manage", asset) !== administers) throw new Error(describeCase(one, "manage", asset));
      for (const action of ACTIONS.filter((action) => action !== "manage"))
        if (mayAsset(actor, action, asset) !== expected(one, action, asset))
          throw new Error(describeCase(one, action, asset));
    }
  }
});

test("a version without a verdict exists for those who write and moderators alone", () => {
  for (const one of EVERYBODY) {
    const actor = actorOfCase(one);
    for (const asset of ASSETS)
      for (const status of VERSION_STATUSES) {
        const { writes, staff } = relations(one, asset);
        const readable = expected(one, "read", asset) && (status === "published" || writes || staff);
        if (mayReadVersion(actor, asset, status) !== readable) throw new Error(describeCase(one, status, asset));
      }
  }
});

test("assets are made in the own namespace, and in organizations by all but viewers; a confined key makes them where it is confined to", () => {
  for (const one of CASES)
    for (const namespaceId of [OWN, ORG, OTHER]) {
      const publishes = one.scopes.includes("publish") || one.scopes.includes("admin");
      const site = one.role === "admin" && one.confined === "no";
      const belongs = namespaceId === OWN || (namespaceId === ORG && one.member !== null && one.member !== "viewer");
      const reaches = one.confined === "no" || { [OWN]: "own", [ORG]: "organization" }[namespaceId] === one.confined;
      expect(mayCreateIn(actorOfCase(one), namespaceId)).toBe(publishes && (site || (belongs && reaches)));
    }
  const planned = {
    ...person("user", ["publish"]),
    confinement: { namespaceIds: [], assetIds: [], slug: { namespaceId: OWN, slug: "new" } },
  };
  expect([
    mayCreateIn(planned, OWN, "new"),
    mayCreateIn(planned, OWN, "other"),
    mayCreateIn(planned, OWN),
    mayCreateIn(planned, ORG, "new"),
  ]).toEqual([true, false, false, false]);
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

  test("a recent proof of who it is", () => {
    const now = new Date("2026-01-01T12:00:00.000Z");
    const proved = (at: string | null, via: SignedIn["via"] = "session") =>
      outcome(() => requireRecent({ ...person("user", ["read"]), authenticatedAt: at, via }, now));
    expect(proved("2026-01-01T11:50:00.000Z")).toBe("allowed");
    expect(proved("2026-01-01T11:44:59.000Z")).toBe("FORBIDDEN");
    expect(proved(null)).toBe("FORBIDDEN");
    expect(proved(null, "api-key")).toBe("FORBIDDEN");
    expect(proved(null, "system")).toBe("allowed");
  });
});
