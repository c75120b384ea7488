import { compareCapabilities, REVIEWED_CAPABILITIES } from "../../../core/capability.ts";
import { type Clock, instant } from "../../../core/clock.ts";
import type { Severity } from "../../../core/kind.ts";
import type { BlobStore } from "../../../platform/blobs/blob-store.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import type { Finding } from "../../../platform/scanning/scanner.ts";
import { capabilitiesOf } from "../../catalog/index.ts";
import type { CatalogueCheck, CheckedVersion } from "../catalogue-check.ts";
import { ownerOf } from "./look-alike-names.ts";
import { saveSketch, type SketchedVersion, versionsByBands, type Whose } from "./repository.ts";
import { bandsOf, compareSketches, readSketch, SKETCHING, type Sketch, sketchOf, writeSketch } from "./sketch.ts";
import { textOfVersion, type VersionText } from "./text-of-version.ts";

export const NEAR_DUPLICATES = "near-duplicates";
const MOST_FINDINGS = 3;
const MOST_ADDED = 5;
/** Nearly the same text, or all of the other one with more beside it. */
const SAME = 0.75;
const HELD = 0.85;
const LEAST_SHARED = 0.45;

/** Rules in the order of the page about them. */
export const NEAR_DUPLICATE_RULES: readonly string[] = ["copy", "repackaged", "stated-copy"];

/**
 * Says when a version's text is that of an older version of another owner's asset: a note, and one for a moderator when the copy
 * can do more than the original. Documents are compared with documents; programs where there are hardly any.
 */
export const createNearDuplicates = (deps: { blobs: Pick<BlobStore, "open">; clock: Clock }): CatalogueCheck => ({
  name: NEAR_DUPLICATES,
  version: `1.${SKETCHING}`,
  async check(database, subject, signal) {
    const text = await textOfVersion(deps.blobs, subject.files, signal);
    const sketched = sketchText(text);
    if (sketched === null) return [];
    const { sketch, bands } = sketched;
    const { asset, version } = subject;
    const row = { versionId: version.id, assetId: asset.id, revision: SKETCHING, sketch: writeSketch(sketch) };
    await database.write((tx) => saveSketch(tx, { ...row, at: instant(deps.clock.now()) }, bands));
    signal.throwIfAborted();
    const originals = await originalsOf(database, subject, sketch, bands);
    const findings: Finding[] = [];
    for (const original of originals) findings.push(await judged(database.read, subject, original, text));
    return findings;
  },
});

function sketchText({ documents, programs }: VersionText): { sketch: Sketch; bands: string[] } | null {
  const ofDocuments = sketchOf(documents);
  const sketch = ofDocuments ?? sketchOf(programs);
  const kind = ofDocuments === null ? "p" : "d";
  return sketch === null ? null : { sketch, bands: bandsOf(sketch).map((band) => `${kind}${band}`) };
}

interface Original extends SketchedVersion {
  shared: number;
}

/** The foreign versions most like it, one of each asset, most like it first; none that its owner's own version is older than. */
async function originalsOf(
  database: Database,
  { asset, version }: CheckedVersion,
  sketch: Sketch,
  bands: readonly string[],
): Promise<Original[]> {
  const owner = ownerOf({ asset, version });
  const search = { bands, revision: SKETCHING, before: version.createdAt };
  const like = async (whose: Whose): Promise<Original[]> =>
    (await versionsByBands(database.read, whose, owner, search)).flatMap((candidate) => {
      const { shared, held } = compareSketches(sketch, readSketch(candidate.sketch));
      return shared >= SAME || (held >= HELD && shared >= LEAST_SHARED) ? [{ ...candidate, shared }] : [];
    });
  const foreign = await like("foreign");
  if (foreign.length === 0) return [];
  const own = (await like("own")).map(({ releasedAt }) => releasedAt).sort()[0];
  const best = new Map<string, Original>();
  for (const candidate of foreign) {
    if (own !== undefined && own <= candidate.releasedAt) continue;
    const known = best.get(candidate.assetId);
    if (known === undefined || known.shared < candidate.shared) best.set(candidate.assetId, candidate);
  }
  return [...best.values()].toSorted((a, b) => b.shared - a.shared).slice(0, MOST_FINDINGS);
}

async function judged(
  q: Queries,
  subject: CheckedVersion,
  original: Original,
  { documents, programs }: VersionText,
): Promise<Finding> {
  const before = await capabilitiesOf(q, original.versionId);
  const gained =
    before === null
      ? []
      : compareCapabilities(before, subject.report.capabilities).gained.filter(({ kind }) =>
          REVIEWED_CAPABILITIES.includes(kind),
        );
  const ref = `${original.namespace}/${original.slug}`;
  const name = original.visibility === "public" ? `${ref}@${original.version}` : "an asset that signed-in people see";
  const percent = Math.round(original.shared * 100);
  if (gained.length > 0) {
    const added = gained
      .slice(0, MOST_ADDED)
      .map(({ value }) => value)
      .join(", ");
    return finding("repackaged", "high", name, added, {
      message: `Has nearly the text of ${name} (${percent} % alike), and can do what that cannot: ${added}.`,
      remedy: "Say where it comes from and what was added, and why; a moderator looks at the difference.",
      path: gained[0]!.path,
      line: gained[0]!.line,
    });
  }
  if (`${documents}\n${programs}`.toLowerCase().includes(ref.toLowerCase()))
    return finding("stated-copy", "info", name, "", {
      message: `Has nearly the text of ${name} (${percent} % alike), and says where it comes from.`,
      remedy: "Nothing has to be done.",
    });
  return finding("copy", "medium", name, "", {
    message: `Has nearly the text of ${name} (${percent} % alike), which somebody else published before.`,
    remedy: "Say where it comes from, keep its licence and its author's name, or use the original as a dependency.",
  });
}

const finding = (
  id: string,
  severity: Severity,
  name: string,
  added: string,
  { message, remedy, path = null, line = null }: Pick<Finding, "message" | "remedy"> & Partial<Finding>,
): Finding => ({
  scanner: NEAR_DUPLICATES,
  ruleId: `${NEAR_DUPLICATES}/${id}`,
  severity,
  category: "near-duplicate",
  path,
  line,
  column: null,
  excerpt: (added === "" ? name : added).slice(0, 200),
  message,
  remedy,
});
