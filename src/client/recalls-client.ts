import type { Transport } from "./transport.ts";

/** The list as the server answers it: nothing in it is believed before the signature was checked. */
export interface RecallListWire {
  /** A DSSE envelope. */
  envelope: unknown;
  /** Raw Ed25519, base64. */
  publicKey: unknown;
}

/** A recall as administrators see it. */
export interface RecallWire {
  number: number;
  digest: string;
  ref: string;
  version: string;
  reason: string;
  severity: string;
  recalled_by: string | null;
  recalled_at: string;
  lifted_at: string | null;
  lifted_by: string | null;
  lift_reason: string | null;
}

/** For administrators; throws FORBIDDEN for others, and with `reauthenticate` for a sign-in that is too old. */
export interface RecallOrdersClient {
  order(order: { ref: string; digest: string; reason: string; severity?: string }): Promise<RecallWire>;
  lift(number: number, reason: string): Promise<RecallWire>;
  /** All of them, newest first. */
  list(): Promise<RecallWire[]>;
}

export interface RecallsClient extends RecallOrdersClient {
  /** What changed after the list's number `since`. */
  signedList(since: number): Promise<RecallListWire>;
  /** Tells the server what a project has. */
  reportLockfile(project: string, entries: { ref: string; version: string; digest: string }[]): Promise<void>;
}

const PER_PAGE = 100;

export const recallsClient = (transport: Transport): RecallsClient => ({
  async signedList(since) {
    const { data, meta } = await transport.send<unknown, { public_key?: unknown }>("GET", "/recalls", {
      query: { since },
    });
    return { envelope: data, publicKey: meta.public_key };
  },
  async reportLockfile(project, entries) {
    await transport.send("POST", "/lockfiles", { json: { project, entries } });
  },
  order: async (order) => (await transport.send<RecallWire>("POST", "/admin/recalls", { json: order })).data,
  lift: async (number, reason) =>
    (await transport.send<RecallWire>("DELETE", `/admin/recalls/${number}`, { query: { reason } })).data,
  async list() {
    const all: RecallWire[] = [];
    for (let page = 1; ; page++) {
      const { data, meta } = await transport.send<RecallWire[], { total: number }>("GET", "/admin/recalls", {
        query: { page, per_page: PER_PAGE },
      });
      all.push(...data);
      if (data.length === 0 || all.length >= meta.total) return all;
    }
  },
});
