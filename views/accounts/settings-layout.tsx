import type { Children } from "@kitajs/html";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";

const SECTIONS = [
  ["/settings/profile", "Profile"],
  ["/settings/email", "E-mail"],
  ["/settings/security", "Security"],
  ["/settings/connected-accounts", "Connected accounts"],
  ["/settings/sessions", "Sessions"],
  ["/settings/command-lines", "Command lines"],
  ["/settings/api-keys", "API keys"],
  ["/settings/trusted-publishers", "Trusted publishers"],
  ["/settings/signing-keys", "Signing keys"],
  ["/settings/reports", "Reports"],
  ["/settings/privacy", "Privacy"],
] as const;

/** The pages of one's own account, with their navigation beside them. */
export function SettingsLayout(props: {
  page: PageProps;
  here: string;
  title: string;
  children?: Children;
}): JSX.Element {
  return (
    <Layout page={props.page} title={`Settings: ${props.title}`} unlisted>
      <div class="settings">
        <nav class="side-nav" aria-label="Settings">
          {SECTIONS.map(([href, label]) => (
            <a href={href} aria-current={href === props.here ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div class="settings-main">
          <h1 safe>{props.title}</h1>
          {props.children as "safe"}
        </div>
      </div>
    </Layout>
  );
}
