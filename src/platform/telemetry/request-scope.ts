import { AsyncLocalStorage } from "node:async_hooks";

/** Where what happens now was asked for. Jobs have none. */
export interface RequestScope {
  requestId: string | null;
  /** The client's address after trusted proxies; "" for a command on the server. */
  address: string;
  /** As the client sent it; for a command, who ran it. */
  userAgent: string;
  /** An administrator's command, run on the server over its data. */
  command?: boolean;
}

const scopes = new AsyncLocalStorage<RequestScope>();

/** Runs `work`; whatever it calls or awaits reads `scope` with `currentScope`. */
export const inScope = <T>(scope: RequestScope, work: () => T): T => scopes.run(scope, work);

/** The scope of the request or command that led here; null in jobs and loops of the server's own. */
export const currentScope = (): RequestScope | null => scopes.getStore() ?? null;
