import { type Digest, isDigest, sha256 } from "../digest.ts";
import { PAYLOAD_TYPE } from "./dsse.ts";

/** What an OpenSSF model signature (v1.0) states: these files of a folder, and which paths it leaves out. */
export interface ModelStatement {
  files: Map<string, Digest>;
  ignored: string[];
}

/** A statement about something else; or one about a model that breaks the format, and how. */
export type StatementReading = ModelStatement | { not: "model" } | { broken: string };

const PREDICATE = "https://model_signing/signature/v1.0";
const OLD_PREDICATE = "https://model_signing/Digests/v0.1";
const STATEMENT = "https://in-toto.io/Statement/v1";
/** What model_signing leaves out by itself. */
const GIT_PATHS = [".git", ".gitattributes", ".github", ".gitignore"];
const MAX_IGNORED = 1000;

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** Reads the payload of an envelope; its own digest over the files' digests is checked. Throws never. */
export function readModelStatement(payloadType: string, payload: Uint8Array): StatementReading {
  if (payloadType !== PAYLOAD_TYPE) return { not: "model" };
  let statement: Fields;
  try {
    statement = fieldsOf(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)));
  } catch {
    return { broken: "its statement is not JSON" };
  }
  if (statement.predicateType === OLD_PREDICATE)
    return { broken: "it is of a version before 1.0: sign the model again" };
  if (statement._type !== STATEMENT || statement.predicateType !== PREDICATE) return { not: "model" };
  const { serialization, resources } = fieldsOf(statement.predicate);
  const { method, hash_type: hash, ignore_paths: ignored = [] } = fieldsOf(serialization);
  if (method !== "files" || hash !== "sha256") {
    return { broken: "it does not hold SHA-256 of whole files, so it cannot be compared here" };
  }
  if (!isTexts(ignored) || ignored.length > MAX_IGNORED) return { broken: "its list of ignored paths is none" };
  const files = filesOf(resources);
  if (typeof files === "string") return { broken: files };
  const [subject, ...more] = Array.isArray(statement.subject) ? statement.subject : [];
  if (more.length > 0 || fieldsOf(fieldsOf(subject).digest).sha256 !== rootOf(files)) {
    return { broken: "its own digest is not that of the files it lists" };
  }
  return { files, ignored: [...GIT_PATHS, ...ignored.map(plain)] };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && one.length < 4096);

/** As pathlib reads a path: without empty parts and `.`; the empty path is the whole folder. */
const plain = (path: string): string =>
  `${path.startsWith("/") ? "/" : ""}${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;

function filesOf(resources: unknown): Map<string, Digest> | string {
  if (!Array.isArray(resources) || resources.length === 0) return "it lists no file";
  const files = new Map<string, Digest>();
  for (const { name, algorithm, digest } of resources.map(fieldsOf)) {
    const value = `sha256:${digest}`;
    if (typeof name !== "string" || name === "" || algorithm !== "sha256" || !isDigest(value)) {
      return "a file that it lists has no name or no SHA-256";
    }
    if (files.has(name)) return "it lists a file twice";
    files.set(name, value);
  }
  return files;
}

/** SHA-256 over the raw digests in the order of the list. */
function rootOf(files: ReadonlyMap<string, Digest>): string {
  const raw = Buffer.concat([...files.values()].map((digest) => Buffer.from(digest.slice(7), "hex")));
  return sha256(raw).slice("sha256:".length);
}

/** How a folder's files differ from what was signed. */
export interface ModelComparison {
  changed: string[];
  missing: string[];
  /** There, and neither signed nor left out by the signer. */
  uncovered: string[];
  /** There, and left out by the signer's choice. */
  ignored: string[];
}

/** Compares by exact path and digest; `files` are those of the folder that was signed, without signatures. */
export function compareModel(statement: ModelStatement, files: ReadonlyMap<string, Digest>): ModelComparison {
  const ignored = new Set(statement.ignored);
  const found: ModelComparison = { changed: [], missing: [], uncovered: [], ignored: [] };
  for (const [path, digest] of files) {
    const signed = statement.files.get(path);
    if (signed === undefined) (isWithin(path, ignored) ? found.ignored : found.uncovered).push(path);
    else if (signed !== digest) found.changed.push(path);
  }
  for (const path of statement.files.keys()) if (!files.has(path)) found.missing.push(path);
  return found;
}

/** The path itself or a folder above it is one of these; the empty one stands for everything. */
function isWithin(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.has("") || folders.has(path)) return true;
  for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
    if (folders.has(path.slice(0, end))) return true;
  }
  return false;
}
