import type { Children } from "@kitajs/html";
import { attr } from "../components/format.ts";
import { Badge } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { type OrganizationPage, organizationUrl, profileUrl } from "../urls.ts";

/** What every page of an organization shows of it. */
export interface OrganizationModel {
  slug: string;
  displayName: string;
  visibility: "public" | "private";
  verified: boolean;
  /** What the viewer may do. */
  may: { viewPeople: boolean; manage: boolean; own: boolean; verify: boolean };
}

const SECTIONS: [page: OrganizationPage, label: string, right: keyof OrganizationModel["may"]][] = [
  ["settings", "Profile", "manage"],
  ["members", "Members", "viewPeople"],
  ["teams", "Teams", "viewPeople"],
  ["invitations", "Invitations", "manage"],
  ["policy", "Policy", "manage"],
  ["danger", "Name and deletion", "own"],
];

/** The badge that an administrator gave: a shape and a word. */
export const VerifiedMark = (): JSX.Element => (
  <span class="mark mark-passed" title="An administrator says that this is who it says it is">
    <svg class="icon" width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 1.5l1.9 1.4 2.3-.1.6 2.300 1.8 1.500-.9 2.100.4 2.300-2.200.9-1.200 2-2.300-.5-2.300.5-1.200-2-2.200-.9.4-2.300-.9-2.100 1.800-1.500.6-2.300 2.300.1zM5.500 8l1.700 1.700L10.500 6.300" />
    </svg>
    Verified
  </span>
);

/** The pages of an organization for those who are in it, with their navigation beside them. */
export function OrganizationLayout(props: {
  page: PageProps;
  organization: OrganizationModel;
  here: OrganizationPage;
  title: string;
  children?: Children;
}): JSX.Element {
  const { organization } = props;
  return (
    <Layout page={props.page} title={`${props.title} · ${organization.slug}`} unlisted>
      <div class="settings">
        <nav class="side-nav" aria-label="Organization">
          <a href={attr(profileUrl(organization.slug))} class="mono" safe>
            {organization.slug}
          </a>
          {SECTIONS.filter(([, , right]) => organization.may[right]).map(([page, label]) => (
            <a
              href={attr(organizationUrl(organization.slug, page))}
              aria-current={page === props.here ? "page" : undefined}
              safe
            >
              {label}
            </a>
          ))}
        </nav>
        <div class="settings-main">
          <h1 safe>{props.title}</h1>
          {props.children as "safe"}
        </div>
      </div>
    </Layout>
  );
}

/** Among the facts of an organization. */
export const OrganizationBadges = (props: { organization: OrganizationModel }): JSX.Element => (
  <>
    {props.organization.verified ? (
      <li>
        <VerifiedMark />
      </li>
    ) : null}
    {props.organization.visibility === "private" ? (
      <li>
        <Badge text="Private" />
      </li>
    ) : null}
  </>
);
