/** As much of CycloneDX 1.6 (ECMA-424, JSON) as our bills of materials use. */
export interface Bom {
  $schema: string;
  bomFormat: "CycloneDX";
  specVersion: "1.6";
  serialNumber: string;
  version: 1;
  metadata: {
    timestamp: string;
    tools: { components: Component[] };
    component: Component;
    properties?: Property[];
  };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  vulnerabilities?: Vulnerability[];
}

export interface Property {
  name: string;
  value: string;
}

export interface Component {
  type: "application" | "library" | "machine-learning-model" | "data" | "file";
  "bom-ref"?: string;
  "mime-type"?: string;
  publisher?: string;
  group?: string;
  name: string;
  version?: string;
  description?: string;
  scope?: "required" | "optional";
  hashes?: { alg: "SHA-256"; content: string }[];
  licenses?: { expression: string; acknowledgement: "declared" }[];
  purl?: string;
  externalReferences?: { type: "website" | "vcs"; url: string }[];
  evidence?: { occurrences: { location: string; line?: number }[] };
  properties?: Property[];
  tags?: string[];
}

export interface Vulnerability {
  "bom-ref": string;
  id: string;
  ratings: { severity: "critical" | "high" | "medium" | "low" | "unknown" }[];
  description?: string;
  recommendation?: string;
  affects: { ref: string }[];
  properties?: Property[];
}
