import { type FormatProblem, pictureOf } from "./archive-hygiene-formats.ts";
import { EXECUTABLES, ARCHIVES, type FileType, fileTypeOf } from "./file-type.ts";
import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { listZip } from "./zip-members.ts";

const DOCUMENT_LIMIT = 8 * 1024 * 1024;
const PICTURE_LIMIT = 16 * 1024 * 1024;
/** Cameras and editors leave a little behind a picture's end. */
const SLACK = 1024;
const MACROS = /(?:^|\/)(?:vbaProject\.bin|vbaData\.xml|macrosheets\/|activeX\/)/i;
const EMBEDDED = /(?:^|\/)embeddings\/(?:oleObject\d{0,4}\.bin|.{0,60}\.(?:exe|bin|js|vbs|ps1))$/i;

/** Documents that run something, and what lies behind a picture's end. Reads at most 16 MiB of a file. */
export async function documentProblems(
  target: ScanTarget,
  file: ScanFile,
  type: FileType,
  head: Uint8Array,
): Promise<FormatProblem[]> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
  if (/^[\s\S]{0,1024}%PDF-/.test(text.slice(0, 1029)))
    return pdf(Buffer.from(await readRange(target, file, 0, Math.min(file.size, DOCUMENT_LIMIT))).toString("latin1"));
  if (/\.svg$/i.test(file.path)) return svg(text);
  if (type === "zip" && /\.(?:doc|xls|ppt)[xmt]?$|\.(?:dot|xlt|pot|pps|ppa|xla)[xm]$|\.od[tsp]$/i.test(file.path))
    return office(target, file);
  if (type === "ole") return oldOffice(text);
  const picture = pictureOf(head);
  if (picture === null || file.size > PICTURE_LIMIT) return [];
  return behindPicture(picture, await readRange(target, file, 0, file.size));
}

/** Names in a PDF may be written with `#` and two digits in place of any letter. */
function pdf(text: string): FormatProblem[] {
  const names = text.replace(/#([0-9a-fA-F]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  const has = (name: string) => new RegExp(`/${name}(?![A-Za-z])`).test(names);
  const problems: FormatProblem[] = [];
  if (has("Launch") || ((has("JavaScript") || has("JS")) && (has("OpenAction") || has("AA"))))
    problems.push({
      id: "active-document",
      severity: "high",
      message: "Is a PDF that starts a program or a script when it is opened.",
      remedy: "Print it to a PDF anew.",
    });
  else if (has("JavaScript") || has("JS") || has("EmbeddedFile"))
    problems.push({
      id: "active-document",
      severity: "medium",
      message: "Is a PDF that holds scripts or other files.",
      remedy: "Print it to a PDF anew.",
    });
  if (/\/Encrypt\s{1,4}\d/.test(names))
    problems.push({
      id: "encrypted",
      severity: "medium",
      message: "Is an encrypted PDF: the scanners cannot look into it.",
      remedy: "Publish it in the clear.",
    });
  return problems;
}

function svg(text: string): FormatProblem[] {
  const active =
    /<script[\s>/]|<foreignObject[\s>]|\son(?:load|error|click|mouseover|begin|focus)\s{0,3}=|(?:href|src)\s{0,3}=\s{0,3}["']\s{0,3}(?:javascript:|data:text\/html)/i.exec(
      text,
    );
  return active === null
    ? []
    : [
        {
          id: "active-document",
          severity: "medium",
          message: "Is a drawing that runs a script where it is opened by itself.",
          remedy: "Save it as a plain drawing.",
          excerpt: active[0],
        },
      ];
}

const MACRO_PROBLEM: FormatProblem = {
  id: "office-macros",
  severity: "high",
  message: "Is an Office document with macros, which run when it is opened.",
  remedy: "Save it in a format without macros.",
};

async function office(target: ScanTarget, file: ScanFile): Promise<FormatProblem[]> {
  const names = (await listZip(target, file)).members.map(({ name }) => name);
  if (names.some((name) => MACROS.test(name))) return [MACRO_PROBLEM];
  const embedded = names.find((name) => EMBEDDED.test(name));
  return embedded === undefined
    ? []
    : [
        {
          id: "active-document",
          severity: "medium",
          message: "Is an Office document that holds other objects, which run when they are opened.",
          remedy: "Take the objects out.",
          excerpt: embedded,
        },
      ];
}

/** The names of storages lie in UTF-16 in the older format; small documents have them in their first 64 KiB. */
const oldOffice = (text: string): FormatProblem[] =>
  text.includes("_\0V\0B\0A\0") || text.includes("M\0a\0c\0r\0o\0s\0") ? [MACRO_PROBLEM] : [];

function behindPicture(picture: string, bytes: Uint8Array): FormatProblem[] {
  const end = endOf(picture, bytes);
  if (end === null || end >= bytes.length) return [];
  const rest = bytes.subarray(end);
  const type = fileTypeOf(rest.subarray(0, 512));
  const start = Buffer.from(rest.subarray(0, 256)).toString("latin1");
  if (ARCHIVES.includes(type) || EXECUTABLES.includes(type) || /^\s{0,8}(?:#!|<\?php|<script|<html|%PDF-)/i.test(start))
    return [
      {
        id: "polyglot",
        severity: "high",
        message: `Is a picture (${picture}) with ${type ?? "a script or document"} behind its end: programs disagree about what it is.`,
        remedy: "Split it into two files.",
      },
    ];
  // A second picture, as cameras append.
  if (rest.length <= SLACK || pictureOf(rest) !== null) return [];
  return [
    {
      id: "trailing-data",
      severity: "low",
      message: `Is a picture (${picture}) with ${rest.length} bytes behind its end, which nobody sees.`,
      remedy: "Save the picture anew.",
    },
  ];
}

/** Where a picture ends by its own structure; null where that cannot be said. */
function endOf(picture: string, bytes: Uint8Array): number | null {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (picture === "png") {
    for (let at = 8; at + 12 <= bytes.length; ) {
      const size = data.getUint32(at);
      const last = data.getUint32(at + 4) === 0x49454e44;
      at += 12 + size;
      if (last) return at;
    }
    return null;
  }
  if (picture === "webp") return data.getUint32(4, true) + 8;
  if (picture === "bmp") return data.getUint32(2, true);
  if (picture === "gif") return endOfGif(bytes);
  if (picture === "jpeg") return endOfJpeg(bytes);
  return null;
}

function endOfGif(bytes: Uint8Array): number | null {
  const table = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const skip = (start: number): number => {
    let at = start;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    return at + 1;
  };
  let at = 13 + table(bytes[10] ?? 0);
  while (at < bytes.length) {
    const mark = bytes[at];
    if (mark === 0x3b) return at + 1;
    if (mark === 0x21) at = skip(at + 2);
    else if (mark === 0x2c) at = skip(at + 10 + table(bytes[at + 9] ?? 0) + 1);
    else return null;
  }
  return null;
}

function endOfJpeg(bytes: Uint8Array): number | null {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const mark = bytes[at + 1]!;
    if (mark === 0xd9) return at + 2;
    const size = mark === 0x01 || (mark >= 0xd0 && mark <= 0xd7) ? 0 : (bytes[at + 2]! << 8) | bytes[at + 3]!;
    at += 2 + size;
    if (mark !== 0xda) continue;
    // The picture's data, until a mark that is neither stuffed nor a restart.
    while (
      at + 1 < bytes.length &&
      !(bytes[at] === 0xff && bytes[at + 1] !== 0 && (bytes[at + 1]! < 0xd0 || bytes[at + 1]! > 0xd7))
    )
      at++;
  }
  return null;
}
