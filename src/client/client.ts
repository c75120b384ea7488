import { type AccountsClient, accountsClient } from "./accounts-client.ts";
import { type AssetsClient, assetsClient } from "./assets-client.ts";
import { type KeysClient, keysClient } from "./keys-client.ts";
import { type RecallsClient, recallsClient } from "./recalls-client.ts";
import { type TransparencyClient, transparencyClient } from "./transparency-client.ts";
import { createTransport, type Transport, type TransportOptions } from "./transport.ts";
import { type VersionsClient, versionsClient } from "./versions-client.ts";

/**
 * A marketplace over HTTP. Every method throws AppError with the server's code and message; what could not be asked at
 * all is SERVICE_UNAVAILABLE. A GET is tried three times when no answer comes, everything else once.
 */
export interface Client {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
  /** For routes that have no method here. */
  readonly transport: Transport;
  readonly accounts: AccountsClient;
  readonly assets: AssetsClient;
  readonly versions: VersionsClient;
  readonly keys: KeysClient;
  readonly recalls: RecallsClient;
  readonly transparency: TransparencyClient;
}

export function createClient(options: TransportOptions): Client {
  const transport = createTransport(options);
  return {
    url: transport.url,
    token: transport.token,
    transport,
    accounts: accountsClient(transport),
    assets: assetsClient(transport),
    versions: versionsClient(transport),
    keys: keysClient(transport),
    recalls: recallsClient(transport),
    transparency: transparencyClient(transport),
  };
}
