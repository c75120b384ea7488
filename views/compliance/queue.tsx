import type { Kind, Severity } from "../../src/core/kind.ts";
import { attr, counted } from "../components/format.ts";
import { KIND_LABEL, KindIcon } from "../components/icon.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import { SeverityMark } from "../components/trust-mark.tsx";
import { Layout } from "../layout/layout.tsx";
import type { PageOf, PageProps } from "../layout/page.ts";
import { reviewUrl } from "../urls.ts";

export interface QueueItem {
  versionId: string;
  namespace: string;
  slug: string;
  version: string;
  kind: Kind;
  publisher: string;
  waitingSince: string;
  /** Why the policy sent it here. */
  reason: string | null;
  worst: Severity | null;
  findings: number;
  firstVersion: boolean;
}

/** What waits for a moderator, the longest waiting first. */
export function QueuePage(props: { page: PageProps; queue: PageOf<QueueItem> }): JSX.Element {
  const { page, queue } = props;
  return (
    <Layout page={page} title="Moderation" unlisted>
      <header class="page-head">
        <h1>Moderation</h1>
        <p class="quiet" safe>
          {queue.total === 0 ? "" : `${counted(queue.total, "version")} waiting`}
        </p>
      </header>
      {queue.total === 0 ? (
        <Empty title="Nothing is waiting">Versions come here when the policy wants a person to decide.</Empty>
      ) : (
        <ul class="rows">
          {queue.items.map((item) => (
            <Line item={item} now={page.now} />
          ))}
        </ul>
      )}
      <Pagination page={queue.page} perPage={queue.perPage} total={queue.total} path={page.path} />
    </Layout>
  );
}

function Line(props: { item: QueueItem; now: string }): JSX.Element {
  const { item } = props;
  return (
    <li class="row">
      <span class="row-icon">
        <KindIcon kind={item.kind} />
      </span>
      <div class="row-main">
        <p class="row-name">
          <a href={attr(reviewUrl(item.versionId))}>
            <span class="row-namespace" safe>{`${item.namespace}/`}</span>
            <b safe>{item.slug}</b>
            <span class="row-namespace" safe>{` ${item.version}`}</span>
          </a>
          {item.firstVersion ? <Badge text="first version" /> : null}
        </p>
        {item.reason ? (
          <p class="row-text" safe>
            {item.reason}
          </p>
        ) : null}
        <ul class="facts">
          <li safe>{KIND_LABEL[item.kind]?.one ?? item.kind}</li>
          <li safe>{`by ${item.publisher}`}</li>
          <li>
            Waiting since <Time at={item.waitingSince} now={props.now} />
          </li>
          <li safe>{counted(item.findings, "finding")}</li>
          {item.worst === null ? null : (
            <li>
              <SeverityMark severity={item.worst} />
            </li>
          )}
        </ul>
      </div>
    </li>
  );
}
