import type { Severity } from "../../core/kind.ts";
import { makeVisible } from "./excerpt.ts";
import { documentProblems } from "./archive-hygiene-documents.ts";
import { type ArchiveRule, formatProblems, nameProblem, type FormatProblem } from "./archive-hygiene-formats.ts";
import { ARCHIVES, CLOSED_ARCHIVES, EXECUTABLES, fileTypeOf, TYPE_BYTES, type FileType } from "./file-type.ts";
import { INSIDE, type LeftOut, leftOutOf } from "./nested-files.ts";
import { readRange } from "./read-bytes.ts";
import type { Finding, ScanFile, Scanner, ScanTarget } from "./scanner.ts";
import { hasTextName, TEXT_LIMIT } from "./text-windows.ts";
import { isOpened, listZip } from "./zip-members.ts";

const NAME = "archive-hygiene";
const NESTED_LIMIT = 32 * 1024 * 1024;
/** Headers, scripts in pictures and the beginning of documents lie within. */
const HEAD = 64 * 1024;
const MOST_LEFT_OUT = 20;

// Formats that are zip files by design.
const ZIP_BY_DESIGN =
  /\.(?:zip|jar|war|whl|egg|apk|docx|xlsx|pptx|odt|ods|odp|epub|vsix|xpi|crx|nupkg|mcpb|dxt|pt|pth|ckpt|bin|npz|keras|mar|skill|kmz|3mf|usdz|safetensors\.zip)$/i;
const ARCHIVE_NAME = /\.(?:tar|tgz|gz|tbz2?|bz2|txz|xz|lzma|zst|lz4|z|7z|rar|joblib|pkl|nii\.gz)$/i;
const RUNNABLE_NAME =
  /\.(?:exe|dll|scr|com|msi|bat|cmd|vbs|vbe|wsf|hta|jse|lnk|pif|cpl|reg|app|dmg|pkg|deb|rpm|so|dylib|elf|bin|node)$/i;
const DATA_NAME = /\.(?:csv|tsv|jsonl|json|txt|sql|xml)$/i;
const PLAIN_NAME =
  /\.(?:md|txt|json|ya?ml|toml|csv|tsv|xml|html?|css|png|jpe?g|gif|webp|svg|pdf|ico|py|js|ts|sh|rst|jsonl)$/i;

/** Archives in the version, what cannot be looked into, files that are two things at once, and programs among documents. */
export function createArchiveHygieneScanner(): Scanner {
  return {
    name: NAME,
    version: "2",
    async scan(target, signal) {
      const findings: Finding[] = leftOutOf(target).slice(0, MOST_LEFT_OUT).map(leftOut);
      for (const file of target.files) {
        signal.throwIfAborted();
        const named = nameProblem(file.path);
        if (named !== null) findings.push(problem(file, named));
        if (file.size === 0) continue;
        findings.push(...(await contents(target, file)));
      }
      return findings;
    },
  };
}

async function contents(target: ScanTarget, file: ScanFile): Promise<Finding[]> {
  const findings: Finding[] = [];
  const head = await readRange(target, file, 0, HEAD);
  const type = fileTypeOf(head.subarray(0, TYPE_BYTES));
  if (EXECUTABLES.includes(type)) findings.push(executable(file, type));
  if (ARCHIVES.includes(type)) findings.push(...(await archive(target, file, type)));
  else if (type === null && file.size > 64 && !file.path.includes(INSIDE))
    findings.push(...(await hiddenZip(target, file)));
  if (hasTextName(file.path) && file.size > TEXT_LIMIT) findings.push(partlyRead(file));
  const others = target.files.map(({ path }) => path);
  const problems = [...formatProblems(file, type, head, others), ...(await documentProblems(target, file, type, head))];
  const known = findings.some(({ ruleId }) => ruleId === `${NAME}/polyglot`);
  findings.push(...problems.filter(({ id }) => !(known && id === "polyglot")).map((each) => problem(file, each)));
  return findings;
}

const problem = (file: ScanFile, { id, severity, message, remedy, excerpt }: FormatProblem): Finding =>
  finding(file, id, severity, message, remedy, excerpt);

function finding(
  file: Pick<ScanFile, "path">,
  id: ArchiveRule,
  severity: Severity,
  message: string,
  remedy: string,
  excerpt = "",
): Finding {
  return {
    scanner: NAME,
    ruleId: `${NAME}/${id}`,
    severity,
    category: "archive",
    path: file.path,
    line: null,
    column: null,
    excerpt: makeVisible(excerpt).slice(0, 200),
    message,
    remedy,
  };
}

function executable(file: ScanFile, type: FileType): Finding {
  const disguised = PLAIN_NAME.test(file.path);
  return finding(
    file,
    disguised ? "disguised-executable" : "executable",
    // A program under a document's name has no honest reason.
    disguised ? "critical" : type === "lnk" ? "high" : "medium",
    disguised
      ? `Is a program (${type}) under the name of a document.`
      : `Is a compiled program (${type}), which nobody can review.`,
    "Publish sources, or a reference to a released and signed build.",
  );
}

async function archive(target: ScanTarget, file: ScanFile, type: FileType): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (PLAIN_NAME.test(file.path)) {
    findings.push(
      finding(
        file,
        "disguised-archive",
        "high",
        `Is an archive (${type}) under the name of a document.`,
        "Give it its own name, or unpack it.",
      ),
    );
  }
  if (CLOSED_ARCHIVES.includes(type)) {
    findings.push(
      finding(
        file,
        "unreadable-archive",
        "high",
        `Is a ${type} archive, which the scanners cannot look into.`,
        "Unpack it, or use zip or tar.gz.",
      ),
    );
  } else if (file.size > NESTED_LIMIT && !ZIP_BY_DESIGN.test(file.path)) {
    findings.push(
      finding(file, "large-archive", "high", "Is an archive too large to be scanned inside.", "Unpack it."),
    );
  } else if (!ZIP_BY_DESIGN.test(file.path) && !ARCHIVE_NAME.test(file.path) && !PLAIN_NAME.test(file.path)) {
    findings.push(
      finding(
        file,
        "unexpected-archive",
        "low",
        `Is a ${type} archive, which its name does not say.`,
        "Give it its own name, or unpack it.",
      ),
    );
  }
  if (file.path.split(INSIDE).length > 2) {
    findings.push(
      finding(
        file,
        "deeply-nested",
        "high",
        "Is an archive in an archive in an archive, beyond what is scanned.",
        "Unpack it.",
      ),
    );
  }
  return type === "zip" ? [...findings, ...(await zip(target, file))] : findings;
}

async function zip(target: ScanTarget, file: ScanFile): Promise<Finding[]> {
  const findings: Finding[] = [];
  const listing = await listZip(target, file);
  const locked = listing.members.find((member) => member.encrypted);
  if (locked) {
    findings.push(
      finding(
        file,
        "encrypted",
        "high",
        "Holds encrypted members, which the scanners cannot look into.",
        "Publish it without a password.",
        locked.name,
      ),
    );
  }
  const odd = listing.members.find((member) => !member.encrypted && !isOpened(member.method));
  if (odd) {
    findings.push(
      finding(
        file,
        "unknown-compression",
        "high",
        "Holds members compressed in a way the scanners cannot open.",
        "Use the deflate method.",
        odd.name,
      ),
    );
  }
  if (listing.damaged) {
    findings.push(
      finding(
        file,
        "damaged-zip",
        "high",
        "Has no readable central directory, so that programs read it differently.",
        "Make the archive again.",
      ),
    );
  }
  if (listing.prefix > 0 && !listing.damaged) findings.push(polyglot(file));
  const escaping = listing.members.find((member) =>
    /^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(member.name),
  );
  if (escaping) {
    findings.push(
      finding(
        file,
        "escaping-path",
        "high",
        "Would write outside of the folder it is unpacked into.",
        "Use relative names without `..`.",
        escaping.name,
      ),
    );
  }
  const runnable = listing.members.find((member) => RUNNABLE_NAME.test(member.name) && !/\.bin$/i.test(member.name));
  if (runnable) {
    findings.push(
      finding(
        file,
        "program-in-archive",
        "medium",
        "Holds a program.",
        "Publish sources, or a reference to a released build.",
        runnable.name,
      ),
    );
  }
  return findings;
}

/** A picture or a script that a zip reader would open: programs disagree about what it is. */
async function hiddenZip(target: ScanTarget, file: ScanFile): Promise<Finding[]> {
  const tail = Buffer.from(await readRange(target, file, Math.max(0, file.size - 66_000), file.size));
  const end = tail.lastIndexOf("PK\x05\x06");
  if (end === -1 || end + 22 > tail.length || tail.readUInt16LE(end + 10) === 0) return [];
  const commentEnds = end + 22 + tail.readUInt16LE(end + 20) === tail.length;
  return commentEnds ? [polyglot(file)] : [];
}

const polyglot = (file: ScanFile): Finding =>
  finding(file, "polyglot", "high", "Is a zip archive and something else at once.", "Split it into two files.");

function leftOut({ path, why }: LeftOut): Finding {
  const file = { path: makeVisible(path) };
  if (why === "bomb") {
    const message =
      "Grows more than a hundredfold when it is unpacked, beyond what is looked at: a bomb, or a place to hide.";
    return finding(file, "bomb", "high", message, "Publish it unpacked, and without what only fills it.");
  }
  if (why === "broken")
    return finding(
      file,
      "unreadable-archive",
      "medium",
      "Cannot be unpacked, so nobody has looked into it.",
      "Pack it again.",
    );
  if (why === "rest") {
    const message = "Holds more than is unpacked for scanning, of which the rest was not looked at.";
    return finding(file, "not-fully-scanned", "high", message, "Publish the files themselves instead of an archive.");
  }
  const text = hasTextName(path) && !DATA_NAME.test(path);
  const message = "Lies in an archive and is larger than is unpacked there: only its first part was looked at.";
  return finding(
    file,
    "not-fully-scanned",
    text ? "high" : "low",
    message,
    "Publish the file itself instead of an archive.",
  );
}

const partlyRead = (file: ScanFile): Finding =>
  finding(
    file,
    "not-fully-scanned",
    DATA_NAME.test(file.path) ? "low" : "high",
    `Is text of more than ${TEXT_LIMIT / 1024 / 1024} MiB, of which only the first and last parts and samples in between were scanned for instructions.`,
    "Split it into smaller files.",
  );
