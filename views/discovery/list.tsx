import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { counted, localHref } from "../components/format.ts";
import { Pagination } from "../components/pagination.tsx";
import { Empty } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageOf, PageProps } from "../layout/page.ts";

export interface AssetListProps {
  page: PageProps;
  /** "Category" or "Tag", above the title. */
  eyebrow: string;
  title: string;
  description: string;
  /** Deeper categories, with their own pages. */
  below: { href: string; label: string; count: number }[];
  assets: PageOf<AssetRowModel>;
}

/** The page of a category or a tag. */
export function AssetListPage(props: AssetListProps): JSX.Element {
  const { page, assets } = props;
  return (
    <Layout page={page} title={props.title} description={props.description}>
      <header class="page-head">
        <p class="eyebrow" safe>
          {props.eyebrow}
        </p>
        <h1 safe>{props.title}</h1>
        {props.description === "" ? null : (
          <p class="lede" safe>
            {props.description}
          </p>
        )}
      </header>
      {props.below.length === 0 ? null : (
        <ul class="chips">
          {props.below.map((child) => (
            <li>
              <a href={localHref(child.href)}>
                <span safe>{child.label}</span> <span class="count">{child.count}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      <p class="quiet" safe>
        {counted(assets.total, "asset")}
      </p>
      {assets.total === 0 ? (
        <Empty title="Nothing here yet" action={{ href: "/search", label: "Browse everything" }} />
      ) : (
        <AssetRows rows={assets.items} now={page.now} />
      )}
      <Pagination page={assets.page} perPage={assets.perPage} total={assets.total} path={page.path} />
    </Layout>
  );
}
