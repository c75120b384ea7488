import type { Transport } from "./transport.ts";
import type { OrganizationWire, PublishTokenWire, UserWire } from "./wire.ts";

export interface AccountsClient {
  me(): Promise<UserWire>;
  /** Names of the organizations that one may publish under. */
  publishingOrganizations(): Promise<string[]>;
  /** The names one may publish under: the own one first, then organizations. */
  namespaces(): Promise<string[]>;
  logout(refreshToken: string): Promise<void>;
  /** The audience that a CI job's token must have, and whose tokens are taken. */
  trustedPublishing(): Promise<{ issuers: string[]; audience: string }>;
  /** A CI job's token for one that may publish one asset. */
  exchangeCiToken(input: { token: string; namespace?: string; slug?: string }): Promise<PublishTokenWire>;
}

export const accountsClient = (transport: Transport): AccountsClient => ({
  me: async () => (await transport.send<UserWire>("GET", "/me")).data,
  publishingOrganizations: async () =>
    (await transport.send<OrganizationWire[]>("GET", "/me/organizations")).data
      .filter(({ role, needs_two_factor }) => role !== "viewer" && !needs_two_factor)
      .map(({ slug }) => slug),
  namespaces: async () => {
    const { username } = (await transport.send<UserWire>("GET", "/me")).data;
    const { data } = await transport.send<OrganizationWire[]>("GET", "/me/organizations");
    const mine = data.filter(({ role, needs_two_factor }) => role !== "viewer" && !needs_two_factor);
    return [username, ...mine.map(({ slug }) => slug)];
  },
  logout: async (refreshToken) => {
    await transport.send("POST", "/auth/logout", { json: { refresh_token: refreshToken } });
  },
  trustedPublishing: async () =>
    (await transport.send<{ issuers: string[]; audience: string }>("GET", "/auth/trusted-publishing")).data,
  exchangeCiToken: async (input) =>
    (await transport.send<PublishTokenWire>("POST", "/auth/trusted-publishing/exchange", { json: input })).data,
});
