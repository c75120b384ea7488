import type { Children } from "@kitajs/html";
import { attr } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Confirm } from "../components/small.tsx";

/** A key in a list, with facts about it and a way to revoke it, which posts to `action`. */
export function KeyLine(props: { name: string; token: string; action: string; children?: Children }): JSX.Element {
  return (
    <li>
      <div>
        <p>
          <b safe>{props.name}</b>
        </p>
        <ul class="facts">{props.children as "safe"}</ul>
      </div>
      <Confirm label="Revoke…" tone="danger">
        <form method="post" action={attr(props.action)}>
          <Csrf token={props.token} />
          <p>It stops working at once and cannot be brought back.</p>
          <button class="button button-danger">Revoke it</button>
        </form>
      </Confirm>
    </li>
  );
}
