import type { App } from "../app.ts";
import type { Log } from "../platform/telemetry/index.ts";

export async function fillDemo(_app: App, _log: Log): Promise<void> {}
