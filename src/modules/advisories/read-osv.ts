import { ECOSYSTEMS } from "../../core/package-reference.ts";
import { type Fields, fieldsOf, isFields, valueIn } from "../../core/package/front-matter.ts";
import {
  type AdvisoryEcosystem,
  type Advisory,
  type AffectedPackage,
  LEVELS,
  type Level,
  OWN_ECOSYSTEM,
  type RangeEvent,
} from "./advisory.ts";
import { levelOfVector, levelOfWord } from "./severity.ts";

const MOST_PACKAGES = 300;
const MOST_RANGES = 100;
const MOST_EVENTS = 400;
const MOST_VERSIONS = 5000;
const MAX_DETAILS = 8000;
const MAX_VERSION = 100;

/** An advisory without what this server knows of it. */
export type OsvAdvisory = Omit<Advisory, "origin">;

/** Reads one OSV document, leaving out what this server has no use for; a problem is one sentence for whoever imports it. */
export function readOsv(document: unknown): OsvAdvisory | { problem: string } {
  if (!isFields(document)) return { problem: "It is not a JSON object." };
  const id = stringIn(document, "id");
  if (id === null || !/^[A-Za-z][\w.:-]{2,99}$/.test(id)) return { problem: "It has no id that an advisory may have." };
  const modified = instantIn(document, "modified");
  if (modified === null) return { problem: `${id} does not say when it was modified.` };
  const affected = listIn(document, "affected");
  if (affected.length > MOST_PACKAGES) return { problem: `${id} names more than ${MOST_PACKAGES} packages.` };
  const packages = affected.filter(isFields).flatMap(packageOf);
  const withdrawn = instantIn(document, "withdrawn");
  if (packages.length === 0 && withdrawn === null)
    return { problem: `${id} affects no package of an ecosystem that this server knows.` };
  const aliases = texts(document, "aliases", 50, 100);
  return {
    id,
    modified,
    published: instantIn(document, "published"),
    withdrawn,
    level: levelOf(document, affected.filter(isFields)),
    malicious: [id, ...aliases].some((name) => name.startsWith("MAL-")),
    summary: summaryOf(document),
    details: (stringIn(document, "details") ?? "").slice(0, MAX_DETAILS),
    aliases,
    references: listIn(document, "references")
      .slice(0, 50)
      .filter(isFields)
      .map((entry) => ({ type: (stringIn(entry, "type") ?? "WEB").slice(0, 20), url: stringIn(entry, "url") ?? "" }))
      .filter(({ url }) => /^https?:\/\/\S{1,1000}$/.test(url)),
    severity: severities(document),
    packages,
  };
}

function summaryOf(document: Fields): string {
  const own = stringIn(document, "summary")?.trim();
  const text = own || (stringIn(document, "details") ?? "").trim();
  return text.split("\n")[0]!.slice(0, 300);
}

const KNOWN: ReadonlySet<string> = new Set([...ECOSYSTEMS, OWN_ECOSYSTEM]);

function packageOf(entry: Fields): AffectedPackage[] {
  const named = fieldsOf(entry, "package");
  // `Packagist:https://…` is a registry of its own, where names mean something else.
  const ecosystem = stringIn(named, "ecosystem") ?? "";
  const written = stringIn(named, "name") ?? "";
  if (!KNOWN.has(ecosystem) || written === "" || written.length > 214) return [];
  const ranges = listIn(entry, "ranges").slice(0, MOST_RANGES).filter(isFields);
  return [
    {
      ecosystem: ecosystem as AdvisoryEcosystem,
      name: nameOf(ecosystem, written),
      ranges: ranges.filter((range) => valueIn(range, "type") !== "GIT").map(eventsOf),
      versions: texts(entry, "versions", MOST_VERSIONS, MAX_VERSION),
    },
  ];
}

const nameOf = (ecosystem: string, written: string): string => {
  if (ecosystem === "PyPI") return written.toLowerCase().replace(/[-_.]+/g, "-");
  return ecosystem === "Packagist" || ecosystem === "NuGet" ? written.toLowerCase() : written;
};

const EVENTS = ["introduced", "fixed", "last_affected"] as const;

function eventsOf(range: Fields): RangeEvent[] {
  return listIn(range, "events")
    .slice(0, MOST_EVENTS)
    .filter(isFields)
    .flatMap((event) =>
      EVENTS.flatMap((name): RangeEvent[] => {
        const version = stringIn(event, name);
        return version !== null && version.length <= MAX_VERSION ? [{ [name]: version }] : [];
      }),
    );
}

const severities = (from: Fields): { type: string; score: string }[] =>
  listIn(from, "severity")
    .slice(0, 10)
    .filter(isFields)
    .map((entry) => ({
      type: (stringIn(entry, "type") ?? "").slice(0, 20),
      score: (stringIn(entry, "score") ?? "").slice(0, 300),
    }));

/** What the database itself says, else the worst of the vectors. */
function levelOf(document: Fields, affected: readonly Fields[]): Level | null {
  const said = levelOfWord(stringIn(fieldsOf(document, "database_specific"), "severity") ?? "");
  if (said) return said;
  const vectors = [document, ...affected].flatMap(severities).map(({ score }) => levelOfVector(score));
  return LEVELS.find((level) => vectors.includes(level)) ?? null;
}

const stringIn = (fields: Fields, name: string): string | null => {
  const value = valueIn(fields, name);
  return typeof value === "string" ? value : null;
};

const listIn = (fields: Fields, name: string): unknown[] => {
  const value = valueIn(fields, name);
  return Array.isArray(value) ? value : [];
};

const texts = (fields: Fields, name: string, most: number, length: number): string[] =>
  listIn(fields, name)
    .slice(0, most)
    .filter((item): item is string => typeof item === "string" && item !== "" && item.length <= length);

/** RFC 3339, as this server writes instants. */
function instantIn(fields: Fields, name: string): string | null {
  const text = stringIn(fields, name);
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text)) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
