import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { counted, dayOf } from "../components/format.ts";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Empty } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageOf, PageProps } from "../layout/page.ts";

export interface ProfileProps {
  page: PageProps;
  profile: {
    username: string;
    displayName: string | null;
    bio: string | null;
    role: "user" | "moderator" | "admin";
    joinedAt: string;
    downloads: number;
  };
  assets: PageOf<AssetRowModel>;
}

/** A person's or namespace's public page: who it is and what is published there. */
export function ProfilePage(props: ProfileProps): JSX.Element {
  const { page, profile, assets } = props;
  const own = page.viewer?.username === profile.username;
  return (
    <Layout page={page} title={profile.displayName ?? profile.username}>
      <header class="page-head">
        <p class="eyebrow mono" safe>
          {profile.username}
        </p>
        <h1 safe>{profile.displayName ?? profile.username}</h1>
        {profile.bio ? (
          <p class="lede" safe>
            {profile.bio}
          </p>
        ) : null}
        <ul class="facts facts-head">
          <li safe>{counted(assets.total, "asset")}</li>
          <li safe>{counted(profile.downloads, "install")}</li>
          <li safe>{`Since ${dayOf(profile.joinedAt)}`}</li>
          {profile.role === "user" ? null : (
            <li>
              <Badge text={profile.role === "admin" ? "Administrator" : "Moderator"} />
            </li>
          )}
        </ul>
      </header>
      {assets.total === 0 ? (
        <Empty
          title="Nothing published here that you may see"
          action={own ? { href: "/publish", label: "Publish an asset" } : undefined}
        />
      ) : (
        <AssetRows rows={assets.items} now={page.now} />
      )}
      <Pagination page={assets.page} perPage={assets.perPage} total={assets.total} path={page.path} />
    </Layout>
  );
}
