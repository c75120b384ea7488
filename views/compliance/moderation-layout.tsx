import type { Children } from "@kitajs/html";
import type { QueueCounts } from "../../src/modules/compliance/review-queue.ts";
import { grouped } from "../components/format.ts";
import { type KeyHelp, Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";

export type ModerationTab = "waiting" | "changes" | "reports";

/** The lists of moderators, with how much is in each. */
export function ModerationLayout(props: {
  page: PageProps;
  title: string;
  tab: ModerationTab;
  counts: QueueCounts;
  keys?: readonly KeyHelp[];
  children?: Children;
}): JSX.Element {
  const { counts } = props;
  const tabs: { tab: ModerationTab; href: string; label: string; count: number }[] = [
    { tab: "waiting", href: "/moderation", label: "Waiting", count: counts.waiting },
    { tab: "changes", href: "/moderation?state=changes", label: "Changes asked for", count: counts.changes },
    { tab: "reports", href: "/moderation/reports", label: "Reports", count: counts.reports },
  ];
  return (
    <Layout page={props.page} title={props.title} unlisted keys={props.keys ?? []}>
      <header class="page-head">
        <h1>Moderation</h1>
      </header>
      <nav class="tabs moderation-tabs" aria-label="Moderation">
        {tabs.map((tab) => (
          <a href={tab.href as "safe"} aria-current={tab.tab === props.tab ? "page" : undefined}>
            <span safe>{tab.label}</span>
            <span class="count" safe>
              {grouped(tab.count)}
            </span>
          </a>
        ))}
      </nav>
      {props.children as "safe"}
    </Layout>
  );
}
