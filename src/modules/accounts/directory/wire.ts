import type { ListedGroup } from "./directory-groups.ts";
import type { ListedUser } from "./directory-users.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0";
const MESSAGES = "urn:ietf:params:scim:api:messages:2.0";
export const MAX_COUNT = 200;

/** A User (RFC 7643 4.1); `base` is where SCIM is reached. */
export const userWire = (user: ListedUser, base: string) => ({
  schemas: [`${CORE}:User`],
  id: user.id,
  ...(user.externalId === null ? {} : { externalId: user.externalId }),
  userName: user.userName,
  displayName: user.displayName,
  name: { formatted: user.displayName },
  active: user.active,
  emails: [{ value: user.email, type: "work", primary: true }],
  groups: user.groups.map(({ id, name }) => ({ value: id, display: name, $ref: `${base}/Groups/${id}` })),
  meta: {
    resourceType: "User",
    created: user.createdAt,
    lastModified: user.updatedAt,
    location: `${base}/Users/${user.id}`,
  },
});

/** A Group (RFC 7643 4.2). */
export const groupWire = (group: ListedGroup, base: string) => ({
  schemas: [`${CORE}:Group`],
  id: group.id,
  ...(group.externalId === null ? {} : { externalId: group.externalId }),
  displayName: group.name,
  members: group.members.map(({ id, name }) => ({
    value: id,
    display: name,
    type: "User",
    $ref: `${base}/Users/${id}`,
  })),
  meta: {
    resourceType: "Group",
    created: group.createdAt,
    lastModified: group.updatedAt,
    location: `${base}/Groups/${group.id}`,
  },
});

/** A list's page (RFC 7644 3.4.2). */
export const listWire = (resources: unknown[], total: number, startIndex: number) => ({
  schemas: [`${MESSAGES}:ListResponse`],
  totalResults: total,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** What of the protocol is spoken here (RFC 7643 5). */
export const serviceProviderConfig = (base: string) => ({
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MAX_COUNT },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "Bearer token",
      description: "The token of [scim] in the server's configuration.",
      primary: true,
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
});

/** The two kinds of resources (RFC 7643 6). */
export const resourceTypes = (base: string) =>
  (["User", "Group"] as const).map((id) => ({
    schemas: [`${CORE}:ResourceType`],
    id,
    name: id,
    endpoint: `/${id}s`,
    schema: `${CORE}:${id}`,
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${id}` },
  }));

interface Attribute {
  name: string;
  type: "string" | "boolean" | "complex" | "reference";
  multiValued?: boolean;
  required?: boolean;
  mutability?: "readOnly" | "readWrite" | "immutable";
  uniqueness?: "server" | "none";
  subAttributes?: Attribute[];
}

const attribute = (one: Attribute): object => ({
  name: one.name,
  type: one.type,
  multiValued: one.multiValued ?? false,
  description: one.name,
  required: one.required ?? false,
  caseExact: false,
  mutability: one.mutability ?? "readWrite",
  returned: "default",
  uniqueness: one.uniqueness ?? "none",
  ...(one.subAttributes ? { subAttributes: one.subAttributes.map(attribute) } : {}),
});

const ATTRIBUTES: Record<"User" | "Group", Attribute[]> = {
  User: [
    { name: "userName", type: "string", required: true, uniqueness: "server" },
    { name: "displayName", type: "string" },
    { name: "name", type: "complex", subAttributes: [{ name: "formatted", type: "string" }] },
    { name: "active", type: "boolean" },
    {
      name: "emails",
      type: "complex",
      multiValued: true,
      required: true,
      subAttributes: [
        { name: "value", type: "string", required: true, uniqueness: "server" },
        { name: "type", type: "string" },
        { name: "primary", type: "boolean" },
      ],
    },
    {
      name: "groups",
      type: "complex",
      multiValued: true,
      mutability: "readOnly",
      subAttributes: [
        { name: "value", type: "string", mutability: "readOnly" },
        { name: "display", type: "string", mutability: "readOnly" },
      ],
    },
  ],
  Group: [
    { name: "displayName", type: "string", required: true, uniqueness: "server" },
    {
      name: "members",
      type: "complex",
      multiValued: true,
      subAttributes: [
        { name: "value", type: "string", mutability: "immutable" },
        { name: "display", type: "string", mutability: "readOnly" },
        { name: "type", type: "string", mutability: "immutable" },
      ],
    },
  ],
};

/** The attributes that are kept here (RFC 7643 7). */
export const schemas = (base: string) =>
  (["User", "Group"] as const).map((name) => ({
    schemas: [`${CORE}:Schema`],
    id: `${CORE}:${name}`,
    name,
    description: name === "User" ? "A person" : "A group of people",
    attributes: ATTRIBUTES[name].map(attribute),
    meta: { resourceType: "Schema", location: `${base}/Schemas/${CORE}:${name}` },
  }));
