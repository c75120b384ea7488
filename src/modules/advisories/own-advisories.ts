import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, notFound, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { parseRef } from "../../core/name.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { assetByName } from "../catalog/index.ts";
import { type Advisory, OWN_ECOSYSTEM } from "./advisory.ts";
import type { AdvisoriesDeps } from "./deps.ts";
import { readOsv } from "./read-osv.ts";
import { advisoryById, nextOwnNumber, putAdvisory } from "./repository.ts";
import { newMark, requestMatching } from "./settle-versions.ts";

/** Writes an advisory in OSV format; id and times are the server's. Throws VALIDATION_ERROR that says what is wrong with it. */
export async function addAdvisory(
  deps: AdvisoriesDeps,
  actor: Actor,
  document: Record<string, unknown>,
): Promise<Advisory> {
  requireAdmin(actor);
  const now = deps.clock.now();
  const at = instant(now);
  const year = now.getUTCFullYear();
  const advisory = readOwn({ ...document, id: `MKT-${year}-0000`, published: at, modified: at });
  const added = await deps.database.write(async (tx) => {
    const number = String(await nextOwnNumber(tx, year)).padStart(4, "0");
    const numbered = { ...advisory, id: `MKT-${year}-${number}` };
    await putOwn(tx, deps, actor, numbered, "advisory.added");
    return numbered;
  });
  deps.jobs.wake();
  return added;
}

/** Puts these fields of the OSV document in the place of those that it had. */
export async function editAdvisory(
  deps: AdvisoriesDeps,
  actor: Actor,
  id: string,
  edit: Record<string, unknown>,
): Promise<Advisory> {
  requireAdmin(actor);
  const seen = await requireOwn(deps.database.read, id);
  const at = instant(deps.clock.now());
  const document = { ...osvOf(seen), ...edit, id, modified: at, published: seen.published };
  const advisory = readOwn(document);
  await deps.database.write((tx) => putOwn(tx, deps, actor, advisory, "advisory.edited"));
  deps.jobs.wake();
  return advisory;
}

/** It stays readable and touches nothing any more. */
export async function withdrawAdvisory(deps: AdvisoriesDeps, actor: Actor, id: string): Promise<Advisory> {
  requireAdmin(actor);
  const seen = await requireOwn(deps.database.read, id);
  if (seen.withdrawn !== null) return seen;
  const at = instant(deps.clock.now());
  const advisory: Advisory = { ...seen, withdrawn: at, modified: at };
  await deps.database.write((tx) => putOwn(tx, deps, actor, advisory, "advisory.withdrawn", false));
  deps.jobs.wake();
  return advisory;
}

function readOwn(document: Record<string, unknown>): Advisory {
  const read = readOsv(document);
  if ("problem" in read) throw validationError({ field: "affected", message: read.problem });
  if (read.packages.length === 0)
    throw validationError({ field: "affected", message: "Name at least one package of a known ecosystem." });
  if (read.summary === "") throw validationError({ field: "summary", message: "Say in one line what is wrong." });
  return { ...read, origin: "own" };
}

async function putOwn(
  tx: Queries,
  deps: AdvisoriesDeps,
  actor: SignedIn,
  advisory: Advisory,
  action: string,
  strict = true,
): Promise<void> {
  const assets = await assetsNamed(tx, advisory, strict);
  await putAdvisory(tx, advisory, assets, { at: instant(deps.clock.now()), mark: newMark() });
  await requestMatching(tx, deps);
  await deps.audit.append(tx, {
    action,
    outcome: "success",
    actor,
    subject: { type: "advisory", id: null, name: advisory.id },
    details: { advisory: advisory.id, packages: advisory.packages.length },
  });
}

/** The assets of ours that it names; `strict` throws VALIDATION_ERROR for one that is not there. */
async function assetsNamed(q: Queries, { packages }: Advisory, strict: boolean): Promise<Map<string, Id>> {
  const found = new Map<string, Id>();
  for (const { ecosystem, name } of packages) {
    if (ecosystem !== OWN_ECOSYSTEM || found.has(name)) continue;
    const ref = parseRef(name);
    const asset = ref && (await assetByName(q, ref.namespace, ref.slug));
    if (asset) found.set(name, asset.id);
    else if (strict)
      throw validationError({ field: "affected", message: `There is no asset ${name}: write namespace/slug.` });
  }
  return found;
}

async function requireOwn(q: Queries, id: string): Promise<Advisory> {
  const found = await advisoryById(q, id);
  if (!found) throw notFound("advisory");
  if (found.origin !== "own") throw conflict(`${id} was imported: it changes where it was written.`);
  return found;
}

/** The advisory in OSV's own form. */
export const osvOf = (advisory: Advisory): Record<string, unknown> => ({
  schema_version: "1.6.0",
  id: advisory.id,
  modified: advisory.modified,
  ...(advisory.published === null ? {} : { published: advisory.published }),
  ...(advisory.withdrawn === null ? {} : { withdrawn: advisory.withdrawn }),
  aliases: advisory.aliases,
  summary: advisory.summary,
  details: advisory.details,
  severity: advisory.severity,
  affected: advisory.packages.map(({ ecosystem, name, ranges, versions }) => ({
    package: { ecosystem, name },
    ranges: ranges.map((events) => ({
      type:
        ecosystem === "PyPI" ||
        ecosystem === "NuGet" ||
        ecosystem === "RubyGems" ||
        ecosystem === "Packagist" ||
        ecosystem === "Maven"
          ? "ECOSYSTEM"
          : "SEMVER",
      events,
    })),
    versions,
  })),
  references: advisory.references,
  ...(advisory.level === null ? {} : { database_specific: { severity: advisory.level.toUpperCase() } }),
});
