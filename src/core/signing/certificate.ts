import { X509Certificate } from "node:crypto";
import { type DerElement, derElements, objectIdentifier } from "./der.ts";

/** What a model's signature asks of an X.509 certificate (RFC 5280); names are what it says of itself, not yet believed. */
export interface Certificate {
  x509: X509Certificate;
  /** E-mail addresses, URIs and DNS names of the subject, else its common name; null when it has none. */
  name: string | null;
  /** Who told Sigstore's authority the name (its OIDC issuer); null in other certificates. */
  issuer: string | null;
  /** Key usage and extended key usage let it sign what is no TLS. */
  signsCode: boolean;
  /** How many authorities may stand below it; null: any number. */
  pathLength: number | null;
  /** It limits what it may sign in a way that is not checked here, so it vouches for nothing. */
  hasOtherLimits: boolean;
}

const ID = {
  keyUsage: "2.5.29.15",
  names: "2.5.29.17",
  constraints: "2.5.29.19",
  extendedUsage: "2.5.29.37",
  issuer: "1.3.6.1.4.1.57264.1.1",
  issuerText: "1.3.6.1.4.1.57264.1.8",
};
/** Identifiers of keys, policies and where more is found: they limit nothing that is asked here. */
const HARMLESS = new Set([...Object.values(ID), "2.5.29.14", "2.5.29.35", "2.5.29.32", "2.5.29.31"]);
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const ANY_USAGE = "2.5.29.37.0";
/** Nobody's certificate is larger. */
const MAX_BYTES = 64 * 1024;
const MAX_NAMES = 5;
const MAX_CHAIN = 8;

interface Extension {
  critical: boolean;
  value: Uint8Array;
}

/** Reads a certificate in DER; null when it is none, or larger than 64 KiB. */
export function readCertificate(der: Uint8Array): Certificate | null {
  if (der.length > MAX_BYTES || der[0] !== 0x30) return null;
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(der);
  } catch {
    return null;
  }
  const extensions = extensionsOf(der);
  if (extensions === null) return null;
  return {
    x509,
    name: namesIn(extensions.get(ID.names)) ?? commonName(x509.subject),
    issuer: issuerIn(extensions),
    signsCode: signsCode(extensions),
    pathLength: pathLengthIn(extensions.get(ID.constraints)),
    hasOtherLimits: [...extensions].some(([id, { critical }]) => critical && !HARMLESS.has(id)),
  };
}

/**
 * Whether one of `roots` vouches for the first certificate through the others, as of the moment from which it is valid. A root
 * that is the certificate itself does. At most 8 authorities stand between.
 */
export function isVouchedFor(chain: readonly Certificate[], roots: readonly Certificate[]): boolean {
  const [leaf, ...others] = chain;
  if (!leaf?.signsCode || leaf.hasOtherLimits) return false;
  const at = leaf.x509.validFromDate;
  const tried = new Set<Certificate>();
  let level: Certificate[] = [leaf];
  for (let depth = 0; depth <= MAX_CHAIN && level.length > 0; depth++) {
    if (level.some((one) => roots.some((root) => root.x509.raw.equals(one.x509.raw)))) return true;
    const above = (candidates: readonly Certificate[]) =>
      candidates.filter((issuer) => level.some((one) => issued(issuer, one, depth, at)));
    if (above(roots).length > 0) return true;
    level = above(others.filter((one) => !tried.has(one)));
    for (const one of level) tried.add(one);
  }
  return false;
}

function issued(issuer: Certificate, subject: Certificate, below: number, at: Date): boolean {
  const { x509, pathLength, hasOtherLimits } = issuer;
  if (!x509.ca || hasOtherLimits || (pathLength !== null && pathLength < below)) return false;
  if (x509.validFromDate > at || x509.validToDate < at) return false;
  try {
    return subject.x509.checkIssued(x509) && subject.x509.verify(x509.publicKey);
  } catch {
    // A key of a kind that the library does not know.
    return false;
  }
}

/** null when the certificate is not built as RFC 5280 says. */
function extensionsOf(der: Uint8Array): Map<string, Extension> | null {
  const outer = derElements(der)?.[0];
  const signed = outer && derElements(outer.content)?.[0];
  const fields = signed && derElements(signed.content);
  if (!fields) return null;
  const found = new Map<string, Extension>();
  const list = fields.find(({ tag }) => tag === 0xa3);
  if (!list) return found;
  for (const { content } of inside(list).flatMap(inside)) {
    const parts = derElements(content) ?? [];
    const [id, value] = [parts[0], parts.at(-1)];
    if (id?.tag !== 0x06 || value?.tag !== 0x04) return null;
    const critical = parts.length === 3 && parts[1]!.content[0] !== 0;
    found.set(objectIdentifier(id.content), { critical, value: value.content });
  }
  return found;
}

const inside = (element: DerElement): DerElement[] => derElements(element.content) ?? [];

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The context tags of RFC 5280's GeneralName that are text: rfc822Name, dNSName, URI. */
function namesIn(extension: Extension | undefined): string | null {
  const names = (extension && derElements(extension.value)?.flatMap(inside)) ?? [];
  const said = names.filter(({ tag }) => tag === 0x81 || tag === 0x82 || tag === 0x86).slice(0, MAX_NAMES);
  return said.length > 0 ? said.map(({ content }) => text(content)).join(", ") : null;
}

const commonName = (subject: string): string | null => /^CN=(.{1,500})$/m.exec(subject)?.[1] ?? null;

function issuerIn(extensions: ReadonlyMap<string, Extension>): string | null {
  const current = extensions.get(ID.issuerText);
  const wrapped = current && derElements(current.value)?.[0];
  if (wrapped) return text(wrapped.content);
  const older = extensions.get(ID.issuer);
  return older ? text(older.value) : null;
}

function signsCode(extensions: ReadonlyMap<string, Extension>): boolean {
  const usage = extensions.get(ID.keyUsage);
  const bits = usage && derElements(usage.value)?.[0]?.content;
  if (usage && ((bits?.[1] ?? 0) & 0x80) === 0) return false;
  const extended = extensions.get(ID.extendedUsage);
  if (!extended) return usage !== undefined;
  const uses = (derElements(extended.value) ?? []).flatMap(inside).map(({ content }) => objectIdentifier(content));
  return uses.includes(CODE_SIGNING) || uses.includes(ANY_USAGE);
}

function pathLengthIn(extension: Extension | undefined): number | null {
  const parts = (extension && derElements(extension.value)?.flatMap(inside)) ?? [];
  const length = parts.find(({ tag }) => tag === 0x02)?.content;
  if (!length) return null;
  // More than one byte: longer than any chain that is followed here.
  return length.length === 1 ? length[0]! : null;
}
