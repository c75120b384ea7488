import { createHash, timingSafeEqual } from "node:crypto";
import { Elysia } from "elysia";
import { notFound } from "../../../core/error.ts";
import { toAppError } from "../../../platform/http/render-error.ts";
import type { Directory } from "./directory.ts";
import type { ListedGroup } from "./directory-groups.ts";
import type { ListedUser } from "./directory-users.ts";
import { parseFilter } from "./filter.ts";
import { readGroup, readGroupPatch, readUser, readUserPatch } from "./patch.ts";
import { scimErrorBody, scimRefusal } from "./scim-error.ts";
import * as wire from "./wire.ts";

export interface ScimDeps {
  directory: Directory;
  /** What the directory sends as its bearer token; "" switches SCIM off. */
  token: string;
  origin: (request: Request) => string;
  /** Failures that are the server's own. */
  onFailure: (error: unknown, request: Request) => void;
}

const MEDIA_TYPE = "application/scim+json;charset=utf-8";
const DEFAULT_COUNT = 100;
/** The body is read here, once the token was right. */
const UNREAD = { parse: "none" } as const;

interface Asked {
  request: Request;
  params: Record<string, string>;
  query: Record<string, string | undefined>;
}

type Work = (asked: Asked, base: string) => Promise<Response> | Response;
/** Makes a route of work: asks for the token first, and puts refusals into the protocol's words. */
type Route = (work: Work) => (asked: Asked) => Promise<Response>;

const routeOf =
  ({ token, origin, onFailure }: ScimDeps): Route =>
  (work) =>
  (asked) =>
    Promise.resolve(asked.request)
      .then((request) => {
        requireToken(token, request);
        return work(asked, `${origin(request)}/scim/v2`);
      })
      .catch((error) => {
        const refused = toAppError(error);
        if (refused.status >= 500) onFailure(error, asked.request);
        return answer(scimErrorBody(refused), refused.status, refused.headers);
      });

/** Directories say `application/scim+json`, `application/json` or nothing: it is JSON. */
const bodyOf = ({ request }: Asked): Promise<unknown> =>
  request.json().catch(() => Promise.reject(scimRefusal(400, "The body is not JSON.", "invalidSyntax")));

/** SCIM 2.0 (RFC 7643, RFC 7644) below `/scim/v2`. */
export function scimApi(deps: ScimDeps) {
  const route = routeOf(deps);
  return new Elysia({ name: "accounts-scim", prefix: "/scim/v2" })
    .get(
      "/ServiceProviderConfig",
      route((_, base) => answer(wire.serviceProviderConfig(base))),
    )
    .get(
      "/ResourceTypes",
      route((_, base) => answer(whole(wire.resourceTypes(base)))),
    )
    .get(
      "/ResourceTypes/:id",
      route(({ params }, base) => answer(named(wire.resourceTypes(base), params["id"]))),
    )
    .get(
      "/Schemas",
      route((_, base) => answer(whole(wire.schemas(base)))),
    )
    .get(
      "/Schemas/:id",
      route(({ params }, base) => answer(named(wire.schemas(base), params["id"]))),
    )
    .use(userRoutes(deps.directory, route))
    .use(groupRoutes(deps.directory, route));
}

const idOf = ({ params }: Asked): string => params["id"] ?? "";

function userRoutes({ users }: Directory, route: Route) {
  const shown = async (user: Promise<ListedUser>, base: string) => answer(wire.userWire(await user, base));
  return new Elysia({ name: "accounts-scim-users" })
    .get(
      "/Users",
      route(async ({ query }, base) => {
        const range = rangeOf(query);
        const found = await users.list(filterOf(query), range);
        const resources = found.users.map((user) => wire.userWire(user, base));
        return answer(wire.listWire(resources, found.total, range.offset + 1));
      }),
    )
    .post(
      "/Users",
      route(async (asked, base) => {
        const user = wire.userWire(await users.create(readUser(await bodyOf(asked))), base);
        return answer(user, 201, { Location: user.meta.location });
      }),
      UNREAD,
    )
    .get(
      "/Users/:id",
      route((asked, base) => shown(users.get(idOf(asked)), base)),
    )
    .put(
      "/Users/:id",
      route(async (asked, base) => shown(users.change(idOf(asked), readUser(await bodyOf(asked))), base)),
      UNREAD,
    )
    .patch(
      "/Users/:id",
      route(async (asked, base) => shown(users.change(idOf(asked), readUserPatch(await bodyOf(asked))), base)),
      UNREAD,
    )
    .delete(
      "/Users/:id",
      route(async (asked) => {
        await users.remove(idOf(asked));
        return new Response(null, { status: 204 });
      }),
    );
}

function groupRoutes({ groups }: Directory, route: Route) {
  const shown = async (group: Promise<ListedGroup>, base: string) => answer(wire.groupWire(await group, base));
  return new Elysia({ name: "accounts-scim-groups" })
    .get(
      "/Groups",
      route(async ({ query }, base) => {
        const range = rangeOf(query);
        const found = await groups.list(filterOf(query), { ...range, members: wantsMembers(query) });
        const resources = found.groups.map((group) => wire.groupWire(group, base));
        return answer(wire.listWire(resources, found.total, range.offset + 1));
      }),
    )
    .post(
      "/Groups",
      route(async (asked, base) => {
        const group = wire.groupWire(await groups.create(readGroup(await bodyOf(asked))), base);
        return answer(group, 201, { Location: group.meta.location });
      }),
      UNREAD,
    )
    .get(
      "/Groups/:id",
      route((asked, base) => shown(groups.get(idOf(asked), { members: wantsMembers(asked.query) }), base)),
    )
    .put(
      "/Groups/:id",
      route(async (asked, base) => {
        // What a replacement leaves out is empty (RFC 7644 3.5.1).
        const change = { members: { replace: [] }, ...readGroup(await bodyOf(asked)) };
        return shown(groups.change(idOf(asked), [change]), base);
      }),
      UNREAD,
    )
    .patch(
      "/Groups/:id",
      route(async (asked, base) => shown(groups.change(idOf(asked), readGroupPatch(await bodyOf(asked))), base)),
      UNREAD,
    )
    .delete(
      "/Groups/:id",
      route(async (asked) => {
        await groups.remove(idOf(asked));
        return new Response(null, { status: 204 });
      }),
    );
}

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "Content-Type": MEDIA_TYPE, "Cache-Control": "no-store" },
  });

const whole = (resources: unknown[]) => wire.listWire(resources, resources.length, 1);

function named<T extends { id: string }>(resources: T[], id: string | undefined): T {
  const found = resources.find((one) => one.id === id);
  if (!found) throw scimRefusal(404, "There is no such resource.");
  return found;
}

/** Compared by digest, so that neither time nor length tells anything. Off, there is nothing here. */
function requireToken(token: string, request: Request): void {
  if (token === "") throw notFound("page");
  const sent = /^Bearer +([\x21-\x7e]{1,2000}) *$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? "";
  const digest = (text: string) => createHash("sha256").update(text).digest();
  if (!timingSafeEqual(digest(sent), digest(token)))
    throw scimRefusal(401, "Send the token of [scim] as a bearer token.");
}

const numberOf = (text: string | undefined, fallback: number): number =>
  text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : fallback;

/** `startIndex` counts from 1; less means 1, and a negative `count` means 0 (RFC 7644 3.4.2.4). */
const rangeOf = (query: Record<string, string | undefined>) => ({
  offset: Math.max(1, numberOf(query["startIndex"], 1)) - 1,
  limit: Math.min(wire.MAX_COUNT, Math.max(0, numberOf(query["count"], DEFAULT_COUNT))),
});

const filterOf = (query: Record<string, string | undefined>) =>
  query["filter"] === undefined || query["filter"] === "" ? null : parseFilter(query["filter"]);

const wantsMembers = (query: Record<string, string | undefined>): boolean =>
  !(query["excludedAttributes"] ?? "").toLowerCase().split(",").includes("members");
