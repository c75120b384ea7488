import type { Capability } from "../../src/core/capability.ts";
import { SettingsApiKeysPage } from "../../views/accounts/api-keys.tsx";
import { qrCode } from "../../src/modules/accounts/two-factor/qr-code.ts";
import { SettingsEmailPage } from "../../views/accounts/email.tsx";
import {
  DeadLinkPage,
  FollowLinkPage,
  ForgotPasswordPage,
  LinkSentPage,
  ResetPasswordPage,
} from "../../views/accounts/recovery.tsx";
import { InvitationsPage } from "../../views/administration/invitations.tsx";
import { type HeldMailModel, HeldMailPage, HeldMailsPage } from "../../views/administration/mails.tsx";
import { ProfilePage } from "../../views/accounts/profile.tsx";
import {
  SettingsPasswordPage,
  SettingsProfilePage,
  SettingsSessionsPage,
  SettingsSigningKeysPage,
} from "../../views/accounts/settings.tsx";
import {
  type SecurityProps,
  SettingsAuthenticatorPage,
  SettingsRecoveryCodesPage,
  SettingsSecurityPage,
} from "../../views/accounts/security.tsx";
import { ConnectedAccountsPage, ConnectPage } from "../../views/accounts/sign-on.tsx";
import { SecondStepPage, SudoPage } from "../../views/accounts/second-step.tsx";
import { RegisterPage, SetupPage, SignInPage } from "../../views/accounts/sign-in.tsx";
import { type ListedUser, UsersPage } from "../../views/administration/users.tsx";
import { UserPage, type UserPageModel } from "../../views/administration/users-person.tsx";
import { AuditPage } from "../../views/administration/audit.tsx";
import { AdminOverviewPage } from "../../views/administration/overview.tsx";
import { PrivacyPage } from "../../views/privacy/privacy.tsx";
import { AssetDependenciesPage } from "../../views/catalog/dependencies.tsx";
import { AssetFilePage, AssetFilesPage } from "../../views/catalog/files.tsx";
import { installLines } from "../../views/catalog/install-lines.ts";
import { AssetOverviewPage } from "../../views/catalog/overview.tsx";
import { AssetSecurityPage } from "../../views/catalog/security.tsx";
import { AssetSettingsPage } from "../../views/catalog/settings.tsx";
import { AssetVersionsPage } from "../../views/catalog/versions.tsx";
import { INSTALL_CLIENTS } from "../../views/components/install.tsx";
import { DashboardPage } from "../../views/dashboard.tsx";
import { HomePage } from "../../views/discovery/home.tsx";
import { AssetListPage } from "../../views/discovery/list.tsx";
import { SearchPage } from "../../views/discovery/search.tsx";
import { SearchResults, type SearchResultsModel, type SearchState } from "../../views/discovery/search-results.tsx";
import { ApiDocsPage } from "../../views/docs/api.tsx";
import { GettingStartedPage } from "../../views/docs/getting-started.tsx";
import { ErrorFragment, ErrorPage } from "../../views/errors/error.tsx";
import { EMPTY_FORM, type FormState } from "../../views/layout/page.ts";
import {
  type PublishProgress,
  PublishProgressFragment,
  PublishProgressPage,
} from "../../views/publishing/progress.tsx";
import { PublishPage } from "../../views/publishing/publish.tsx";
import {
  asset,
  days,
  files,
  findings,
  frame,
  NOW,
  page,
  README,
  readme,
  rows,
  scanners,
  trust,
  versionOf,
} from "./fixtures.ts";
import { ACCESS_PAGES } from "./access-pages.tsx";
import { ADVISORY_PAGES } from "./advisory-pages.tsx";
import { ORGANIZATION_PAGES, waiting } from "./organization-pages.tsx";
import { RECALL_PAGES } from "./recall-pages.tsx";
import { REVIEW_PAGES } from "./review-pages.tsx";

const abilities: Capability[] = [
  { kind: "runs-command", value: "qpdf", path: "SKILL.md", line: 41 },
  { kind: "network-host", value: "fonts.example.com", path: "scripts/lib/layout.py", line: 12 },
  {
    kind: "hook",
    value: "PostToolUse: ./hooks/check.sh --strict",
    path: "hooks/hooks.json",
    line: 4,
  },
  { kind: "script", value: "python", path: "scripts/lib/layout.py", line: null },
];

/** Every view with its props, so that a test can give it others; the names are the gallery's addresses. */
export interface Shown {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: views of all kinds of props are held together here.
  view: (props: any) => JSX.Element;
  props: object;
  /** Answers to htmx have no document around them. */
  fragment?: true;
}

const shown = <P extends object>(name: string, view: (props: P) => JSX.Element, props: P): Shown => ({
  name,
  view,
  props,
});
const fragment = <P extends object>(name: string, view: (props: P) => JSX.Element, props: P): Shown => ({
  ...shown(name, view, props),
  fragment: true,
});

const stranger = { viewer: null };
const origin = "https://market.example";
const facet = (...values: [string, number][]) => values.map(([value, count]) => ({ value, count }));
const pageOf = <T,>(items: T[], total = items.length) => ({ items, page: 1, perPage: 20, total });

const state: SearchState = {
  text: "pdf",
  kinds: ["skill"],
  categories: [],
  tags: [],
  licenses: [],
  owners: [],
  verdicts: [],
  signed: null,
  sort: "relevance",
};
const results: SearchResultsModel = {
  rows: rows.map((row, i) =>
    i === 0
      ? {
          ...row,
          highlight: [
            { field: "slug", ranges: [[0, 3]] },
            { field: "description", ranges: [[28, 31]] },
          ],
        }
      : row,
  ),
  total: 214,
  page: 1,
  perPage: 20,
  elapsedMs: 3.2,
  facets: {
    kind: facet(["skill", 120], ["mcp-server", 40], ["plugin", 21], ["prompt", 18]),
    category: facet(["documents", 90], ["databases", 41], ["operations", 12]),
    tag: facet(
      ["pdf", 31],
      ["forms", 18],
      ["ocr", 14],
      ["tables", 9],
      ["sql", 8],
      ["terraform", 7],
      ["review", 5],
      ["ci", 4],
      ["k8s", 2],
    ),
    license: facet(["MIT", 101], ["Apache-2.0", 88], ["CC-BY-4.0", 9]),
    owner: facet(["acme", 44], ["platform", 31], ["mira", 12]),
    verdict: facet(["passed", 209], ["review", 5]),
    signed: facet(["true", 61], ["false", 153]),
  },
};

const wrongForm: FormState = {
  values: { username: "Mira!", email: "mira@" },
  problems: [{ field: "username", message: "Use a to z, 0 to 9 and single hyphens." }],
  message: null,
};

const progress: PublishProgress = {
  namespace: "acme",
  slug: "pdf-tools",
  version: "2.4.1",
  kind: "skill",
  digest: versionOf("2.4.1", 1).digest,
  steps: [
    { label: "Received", state: "done", detail: "9 files, 215 kB" },
    { label: "Described", state: "done", detail: "Skill, MIT" },
    { label: "Stored", state: "done", detail: "3 new blobs" },
    { label: "Scanned", state: "running", detail: "3 of 5 scanners" },
    { label: "Decided", state: "waiting", detail: null },
  ],
  scanners,
  verdict: "pending",
  verdictReason: null,
  findings: [],
  warnings: [{ path: "LICENSE", message: "No holder is named." }],
  draft: false,
};

const openapi = {
  paths: {
    "/api/v1/assets": {
      get: {
        tags: ["assets"],
        summary: "List assets",
        parameters: [
          { name: "type", in: "query", schema: { enum: ["skill", "agent"] }, description: "The kind" },
          { name: "page", in: "query", schema: { type: "integer" } },
        ],
        responses: { 200: { description: "A page of assets" } },
      },
      post: {
        tags: ["assets"],
        summary: "Make a draft",
        requestBody: {
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["slug"],
                properties: {
                  slug: { type: "string", description: "The name" },
                  tags: { type: "array", items: { type: "string" } },
                },
              },
            },
          },
        },
        responses: { 201: { description: "The draft" }, 422: { description: "Fields are wrong" } },
      },
    },
    "/api/v1/assets/{namespace}/{slug}/versions/{version}": {
      put: { tags: ["versions"], summary: "Publish in one call", responses: { 201: { description: "Published" } } },
    },
  },
};

const discovery: Shown[] = [
  shown("home", HomePage, {
    page: page("/", stranger),
    totals: { assets: 1204, publishers: 96, downloads: 482_113 },
    kinds: facet(
      ["skill", 612],
      ["mcp-server", 240],
      ["plugin", 88],
      ["prompt", 141],
      ["agent", 52],
      ["model", 31],
      ["dataset", 22],
      ["tool", 18],
    ),
    trending: rows.slice(0, 5),
    recent: rows.slice(2, 7),
    categories: [
      { slug: "documents", name: "Documents", description: "Reading, writing and converting", count: 118 },
      { slug: "databases", name: "Databases", description: "Asking and looking after them", count: 64 },
      { slug: "operations", name: "Operations", description: "Incidents, deployments, cost", count: 47 },
      { slug: "code-review", name: "Code review", description: "Finding what others missed", count: 39 },
    ],
  }),
  shown("home-empty", HomePage, {
    page: page("/"),
    totals: { assets: 0, publishers: 0, downloads: 0 },
    kinds: [],
    trending: [],
    recent: [],
    categories: [],
  }),
  shown("search", SearchPage, { page: page("/search?q=pdf&type=skill", stranger), state, results }),
  shown("search-nothing", SearchPage, {
    page: page("/search?q=zzz"),
    state: { ...state, text: "zzz", kinds: [] },
    results: {
      ...results,
      rows: [],
      total: 0,
      facets: { kind: [], category: [], tag: [], license: [], owner: [], verdict: [], signed: [] },
    },
  }),
  fragment("search-results", SearchResults, { page: page("/search?q=pdf"), state, results }),
  shown("category", AssetListPage, {
    page: page("/categories/documents"),
    eyebrow: "Category",
    title: "Documents",
    description: "Reading, writing and converting",
    below: [{ href: "/categories/forms", label: "Forms", count: 12 }],
    assets: pageOf(rows.slice(0, 4), 61),
  }),
];

const catalog: Shown[] = [
  shown("asset", AssetOverviewPage, {
    page: page("/acme/pdf-tools", stranger),
    frame: frame({ may: { update: false, manage: false, moderate: false } }),
    readme,
    installs: installLines(asset, "2.4.1", origin, INSTALL_CLIENTS),
    downloads: days,
    publisher: "mira",
    trust: trust(),
  }),
  shown("asset-warned", AssetOverviewPage, {
    page: page("/acme/pdf-tools?version=2.0.0"),
    frame: frame({
      version: versionOf("2.0.0", 4000, {
        verdict: "review",
        verdictReason: "A high finding needs a person.",
        yankedAt: NOW,
        yankReason: "Broken on Windows",
      }),
      signed: false,
    }),
    readme: null,
    installs: [],
    downloads: days,
    publisher: "acme",
    trust: trust({
      state: "review",
      verdict: "review",
      verdictReason: "A high finding needs a person.",
      publisher: { name: "mira", kind: "user", verified: false, since: NOW, published: 100, more: true },
      signatures: [],
      signatureCount: 0,
      build: null,
      scan: { finishedAt: NOW, scanners: 17, completed: 16, findings: 1, explained: 0 },
      capabilities: { groups: [], since: null },
      license: { expression: null, terms: "unknown" },
      advisories: {
        known: [{ id: "GHSA-left-wing-0001", package: "left-wing", level: "high", malicious: false }],
        count: 3,
        looked: true,
        asOf: null,
      },
      logIndex: null,
    }),
  }),
  shown("asset-recalled", AssetOverviewPage, {
    page: page("/acme/pdf-tools?version=1.0.0"),
    frame: frame({
      version: versionOf("1.0.0", 8000, {
        recall: { number: 12, reason: "It sent form data to a stranger.", at: NOW },
      }),
      recalled: true,
    }),
    readme: null,
    installs: [],
    downloads: days,
    publisher: "acme",
    trust: trust({
      state: "recalled",
      recall: { number: 12, reason: "It sent form data to a stranger.", at: NOW },
      signatures: trust().signatures.map((one) => ({ ...one, revokedAt: NOW, signedAs: "acme/pdf" })),
      signatureCount: 3,
      scan: null,
      capabilities: null,
      advisories: { known: [], count: 0, looked: false, asOf: null },
      review: { decision: "approved", reason: "Looked at every script.", at: NOW, moderator: "mira" },
    }),
  }),
  shown("files", AssetFilesPage, { page: page("/acme/pdf-tools/files/2.4.1"), frame: frame(), files }),
  shown("file-text", AssetFilePage, {
    page: page("/acme/pdf-tools/files/2.4.1/scripts/split.py"),
    frame: frame(),
    file: files[8]!,
    content: { kind: "text", text: 'import sys\n\n\ndef main() -> None:\n    print("<b>&amp;")\n', truncated: true },
    source: false,
  }),
  shown("file-markdown", AssetFilePage, {
    page: page("/acme/pdf-tools/files/2.4.1/SKILL.md"),
    frame: frame(),
    file: files[1]!,
    content: { kind: "markdown", html: readme.html, frontMatter: readme.frontMatter, text: README, truncated: false },
    source: false,
  }),
  shown("file-binary", AssetFilePage, {
    page: page("/acme/pdf-tools/files/2.4.1/assets/form.png"),
    frame: frame(),
    file: files[2]!,
    content: { kind: "binary" },
    source: false,
  }),
  shown("versions", AssetVersionsPage, {
    page: page("/acme/pdf-tools/versions"),
    frame: frame(),
    versions: [
      {
        version: versionOf("2.5.0-rc.1", 2, { verdict: "pending", status: "scanning" }),
        signed: false,
        recalled: false,
        channels: ["beta"],
      },
      {
        version: versionOf("2.4.1", 20, {
          changelog: "Tables that span pages stay whole.\nThe form filler says which field it could not fill.",
        }),
        signed: true,
        recalled: false,
        channels: ["latest"],
      },
      {
        version: versionOf("2.4.0", 300, { yankedAt: NOW, yankReason: "Broken on Windows" }),
        signed: true,
        recalled: false,
        channels: [],
      },
      { version: versionOf("1.0.0", 8000, { verdict: "blocked" }), signed: false, recalled: true, channels: [] },
    ],
  }),
  shown("dependencies", AssetDependenciesPage, {
    page: page("/acme/pdf-tools/dependencies"),
    frame: frame(),
    dependencies: [
      {
        ref: "acme/ocr",
        range: "^1.2",
        optional: false,
        resolved: { version: "1.4.0", kind: "tool", href: "/acme/ocr" },
        problem: null,
        children: [
          {
            ref: "platform/images",
            range: "~3.1",
            optional: true,
            resolved: null,
            problem: "No version fits ~3.1; the highest is 2.9.0.",
            children: [],
          },
        ],
      },
    ],
    dependents: rows.slice(4, 6),
  }),
  shown("security", AssetSecurityPage, {
    page: page("/acme/pdf-tools/security"),
    frame: frame({
      version: versionOf("2.4.1", 20, { verdict: "review", verdictReason: "A high finding needs a person." }),
    }),
    scan: { finishedAt: NOW, scanners },
    findings: findings.map((finding, i) => ({
      ...finding,
      consequence: (["review", "pass", "warn"] as const)[i % 3],
      because: 'policy.review = "high"',
      explanation:
        i > 1
          ? null
          : {
              id: "explanation",
              status: i === 0 ? ("proposed" as const) : ("accepted" as const),
              reason: "The key in this example is Amazon's own, from its documentation.",
              path: null,
              answer: i === 0 ? null : "Checked against the documentation.",
              proposedBy: "mira",
              decidedBy: i === 0 ? null : "otto",
              expiresAt: i === 0 ? null : NOW,
              applies: i === 1,
            },
    })),
    advisories: [
      {
        advisoryId: "GHSA-35jh-r3h4-6jhm",
        ecosystem: "npm",
        package: "lodash",
        packageVersion: "4.17.20",
        fixed: "4.17.21",
        level: "high",
        malicious: false,
        summary: "Command injection through the template function",
      },
      {
        advisoryId: "MAL-2025-1234",
        ecosystem: "PyPI",
        package: "a-package-with-a-name-that-is-long-enough-to-wrap-on-a-narrow-screen",
        packageVersion: null,
        fixed: null,
        level: null,
        malicious: true,
        summary: "Sends the environment away when it is imported",
      },
    ],
    capabilities: { facts: abilities, since: "2.4.0", gained: abilities.slice(1, 3) },
    signatures: [
      {
        keyName: "mira-laptop",
        keyDigest: versionOf("key", 1).digest,
        signedAt: NOW,
        state: "valid",
        signedAs: "tools/pdf-forms",
      },
    ],
    mayRescan: true,
    mayExplain: true,
    appeals: {
      mayAppeal: true,
      appeals: [
        {
          id: "appeal",
          text: "It is the test file of every virus scanner, and harmless.",
          status: "refused",
          appealedBy: "mira",
          createdAt: NOW,
          decidedBy: "otto",
          decidedAt: NOW,
          answer: "Ship it as a .txt file, please.",
        },
      ],
    },
    form: EMPTY_FORM,
  }),
  shown("asset-settings", AssetSettingsPage, {
    page: page("/acme/pdf-tools/settings", { notice: "Saved." }),
    frame: frame(),
    form: EMPTY_FORM,
    channels: [{ name: "latest", version: "2.4.1" }],
    versions: [
      { version: "2.4.1", yanked: false },
      { version: "2.4.0", yanked: true },
    ],
    access: {
      collaborators: [{ username: "jonas", displayName: "Jonas", access: "write" }],
      teams: [
        { slug: "readers", name: "Readers of forms", access: "read" },
        { slug: "core", name: "Core", access: null },
      ],
      offer: null,
    },
  }),
];

const security: SecurityProps = {
  page: page("/settings/security"),
  authenticatorSince: "2026-01-05T08:00:00.000Z",
  passkeys: [
    { id: "a", name: "Telephone", backedUp: true, createdAt: "2026-01-05T08:00:00.000Z", usedAt: NOW },
    {
      id: "b",
      name: "Security key in the drawer",
      backedUp: false,
      createdAt: "2026-01-05T08:00:00.000Z",
      usedAt: null,
    },
  ],
  recoveryCodesLeft: 9,
  passkeysWork: true,
  suggestedName: "Firefox on Linux",
  required: false,
  at: null,
  form: EMPTY_FORM,
};

const listedUser: ListedUser = {
  username: "mira",
  displayName: "Mira Okafor",
  email: "mira@example.org",
  role: "admin",
  status: "active",
  createdAt: "2025-01-05T08:00:00.000Z",
};

const longUser: ListedUser = {
  username: `${"quite-a-long-name-".repeat(3)}of-64-letters`.slice(0, 64),
  displayName: `Donaudampfschifffahrtsgesellschaftskapitän ${"von und zu ".repeat(5)}`,
  email: `${"a".repeat(64)}@${"mail.".repeat(30)}example.org`,
  role: "moderator",
  status: "disabled",
  createdAt: "2026-03-18T09:00:00.000Z",
};

const administeredUser: UserPageModel = {
  ...listedUser,
  emailVerifiedAt: "2025-01-05T08:00:00.000Z",
  sessions: 3,
  programs: 1,
  apiKeys: 0,
  seenAt: "2026-03-18T09:00:00.000Z",
  hasPassword: true,
  authenticator: true,
  passkeys: 2,
  lockedUntil: null,
  identities: [{ provider: "example-sso", email: "mira@example.org", lastUsedAt: null }],
  organizations: [{ slug: "acme-research", displayName: "Acme Research", role: "owner" }],
  fromDirectory: true,
  eraseAfter: null,
};

const heldMail: HeldMailModel = {
  id: "1",
  kind: "password-reset",
  to: "mira@example.org",
  subject: "Set a new password",
  status: "held",
  error: null,
  createdAt: "2026-03-18T09:00:00.000Z",
  expiresAt: "2026-03-18T10:00:00.000Z",
};

const accounts: Shown[] = [
  shown("sign-in", SignInPage, {
    page: page("/sign-in", stranger),
    form: { ...EMPTY_FORM, message: "The user name or the password is wrong." },
    next: "/publish",
    registrationOpen: true,
    passkeys: true,
    providers: [{ name: "corporate", label: "Example SSO" }],
    passwords: true,
    ldap: null,
  }),
  shown("register", RegisterPage, {
    page: page("/register", stranger),
    form: wrongForm,
    invitation: null,
    confirmsFirst: false,
  }),
  shown("register-invited", RegisterPage, {
    page: page("/register?invitation=once", stranger),
    form: EMPTY_FORM,
    invitation: { token: "once", email: "somebody@example.org" },
    confirmsFirst: true,
  }),
  shown("forgot-password", ForgotPasswordPage, {
    page: page("/forgot-password", stranger),
    form: EMPTY_FORM,
    delivers: false,
  }),
  shown("link-sent", LinkSentPage, { page: page("/forgot-password", stranger), what: "password", delivers: true }),
  shown("reset-password", ResetPasswordPage, {
    page: page("/reset-password", stranger),
    form: { ...EMPTY_FORM, problems: [{ field: "password", message: "is among the first to be guessed." }] },
    token: "once",
    username: "mira",
    methods: ["otp", "recovery"],
  }),
  shown("follow-link", FollowLinkPage, {
    page: page("/undo-email", stranger),
    form: EMPTY_FORM,
    token: "once",
    action: "/undo-email",
    what: "undo",
    username: "mira",
    email: "mira@example.org",
  }),
  shown("dead-link", DeadLinkPage, {
    page: page("/reset-password", stranger),
    invited: false,
    retry: "/forgot-password",
  }),
  shown("settings-email", SettingsEmailPage, {
    page: page("/settings/email"),
    form: EMPTY_FORM,
    email: "mira@example.org",
    verified: false,
    secondFactor: true,
    delivers: true,
  }),
  shown("admin-mails", HeldMailsPage, {
    page: page("/admin/mails"),
    mails: [heldMail, { ...heldMail, id: "2", status: "failed", error: "550 5.1.1 no such mailbox" }],
    numbers: { page: 1, perPage: 20, total: 41 },
    delivers: false,
  }),
  shown("admin-mail", HeldMailPage, {
    page: page("/admin/mails/1/open"),
    mail: {
      ...heldMail,
      link: `https://marketplace.example.org/reset-password?token=${"x".repeat(43)}`,
      paragraphs: ["Somebody asked for a new password of your account mira.", "The link works once, for an hour."],
    },
  }),
  shown("admin-invitations", InvitationsPage, {
    page: page("/admin/invitations"),
    form: EMPTY_FORM,
    invitations: [
      {
        id: "1",
        email: "somebody@example.org",
        invitedBy: "mira",
        createdAt: heldMail.createdAt,
        expiresAt: heldMail.expiresAt,
      },
      { id: "2", email: null, invitedBy: "mira", createdAt: heldMail.createdAt, expiresAt: heldMail.expiresAt },
    ],
    numbers: { page: 1, perPage: 20, total: 2 },
    made: { link: `https://marketplace.example.org/register?invitation=${"x".repeat(43)}`, mailed: false, email: null },
    registration: "invited",
    delivers: false,
  }),
  shown("admin-users", UsersPage, {
    page: page("/admin/users?role=admin"),
    filter: { values: { q: "", role: "", status: "" }, problems: [] },
    users: { items: [listedUser, longUser], page: 2, perPage: 20, total: 1204 },
    form: { ...EMPTY_FORM, problems: [{ field: "username", message: 'The name "mira" is taken.' }] },
    made: { username: "ada", link: `https://marketplace.example.org/reset-password?token=${"x".repeat(43)}` },
  }),
  shown("admin-users-none", UsersPage, {
    page: page("/admin/users?q=nobody"),
    filter: { values: { q: "nobody", role: "king" }, problems: [{ field: "role", message: "must be one of user." }] },
    users: { items: [], page: 1, perPage: 20, total: 0 },
    form: EMPTY_FORM,
    made: null,
  }),
  shown("admin-user", UserPage, {
    page: page("/admin/users/mira"),
    user: administeredUser,
    form: { ...EMPTY_FORM, message: "This is the last administrator: make another one first." },
    link: `https://marketplace.example.org/reset-password?token=${"x".repeat(43)}`,
  }),
  shown("admin-user-disabled", UserPage, {
    page: page("/admin/users/long"),
    user: {
      ...administeredUser,
      ...longUser,
      emailVerifiedAt: null,
      authenticator: false,
      passkeys: 0,
      seenAt: null,
      identities: [],
      organizations: [],
      lockedUntil: "2026-03-18T10:30:00.000Z",
      eraseAfter: "2026-04-18T09:30:00.000Z",
    },
    form: EMPTY_FORM,
    link: null,
  }),
  shown("setup", SetupPage, { page: page("/setup", stranger), form: EMPTY_FORM, token: "once" }),
  shown("profile", ProfilePage, {
    page: page("/mira"),
    profile: {
      username: "mira",
      displayName: "Mira Okafor",
      bio: "Documents, mostly.",
      role: "moderator",
      joinedAt: "2025-01-05T08:00:00.000Z",
      downloads: 979,
    },
    assets: pageOf(rows.slice(2, 5)),
  }),
  shown("settings-profile", SettingsProfilePage, {
    page: page("/settings/profile"),
    form: {
      values: { display_name: "Mira Okafor", email: "mira@acme.example", bio: "Documents, mostly." },
      problems: [],
    },
  }),
  shown("settings-password", SettingsPasswordPage, { page: page("/settings/password"), form: EMPTY_FORM }),
  shown("second-step", SecondStepPage, {
    page: page("/sign-in/two-factor", stranger),
    form: { ...EMPTY_FORM, message: "The code is wrong, or was used before. Wait for the next one." },
    methods: ["passkey", "otp", "recovery"],
  }),
  shown("sign-on-connect", ConnectPage, {
    page: page("/sign-in/connect", stranger),
    label: "Example SSO",
    email: "ada@example.org",
  }),
  shown("connected-accounts", ConnectedAccountsPage, {
    page: page("/settings/connected-accounts"),
    connected: [
      {
        id: "1",
        label: "Example SSO",
        email: "ada@example.org",
        createdAt: "2026-01-02T03:04:05.000Z",
        usedAt: "2026-02-02T03:04:05.000Z",
      },
    ],
    offered: [{ name: "github", label: "GitHub" }],
  }),
  shown("sudo", SudoPage, {
    page: page("/sudo"),
    form: { ...EMPTY_FORM, problems: [{ field: "password", message: "is wrong." }] },
    next: "/settings/security",
    hasPassword: true,
    providers: [{ name: "corporate", label: "Example SSO" }],
    methods: ["passkey", "otp", "recovery"],
  }),
  shown("settings-security", SettingsSecurityPage, {
    ...security,
    authenticatorSince: null,
    passkeys: [],
    required: true,
  }),
  shown("settings-security-on", SettingsSecurityPage, security),
  shown("settings-authenticator", SettingsAuthenticatorPage, {
    page: page("/settings/security/authenticator"),
    form: EMPTY_FORM,
    seed: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    qr: qrCode("otpauth://totp/Marketplace:mira?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Marketplace"),
  }),
  shown("settings-recovery-codes", SettingsRecoveryCodesPage, {
    page: page("/settings/security"),
    codes: Array.from({ length: 10 }, (_, i) => `abcde${(i % 6) + 2}-fghijk-lmnop2-qrstuv`),
  }),
  shown("settings-privacy", PrivacyPage, {
    page: page("/settings/privacy"),
    copy: { id: "a", status: "ready" as const, size: 20_480, expiresAt: "2027-03-10T08:00:00.000Z" },
    eraseAfter: null,
    graceDays: 14,
  }),
  shown("settings-privacy-leaving", PrivacyPage, {
    page: page("/settings/privacy"),
    copy: { id: "a", status: "waiting" as const, size: null, expiresAt: null },
    eraseAfter: "2027-03-10T08:00:00.000Z",
    graceDays: 14,
  }),
  shown("settings-sessions", SettingsSessionsPage, {
    page: page("/settings/sessions"),
    sessions: [
      {
        id: "a",
        client: "Firefox on Linux",
        address: "10.0.4.17",
        createdAt: NOW,
        seenAt: NOW,
        twoFactor: true,
        current: true,
      },
      {
        id: "b",
        client: "Safari on macOS",
        address: "10.0.9.2",
        createdAt: "2026-02-01T08:00:00.000Z",
        seenAt: "2026-03-02T08:00:00.000Z",
        twoFactor: false,
        current: false,
      },
    ],
  }),
  shown("settings-api-keys", SettingsApiKeysPage, {
    page: page("/settings/api-keys"),
    keys: [
      {
        id: "k",
        name: "CI of team search",
        prefix: "mkt_8fk2",
        kind: "personal",
        scopes: ["publish"],
        confinedTo: { namespaces: ["team-search"], assets: ["ada/greeter"] },
        createdAt: NOW,
        usedAt: null,
        expiresAt: "2026-06-16T09:30:00.000Z",
      },
    ],
    created: { name: "CI of team search", secret: "mkt_8fk2Qm0b7sYd1uV5xR9tZ3wE6", address: null },
    form: EMPTY_FORM,
  }),
  shown("settings-signing-keys", SettingsSigningKeysPage, {
    page: page("/settings/signing-keys"),
    keys: [
      { id: "s", name: "laptop", digest: versionOf("key", 1).digest, createdAt: NOW, revokedAt: null },
      {
        id: "t",
        name: "old laptop",
        digest: versionOf("old", 1).digest,
        createdAt: "2025-02-01T08:00:00.000Z",
        revokedAt: NOW,
      },
    ],
    form: EMPTY_FORM,
  }),
];

const work: Shown[] = [
  shown("publish", PublishPage, {
    page: page("/publish"),
    namespaces: ["mira", "acme"],
    limits: { archiveBytes: 2_147_483_648, files: 10_000, expansionRatio: 100 },
    form: EMPTY_FORM,
  }),
  shown("progress", PublishProgressPage, { page: page("/publish/acme/pdf-tools/2.4.1"), progress }),
  shown("progress-done", PublishProgressPage, {
    page: page("/publish/acme/pdf-tools/2.4.1"),
    progress: {
      ...progress,
      steps: progress.steps.map((step) => ({ ...step, state: "done" as const })),
      verdict: "review",
      verdictReason: "A finding of severity high needs a person.",
      findings,
    },
  }),
  fragment("progress-fragment", PublishProgressFragment, { progress }),
  shown("dashboard", DashboardPage, {
    page: page("/dashboard"),
    assets: pageOf(rows.slice(0, 4)),
    waiting,
    pending: [
      {
        namespace: "mira",
        slug: "release-notes",
        version: "0.8.3",
        verdict: "review",
        reason: "A high finding needs a person.",
        at: NOW,
      },
    ],
    downloads: days,
  }),
  shown("admin-audit", AuditPage, {
    page: page("/admin/audit?action=session."),
    form: {
      values: { action: "session.", from: "yesterday" },
      problems: [{ field: "from", message: "must be a day." }],
    },
    entries: [
      {
        seq: 1204,
        at: NOW,
        action: "asset.version.created",
        outcome: "success",
        actor: { id: "01990000-0000-7000-8000-000000000001", name: "ada", via: "api-key" },
        subject: {
          type: "asset",
          id: "01990000-0000-7000-8000-000000000002",
          name: "ada/a-skill-with-quite-a-long-name",
        },
        address: "2001:db8:85a3:8d3:1319:8a2e:370:7348",
        userAgent: "marketplace/0.1.0",
        requestId: "01990000-0000-7000-8000-000000000003",
        details: { version: "1.2.0", digest: `sha256:${"ab".repeat(32)}`, signed: true },
        personal: {},
        erased: false,
        hash: "cd".repeat(32),
      },
      {
        seq: 1203,
        at: NOW,
        action: "password.refused",
        outcome: "failure",
        actor: { id: null, name: null, via: "anonymous" },
        subject: { type: "user", id: null, name: null },
        address: "192.0.2.1",
        userAgent: null,
        requestId: null,
        details: { why: "no such account" },
        personal: { tried: "<b>root</b>" },
        erased: false,
        hash: "ef".repeat(32),
      },
      {
        seq: 1202,
        at: NOW,
        action: "access.denied",
        outcome: "denied",
        actor: { id: "01990000-0000-7000-8000-000000000004", name: null, via: "session" },
        subject: { type: "route", id: null, name: null },
        address: null,
        userAgent: null,
        requestId: null,
        details: { method: "POST" },
        personal: {},
        erased: true,
        hash: "01".repeat(32),
      },
    ],
    nextCursor: "1202",
    older: true,
  }),
  shown("admin", AdminOverviewPage, {
    page: page("/admin"),
    server: { version: "0.1.0", startedAt: NOW, database: "SQLite", blobs: "Files on disk", search: "Orama" },
    health: [
      { name: "Database", ok: true, detail: "schema 5", elapsedMs: 0.4 },
      { name: "ClamAV", ok: false, detail: "no answer from 127.0.0.1:3310", elapsedMs: 3000 },
    ],
    totals: { users: 96, assets: 1204, versions: 4411, downloads: 482_113, blobs: 20_912, blobBytes: 88_120_400_000 },
    jobs: [
      { kind: "scan-version", waiting: 3, running: 2, failed: 0 },
      { kind: "collect-garbage", waiting: 0, running: 0, failed: 1 },
    ],
    scanners: [],
    downloads: days,
    publications: days,
  }),
];

const errors: Shown[] = [
  ...[401, 403, 404, 410, 429, 500, 503].map((status) =>
    shown(`error-${status}`, ErrorPage, {
      page: page("/acme/gone", status === 401 ? stranger : {}),
      status,
      code: "NOT_FOUND",
      message: "There is no such asset, or you may not see it.",
      requestId: "0195a1b2-77aa-7000-8000-00000000beef",
      retryAfter: 40,
    }),
  ),
  fragment("error-fragment", ErrorFragment, { message: "The search is not ready yet.", requestId: "0195" }),
];

const docs: Shown[] = [
  shown("getting-started", GettingStartedPage, { page: page("/docs", stranger), origin }),
  shown("api", ApiDocsPage, { page: page("/docs/api", stranger), document: openapi, origin }),
];

/** Every view of the project with made-up but plausible contents. */
const organizations = ORGANIZATION_PAGES.map(([name, view, props]) => shown(name, view, props));
const access = ACCESS_PAGES.map(([name, view, props]) => shown(name, view, props));
const reviews = REVIEW_PAGES.map(([name, view, props]) => shown(name, view, props));
const advisoryPages = ADVISORY_PAGES.map(([name, view, props]) => shown(name, view, props));
const recalls = RECALL_PAGES.map(([name, view, props]) => shown(name, view, props));

export const PAGES: Shown[] = [
  ...discovery,
  ...catalog,
  ...accounts,
  ...work,
  ...organizations,
  ...access,
  ...reviews,
  ...recalls,
  ...advisoryPages,
  ...errors,
  ...docs,
];

export const render = (shownPage: Shown): string => String(shownPage.view(shownPage.props));
