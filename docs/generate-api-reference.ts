import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildApp } from "../src/app.ts";
import { loadConfig } from "../src/config/index.ts";
import { silentLog } from "../src/platform/telemetry/index.ts";
import { groupsOf } from "../views/docs/openapi.ts";

// Writes docs/openapi.json and docs/api-reference.md from the routes' own schemas: `npm run docs`.

export interface ApiDocuments {
  openapi: string;
  reference: string;
}

/** The OpenAPI document as a server answers it, and the same as a page to read. */
export async function apiDocuments(): Promise<ApiDocuments> {
  const folder = await mkdtemp(join(tmpdir(), "marketplace-docs-"));
  try {
    const { config } = loadConfig({ cwd: folder, flags: { "server.data": folder }, env: {} });
    const app = await buildApp(config, { log: silentLog });
    const answer = await app.handle(new Request("http://127.0.0.1/openapi.json"), null);
    const document = await answer?.json();
    await app.stop();
    document.info.version = "0";
    return { openapi: `${JSON.stringify(document, null, 2)}\n`, reference: reference(document) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function reference(document: unknown): string {
  const lines = [
    "# API reference",
    "",
    "Made from the OpenAPI document (`npm run docs`). A running server shows the same at `/docs/api`, and the document at `/openapi.json`.",
    "",
    'JSON in, JSON out: `{"data": …, "meta": …}`; errors are `{"error": {"code", "message", "details", "request_id", "timestamp"}}`.',
    "`Authorization: Bearer <access token or API key>`, or `X-API-Key`. `{namespace}/{slug}` may also be an asset's UUID.",
  ];
  for (const group of groupsOf(document)) {
    lines.push("", `## ${group.name}`);
    for (const operation of group.operations) {
      lines.push("", `### ${operation.method.toUpperCase()} \`${operation.path}\``, "", `${operation.summary}.`);
      if (operation.parameters.length > 0) {
        lines.push("", "| parameter | in | type | |", "| --- | --- | --- | --- |");
        for (const { name, place, type, required } of operation.parameters)
          lines.push(`| \`${name}\` | ${place} | ${cell(type)} | ${required ? "required" : ""} |`);
      }
      if (operation.body) {
        lines.push("", `Body: \`${operation.body.mediaType}\``);
        if (operation.body.fields.length > 0) {
          lines.push("", "| field | type | |", "| --- | --- | --- |");
          for (const { name, type, required } of operation.body.fields)
            lines.push(`| \`${name}\` | ${cell(type)} | ${required ? "required" : ""} |`);
        }
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

if (import.meta.main) {
  const { openapi, reference: text } = await apiDocuments();
  await Bun.write(join(import.meta.dir, "openapi.json"), openapi);
  await Bun.write(join(import.meta.dir, "api-reference.md"), text);
}
