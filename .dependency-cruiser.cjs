// Who may import whom; the same table, in words, is in ARCHITECTURE.md.

const tests = "\\.test\\.tsx?$|\\.contract\\.ts$|/fixtures?/";
const routes = "[/-](api|pages|wire)\\.tsx?$|/(api|pages)/";

/** The one place where everything is tied together, in a few files. */
const app = "^src/(app[a-z-]*|services)\\.tsx?$";

/** What of platform the business may see: ports and pure machinery, never an adapter. */
const ports = [
  "^src/platform/database/index\\.ts$",
  "^src/platform/blobs/(index|blob-store|collect-garbage|scrub-blobs)\\.ts$",
  "^src/platform/search/(index|search-index)\\.ts$",
  "^src/platform/jobs/(index|job-queue)\\.ts$",
  "^src/platform/events/(index|outbox|bus)\\.ts$",
  "^src/platform/scanning/(index|scanner|(capabilities|packages)/index)\\.ts$",
  "^src/platform/telemetry/",
  "^src/platform/audit/audit-(log|reader|wire)\\.ts$",
  "^src/platform/outbound/guarded-fetch\\.ts$",
  "^src/platform/mail/mailer\\.ts$",
  "^src/platform/signing/server-signer\\.ts$",
  "^src/platform/transparency/transparency-log\\.ts$",
  "^src/platform/ldap/ldap-directory\\.ts$",
  "^src/platform/sealing/(sealer|sealed-columns)\\.ts$",
  "^src/platform/archives/",
  "^src/platform/assets/",
];

/** A vendor's package → the files that may know of it. */
const vendors = {
  elysia: [app, "^src/platform/http/", routes, "^src/protocols/"],
  "@elysiajs/openapi": [app, "^src/platform/http/"],
  kysely: ["^src/platform/database/", "/(repository|read-model)\\.ts$", "-(repository|read-model)\\.ts$"],
  "@orama/orama": ["^src/platform/search/"],
  "@virustotal/yara-x": ["^src/platform/scanning/"],
  croner: ["^src/platform/jobs/", "^src/config/"],
  "prom-client": ["^src/platform/telemetry/"],
  jose: ["^src/modules/accounts/"],
  lucia: ["^src/modules/accounts/"],
  oslo: ["^src/modules/accounts/"],
  "@simplewebauthn/server": ["^src/modules/accounts/passkeys/webauthn(-library)?\\.ts$"],
  uqr: ["^src/modules/accounts/two-factor/qr-code\\.ts$"],
  nodemailer: ["^src/platform/mail/smtp\\.ts$"],
  ldapts: ["^src/platform/ldap/"],
  yauzl: ["^src/platform/archives/"],
  fflate: ["^src/platform/archives/", "^src/platform/scanning/"],
  "tar-stream": ["^src/platform/archives/"],
};

const vendorRules = Object.entries(vendors).map(([name, places]) => ({
  name: `only-its-adapter-knows-${name.replace(/[^a-z]+/g, "-")}`,
  severity: "error",
  from: { path: "^(src|views)/", pathNot: [tests, ...places] },
  to: { path: `^node_modules/${name}(/|$)` },
}));

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      from: { path: "^(src|views)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-circles-between-modules",
      comment: "Types too: two modules that need each other's words are one module.",
      severity: "error",
      from: { path: "^src/modules/([^/]+)/", pathNot: tests },
      to: { circular: true, via: { path: "^src/modules/", pathNot: "^src/modules/$1/" } },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "core-knows-nothing-of-ours",
      severity: "error",
      from: { path: "^src/core/", pathNot: tests },
      to: { path: "^(src|views|test|bench)/", pathNot: "^src/core/" },
    },
    {
      name: "core-does-no-io",
      severity: "error",
      from: { path: "^src/core/", pathNot: tests },
      to: { path: "^(node:)?(fs|net|http|https|child_process|dgram|tls|dns)(/|$)|^bun:sqlite$|^bun$" },
    },
    {
      name: "platform-knows-core",
      comment: "A platform folder imports no other except database, telemetry, workers and the sealer.",
      severity: "error",
      from: { path: "^src/platform/([^/]+)/", pathNot: tests },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: [
          "^src/core/",
          "^src/platform/$1/",
          "^src/platform/(database|telemetry|workers)/",
          "^src/platform/sealing/sealer\\.ts$",
        ],
      },
    },
    {
      name: "modules-know-core-ports-and-indexes",
      severity: "error",
      from: { path: "^src/modules/([^/]+)/", pathNot: [tests, routes] },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: ["^src/core/", "^src/modules/$1/", "^src/modules/[^/]+/index\\.ts$", ...ports],
      },
    },
    {
      name: "routes-know-their-module-http-and-views",
      severity: "error",
      from: { path: `^src/modules/([^/]+).*(${routes})`, pathNot: tests },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: [
          "^src/core/",
          "^src/modules/$1/",
          "^src/modules/[^/]+/index\\.ts$",
          "^src/platform/http/",
          "^views/",
          ...ports,
        ],
      },
    },
    {
      name: "views-draw",
      comment: "Views know views and core; of modules the types alone.",
      severity: "error",
      from: { path: "^views/", pathNot: tests },
      to: { path: "^(src|test|bench)/", pathNot: "^src/core/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "views-know-no-types-but-the-modules",
      severity: "error",
      from: { path: "^views/", pathNot: tests },
      to: { path: "^(src|test|bench)/", pathNot: ["^src/core/", "^src/modules/"] },
    },
    {
      name: "views-do-no-io",
      severity: "error",
      from: { path: "^views/", pathNot: tests },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "protocols-project-the-modules",
      severity: "error",
      from: { path: "^src/protocols/([^/]+)/", pathNot: tests },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: ["^src/core/", "^src/protocols/$1/", "^src/modules/[^/]+/index\\.ts$", "^src/platform/http/"],
      },
    },
    {
      name: "commands-know-client-core-config",
      severity: "error",
      from: { path: "^src/commands/", pathNot: tests },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: ["^src/core/", "^src/commands/", "^src/client/", "^src/config/", "^src/demo/", app],
      },
    },
    {
      name: "only-server-commands-know-the-app",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [
          "^src/demo/",
          tests,
          "^src/commands/(serve|migrate|backup|restore|doctor|config|admin)[^/]*(\\.ts$|/)",
          app,
        ],
      },
      to: { path: app },
    },
    {
      name: "client-knows-core-and-archives",
      severity: "error",
      from: { path: "^src/client/", pathNot: tests },
      to: {
        path: "^(src|views|test|bench)/",
        pathNot: ["^src/core/", "^src/client/", "^src/platform/archives/"],
      },
    },
    {
      name: "config-knows-core",
      severity: "error",
      from: { path: "^src/config/", pathNot: tests },
      to: { path: "^(src|views|test|bench)/", pathNot: ["^src/core/", "^src/config/"] },
    },
    {
      name: "main-knows-commands",
      severity: "error",
      from: { path: "^src/main\\.ts$" },
      to: { path: "^(src|views|test|bench)/", pathNot: ["^src/commands/", "^src/core/"] },
    },
    {
      name: "threads-are-started-not-imported",
      severity: "error",
      from: { path: "^(src|views)/", pathNot: tests },
      to: { path: "^src/workers/" },
    },
    {
      name: "sqlite-behind-the-port",
      severity: "error",
      from: { path: "^(src|views)/", pathNot: [tests, "^src/platform/database/"] },
      to: { path: "^bun:sqlite$" },
    },
    {
      name: "no-development-package-at-run-time",
      severity: "error",
      from: { path: "^(src|views)/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "^node_modules/@types/" },
    },
    {
      name: "no-tests-in-the-product",
      severity: "error",
      from: { path: "^(src|views)/", pathNot: tests },
      to: { path: `^(test|bench)/|${tests}` },
    },
    ...vendorRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    builtInModules: { add: ["bun", "bun:test", "bun:sqlite", "bun:ffi", "bun:jsc"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json", ".node"],
      conditionNames: ["bun", "import", "require", "node", "default", "types"],
    },
  },
};
