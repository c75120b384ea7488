import { Elysia } from "elysia";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import {
  OrganizationDangerPage,
  OrganizationPolicyPage,
  OrganizationSettingsPage,
} from "../../../views/organizations/settings.tsx";
import type { ServerPolicyModel } from "../../../views/organizations/version-policy.tsx";
import { type OrganizationPage, organizationUrl, profileUrl } from "../../../views/urls.ts";
import { requireRecent, requireScope } from "../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import { requireOrganization } from "./change-organization.ts";
import type { Policy } from "../compliance/index.ts";
import type { AssetsFate } from "./delete-organization.ts";
import { organizationModel } from "./shown-in-pages.ts";
import type { OrganizationPagesDeps } from "./pages.tsx";

const at = "/organizations/:slug";
const saved = (slug: string, page: OrganizationPage) => seeOther(`${organizationUrl(slug, page)}?saved`);

/** `/organizations/{slug}/settings`, `/policy` and `/danger`. */
export function organizationSettingsPages(deps: OrganizationPagesDeps) {
  return new Elysia({ name: "organization-pages-settings" })
    .use(profileForms(deps))
    .use(policyForms(deps))
    .use(dangerForms(deps));
}

/** The page's props, with what the address says was just done. */
export const pageAfter = ({ pageProps }: OrganizationPagesDeps, request: Request) => ({
  ...pageProps(request),
  notice: new URL(request.url).searchParams.has("saved") ? "Saved." : null,
});

function profileForms(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const show = async (request: Request, slug: string, form: FormState) => {
    const { actor } = contextOf(request);
    const organization = await organizations.find(actor, slug);
    requireOrganization(actor, "manage", organization);
    const model = organizationModel(organizations, actor, organization);
    return (
      <OrganizationSettingsPage page={pageAfter(deps, request)} organization={model} profile={model} form={form} />
    );
  };
  return new Elysia({ name: "organization-pages-profile" })
    .get(`${at}/settings`, async ({ request, params }) => htmlPage(await show(request, params.slug, EMPTY_FORM)))
    .post(`${at}/settings`, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { display_name: displayName, description, website } = values;
          await organizations.editProfile(contextOf(request).actor, params.slug, { displayName, description, website });
          return saved(params.slug, "settings");
        },
        (form) => show(request, params.slug, form),
      );
    })
    .post(`${at}/verification`, async ({ request, params, body }) => {
      const { verified } = textFields(body);
      await organizations.setVerified(contextOf(request).actor, params.slug, verified === "yes");
      return seeOther(profileUrl(params.slug));
    })
    .post(`${at}/leave`, async ({ request, params }) => {
      const { actor } = contextOf(request);
      requireScope(actor, "publish");
      await organizations.removeMember(actor, params.slug, actor.username);
      return seeOther("/organizations?done");
    });
}

function policyForms(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const show = async (request: Request, slug: string, form: FormState) => {
    const { actor } = contextOf(request);
    const organization = await organizations.find(actor, slug);
    requireOrganization(actor, "manage", organization);
    const { rules } = await organizations.versionPolicy(actor, slug);
    return (
      <OrganizationPolicyPage
        page={pageAfter(deps, request)}
        organization={organizationModel(organizations, actor, organization)}
        policy={organization.policy}
        rules={rules}
        server={serverModel(organizations.serverPolicy)}
        withoutSecondFactor={await organizations.membersWithoutSecondFactor(organization.id)}
        form={form}
      />
    );
  };
  return new Elysia({ name: "organization-pages-policy" })
    .get(`${at}/policy`, async ({ request, params }) => htmlPage(await show(request, params.slug, EMPTY_FORM)))
    .post(`${at}/policy`, ({ request, params, body }) => {
      const values = textFields(body);
      const on = (name: string) => values[name] === "on";
      return answerForm(
        values,
        async () => {
          await organizations.setPolicy(contextOf(request).actor, params.slug, {
            requireTwoFactor: on("require_two_factor"),
            requireSignature: on("require_signature"),
            requireReview: on("require_review"),
          });
          return saved(params.slug, "policy");
        },
        (form) => show(request, params.slug, form),
      );
    })
    .post(`${at}/policy/versions`, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          await organizations.setVersionPolicy(contextOf(request).actor, params.slug, rulesOf(values));
          return saved(params.slug, "policy");
        },
        // Its fields stand in a form of their own: what is wrong with them is said at the top, and what was typed is lost.
        (form) =>
          show(request, params.slug, {
            values: {},
            problems: form.problems.map(({ field, message }) => ({ field: "", message: `${field}: ${message}` })),
            message: form.message,
          }),
      );
    });
}

/** The server's own layer of the policy, as the form shows it. */
function serverModel({ layers, reviewFirstPublication, reviewCapabilityIncrease }: Policy): ServerPolicyModel {
  const [own] = layers;
  const { warn = "none", review = "none", block = "none", vulnerabilities = null } = own ?? {};
  return {
    warn,
    review,
    block,
    vulnerabilities: vulnerabilities ?? "by severity",
    reviewFirstPublication,
    reviewCapabilityIncrease,
  };
}

/** What the form says, as the API would. */
function rulesOf(values: Record<string, string>): Record<string, unknown> {
  const lines = (name: string) =>
    (values[name] ?? "")
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const rules = new Map(
    lines("rules").map((line) => {
      const [rule = "", consequence = ""] = line.split("=").map((part) => part.trim().replaceAll('"', ""));
      return [rule, consequence];
    }),
  );
  return {
    warn: values["warn"] || null,
    review: values["review"] || null,
    block: values["block"] || null,
    vulnerabilities: values["vulnerabilities"] || null,
    review_first_publication: values["review_first_publication"] || null,
    rules: Object.fromEntries(rules),
    licenses_allow: lines("licenses_allow"),
    licenses_deny: lines("licenses_deny"),
    review_capability_increase: Object.keys(values)
      .filter((name) => name.startsWith("ability-"))
      .map((name) => name.slice("ability-".length)),
  };
}

function dangerForms(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const show = async (request: Request, slug: string, form: FormState) => {
    const { actor } = contextOf(request);
    const organization = await organizations.find(actor, slug);
    requireOrganization(actor, "own", organization);
    return (
      <OrganizationDangerPage
        page={pageAfter(deps, request)}
        organization={organizationModel(organizations, actor, organization)}
        assets={await organizations.countAssets(organization.namespaceId)}
        form={form}
      />
    );
  };
  const doing = (
    request: Request,
    slug: string,
    body: unknown,
    work: (values: Record<string, string>) => Promise<Response>,
  ) => {
    const values = textFields(body);
    return answerForm(
      values,
      () => work(values),
      (form) => show(request, slug, form),
    );
  };
  return new Elysia({ name: "organization-pages-danger" })
    .get(`${at}/danger`, async ({ request, params }) => {
      const { actor } = contextOf(request);
      // Asked before anything is typed, because what a form held is lost on the way.
      if (actor.kind === "user") requireRecent(actor, organizations.now());
      return htmlPage(await show(request, params.slug, EMPTY_FORM));
    })
    .post(`${at}/visibility`, ({ request, params, body }) =>
      doing(request, params.slug, body, async ({ visibility }) => {
        const wanted = visibility === "private" ? "private" : "public";
        await organizations.setVisibility(contextOf(request).actor, params.slug, wanted);
        return saved(params.slug, "danger");
      }),
    )
    .post(`${at}/rename`, ({ request, params, body }) =>
      doing(request, params.slug, body, async ({ slug = "" }) => {
        const renamed = await organizations.rename(contextOf(request).actor, params.slug, slug);
        return seeOther(profileUrl(renamed.slug));
      }),
    )
    .post(`${at}/delete`, ({ request, params, body }) =>
      doing(request, params.slug, body, async (values) => {
        await organizations.delete(contextOf(request).actor, params.slug, fateOf(values));
        return seeOther("/organizations?done");
      }),
    );
}

function fateOf(values: Record<string, string>): AssetsFate {
  if (values["assets"] === "delete") return "delete";
  return values["assets"] === "transfer" ? { transferTo: values["transfer_to"] ?? "" } : null;
}
