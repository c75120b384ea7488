import type { Children } from "@kitajs/html";
import { CAPABILITY_TEXT } from "../../src/core/capability.ts";
import { TERMS_TEXT, TRUST_HEADLINE, type TrustState, type TrustSummary } from "../../src/core/trust-summary.ts";
import { VerifiedMark } from "../organizations/organization-layout.tsx";
import { profileUrl, securityUrl } from "../urls.ts";
import { advisoryUrl } from "./advisories.tsx";
import { attr, counted, safeHref } from "./format.ts";
import { Time } from "./small.tsx";
import { TRUST_LINES, type TrustLine } from "./trust-words.ts";

export interface TrustPanelProps {
  asset: { namespace: string; slug: string };
  version: string;
  trust: TrustSummary;
  now: string;
}

type Tone = "good" | "warn" | "bad" | "plain" | "unknown";

/** A shape and a word for each tone: neither needs its colour. */
const TONES: Record<Tone, { path: string; word: string }> = {
  good: { path: "M3 8.500l3.300 3.300L13 5", word: "Good" },
  warn: { path: "M8 2.500 14.500 13.500h-13zM8 6.500v3.200M8 11.600v.1", word: "Look closer" },
  bad: { path: "M3.500 3.500l9 9M12.500 3.500l-9 9", word: "Bad" },
  plain: { path: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z", word: "For your information" },
  unknown: { path: "M5.500 6a2.500 2.500 0 1 1 3.600 2.300c-.7.4-1.100.8-1.100 1.700M8 12.900v.1", word: "Not known" },
};

const HEADLINE_TONE: Record<TrustState, Tone> = {
  recalled: "bad",
  suspended: "bad",
  blocked: "bad",
  pending: "unknown",
  review: "warn",
  malicious: "bad",
  vulnerable: "warn",
  unchecked: "warn",
  "key-revoked": "warn",
  unsigned: "plain",
  signed: "good",
};

/** Whether a version is safe to use, in one sentence, and why: a line for each thing that speaks for or against it. */
export function TrustPanel(props: TrustPanelProps): JSX.Element {
  const { state } = props.trust;
  const tone = HEADLINE_TONE[state] ?? "unknown";
  return (
    <section class={`trust trust-${tone}`} id="trust" aria-labelledby="trust-headline">
      <h2 id="trust-headline">
        <ToneIcon tone={tone} size={20} />
        <span safe>{TRUST_HEADLINE[state] ?? "Not known"}</span>
      </h2>
      <ul class="trust-lines">
        <Publisher {...props} />
        <Signature {...props} />
        <Build {...props} />
        <VerdictLine {...props} />
        <Abilities {...props} />
        <Licence {...props} />
        <Vulnerabilities {...props} />
        <Review {...props} />
        <LogEntry {...props} />
      </ul>
    </section>
  );
}

const ToneIcon = (props: { tone: Tone; size?: number }): JSX.Element => {
  const size = String(props.size ?? 14);
  return (
    <>
      <svg class={`icon tone-${props.tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
        <path d={TONES[props.tone].path} />
      </svg>
      <span class="hidden-visually">{`${TONES[props.tone].word}: `}</span>
    </>
  );
};

/** The label opens what the line means; what is so stands below it in any case. */
const Line = (props: { name: TrustLine; tone: Tone; children?: Children }): JSX.Element => (
  <li class="trust-line">
    <details>
      <summary>
        <ToneIcon tone={props.tone} />
        <span>{TRUST_LINES[props.name].label}</span>
        <span class="hidden-visually">: what this means</span>
        <span class="trust-ask" aria-hidden="true">
          ?
        </span>
      </summary>
      <p class="trust-meaning">{TRUST_LINES[props.name].meaning}</p>
    </details>
    <div class="trust-fact">{props.children as "safe"}</div>
  </li>
);

function Publisher({ trust, now }: TrustPanelProps): JSX.Element {
  const { name, kind, verified, since, published } = trust.publisher;
  const organization = kind === "organization";
  return (
    <Line name="publisher" tone={verified ? "good" : "plain"}>
      <a href={attr(profileUrl(name))} safe>
        {name}
      </a>
      {organization ? ", an organization" : ", a person"}
      {verified ? (
        <>
          {" "}
          <VerifiedMark />
        </>
      ) : organization ? (
        ", not verified"
      ) : null}
      <br />
      <span class="quiet">
        Since <Time at={since} now={now} />, <span safe>{`${counted(published, "version")} published`}</span>
      </span>
    </Line>
  );
}

function Signature({ trust, now, ...at }: TrustPanelProps): JSX.Element {
  const [first] = trust.signatures;
  if (first === undefined)
    return (
      <Line name="signature" tone="plain">
        Not signed
      </Line>
    );
  const more = trust.signatureCount - 1;
  return (
    <Line name="signature" tone={first.revokedAt === null ? "good" : "warn"}>
      {first.revokedAt === null ? "Valid: signed" : "Signed"} by{" "}
      <a href={attr(profileUrl(first.signer))} safe>
        {first.signer}
      </a>{" "}
      <Time at={first.signedAt} now={now} />
      {first.revokedAt === null ? null : (
        <>
          ; <b>the key was revoked</b> <Time at={first.revokedAt} now={now} />
        </>
      )}
      {first.signedAs === null ? null : (
        <>
          , for its former name <code safe>{first.signedAs}</code>
        </>
      )}
      <br />
      <span class="quiet">
        Key <span safe>{first.keyName}</span>{" "}
        <code title={attr(first.fingerprint)} safe>
          {shortFingerprint(first.fingerprint)}
        </code>
      </span>
      {more > 0 ? <Security {...at} text={`and ${counted(more, "more signature")}`} /> : null}
    </Line>
  );
}

/** As people compare them: without what all have in common. */
const shortFingerprint = (fingerprint: string): string => fingerprint.replace(/^SHA256:/, "").slice(0, 12);

const Security = (props: { asset: TrustPanelProps["asset"]; version: string; text: string }): JSX.Element => (
  <>
    {" "}
    <a href={attr(securityUrl(props.asset, props.version))} safe>
      {props.text}
    </a>
  </>
);

function Build({ trust }: TrustPanelProps): JSX.Element {
  const { build } = trust;
  if (build === null)
    return (
      <Line name="build" tone="unknown">
        Not known: a person uploaded it, or a key of theirs
      </Line>
    );
  return (
    <Line name="build" tone="good">
      <Linked text={build.repository.name} url={build.repository.url} />
      {build.commit === null ? null : (
        <>
          {" at "}
          <Linked text={build.commit.sha.slice(0, 12)} url={build.commit.url} />
        </>
      )}
      {build.workflow === null ? null : (
        <>
          <br />
          <span class="quiet">
            By <code safe>{build.workflow}</code>
          </span>
        </>
      )}
      {build.run === null ? null : (
        <>
          <br />
          <Linked text={`Run ${build.run.id}`} url={build.run.url} />
        </>
      )}
    </Line>
  );
}

function Linked(props: { text: string; url: string | null }): JSX.Element {
  const href = safeHref(props.url);
  if (href === null) return <span safe>{props.text}</span>;
  return (
    <a href={href} rel="nofollow noopener noreferrer" safe>
      {props.text}
    </a>
  );
}

const VERDICTS = {
  passed: { tone: "good", text: "Passed" },
  review: { tone: "warn", text: "Waits for a moderator" },
  blocked: { tone: "bad", text: "Blocked" },
  pending: { tone: "unknown", text: "None yet: the scanners are at work" },
} as const;

function VerdictLine({ trust, now, ...at }: TrustPanelProps): JSX.Element {
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

function Abilities({ trust, ...at }: TrustPanelProps): JSX.Element {
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

function Licence({ trust }: TrustPanelProps): JSX.Element {
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

function Vulnerabilities({ trust, now, ...at }: TrustPanelProps): JSX.Element {
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

function Review({ trust, now }: TrustPanelProps): JSX.Element {
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

function LogEntry({ trust }: TrustPanelProps): JSX.Element {
  if (trust.logIndex === null)
    return (
      <Line name="log" tone="unknown">
        No entry: it is recorded when it is published
      </Line>
    );
  return (
    <Line name="log" tone="good">
      <a href={`/api/v1/transparency/inclusion?index=${Number(trust.logIndex)}`}>{`Entry ${Number(trust.logIndex)}`}</a>
    </Line>
  );
}
