import { KINDS, SEVERITIES } from "../../src/core/kind.ts";
import type { QueueCounts, QueueEntry, QueueFilter, ReviewCause } from "../../src/modules/compliance/review-queue.ts";
import { attr, counted } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { KIND_LABEL, KindIcon } from "../components/icon.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, capital, Confirm, Empty, Time } from "../components/small.tsx";
import { SeverityMark } from "../components/trust-mark.tsx";
import { staticUrl } from "../layout/assets.ts";
import type { PageOf, PageProps } from "../layout/page.ts";
import { reviewActionUrl, reviewUrl } from "../urls.ts";
import { QUEUE_KEYS } from "./keys.ts";
import { ModerationLayout } from "./moderation-layout.tsx";

const CAUSE_TEXT: Record<ReviewCause, string> = {
  findings: "Findings",
  capabilities: "New abilities",
  "first-version": "First version",
  unsigned: "Not signed",
  report: "Reported",
  appeal: "Appeal",
  "scan-failed": "Scan failed",
};

export interface QueueProps {
  page: PageProps;
  filter: QueueFilter;
  counts: QueueCounts;
  queue: PageOf<QueueEntry>;
}

/** What waits for a moderator, the longest waiting first; or what waits for its publisher. */
export function QueuePage(props: QueueProps): JSX.Element {
  const { page, queue, filter, counts } = props;
  const filtered = [filter.kind, filter.severity, filter.cause, filter.claim].some((one) => one !== null);
  return (
    <ModerationLayout page={page} title="Moderation" tab={filter.state} counts={counts} keys={QUEUE_KEYS}>
      <Filter filter={filter} />
      {queue.total > 0 ? (
        <ul class="rows" data-review-script={staticUrl("review.js")}>
          {queue.items.map((item) => (
            <Line item={item} page={page} />
          ))}
        </ul>
      ) : filtered ? (
        <Empty title="Nothing matches" action={{ href: "/moderation", label: "Show everything" }} />
      ) : filter.state === "waiting" ? (
        <Empty title="Nothing is waiting">Versions come here when the policy wants a person to decide.</Empty>
      ) : (
        <Empty title="No publisher was asked for changes">They come here until their publisher answers.</Empty>
      )}
      <Pagination page={queue.page} perPage={queue.perPage} total={queue.total} path={page.path} />
    </ModerationLayout>
  );
}

function Filter(props: { filter: QueueFilter }): JSX.Element {
  const { filter } = props;
  const kinds = KINDS.map((kind) => ({ value: kind, label: KIND_LABEL[kind]?.one ?? kind }));
  const causes = Object.entries(CAUSE_TEXT).map(([value, label]) => ({ value, label }));
  const severities = SEVERITIES.toReversed().map((value) => ({ value, label: `${capital(value)} and worse` }));
  const claims = [
    { value: "mine", label: "Mine" },
    { value: "unclaimed", label: "Nobody's" },
    { value: "others", label: "Others'" },
  ];
  return (
    <form method="get" action="/moderation" class="queue-filter" aria-label="Filter">
      {filter.state === "waiting" ? null : <input type="hidden" name="state" value={attr(filter.state)} />}
      <Choose name="reason" label="To look at" chosen={filter.cause} choices={causes} />
      <Choose name="severity" label="Findings" chosen={filter.severity} choices={severities} />
      <Choose name="kind" label="Kind" chosen={filter.kind} choices={kinds} />
      <Choose name="claim" label="Claimed" chosen={filter.claim} choices={claims} />
      <button class="button">Filter</button>
    </form>
  );
}

function Choose(props: {
  name: string;
  label: string;
  chosen: string | null;
  choices: { value: string; label: string }[];
}): JSX.Element {
  const id = `filter-${props.name}`;
  return (
    <div class="field">
      <label for={attr(id)} safe>
        {props.label}
      </label>
      <select id={attr(id)} name={attr(props.name)}>
        <option value="">Any</option>
        {props.choices.map((choice) => (
          <option value={attr(choice.value)} selected={choice.value === props.chosen} safe>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function Line(props: { item: QueueEntry; page: PageProps }): JSX.Element {
  const { item, page } = props;
  const [namespace = "", slug = ""] = item.ref.split("/");
  return (
    <li class="row queue-row" data-row>
      <span class="row-icon">
        <KindIcon kind={item.kind} />
      </span>
      <div class="row-main">
        <p class="row-name">
          <a href={attr(reviewUrl(item.versionId))}>
            <span class="row-namespace" safe>{`${namespace}/`}</span>
            <b safe>{slug}</b>
            <span class="row-namespace" safe>{` ${item.version}`}</span>
          </a>
          {item.causes.map((cause) => (
            <Badge text={causeText(item, cause)} tone={cause === "appeal" || cause === "report" ? "warn" : "plain"} />
          ))}
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
            Waiting since <Time at={item.waitingSince} now={page.now} />
          </li>
          {item.worst === null ? null : (
            <li>
              <SeverityMark severity={item.worst} />
            </li>
          )}
          {item.firstApproval === null ? null : <li safe>{`Approved once, by ${item.firstApproval}`}</li>}
        </ul>
      </div>
      <ClaimOf versionId={item.versionId} claim={item.claim} page={page} />
    </li>
  );
}

function causeText(item: QueueEntry, cause: ReviewCause): string {
  if (cause === "findings") return counted(item.findings, "finding");
  if (cause === "capabilities") return item.gained === 1 ? "1 new ability" : `${item.gained} new abilities`;
  return cause === "report" ? counted(item.reports, "report") : CAUSE_TEXT[cause];
}

/** Who has a version, and the buttons to take it or give it back. `next` is where to be afterwards. */
export function ClaimOf(props: {
  versionId: string;
  claim: { moderator: string; mine: boolean; expiresAt: string } | null;
  page: PageProps;
}): JSX.Element {
  const { claim, page, versionId } = props;
  if (claim === null)
    return (
      <form method="post" action={attr(reviewActionUrl(versionId, "claim"))} class="claim">
        <Csrf token={page.csrfToken} />
        <input type="hidden" name="next" value={attr(page.path)} />
        <button class="button" data-key="c" aria-keyshortcuts="c">
          Claim
        </button>
      </form>
    );
  if (claim.mine)
    return (
      <form method="post" action={attr(reviewActionUrl(versionId, "release"))} class="claim">
        <Csrf token={page.csrfToken} />
        <input type="hidden" name="next" value={attr(page.path)} />
        <span class="quiet">
          Yours; ends <Time at={claim.expiresAt} now={page.now} />
        </span>
        <button class="button">Release</button>
      </form>
    );
  return (
    <div class="claim">
      <span class="quiet" safe>{`${claim.moderator} has it`}</span>
      <Confirm label="Take over">
        <form method="post" action={attr(reviewActionUrl(versionId, "claim"))}>
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="next" value={attr(page.path)} />
          <input type="hidden" name="take_over" value="1" />
          <p safe>{`${claim.moderator} may be in the middle of it.`}</p>
          <button class="button button-danger">Take it over</button>
        </form>
      </Confirm>
    </div>
  );
}
