import type { Instant } from "../../src/core/clock.ts";
import type { Role } from "../../src/core/actor.ts";
import type { FieldProblem } from "../../src/core/error.ts";

/** What every page knows: made once a request by the page routes. */
export interface PageProps {
  viewer: { username: string; role: Role } | null;
  /** Goes back in the field `csrf_token` of forms and in the header `X-CSRF-Token` of htmx and our script. */
  csrfToken: string;
  /** The nonce of this answer's Content-Security-Policy. */
  nonce: string;
  brand: Brand;
  /** The path that was asked for, with its query string: marks the place in the navigation. */
  path: string;
  /** The instant relative times are counted from. */
  now: Instant;
  /** One line about what was just done, shown once at the top (after a redirect). */
  notice?: string | null;
}

/** The administrator's `[brand]`: `accent` is `#rrggbb`, `logo` a path on this server. */
export interface Brand {
  name: string;
  accent: string | null;
  logo: string | null;
}

/** A form as it is shown again: what was typed and what is wrong with it. Passwords are never shown again. */
export interface FormState {
  values: Record<string, string>;
  problems: FieldProblem[];
  /** A problem with the whole form ("The user name or the password is wrong."). */
  message?: string | null;
}

export const EMPTY_FORM: FormState = { values: {}, problems: [], message: null };

/** One numbered page of a list; `href` gives the URL of another page of it. */
export interface PageOf<T> {
  items: T[];
  page: number;
  perPage: number;
  total: number;
}
