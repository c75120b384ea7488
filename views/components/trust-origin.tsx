import { profileUrl } from "../urls.ts";
import { VerifiedMark } from "../organizations/organization-layout.tsx";
import { attr, counted, safeHref } from "./format.ts";
import { Time } from "./small.tsx";
import { Line, Security, type TrustPanelProps } from "./trust-line.tsx";

export function Publisher({ trust, now }: TrustPanelProps): JSX.Element {
  const { name, kind, verified, since, published, more } = trust.publisher;
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
        Since <Time at={since} now={now} />,{" "}
        <span safe>{`${more ? "more than " : ""}${counted(published, "version")} published`}</span>
      </span>
    </Line>
  );
}

export function Signature({ trust, now, ...at }: TrustPanelProps): JSX.Element {
  const [first] = trust.signatures;
  if (first === undefined)
    return (
      <Line name="signature" tone="plain">
        Not signed
        <ModelSignature trust={trust} />
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
      <ModelSignature trust={trust} />
    </Line>
  );
}

/** Of the files as they came; the name is believed only where somebody vouches for it. */
function ModelSignature({ trust }: Pick<TrustPanelProps, "trust">): JSX.Element | null {
  const { state, signer } = trust.modelSignature;
  if (state === "none") return null;
  const text = {
    verified: `Model signature: the files are as ${signer ?? "its signer"} signed them`,
    "content-matches": "Model signature: the files are as signed; who signed is not checked",
    "does-not-match": "Model signature: does not hold for these files",
  }[state];
  return (
    <>
      <br />
      <span safe>{text}</span>
    </>
  );
}

/** As people compare them: without what all have in common. */
const shortFingerprint = (fingerprint: string): string => fingerprint.replace(/^SHA256:/, "").slice(0, 12);

export function Build({ trust }: TrustPanelProps): JSX.Element {
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
          <Linked text={`${build.service === "gitlab-ci" ? "Job" : "Run"} ${build.run.id}`} url={build.run.url} />
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

export function LogEntry({ trust }: TrustPanelProps): JSX.Element {
  if (trust.logIndex === null)
    return (
      <Line name="log" tone="unknown">
        No entry: it is recorded when it is published
      </Line>
    );
  return (
    <Line name="log" tone="good">
      <a
        href={`/api/v1/transparency/inclusion?index=${Number(trust.logIndex)}`}
        safe
      >{`Entry ${Number(trust.logIndex)}`}</a>
    </Line>
  );
}
