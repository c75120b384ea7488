import { LdapUnavailable } from "./ldap-directory.ts";

/** What a search gives: attributes in the directory's own spelling, whose case means nothing. */
export type RawEntry = Readonly<Record<string, unknown>>;

const MAX_TEXT = 1000;

const keyOf = (entry: RawEntry, attribute: string): string | undefined =>
  Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());

const valuesOf = (entry: RawEntry, attribute: string): unknown[] => {
  const value = entry[keyOf(entry, attribute) ?? ""] ?? [];
  return Array.isArray(value) ? value : [value];
};

/** Every value that is text. */
export const textsOf = (entry: RawEntry, attribute: string): string[] =>
  valuesOf(entry, attribute).filter((value): value is string => typeof value === "string");

/** The first value, or "". */
export const textOf = (entry: RawEntry, attribute: string): string =>
  (textsOf(entry, attribute)[0] ?? "").slice(0, MAX_TEXT);

/** Whether the directory gave a part of the values only (`memberOf;range=0-1499`, as Active Directory does). */
export const isCutShort = (entry: RawEntry, attribute: string): boolean =>
  Object.keys(entry).some((key) => key.toLowerCase().startsWith(`${attribute.toLowerCase()};range=`));

const isGuid = (attribute: string): boolean => attribute.toLowerCase() === "objectguid";

/** The entry's id as text. Throws LdapUnavailable where there is none, or none that is certainly the entry's alone. */
export function idOf(entry: RawEntry, attribute: string): string {
  const [value, ...more] = valuesOf(entry, attribute);
  if (value === undefined || more.length > 0)
    throw new LdapUnavailable(`an entry has not exactly one ${attribute} that the search may read`);
  // Text that was bytes has lost what did not fit, and two ids could look alike.
  if (!(value instanceof Uint8Array))
    throw new LdapUnavailable(`the directory spells ${attribute} ${keyOf(entry, attribute)}: write id_attribute so`);
  if (isGuid(attribute)) return guidText(value);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    if (text !== "" && text.length <= 255) return text;
  } catch {
    // Not text: as unusable as an empty one.
  }
  throw new LdapUnavailable(`the ${attribute} of an entry is not a text of 1 to 255 characters`);
}

/** The bytes that an id is searched by; null for text that is no id of this kind. */
export function idBytes(id: string, attribute: string): Uint8Array | null {
  if (!isGuid(attribute)) return new TextEncoder().encode(id);
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
    ? mixed(Buffer.from(id.replaceAll("-", ""), "hex"))
    : null;
}

/** The first three groups of a GUID are little-endian in bytes, and written big-endian (MS-DTYP 2.3.4). */
const mixed = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (from) => bytes[from]!);

function guidText(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new LdapUnavailable("an objectGUID has not 16 bytes");
  return Buffer.from(mixed(bytes))
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
