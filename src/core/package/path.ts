import { type AppError, validationError } from "../error.ts";

export const MAX_PATH_BYTES = 512;
export const MAX_PATH_DEPTH = 32;

/** CON, NUL, COM1 … with any extension: Windows opens a device instead of the file. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/u;
/** Bidi marks, zero-width and other invisible characters; the emoji presentation selector alone may stay. */
const INVISIBLE = /(?!\ufe0f)[\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const NOT_ON_WINDOWS = /[<>:"|?*]/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}"]/gu;

/** A path as a message may show it: quoted, at most 160 characters, everything invisible written as `\u{…}`. */
export function visiblePath(path: string): string {
  const cut = path.length > 160 ? `${path.slice(0, 160)}…` : path;
  return `"${cut.replace(UNPRINTABLE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}

export const pathRefused = (path: string, why: string): AppError =>
  validationError({ field: visiblePath(path), message: why });

/**
 * The path in the one form that is stored: relative, `/` between segments, Unicode NFC (a decomposed name, as macOS
 * writes them, is composed; nothing else is changed). Throws VALIDATION_ERROR naming the path when any machine would
 * refuse it, read it as another one, or show it as something it is not.
 */
export function checkPath(path: string): string {
  if (path === "") throw pathRefused(path, "A file needs a name.");
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw pathRefused(path, `Longer than ${MAX_PATH_BYTES} bytes.`);
  if (CONTROL.test(path)) throw pathRefused(path, "Has control characters (or broken Unicode) in its name.");
  if (path.includes("\\")) throw pathRefused(path, "Has a backslash in its name; folders are divided by /.");
  if (path.startsWith("/")) throw pathRefused(path, "Is absolute; paths are relative to the package.");
  if (/^[a-z]:/i.test(path)) throw pathRefused(path, "Begins with a drive letter; paths are relative to the package.");
  if (INVISIBLE.test(path)) throw pathRefused(path, "Has invisible or direction-changing characters in its name.");
  const composed = path.normalize("NFC");
  if (Buffer.byteLength(composed) > MAX_PATH_BYTES) throw pathRefused(path, `Longer than ${MAX_PATH_BYTES} bytes.`);
  const segments = composed.split("/");
  if (segments.length > MAX_PATH_DEPTH) throw pathRefused(path, `Deeper than ${MAX_PATH_DEPTH} folders.`);
  for (const segment of segments) checkSegment(path, segment);
  return composed;
}

function checkSegment(path: string, segment: string): void {
  if (segment === "") throw pathRefused(path, "Has an empty folder or file name (// or a / at the end).");
  if (segment === "." || segment === "..") throw pathRefused(path, `Has a "${segment}" in it, which leaves its place.`);
  if (/[. ]$/.test(segment)) throw pathRefused(path, "Has a name that ends in a dot or a space, which Windows drops.");
  if (NOT_ON_WINDOWS.test(segment))
    throw pathRefused(path, 'Has one of < > : " | ? * in its name, which Windows refuses.');
  const dot = segment.indexOf(".");
  if (WINDOWS_DEVICE.test((dot < 0 ? segment : segment.slice(0, dot)).trimEnd()))
    throw pathRefused(path, "Has a name that Windows reserves for a device.");
  if (/^(?:\.git|git~1)$/i.test(segment)) throw pathRefused(path, "Lies in a .git folder, which would run its hooks.");
}

/** Files that operating systems and git leave behind: never part of a package, skipped without a word. */
export function isLitter(path: string): boolean {
  const segments = path.split("/");
  const last = segments.at(-1) ?? "";
  return segments.some((s) => s === ".git" || s === "__MACOSX") || last === ".DS_Store" || last.startsWith("._");
}

/** Equal for two spellings that some file system takes for one: NFKC, full case folding, nothing invisible. */
function foldedKey(path: string): string {
  const folded = path.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
  return folded.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
}

/** The paths of one package: refuses what could not be unpacked side by side on every file system. */
export class PathSet {
  readonly #files = new Map<string, string>();
  readonly #folders = new Map<string, string>();

  get size(): number {
    return this.#files.size;
  }

  /** Checks the path, remembers it and answers its stored form. Throws VALIDATION_ERROR. */
  add(raw: string): string {
    const path = checkPath(raw);
    const key = foldedKey(path);
    const twin = this.#files.get(key);
    if (twin === path) throw pathRefused(raw, "Is in the package twice.");
    if (twin !== undefined) throw pathRefused(raw, `Is the same name as ${visiblePath(twin)} on some file systems.`);
    if (this.#folders.has(key)) throw pathRefused(raw, "Is a file here and a folder elsewhere in the package.");
    this.#addFolders(raw, path);
    this.#files.set(key, path);
    return path;
  }

  /** A folder that is listed by itself, maybe empty: nothing to keep, but it may not be a file's name too. */
  addFolder(raw: string): void {
    this.#addFolders(raw, `${checkPath(raw)}/`);
  }

  #addFolders(raw: string, path: string): void {
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      const key = foldedKey(folder);
      const spelled = this.#folders.get(key);
      if (spelled !== undefined && spelled !== folder)
        throw pathRefused(raw, `Lies in the folder ${visiblePath(spelled)} spelled differently.`);
      if (this.#files.has(key)) throw pathRefused(raw, `Lies in ${visiblePath(folder)}, which is a file.`);
      this.#folders.set(key, folder);
    }
  }
}

/** Order of paths by their UTF-8 bytes: the order of layers in a manifest and of entries in an archive. */
export const comparePaths = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
