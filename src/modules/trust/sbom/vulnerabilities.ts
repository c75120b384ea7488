import type { Vulnerability } from "./bom.ts";
import type { KnownAdvisory, Materials } from "./materials.ts";
import { assetKey, packageKey, type Refs } from "./refs.ts";

/** Assets of this server, as advisories name their ecosystem. */
const OWN = "marketplace";

/** The known vulnerabilities that touch a version, each once, with every component through which it does. */
export function vulnerabilitiesOf({ advisories }: Materials, main: string, refs: Refs): Vulnerability[] {
  const byId = new Map<string, KnownAdvisory[]>();
  for (const advisory of advisories) {
    const known = byId.get(advisory.advisoryId);
    if (known) known.push(advisory);
    else byId.set(advisory.advisoryId, [advisory]);
  }
  return [...byId].map(([id, touches]) => vulnerability(id, touches, main, refs));
}

function vulnerability(id: string, touches: readonly KnownAdvisory[], main: string, refs: Refs): Vulnerability {
  const [{ level, malicious, summary }] = touches as [KnownAdvisory];
  const affected = new Set(touches.map((touch) => affectedBy(touch, refs) ?? main));
  const remedies = touches.flatMap(({ package: name, fixed }) =>
    fixed === null ? [] : [`Use ${name} ${fixed} or later.`],
  );
  return {
    "bom-ref": refs.take(`vulnerability ${id}`),
    id,
    ratings: [{ severity: level ?? "unknown" }],
    ...(summary === "" ? {} : { description: summary }),
    ...(remedies.length > 0 ? { recommendation: [...new Set(remedies)].join(" ") } : {}),
    affects: [...affected].map((ref) => ({ ref })),
    ...(malicious ? { properties: [{ name: "marketplace:malicious", value: "true" }] } : {}),
  };
}

/** null: through something that the bill does not list. */
function affectedBy({ ecosystem, package: name, packageVersion }: KnownAdvisory, refs: Refs): string | null {
  if (ecosystem === OWN) return refs.find(assetKey(name));
  return refs.find(packageKey(ecosystem, name, packageVersion)) ?? refs.find(packageKey(ecosystem, name, null));
}
