import { KINDS } from "../../src/core/kind.ts";
import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { attr, counted, grouped } from "../components/format.ts";
import { Icon, KIND_LABEL, KindIcon } from "../components/icon.tsx";
import { Empty } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { categoryUrl, kindUrl } from "../urls.ts";

export interface CategoryModel {
  slug: string;
  name: string;
  description: string;
  count: number;
}

export interface HomeProps {
  page: PageProps;
  totals: { assets: number; publishers: number; downloads: number };
  /** How many assets of each kind the viewer may see; kinds without any may be left out. */
  kinds: { value: string; count: number }[];
  trending: AssetRowModel[];
  recent: AssetRowModel[];
  categories: CategoryModel[];
}

export function HomePage(props: HomeProps): JSX.Element {
  const { page, totals } = props;
  return (
    <Layout
      page={page}
      ownSearch
      title={page.brand.name}
      description="Prompts, skills, agents, MCP servers and models, published, scanned and installed on this network."
    >
      <section class="hero">
        <h1>Find what your agents can trust</h1>
        <p class="lede">
          Prompts, skills, agents, MCP servers, plugins and models. Every file is scanned before it is published and
          named by its digest.
        </p>
        <form class="hero-search" action="/search" method="get">
          <Icon name="search" size={20} />
          <input
            type="search"
            id="search-text"
            name="q"
            aria-label="Search all assets"
            placeholder="Search by name, purpose or tag"
            maxlength="200"
            autocomplete="off"
          />
          <button class="button button-primary">Search</button>
        </form>
        <p class="hero-totals quiet" safe>
          {[
            counted(totals.assets, "asset"),
            counted(totals.publishers, "publisher"),
            counted(totals.downloads, "install"),
          ].join(", ")}
        </p>
      </section>
      <Kinds kinds={props.kinds} />
      {totals.assets === 0 ? (
        <Empty title="Nothing is published yet" action={{ href: "/publish", label: "Publish the first asset" }}>
          A folder with a SKILL.md, a plugin.json, a server.json or a model card is enough.
        </Empty>
      ) : (
        <div class="columns">
          <section>
            <SectionHead title="Trending" href="/search?sort=trending" more="All by trend" />
            <AssetRows rows={props.trending} now={page.now} compact />
          </section>
          <section>
            <SectionHead title="New" href="/search?sort=recent" more="All by date" />
            <AssetRows rows={props.recent} now={page.now} compact />
          </section>
        </div>
      )}
      <Categories categories={props.categories} />
    </Layout>
  );
}

const SectionHead = (props: { title: string; href: string; more: string }): JSX.Element => (
  <div class="section-head">
    <h2 safe>{props.title}</h2>
    <a href={attr(props.href)} safe>
      {props.more}
    </a>
  </div>
);

function Kinds(props: { kinds: { value: string; count: number }[] }): JSX.Element {
  const counts = new Map(props.kinds.map((k) => [k.value, k.count]));
  return (
    <section aria-labelledby="kinds-title">
      <h2 id="kinds-title" class="hidden-visually">
        Kinds
      </h2>
      <ul class="kinds">
        {KINDS.map((kind) => (
          <li>
            <a href={kindUrl(kind)}>
              <KindIcon kind={kind} />
              <span safe>{KIND_LABEL[kind].many}</span>
              <span class="count" safe>
                {grouped(counts.get(kind) ?? 0)}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Categories(props: { categories: CategoryModel[] }): JSX.Element {
  if (props.categories.length === 0) return "";
  return (
    <section>
      <div class="section-head">
        <h2>Categories</h2>
      </div>
      <ul class="categories">
        {props.categories.map((category) => (
          <li>
            <a href={categoryUrl(category.slug)} safe>
              {category.name}
            </a>
            <span class="count" safe>
              {grouped(category.count)}
            </span>
            <p class="quiet" safe>
              {category.description}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
