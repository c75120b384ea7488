import type { Transport } from "./transport.ts";
import type { SigningKeyWire } from "./wire.ts";

export interface KeysClient {
  /** The caller's own, revoked ones too. */
  list(): Promise<SigningKeyWire[]>;
  /** Somebody's, revoked ones too. */
  of(username: string): Promise<SigningKeyWire[]>;
  /** `publicKey`: raw Ed25519, base64. */
  add(name: string, publicKey: string): Promise<SigningKeyWire>;
  revoke(id: string, reason: string): Promise<void>;
}

export const keysClient = (transport: Transport): KeysClient => ({
  list: async () => (await transport.send<SigningKeyWire[]>("GET", "/me/keys")).data,
  of: async (username) =>
    (await transport.send<SigningKeyWire[]>("GET", `/users/${encodeURIComponent(username)}/keys`)).data,
  add: async (name, publicKey) =>
    (await transport.send<SigningKeyWire>("POST", "/me/keys", { json: { name, public_key: publicKey } })).data,
  revoke: async (id, reason) => {
    await transport.send("DELETE", `/me/keys/${encodeURIComponent(id)}`, { query: { reason } });
  },
});
