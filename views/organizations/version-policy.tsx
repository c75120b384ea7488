import { CAPABILITY_KINDS, CAPABILITY_TEXT } from "../../src/core/capability.ts";
import { SEVERITIES } from "../../src/core/kind.ts";
import type { OrganizationRules } from "../../src/modules/compliance/organization-rules.ts";
import { attr } from "../components/format.ts";
import { type Choice, Csrf, Select, TextArea } from "../components/form.tsx";
import { EMPTY_FORM, type PageProps } from "../layout/page.ts";
import { organizationActionUrl } from "../urls.ts";

/** The server's policy as the form shows it beside what may be chosen. */
export interface ServerPolicyModel {
  warn: string;
  review: string;
  block: string;
  vulnerabilities: string;
  reviewFirstPublication: string;
  reviewCapabilityIncrease: readonly string[];
}

interface FormProps {
  page: PageProps;
  slug: string;
  rules: OrganizationRules;
  server: ServerPolicyModel;
}

const asServer = (said: string): Choice => ({ value: "", label: `As the server: ${said}` });
const words = (...values: string[]): Choice[] => values.map((value) => ({ value, label: value }));

/**
 * What the organization's versions are judged by beyond the server's policy: fields `warn`, `review`, `block`, `vulnerabilities`,
 * `review_first_publication`, `rules`, `licenses_allow`, `licenses_deny` (a line each), and `ability-KIND`; posts to `…/policy/versions`.
 */
export function VersionPolicyForm({ page, slug, rules, server }: FormProps): JSX.Element {
  const severity = (name: "warn" | "review" | "block", label: string) => (
    <Select
      form={EMPTY_FORM}
      name={name}
      label={label}
      value={rules[name] ?? ""}
      choices={[asServer(server[name]), ...words(...SEVERITIES)]}
    />
  );
  return (
    <section id="versions">
      <h2>What versions are judged by</h2>
      <p class="quiet">
        Beyond the server's policy, never below it: of both, the stricter counts. What waits is judged again at once;
        what is out stays out until it is scanned again.
      </p>
      <form method="post" action={attr(organizationActionUrl(slug, "policy", "versions"))} class="form">
        <Csrf token={page.csrfToken} />
        {severity("block", "Block from this severity") as "safe"}
        {severity("review", "Review from this severity") as "safe"}
        {severity("warn", "Note from this severity") as "safe"}
        <Select
          form={EMPTY_FORM}
          name="vulnerabilities"
          label="Known vulnerabilities in packages"
          value={rules.vulnerabilities ?? ""}
          choices={[asServer(server.vulnerabilities), ...words("warn", "review", "block")]}
        />
        <Select
          form={EMPTY_FORM}
          name="review_first_publication"
          label="Review first versions"
          value={rules.reviewFirstPublication}
          choices={[
            { value: "none", label: `As the server: ${server.reviewFirstPublication}` },
            { value: "publisher", label: "until one of the organization was let through" },
            { value: "asset", label: "of every asset" },
          ]}
        />
        <TextArea
          form={EMPTY_FORM}
          name="rules"
          label="Single rules"
          hint="A line each, such as secrets/* = block. What a rule leads to: warn, review or block."
          value={rules.rules.map(([rule, consequence]) => `${rule} = ${consequence}`).join("\n")}
          mono
        />
        <TextArea
          form={EMPTY_FORM}
          name="licenses_allow"
          label="Licences that are fine"
          hint="A line each, such as Apache-2.0 or CC-BY-*. Others go to a moderator. Empty: all."
          value={rules.licensesAllow.join("\n")}
          mono
        />
        <TextArea
          form={EMPTY_FORM}
          name="licenses_deny"
          label="Licences that block"
          hint="A line each, such as AGPL-*."
          value={rules.licensesDeny.join("\n")}
          mono
        />
        <Abilities rules={rules} server={server} />
        <button class="button button-primary">Save</button>
      </form>
    </section>
  );
}

function Abilities({ rules, server }: Pick<FormProps, "rules" | "server">): JSX.Element {
  return (
    <fieldset>
      <legend>Review a version that gains one of these</legend>
      {CAPABILITY_KINDS.map((kind) => {
        const always = server.reviewCapabilityIncrease.includes(kind);
        return (
          <label class="facet">
            <input
              type="checkbox"
              name={`ability-${kind}`}
              value="on"
              checked={always || rules.reviewCapabilityIncrease.includes(kind)}
              disabled={always}
            />
            <span safe>{`${CAPABILITY_TEXT[kind].title}${always ? " (the server asks for it)" : ""}`}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
