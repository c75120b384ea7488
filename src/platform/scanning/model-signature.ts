import type { Digest } from "../../core/digest.ts";
import type { Severity } from "../../core/kind.ts";
import {
  compareModel,
  type ModelComparison,
  type ModelStatement,
  readModelStatement,
} from "../../core/signing/model-statement.ts";
import { readBundle, type SigstoreBundle } from "../../core/signing/sigstore-bundle.ts";
import { makeVisible } from "./excerpt.ts";
import { createSignerCheck, type SignerCheck } from "./model-signer.ts";
import type { ModelTrust } from "./model-trust.ts";
import { unpackedMembers } from "./nested-files.ts";
import { readRange } from "./read-bytes.ts";
import type { Finding, ScanFile, Scanner, ScanTarget } from "./scanner.ts";

const NAME = "model-signature";
/** What a signature of some 30,000 files takes. */
const MAX_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 4096;
/** More signatures in one version are not compared: each is held against every file. */
const MAX_SIGNATURES = 20;
const SIGNATURE_FILE = /\.(?:sig|sigstore|sigstore\.json)$/i;
const NAMED = 5;

interface ModelSignature {
  path: string;
  bundle: SigstoreBundle;
  statement: ModelStatement;
}

/**
 * Holds signatures of models (OpenSSF Model Signing v1.0) against the version's files, and says who signed. What it found out
 * stands in findings: `model-signature/verified` and `content-matches` (info) have the signer as their excerpt.
 */
export function createModelSignatureScanner(trust: ModelTrust = { keys: [], roots: [] }): Scanner {
  const signerOf = createSignerCheck(trust);
  return {
    name: NAME,
    // Another key makes other findings of the same bytes.
    version: `1.${Bun.hash.crc32(JSON.stringify(trust)).toString(16)}`,
    async scan(target, signal) {
      const own = target.files.filter((file) => !unpackedMembers.has(file));
      const found: (ModelSignature | Finding)[] = [];
      for (const file of own.filter(({ path }) => SIGNATURE_FILE.test(path))) {
        signal.throwIfAborted();
        const read = await readSignature(target, file);
        if (read !== null && found.push(read) > MAX_SIGNATURES) {
          found[MAX_SIGNATURES] = unreadable(
            file.path,
            `there are more than ${MAX_SIGNATURES} signatures in one version`,
          );
          break;
        }
      }
      const signatures = new Set(found.map(({ path }) => path));
      return found.flatMap((one) =>
        "ruleId" in one ? [one] : judge(one, best(one, own, signatures), signerOf(one.bundle)),
      );
    },
  };
}

/** null for a file that is no signature of a model. */
async function readSignature(target: ScanTarget, file: ScanFile): Promise<ModelSignature | Finding | null> {
  const head = new TextDecoder().decode(await readRange(target, file, 0, HEAD_BYTES));
  if (!head.trimStart().startsWith("{")) return null;
  if (file.size > MAX_BYTES) {
    return head.includes("sigstore.bundle") ? unreadable(file.path, "it is larger than 8 MiB") : null;
  }
  const bundle = readBundle(new TextDecoder().decode(await readRange(target, file, 0, file.size)));
  if ("not" in bundle) return null;
  if ("broken" in bundle) return unreadable(file.path, bundle.broken);
  const statement = readModelStatement(bundle.payloadType, bundle.payload);
  if ("not" in statement) return null;
  return "broken" in statement ? unreadable(file.path, statement.broken) : { path: file.path, bundle, statement };
}

interface Compared extends ModelComparison {
  /** The folder that was signed, with a slash at its end; empty: the whole version. */
  folder: string;
  compared: number;
  outside: number;
}

/** A signature lies in the folder that it signs, or in one of that folder: whichever fits better. */
function best(
  { path, statement }: ModelSignature,
  files: readonly ScanFile[],
  signatures: ReadonlySet<string | null>,
): Compared {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const [first, ...others] = [...new Set([folder, ""])].map((root) => compareIn(root, statement, files, signatures));
  return others.reduce((a, b) => (differences(b) < differences(a) ? b : a), first!);
}

/** Signatures need no cover, and are compared where they were signed with the rest. */
function compareIn(
  folder: string,
  statement: ModelStatement,
  files: readonly ScanFile[],
  signatures: ReadonlySet<string | null>,
): Compared {
  const inside = new Map<string, Digest>();
  let outside = 0;
  for (const { path, digest } of files) {
    const name = path.startsWith(folder) ? path.slice(folder.length) : null;
    const signed = name !== null && statement.files.has(name);
    if (signatures.has(path) && !signed) continue;
    if (name === null) outside += 1;
    else inside.set(name, digest);
  }
  return { ...compareModel(statement, inside), folder, compared: inside.size, outside };
}

const differences = ({ changed, missing, uncovered }: ModelComparison): number =>
  changed.length + missing.length + uncovered.length;

function judge({ path }: ModelSignature, compared: Compared, { state, signer, why }: SignerCheck): Finding[] {
  const findings: Finding[] = [];
  const remedy = "Sign the folder again as it is published, and publish that signature with it.";
  if (state === "invalid") findings.push(finding("invalid", "high", path, signer, why, remedy));
  if (differences(compared) > 0) {
    findings.push(
      finding("does-not-match", "high", path, signer, `Is not a signature of these files: ${told(compared)}.`, remedy),
    );
  }
  if (findings.length > 0) return findings;
  const rule = state === "verified" ? "verified" : "content-matches";
  const advice =
    state === "verified"
      ? "Nothing needs to be done."
      : "An administrator can add the signer's key or authority to [signing].";
  return [finding(rule, "info", path, signer, `${why} ${coverage(compared)}`, advice)];
}

const told = ({ changed, missing, uncovered }: ModelComparison): string =>
  [
    [changed, "has other bytes", "have other bytes"] as const,
    [missing, "is missing", "are missing"] as const,
    [uncovered, "is not covered", "are not covered"] as const,
  ]
    .filter(([paths]) => paths.length > 0)
    .map(([paths, one, several]) => `${listed(paths)} ${paths.length === 1 ? one : several}`)
    .join("; ");

function coverage({ folder, compared, ignored, outside }: Compared): string {
  const covered = compared - ignored.length;
  const where = folder === "" ? "" : ` in ${folder}`;
  const left = ignored.length > 0 ? ` Left out by the signer: ${listed(ignored)}.` : "";
  const beyond =
    outside > 0 ? ` ${files(outside)} outside of that folder ${outside === 1 ? "is" : "are"} not covered.` : "";
  return makeVisible(`${files(covered)}${where} ${covered === 1 ? "is" : "are"} as signed.${left}${beyond}`);
}

const files = (count: number): string => `${count} ${count === 1 ? "file" : "files"}`;

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED).map((path) => makeVisible(path.slice(0, 200)));
  return paths.length > NAMED ? `${named.join(", ")} and ${paths.length - NAMED} more` : named.join(", ");
}

const unreadable = (path: string, why: string): Finding =>
  finding(
    "unreadable",
    "medium",
    path,
    null,
    `The signature of a model cannot be read: ${why}.`,
    "Sign the model with OpenSSF Model Signing 1.0, SHA-256 over files.",
  );

const finding = (
  rule: string,
  severity: Severity,
  path: string,
  signer: string | null,
  message: string,
  remedy: string,
): Finding => ({
  scanner: NAME,
  ruleId: `${NAME}/${rule}`,
  severity,
  category: "signature",
  path,
  line: null,
  column: null,
  excerpt: makeVisible(signer ?? "").slice(0, 200),
  message: makeVisible(message).slice(0, 2000),
  remedy,
});
