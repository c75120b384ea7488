import { Elysia } from "elysia";
import type { AssetAccessModel } from "../../../views/catalog/access.tsx";
import { AssetSettingsPage } from "../../../views/catalog/settings.tsx";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import { assetSettingsUrl, assetUrl, securityUrl, versionsUrl } from "../../../views/urls.ts";
import type { Actor } from "../../core/actor.ts";
import { forbidden } from "../../core/error.ts";
import { requireScope } from "../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Asset } from "./asset.ts";
import type { AssetEdit } from "./change-asset.ts";
import { type AssetPagesDeps, frameOf, securityPage } from "./asset-pages.tsx";

type Named = { namespace: string; slug: string };
const refOfParams = ({ namespace, slug }: Named): string => `${namespace}/${slug}`;

/** Settings of an asset and what their forms do. Every POST answers a redirect. */
export function assetSettingsPages(
  deps: AssetPagesDeps & {
    rescan(request: Request, ref: string, version: string): Promise<void>;
    explain(
      actor: Actor,
      ref: string,
      proposal: { rule: string; path: string | null; reason: string },
    ): Promise<unknown>;
    withdrawExplanation(actor: Actor, ref: string, id: string): Promise<void>;
    appeal(actor: Actor, ref: string, version: string, text: string): Promise<unknown>;
    /** Who may work on the asset and where it may go; asked for those who manage it. */
    access(actor: Actor, asset: Asset): Promise<AssetAccessModel>;
  },
) {
  const { catalog } = deps;
  const at = "/:namespace/:slug";

  async function show(request: Request, params: Named, form: FormState, notice?: string) {
    const { actor } = contextOf(request);
    const frame = await frameOf(deps, request, params);
    requireScope(actor, "publish");
    if (!frame.may.update) throw forbidden("Only the asset's owners may change it.");
    const versions = await catalog.listVersions(actor, frame.asset);
    return (
      <AssetSettingsPage
        page={{ ...deps.pageProps(request), notice: notice ?? null }}
        frame={frame}
        form={form}
        access={frame.may.manage ? await deps.access(actor, frame.asset) : null}
        channels={await catalog.channelsOf(frame.asset.id)}
        versions={versions.map((v) => ({ version: v.version, yanked: v.yankedAt !== null }))}
      />
    );
  }

  /** What publishers say to moderators, from the security tab; a problem is told above the verdict. */
  const saying = (request: Request, params: Named, version: string | undefined, say: () => Promise<unknown>) =>
    answerForm(
      {},
      async () => {
        await say();
        return seeOther(`${securityUrl(params, version)}${version === undefined ? "?" : "&"}done`);
      },
      (form) => securityPage(deps, request, params, version, { ...form, problems: form.problems.map(unplaced) }),
    );

  return new Elysia({ name: "asset-settings-pages" })
    .get(`${at}/settings`, async ({ request, params, query }) =>
      htmlPage(await show(request, params, EMPTY_FORM, query["saved"] === undefined ? undefined : "Saved.")),
    )
    .post(`${at}/settings`, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          await catalog.updateAsset(contextOf(request).actor, refOfParams(params), editOf(values));
          return seeOther(`${assetSettingsUrl(params)}?saved`);
        },
        (form) => show(request, params, form),
      );
    })
    .post(`${at}/channels`, async ({ request, params, body }) => {
      const { channel = "", version = "" } = textFields(body);
      await catalog.setChannel(contextOf(request).actor, refOfParams(params), channel, version);
      return seeOther(`${assetSettingsUrl(params)}?saved`);
    })
    .post(`${at}/publish`, async ({ request, params }) => {
      await catalog.publishAsset(contextOf(request).actor, refOfParams(params));
      return seeOther(assetUrl(params));
    })
    .post(`${at}/deprecate`, async ({ request, params, body }) => {
      const { reason = "" } = textFields(body);
      await catalog.deprecateAsset(contextOf(request).actor, refOfParams(params), reason);
      return seeOther(assetUrl(params));
    })
    .post(`${at}/archive`, async ({ request, params, body }) => {
      const { reason = "" } = textFields(body);
      await catalog.archiveAsset(contextOf(request).actor, refOfParams(params), reason);
      return seeOther(assetUrl(params));
    })
    .post(`${at}/delete`, async ({ request, params }) => {
      await catalog.deleteAsset(contextOf(request).actor, refOfParams(params));
      return seeOther("/dashboard");
    })
    .post(`${at}/versions/:version/yank`, async ({ request, params, body }) => {
      const { reason = "" } = textFields(body);
      await catalog.yankVersion(contextOf(request).actor, refOfParams(params), params.version, reason);
      return seeOther(versionsUrl(params));
    })
    .post(`${at}/versions/:version/unyank`, async ({ request, params }) => {
      await catalog.unyankVersion(contextOf(request).actor, refOfParams(params), params.version);
      return seeOther(versionsUrl(params));
    })
    .post(`${at}/versions/:version/appeal`, ({ request, params, body }) => {
      const { text = "" } = textFields(body);
      return saying(request, params, params.version, () =>
        deps.appeal(contextOf(request).actor, refOfParams(params), params.version, text),
      );
    })
    .post(`${at}/suppressions`, ({ request, params, body }) => {
      const { rule = "", path = "", reason = "", version } = textFields(body);
      return saying(request, params, version, () =>
        deps.explain(contextOf(request).actor, refOfParams(params), { rule, path: path === "" ? null : path, reason }),
      );
    })
    .post(`${at}/suppressions/:id/withdraw`, ({ request, params, body }) =>
      saying(request, params, textFields(body)["version"], () =>
        deps.withdrawExplanation(contextOf(request).actor, refOfParams(params), params.id),
      ),
    )
    .post(`${at}/versions/:version/rescan`, async ({ request, params }) => {
      await deps.rescan(request, refOfParams(params), params.version);
      return seeOther(securityUrl(params, params.version));
    });
}

/** The forms of the security tab are many: what is wrong with a field of one is said at the top. */
const unplaced = ({ message }: { field: string; message: string }) => ({ field: "", message });

/** Lists are typed with commas; an empty address takes it away. */
function editOf(values: Record<string, string>): AssetEdit {
  const list = (name: string) =>
    values[name]
      ?.split(",")
      .map((part) => part.trim().toLowerCase())
      .filter((part) => part !== "");
  const address = (name: string) => (values[name] === undefined ? undefined : values[name] || null);
  return {
    title: values["title"],
    description: values["description"],
    visibility: values["visibility"],
    tags: list("tags"),
    categories: list("categories"),
    homepage: address("homepage"),
    repository: address("repository"),
  };
}
