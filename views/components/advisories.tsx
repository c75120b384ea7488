import type { Severity } from "../../src/core/kind.ts";
import { attr } from "./format.ts";
import { Badge } from "./small.tsx";
import { SeverityMark } from "./trust-mark.tsx";

/** An advisory that touches a version, and through what. */
export interface AdvisoryModel {
  advisoryId: string;
  package: string;
  ecosystem: string;
  packageVersion: string | null;
  fixed: string | null;
  level: "critical" | "high" | "medium" | "low" | null;
  malicious: boolean;
  summary: string;
}

export const advisoryUrl = (id: string): string => `/advisories/${encodeURIComponent(id.toWellFormed())}`;

/** How bad it is, in a shape and a word. */
export const AdvisoryLevel = (props: { level: AdvisoryModel["level"]; malicious: boolean }): JSX.Element => {
  if (props.malicious) return <Badge text="malicious" tone="bad" />;
  const severity: Severity | null = props.level;
  return severity === null ? <Badge text="not rated" /> : <SeverityMark severity={severity} />;
};

/** What is known of the packages that a version names; one section of its security page. */
export function Advisories(props: { advisories: readonly AdvisoryModel[] }): JSX.Element {
  if (props.advisories.length === 0) return "";
  return (
    <section>
      <h2>Known vulnerabilities</h2>
      <ul class="lines">
        {props.advisories.map((one) => (
          <li>
            <div>
              <p>
                <AdvisoryLevel level={one.level} malicious={one.malicious} />{" "}
                <a href={attr(advisoryUrl(one.advisoryId))} safe>
                  {one.summary === "" ? one.advisoryId : one.summary}
                </a>
              </p>
              <ul class="facts">
                <li class="mono" safe>
                  {one.advisoryId}
                </li>
                <li>
                  <span safe>{one.ecosystem}</span>{" "}
                  <code safe>{`${one.package}${one.packageVersion === null ? "" : ` ${one.packageVersion}`}`}</code>
                </li>
                <li>
                  {one.fixed === null ? (
                    "No mended version is known"
                  ) : (
                    <>
                      Mended in <code safe>{one.fixed}</code>
                    </>
                  )}
                </li>
              </ul>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
