import { Elysia } from "elysia";
import { HeldMailPage, HeldMailsPage } from "../../../views/administration/mails.tsx";
import type { PageProps } from "../../../views/layout/page.ts";
import { parsePage } from "../../core/page.ts";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import type { HeldMails } from "./held-mails.ts";

/** `/admin/mails`, for administrators. */
export const mailPages = (deps: { mails: HeldMails; pageProps: (request: Request) => PageProps }) =>
  new Elysia({ name: "administration-pages-mails" })
    .get("/admin/mails", async ({ request, query }) => {
      const {
        page: number,
        perPage,
        total,
        items,
      } = await deps.mails.list(contextOf(request).actor, parsePage({ page: query["page"] }));
      const numbers = { page: number, perPage, total };
      const page = deps.pageProps(request);
      return htmlPage(<HeldMailsPage page={page} mails={items} numbers={numbers} delivers={deps.mails.delivers} />);
    })
    // Posted, because showing it is an act that is written down.
    .post("/admin/mails/:id/open", async ({ request, params }) => {
      const mail = await deps.mails.open(contextOf(request).actor, params.id);
      const page = deps.pageProps(request);
      return htmlPage(<HeldMailPage page={page} mail={mail} />, 200, { "Cache-Control": "no-store" });
    });
