import { createHash, timingSafeEqual } from "node:crypto";
import { Elysia } from "elysia";
import { notFound } from "../../../core/error.ts";
import { toAppError } from "../../../platform/http/render-error.ts";
import type { Directory } from "./directory.ts";
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
/** Directories say `application/scim+json`, `application/json` or nothing: it is JSON. */
const BODY = {
  parse: ({ request }: { request: Request }): Promise<unknown> =>
    request.json().catch(() => Promise.reject(scimRefusal(400, "The body is not JSON.", "invalidSyntax"))),
};

/** SCIM 2.0 (RFC 7643, RFC 7644) below `/scim/v2`. */
export function scimApi(deps: ScimDeps) {
  const base = (request: Request): string => `${deps.origin(request)}/scim/v2`;
  return new Elysia({ name: "accounts-scim", prefix: "/scim/v2" })
    .onError(({ error, request }) => {
      const refused = toAppError(error);
      if (refused.status >= 500) deps.onFailure(error, request);
      return answer(scimErrorBody(refused), refused.status, refused.headers);
    })
    .onBeforeHandle(({ request }) => requireToken(deps.token, request))
    .get("/ServiceProviderConfig", ({ request }) => answer(wire.serviceProviderConfig(base(request))))
    .get("/ResourceTypes", ({ request }) => answer(whole(wire.resourceTypes(base(request)))))
    .get("/ResourceTypes/:id", ({ request, params }) => answer(named(wire.resourceTypes(base(request)), params.id)))
    .get("/Schemas", ({ request }) => answer(whole(wire.schemas(base(request)))))
    .get("/Schemas/:id", ({ request, params }) => answer(named(wire.schemas(base(request)), params.id)))
    .use(userRoutes(deps.directory, base))
    .use(groupRoutes(deps.directory, base));
}

function userRoutes({ users }: Directory, base: (request: Request) => string) {
  return new Elysia({ name: "accounts-scim-users" })
    .get("/Users", async ({ request, query }) => {
      const range = rangeOf(query);
      const found = await users.list(filterOf(query), range);
      const resources = found.users.map((user) => wire.userWire(user, base(request)));
      return answer(wire.listWire(resources, found.total, range.offset + 1));
    })
    .post(
      "/Users",
      async ({ request, body }) => {
        const user = wire.userWire(await users.create(readUser(body)), base(request));
        return answer(user, 201, { Location: user.meta.location });
      },
      BODY,
    )
    .get("/Users/:id", async ({ request, params }) => answer(wire.userWire(await users.get(params.id), base(request))))
    .put(
      "/Users/:id",
      async ({ request, params, body }) =>
        answer(wire.userWire(await users.change(params.id, readUser(body)), base(request))),
      BODY,
    )
    .patch(
      "/Users/:id",
      async ({ request, params, body }) =>
        answer(wire.userWire(await users.change(params.id, readUserPatch(body)), base(request))),
      BODY,
    )
    .delete("/Users/:id", async ({ params }) => {
      await users.remove(params.id);
      return new Response(null, { status: 204 });
    });
}

function groupRoutes({ groups }: Directory, base: (request: Request) => string) {
  return new Elysia({ name: "accounts-scim-groups" })
    .get("/Groups", async ({ request, query }) => {
      const range = rangeOf(query);
      const found = await groups.list(filterOf(query), { ...range, members: wantsMembers(query) });
      const resources = found.groups.map((group) => wire.groupWire(group, base(request)));
      return answer(wire.listWire(resources, found.total, range.offset + 1));
    })
    .post(
      "/Groups",
      async ({ request, body }) => {
        const group = wire.groupWire(await groups.create(readGroup(body)), base(request));
        return answer(group, 201, { Location: group.meta.location });
      },
      BODY,
    )
    .get("/Groups/:id", async ({ request, params, query }) =>
      answer(wire.groupWire(await groups.get(params.id, { members: wantsMembers(query) }), base(request))),
    )
    .put(
      "/Groups/:id",
      async ({ request, params, body }) => {
        // What a replacement leaves out is empty (RFC 7644 3.5.1).
        const change = { members: { replace: [] }, ...readGroup(body) };
        return answer(wire.groupWire(await groups.change(params.id, [change]), base(request)));
      },
      BODY,
    )
    .patch(
      "/Groups/:id",
      async ({ request, params, body }) =>
        answer(wire.groupWire(await groups.change(params.id, readGroupPatch(body)), base(request))),
      BODY,
    )
    .delete("/Groups/:id", async ({ params }) => {
      await groups.remove(params.id);
      return new Response(null, { status: 204 });
    });
}

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "Content-Type": MEDIA_TYPE, "Cache-Control": "no-store" },
  });

const whole = (resources: unknown[]) => wire.listWire(resources, resources.length, 1);

function named<T extends { id: string }>(resources: T[], id: string): T {
  const found = resources.find((one) => one.id === decodeURIComponent(id));
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
