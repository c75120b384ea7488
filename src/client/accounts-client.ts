import type { Transport } from "./transport.ts";
import type { PublishTokenWire, UserWire } from "./wire.ts";

export interface AccountsClient {
  me(): Promise<UserWire>;
  logout(refreshToken: string): Promise<void>;
  /** The audience that a CI job's token must have, and whose tokens are taken. */
  trustedPublishing(): Promise<{ issuers: string[]; audience: string }>;
  /** A CI job's token for one that may publish one asset. */
  exchangeCiToken(input: { token: string; namespace?: string; slug?: string }): Promise<PublishTokenWire>;
}

export const accountsClient = (transport: Transport): AccountsClient => ({
  me: async () => (await transport.send<UserWire>("GET", "/me")).data,
  logout: async (refreshToken) => {
    await transport.send("POST", "/auth/logout", { json: { refresh_token: refreshToken } });
  },
  trustedPublishing: async () =>
    (await transport.send<{ issuers: string[]; audience: string }>("GET", "/auth/trusted-publishing")).data,
  exchangeCiToken: async (input) =>
    (await transport.send<PublishTokenWire>("POST", "/auth/trusted-publishing/exchange", { json: input })).data,
});
