import { alternativesOf } from "./spdx.ts";

/**
 * What a licence asks of those who pass a work on or use it, from the least to the most: `free` nothing beyond naming its author;
 * `weak` its own files stay under it; `strong` the whole comes under it; `network` also what is only offered over a network;
 * `non-commercial`; `no-derivatives`; `use-limits` a list of forbidden or limited uses; `proprietary` whatever its owner says;
 * `unknown` nobody has said.
 */
export const TERMS = [
  "free",
  "weak",
  "strong",
  "network",
  "use-limits",
  "non-commercial",
  "no-derivatives",
  "proprietary",
  "unknown",
] as const;
export type Terms = (typeof TERMS)[number];

const KNOWN: readonly [RegExp, Terms][] = [
  [/^CC-BY(?:-NC)?-ND-/i, "no-derivatives"],
  [/^CC-BY-NC(?:-SA)?-|non-?commercial|^PolyForm-|research-only|\bcc-by-nc/i, "non-commercial"],
  [
    /openrail|bigscience|bigcode|creativeml|llama|gemma|deepseek|falcon|qwen|mistral-?ai|mrl|jamba|nvidia-open|apple-(?:ascl|amlr)|health-ai/i,
    "use-limits",
  ],
  [/^LicenseRef-(?:proprietary|commercial|other)$|^BUSL-|^Elastic-|^Commons-Clause|^Hippocratic/i, "proprietary"],
  [/^AGPL-|^SSPL-|^OSL-|^CPAL-|^RPL-|^EUPL-/i, "network"],
  [/^GPL-|^CC-BY-SA-|^CERN-OHL-S|^Sleepycat|^QPL-|^ODbL-/i, "strong"],
  [/^LGPL-|^MPL-|^EPL-|^CDDL-|^CPL-|^MS-RL|^CERN-OHL-W|^APSL-|^CDLA-Sharing/i, "weak"],
  [
    /^(?:MIT|Apache|BSD|0BSD|ISC|Zlib|Unlicense|CC0|CC-BY-\d|BSL|PostgreSQL|Python|PSF|WTFPL|BlueOak|Artistic|NCSA|X11|Unicode|UPL|AFL|ECL|MulanPSL|OFL|Vim|W3C|curl|libpng|CDLA-Permissive|ODC-By|PDDL|LicenseRef-Public-Domain|HPND|Ruby|PHP|TCL|MS-PL|EFL|FTL|OpenSSL|JSON|Beerware)/i,
    "free",
  ],
];

/** What one licence asks. */
export const termsOfLicence = (id: string): Terms => KNOWN.find(([name]) => name.test(id))?.[1] ?? "unknown";

/** The terms of the mildest choice that an expression leaves; `unknown` for none or one that cannot be read. */
export function termsOfExpression(expression: string | null): Terms {
  const choices = expression === null ? null : alternativesOf(expression);
  if (choices === null) return "unknown";
  const worst = choices.map((ids) => Math.max(...ids.map((id) => TERMS.indexOf(termsOfLicence(id)))));
  return TERMS[Math.min(...worst)] ?? "unknown";
}

/** Why a work under one licence should not be made of one under another, in words; null where nothing speaks against it or nobody knows. */
export function incompatibility(work: string | null, part: string | null): string | null {
  const [whole, asked] = [termsOfExpression(work), termsOfExpression(part)];
  if (part === null || asked === "free" || asked === "weak" || asked === "unknown") return null;
  if (asked !== "strong" && whole === asked && family(work) === family(part)) return null;
  switch (asked) {
    case "strong":
      if (whole === "network" || whole === "strong")
        return sameFamily(work, part) ? null : "the two licences each want the whole for themselves";
      return "it may want the whole to be passed on under its own licence";
    case "network":
      return "it may want the whole to be passed on, and to be offered to those who use it over a network, under its own licence";
    case "use-limits":
      return whole === "use-limits" ? null : "it limits what it may be used for, which the other licence does not say";
    case "non-commercial":
      return whole === "proprietary" ? null : "it may not be used commercially, which the other licence allows";
    case "no-derivatives":
      return "it may not be passed on in a changed form";
    case "proprietary":
      return "it may be used only as its owner allows";
  }
}

/** The name without version: GPL, AGPL and LGPL are kin. */
const family = (expression: string | null): string =>
  (alternativesOf(expression ?? "")?.[0]?.[0] ?? "").replace(/^[AL]?GPL.*/i, "GPL").replace(/-[\d.].*$/, "");

/** GPL-2.0-only and GPL-3.0 exclude each other; all other pairs of the family fit. */
function sameFamily(work: string | null, part: string | null): boolean {
  if (family(work) !== family(part)) return false;
  return (
    !(/^GPL-2\.0(?:-only)?$/.test(part ?? "") && /^A?GPL-3/.test(work ?? "")) &&
    !(/^GPL-3/.test(part ?? "") && /^GPL-2\.0(?:-only)?$/.test(work ?? ""))
  );
}
