import { grouped, localHref, withQuery } from "./format.ts";

/** "41–60 of 1,204" with links to the pages beside it; nothing when all fits on one page. `path` is the present URL. */
export function Pagination(props: { page: number; perPage: number; total: number; path: string }): JSX.Element {
  const pages = Math.max(1, Math.ceil(props.total / props.perPage));
  if (pages === 1) return "";
  const first = (props.page - 1) * props.perPage + 1;
  const last = Math.min(props.page * props.perPage, props.total);
  return (
    <nav class="pagination" aria-label="Pages">
      <Step label="Previous" page={props.page - 1} pages={pages} path={props.path} rel="prev" />
      <span safe>{`${grouped(first)}–${grouped(last)} of ${grouped(props.total)}`}</span>
      <Step label="Next" page={props.page + 1} pages={pages} path={props.path} rel="next" />
    </nav>
  );
}

function Step(props: { label: string; page: number; pages: number; path: string; rel: string }): JSX.Element {
  if (props.page < 1 || props.page > props.pages)
    return (
      <span class="pagination-off" safe>
        {props.label}
      </span>
    );
  return (
    <a href={localHref(withQuery(props.path, { page: String(props.page) }))} rel={props.rel} safe>
      {props.label}
    </a>
  );
}
