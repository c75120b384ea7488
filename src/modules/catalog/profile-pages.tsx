import { Elysia } from "elysia";
import { ProfilePage } from "../../../views/accounts/profile.tsx";
import { DashboardPage } from "../../../views/dashboard.tsx";
import { rowOfAsset } from "../../../views/components/asset-row.tsx";
import type { DailyCount } from "../../../views/components/sparkline.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import type { Role } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { parsePage } from "../../core/page.ts";
import { namespacesOf, requireScope } from "../../core/permission.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
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
  downloadsOfNamespaces(namespaceIds: readonly Id[], days: number): Promise<DailyCount[]>;
}

const PER_PAGE = 20;

/** `/dashboard` and `/{namespace}`. */
export function profilePages({ catalog, pageProps, profile, downloadsOfNamespaces }: ProfilePagesDeps) {
  return new Elysia({ name: "profile-pages" })
    .get("/dashboard", async ({ request, query }) => {
      const { actor } = contextOf(request);
      requireScope(actor, "read");
      const page = parsePage({ page: query["page"], per_page: PER_PAGE });
      const assets = await catalog.listAssets(actor, { namespace: actor.username }, page);
      return htmlPage(
        <DashboardPage
          page={pageProps(request)}
          assets={{ ...assets, items: assets.items.map(rowOfAsset) }}
          pending={await catalog.pendingVersions(actor)}
          downloads={await downloadsOfNamespaces(namespacesOf(actor, "write"), 30)}
        />,
      );
    })
    .get("/:namespace", async ({ request, params, query }) => {
      const person = await profile(params.namespace);
      const page = parsePage({ page: query["page"], per_page: PER_PAGE });
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
          assets={{ ...assets, items: assets.items.map(rowOfAsset) }}
        />,
      );
    });
}
