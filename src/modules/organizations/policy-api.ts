import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok } from "../../platform/http/respond.ts";
import { effectAnswer, type PolicyEffects, organizationRulesWire } from "../compliance/index.ts";
import type { OrganizationsModule } from "./index.ts";
import type { Organization } from "./organization.ts";
import { organizationWire } from "./wire.ts";

const Words = t.Nullable(t.String({ maxLength: 20 }));
const List = t.Array(t.String({ maxLength: 128 }), { maxItems: 200 });
const Versions = t.Object(
  {
    warn: t.Optional(Words),
    review: t.Optional(Words),
    block: t.Optional(Words),
    vulnerabilities: t.Optional(Words),
    rules: t.Optional(t.Record(t.String(), t.String({ maxLength: 20 }))),
    licenses_allow: t.Optional(List),
    licenses_deny: t.Optional(List),
    review_first_publication: t.Optional(Words),
    review_capability_increase: t.Optional(List),
  },
  {
    additionalProperties: true,
    description: "What versions are judged by beyond the server's policy; replaces what was there",
  },
);
const Policy = t.Object({
  require_two_factor: t.Optional(t.Boolean()),
  require_signature: t.Optional(t.Boolean()),
  require_review: t.Optional(t.Boolean()),
  versions: t.Optional(Versions),
});

const detail = (summary: string) => ({ detail: { summary, tags: ["Organizations"] } });

export interface OrganizationPolicyApiDeps {
  organizations: OrganizationsModule;
  /** What a rescan would take back of a namespace's versions, behind a cursor. */
  policyEffectOn: PolicyEffects;
}

/** REST of what an organization asks of its members and versions. */
export function organizationPolicyApi({ organizations, policyEffectOn }: OrganizationPolicyApiDeps) {
  const at = "/organizations/:slug/policy";
  const wire = ({ organization, rules }: Awaited<ReturnType<OrganizationsModule["versionPolicy"]>>) => ({
    ...organizationWire(organization).policy,
    versions: organizationRulesWire(rules),
  });
  return new Elysia({ name: "organizations-api-policy" })
    .get(
      at,
      async ({ request, params }) =>
        jsonWithETag(request, ok(wire(await organizations.versionPolicy(contextOf(request).actor, params.slug)))),
      detail("What the organization asks of members and versions (its members)"),
    )
    .get(
      `${at}/effect`,
      async ({ request, params, query }) => {
        const { namespaceId } = await organizations.findManaged(contextOf(request).actor, params.slug);
        return effectAnswer(await policyEffectOn(namespaceId, query.cursor ?? ""));
      },
      {
        query: t.Object({ cursor: t.Optional(t.String({ maxLength: 64 })) }),
        ...detail("Published versions that a rescan would take back by today's policies (its owners and admins)"),
      },
    )
    .put(
      at,
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        const flags = {
          requireTwoFactor: body.require_two_factor,
          requireSignature: body.require_signature,
          requireReview: body.require_review,
        };
        const { versions } = body;
        let changed: { organization: Organization; withoutSecondFactor?: string[] } | null = null;
        if (versions !== undefined) changed = await organizations.setVersionPolicy(actor, params.slug, versions);
        if (versions === undefined || Object.values(flags).some((flag) => flag !== undefined))
          changed = await organizations.setPolicy(actor, params.slug, flags);
        const { rules } = await organizations.versionPolicy(actor, params.slug);
        const organization = changed?.organization ?? (await organizations.find(actor, params.slug));
        return ok(
          { ...organizationWire(organization), version_policy: organizationRulesWire(rules) },
          { members_without_two_factor: changed?.withoutSecondFactor ?? [] },
        );
      },
      {
        body: Policy,
        ...detail("Say what the organization asks of members (owners) and versions (owners and admins)"),
      },
    );
}
