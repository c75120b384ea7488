import { resolve } from "node:path";
import { awaitVerdict } from "../client/await-verdict.ts";
import type { Client, VersionWire } from "../client/index.ts";
import { type LocalPackage, openPackage } from "../client/local-package.ts";
import { type PublicationPlan, planPublication } from "../client/plan-publication.ts";
import { chooseKey } from "../client/signing-keys.ts";
import { visible } from "../client/visible-text.ts";
import { isVisibility, VISIBILITIES } from "../core/kind.ts";
import { isName, isVersion } from "../core/name.ts";
import { signPublication } from "../core/signing/statement.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { warningLines } from "./package-text.ts";
import { ask } from "./prompt.ts";
import { type Outcome, reportDryRun, reportPublication } from "./publish-report.ts";
import { asJob, asPerson, signedInOrJob } from "./publisher.ts";
import { onlyWord, textOption } from "./session.ts";
import { createProgress, type Progress } from "./terminal.ts";

const VERDICT_TIMEOUT_MS = 10 * 60_000;

/** Sends a package as a new version and waits for its verdict; exit code 1 when that is `blocked`. */
export const publish: Command = {
  name: "publish",
  summary: "Publish a folder, archive or file as a version",
  usage: "publish PATH [OPTIONS]",
  options: {
    namespace: { type: "string", short: "n", value: "NAME", help: "Yours, or an organization's (default: yours)." },
    slug: { type: "string", value: "NAME", help: "Default: the name in the files, else the folder's." },
    version: { type: "string", value: "VERSION", help: "Default: the files', else the next patch." },
    channel: { type: "string", value: "NAME", help: "Point a channel such as beta at it too." },
    visibility: { type: "string", value: "WHO", help: `${VISIBILITIES.join(", ")} (default public).` },
    changelog: { type: "string", value: "TEXT", help: "What is new." },
    sign: { type: "boolean", help: "Sign it with your key." },
    key: { type: "string", value: "FILE", help: "The key, or a kept key's name (implies --sign)." },
    "dry-run": { type: "boolean", help: "Say what would happen and send nothing." },
    trusted: { type: "boolean", help: "As a CI job that the asset trusts (by itself where no token is given)." },
    "no-wait": { type: "boolean", help: "Do not wait for the verdict." },
  },
  async run(context) {
    const path = resolve(context.cwd, onlyWord(context.positionals, "a folder, archive or file", publish.usage));
    const wanted = wantedBy(context);
    const client = wanted.trusted ? null : await signedInOrJob(context);
    if (client) wanted.namespace ??= await chooseNamespace(context, client);
    const progress = createProgress(context.quiet);
    try {
      progress.show("Reading files");
      const local = await openPackage(path);
      progress.show("Asking the server");
      const publisher = await (client ? asPerson(client, local, wanted) : asJob(context, local, wanted));
      const plan = await planPublication(publisher.client, local, { ...publisher, version: wanted.version });
      if (wanted.dryRun) {
        progress.end();
        return reportDryRun(context, local, plan);
      }
      const outcome = await carryOut({ context, client: publisher.client, local, plan, wanted, progress });
      progress.end();
      return reportPublication(context, publisher.client, outcome);
    } finally {
      progress.end();
    }
  },
};

/** Whoever may publish for organizations too, and is there to answer, is asked; undefined: one's own. */
async function chooseNamespace(context: CommandContext, client: Client): Promise<string | undefined> {
  if (!context.interactive) return undefined;
  const organizations = await client.accounts.publishingOrganizations();
  if (organizations.length === 0) return undefined;
  const choices = visible(organizations.join(", "));
  const answer = (await ask(`Publish for an organization (${choices}), or under your own name [Enter]? `)).trim();
  if (answer !== "" && !organizations.includes(answer))
    throw new UsageError(`"${visible(answer)}" is none of ${choices}.`);
  return answer || undefined;
}

/** What the options say; throws UsageError for what no server would take. */
function wantedBy(context: CommandContext) {
  const text = (name: string) => textOption(context, name);
  const wanted = {
    namespace: text("namespace"),
    slug: text("slug"),
    version: text("version"),
    channel: text("channel"),
    visibility: text("visibility"),
    changelog: text("changelog"),
    key: text("key"),
    sign: context.values["sign"] === true || text("key") !== undefined,
    trusted: context.values["trusted"] === true,
    dryRun: context.values["dry-run"] === true,
    wait: context.values["no-wait"] !== true,
  };
  const { namespace, slug, version, channel, visibility } = wanted;
  for (const [option, name] of Object.entries({ namespace, slug, channel }))
    if (name !== undefined && !isName(name))
      throw new UsageError(`--${option} "${visible(name)}" is no name: use a-z, 0-9 and single hyphens.`);
  if (version !== undefined && !isVersion(version))
    throw new UsageError(`--version "${visible(version)}" is not a semantic version such as 1.2.3 or 2.0.0-beta.1.`);
  if (visibility !== undefined && !isVisibility(visibility))
    throw new UsageError(`--visibility "${visible(visibility)}" is none of ${VISIBILITIES.join(", ")}.`);
  return wanted;
}

interface Work {
  context: CommandContext;
  client: Client;
  local: LocalPackage;
  plan: PublicationPlan;
  wanted: ReturnType<typeof wantedBy>;
  progress: Progress;
}

async function carryOut(work: Work): Promise<Outcome> {
  const { client, local, plan, wanted, progress } = work;
  const envelope = wanted.sign ? await signed(work) : null;
  const { visibility } = wanted;
  // Before the upload: a version must not be seen by more people than it is meant for, not even for a moment.
  if (visibility && isVisibility(visibility) && plan.asset && plan.asset.visibility !== visibility)
    await client.assets.update(plan.ref, { visibility });
  const { outcome, version, warnings } = plan.unchanged
    ? await keepUnchanged(work, plan.unchanged, envelope)
    : await upload(work, envelope);
  if (wanted.wait) progress.show(`Scanning ${plan.ref}@${version.version}`);
  const decided = wanted.wait ? await awaitVerdict(client, plan.ref, version, VERDICT_TIMEOUT_MS) : version;
  return { outcome, local, plan, version: decided, warnings, signed: envelope !== null, waited: wanted.wait };
}

async function signed({ context, local, plan, wanted }: Work): Promise<string> {
  const { key } = await chooseKey(wanted.key, context.env);
  const subject = { ref: plan.ref, version: plan.version, digest: local.manifest.digest };
  return JSON.stringify(await signPublication(key, subject));
}

async function upload({ client, context, local, plan, wanted, progress }: Work, envelope: string | null) {
  for (const line of warningLines(local.warnings)) context.say(line);
  let sent = 0;
  // Only somebody who watches needs the bytes counted; uncounted, an archive goes with its length.
  const watched = process.stderr.isTTY === true && !context.quiet;
  const onBytes = (bytes: number) => {
    sent += bytes;
    if (sent < local.bodySize) progress.show("Uploading", sent, local.bodySize);
    else progress.show("Storing");
  };
  const { outcome, version, warnings } = await client.versions.publish({
    namespace: plan.namespace,
    slug: plan.slug,
    version: plan.version,
    body: local.body(watched ? onBytes : undefined),
    contentType: local.contentType,
    channel: wanted.channel,
    visibility: wanted.visibility,
    changelog: wanted.changelog,
    envelope,
  });
  return { outcome, version: version as VersionWire, warnings };
}

/** Nothing to send; but a signature or a channel that was asked for is still to be had. */
async function keepUnchanged({ client, plan, wanted }: Work, version: VersionWire, envelope: string | null) {
  if (envelope !== null) await client.versions.sign(plan.ref, version.version, envelope);
  if (wanted.channel && plan.asset && version.status === "published")
    await client.assets.setChannel(plan.ref, wanted.channel, version.version);
  return { outcome: "unchanged" as const, version, warnings: [] };
}
