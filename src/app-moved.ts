import { AppError } from "./core/error.ts";
import { isName } from "./core/name.ts";
import { findContext } from "./platform/http/request-context.ts";
import { pathOf } from "./platform/http/respond.ts";
import type { Services } from "./services.ts";

const ASSET = /^(\/api\/v1\/assets|)\/([a-z0-9-]{1,64})\/([a-z0-9-]{1,64})(\/.*)?$/;
const NAMESPACE = /^(\/api\/v1\/organizations|\/organizations|)\/([a-z0-9-]{1,64})(\/.*)?$/;
const NOT_FOUND = new Set(["NOT_FOUND", "ASSET_NOT_FOUND", "VERSION_NOT_FOUND"]);

/**
 * A permanent redirect (308, RFC 9110 15.4.9) to where an asset or organization is now, when nothing was found under its former
 * name and whoever asks may read it; null otherwise, so that the refusal stands as it is for a name that nothing ever had.
 */
export function createMovedRedirects({ catalog }: Pick<Services, "catalog">) {
  return async (error: unknown, request: Request): Promise<Response | null> => {
    const actor = findContext(request)?.actor;
    if (!actor || !(error instanceof AppError) || !NOT_FOUND.has(error.code)) return null;
    const path = pathOf(request);
    const location = (await ofAsset(path)) ?? (await ofNamespace(path));
    return location === null ? null : answer(`${location}${URL.parse(request.url)?.search ?? ""}`);

    async function ofAsset(from: string): Promise<string | null> {
      const [, before = "", namespace = "", slug = "", rest = ""] = ASSET.exec(from) ?? [];
      if (!isName(namespace) || !isName(slug)) return null;
      const asset = await catalog.findFormer(actor!, namespace, slug).catch(unlessNotFound);
      const moved = asset !== null && (asset.namespace !== namespace || asset.slug !== slug);
      return moved ? `${before}/${asset.namespace}/${asset.slug}${rest}` : null;
    }

    async function ofNamespace(from: string): Promise<string | null> {
      const [, before = "", name = "", rest = ""] = NAMESPACE.exec(from) ?? [];
      if (!isName(name) || (before === "" && rest !== "")) return null;
      const now = await catalog.namespaceFormerly(actor!, name);
      return now === null ? null : `${before}/${now}${rest}`;
    }
  };
}

const unlessNotFound = (error: unknown): null => {
  if (error instanceof AppError && error.status === 404) return null;
  throw error;
};

/** Who may see it can change, so nobody keeps the answer. */
const answer = (location: string): Response =>
  new Response(null, { status: 308, headers: { Location: location, "Cache-Control": "no-store" } });
