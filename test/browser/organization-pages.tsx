import {
  InvitationPage,
  MyOrganizationsPage,
  NewOrganizationPage,
  type Waiting,
} from "../../views/organizations/mine.tsx";
import { OrganizationInvitationsPage, OrganizationMembersPage } from "../../views/organizations/people.tsx";
import { OrganizationTeamPage, OrganizationTeamsPage } from "../../views/organizations/teams.tsx";
import { OrganizationProfilePage } from "../../views/organizations/profile.tsx";
import {
  OrganizationDangerPage,
  OrganizationPolicyPage,
  OrganizationSettingsPage,
} from "../../views/organizations/settings.tsx";
import { EMPTY_FORM } from "../../views/layout/page.ts";
import { NOW, page, rows } from "./fixtures.ts";

const LATER = "2027-01-01T00:00:00.000Z";

export const waiting: Waiting = {
  invitations: [
    {
      key: "i1",
      slug: "northwind",
      displayName: "Northwind Research",
      role: "member",
      inviter: "jonas",
      expiresAt: LATER,
    },
  ],
  offers: [{ id: "t1", ref: "jonas/table-reader", to: "acme/table-reader", requester: "jonas", expiresAt: LATER }],
};

const organization = {
  slug: "acme",
  displayName: "Acme Documents",
  visibility: "private",
  verified: true,
  may: { viewPeople: true, manage: true, own: true, verify: true },
} as const;
const description = "Skills and servers for the papers of a whole company, kept by the documents team.";
const at = (path: string) => page(`/organizations/acme/${path}`);
const people = { organization, form: EMPTY_FORM };
const member = (username: string, role: string, hasSecondFactor: boolean, source = "manual") => ({
  username,
  displayName: username.toUpperCase(),
  role,
  source,
  hasSecondFactor,
  since: NOW,
});
const team = { slug: "readers", name: "Readers of forms", description: "Who reads forms.", members: 2, assets: 1 };

/** What the gallery shows of organizations: view and props by name. */
// biome-ignore lint/suspicious/noExplicitAny: views of all kinds of props are held together here.
export const ORGANIZATION_PAGES: [name: string, view: (props: any) => JSX.Element, props: object][] = [
  [
    "organization",
    OrganizationProfilePage,
    {
      page: page("/acme"),
      organization: { ...organization, description, website: "https://acme.example/documents", createdAt: NOW },
      own: { role: "owner", withheld: false },
      assets: { items: rows.slice(0, 3), page: 1, perPage: 20, total: 3 },
    },
  ],
  [
    "organization-withheld",
    OrganizationProfilePage,
    {
      page: page("/acme"),
      organization: {
        ...organization,
        visibility: "public",
        may: { viewPeople: false, manage: false, own: false, verify: false },
        description: "",
        website: "",
        createdAt: NOW,
      },
      own: { role: "member", withheld: true },
      assets: { items: [], page: 1, perPage: 20, total: 0 },
    },
  ],
  [
    "organizations",
    MyOrganizationsPage,
    {
      page: page("/organizations"),
      organizations: [
        { slug: "acme", displayName: "Acme Documents", role: "owner", withheld: false },
        { slug: "northwind", displayName: "Northwind Research", role: "member", withheld: true },
      ],
      waiting,
      mayCreate: true,
    },
  ],
  [
    "organizations-none",
    MyOrganizationsPage,
    { page: page("/organizations"), organizations: [], waiting: { invitations: [], offers: [] }, mayCreate: false },
  ],
  [
    "organization-new",
    NewOrganizationPage,
    {
      page: page("/organizations/new"),
      form: { values: { slug: "acme" }, problems: [{ field: "slug", message: 'The name "acme" is taken.' }] },
    },
  ],
  ["invitation", InvitationPage, { page: page("/invitations/x"), invitation: waiting.invitations[0], obstacle: null }],
  [
    "invitation-stranger",
    InvitationPage,
    { page: page("/invitations/x", { viewer: null }), invitation: waiting.invitations[0], obstacle: "sign-in" },
  ],
  [
    "organization-settings",
    OrganizationSettingsPage,
    { page: at("settings"), ...people, profile: { description, website: "" } },
  ],
  [
    "organization-policy",
    OrganizationPolicyPage,
    {
      page: at("policy"),
      ...people,
      policy: { requireTwoFactor: true, requireSignature: false, requireReview: true },
      withoutSecondFactor: ["jonas", "wen"],
      rules: {
        warn: null,
        review: "medium",
        block: null,
        vulnerabilities: "review",
        rules: [["secrets/*", "block"]],
        licensesAllow: ["Apache-2.0", "MIT"],
        licensesDeny: ["AGPL-*"],
        reviewFirstPublication: "asset",
        reviewCapabilityIncrease: ["links-to"],
      },
      server: {
        warn: "low",
        review: "high",
        block: "critical",
        vulnerabilities: "warn",
        reviewFirstPublication: "none",
        reviewCapabilityIncrease: ["hook", "mcp-server", "script"],
      },
    },
  ],
  ["organization-danger", OrganizationDangerPage, { page: at("danger"), ...people, assets: 3 }],
  [
    "organization-members",
    OrganizationMembersPage,
    {
      page: at("members"),
      ...people,
      members: {
        items: [
          member("mira", "owner", true),
          member("jonas", "admin", false),
          member("a-member-with-a-name-as-long-as-names-may-be-in-this-marketplace", "viewer", true, "directory"),
        ],
        page: 1,
        perPage: 50,
        total: 3,
      },
    },
  ],
  ["organization-teams", OrganizationTeamsPage, { page: at("teams"), ...people, teams: [team] }],
  [
    "organization-team",
    OrganizationTeamPage,
    {
      page: at("teams/readers"),
      ...people,
      team: {
        ...team,
        people: [{ username: "jonas", displayName: "Jonas" }],
        rights: [{ ref: "acme/pdf-tools", access: "write" }],
      },
    },
  ],
  [
    "organization-invitations",
    OrganizationInvitationsPage,
    {
      page: at("invitations"),
      ...people,
      invitations: [
        { id: "i1", whom: "wen@acme.example", role: "member", team: "readers", inviter: "mira", expiresAt: LATER },
        { id: "i2", whom: "Whoever has the link", role: "viewer", team: null, inviter: "mira", expiresAt: LATER },
      ],
      teams: [team],
      link: "https://market.example/invitations/9o0v1Zb6GZcF2vQ8qjT4bJr7yX3mN5kLwE1sUaHdPfI",
    },
  ],
];
