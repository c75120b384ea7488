import type { Kind } from "../../src/core/kind.ts";
import type { InstallClient, InstallLine } from "../components/install.tsx";
import { downloadUrl } from "../urls.ts";

interface Installable {
  namespace: string;
  slug: string;
  kind: Kind;
  /** Its own version needs no naming. */
  latest: { version: string } | null;
}

const LABELS: Record<InstallClient, string> = {
  cli: "CLI",
  curl: "curl",
  "claude-code": "Claude Code",
  skills: "npx skills",
  hf: "hf",
  vscode: "VS Code",
};

/**
 * The lines for each client that can take this kind. `protocols` names the clients this server answers besides its own
 * command line and plain downloads: a line that would not work is not shown. `origin` is the server's public address.
 */
export function installLines(
  asset: Installable,
  version: string,
  origin: string,
  protocols: readonly InstallClient[] = [],
): InstallLine[] {
  const ref = `${asset.namespace}/${asset.slug}`;
  const commands: [InstallClient, string | null][] = [
    ["cli", `marketplace install ${ref}${asset.latest?.version === version ? "" : `@${version}`}`],
    ["curl", `curl -fLo ${asset.slug}-${version}.tar.gz "${origin}${downloadUrl(asset, version, "tar.gz")}"`],
    ["claude-code", claudeCode(asset, origin)],
    ["skills", asset.kind === "skill" ? `npx skills add ${origin}/t/${asset.namespace} -s ${asset.slug}` : null],
    ["hf", huggingFace(asset, ref, origin)],
    ["vscode", asset.kind === "mcp-server" ? `"chat.mcp.gallery.serviceUrl": "${origin}"` : null],
  ];
  return commands.flatMap(([client, command]) =>
    command !== null && (client === "cli" || client === "curl" || protocols.includes(client))
      ? [{ client, label: LABELS[client], command }]
      : [],
  );
}

const claudeCode = (asset: Installable, origin: string): string | null =>
  asset.kind === "plugin"
    ? `claude plugin marketplace add ${origin}/t/${asset.namespace}/marketplace.json && claude plugin install ${asset.slug}@${asset.namespace}`
    : null;

function huggingFace(asset: Installable, ref: string, origin: string): string | null {
  if (asset.kind === "dataset") return `HF_ENDPOINT=${origin} hf download ${ref} --repo-type dataset`;
  return asset.kind === "model" || asset.kind === "model-adapter" ? `HF_ENDPOINT=${origin} hf download ${ref}` : null;
}
