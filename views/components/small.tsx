import type { Children } from "@kitajs/html";
import type { AssetStatus, Visibility } from "../../src/core/kind.ts";
import { absolute, attr, localHref, relative, shortDigest } from "./format.ts";
import { Icon } from "./icon.tsx";

/** A relative time with the absolute one in its title. */
export function Time(props: { at: string; now: string }): JSX.Element {
  return (
    <time datetime={attr(props.at)} title={attr(absolute(props.at))} safe>
      {relative(props.at, props.now)}
    </time>
  );
}

/** A button that copies `text`; without a script it does not show. */
export function Copy(props: { text: string; label: string }): JSX.Element {
  return (
    <button type="button" class="copy" data-copy={attr(props.text)} aria-label={attr(props.label)}>
      <Icon name="copy" />
    </button>
  );
}

/** Twelve digits for the eye, the whole digest in the title and on the clipboard. */
export function DigestText(props: { digest: string }): JSX.Element {
  return (
    <span class="digest">
      <code title={attr(props.digest)} safe>
        {shortDigest(props.digest)}
      </code>
      <Copy text={props.digest} label="Copy the digest" />
    </span>
  );
}

/** A quiet word in a hairline frame. */
export function Badge(props: { text: string; tone?: "plain" | "good" | "warn" | "bad" }): JSX.Element {
  return (
    <span class={`badge badge-${props.tone ?? "plain"}`} safe>
      {props.text}
    </span>
  );
}

const STATUS: Partial<Record<AssetStatus, { text: string; tone: "plain" | "warn" | "bad" }>> = {
  draft: { text: "Draft", tone: "plain" },
  under_review: { text: "In review", tone: "warn" },
  deprecated: { text: "Deprecated", tone: "warn" },
  archived: { text: "Archived", tone: "plain" },
  suspended: { text: "Suspended", tone: "bad" },
};

/** Says what is not ordinary: a status other than published, a visibility other than public. */
export function StateBadges(props: { status: AssetStatus; visibility: Visibility }): JSX.Element {
  const status = STATUS[props.status];
  return (
    <>
      {status ? <Badge text={status.text} tone={status.tone} /> : null}
      {props.visibility === "public" ? null : <Badge text={capital(props.visibility)} />}
    </>
  );
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What is shown where a list has nothing: why, and the next step. */
export function Empty(props: { title: string; children?: Children; action?: { href: string; label: string } }) {
  return (
    <div class="empty">
      <p class="empty-title" safe>
        {props.title}
      </p>
      {props.children ? <p>{props.children as "safe"}</p> : null}
      {props.action ? (
        <p>
          <a class="button" href={localHref(props.action.href)} safe>
            {props.action.label}
          </a>
        </p>
      ) : null}
    </div>
  );
}

/** Asks once more before something that cannot be taken back: opens in place, also without a script. */
export function Confirm(props: { label: string; tone?: "plain" | "danger"; children?: Children }): JSX.Element {
  return (
    <details class="confirm">
      <summary class={props.tone === "danger" ? "button button-danger" : "button"} safe>
        {props.label}
      </summary>
      <div class="confirm-body">{props.children as "safe"}</div>
    </details>
  );
}
