import { signOnUrl, connectedAccountUrl } from "../urls.ts";
import { attr } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Badge, Confirm, Empty, Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { SettingsLayout } from "./settings-layout.tsx";

export interface ProviderModel {
  /** Its name in addresses. */
  name: string;
  /** What people call it. */
  label: string;
}

/** Links, not forms: a form may lead to no other site. */
export const ProviderButtons = (props: {
  providers: readonly ProviderModel[];
  next: string;
  /** "Sign in with", "Confirm with". */
  verb: string;
  /** The provider asks the person anew. */
  fresh?: boolean;
}): JSX.Element => (
  <div class="provider-buttons">
    {props.providers.map(({ name, label }) => (
      <a class="button" href={attr(signOnUrl(name, props.next, props.fresh ?? false))} safe>
        {`${props.verb} ${label}`}
      </a>
    ))}
  </div>
);

/**
 * Somebody came from a provider that is connected with no account yet, and may have one. Signed in, they connect it: posts to
 * `/sign-in/connect`.
 */
export function ConnectPage(props: { page: PageProps; label: string; email: string }): JSX.Element {
  const { page, label } = props;
  const who = props.email === "" ? label : `${label} (${props.email})`;
  return (
    <Layout page={page} title={`Connect ${label}`} width="narrow" unlisted>
      <div class="gate">
        <h1 safe>{`Connect ${label}`}</h1>
        {page.viewer ? (
          <>
            <p>
              From now on <b safe>{who}</b> signs in to your account <b safe>{page.viewer.username}</b>.
            </p>
            <form method="post" action="/sign-in/connect" class="form">
              <Csrf token={page.csrfToken} />
              <button class="button button-primary">Connect them</button>
            </form>
            <p class="quiet">
              Not yours? <a href="/">Leave it</a>, and nothing is connected.
            </p>
          </>
        ) : (
          <>
            <p>
              <b safe>{who}</b> is not connected with an account here. If you have one, sign in to it the way you did
              before: then the two can be connected.
            </p>
            <p>
              <a class="button button-primary" href="/sign-in?next=%2Fsign-in%2Fconnect">
                Sign in to your account
              </a>
            </p>
            <p class="quiet">You have none? Ask an administrator of this server for one.</p>
          </>
        )}
      </div>
    </Layout>
  );
}

/** The step between a form of ours and another site, which the browser takes by itself. */
export function LeavingPage(props: { page: PageProps; label: string; href: string }): JSX.Element {
  return (
    <Layout page={props.page} title={`To ${props.label}`} width="narrow" unlisted>
      <div class="gate">
        <h1 safe>{`On to ${props.label}`}</h1>
        <p>You prove there who you are, and come back.</p>
        <p>
          <a class="button button-primary" href={attr(props.href)}>
            Continue
          </a>
        </p>
      </div>
    </Layout>
  );
}

export interface ConnectedAccountModel {
  id: string;
  label: string;
  email: string;
  createdAt: string;
  usedAt: string | null;
}

/** Connecting posts to `/settings/connected-accounts/{provider}/connect`, the other way to `…/{id}/disconnect`. */
export function ConnectedAccountsPage(props: {
  page: PageProps;
  connected: ConnectedAccountModel[];
  offered: readonly ProviderModel[];
}): JSX.Element {
  const { page } = props;
  return (
    <SettingsLayout page={page} here="/settings/connected-accounts" title="Connected accounts">
      <p class="quiet">Accounts elsewhere that sign you in here.</p>
      {props.connected.length === 0 ? <Empty title="None is connected" /> : null}
      <ul class="lines">
        {props.connected.map((account) => (
          <li>
            <div>
              <p>
                <b safe>{account.label}</b> {account.usedAt === null ? <Badge text="never used" /> : null}
              </p>
              <ul class="facts">
                {account.email === "" ? null : <li safe>{account.email}</li>}
                <li>
                  Connected <Time at={account.createdAt} now={page.now} />
                </li>
                {account.usedAt === null ? null : (
                  <li>
                    Used <Time at={account.usedAt} now={page.now} />
                  </li>
                )}
              </ul>
            </div>
            <Confirm label="Disconnect…" tone="danger">
              <form method="post" action={attr(connectedAccountUrl(account.id, "disconnect"))}>
                <Csrf token={page.csrfToken} />
                <p>It will not sign you in any more.</p>
                <button class="button button-danger">Disconnect it</button>
              </form>
            </Confirm>
          </li>
        ))}
      </ul>
      {props.offered.length === 0 ? null : (
        <section class="flow">
          <h2>Connect another</h2>
          {props.offered.map(({ name, label }) => (
            <form method="post" action={attr(connectedAccountUrl(name, "connect"))}>
              <Csrf token={page.csrfToken} />
              <button class="button" safe>{`Connect ${label}`}</button>
            </form>
          ))}
        </section>
      )}
    </SettingsLayout>
  );
}
