import type { Transport } from "./transport.ts";

/** What the server says of its log: nothing in it is believed before it was checked against a signed checkpoint. */
export interface InclusionWire {
  index: unknown;
  /** The bytes of the leaf, as text. */
  entry: unknown;
  /** base64, the nearest first. */
  proof: unknown;
}

export interface TransparencyClient {
  /** Raw Ed25519, base64. */
  serverKey(): Promise<unknown>;
  /** The newest state, a signed note. */
  checkpoint(): Promise<string>;
  /** Throws NOT_FOUND where the log has no publication of this content under this name. */
  inclusion(query: { digest: string; ref: string; version: string; size: number }): Promise<InclusionWire>;
  /** base64, in order. */
  consistency(from: number, to: number): Promise<unknown>;
}

const MAX_CHECKPOINT = 4096;

export const transparencyClient = (transport: Transport): TransparencyClient => ({
  serverKey: async () => (await transport.send<{ public_key?: unknown }>("GET", "/server-key")).data.public_key,
  async checkpoint() {
    return new TextDecoder().decode(await transport.bytes("/transparency/checkpoint", MAX_CHECKPOINT));
  },
  inclusion: async (query) => (await transport.send<InclusionWire>("GET", "/transparency/inclusion", { query })).data,
  consistency: async (from, to) =>
    (await transport.send<{ proof?: unknown }>("GET", "/transparency/consistency", { query: { from, to } })).data.proof,
});
