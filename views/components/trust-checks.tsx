import { CAPABILITY_TEXT } from "../../src/core/capability.ts";
import { TERMS_TEXT, type TrustSummary } from "../../src/core/trust-summary.ts";
import { advisoryUrl } from "./advisories.tsx";
import { attr, counted } from "./format.ts";
import { Time } from "./small.tsx";
import { Line, Security, type TrustPanelProps } from "./trust-line.tsx";

const VERDICTS = {
  passed: { tone: "good", text: "Passed" },
  review: { tone: "warn", text: "Waits for a moderator" },
  blocked: { tone: "bad", text: "Blocked" },
  pending: { tone: "unknown", text: "None yet: the scanners are at work" },
} as const;

export function VerdictLine({ trust, now, ...at }: TrustPanelProps): JSX.Element {
  const { scan, recall } = trust;
  const verdict = VERDICTS[trust.verdict] ?? VERDICTS.pending;
  if (recall !== null)
    return (
      <Line name="verdict" tone="bad">
        Recalled <Time at={recall.at} now={now} />: <span safe>{recall.reason}</span>
      </Line>
    );
  return (
    <Line name="verdict" tone={verdict.tone === "good" && !scan?.completed ? "warn" : verdict.tone}>
      <b>{verdict.text}</b>
      {scan === null ? (
        <>; no scan has finished</>
      ) : (
        <>
          <span safe>{`: ${scannersOf(scan)} `}</span>
          <Time at={scan.finishedAt} now={now} />
        </>
      )}
      {trust.verdict === "passed" || trust.verdictReason === null ? null : (
        <>
          <br />
          <span safe>{trust.verdictReason}</span>
        </>
      )}
      <br />
      <Security {...at} text={scan === null ? "Watch it" : findingsOf(scan)} />
    </Line>
  );
}

const scannersOf = ({ scanners, completed }: NonNullable<TrustSummary["scan"]>): string =>
  completed === scanners
    ? `${counted(scanners, "scanner")} finished`
    : `${completed} of ${counted(scanners, "scanner")} finished`;

function findingsOf({ findings, explained }: NonNullable<TrustSummary["scan"]>): string {
  if (findings === 0) return "Nothing was found";
  return explained === 0
    ? counted(findings, "note")
    : `${counted(findings, "note")}, ${explained} explained by its publisher and accepted`;
}

export function Abilities({ trust, ...at }: TrustPanelProps): JSX.Element {
  const found = trust.capabilities;
  if (found === null)
    return (
      <Line name="capabilities" tone="unknown">
        Not known: no scan has looked yet
      </Line>
    );
  if (found.groups.length === 0)
    return (
      <Line name="capabilities" tone="good">
        Nothing beyond text: it runs, reaches and reads nothing
      </Line>
    );
  const gained = found.groups.reduce((sum, group) => sum + group.gained, 0);
  return (
    <Line name="capabilities" tone={gained > 0 ? "warn" : "plain"}>
      <ul class="trust-abilities">
        {found.groups.map((group) => (
          <li>
            <span safe>{CAPABILITY_TEXT[group.kind]?.title ?? group.kind}</span>:{" "}
            {group.values.map((one, i) => (
              <>
                {i === 0 ? "" : ", "}
                <code safe>{one.value}</code>
                {one.gained ? <b class="trust-new"> new</b> : null}
              </>
            ))}
            {group.count > group.values.length ? (
              <span safe>{` and ${group.count - group.values.length} more`}</span>
            ) : null}
          </li>
        ))}
      </ul>
      {gained > 0 && found.since !== null ? (
        <Security {...at} text={`${gained} new since ${found.since}`} />
      ) : (
        <Security {...at} text="All of it" />
      )}
    </Line>
  );
}

export function Licence({ trust }: TrustPanelProps): JSX.Element {
  const { expression, terms } = trust.license;
  if (expression === null)
    return (
      <Line name="license" tone="unknown">
        None named: nothing says that you may use it
      </Line>
    );
  return (
    <Line name="license" tone={terms === "unknown" ? "unknown" : "plain"}>
      <b safe>{expression}</b>
      <br />
      <span class="quiet" safe>
        {TERMS_TEXT[terms] || "What it asks for is not known here: read it."}
      </span>
    </Line>
  );
}

export function Vulnerabilities({ trust, now, ...at }: TrustPanelProps): JSX.Element {
  const { known, count, looked, asOf } = trust.advisories;
  const date = asOf === null ? null : <Time at={asOf} now={now} />;
  if (count === 0)
    return (
      <Line name="advisories" tone={looked && asOf !== null ? "good" : "unknown"}>
        {!looked ? (
          "Not known: nobody has looked yet at the packages that it names"
        ) : date === null ? (
          "None known; this server has imported no advisories of others"
        ) : (
          <>None known in the advisories of {date}</>
        )}
      </Line>
    );
  return (
    <Line name="advisories" tone={known.some(({ malicious }) => malicious) ? "bad" : "warn"}>
      <ul class="trust-abilities">
        {known.map((one) => (
          <li>
            <a href={attr(advisoryUrl(one.id))} safe>
              {one.id}
            </a>{" "}
            <span safe>{`${one.malicious ? "malicious" : (one.level ?? "not rated")}, in ${one.package}`}</span>
          </li>
        ))}
      </ul>
      {count > known.length ? <Security {...at} text={`and ${count - known.length} more`} /> : null}
    </Line>
  );
}

export function Review({ trust, now }: TrustPanelProps): JSX.Element {
  const { review, verdict } = trust;
  if (review === null)
    return (
      <Line name="review" tone={verdict === "review" ? "warn" : "plain"}>
        {verdict === "review"
          ? "Nobody yet: a moderator has to decide"
          : verdict === "passed"
            ? `No person looked at it; the scanners found nothing${trust.scan?.findings ? " that needs one" : ""}`
            : "No person has decided"}
      </Line>
    );
  const approved = review.decision === "approved";
  return (
    <Line name="review" tone={approved ? "good" : "bad"}>
      {review.moderator === null ? "A moderator" : <span safe>{review.moderator}</span>}{" "}
      {approved ? "let it pass" : "refused it"} <Time at={review.at} now={now} />
      {review.reason === "" ? null : (
        <>
          : <q safe>{review.reason}</q>
        </>
      )}
    </Line>
  );
}
