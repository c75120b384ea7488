import { type AssetRowModel, AssetRows } from "../components/asset-row.tsx";
import { attr, counted, dayOf, safeHref } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Confirm, Empty } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageOf, PageProps } from "../layout/page.ts";
import { organizationActionUrl, organizationUrl } from "../urls.ts";
import { OrganizationBadges, type OrganizationModel } from "./organization-layout.tsx";

export interface OrganizationProfileProps {
  page: PageProps;
  organization: OrganizationModel & { description: string; website: string; createdAt: string };
  /** The viewer's role; `withheld`: it does not count, because the organization wants a second factor that is missing. */
  own: { role: string; withheld: boolean } | null;
  assets: PageOf<AssetRowModel>;
}

/** An organization's public page: who it is and what is published there; for its members also the way to its people. */
export function OrganizationProfilePage(props: OrganizationProfileProps): JSX.Element {
  const { page, organization, assets, own } = props;
  return (
    <Layout page={page} title={organization.displayName} unlisted={organization.visibility === "private"}>
      <header class="page-head">
        <p class="eyebrow mono" safe>
          {organization.slug}
        </p>
        <h1 safe>{organization.displayName}</h1>
        {organization.description === "" ? null : (
          <p class="lede" safe>
            {organization.description}
          </p>
        )}
        <ul class="facts facts-head">
          <li>Organization</li>
          <li safe>{counted(assets.total, "asset")}</li>
          <li safe>{`Since ${dayOf(organization.createdAt)}`}</li>
          <Website address={organization.website} />
          {own === null ? null : <li safe>{`You are ${own.role}`}</li>}
          <OrganizationBadges organization={organization} />
        </ul>
        <Ways organization={organization} />
      </header>
      {own?.withheld ? <SecondFactorWanted slug={organization.slug} /> : null}
      {assets.total === 0 ? (
        <Empty
          title="Nothing published here that you may see"
          action={organization.may.manage ? { href: "/publish", label: "Publish an asset" } : undefined}
        />
      ) : (
        <AssetRows rows={assets.items} now={page.now} />
      )}
      <Pagination page={assets.page} perPage={assets.perPage} total={assets.total} path={page.path} />
      {organization.may.verify ? <Verification page={page} organization={organization} /> : null}
      {own === null ? null : <Leave page={page} slug={organization.slug} />}
    </Layout>
  );
}

function Website(props: { address: string }): JSX.Element {
  const href = safeHref(props.address);
  if (href === null) return "";
  return (
    <li>
      <a href={href} rel="nofollow noopener" safe>
        {props.address.replace(/^https?:\/\//, "")}
      </a>
    </li>
  );
}

function Ways(props: { organization: OrganizationModel }): JSX.Element {
  const { slug, may } = props.organization;
  if (!may.viewPeople) return "";
  return (
    <p class="ways">
      <a class="button button-small" href={attr(organizationUrl(slug, "members"))}>
        Members
      </a>
      <a class="button button-small" href={attr(organizationUrl(slug, "teams"))}>
        Teams
      </a>
      {may.manage ? (
        <a class="button button-small" href={attr(organizationUrl(slug, "settings"))}>
          Settings
        </a>
      ) : null}
    </p>
  );
}

/** Why a member has no rights at the moment, and what to do. */
export const SecondFactorWanted = (props: { slug: string }): JSX.Element => (
  <p class="notice">
    You belong to <b safe>{props.slug}</b>, but it asks for a second factor. Until you{" "}
    <a href="/settings/security">set one up</a> and sign in with it, you have no more rights here than others.
  </p>
);

function Verification(props: { page: PageProps; organization: OrganizationModel }): JSX.Element {
  const { organization } = props;
  const verb = organization.verified ? "Take the badge away" : "Give the badge";
  return (
    <section>
      <h2>Badge</h2>
      <p class="quiet">It says that this organization is who it says it is. Administrators alone give it.</p>
      <form method="post" action={attr(organizationActionUrl(organization.slug, "verification"))}>
        <Csrf token={props.page.csrfToken} />
        <input type="hidden" name="verified" value={organization.verified ? "no" : "yes"} />
        <button class="button">{verb}</button>
      </form>
    </section>
  );
}

function Leave(props: { page: PageProps; slug: string }): JSX.Element {
  return (
    <section>
      <Confirm label="Leave…" tone="danger">
        <form method="post" action={attr(organizationActionUrl(props.slug, "leave"))} class="form">
          <Csrf token={props.page.csrfToken} />
          <p>You lose every right that you have through this organization, at once.</p>
          <button class="button button-danger">Leave the organization</button>
        </form>
      </Confirm>
    </section>
  );
}
