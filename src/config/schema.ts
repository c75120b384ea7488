import { KINDS } from "../core/kind.ts";
import { CAPABILITY_KINDS, REVIEWED_CAPABILITIES } from "../core/capability.ts";
import { type ConfigOf, key, keysOf, namedSectionsOf, section } from "./key.ts";
import { LDAP, OIDC, SCIM, signOnConflicts } from "./sign-on-schema.ts";
import {
  baseUrl,
  cidr,
  clamdAddress,
  cron,
  duration,
  flag,
  listenAddress,
  listOf,
  oneOf,
  path,
  pattern,
  secretKey,
  secretKeys,
  size,
  tableOf,
  text,
  url,
  wholeNumber,
} from "./values.ts";

const perMinute = wholeNumber(1, 1_000_000);
const severity = oneOf("none", "low", "medium", "high", "critical");
const licence = pattern(
  "SPDX licence id",
  /^[A-Za-z0-9][A-Za-z0-9.+-]*\*?$/,
  "is not an SPDX licence identifier such as Apache-2.0",
);
const emailDomain = pattern(
  "domain",
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
  "is not a domain in small letters such as example.org",
);
/** A rule id (`secrets/aws-key`), or all rules that begin alike (`secrets/*`). */
const RULE_NAME = /^[a-z0-9][a-z0-9._-]*(\/[A-Za-z0-9._-]+)*(\/?\*)?$/;

/** Everything that can be configured: `Config`, the loader, the documentation and the sample file are made from this. */
export const SCHEMA = {
  server: section("Where the server listens and how it is reached.", {
    listen: key(
      listenAddress,
      "127.0.0.1:8080",
      'Address and port. `"0.0.0.0:8080"` listens on every IPv4 address, `"[::]:8080"` on IPv6 too; port 0 takes any free port.',
    ),
    public_url: key(
      baseUrl,
      "",
      "The URL at which people reach this server. It stands in links, tokens and install lines, and an https URL makes cookies `Secure`. Empty: made of `listen`.",
      { example: "https://marketplace.example.org" },
    ),
    trusted_proxies: key(
      listOf(cidr),
      [],
      "Addresses of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Empty: none is.",
      { example: ["10.0.0.0/8", "::1"] },
    ),
    data: key(path, "./data", "The folder for everything the server keeps: the SQLite file, blobs, search snapshots."),
    shutdown_timeout: key(
      duration(0),
      "20s",
      "How long running requests and jobs may go on after the server was told to stop.",
    ),
    tls: section(
      "TLS 1.3, spoken by the server itself. Without a certificate it speaks plain HTTP, for a reverse proxy to wrap.",
      {
        cert: key(path, "", "Certificate chain, a PEM file.", { example: "/etc/marketplace/tls.crt" }),
        key: key(path, "", "Private key of the certificate, a PEM file.", { example: "/etc/marketplace/tls.key" }),
      },
    ),
  }),
  database: section("Where records are kept.", {
    url: key(url("postgres", "postgresql"), "", "A PostgreSQL database. Empty: an SQLite file in the data folder.", {
      secret: true,
      example: "postgres://marketplace:password@db.internal/marketplace",
    }),
  }),
  blobs: section("Where the bytes of published files are kept.", {
    backend: key(
      oneOf("filesystem", "s3"),
      "filesystem",
      "`filesystem`: a folder. `s3`: a bucket of any S3-compatible store.",
    ),
    path: key(path, "", "Folder of the filesystem store. Empty: `blobs` in the data folder."),
    endpoint: key(url("http", "https"), "", "Base URL of the S3 service. Empty: that of AWS.", {
      example: "https://s3.internal:9000",
    }),
    region: key(pattern("region", /^[a-z0-9-]{1,64}$/, "is not a region name"), "us-east-1", "Region of the bucket."),
    bucket: key(
      pattern("bucket name", /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/, "is not a bucket name"),
      "",
      "Name of the bucket; it must exist.",
      { example: "marketplace" },
    ),
    prefix: key(
      pattern(
        "key prefix",
        /^(?!\/)(?!.*\/\/)[A-Za-z0-9/._-]+$/,
        "must be letters, digits, . _ - and single slashes, and not begin with a slash",
      ),
      "",
      "Begins the name of every object, so that a bucket can be shared.",
      { example: "marketplace/" },
    ),
    access_key_id: key(text(), "", "Access key of the S3 store.", { secret: true }),
    secret_access_key: key(text(), "", "Secret key of the S3 store.", { secret: true }),
    redirect: key(
      flag,
      false,
      "Answer downloads with a redirect to a signed URL of the S3 store, where clients can reach it, rather than pass the bytes through.",
    ),
    redirect_lifetime: key(
      duration(1000),
      "5s",
      "How long such a URL opens the bytes: for so long it outlives a recall. More where the store's clock differs from this server's.",
    ),
  }),
  search: section("The full-text index.", {
    engine: key(oneOf("orama"), "orama", "`orama` runs inside this process and needs nothing else."),
  }),
  accounts: section("Who may have an account, and how long a sign-in lasts.", {
    registration: key(
      oneOf("open", "invited", "domain", "closed"),
      "open",
      "`open`: whoever reaches the server may register. `invited`: who has an administrator's invitation. `domain`: who follows a link sent to an address in one of `registration_domains`; until then there is no account. `closed`: administrators make accounts.",
    ),
    registration_domains: key(
      listOf(emailDomain),
      [],
      'With `registration = "domain"`: what stands behind the @ of addresses that may register; each is meant alone, without what stands below it.',
      { example: ["example.org"] },
    ),
    verify_email: key(
      flag,
      false,
      "Whether people may publish only after they followed a link that was sent to their address. Administrators' accounts and invited addresses count as confirmed.",
    ),
    breached_passwords: key(
      path,
      "",
      "A sorted file of SHA-1 hashes of leaked passwords, `HASH:COUNT` a line as Have I Been Pwned gives them away (or hashes cut to one length): new passwords must not be in it. The file is read where it lies, not into memory. Empty: only the commonest passwords are refused.",
      { example: "/var/lib/marketplace/pwned-passwords-sha1.txt" },
    ),
    organization_creation: key(
      oneOf("everyone", "admins"),
      "everyone",
      "Who may make organizations: everyone with an account, or `admins` alone.",
    ),
    password_login: key(
      flag,
      true,
      "Whether people sign in with passwords. `false`: only through `[oidc.<name>]`; administrators still can, at `/sign-in?password`, for the day on which the provider is down.",
    ),
    session_lifetime: key(
      duration(60_000),
      "30d",
      "How long a browser stays signed in without being used, where its person chose to stay signed in.",
    ),
    session_idle_timeout: key(
      duration(60_000),
      "4h",
      "The same where that was not chosen; such a sign-in also ends with the browser.",
    ),
    session_max_lifetime: key(
      duration(60_000),
      "90d",
      "How long any sign-in lasts at most, however much it is used; also of the command line.",
    ),
    require_two_factor: key(
      listOf(oneOf("moderator", "admin")),
      [],
      "Roles that need a second factor (authenticator app or passkey): until one is enrolled, such a person is an ordinary user.",
      { example: ["admin", "moderator"] },
    ),
    access_token_lifetime: key(duration(60_000), "15m", "How long an access token (JWT) is valid."),
    refresh_token_lifetime: key(duration(60_000), "30d", "How long a refresh token can be exchanged for a new pair."),
    token_key_lifetime: key(
      duration(3_600_000),
      "90d",
      "How old a key that signs access tokens gets before `schedule.token_keys` replaces it.",
    ),
    erasure_grace: key(
      duration(0),
      "14d",
      "How long an account stays after its person asked for it to be erased; signing in again keeps it.",
    ),
    argon2_memory: key(size(8 * 2 ** 20), "19 MiB", "Memory of one Argon2id password hash."),
    argon2_iterations: key(wholeNumber(1, 100), 2, "Passes of one Argon2id password hash."),
    argon2_concurrency: key(
      wholeNumber(1, 64),
      2,
      "Passwords hashed at the same time; further sign-ins wait their turn.",
    ),
  }),
  secrets: section(
    "The key that seals secrets in the database (seeds of one-time codes, signing keys, links in mails that wait). Keep a copy of it away from the backups: without it they do not open.",
    {
      key: key(
        secretKey,
        "",
        "32 random bytes as base64 or 64 hexadecimal digits. Empty: `secrets.key` in the data folder, made at the first start. Set it where several servers share a PostgreSQL database.",
        { secret: true },
      ),
      previous_keys: key(
        secretKeys,
        [],
        "Keys that open what was sealed before, until `marketplace admin secrets rotate` has sealed it anew.",
        { secret: true },
      ),
    },
  ),
  mail: section(
    "The SMTP server that mail goes out through. Without one, administrators see the links of mails and hand them over.",
    {
      host: key(
        pattern("host name", /^[A-Za-z0-9.:_-]{1,253}$/, "is not a host name or address"),
        "",
        "Name of the SMTP server. Empty: mails are held for administrators, at `/admin/mails`.",
        { example: "smtp.example.org" },
      ),
      port: key(wholeNumber(1, 65_535), 587, "Its port: usually 587 for `starttls`, 465 for `tls`, 25 for `none`."),
      security: key(
        oneOf("starttls", "tls", "none"),
        "starttls",
        "`starttls`: TLS after the greeting, and no mail without it. `tls`: from the first byte. `none`: in the clear, for a server on this machine.",
      ),
      ca: key(path, "", "A PEM file of the authorities that vouch for the server. Empty: the well-known ones.", {
        example: "/etc/marketplace/ca.crt",
      }),
      username: key(text(), "", "Name to sign in with. Empty: the server asks for none."),
      password: key(text(), "", "Password to sign in with.", { secret: true }),
      from: key(
        pattern("address", /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]]{1,190}$/, "is not an e-mail address"),
        "",
        "The address that mails come from.",
        { example: "marketplace@example.org" },
      ),
      timeout: key(duration(1000), "20s", "How long connecting, and each answer of the server, may take."),
    },
  ),
  oidc: OIDC,
  ldap: LDAP,
  trusted_publishing: section(
    "CI jobs that publish with the token of their CI service instead of a stored key. See docs/trusted-publishing.md.",
    {
      issuers: key(
        listOf(url("https", "http")),
        [],
        "Whose tokens are taken, exactly as their `iss` says it: GitHub Actions, GitLab or any service of your own with OpenID Connect discovery. Only these hosts are asked for keys. http only on this machine itself. Empty: nobody's.",
        { example: ["https://token.actions.githubusercontent.com", "https://gitlab.com"] },
      ),
      audience: key(text(200), "", "What a job's token must be meant for (`aud`). Empty: `server.public_url`.", {
        example: "https://marketplace.example.org",
      }),
    },
  ),
  scim: SCIM,
  limits: section("What one publication may hold at most, enforced while bytes arrive, and how long bodies may take.", {
    archive_bytes: key(size(), "2 GiB", "Size of an uploaded archive."),
    file_bytes: key(size(), "50 GiB", "Size of one file."),
    version_bytes: key(size(), "50 GiB", "Size of all files of one version together."),
    files: key(wholeNumber(1, 1_000_000), 10_000, "Files of one version."),
    path_bytes: key(wholeNumber(16, 4096), 512, "Length of a file's path, in bytes of UTF-8."),
    path_depth: key(wholeNumber(1, 256), 32, "Folders and file name in a path, together."),
    expansion_ratio: key(
      wholeNumber(1, 100_000),
      100,
      "How many times its own size an archive may unpack to, beyond `expansion_floor`.",
    ),
    expansion_floor: key(size(0), "16 MiB", "What any archive may unpack to, whatever its ratio."),
    namespace_bytes: key(
      size(0),
      "100 GiB",
      "What all versions of one namespace may hold together; 0: as much as they like.",
    ),
    body_time: key(
      duration(1000),
      "30s",
      "How long the body of a request that is not an upload may take from its first byte to its last.",
    ),
    upload_time: key(duration(), "1h", "How long one upload may take from its first byte to its last."),
  }),
  rate_limits: section(
    "Requests that one API key, user or address may make. A refusal is answered 429 with `Retry-After`.",
    {
      enabled: key(flag, true, "Switch all of them off, for a benchmark or a trusted network."),
      login_per_minute: key(perMinute, 5, "Attempts to sign in, per minute."),
      register_per_hour: key(perMinute, 3, "Registrations, per hour."),
      second_factor_per_minute: key(perMinute, 10, "Second factors, passkeys and repeated passwords, per minute."),
      password_reset_per_hour: key(perMinute, 10, "Requests for a new password, per hour."),
      device_code_per_minute: key(perMinute, 10, "Codes of device logins asked for or typed in, per minute."),
      search_per_minute: key(perMinute, 100, "Searches and suggestions, per minute."),
      asset_reads_per_minute: key(perMinute, 1000, "Reads of assets, per minute."),
      asset_writes_per_minute: key(perMinute, 50, "Publications and other changes of assets, per minute."),
      expensive_per_minute: key(
        perMinute,
        60,
        "Requests that keep the server busy, per minute: scans asked for, bills of materials, effects of policies, reported lockfiles.",
      ),
      reports_per_hour: key(perMinute, 10, "Reports on assets that one person may send, per hour."),
      other_per_minute: key(perMinute, 1000, "All other requests, per minute."),
    },
  ),
  scanning: section("How published versions are examined.", {
    workers: key(wholeNumber(1, 64), 1, "Threads that scan; each takes some 100 MB."),
    timeout_seconds: key(
      wholeNumber(1, 3600),
      120,
      "How long one scanner may take over one version. A scan that ran out of time never passes.",
    ),
    rescan_share: key(
      wholeNumber(1, 100),
      50,
      "Per cent of the time that rescans may run when rules or advisories changed; the rest is left to requests. First scans of new versions always go before.",
    ),
    rules_path: key(
      path,
      "",
      "Folder of your own YARA rules (`*.yar`, `*.yara`), used beside the built-in ones. It is read when the server starts; a rule that does not compile stops the start.",
      { example: "/etc/marketplace/rules" },
    ),
    clamav: section(
      "A ClamAV daemon (clamd) that looks at every file too. While it is away no scan completes, so nothing is published.",
      {
        address: key(
          clamdAddress,
          "",
          "Where clamd listens: `unix:/PATH` or `HOST:PORT`. What is sent there is not encrypted. Empty: ClamAV is not used.",
          { example: "unix:/run/clamav/clamd.ctl" },
        ),
        timeout_seconds: key(wholeNumber(1, 3600), 60, "How long clamd may take over one file."),
        max_bytes: key(
          size(),
          "25 MiB",
          "Larger files are not sent but held for review. Not more than clamd's own `StreamMaxLength`, `MaxFileSize` and `MaxScanSize`.",
        ),
      },
    ),
  }),
  signing: section(
    "Whose signatures of models (OpenSSF Model Signing) are believed; docs/scanners/model-signatures.md.",
    {
      model_keys: key(
        listOf(path),
        [],
        "Public keys, a PEM file each: ECDSA on P-256, P-384 or P-521, or Ed25519. The file's name stands for the signer. They are read when the server starts; one that cannot be read stops the start.",
        { example: ["/etc/marketplace/model-team.pem"] },
      ),
      model_roots: key(
        listOf(path),
        [],
        "PEM files of authorities whose certificates may sign models; several may stand in one file. Whoever has such a certificate is believed, under the name that it holds.",
        { example: ["/etc/marketplace/model-ca.pem"] },
      ),
    },
  ),
  policy: section("What findings mean: a version passes, is held for a moderator's review, or is blocked.", {
    block: key(severity, "critical", "Findings of this severity and above block a version; `none`: no severity does."),
    review: key(
      severity,
      "high",
      "Findings of this severity and above hold a version for review; `none`: no severity does.",
    ),
    warn: key(
      severity,
      "low",
      "Findings of this severity and above are shown as notes of a version that passes; `none`: no severity does.",
    ),
    vulnerabilities: key(
      oneOf("ignore", "warn", "review", "block"),
      "warn",
      "What known vulnerabilities of packages that a version needs mean, whatever their severity; a rule in `policy.rules` wins. Packages that are malicious themselves (`MAL-…`) count by their severity.",
    ),
    override: key(
      oneOf("moderator", "admin"),
      "admin",
      "Who may let a blocked version through, and accept an explanation of a finding that blocks.",
    ),
    suppression_lifetime: key(
      duration(86_400_000),
      "365d",
      "How long an accepted explanation of a finding holds for new versions.",
    ),
    licenses_allow: key(
      listOf(licence),
      [],
      "Licences that versions may be under: SPDX identifiers, or beginnings such as `CC-BY-*`. Any other is a finding of severity high. Empty: all but those in `licenses_deny`.",
      { example: ["Apache-2.0", "MIT"] },
    ),
    licenses_deny: key(
      listOf(licence),
      [],
      "Licences that versions may not be under; one that is gives a finding of severity critical.",
      { example: ["AGPL-3.0-*"] },
    ),
    require_signature: key(
      flag,
      false,
      "Hold every version for review that carries no valid signature of its publisher.",
    ),
    review_first_publication: key(
      oneOf("none", "publisher", "asset"),
      "none",
      "Hold first versions for review: `publisher`, as long as nothing in a namespace was let through yet; `asset`, the first version of every asset.",
    ),
    review_capability_increase: key(
      listOf(oneOf(...CAPABILITY_KINDS)),
      [...REVIEWED_CAPABILITIES],
      `Hold a version for review that can do something of these kinds that the version before could not. Kinds: ${CAPABILITY_KINDS.map((kind) => `\`${kind}\``).join(", ")}. A first version is not held for it. Empty: none is.`,
    ),
    allow_self_review: key(
      flag,
      false,
      "Let moderators approve what they published themselves, or what is in their own namespace: for a server with one moderator.",
    ),
    two_person_review: key(flag, false, "Every version in review wants the approval of two moderators."),
    two_person_severity: key(
      severity,
      "none",
      "Versions in review with a finding of this severity and above want two approvals; `none`: no severity does.",
    ),
    two_person_kinds: key(listOf(oneOf(...KINDS)), [], "Versions in review of these kinds want two approvals.", {
      example: ["mcp-server", "plugin"],
    }),
    rules: key(
      tableOf(oneOf("ignore", "warn", "review", "block"), RULE_NAME),
      {},
      'What single rules mean, whatever their severity: `"secrets/aws-access-key" = "block"`, or of all rules that begin alike: `"licence-policy/*" = "warn"`.',
    ),
  }),
  advisories: section("Where known vulnerabilities of packages come from; docs/advisories.md.", {
    sources: key(
      listOf(url("https", "http")),
      [],
      "Files of OSV advisories, one zip for each ecosystem, that `schedule.advisories` fetches. Only what changed is read again.",
      { example: ["https://osv-mirror.internal/npm/all.zip"] },
    ),
    allowed_hosts: key(
      listOf(
        pattern("a host", /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/, "a host name, with a port if it has another than 443"),
      ),
      [],
      "Hosts beside those of `sources` from which administrators may import.",
      { example: ["advisories.internal"] },
    ),
  }),
  retention: section(
    "How long records are kept that nothing needs any more. Assets and versions are never among them.",
    {
      data_exports: key(duration(3_600_000), "7d", "Copies that people asked for of what is kept about them."),
      jobs: key(duration(3_600_000), "7d", "Finished and failed jobs."),
      events: key(duration(86_400_000), "90d", "The event log."),
      download_events: key(
        duration(86_400_000),
        "90d",
        "Single downloads (with salted hashes of addresses, and who was signed in); the daily counts stay.",
      ),
      lockfile_reports: key(
        duration(86_400_000),
        "90d",
        "Lockfiles that people reported with `audit --report`, after they last did.",
      ),
      idempotency_keys: key(duration(3_600_000), "1d", "Answers kept for a repeated `Idempotency-Key`."),
      blob_grace: key(
        duration(60_000),
        "1d",
        "How long bytes stay that no version names, before garbage collection removes them.",
      ),
    },
  ),
  schedule: section(
    "When recurring tasks run: cron expressions of five fields (or six, with seconds first), in UTC. Empty: never.",
    {
      housekeeping: key(cron, "*/10 * * * *", "Delete what expired: sessions, tokens, records past their retention."),
      token_keys: key(
        cron,
        "15 1 * * *",
        "Replace the key of access tokens when it has reached `accounts.token_key_lifetime`.",
      ),
      trending: key(cron, "*/15 * * * *", "Work out trending scores anew."),
      gc: key(cron, "30 3 * * *", "Remove bytes that no version names."),
      scrub: key(cron, "0 4 * * 0", "Read all stored bytes and compare them with their digests."),
      rescan: key(cron, "0 2 * * *", "Scan versions again that were scanned with older rules."),
      advisories: key(cron, "", "Fetch the addresses of `advisories.sources` again."),
    },
  ),
  audit: section(
    "Where the audit log is copied to as it grows, for a SIEM. The log itself is in the database; every entry arrives at least once, and is told apart by `seq`.",
    {
      file: key(
        path,
        "",
        "A file that gets an entry a line, as JSON. It is made anew after it was moved away, or at SIGHUP. Empty: none.",
        { example: "/var/log/marketplace/audit.jsonl" },
      ),
      syslog: key(
        url("udp", "tcp"),
        "",
        "A syslog server (RFC 5424): `udp://host:514`, or `tcp://host:601` (octet counting). Empty: none.",
        { example: "tcp://siem.internal:601" },
      ),
    },
  ),
  telemetry: section("What the server tells about itself.", {
    log_level: key(oneOf("debug", "info", "warn", "error"), "info", "The least important lines to write."),
    log_format: key(oneOf("text", "json"), "text", "`text` for people, `json` (an object a line) for machines."),
    metrics_token: key(
      text(),
      "",
      "The bearer token that `/metrics` asks for. Empty: `/metrics` answers only requests that come straight from this machine.",
      { secret: true },
    ),
  }),
  brand: section("How the pages present themselves.", {
    name: key(
      pattern("name", /^.{1,60}$/u, "must have at most 60 characters"),
      "Marketplace",
      "Name in page titles and the header.",
    ),
    accent: key(
      pattern("colour", /^#[0-9a-fA-F]{6}$/, "is not a colour such as #3056d3"),
      "",
      "Accent colour. Empty: the built-in one.",
      { example: "#3056d3" },
    ),
    logo: key(path, "", "An SVG, PNG or WebP file shown beside the name. Empty: the built-in one."),
  }),
} as const;

/** The configuration of a server: frozen; sizes in bytes, durations in milliseconds, paths absolute, "" for none. */
export type Config = ConfigOf<typeof SCHEMA>;

/** Every key of a fixed place. */
export const KEYS = keysOf(SCHEMA);
/** Where sections of chosen names stand. */
export const NAMED = namedSectionsOf(SCHEMA);

/** A rule that holds between keys; `path` names the key to change. */
export interface Conflict {
  path: string;
  problem: string;
}

/** Keys that came over plain http from another machine would be anybody's. */
function isIssuer(issuer: string): boolean {
  const url = URL.parse(issuer);
  const local = url !== null && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  return (
    url !== null && (url.protocol === "https:" || local) && !url.search && !url.hash && !url.username && !url.password
  );
}

/** What single values cannot show: keys that need or exclude one another. */
export function conflictsIn(config: Config): Conflict[] {
  const { server, blobs, mail, policy } = config;
  const found: Conflict[] = [];
  const need = (condition: boolean, path: string, problem: string): void => {
    if (condition) found.push({ path, problem });
  };
  need(server.tls.cert !== "" && server.tls.key === "", "server.tls.key", "must be set when server.tls.cert is");
  need(server.tls.key !== "" && server.tls.cert === "", "server.tls.cert", "must be set when server.tls.key is");
  need(
    config.accounts.registration === "domain" && config.accounts.registrationDomains.length === 0,
    "accounts.registration_domains",
    'must name a domain when accounts.registration is "domain"',
  );
  need(
    mail.host !== "" && server.publicUrl === "",
    "server.public_url",
    "must be set when mail.host is: the links in mails begin with it",
  );
  need(mail.host !== "" && mail.from === "", "mail.from", "must be set when mail.host is");
  need(
    mail.username !== "" && mail.security === "none" && !/^(localhost|127\.|::1$)/.test(mail.host),
    "mail.security",
    'may be "none" only without mail.username, or for a server on this machine: the password would go in the clear',
  );
  need(blobs.backend === "s3" && blobs.bucket === "", "blobs.bucket", 'must be set when blobs.backend is "s3"');
  need(
    blobs.backend === "s3" && blobs.accessKeyId === "",
    "blobs.access_key_id",
    'must be set when blobs.backend is "s3"',
  );
  need(
    blobs.backend === "s3" && blobs.secretAccessKey === "",
    "blobs.secret_access_key",
    'must be set when blobs.backend is "s3"',
  );
  need(blobs.backend !== "s3" && blobs.redirect, "blobs.redirect", 'works only when blobs.backend is "s3"');
  need(blobs.redirectLifetime > 600_000, "blobs.redirect_lifetime", "must be at most 10m");
  need(config.secrets.previousKeys.includes(""), "secrets.previous_keys", "must not hold an empty key");
  const { issuers, audience } = config.trustedPublishing;
  need(
    issuers.length > 0 && audience === "" && server.publicUrl === "",
    "trusted_publishing.audience",
    "must be set when trusted_publishing.issuers is and server.public_url is not",
  );
  need(
    issuers.some((issuer) => !isIssuer(issuer)),
    "trusted_publishing.issuers",
    "must be https:// URLs (http is for this machine alone) without query, fragment or password",
  );
  const both = policy.licensesAllow.find((id) => policy.licensesDeny.includes(id));
  need(both !== undefined, "policy.licenses_deny", `"${both}" is also in policy.licenses_allow`);
  return [...found, ...signOnConflicts(config)];
}
