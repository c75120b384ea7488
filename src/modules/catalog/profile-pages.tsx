import { Elysia } from "elysia";
import { ProfilePage } from "../../../views/accounts/profile.tsx";
import { DashboardPage } from "../../../views/dashboard.tsx";
import { type AssetRowModel, rowOfAsset } from "../../../views/components/asset-row.tsx";
import type { DailyCount } from "../../../views/components/sparkline.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import type { Waiting } from "../../../views/organizations/mine.tsx";
import { OrganizationProfilePage, type OrganizationProfileProps } from "../../../views/organizations/profile.tsx";
import type { Actor, Role } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { parsePage } from "../../core/page.ts";
import { namespacesOf, requireScope } from "../../core/permission.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import type { Asset } from "./asset.ts";
import type { CatalogModule } from "./index.ts";

/** A person as their page shows them. */
export interface Person {
  username: string;
  displayName: string;
  bio: string;
  role: Role;
  createdAt: string;
}

export interface ProfilePagesDeps {
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
  /** Throws NOT_FOUND. */
  profile(username: string): Promise<Person>;
  /** An organization with the viewer's eyes; null when they may not know of any of this name. */
  organization(
    actor: Actor,
    name: string,
  ): Promise<(Pick<OrganizationProfileProps, "organization" | "own"> & { namespaceId: Id }) | null>;
  /** Invitations and offered assets that wait for whoever is signed in. */
  waiting(actor: Actor): Promise<Waiting>;
  downloadsOfNamespaces(namespaceIds: readonly Id[], days: number): Promise<DailyCount[]>;
}

const PER_PAGE = 20;

/** `/dashboard` and `/{namespace}`. */
export function profilePages(deps: ProfilePagesDeps) {
  const { catalog, pageProps, profile, downloadsOfNamespaces } = deps;
  const rowsOf = async (actor: Actor, assets: readonly Asset[]): Promise<AssetRowModel[]> => {
    const advised = await catalog.advisedAssets(
      actor,
      assets.map(({ id }) => id),
    );
    return assets.map((asset) => rowOfAsset(asset, advised.get(asset.id)));
  };
  return new Elysia({ name: "profile-pages" })
    .get("/dashboard", async ({ request, query }) => {
      const { actor } = contextOf(request);
      requireScope(actor, "read");
      const page = parsePage({ page: query["page"], per_page: PER_PAGE });
      const assets = await catalog.listAssets(actor, { namespaceIds: namespacesOf(actor, "write") }, page);
      return htmlPage(
        <DashboardPage
          page={pageProps(request)}
          assets={{ ...assets, items: await rowsOf(actor, assets.items) }}
          waiting={await deps.waiting(actor)}
          pending={await catalog.pendingVersions(actor)}
          downloads={await downloadsOfNamespaces(namespacesOf(actor, "write"), 30)}
        />,
      );
    })
    .get("/:namespace", async ({ request, params, query }) => {
      const page = parsePage({ page: query["page"], per_page: PER_PAGE });
      const { actor } = contextOf(request);
      const found = await deps.organization(actor, params.namespace);
      if (found) {
        const { namespaceId, ...shown } = found;
        const assets = await catalog.listAssets(actor, { namespaceIds: [namespaceId] }, page);
        const rows = { ...assets, items: await rowsOf(actor, assets.items) };
        return htmlPage(<OrganizationProfilePage page={pageProps(request)} {...shown} assets={rows} />);
      }
      const person = await profile(params.namespace);
      const assets = await catalog.listAssets(contextOf(request).actor, { namespace: person.username }, page);
      return htmlPage(
        <ProfilePage
          page={pageProps(request)}
          profile={{
            username: person.username,
            displayName: person.displayName || null,
            bio: person.bio || null,
            role: person.role,
            joinedAt: person.createdAt,
            downloads: assets.items.reduce((sum, asset) => sum + asset.downloads, 0),
          }}
          assets={{ ...assets, items: await rowsOf(actor, assets.items) }}
        />,
      );
    });
}
