/** The part of an OpenAPI 3.x document that the page draws; everything is checked, nothing is taken on trust. */
export interface ApiOperation {
  method: string;
  path: string;
  summary: string;
  description: string;
  id: string;
  parameters: { name: string; place: string; required: boolean; type: string; description: string }[];
  /** Fields of the JSON body, or its media type alone. */
  body: { mediaType: string; fields: ApiField[] } | null;
  responses: { status: string; description: string }[];
}

export interface ApiField {
  name: string;
  type: string;
  required: boolean;
  description: string;
}

export interface ApiGroup {
  name: string;
  operations: ApiOperation[];
}

type Json = Record<string, unknown>;
const METHODS = ["get", "post", "put", "patch", "delete"];

const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const UNTAGGED = "Server";

/** Groups the operations by their first tag, by name; those without one come last. */
export function groupsOf(document: unknown): ApiGroup[] {
  const root = objectOf(document);
  const groups = new Map<string, ApiOperation[]>();
  for (const [path, item] of Object.entries(objectOf(root.paths)))
    for (const method of METHODS) {
      const operation = objectOf(item)[method];
      if (operation === undefined) continue;
      const name = textOf(listOf(objectOf(operation).tags)[0]) || UNTAGGED;
      groups.set(name, [
        ...(groups.get(name) ?? []),
        operationOf(root, method, path, objectOf(operation), objectOf(item)),
      ]);
    }
  return [...groups]
    .map(([name, operations]) => ({ name, operations }))
    .sort((a, b) => Number(a.name === UNTAGGED) - Number(b.name === UNTAGGED) || a.name.localeCompare(b.name));
}

function operationOf(root: Json, method: string, path: string, operation: Json, item: Json): ApiOperation {
  const parameters = [...listOf(item.parameters), ...listOf(operation.parameters)].map((p) => resolve(root, p));
  return {
    method: method.toUpperCase(),
    path,
    summary: textOf(operation.summary),
    description: textOf(operation.description),
    id: `${method}-${path}`
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, ""),
    parameters: parameters.map((p) => ({
      name: textOf(p.name),
      place: textOf(p.in),
      required: p.required === true,
      type: typeOf(root, p.schema),
      description: textOf(p.description),
    })),
    body: bodyOf(root, operation.requestBody),
    responses: Object.entries(objectOf(operation.responses)).map(([status, response]) => ({
      status,
      description: textOf(resolve(root, response).description),
    })),
  };
}

function bodyOf(root: Json, requestBody: unknown): ApiOperation["body"] {
  const [mediaType, media] = Object.entries(objectOf(resolve(root, requestBody).content))[0] ?? [];
  if (mediaType === undefined) return null;
  const schema = resolve(root, objectOf(media).schema);
  const required = new Set(listOf(schema.required));
  const fields = Object.entries(objectOf(schema.properties)).map(([name, property]) => ({
    name,
    type: typeOf(root, property),
    required: required.has(name),
    description: textOf(resolve(root, property).description),
  }));
  return { mediaType, fields };
}

/** Follows one local `$ref`; anything else is taken as it stands. */
function resolve(root: Json, value: unknown): Json {
  const ref = textOf(objectOf(value).$ref);
  if (!ref.startsWith("#/")) return objectOf(value);
  return objectOf(
    ref
      .slice(2)
      .split("/")
      .reduce<unknown>((at, key) => objectOf(at)[key.replaceAll("~1", "/").replaceAll("~0", "~")], root),
  );
}

function typeOf(root: Json, value: unknown, depth = 0): string {
  const schema = resolve(root, value);
  if (depth > 3) return "…";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  const choices = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (choices.length > 0) return [...new Set(choices.map((c) => typeOf(root, c, depth + 1)))].join(" | ");
  if (schema.type === "array") return `${typeOf(root, schema.items, depth + 1)}[]`;
  if (Array.isArray(schema.type)) return schema.type.map(String).join(" | ");
  const format = textOf(schema.format);
  return [textOf(schema.type) || "any", format === "" ? "" : `(${format})`].filter(Boolean).join(" ");
}
