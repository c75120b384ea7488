import type { Id } from "../../core/id.ts";
import type { Severity } from "../../core/kind.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { CatalogueCheck, CheckedVersion } from "../compliance/index.ts";
import type { ShownTouch } from "./advisory.ts";
import { ourReferences, touchesAmong } from "./match-versions.ts";

const NAME = "vulnerabilities";
/** Raise it when the same packages and advisories could give other findings. */
const REVISION = "1";
export const RULE_PREFIX = "vulnerability/";

/** A scanner that compares the packages a version names with the advisories this server knows. */
export const vulnerabilityCheck = (): CatalogueCheck => ({
  name: NAME,
  version: REVISION,
  async check(database: Database, subject: CheckedVersion): Promise<Finding[]> {
    const { id } = subject.version;
    const own = (await ourReferences(database.read, [id])).get(id) ?? [];
    const references = new Map<Id, typeof own>([[id, [...subject.report.packages, ...own]]]);
    const touches = (await touchesAmong(database.read, references)).get(id) ?? [];
    return touches.map(findingOf);
  },
});

/** A malicious package is told by its own category: the policy's word on vulnerabilities does not cover it. */
function findingOf(touch: ShownTouch): Finding {
  const named = `${touch.package}${touch.packageVersion === null ? "" : ` ${touch.packageVersion}`}`;
  const severity: Severity = touch.malicious ? "critical" : (touch.level ?? "medium");
  return {
    scanner: NAME,
    ruleId: `${RULE_PREFIX}${touch.advisoryId}`,
    severity,
    category: touch.malicious ? "malware" : "vulnerability",
    path: touch.path,
    line: touch.line,
    column: null,
    excerpt: `${touch.ecosystem} ${named}`.slice(0, 200),
    message: `${named}: ${touch.summary || touch.advisoryId}`.slice(0, 500),
    remedy: remedyOf(touch),
  };
}

function remedyOf({ malicious, fixed, package: name, advisoryId }: ShownTouch): string {
  if (malicious)
    return `Remove ${name} and treat machines that installed it as compromised; ${advisoryId} says what it did.`;
  return fixed === null
    ? `No mended version of ${name} is known: do without it, or say why ${advisoryId} does not matter here.`
    : `Upgrade ${name} to ${fixed} or later.`;
}
