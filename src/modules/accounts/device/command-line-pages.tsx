import { Elysia } from "elysia";
import { SettingsCommandLinesPage } from "../../../../views/accounts/command-lines.tsx";
import type { PageProps } from "../../../../views/layout/page.ts";
import { htmlPage } from "../../../platform/http/forms.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { seeOther } from "../../../platform/http/respond.ts";
import type { CommandLines } from "./command-lines.ts";

/** `/settings/command-lines`. */
export function commandLinePages(deps: { commandLines: CommandLines; pageProps: (request: Request) => PageProps }) {
  const { commandLines, pageProps } = deps;
  return new Elysia({ name: "command-line-pages" })
    .get("/settings/command-lines", async ({ request }) => {
      const lines = await commandLines.list(contextOf(request).actor);
      return htmlPage(<SettingsCommandLinesPage page={pageProps(request)} lines={lines} />);
    })
    .post("/settings/command-lines/:id/revoke", async ({ request, params }) => {
      await commandLines.end(contextOf(request).actor, params.id);
      return seeOther("/settings/command-lines");
    });
}
