import { visible } from "./visible-text.ts";
import { AppError } from "../core/error.ts";
import type { Transport } from "./transport.ts";
import type { DeviceStartWire, PairWire } from "./wire.ts";

const MAX_INTERVAL_S = 60;

/** Asks for a code that somebody approves in a browser (RFC 8628). */
export const beginDeviceLogin = (
  transport: Transport,
  client: { clientId: string; hostname: string },
): Promise<DeviceStartWire> =>
  transport.bare<DeviceStartWire>("/auth/device/code", { client_id: client.clientId, hostname: client.hostname });

/**
 * Waits until somebody has decided, asking no more often than the server allows. Throws FORBIDDEN when it was refused and
 * UNAUTHORIZED when nobody came in time.
 */
export async function awaitDeviceLogin(
  transport: Transport,
  start: DeviceStartWire,
  sleep: (ms: number) => Promise<void> = Bun.sleep,
): Promise<PairWire> {
  const end = performance.now() + start.expires_in * 1000;
  let interval = start.interval;
  while (performance.now() < end) {
    await sleep(interval * 1000);
    const polled = await transport
      .bare<PairWire>("/auth/device/token", {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: start.device_code,
      })
      .catch(refusalOf);
    if ("access_token" in polled) return polled;
    if (polled.refused === "slow_down") interval = Math.min(polled.interval ?? interval + 5, MAX_INTERVAL_S);
    else if (polled.refused === "access_denied") throw new AppError("FORBIDDEN", "It was refused in the browser.");
    else if (polled.refused !== "authorization_pending") break;
  }
  throw new AppError("UNAUTHORIZED", `Nobody approved the code in time. Run "marketplace login" again.`);
}

/** What OAuth answers instead of tokens, or the failure itself; a server that cannot be reached for a moment is asked again. */
function refusalOf(error: unknown): { refused: string; interval?: number } {
  if (!(error instanceof AppError)) throw error;
  const { oauth, interval, unreachable } = error.details;
  if (unreachable === true || error.status === 429 || error.status === 503) return { refused: "slow_down" };
  if (typeof oauth !== "string") throw error;
  return { refused: visible(oauth), interval: typeof interval === "number" ? interval : undefined };
}
