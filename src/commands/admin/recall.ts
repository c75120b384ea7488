import { withRecalls } from "../../app-command.ts";
import type { RecallOrdersClient, RecallWire } from "../../client/recalls-client.ts";
import { visible, visibleJson } from "../../client/visible-text.ts";
import { AppError } from "../../core/error.ts";
import { isRecallSeverity, RECALL_SEVERITIES } from "../../core/signing/recall-list.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { configOf, DATA_OPTION } from "../config.ts";
import { connectSignedIn, onlyWord, readRef, textOption } from "../session.ts";
import { table, widthOf } from "../terminal.ts";
import { isAfar, tooOld } from "./user-access.ts";

const REASON_OPTION = {
  reason: { type: "string", value: "R", help: "Why; who may see the version reads it." },
} as const;

export const recall: Command = {
  name: "admin recall",
  summary: "Recall a version: nobody may download, install or publish this content any more",
  usage: "admin recall NAMESPACE/NAME@sha256:… --reason R [--severity S] [--url URL]",
  options: {
    ...DATA_OPTION,
    ...REASON_OPTION,
    severity: { type: "string", value: "S", help: `${RECALL_SEVERITIES.join(", ")}; critical when it is left out.` },
  },
  async run(context) {
    const ref = readRef(onlyWord(context.positionals, "a version by its digest", this.usage));
    // A name moves, and a mistyped version would call back the wrong thing.
    if (ref.selector?.kind !== "digest")
      throw new UsageError(
        `Name the version by its digest: ${ref.name}@sha256:…; "marketplace info ${ref.name}" shows it.`,
      );
    const severity = textOption(context, "severity");
    if (severity !== undefined && !isRecallSeverity(severity))
      throw new UsageError(`"${severity.slice(0, 40)}" is no severity: write ${RECALL_SEVERITIES.join(", ")}.`);
    const order = { ref: ref.name, digest: ref.selector.digest, reason: reasonOf(context), severity };
    const ordered = await onRecalls(context, (recalls) => recalls.order(order));
    if (context.json) context.out(visibleJson(ordered));
    else {
      context.out(`Recalled ${visible(ordered.ref)}@${visible(ordered.version)} (no. ${ordered.number}).`);
      context.say(`Who has it: /admin/recalls/${ordered.number}`);
    }
    return 0;
  },
};

export const recallLift: Command = {
  name: "admin recall lift",
  summary: "Lift a recall: what it names may be used again",
  usage: "admin recall lift NUMBER --reason R [--url URL]",
  options: { ...DATA_OPTION, ...REASON_OPTION },
  async run(context) {
    const word = onlyWord(context.positionals, "the number of a recall", this.usage);
    if (!/^\d{1,15}$/.test(word)) throw new UsageError(`"${word.slice(0, 40)}" is no number of a recall.`);
    const lifted = await onRecalls(context, (recalls) => recalls.lift(Number(word), reasonOf(context)));
    if (context.json) context.out(visibleJson(lifted));
    else context.out(`Lifted recall no. ${lifted.number} of ${visible(lifted.ref)}@${visible(lifted.version)}.`);
    return 0;
  },
};

export const recallList: Command = {
  name: "admin recall list",
  summary: "List the recalls, the newest first",
  usage: "admin recall list [--json] [--url URL]",
  options: DATA_OPTION,
  async run(context) {
    const recalls = await onRecalls(context, (found) => found.list());
    if (context.json) {
      context.out(visibleJson(recalls));
      return 0;
    }
    const rows = recalls.map((one) =>
      [String(one.number), stateOf(one), one.recalled_at.slice(0, 10), nameOf(one), one.reason].map(visible),
    );
    for (const line of table(["NO.", "STATE", "SINCE", "VERSION", "REASON"], rows, widthOf(process.stdout)))
      context.out(line);
    return 0;
  },
};

const nameOf = ({ ref, version }: RecallWire): string => `${ref}@${version}`;
const stateOf = ({ lifted_at, severity }: RecallWire): string => (lifted_at === null ? severity : "lifted");

function reasonOf(context: CommandContext): string {
  const reason = textOption(context, "reason")?.trim();
  if (!reason) throw new UsageError("Give --reason: whoever has the version reads it.");
  return reason;
}

/** The recalls of the server that `--url` or `--token` names, else of the data on this machine. */
async function onRecalls<T>(context: CommandContext, work: (recalls: RecallOrdersClient) => Promise<T>): Promise<T> {
  if (!isAfar(context)) return withRecalls(configOf(context).config, work);
  const { recalls, url, token } = await connectSignedIn(context);
  return work(recalls).catch((error) => {
    throw error instanceof AppError && error.details["reauthenticate"] === true ? tooOld(url, token) : error;
  });
}
