import { excerptOf } from "../excerpt.ts";
import type { Finding } from "../scanner.ts";
import type { FoundPackages } from "./find-packages.ts";
import { lookAlikeOf } from "./look-alike.ts";

const MOST = 40;

/** What is wrong with the packages themselves, whatever is known of their versions. */
export function findingsAbout({ references, remotes, remarks }: FoundPackages): Finding[] {
  const direct = references.filter(({ transitive }) => !transitive);
  const imitations = direct.flatMap((reference) => {
    const popular = lookAlikeOf(reference.ecosystem, reference.name);
    if (popular === null) return [];
    return [
      finding("look-alike-name", "high", reference, reference.name, {
        message: `The ${reference.ecosystem} package "${reference.name}" could be taken for "${popular}".`,
        remedy: `Write "${popular}" if that is meant; else suppress this with the reason why the other one is right.`,
      }),
    ];
  });
  const unpinned = direct
    .filter(({ use, version }) => use === "server" && version === null)
    .map((reference) =>
      finding("unpinned-server", "low", reference, `${reference.name} ${reference.range ?? ""}`.trim(), {
        message: `The server ${reference.name} is started in whatever version is newest, which nobody has looked at.`,
        remedy: `Name an exact version: ${reference.name}${reference.ecosystem === "PyPI" ? "==" : "@"}1.2.3.`,
      }),
    );
  const remote = remotes.map((source) =>
    finding(
      source.address.startsWith("http:") ? "insecure-source" : "remote-source",
      source.address.startsWith("http:") ? "medium" : "low",
      source,
      source.address,
      {
        message: source.address.startsWith("http:")
          ? "A dependency is fetched over a connection that anybody on the way can change."
          : "A dependency comes from an address instead of a registry: what it serves can change, and no advisory names it.",
        remedy: "Depend on a released version of a registry, or pin a commit.",
      },
    ),
  );
  return [
    ...imitations.slice(0, MOST),
    ...remarks.map((remark) =>
      finding(remark.rule, REMARKS[remark.rule].severity, remark, remark.text, REMARKS[remark.rule]),
    ),
    ...remote.slice(0, MOST),
    ...unpinned.slice(0, MOST),
  ];
}

const REMARKS = {
  "install-script": {
    severity: "medium",
    message: "Installing it runs a script.",
    remedy: "Do without the script, or say in the README what it does and why.",
  },
  unreadable: {
    severity: "low",
    message: "The packages that this file names are not known: it is too large.",
    remedy: "Leave lockfiles of other projects out.",
  },
  "too-many": {
    severity: "low",
    message: "Not all packages that it names are known: there are too many.",
    remedy: "Leave lockfiles of other projects out.",
  },
} as const;

function finding(
  rule: string,
  severity: Finding["severity"],
  place: { path: string; line: number | null },
  shown: string,
  words: { message: string; remedy: string },
): Finding {
  return {
    scanner: "packages",
    ruleId: `packages/${rule}`,
    severity,
    category: "dependency",
    path: place.path,
    line: place.line,
    column: null,
    excerpt: excerptOf(shown, 0, shown.length),
    message: words.message,
    remedy: words.remedy,
  };
}
