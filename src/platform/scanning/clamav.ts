import type { Severity } from "../../core/kind.ts";
import { type ClamavSettings, clamavVersion, scanStream } from "./clamav-client.ts";
import { makeVisible } from "./excerpt.ts";
import type { Finding, ScanFile, Scanner, ScanTarget } from "./scanner.ts";

export const CLAMAV = "clamav";

/**
 * Has clamd look at every file, also at those inside of archives. A clamd that is away, hangs or answers rubbish fails the
 * scan, which is tried again; a file that is too large for it is a finding, because trying again would not help.
 */
export const createClamavScanner = (settings: ClamavSettings): Scanner => ({
  name: CLAMAV,
  version: "1",
  async scan(target, signal) {
    // Also when there is nothing to send: a virus scanner that is configured and away is never a pass.
    await clamavVersion(settings);
    const findings: Finding[] = [];
    for (const file of target.files) {
      signal.throwIfAborted();
      if (file.size === 0) continue;
      if (file.size > settings.maxBytes) {
        findings.push(notScanned(file, `larger than the ${megabytes(settings.maxBytes)} that are sent to ClamAV`));
        continue;
      }
      const answer = await askOf(settings, target, file);
      if (answer.kind === "too-large") findings.push(notScanned(file, "larger than clamd takes (StreamMaxLength)"));
      if (answer.kind === "found") findings.push(findingOf(file, answer.signature));
    }
    return findings;
  },
});

const ATTEMPTS = 5;
// clamd says that a file is too large while it is still being sent, and hangs up: over TCP its word may be lost on the way.
const CUT_OFF = /\((?:EPIPE|ECONNRESET)\)/;

async function askOf(settings: ClamavSettings, target: ScanTarget, file: ScanFile) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await scanStream(settings, await target.open(file), file.size);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (attempt === ATTEMPTS || !CUT_OFF.test(reason)) throw new Error(`${file.path}: ${reason}`);
    }
  }
}

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${bytes} bytes`;

function notScanned(file: ScanFile, why: string): Finding {
  return findingAt(
    file,
    "not-scanned",
    "high",
    `Was not looked at by ClamAV: it is ${why}.`,
    "Split the file, or ask an administrator to raise the limits of clamd and of this server.",
  );
}

// What clamd reports of files it could not look into, when its administrator asks for that (AlertExceedsMax, AlertEncrypted).
const LIMITS = /^Heuristics\.Limits\.Exceeded/i;
const ENCRYPTED = /^Heuristics\.Encrypted/i;
/** Programs that some want and others do not. */
const UNWANTED = /^PUA\./i;

function findingOf(file: ScanFile, signature: string): Finding {
  if (LIMITS.test(signature)) return notScanned(file, `beyond a limit of clamd (${makeVisible(signature)})`);
  if (ENCRYPTED.test(signature))
    return findingAt(
      file,
      "encrypted",
      "high",
      "Is encrypted, so that ClamAV cannot look into it.",
      "Publish it without a password.",
    );
  const name = makeVisible(signature).slice(0, 120);
  return findingAt(
    file,
    name.replace(/[^A-Za-z0-9._-]+/g, "-"),
    UNWANTED.test(signature) ? "high" : "critical",
    `Is what ClamAV knows as ${name}.`,
    "Remove the file. If ClamAV is wrong, report it to the makers of the signature and appeal.",
    name,
  );
}

function findingAt(
  file: ScanFile,
  id: string,
  severity: Severity,
  message: string,
  remedy: string,
  excerpt = "",
): Finding {
  return {
    scanner: CLAMAV,
    ruleId: `${CLAMAV}/${id}`,
    severity,
    category: "malware",
    path: file.path,
    line: null,
    column: null,
    excerpt,
    message,
    remedy,
  };
}
