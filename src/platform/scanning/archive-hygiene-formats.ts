import type { Severity } from "../../core/kind.ts";
import { EXECUTABLES, type FileType } from "./file-type.ts";
import type { ScanFile } from "./scanner.ts";

/** Every rule of the scanner, in the order of its page. */
export const ARCHIVE_RULES = [
  "unreadable-archive",
  "encrypted",
  "unknown-compression",
  "damaged-zip",
  "large-archive",
  "deeply-nested",
  "not-fully-scanned",
  "bomb",
  "escaping-path",
  "disguised-archive",
  "unexpected-archive",
  "program-in-archive",
  "executable",
  "disguised-executable",
  "compiled-python",
  "self-extractor",
  "polyglot",
  "script-in-picture",
  "trailing-data",
  "mismatch",
  "disguised-name",
  "double-extension",
  "active-document",
  "office-macros",
] as const;
export type ArchiveRule = (typeof ARCHIVE_RULES)[number];

/** What a file's name or bytes have against it. */
export interface FormatProblem {
  id: ArchiveRule;
  severity: Severity;
  message: string;
  remedy: string;
  excerpt?: string;
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const DOUBLE =
  /\.(?:pdf|docx?|xlsx?|pptx?|png|jpe?g|gif|txt|md|mp[34]|csv|html?|json)[\s_]*\.(?:exe|scr|bat|cmd|com|pif|vbs|vbe|jse|wsf|hta|ps1|lnk|msi|jar|command|desktop)$/i;
const TURNED = /[\u202a-\u202e\u2066-\u2069\u200b-\u200f]/;

/** A name that hides what the file is. */
export function nameProblem(path: string): FormatProblem | null {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (TURNED.test(name))
    return {
      id: "disguised-name",
      severity: "high",
      message: "Has a name with invisible or direction-changing characters: it is shown otherwise than it is.",
      remedy: "Rename the file.",
      excerpt: name,
    };
  if (DOUBLE.test(name))
    return {
      id: "double-extension",
      severity: "high",
      message:
        "Has a document's extension in front of a program's: where extensions are hidden it looks like a document.",
      remedy: "Rename the file to what it is.",
      excerpt: name,
    };
  return null;
}

const PICTURES: readonly [string, RegExp, (head: Uint8Array) => boolean][] = [
  ["png", /\.png$/i, (head) => head[0] === 0x89 && latin1(head.subarray(1, 4)) === "PNG"],
  ["jpeg", /\.jpe?g$/i, (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff],
  ["gif", /\.gif$/i, (head) => /^GIF8[79]a/.test(latin1(head.subarray(0, 6)))],
  ["webp", /\.webp$/i, (head) => latin1(head.subarray(0, 4)) === "RIFF" && latin1(head.subarray(8, 12)) === "WEBP"],
  ["bmp", /\.bmp$/i, (head) => latin1(head.subarray(0, 2)) === "BM" && head.length > 14 && head[6] === 0],
  ["ico", /\.ico$/i, (head) => head[0] === 0 && head[1] === 0 && head[2] === 1 && head[3] === 0],
];
const SOUND = /\.(?:mp[34]|wav|ogg|flac|webm|mov|woff2?|ttf|otf)$/i;
const ACTIVE = /<\?php\b|<script[\s>]|<\?=|#!\/(?:usr\/)?bin\/|\beval\s?\(\s?(?:atob|base64_decode)/i;
const LFS = /^version https:\/\/git-lfs\.github\.com\/spec\//;

/** Which picture a file is by its first bytes; null for anything else. */
export const pictureOf = (head: Uint8Array): string | null => PICTURES.find(([, , is]) => is(head))?.[0] ?? null;

/** What the first 64 KiB say against a file; `others` are the paths of the version. */
export function formatProblems(
  file: ScanFile,
  type: FileType,
  head: Uint8Array,
  others: readonly string[],
): FormatProblem[] {
  return [
    ...mismatched(file, type, head),
    ...selfExtracting(head),
    ...lockedFile(type, head),
    ...compiled(file, head, others),
  ];
}

function mismatched({ path }: ScanFile, type: FileType, head: Uint8Array): FormatProblem[] {
  const picture = pictureOf(head);
  const start = latin1(head.subarray(0, 4096));
  if (picture !== null || SOUND.test(path)) {
    const active = ACTIVE.exec(latin1(head));
    const comment = picture === "gif" && /^GIF8[79]a\s{0,4}(?:\/\*|=)/.test(start);
    if (active === null && !comment) return [];
    return [
      {
        id: "script-in-picture",
        severity: "high",
        message: "Is a picture or a recording that holds a script: where it is read as one, it runs.",
        remedy: "Save it anew without metadata and comments.",
        excerpt: active ? active[0] : start.slice(0, 40),
      },
    ];
  }
  const claimed = PICTURES.find(([, name]) => name.test(path))?.[0] ?? (/\.pdf$/i.test(path) ? "pdf" : null);
  if (claimed === null || EXECUTABLES.includes(type) || type === "zip" || LFS.test(start)) return [];
  if (claimed === "pdf" && start.slice(0, 1024).includes("%PDF-")) return [];
  const runs =
    /^\s{0,40}(?:#!|<\?php|<script|<html|<!doctype html|import |function |MZ)/i.test(start) || ACTIVE.test(start);
  return [
    {
      id: "mismatch",
      severity: runs ? "high" : "low",
      message: `Is no ${claimed}, as its name says${runs ? ", but reads as a program or a page" : ""}.`,
      remedy: "Give it the name of what it is.",
      excerpt: runs ? start.slice(0, 60) : "",
    },
  ];
}

/** A shell script with bytes behind it that no person reads. */
function selfExtracting(head: Uint8Array): FormatProblem[] {
  if (head[0] !== 0x23 || head[1] !== 0x21) return [];
  const text = latin1(head);
  const binary = text.search(/[\0\x01-\x06\x0e-\x1a]{1}/);
  const marked =
    /^(?:__(?:ARCHIVE|PAYLOAD|DATA|END)[A-Z_]{0,20}__|PAYLOAD:)$/m.test(text) &&
    /\b(?:tail\s{1,3}-n|sed\s|awk\s)/.test(text);
  if (binary < 0 && !marked) return [];
  return [
    {
      id: "self-extractor",
      severity: "high",
      message: "Is a script that carries packed bytes behind its text, which it unpacks itself.",
      remedy: "Publish what it unpacks as files beside the script.",
      excerpt: text.slice(0, 80),
    },
  ];
}

function lockedFile(type: FileType, head: Uint8Array): FormatProblem[] {
  const start = latin1(head.subarray(0, 64));
  const how = start.startsWith("Salted__")
    ? "OpenSSL"
    : start.startsWith("age-encryption.org/")
      ? "age"
      : start.startsWith("-----BEGIN PGP MESSAGE-----")
        ? "OpenPGP"
        : type === "ole" && latin1(head).includes("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e")
          ? "a password of Office"
          : null;
  return how === null
    ? []
    : [
        {
          id: "encrypted",
          severity: "high",
          message: `Is encrypted with ${how}: the scanners cannot look into it.`,
          remedy: "Publish it in the clear.",
        },
      ];
}

/** Python's bytecode is not shown to anybody; with its source beside it, it is a leftover. */
function compiled({ path }: ScanFile, head: Uint8Array, others: readonly string[]): FormatProblem[] {
  if (!/\.py[co]$/i.test(path) || head[2] !== 0x0d || head[3] !== 0x0a) return [];
  const source = path.replace(/__pycache__\/([^/.]{1,100})\.[^/]{1,60}$/, "$1.py").replace(/\.py[co]$/i, ".py");
  const sourced = others.includes(source);
  return [
    {
      id: "compiled-python",
      severity: sourced ? "low" : "high",
      message: sourced
        ? "Is compiled Python, which may differ from the source beside it."
        : "Is compiled Python without its source, which nobody can review.",
      remedy: sourced ? "Leave __pycache__ out." : "Publish the source.",
    },
  ];
}
