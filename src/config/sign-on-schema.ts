import { parseGroupGrant } from "../core/group-grant.ts";
import { bad, good, key, namedSections, type ValueKind, type ConfigOf, section } from "./key.ts";
import { duration, flag, listOf, oneOf, path, pattern, tableOf, text, url } from "./values.ts";

const DOMAIN = pattern(
  "domain",
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
  "is not a domain such as example.org, in lower case",
);
const CLAIM = pattern("claim", /^[\x21-\x7e]{1,200}$/, "is not the name of a claim");
/** Groups are named by the directory: display names, paths, distinguished names, ids. */
const GROUP_NAME = /^[^\u0000-\u001f\u007f]{1,256}$/u;

const grantText: ValueKind<string> = {
  name: '"organization:role", "organization/team" or "role:admin"',
  read: (raw) =>
    typeof raw === "string" && parseGroupGrant(raw)
      ? good(raw)
      : bad(
          'must be "organization:owner|admin|member|viewer", "organization/team", "role:moderator" or "role:admin", or a list of these',
        ),
  fromText: (value) => value,
  show: (value) => value,
};

/** One grant or a list of them; the value is always a list. */
const grants: ValueKind<readonly string[]> = {
  ...listOf(grantText),
  name: grantText.name,
  read: (raw, context) => listOf(grantText).read(Array.isArray(raw) ? raw : [raw], context),
  fromText: (value) => value.split(";").map((part) => part.trim()),
};

const groups = (what: string) =>
  key(
    tableOf(grants, GROUP_NAME),
    {},
    `What ${what} give: a role in an organization (\`"acme:member"\`), a place in a team (\`"acme/platform"\`) or a role on this server (\`"role:moderator"\`, \`"role:admin"\`); a list gives several. Organizations and teams must exist. What people were given by hand is left alone.`,
    { example: { engineering: "acme:member", "platform-admins": "role:admin" } },
  );

/** `[oidc.<name>]`. */
export const OIDC = namedSections(
  "Sign-on through another provider; `name` stands in its addresses: register `<public_url>/api/v1/auth/oauth/<name>/callback` there. See docs/single-sign-on.md.",
  "corporate",
  {
    kind: key(
      oneOf("oidc", "github", "gitlab", "google"),
      "oidc",
      "`oidc`: any OpenID Connect provider. The others set issuer, scopes and claims for that service.",
    ),
    issuer: key(
      url("https", "http"),
      "",
      "The provider's issuer, from which everything else is discovered (for GitHub Enterprise the server's address). http only on this machine itself. Empty: the public service of the kind.",
      { example: "https://sso.example.org/realms/staff" },
    ),
    client_id: key(text(), "", "The client's id, as the provider gave it.", { example: "marketplace" }),
    client_secret: key(text(), "", "The client's secret. Empty: a public client.", { secret: true }),
    label: key(text(60), "", "What the button says after “Sign in with”. Empty: the section's name.", {
      example: "Example SSO",
    }),
    scopes: key(
      listOf(pattern("scope", /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, "is not a scope")),
      [],
      "What to ask the provider for. Empty: what the kind needs.",
      { example: ["openid", "profile", "email", "groups"] },
    ),
    create_accounts: key(
      oneOf("registration", "always", "never"),
      "registration",
      "Whether an account is made at somebody's first sign-in. `registration`: where `[accounts] registration` would let the person register.",
    ),
    allowed_domains: key(
      listOf(DOMAIN),
      [],
      "Only people with an address in these domains, verified by the provider, may sign in. Empty: all.",
      { example: ["example.org"] },
    ),
    trust_email: key(
      flag,
      false,
      "Whether an address that the provider says it verified is proof enough to connect with the account that has this address already. Otherwise the person signs in with that account first.",
    ),
    username_claim: key(
      CLAIM,
      "preferred_username",
      "The claim that user names are made of; without it the address's first half is.",
    ),
    groups_claim: key(
      CLAIM,
      "groups",
      "The claim that lists the person's groups, from the ID token or the userinfo endpoint; dots lead into nested claims.",
      { example: "realm_access.roles" },
    ),
    groups: groups("groups of this provider"),
    two_factor_claim: key(CLAIM, "amr", "The claim that tells how the person proved who they are."),
    two_factor_values: key(
      listOf(text(200)),
      ["mfa"],
      "A sign-in whose `two_factor_claim` holds one of these used a second factor; no other is asked for. Empty: none does.",
    ),
  },
);

/** `[scim]`. */
export const SCIM = section(
  "Provisioning of people and groups by a directory, SCIM 2.0 at `<public_url>/scim/v2`. Without a token it is off.",
  {
    token: key(
      pattern("token", /^[\x21-\x7e]{32,1000}$/, "needs 32 to 1000 visible ASCII characters"),
      "",
      "The bearer token that the directory sends.",
      { secret: true },
    ),
    groups: groups("groups of the directory, by display name,"),
    sign_on: key(
      text(32),
      "",
      "The `[oidc.<name>]` through which these people sign in: an account that the directory made is connected at the first sign-in when the provider's `sub` (or `oid`) equals its `externalId`, or its verified address the account's.",
      { example: "corporate" },
    ),
  },
);

export type OidcSection = ConfigOf<typeof OIDC.entries>;

const ATTRIBUTE = pattern("attribute", /^[A-Za-z][A-Za-z0-9-]{0,99}$/, "is not the name of an attribute");
const filter = (...placeholders: string[]) =>
  pattern(
    "filter",
    new RegExp(`^\\(.*(?:${placeholders.map((name) => `\\{${name}\\}`).join("|")}).*\\)$`),
    `is not a filter in parentheses with ${placeholders.map((name) => `{${name}}`).join(" or ")}`,
  );

/** `[ldap]`. */
export const LDAP = section(
  "Signing in with a directory's passwords (LDAP bind), on the same page as this server's own. Without a URL it is off. See docs/single-sign-on.md.",
  {
    url: key(
      url("ldap", "ldaps"),
      "",
      "The directory: scheme, host and port. It is part of what people's accounts are connected by, so it stays the same.",
      { example: "ldaps://ldap.example.org" },
    ),
    security: key(
      oneOf("starttls", "none"),
      "starttls",
      "For `ldap://`: TLS before anything is sent, or passwords in plain text for everybody on the way to read. `ldaps://` always speaks TLS.",
    ),
    ca: key(
      path,
      "",
      "Certificates in a PEM file, one of which signed the directory's. Empty: the public authorities.",
      {
        example: "/etc/marketplace/ldap-ca.pem",
      },
    ),
    label: key(text(60), "", "What people know the directory by. Empty: its host.", { example: "the staff directory" }),
    timeout: key(duration(100), "10s", "How long the directory may take for all that one sign-in asks of it."),
    bind_dn: key(text(), "", "The service account that searches. Empty: anonymous.", {
      example: "cn=marketplace,ou=services,dc=example,dc=org",
    }),
    bind_password: key(text(), "", "The service account's password, set together with `bind_dn`.", {
      secret: true,
      example: "the service account's password",
    }),
    user_base: key(text(), "", "The entry below which people are.", { example: "ou=people,dc=example,dc=org" }),
    user_filter: key(
      filter("username"),
      "(uid={username})",
      "What finds somebody by `{username}`, as typed and escaped; more than one entry is none.",
      { example: "(&(objectClass=inetOrgPerson)(|(uid={username})(mail={username})))" },
    ),
    id_attribute: key(
      ATTRIBUTE,
      "entryUUID",
      "An id that an entry keeps for good and no other ever gets; `objectGUID` for Active Directory.",
    ),
    username_attribute: key(ATTRIBUTE, "uid", "What user names are made of; `sAMAccountName` for Active Directory."),
    name_attribute: key(ATTRIBUTE, "cn", "The name to show."),
    mail_attribute: key(ATTRIBUTE, "mail", "The e-mail address."),
    groups_attribute: key(
      ATTRIBUTE,
      "memberOf",
      "The attribute of people that lists their groups, where `group_base` is empty.",
    ),
    group_base: key(
      text(),
      "",
      "The entry below which groups are searched for. Empty: `groups_attribute` lists them.",
      {
        example: "ou=groups,dc=example,dc=org",
      },
    ),
    group_filter: key(
      filter("dn", "username"),
      "(member={dn})",
      "What finds the groups of a person: by `{dn}`, or by `{username}`, the value of `username_attribute`.",
      { example: "(&(objectClass=posixGroup)(memberUid={username}))" },
    ),
    groups: groups("groups of the directory, by distinguished name or (with `group_base`) by `cn`,"),
    create_accounts: key(
      oneOf("registration", "always", "never"),
      "registration",
      "Whether an account is made at somebody's first sign-in. `registration`: where `[accounts] registration` would let the person register.",
    ),
    trust_email: key(
      flag,
      false,
      "Whether an address in the directory is proof enough to connect with the account that has this address already. Only where people cannot change it themselves.",
    ),
  },
);

type LdapSection = ConfigOf<typeof LDAP.entries>;

function* ldapConflicts(ldap: LdapSection, providers: object): Generator<{ path: string; problem: string }> {
  if (ldap.url === "") return;
  const address = new URL(ldap.url);
  if (!/^\/?$/.test(address.pathname) || address.search || address.hash || address.username)
    yield { path: "ldap.url", problem: "must be only scheme, host and port, such as ldaps://ldap.example.org" };
  if (address.protocol === "ldaps:" && ldap.security === "none")
    yield { path: "ldap.security", problem: 'can be "none" only with ldap://' };
  if (ldap.userBase === "") yield { path: "ldap.user_base", problem: "must be set" };
  // Else it would be an unauthenticated bind, which holds whatever the name is (RFC 4513 5.1.2).
  if ((ldap.bindDn === "") !== (ldap.bindPassword === ""))
    yield { path: "ldap.bind_password", problem: "must be set together with bind_dn" };
  for (const name of ["userFilter", "groupFilter", "idAttribute", "usernameAttribute", "groupsAttribute"] as const)
    if (ldap[name] === "")
      yield { path: `ldap.${name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)}`, problem: "must be set" };
  if (Object.hasOwn(providers, "ldap"))
    yield { path: "oidc.ldap", problem: "must have another name when [ldap] is used" };
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What single values of these sections cannot show. */
export function* signOnConflicts(config: {
  oidc: Readonly<Record<string, OidcSection>>;
  scim: { signOn: string; token: string };
  ldap: LdapSection;
  accounts: { passwordLogin: boolean };
}): Generator<{ path: string; problem: string }> {
  for (const [name, provider] of Object.entries(config.oidc)) {
    if (provider.clientId === "") yield { path: `oidc.${name}.client_id`, problem: "must be set" };
    if (provider.issuer === "" && provider.kind === "oidc")
      yield { path: `oidc.${name}.issuer`, problem: 'must be set when kind is "oidc"' };
    const issuer = URL.parse(provider.issuer);
    if (issuer?.protocol === "http:" && !LOOPBACK.test(issuer.hostname))
      yield { path: `oidc.${name}.issuer`, problem: "must begin with https:// (http is for this machine alone)" };
    if (issuer && (issuer.search || issuer.hash || issuer.username))
      yield { path: `oidc.${name}.issuer`, problem: "must have no query, fragment or password" };
  }
  if (config.scim.signOn !== "" && !Object.hasOwn(config.oidc, config.scim.signOn))
    yield { path: "scim.sign_on", problem: "is not the name of an [oidc.<name>] section" };
  yield* ldapConflicts(config.ldap, config.oidc);
  if (!config.accounts.passwordLogin && Object.keys(config.oidc).length === 0 && config.ldap.url === "")
    yield {
      path: "accounts.password_login",
      problem: "can be false only with an [oidc.<name>] or [ldap] section to sign in with",
    };
}
