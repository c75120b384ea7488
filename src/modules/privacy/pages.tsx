import { Elysia } from "elysia";
import type { PageProps } from "../../../views/layout/page.ts";
import { PrivacyPage } from "../../../views/privacy/privacy.tsx";
import { htmlPage } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import { exportHeaders } from "./api.ts";
import type { Privacy } from "./index.ts";

interface PrivacyPagesDeps {
  privacy: Privacy;
  pageProps: (request: Request) => PageProps;
}

/** `/settings/privacy`: taking one's data away, and leaving. */
export const privacyPages = ({ privacy, pageProps }: PrivacyPagesDeps) =>
  new Elysia({ name: "privacy-pages" })
    .get("/settings/privacy", async ({ request }) => {
      const { actor } = contextOf(request);
      const found = await privacy.currentExport(actor);
      return htmlPage(
        <PrivacyPage
          page={pageProps(request)}
          copy={found && { id: found.id, status: found.status, size: found.size, expiresAt: found.expiresAt }}
          eraseAfter={await privacy.plannedErasure(actor)}
          graceDays={Math.ceil(privacy.graceMs / 86_400_000)}
        />,
      );
    })
    .post("/settings/privacy/export", async ({ request }) => {
      await privacy.requestExport(contextOf(request).actor);
      return seeOther("/settings/privacy");
    })
    .get("/settings/privacy/export/:id", async ({ request, params }) => {
      const { stream, size } = await privacy.openExport(contextOf(request).actor, params.id);
      return new Response(stream, { headers: exportHeaders(size) });
    })
    .post("/settings/privacy/erase", async ({ request }) => {
      await privacy.requestErasure(contextOf(request).actor);
      return seeOther("/sign-in?erasing");
    })
    .post("/settings/privacy/keep", async ({ request }) => {
      await privacy.cancelErasure(contextOf(request).actor);
      return seeOther("/settings/privacy");
    });
