import type { Transport } from "./transport.ts";

/** Filters of the audit log, as the API names them. */
export type AuditLogQuery = Record<string, string>;

/** An entry of the audit log, as far as a reader of lists needs it. */
export interface AuditLogEntry {
  seq: number;
  time: string;
  action: string;
  outcome: string;
  actor: { id: string | null; name: string | null; via: string };
  subject: { type: string; id: string | null; name: string | null };
  address: string | null;
}

export interface AuditLogVerification {
  entries: number;
  /** `<number>:<hash>` of the newest entry. */
  head: string;
  problems: { seq: number; problem: string }[];
}

/** A server's audit log, for administrators; throws FORBIDDEN for others. */
export interface AuditLogClient {
  /** Reads the whole log, a part a request. `anchor`: `<number>:<hash>` noted down earlier. */
  verify(anchor?: string): Promise<AuditLogVerification>;
  /** Newest first. */
  list(query: AuditLogQuery, limit: number): Promise<AuditLogEntry[]>;
  /** The whole of what matches, in pieces as they arrive. */
  export(query: AuditLogQuery, format: "jsonl" | "csv"): Promise<AsyncIterable<string>>;
}

interface Part extends AuditLogVerification {
  complete: boolean;
  through: string;
}

const PER_PAGE = 100;

export function auditLogClient(transport: Transport): AuditLogClient {
  return {
    async verify(anchor) {
      const problems: AuditLogVerification["problems"] = [];
      let entries = 0;
      let after: string | undefined;
      for (;;) {
        const { data } = await transport.send<Part>("GET", "/admin/audit/verify", { query: { anchor, after } });
        problems.push(...data.problems);
        entries += data.entries;
        if (data.complete) return { entries, head: data.head, problems };
        after = data.through;
      }
    },
    async list(query, limit) {
      const entries: AuditLogEntry[] = [];
      let cursor: string | null = null;
      do {
        const page: { data: AuditLogEntry[]; meta: { next_cursor: string | null } } = await transport.send(
          "GET",
          "/admin/audit",
          { query: { ...query, per_page: Math.min(PER_PAGE, limit - entries.length), cursor } },
        );
        entries.push(...page.data);
        cursor = page.meta.next_cursor;
      } while (cursor !== null && entries.length < limit);
      return entries;
    },
    async export(query, format) {
      const response = await transport.open("/admin/audit/export", { query: { ...query, format } });
      return textOf(response);
    },
  };
}

async function* textOf(response: Response): AsyncIterable<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    yield decoder.decode(part.value, { stream: true });
  yield decoder.decode();
}
