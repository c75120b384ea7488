import { attr, counted } from "../components/format.ts";
import type { Capability } from "../../src/core/capability.ts";
import { Capabilities } from "../components/capabilities.tsx";
import { type FindingModel, Findings, type ScannerModel, Scanners } from "../components/findings.tsx";
import { Advisories, type AdvisoryModel } from "../components/advisories.tsx";
import { AppealForm, AppealHistory, type AppealModel } from "../components/appeal.tsx";
import { Csrf, FormProblem } from "../components/form.tsx";
import { ExplainForm, WithdrawForm } from "../components/suppression.tsx";
import { ProvenanceBlock } from "../components/provenance.tsx";
import { DigestText, Empty, Time } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { fileUrl, progressUrl, sbomUrl, suppressionsUrl, versionActionUrl, withdrawUrl } from "../urls.ts";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";

export interface SignatureModel {
  /** The key's short name, as the publisher registered it. */
  keyName: string;
  /** `sha256:…` of the public key. */
  keyDigest: string;
  signedAt: string;
  /** `revoked`: the key was good and is not any more. */
  state: "valid" | "revoked" | "invalid";
  /** The name that was signed, when the asset was renamed or transferred since; the content is the same. */
  signedAs: string | null;
}

export interface AssetSecurityProps {
  page: PageProps;
  frame: AssetFrame;
  /** The last scan that finished; null while the first one is going on. */
  scan: { finishedAt: string; scanners: ScannerModel[] } | null;
  findings: FindingModel[];
  /** null while no scan has looked. */
  capabilities: { facts: Capability[]; since: string | null; gained: Capability[] } | null;
  advisories: AdvisoryModel[];
  signatures: SignatureModel[];
  mayRescan: boolean;
  /** Whether the viewer may explain findings to moderators. */
  mayExplain: boolean;
  /** What was said about a refusal; null for who may not read it. */
  appeals: { appeals: AppealModel[]; mayAppeal: boolean } | null;
  form: FormState;
}

const VERDICT_TEXT = {
  passed: "Every scanner finished, and the policy of this server let the version pass.",
  review: "The policy of this server wants a moderator to look at the version first.",
  blocked: "The version is not served: the policy of this server or a moderator refused it.",
  pending: "The scanners have not finished. Nothing is served before they have.",
} as const;

/** The verdict, what led to it, and who signed. */
export function AssetSecurityPage(props: AssetSecurityProps): JSX.Element {
  const { page, frame, scan, findings } = props;
  const version = frame.version;
  if (version === null)
    return (
      <AssetLayout page={page} frame={frame} tab="security" title="Security">
        <Empty title="There is no version to scan yet" />
      </AssetLayout>
    );
  return (
    <AssetLayout page={page} frame={frame} tab="security" title="Security">
      <section class="verdict">
        <h2>
          <TrustMark state={frame.recalled ? "recalled" : version.verdict} />
        </h2>
        <FormProblem form={props.form} />
        <p>{VERDICT_TEXT[version.verdict]}</p>
        {version.verdictReason ? <p safe>{version.verdictReason}</p> : null}
        <p class="quiet">
          The digest of what was scanned is the digest of what is served: <DigestText digest={version.digest} />
        </p>
        <p>
          <a href={attr(sbomUrl(frame.asset, version.version))} download="">
            SBOM (CycloneDX)
          </a>
        </p>
      </section>
      <AppealSection {...props} version={version.version} />
      <section>
        <h2 safe>{counted(findings.length, "finding")}</h2>
        {findings.length === 0 ? (
          <Empty title={scan === null ? "No scan has finished yet" : "The scanners found nothing"} />
        ) : (
          <Findings
            findings={findings}
            hrefOf={(path) => fileUrl(frame.asset, version.version, path)}
            now={page.now}
            act={props.mayExplain ? explaining(page, frame, version.version) : undefined}
          />
        )}
      </section>
      <Advisories advisories={props.advisories} />
      <Abilities {...props} version={version.version} />
      <ScanSection {...props} />
      <Signatures signatures={props.signatures} now={page.now} />
      <ProvenanceBlock claims={version.provenance} />
    </AssetLayout>
  );
}

/** What a publisher may do about a finding: explain it, or take that back. */
function explaining(page: PageProps, frame: AssetFrame, version: string) {
  return (finding: FindingModel, position: number): JSX.Element => {
    if (finding.explanation?.status === "proposed" || finding.explanation?.status === "accepted")
      return <WithdrawForm page={page} action={withdrawUrl(frame.asset, finding.explanation.id)} version={version} />;
    if (finding.consequence === "pass") return "";
    return (
      <ExplainForm
        page={page}
        action={suppressionsUrl(frame.asset)}
        version={version}
        finding={finding}
        position={position}
      />
    );
  };
}

function AppealSection(props: AssetSecurityProps & { version: string }): JSX.Element {
  const { appeals: said, page, frame } = props;
  if (said === null || (said.appeals.length === 0 && !said.mayAppeal)) return "";
  return (
    <section id="appeal">
      <h2>Appeal</h2>
      <AppealHistory appeals={said.appeals} now={page.now} />
      {said.mayAppeal ? (
        <>
          <p class="quiet">
            The number of a refused version stays taken. Mend it and publish it under the next one; or, if the refusal
            is wrong, say why.
          </p>
          <AppealForm page={page} action={versionActionUrl(frame.asset, props.version, "appeal")} />
        </>
      ) : null}
    </section>
  );
}

function Abilities(props: AssetSecurityProps & { version: string }): JSX.Element {
  const { capabilities } = props;
  const hrefOf = (path: string): string => fileUrl(props.frame.asset, props.version, path);
  if (capabilities === null)
    return (
      <section>
        <h2>What it can do</h2>
        <Empty title="No scan has looked yet" />
      </section>
    );
  const { facts, since, gained } = capabilities;
  return (
    <section>
      {gained.length === 0 ? null : (
        <div class="abilities-new">
          <h2 safe>{`New since ${since}`}</h2>
          <Capabilities facts={gained} hrefOf={hrefOf} />
        </div>
      )}
      <h2>What it can do</h2>
      <p class="quiet">Read from its files. A program that makes up its words as it runs can do more.</p>
      {facts.length === 0 ? (
        <Empty title="It is text alone: it runs, reaches and reads nothing" />
      ) : (
        <Capabilities facts={facts} hrefOf={hrefOf} />
      )}
    </section>
  );
}

function ScanSection(props: AssetSecurityProps): JSX.Element {
  const { page, frame, scan } = props;
  const version = frame.version?.version ?? "";
  return (
    <section>
      <div class="section-head">
        <h2>Scan</h2>
        {scan === null ? (
          <a href={attr(progressUrl(frame.asset, version))}>Watch the scan</a>
        ) : (
          <p class="quiet">
            Finished <Time at={scan.finishedAt} now={page.now} />
          </p>
        )}
      </div>
      {scan === null ? null : scan.scanners.length === 0 ? (
        <p class="callout callout-bad">No scanner is configured on this server.</p>
      ) : (
        <Scanners scanners={scan.scanners} />
      )}
      {props.mayRescan ? (
        <form method="post" action={attr(versionActionUrl(frame.asset, version, "rescan"))} class="after">
          <Csrf token={page.csrfToken} />
          <button class="button">Scan again</button>
        </form>
      ) : null}
    </section>
  );
}

const SIGNATURE_TEXT = {
  valid: "Valid",
  revoked: "The key was revoked",
  invalid: "Does not match",
} as const;

function Signatures(props: { signatures: SignatureModel[]; now: string }): JSX.Element {
  return (
    <section>
      <h2>Signatures</h2>
      {props.signatures.length === 0 ? (
        <p class="quiet">This version is not signed.</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Fingerprint</th>
              <th scope="col">Signed</th>
              <th scope="col">Check</th>
            </tr>
          </thead>
          <tbody>
            {props.signatures.map((s) => (
              <tr>
                <th scope="row" safe>
                  {s.keyName}
                </th>
                <td>
                  <DigestText digest={s.keyDigest} />
                </td>
                <td>
                  <Time at={s.signedAt} now={props.now} />
                </td>
                <td class={`signature-${s.state in SIGNATURE_TEXT ? s.state : "invalid"}`}>
                  {SIGNATURE_TEXT[s.state] ?? SIGNATURE_TEXT.invalid}
                  {s.signedAs === null ? null : (
                    <span class="quiet">
                      , for its former name <code safe>{s.signedAs}</code>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
