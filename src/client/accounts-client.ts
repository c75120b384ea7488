import type { Transport } from "./transport.ts";
import type { ApiKeyWire, TokensWire, UserWire } from "./wire.ts";

export interface AccountsClient {
  me(): Promise<UserWire>;
  /** Throws UNAUTHORIZED when name and password do not belong together. */
  login(username: string, password: string): Promise<TokensWire>;
  logout(refreshToken: string): Promise<void>;
  /** The key itself is answered this once. */
  createApiKey(input: { name: string; scopes: string[] }): Promise<ApiKeyWire & { key: string }>;
  revokeApiKey(id: string): Promise<void>;
}

export const accountsClient = (transport: Transport): AccountsClient => ({
  me: async () => (await transport.send<UserWire>("GET", "/me")).data,
  login: async (username, password) =>
    (await transport.send<TokensWire>("POST", "/auth/login", { json: { username, password } })).data,
  logout: async (refreshToken) => {
    await transport.send("POST", "/auth/logout", { json: { refresh_token: refreshToken } });
  },
  createApiKey: async (input) =>
    (await transport.send<ApiKeyWire & { key: string }>("POST", "/me/api-keys", { json: input })).data,
  revokeApiKey: async (id) => {
    await transport.send("DELETE", `/me/api-keys/${encodeURIComponent(id)}`);
  },
});
