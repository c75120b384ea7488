import { Elysia } from "elysia";
import { TrustedPublishersPage } from "../../../../views/accounts/trusted-publishers.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../../platform/http/forms.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { seeOther } from "../../../platform/http/respond.ts";
import type { ListedPublisher, TrustedPublishing } from "./index.ts";

export interface TrustedPublishingPagesDeps {
  publishing: TrustedPublishing;
  pageProps: (request: Request) => PageProps;
}

/** `/settings/trusted-publishers`, for all namespaces of a person, and the same for one asset below its settings. */
export function trustedPublishingPages({ publishing, pageProps }: TrustedPublishingPagesDeps) {
  const { issuers, audience } = publishing;
  const page = async (request: Request, form: FormState) => {
    const { actor } = contextOf(request);
    const namespaces = await publishing.namespaces(actor);
    const lists = await Promise.all(namespaces.map((name) => publishing.listOfNamespace(actor, name)));
    const shown = { publishers: lists.flat().map(model), namespaces, asset: null, issuers, audience };
    return <TrustedPublishersPage page={pageProps(request)} form={form} {...shown} />;
  };
  const ofAsset = async (request: Request, asset: { namespace: string; slug: string }, form: FormState) => {
    const { actor } = contextOf(request);
    const publishers = (await publishing.listOfAsset(actor, `${asset.namespace}/${asset.slug}`)).map(model);
    const shown = { publishers, namespaces: [asset.namespace], asset, issuers, audience };
    return <TrustedPublishersPage page={pageProps(request)} form={form} {...shown} />;
  };
  const MINE = "/settings/trusted-publishers";
  const OF_ASSET = "/:namespace/:slug/settings/trusted-publishers";
  const addressOf = ({ namespace, slug }: { namespace: string; slug: string }) =>
    `/${namespace}/${slug}/settings/trusted-publishers`;
  return new Elysia({ name: "trusted-publishing-pages" })
    .get(MINE, async ({ request }) => htmlPage(await page(request, EMPTY_FORM)))
    .post(MINE, ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { namespace = "", slug = "" } = values;
          await publishing.addToNamespace(contextOf(request).actor, namespace, slug, publisherIn(values));
          return seeOther(MINE);
        },
        (form) => page(request, form),
      );
    })
    .post(`${MINE}/:id/remove`, async ({ request, params, body }) => {
      const { namespace = "" } = textFields(body);
      await publishing.remove(contextOf(request).actor, { namespace }, params.id);
      return seeOther(MINE);
    })
    .get(OF_ASSET, async ({ request, params }) => htmlPage(await ofAsset(request, params, EMPTY_FORM)))
    .post(OF_ASSET, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const ref = `${params.namespace}/${params.slug}`;
          await publishing.addToAsset(contextOf(request).actor, ref, publisherIn(values));
          return seeOther(addressOf(params));
        },
        (form) => ofAsset(request, params, form),
      );
    })
    .post(`${OF_ASSET}/:id/remove`, async ({ request, params }) => {
      await publishing.remove(contextOf(request).actor, { ref: `${params.namespace}/${params.slug}` }, params.id);
      return seeOther(addressOf(params));
    });
}

const model = ({ id, namespace, slug, issuer, claims, exists, createdAt, lastUsedAt }: ListedPublisher) => ({
  ...{ id, namespace, slug, issuer, exists, createdAt, lastUsedAt },
  claims: Object.entries(claims),
});

/** Claims are typed as lines `name = value`; empty lines and spaces around them do not count. */
function publisherIn(values: Record<string, string>) {
  const lines = (values["claims"] ?? "").slice(0, 12_000).split(/\r?\n/);
  const claims = lines.flatMap((line) => {
    const [name = "", ...value] = line.split("=");
    return line.trim() === "" ? [] : [[name.trim(), value.join("=").trim()] as const];
  });
  return { issuer: values["issuer"] ?? "", claims: Object.fromEntries(claims) };
}
