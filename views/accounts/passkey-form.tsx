import type { Children } from "@kitajs/html";
import { attr, localHref } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { staticUrl } from "../layout/assets.ts";

/**
 * A form whose field `credential` the browser's passkey fills in: its script asks `options` for a challenge first. Without a
 * script, or without passkeys in the browser, it does not show.
 */
export function PasskeyForm(props: {
  use: "create" | "get";
  action: string;
  options: string;
  label: string;
  csrfToken: string;
  primary?: boolean;
  children?: Children;
}): JSX.Element {
  return (
    <form
      method="post"
      action={localHref(props.action)}
      class="form"
      data-passkey={props.use}
      data-options={attr(props.options)}
      data-passkey-script={staticUrl("passkeys.js")}
      hidden
    >
      <Csrf token={props.csrfToken} />
      <input type="hidden" name="credential" />
      {props.children as "safe"}
      <p class="form-problem" role="alert" data-problem hidden />
      <button class={props.primary ? "button button-primary" : "button"} safe>
        {props.label}
      </button>
    </form>
  );
}
