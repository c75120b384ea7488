import type { Digest } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import { parseEnvelope, payloadOf, verifyEnvelope } from "../../core/signing/dsse.ts";
import { verdictIn } from "../../core/signing/verdict-statement.ts";
import type { Client } from "../client.ts";

/**
 * Why the server's signature on its verdict does not hold: made by another key than the one that it is known by, for other content,
 * or of another verdict than it tells; or left out, by a server that keeps a log. null when it holds.
 */
export async function verdictProblem(
  client: Client,
  serverKey: Uint8Array,
  version: { ref: string; version: string; digest: Digest; verdict: string },
): Promise<string | null> {
  if (version.verdict === "pending") return null;
  const found = await client.versions.attestations(version.ref, version.version).catch((error) => {
    if (error instanceof AppError && error.status === 404) return [];
    throw error;
  });
  const signed = Array.isArray(found) ? found.find((one) => one?.kind === "verdict") : undefined;
  if (!signed) return "the server did not sign its verdict";
  const envelope = parseEnvelope(JSON.stringify(signed.envelope) ?? "");
  if (!envelope || !(await verifyEnvelope(envelope, serverKey)))
    return "the signature on the server's verdict does not hold, or is not by the key that this server is known by";
  return verdictIn(payloadOf(envelope), version.digest) === version.verdict
    ? null
    : "what the server signed as its verdict is not what it tells";
}
