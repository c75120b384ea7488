import type { Children } from "@kitajs/html";
import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";

const SECTIONS = [
  ["/admin", "Overview"],
  ["/admin/users", "Users"],
  ["/admin/invitations", "Invitations"],
  ["/admin/mails", "Mails"],
  ["/admin/recalls", "Recalls"],
  ["/admin/audit", "Audit log"],
] as const;

/** The pages of administrators, with their navigation beside them; each brings its own heading. */
export function AdministrationLayout(props: {
  page: PageProps;
  here: (typeof SECTIONS)[number][0];
  title: string;
  children?: Children;
}): JSX.Element {
  return (
    <Layout page={props.page} title={props.title} unlisted>
      <div class="settings">
        <nav class="side-nav" aria-label="Administration">
          {SECTIONS.map(([href, label]) => (
            <a href={href} aria-current={href === props.here ? "page" : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <div class="settings-main settings-wide">{props.children as "safe"}</div>
      </div>
    </Layout>
  );
}
