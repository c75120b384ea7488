import type { Children } from "@kitajs/html";
import { attr, localHref } from "../components/format.ts";
import { Icon } from "../components/icon.tsx";
import { profileUrl, signInUrl } from "../urls.ts";
import { staticUrl } from "./assets.ts";
import { brandCss } from "./brand.ts";
import type { PageProps } from "./page.ts";

/** htmx may fetch from this server alone; it sets no style of its own, which the policy would refuse. */
const HTMX_CONFIG = JSON.stringify({
  mode: "same-origin",
  includeIndicatorCSS: false,
  extensions: "marketplace",
  defaultTimeout: 20_000,
});

/** Keys that a page listens to beside those of every page. */
export interface KeyHelp {
  keys: readonly string[];
  text: string;
}

interface LayoutProps {
  page: PageProps;
  title: string;
  /** For search engines and link previews. */
  description?: string;
  /** What stands in the search field. */
  query?: string;
  /** The page has a search field of its own. */
  ownSearch?: boolean;
  /** `wide` for pages of rows, `narrow` for forms and messages. */
  width?: "wide" | "narrow";
  /** Reloads by itself without a script, in seconds, while something is going on. */
  refresh?: number;
  /** What else the list of keyboard shortcuts says here. */
  keys?: readonly KeyHelp[];
  /** `noindex` for pages that are nobody else's business. */
  unlisted?: boolean;
  children?: Children;
}

/** The shell of every page: head, header with search and navigation, main, footer. Answers a whole HTML document. */
export function Layout(props: LayoutProps): JSX.Element {
  const { page } = props;
  return (
    <>
      {"<!doctype html>"}
      <html lang="en">
        <Head {...props} />
        <body {...{ "hx-headers:inherited": attr(JSON.stringify({ "X-CSRF-Token": page.csrfToken })) }}>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <Header page={page} query={props.query ?? ""} ownSearch={props.ownSearch ?? false} />
          <main id="main" tabindex="-1" class={`page page-${props.width ?? "wide"}`}>
            {page.notice ? (
              <p class="notice" role="status" safe>
                {page.notice}
              </p>
            ) : null}
            {props.children as "safe"}
          </main>
          <Footer page={page} />
          <Shortcuts keys={props.keys ?? []} />
          <div id="announce" class="hidden-visually" role="status" aria-live="polite" />
        </body>
      </html>
    </>
  );
}

function Head(props: LayoutProps): JSX.Element {
  const { page } = props;
  const title = props.title === page.brand.name ? props.title : `${props.title} · ${page.brand.name}`;
  const style = brandCss(page.brand.accent);
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title safe>{title}</title>
      {props.description ? <meta name="description" content={attr(props.description)} /> : null}
      {props.unlisted ? <meta name="robots" content="noindex" /> : null}
      <meta name="color-scheme" content="light dark" />
      <meta name="csrf-token" content={attr(page.csrfToken)} />
      <meta name="htmx-config" content={HTMX_CONFIG} />
      {props.refresh ? (
        <noscript>
          <meta http-equiv="refresh" content={String(props.refresh)} />
        </noscript>
      ) : null}
      <link rel="icon" href={staticUrl("favicon.svg")} type="image/svg+xml" />
      <link rel="preload" href={staticUrl("body.woff2")} as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={staticUrl("app.css")} />
      {style === null ? null : <style nonce={attr(page.nonce)}>{style as "safe"}</style>}
      <link rel="alternate" type="application/atom+xml" href="/feed.atom" title="New versions" />
      <script src={staticUrl("htmx.js")} defer nonce={attr(page.nonce)} />
      <script src={staticUrl("marketplace.js")} defer nonce={attr(page.nonce)} />
    </head>
  );
}

function Header(props: { page: PageProps; query: string; ownSearch: boolean }): JSX.Element {
  const { page } = props;
  const logo = page.brand.logo;
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href="/">
          {logo !== null && localHref(logo) !== "#" ? (
            <img class="brand-logo" src={localHref(logo)} alt="" width="24" height="24" />
          ) : (
            <svg class="brand-mark" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
              <path d="M3 9.5 5 4h14l2 5.5v0a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM5 14v6h14v-6" />
            </svg>
          )}
          <span safe>{page.brand.name}</span>
        </a>
        {props.ownSearch ? <span class="top-space" /> : <HeaderSearch query={props.query} />}
        <Navigation page={page} />
      </div>
    </header>
  );
}

const HeaderSearch = (props: { query: string }): JSX.Element => (
  <form class="top-search" action="/search" method="get" role="search">
    <Icon name="search" />
    <input
      id="q"
      type="search"
      name="q"
      value={attr(props.query)}
      placeholder="Search assets"
      aria-label="Search assets"
      aria-keyshortcuts="/"
      maxlength="200"
      autocomplete="off"
      data-search
    />
    <kbd aria-hidden="true">/</kbd>
  </form>
);

function Navigation(props: { page: PageProps }): JSX.Element {
  const { viewer, path } = props.page;
  return (
    <nav class="top-nav" aria-label="Main">
      <NavLink href="/search" label="Browse" path={path} />
      <NavLink href="/docs" label="Docs" path={path} />
      {viewer === null ? (
        <a href={attr(signInUrl(path))} class="top-signin">
          Sign in
        </a>
      ) : (
        <>
          <NavLink href="/publish" label="Publish" path={path} />
          <AccountMenu page={props.page} username={viewer.username} />
        </>
      )}
    </nav>
  );
}

const NavLink = (props: { href: string; label: string; path: string }): JSX.Element => {
  const here =
    props.path === props.href || props.path.startsWith(`${props.href}?`) || props.path.startsWith(`${props.href}/`);
  return (
    <a href={props.href} aria-current={here ? "page" : undefined} safe>
      {props.label}
    </a>
  );
};

function AccountMenu(props: { page: PageProps; username: string }): JSX.Element {
  const role = props.page.viewer?.role;
  return (
    <details class="menu" data-menu>
      <summary>
        <span class="menu-name" safe>
          {props.username}
        </span>
        <Icon name="chevron" size={14} />
      </summary>
      <div class="menu-list">
        <a href="/dashboard">Dashboard</a>
        <a href={attr(profileUrl(props.username))}>Profile</a>
        <a href="/organizations">Organizations</a>
        <a href="/settings/profile">Settings</a>
        {role === "moderator" || role === "admin" ? <a href="/moderation">Moderation</a> : null}
        {role === "admin" ? <a href="/admin">Administration</a> : null}
        <form method="post" action="/sign-out">
          <input type="hidden" name="csrf_token" value={attr(props.page.csrfToken)} />
          <button type="submit">Sign out</button>
        </form>
      </div>
    </details>
  );
}

function Footer(props: { page: PageProps }): JSX.Element {
  return (
    <footer class="bottom">
      <div class="bottom-inner">
        <span safe>{props.page.brand.name}</span>
        <nav aria-label="Footer">
          <a href="/docs">Getting started</a>
          <a href="/docs/api">API</a>
          <a href="/advisories">Advisories</a>
          <a href="/feed.atom">Feed</a>
        </nav>
        <button type="button" class="bottom-keys" data-shortcuts>
          Keyboard shortcuts <kbd>?</kbd>
        </button>
      </div>
    </footer>
  );
}

const EVERYWHERE: readonly KeyHelp[] = [
  { keys: ["/"], text: "Search" },
  { keys: ["?"], text: "This list" },
  { keys: ["g", "h"], text: "Home" },
  { keys: ["g", "p"], text: "Publish" },
  { keys: ["g", "d"], text: "Dashboard" },
];

function Shortcuts(props: { keys: readonly KeyHelp[] }): JSX.Element {
  return (
    <dialog id="shortcuts" class="dialog" aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">Keyboard shortcuts</h2>
      <dl class="keys">
        {[...props.keys, ...EVERYWHERE].map(({ keys, text }) => (
          <div>
            <dt>
              {keys.map((key) => (
                <>
                  <kbd safe>{key}</kbd>{" "}
                </>
              ))}
            </dt>
            <dd safe>{text}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button class="button">Close</button>
      </form>
    </dialog>
  );
}
