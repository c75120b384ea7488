import { Elysia } from "elysia";
import { contextOf } from "../../../platform/http/request-context.ts";
import { jsonWithETag } from "../../../platform/http/respond.ts";
import { refIn } from "../../catalog/index.ts";
import type { Sboms } from "./describe-version.ts";

/** REST of bills of materials. */
export function sbomApi(sboms: Sboms) {
  const read = async ({ request, params }: { request: Request; params: unknown }) => {
    const { version: selector } = params as { version: string };
    const { asset, version, bom } = await sboms.find(contextOf(request).actor, refIn(params), selector);
    return jsonWithETag(request, bom, {
      "Content-Type": "application/vnd.cyclonedx+json; version=1.6",
      "Content-Disposition": `attachment; filename="${asset.slug}-${version.version}.cdx.json"`,
    });
  };
  const detail = { summary: "A version's bill of materials (SBOM), as CycloneDX 1.6", tags: ["Signing"] };
  return new Elysia({ name: "sbom-api" })
    .get("/assets/:namespace/:slug/versions/:version/sbom", read, { detail })
    .get("/assets/:namespace/versions/:version/sbom", read, { detail: { ...detail, hide: true } });
}
