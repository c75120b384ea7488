import type { Children } from "@kitajs/html";
import { localHref } from "../components/format.ts";
import { Copy } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { signInUrl } from "../urls.ts";

export interface ErrorProps {
  page: PageProps;
  status: number;
  /** Of core/error.ts. */
  code: string;
  /** The AppError's own words; shown where they say more than the page does. */
  message: string;
  requestId: string;
  /** Seconds, for 429 and 503. */
  retryAfter?: number | null;
}

const TITLES: Record<number, string> = {
  400: "The request was not understood",
  401: "Sign in to see this",
  403: "You may not do this",
  404: "There is nothing here",
  405: "This page does not do that",
  409: "Somebody was faster",
  410: "This was recalled",
  412: "It changed in the meantime",
  413: "This is too large",
  415: "This kind of file is not taken",
  422: "Something in it is not right",
  429: "Too many requests",
  500: "Something broke on our side",
  503: "The server is busy or being looked after",
  507: "The server has no room left",
};

/** What happened, the request id, and what to do, for every status. */
export function ErrorPage(props: ErrorProps): JSX.Element {
  const { page, status } = props;
  const title = TITLES[status] ?? (status >= 500 ? TITLES[500]! : TITLES[400]!);
  return (
    <Layout page={page} title={title} width="narrow" unlisted>
      <div class="error">
        <p class="error-status" safe>
          {String(status)}
        </p>
        <h1 safe>{title}</h1>
        <p class="lede" safe>
          {props.message}
        </p>
        <Next {...props} />
        <p class="error-id quiet">
          Request <code safe>{props.requestId}</code>
          <Copy text={props.requestId} label="Copy the request id" />
        </p>
      </div>
    </Layout>
  );
}

function Next(props: ErrorProps): JSX.Element {
  const { page, status } = props;
  switch (status) {
    case 401:
      return (
        <Action href={signInUrl(page.path)} label="Sign in">
          Afterwards you come back here.
        </Action>
      );
    case 403:
      return page.viewer === null ? (
        <Action href={signInUrl(page.path)} label="Sign in">
          If you have an account that may, use it.
        </Action>
      ) : (
        <Action href="/" label="Go to the start">
          If you should be allowed to, ask an administrator and give the request id below.
        </Action>
      );
    case 404:
      return <NotFoundNext page={page} />;
    case 410:
      return (
        <Action href="/search" label="Find something else">
          Remove it where it is installed: <code>marketplace audit</code> finds it.
        </Action>
      );
    case 429:
    case 503:
      return (
        <Action href={page.path} label="Try again">
          {props.retryAfter
            ? `It works again in ${Math.ceil(props.retryAfter)} seconds.`
            : "Wait a minute, then try again."}
        </Action>
      );
    case 500:
    case 507:
      return (
        <Action href={page.path} label="Try again">
          It has been written to the log. If it stays, give the request id below to an administrator.
        </Action>
      );
    default:
      return <Action href="/" label="Go to the start" />;
  }
}

function Action(props: { href: string; label: string; children?: Children }): JSX.Element {
  return (
    <>
      {props.children ? <p>{props.children as "safe"}</p> : null}
      <p>
        <a class="button button-primary" href={localHref(props.href)} safe>
          {props.label}
        </a>
      </p>
    </>
  );
}

function NotFoundNext(props: { page: PageProps }): JSX.Element {
  return (
    <>
      <p>
        {props.page.viewer === null
          ? "It may be private: sign in if you were given this link. Or search for it."
          : "It may be private or gone. Check the address, or search for it."}
      </p>
      <form class="hero-search" action="/search" method="get">
        <input type="search" name="q" aria-label="Search all assets" placeholder="Search by name, purpose or tag" />
        <button class="button button-primary">Search</button>
      </form>
    </>
  );
}

/** The same for htmx: a message that is read out, in place of the part that was asked for. */
export function ErrorFragment(props: { message: string; requestId: string }): JSX.Element {
  return (
    <p class="callout callout-bad" role="alert">
      <b safe>{props.message}</b> <span class="quiet" safe>{`Request ${props.requestId}`}</span>
    </p>
  );
}
