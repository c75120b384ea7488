import { attr } from "../components/format.ts";
import { Csrf, Field, Select } from "../components/form.tsx";
import { Badge, Confirm, Time } from "../components/small.tsx";
import { EMPTY_FORM, type PageProps } from "../layout/page.ts";
import { ACCESS_CHOICES, Remove } from "../organizations/teams.tsx";
import { assetAccessUrl, profileUrl } from "../urls.ts";

/** Who may work on an asset and where it belongs; for those who manage it. */
export interface AssetAccessModel {
  collaborators: { username: string; displayName: string; access: string }[];
  /** Of the asset's organization; empty in a person's namespace. */
  teams: { slug: string; name: string; access: string | null }[];
  /** What was offered and not answered yet. */
  offer: { to: string; expiresAt: string } | null;
}

interface AccessProps {
  page: PageProps;
  asset: { namespace: string; slug: string };
  access: AssetAccessModel;
}

/** The sections of an asset's settings for those who manage it. */
export const AccessSections = (props: AccessProps): JSX.Element => (
  <>
    <Collaborators {...props} />
    {props.access.teams.length === 0 ? null : <Teams {...props} />}
    <Place {...props} />
  </>
);

function Collaborators({ page, asset, access }: AccessProps): JSX.Element {
  return (
    <section>
      <h2>Collaborators</h2>
      <p class="quiet">People with a right on this asset alone, beside those that its namespace gives.</p>
      {access.collaborators.length === 0 ? null : (
        <ul class="lines">
          {access.collaborators.map((one) => (
            <li>
              <p>
                <a class="mono" href={attr(profileUrl(one.username))} safe>
                  {one.username}
                </a>{" "}
                <Badge text={one.access} />
              </p>
              <Remove
                page={page}
                action={attr(assetAccessUrl(asset, "collaborators", one.username, "remove"))}
                what={one.username}
              />
            </li>
          ))}
        </ul>
      )}
      <form method="post" action={attr(assetAccessUrl(asset, "collaborators"))} class="form form-inline">
        <Csrf token={page.csrfToken} />
        <Field form={EMPTY_FORM} name="username" label="User name" maxlength={64} spellcheck={false} mono required />
        <Select form={EMPTY_FORM} name="access" label="Right" choices={ACCESS_CHOICES} />
        <button class="button">Give</button>
      </form>
    </section>
  );
}

function Teams({ page, asset, access }: AccessProps): JSX.Element {
  return (
    <section>
      <h2>Teams</h2>
      <ul class="lines">
        {access.teams.map((team) => (
          <li>
            <p safe>{team.name}</p>
            <form method="post" action={attr(assetAccessUrl(asset, "teams"))} class="form-row">
              <Csrf token={page.csrfToken} />
              <input type="hidden" name="team" value={attr(team.slug)} />
              <span class="field">
                <select name="access" aria-label={attr(`Right of ${team.name}`)}>
                  <option value="" selected={team.access === null}>
                    None
                  </option>
                  {ACCESS_CHOICES.map((choice) => (
                    <option value={choice.value} selected={choice.value === team.access} safe>
                      {choice.label}
                    </option>
                  ))}
                </select>
              </span>
              <button class="button button-small" aria-label={attr(`Save the right of ${team.name}`)}>
                Save
              </button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Place({ page, asset, access }: AccessProps): JSX.Element {
  const { offer } = access;
  return (
    <section>
      <h2>Name and owner</h2>
      <p class="quiet">
        The present name goes on leading here and is never used for another asset. Signatures go on saying the name that
        was signed; sign a version again to have them say the new one.
      </p>
      <form method="post" action={attr(assetAccessUrl(asset, "rename"))} class="form form-inline">
        <Csrf token={page.csrfToken} />
        <Field form={EMPTY_FORM} name="slug" label="New name" maxlength={64} spellcheck={false} mono required />
        <button class="button">Rename</button>
      </form>
      {offer === null ? (
        <Confirm label="Transfer…" tone="danger">
          <form method="post" action={attr(assetAccessUrl(asset, "transfer"))} class="form">
            <Csrf token={page.csrfToken} />
            <Field
              form={EMPTY_FORM}
              name="to"
              label="To the namespace"
              maxlength={64}
              spellcheck={false}
              mono
              required
            />
            <p>Rights that you gave on it end. Where you may not publish yourself, its owner has to agree first.</p>
            <button class="button button-danger">Transfer the asset</button>
          </form>
        </Confirm>
      ) : (
        <form method="post" action={attr(assetAccessUrl(asset, "transfer", "cancel"))}>
          <Csrf token={page.csrfToken} />
          <p>
            Offered as{" "}
            <b class="mono" safe>
              {offer.to}
            </b>
            ; the offer expires <Time at={offer.expiresAt} now={page.now} />.
          </p>
          <button class="button">Take the offer back</button>
        </form>
      )}
    </section>
  );
}
