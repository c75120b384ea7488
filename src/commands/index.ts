import type { CommandTable } from "./command.ts";

/** Every command by its words, loaded when it is called: a small command must not pay for the server's code. */
export const COMMANDS: CommandTable = {
  serve: { summary: "Run the server", load: async () => (await import("./serve.ts")).serve },
  login: { summary: "Sign in to a server", load: async () => (await import("./login.ts")).login },
  logout: { summary: "Sign out of a server", load: async () => (await import("./logout.ts")).logout },
  whoami: { summary: "Print who you are signed in as", load: async () => (await import("./whoami.ts")).whoami },
  init: { summary: "Start an asset in a folder", load: async () => (await import("./init.ts")).init },
  validate: {
    summary: "Check a folder, archive or file without publishing it",
    load: async () => (await import("./validate.ts")).validate,
  },
  pack: { summary: "Write the archive that publish would send", load: async () => (await import("./pack.ts")).pack },
  publish: {
    summary: "Publish a folder, archive or file as a version",
    load: async () => (await import("./publish.ts")).publish,
  },
  search: { summary: "Find assets", load: async () => (await import("./search.ts")).search },
  info: { summary: "Show an asset or one of its versions", load: async () => (await import("./info.ts")).info },
  versions: { summary: "List the versions of an asset", load: async () => (await import("./versions.ts")).versions },
  install: {
    summary: "Install assets and what they need",
    load: async () => (await import("./install.ts")).install,
  },
  ci: { summary: "Install exactly what the lockfile says", load: async () => (await import("./ci.ts")).ci },
  list: { summary: "List what is installed", load: async () => (await import("./list.ts")).list },
  outdated: {
    summary: "List what has newer versions",
    load: async () => (await import("./outdated.ts")).outdated,
  },
  update: { summary: "Move to newer versions", load: async () => (await import("./update.ts")).update },
  remove: { summary: "Remove installed assets", load: async () => (await import("./remove.ts")).remove },
  verify: {
    summary: "Check what is installed: files, signatures, keys, withdrawals",
    load: async () => (await import("./verify.ts")).verify,
  },
  audit: {
    summary: "Ask the server how the installed versions stand",
    load: async () => (await import("./audit.ts")).audit,
  },
  sbom: {
    summary: "Print the bill of materials of a version (CycloneDX)",
    load: async () => (await import("./sbom.ts")).sbom,
  },
  yank: {
    summary: "Take a version out of what is chosen by range or channel",
    load: async () => (await import("./yank.ts")).yank,
  },
  deprecate: {
    summary: "Say that an asset should no longer be used",
    load: async () => (await import("./deprecate.ts")).deprecate,
  },
  transfer: {
    summary: "Give an asset to another namespace",
    load: async () => (await import("./transfer.ts")).transfer,
  },
  rename: { summary: "Give an asset another name", load: async () => (await import("./transfer.ts")).rename },
  "channel set": {
    summary: "Point a channel at a version",
    load: async () => (await import("./channel.ts")).channelSet,
  },
  "channel remove": { summary: "Remove a channel", load: async () => (await import("./channel.ts")).channelRemove },
  "keys generate": {
    summary: "Make a key to sign with, and register it",
    load: async () => (await import("./keys.ts")).keysGenerate,
  },
  "keys add": {
    summary: "Register a public key that you have already",
    load: async () => (await import("./keys.ts")).keysAdd,
  },
  "keys list": { summary: "List your keys", load: async () => (await import("./keys.ts")).keysList },
  "keys revoke": {
    summary: "Revoke a key: what it signed counts as unsigned from now on",
    load: async () => (await import("./keys.ts")).keysRevoke,
  },
  sign: { summary: "Sign a published version", load: async () => (await import("./sign.ts")).sign },
  doctor: {
    summary: "Look for anything wrong with this server and its data",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  migrate: {
    summary: "Bring the database up to this program's tables",
    load: async () => (await import("./migrate.ts")).migrate,
  },
  "config check": {
    summary: "Say whether the configuration can be used",
    load: async () => (await import("./config.ts")).configCheck,
  },
  "config print": {
    summary: "Print every setting and where it comes from",
    load: async () => (await import("./config.ts")).configPrint,
  },
  "admin user create": { summary: "Make an account", load: async () => (await import("./admin/user.ts")).userCreate },
  "admin user list": { summary: "List the accounts", load: async () => (await import("./admin/user.ts")).userList },
  "admin user show": {
    summary: "Show an account",
    load: async () => (await import("./admin/user.ts")).userShow,
  },
  "admin user sign-out": {
    summary: "End a person's sessions and tokens",
    load: async () => (await import("./admin/user.ts")).userSignOut,
  },
  "admin user disable": {
    summary: "Keep a person from signing in",
    load: async () => (await import("./admin/user.ts")).userDisable,
  },
  "admin user reset-two-factor": {
    summary: "Remove the second factors of somebody who lost them",
    load: async () => (await import("./admin/user.ts")).userResetTwoFactor,
  },
  "admin user enable": {
    summary: "Let a disabled person sign in again",
    load: async () => (await import("./admin/user.ts")).userEnable,
  },
  "admin user reset-password": {
    summary: "Set a person's password",
    load: async () => (await import("./admin/user.ts")).userResetPassword,
  },
  "admin user set-role": {
    summary: "Make a person a user, moderator or admin",
    load: async () => (await import("./admin/user.ts")).userSetRole,
  },
  "admin recall": {
    summary: "Recall a version: it must not be used any more",
    load: async () => (await import("./admin/recall.ts")).recall,
  },
  "admin recall lift": {
    summary: "Lift a recall",
    load: async () => (await import("./admin/recall.ts")).recallLift,
  },
  "admin recall list": {
    summary: "List the recalls",
    load: async () => (await import("./admin/recall.ts")).recallList,
  },
  "admin advisories import": {
    summary: "Import advisories (OSV)",
    load: async () => (await import("./admin/advisories.ts")).advisoriesImport,
  },
  "admin advisories list": {
    summary: "List advisories",
    load: async () => (await import("./admin/advisories.ts")).advisoriesList,
  },
  "admin advisories add": {
    summary: "Write an advisory",
    load: async () => (await import("./admin/advisories.ts")).advisoriesAdd,
  },
  "admin advisories withdraw": {
    summary: "Withdraw an advisory of your own",
    load: async () => (await import("./admin/advisories.ts")).advisoriesWithdraw,
  },
  "admin secrets list": {
    summary: "Show what is sealed in the database, and with which key",
    load: async () => (await import("./admin/secrets.ts")).secretsList,
  },
  "admin secrets rotate": {
    summary: "Seal every secret in the database with the newest key",
    load: async () => (await import("./admin/secrets.ts")).secretsRotate,
  },
  "admin tokens rotate": {
    summary: "Have a new key sign access tokens",
    load: async () => (await import("./admin/tokens.ts")).tokensRotate,
  },
  "admin scan": {
    summary: "Ask for fresh scans of versions",
    load: async () => (await import("./admin/scan.ts")).scan,
  },
  "admin reindex": {
    summary: "Have the search index made anew",
    load: async () => (await import("./admin/reindex.ts")).reindex,
  },
  "admin gc": {
    summary: "Remove stored bytes that no version needs",
    load: async () => (await import("./admin/storage.ts")).gc,
  },
  "admin scrub": {
    summary: "Hold every stored byte against its digest",
    load: async () => (await import("./admin/storage.ts")).scrub,
  },
  "admin transparency verify": {
    summary: "Find what was changed or taken out of the transparency log",
    load: async () => (await import("./admin/transparency.ts")).transparencyVerify,
  },
  "admin audit verify": {
    summary: "Find what was changed or taken out of the audit log",
    load: async () => (await import("./admin/audit.ts")).auditVerify,
  },
  "admin audit list": {
    summary: "List the audit log, newest first",
    load: async () => (await import("./admin/audit.ts")).auditList,
  },
  "admin audit export": {
    summary: "Write the audit log as JSON Lines or CSV",
    load: async () => (await import("./admin/audit.ts")).auditExport,
  },
  "admin jobs list": { summary: "List background jobs", load: async () => (await import("./admin/jobs.ts")).jobsList },
  "admin jobs retry": {
    summary: "Have failed jobs tried again",
    load: async () => (await import("./admin/jobs.ts")).jobsRetry,
  },
  completion: {
    summary: "Print a script that completes commands in your shell",
    load: async () => (await import("./completion.ts")).completion(COMMANDS),
  },
  version: { summary: "Print the version", load: async () => (await import("./version.ts")).version },
};
