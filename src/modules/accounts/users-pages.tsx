import { Elysia } from "elysia";
import { UsersPage } from "../../../views/administration/users.tsx";
import { UserPage } from "../../../views/administration/users-person.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { administeredUserUrl } from "../../../views/urls.ts";
import type { Actor } from "../../core/actor.ts";
import { AppError, type FieldProblem } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { requireAdmin } from "../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { readUserChange, readUserFilter } from "./users-api.ts";

interface UsersPagesDeps {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
}

/** `/admin/users` and the page of each account, for administrators. */
export const usersPages = (deps: UsersPagesDeps) =>
  new Elysia({ name: "accounts-pages-users" }).use(listPages(deps)).use(personPages(deps));

/** What shows a person's mail address, or a link into an account, lies in no cache. */
const PRIVATE = { "Cache-Control": "no-store" };
const FIELDS = ["q", "role", "status"] as const;

function listPages({ accounts, pageProps }: UsersPagesDeps) {
  const { administration } = accounts;
  type Made = Awaited<ReturnType<typeof administration.createWithLink>>;
  const page = async (request: Request, form: FormState, made: Made | null) => {
    const { actor } = contextOf(request);
    requireAdmin(actor);
    const query = new URL(request.url).searchParams;
    const values = Object.fromEntries(FIELDS.map((field) => [field, (query.get(field) ?? "").slice(0, 300)]));
    const numbers = parsePage({ page: query.get("page") ?? undefined });
    const found = await find(actor, values, numbers).catch(fieldsOf);
    const problems = Array.isArray(found) ? found : [];
    const users = Array.isArray(found) ? { ...numbers, items: [], total: 0 } : found;
    const html = (
      <UsersPage
        page={pageProps(request)}
        filter={{ values, problems }}
        users={users}
        form={form}
        made={made && { username: made.user.username, link: made.link }}
      />
    );
    return { html, status: problems.length > 0 ? 422 : 200 };
  };
  const find = async (actor: Actor, values: Record<string, string>, numbers: ReturnType<typeof parsePage>) =>
    administration.list(actor, numbers, readUserFilter(values));
  return new Elysia({ name: "accounts-pages-users-list" })
    .get("/admin/users", async ({ request }) => {
      const { html, status } = await page(request, EMPTY_FORM, null);
      return htmlPage(html, status, PRIVATE);
    })
    .post("/admin/users", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { username = "", email = "", display_name: displayName, new_role } = values;
          const { role = "user" } = readUserChange({ role: new_role });
          const account = { username: username.trim(), email: email.trim(), displayName };
          const made = await administration.createWithLink(contextOf(request).actor, account, role);
          // Not a redirect: the link is shown here once and stands in no URL, cookie or table.
          return htmlPage((await page(request, EMPTY_FORM, made)).html, 201, PRIVATE);
        },
        async (form) => (await page(request, form, null)).html,
      );
    });
}

/** The fields that a refused filter names; any other failure is thrown on. */
function fieldsOf(error: unknown): FieldProblem[] {
  if (error instanceof AppError && error.code === "VALIDATION_ERROR") return error.details["fields"] as FieldProblem[];
  throw error;
}

const NOTICES = new Map([
  ["role", "The role is set. Its person has to sign in again."],
  ["disabled", "The account is disabled."],
  ["active", "The account is enabled."],
  ["two-factor", "The second factors are removed, and every sign-in has ended."],
  ["signed-out", "Every sign-in has ended."],
]);

function personPages({ accounts, pageProps }: UsersPagesDeps) {
  const { administration, passwordReset } = accounts;
  const page = async (request: Request, username: string, form: FormState, link: string | null = null) => {
    const user = await administration.find(contextOf(request).actor, username);
    const notice = NOTICES.get(new URL(request.url).searchParams.get("done") ?? "") ?? null;
    return <UserPage page={{ ...pageProps(request), notice }} user={user} form={form} link={link} />;
  };
  /** Does it, and leads back to the account's page with a notice. */
  const acting = (request: Request, username: string, values: Record<string, string>, work: () => Promise<string>) =>
    answerForm(
      values,
      async () => seeOther(`${administeredUserUrl(username)}?done=${await work()}`),
      (form) => page(request, username, form),
    );
  return new Elysia({ name: "accounts-pages-users-person" })
    .get("/admin/users/:username", ({ request, params }) =>
      htmlPage(page(request, params.username, EMPTY_FORM), 200, PRIVATE),
    )
    .post("/admin/users/:username/role", ({ request, params, body }) => {
      const values = textFields(body);
      return acting(request, params.username, values, async () => {
        const { role } = readUserChange({ role: values["role"] ?? "" });
        await administration.update(contextOf(request).actor, params.username, { role });
        return "role";
      });
    })
    .post("/admin/users/:username/status", ({ request, params, body }) =>
      acting(request, params.username, {}, async () => {
        const { status } = readUserChange({ status: textFields(body)["status"] ?? "" });
        await administration.update(contextOf(request).actor, params.username, { status });
        return status ?? "";
      }),
    )
    .post("/admin/users/:username/sign-out", ({ request, params, body }) =>
      acting(request, params.username, {}, async () => {
        const keys = textFields(body)["api_keys"] !== undefined;
        await administration.signOut(contextOf(request).actor, params.username, { keys });
        return "signed-out";
      }),
    )
    .post("/admin/users/:username/two-factor/remove", ({ request, params }) =>
      acting(request, params.username, {}, async () => {
        await administration.resetTwoFactor(contextOf(request).actor, params.username);
        return "two-factor";
      }),
    )
    .post("/admin/users/:username/reset-link", ({ request, params }) =>
      answerForm(
        {},
        async () => {
          const link = await passwordReset.linkFor(contextOf(request).actor, params.username);
          // Not a redirect: the link is shown here once and stands in no URL, cookie or table.
          return htmlPage(page(request, params.username, EMPTY_FORM, link), 201, PRIVATE);
        },
        (form) => page(request, params.username, form),
      ),
    );
}
