import { attr } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { revokeUrl } from "../urls.ts";
import { SettingsLayout } from "./settings-layout.tsx";

export interface CommandLineModel {
  id: string;
  /** What it says of itself; "" when it said nothing. */
  client: string;
  twoFactor: boolean;
  renewedAt: string;
  expiresAt: string;
}

/** Signing one out posts to `/settings/command-lines/{id}/revoke`. */
export function SettingsCommandLinesPage(props: { page: PageProps; lines: CommandLineModel[] }): JSX.Element {
  const { page } = props;
  return (
    <SettingsLayout page={page} here="/settings/command-lines" title="Command lines">
      <p class="quiet">
        Programs that are signed in as you: with <code>marketplace login</code>, or over the API. Sign out what you do
        not know.
      </p>
      {props.lines.length === 0 ? (
        <Empty title="No command line is signed in">
          Run <code>marketplace login</code> on your own machine.
        </Empty>
      ) : (
        <ul class="lines">
          {props.lines.map((line) => (
            <CommandLineEntry page={page} line={line} />
          ))}
        </ul>
      )}
    </SettingsLayout>
  );
}

function CommandLineEntry(props: { page: PageProps; line: CommandLineModel }): JSX.Element {
  const { page, line } = props;
  const client = line.client === "" ? "A program without a name" : line.client;
  return (
    <li>
      <div>
        <p>
          <b safe>{client}</b> {line.twoFactor ? <Badge text="two factors" tone="good" /> : null}
        </p>
        <ul class="facts">
          <li>
            Used <Time at={line.renewedAt} now={page.now} />
          </li>
          <li>
            Ends <Time at={line.expiresAt} now={page.now} /> unless it is used
          </li>
        </ul>
      </div>
      <form method="post" action={attr(revokeUrl("command-lines", line.id))}>
        <Csrf token={page.csrfToken} />
        <button class="button button-small" aria-label={attr(`Sign out ${client}`)}>
          Sign out
        </button>
      </form>
    </li>
  );
}
