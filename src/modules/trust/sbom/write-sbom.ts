import { sha256 } from "../../../core/digest.ts";
import type { Kind } from "../../../core/kind.ts";
import type { PackageFile } from "../../../core/package/package.ts";
import type { PackageReference } from "../../../core/package-reference.ts";
import type { Bom, Component, Property } from "./bom.ts";
import type { Materials, ResolvedAsset } from "./materials.ts";
import { assetUrl, packageUrl } from "./purl.ts";
import { assetKey, createRefs, packageKey, type Refs } from "./refs.ts";
import { vulnerabilitiesOf } from "./vulnerabilities.ts";

/**
 * A version's bill of materials: CycloneDX 1.6 JSON (ECMA-424). The same materials give the same bill, and the same version of an
 * asset the same serial number.
 */
export function writeSbom(materials: Materials): Bom {
  const refs = createRefs();
  const main = mainComponent(materials);
  refs.take(String(main["bom-ref"]));
  refs.name(assetKey(refOf(materials.asset)), String(main["bom-ref"]));
  const assets = assetComponents(materials, refs);
  const packages = materials.packages.map((reference) => packageComponent(reference, refs));
  const files = materials.files.map((file) => fileComponent(file, refs));
  const vulnerabilities = vulnerabilitiesOf(materials, String(main["bom-ref"]), refs);
  const properties = statedGaps(materials);
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialNumberOf(String(main.purl)),
    version: 1,
    metadata: {
      timestamp: materials.version.at,
      tools: { components: [{ type: "application", name: "marketplace", version: materials.program }] },
      component: main,
      ...(properties.length > 0 ? { properties } : {}),
    },
    components: [...assets, ...packages, ...files],
    dependencies: graphOf(materials, refs),
    ...(vulnerabilities.length > 0 ? { vulnerabilities } : {}),
  };
}

const refOf = ({ namespace, slug }: { namespace: string; slug: string }): string => `${namespace}/${slug}`;

/** An UUID of version 8 (RFC 9562 section 5.8): the first bits of a SHA-256. */
function serialNumberOf(name: string): string {
  const hex = sha256(`sbom of ${name}`).slice(7);
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/**
 * Servers and agents are started and run by themselves; all else that is no model and no data is taken up by another program, as a
 * library is.
 */
const TYPES: Partial<Record<Kind, Component["type"]>> = {
  model: "machine-learning-model",
  "model-adapter": "machine-learning-model",
  dataset: "data",
  "mcp-server": "application",
  agent: "application",
};
const typeOf = (kind: Kind | null): Component["type"] => (kind && TYPES[kind]) ?? "library";

const property = (name: string, value: string | number | boolean): Property => ({
  name: `marketplace:${name}`,
  value: String(value),
});
const hashesOf = (digest: string): NonNullable<Component["hashes"]> => [{ alg: "SHA-256", content: digest.slice(7) }];
const licensesOf = (expression: string | null): Pick<Component, "licenses"> =>
  expression === null ? {} : { licenses: [{ expression, acknowledgement: "declared" }] };

/** The publisher is the namespace: whose account it was is not who wrote it. */
function mainComponent({ asset, version }: Materials): Component {
  const { metadata } = version;
  const purl = assetUrl(asset, version.version, version.digest);
  const links = [
    { type: "website" as const, url: webAddress(metadata.homepage) },
    { type: "vcs" as const, url: webAddress(metadata.repository) },
  ].flatMap(({ type, url }) => (url === null ? [] : [{ type, url }]));
  const { recall } = version;
  return {
    type: typeOf(asset.kind),
    "bom-ref": purl,
    publisher: asset.namespace,
    group: asset.namespace,
    name: asset.slug,
    version: version.version,
    ...(metadata.description === "" ? {} : { description: metadata.description }),
    hashes: hashesOf(version.digest),
    ...licensesOf(metadata.license),
    purl,
    ...(links.length > 0 ? { externalReferences: links } : {}),
    properties: [
      property("type", asset.kind),
      ...(recall ? [property("recalled", `no. ${recall.number}: ${recall.reason}`)] : []),
      ...(version.yanked ? [property("yanked", true)] : []),
    ],
    ...(metadata.tags.length > 0 ? { tags: [...new Set(metadata.tags)] } : {}),
  };
}

/** Web addresses alone, as RFC 3986 has them; null for anything else. */
function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return null;
  const encoded = (part: string): string =>
    part.replace(/[^\w.~:/?@!$&'()*+,;=%-]/g, encodeURIComponent).replace(/%(?![0-9a-f]{2})/gi, "%25");
  const fragment = url.hash === "" ? "" : `#${encoded(url.hash.slice(1))}`;
  return `${url.origin}${encoded(url.pathname)}${encoded(url.search)}${fragment}`;
}

/** Those that the version needs as they would be installed now, then what it names beside them. */
function assetComponents(materials: Materials, refs: Refs): Component[] {
  const resolved = materials.dependencies.resolved
    .filter(({ ref }) => refs.find(assetKey(ref)) === null)
    .map((one) => resolvedComponent(one, refs));
  const named = materials.version.metadata.dependencies.flatMap(({ ref, range, optional }): Component[] => {
    if (refs.find(assetKey(ref)) !== null) return [];
    const [namespace = "", slug = ""] = ref.split("/");
    const purl = assetUrl({ namespace, slug }, null, null);
    const bomRef = refs.take(purl);
    refs.name(assetKey(ref), bomRef);
    return [
      {
        type: "library",
        "bom-ref": bomRef,
        group: namespace,
        name: slug,
        scope: optional ? "optional" : "required",
        purl,
        properties: [property("range", range)],
      },
    ];
  });
  return [...resolved, ...named];
}

function resolvedComponent({ ref, version, digest, kind, license }: ResolvedAsset, refs: Refs): Component {
  const [namespace = "", slug = ""] = ref.split("/");
  const purl = assetUrl({ namespace, slug }, version, digest);
  const bomRef = refs.take(purl);
  refs.name(assetKey(ref), bomRef);
  return {
    type: typeOf(kind),
    "bom-ref": bomRef,
    publisher: namespace,
    group: namespace,
    name: slug,
    version,
    scope: "required",
    hashes: hashesOf(digest),
    ...licensesOf(license),
    purl,
    ...(kind === null ? {} : { properties: [property("type", kind)] }),
  };
}

function packageComponent(reference: PackageReference, refs: Refs): Component {
  const { ecosystem, version, range, transitive, path, line } = reference;
  const { group, name, purl } = packageUrl(ecosystem, reference.name, version);
  const bomRef = refs.take(purl ?? `${ecosystem} ${reference.name}${version === null ? "" : `@${version}`}`);
  refs.name(packageKey(ecosystem, reference.name, version ?? range), bomRef);
  refs.name(packageKey(ecosystem, reference.name, null), bomRef);
  return {
    type: "library",
    "bom-ref": bomRef,
    ...(group === null ? {} : { group }),
    name,
    ...(version === null ? {} : { version }),
    ...(purl === null ? {} : { purl }),
    evidence: { occurrences: [{ location: path, ...(line === null ? {} : { line }) }] },
    properties: [
      property("ecosystem", ecosystem),
      ...(range === null ? [] : [property("range", range)]),
      ...(transitive ? [property("transitive", true)] : []),
    ],
  };
}

function fileComponent({ path, size, digest, mediaType, executable }: PackageFile, refs: Refs): Component {
  const type = mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return {
    type: "file",
    "bom-ref": refs.take(`file ${path}`),
    ...(/^[-+a-z0-9.]+\/[-+a-z0-9.]+$/.test(type) ? { "mime-type": type } : {}),
    name: path,
    hashes: hashesOf(digest),
    properties: [property("size", size), ...(executable ? [property("executable", true)] : [])],
  };
}

/** What needs what, as far as it is known: which package brought a transitive one along is not. */
function graphOf(materials: Materials, refs: Refs): Bom["dependencies"] {
  const bomRefs = (names: readonly string[]): string[] => names.flatMap((ref) => refs.find(assetKey(ref)) ?? []);
  const { asset, version, packages } = materials;
  const direct = packages
    .filter(({ transitive }) => !transitive)
    .flatMap((one) => refs.find(packageKey(one.ecosystem, one.name, one.version ?? one.range)) ?? []);
  const own = refOf(asset);
  const graph = new Map([[own, [...bomRefs(version.metadata.dependencies.map(({ ref }) => ref)), ...direct]]]);
  for (const { ref, needs } of materials.dependencies.resolved) if (ref !== own) graph.set(ref, bomRefs(needs));
  return [...graph].map(([ref, needs]) => {
    const from = refs.find(assetKey(ref)) as string;
    const dependsOn = [...new Set(needs)].filter((to) => to !== from);
    return { ref: from, ...(dependsOn.length > 0 ? { dependsOn } : {}) };
  });
}

/** What the bill does not say, said. */
function statedGaps({
  files,
  fileCount,
  dependencies,
  packagesKnown,
  advisories,
  advisoriesCut,
}: Materials): Property[] {
  return [
    ...(files.length < fileCount ? [property("cut:files", `${files.length} of ${fileCount}`)] : []),
    ...(dependencies.complete ? [] : [property("dependencies", "unresolved")]),
    ...(packagesKnown ? [] : [property("packages", "not yet looked for")]),
    ...(advisoriesCut ? [property("cut:vulnerabilities", `the first ${advisories.length}`)] : []),
  ];
}
