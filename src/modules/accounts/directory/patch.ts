import { attributeName, parseFilter } from "./filter.ts";
import { scimRefusal } from "./scim-error.ts";

/** What a directory wants changed about a person; what is left out stays. */
export interface UserChange {
  userName?: string;
  externalId?: string | null;
  active?: boolean;
  email?: string;
  displayName?: string;
}

/** What it wants changed about a group. */
export interface GroupChange {
  displayName?: string;
  externalId?: string | null;
  members?: { replace: string[] } | { add: string[]; remove: string[] | "all" };
}

type Json = Record<string, unknown>;
export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const MAX_OPERATIONS = 1000;
const wrong = (what: string) => scimRefusal(400, what, "invalidValue");

interface Operation {
  op: "add" | "replace" | "remove";
  path: string | null;
  value: unknown;
}

/** Operations as directories write them: Entra ID says `Replace`, Okta leaves the path out. */
export function readOperations(body: unknown): Operation[] {
  const listed = isObject(body) ? (body["Operations"] ?? body["operations"]) : null;
  if (!Array.isArray(listed) || listed.length > MAX_OPERATIONS)
    throw scimRefusal(400, `Send at most ${MAX_OPERATIONS} Operations.`, "invalidSyntax");
  return listed.map((one) => {
    const op = isObject(one) && typeof one["op"] === "string" ? one["op"].toLowerCase() : "";
    if (op !== "add" && op !== "replace" && op !== "remove")
      throw scimRefusal(400, "An operation's op is add, replace or remove.", "invalidSyntax");
    const path = (one as Json)["path"];
    if (path !== undefined && path !== null && typeof path !== "string")
      throw scimRefusal(400, "An operation's path is text.", "invalidPath");
    return { op, path: path || null, value: (one as Json)["value"] };
  });
}

/** Entra ID sends booleans as "True" and "False". */
function booleanOf(value: unknown): boolean {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if (word === true || word === "true") return true;
  if (word === false || word === "false") return false;
  throw wrong("active is true or false.");
}

function textOf(name: string, value: unknown, max = 320): string {
  if (typeof value !== "string" || value.trim() === "" || value.length > max || /[\u0000-\u001f\u007f]/.test(value))
    throw wrong(`${name} is text of 1 to ${max} characters on one line.`);
  return value.trim().normalize("NFC");
}

/** The primary address of a list, else the one for work, else the first. */
function emailOf(value: unknown): string | undefined {
  const list = (Array.isArray(value) ? value : [value])
    .slice(0, 100)
    .map((one): Json => (isObject(one) ? one : { value: one }));
  const chosen =
    list.find((one) => one["primary"] === true || one["primary"] === "True" || one["primary"] === "true") ??
    list.find((one) => one["type"] === "work") ??
    list[0];
  return chosen?.["value"] === undefined ? undefined : textOf("emails.value", chosen["value"]);
}

/** Given and family name, for a person without a display name. */
function nameOf(name: Json): string | undefined {
  if (typeof name["formatted"] === "string" && name["formatted"].trim() !== "") return name["formatted"].slice(0, 100);
  const parts = [name["givenName"], name["familyName"]].filter((part) => typeof part === "string" && part !== "");
  return parts.length > 0 ? parts.join(" ").slice(0, 100) : undefined;
}

const EMAIL_PATH = /^emails(?:\[.*\])?(?:\.value)?$/i;

/** Sets one attribute; those that are not kept here are passed over, because directories send all they know. */
function setUser(change: UserChange, path: string, value: unknown): void {
  const name = attributeName(path);
  if (name === "username") change.userName = textOf("userName", value);
  else if (name === "externalid") change.externalId = value === null ? null : textOf("externalId", value);
  else if (name === "active") change.active = booleanOf(value);
  else if (name === "displayname" || name === "name.formatted") change.displayName = textOf("displayName", value, 200);
  else if (EMAIL_PATH.test(name)) change.email = emailOf(value) ?? change.email;
  else if (name === "name" && isObject(value)) change.displayName ??= nameOf(value);
}

/** A whole User, as POST and PUT send it. */
export function readUser(body: unknown): UserChange {
  if (!isObject(body)) throw scimRefusal(400, "Send a User as JSON.", "invalidSyntax");
  const change: UserChange = {};
  // The display name counts before one made of its parts.
  const entries = Object.entries(body).sort(([a], [b]) => Number(a === "name") - Number(b === "name"));
  for (const [name, value] of entries)
    if (value !== null && value !== undefined && value !== "") setUser(change, name, value);
  return change;
}

/** A User's PATCH (RFC 7644 3.5.2). */
export function readUserPatch(body: unknown): UserChange {
  const change: UserChange = {};
  for (const { op, path, value } of readOperations(body)) {
    if (op === "remove") removeUser(change, path);
    else if (path !== null) setUser(change, path, value);
    else if (isObject(value)) for (const [name, part] of Object.entries(value)) setUser(change, name, part);
    else throw scimRefusal(400, "An operation without a path has an object as its value.", "invalidSyntax");
  }
  return change;
}

function removeUser(change: UserChange, path: string | null): void {
  const name = attributeName(path ?? "");
  if (path === null) throw scimRefusal(400, "remove needs a path.", "invalidPath");
  if (name === "externalid") change.externalId = null;
  if (name === "username" || name === "active")
    throw scimRefusal(400, `${path.slice(0, 100)} is required and cannot be removed.`, "mutability");
}

/** The ids in a list of members; groups in groups are not kept. */
function memberIds(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (isObject(one) && typeof one["type"] === "string" && one["type"].toLowerCase() === "group")
      throw wrong("Groups in groups are not supported: provision the people in them.");
    return textOf("members.value", isObject(one) ? one["value"] : one);
  });
}

/** A whole Group, as POST and PUT send it. */
export function readGroup(body: unknown): GroupChange {
  if (!isObject(body)) throw scimRefusal(400, "Send a Group as JSON.", "invalidSyntax");
  return {
    ...(body["displayName"] === undefined ? {} : { displayName: textOf("displayName", body["displayName"], 256) }),
    ...(typeof body["externalId"] === "string" ? { externalId: textOf("externalId", body["externalId"]) } : {}),
    ...(Array.isArray(body["members"]) ? { members: { replace: memberIds(body["members"]) } } : {}),
  };
}

/** A Group's PATCH; each operation is a change, in their order. */
export function readGroupPatch(body: unknown): GroupChange[] {
  return readOperations(body).flatMap((operation) => {
    if (operation.path !== null) return [groupChange(operation)];
    if (!isObject(operation.value) || operation.op === "remove")
      throw scimRefusal(400, "An operation without a path adds or replaces with an object.", "invalidPath");
    return Object.entries(operation.value).map(([path, value]) => groupChange({ ...operation, path, value }));
  });
}

function groupChange({ op, path, value }: Operation): GroupChange {
  const text = path ?? "";
  const name = attributeName(text.split("[")[0] ?? "");
  if (name === "displayname" && op !== "remove") return { displayName: textOf("displayName", value, 256) };
  if (name === "externalid") return { externalId: op === "remove" ? null : textOf("externalId", value) };
  if (name !== "members") return {};
  if (op === "replace" && !text.includes("[")) return { members: { replace: memberIds(value ?? []) } };
  if (op === "add") return { members: { add: memberIds(value), remove: [] } };
  if (op === "replace")
    throw scimRefusal(400, "Members are added and removed, not replaced one by one.", "invalidPath");
  return { members: { add: [], remove: text.includes("[") ? [memberOf(text)] : listedMembers(value) } };
}

const listedMembers = (value: unknown): string[] | "all" =>
  value === undefined || value === null ? "all" : memberIds(value);

/** `members[value eq "…"]`. */
function memberOf(path: string): string {
  const filter = parseFilter(path);
  if (filter.kind === "eq" && filter.attribute === "members.value" && typeof filter.value === "string")
    return filter.value;
  throw scimRefusal(400, 'Name a member as members[value eq "…"].', "invalidPath");
}
