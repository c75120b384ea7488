import { blobAccess } from "./app-settings.ts";
import type { Config } from "./config/index.ts";
import { type Inspection, ok, wrong } from "./modules/administration/index.ts";
import type { ClamavSettings } from "./platform/scanning/clamav-client.ts";
import { nameOf } from "./platform/scanning/clamav-client.ts";
import { type ClamavWatch, createClamavWatch } from "./platform/scanning/clamav-watch.ts";
import { readModelTrust } from "./platform/scanning/model-trust.ts";
import type { ScanSettings } from "./platform/scanning/scan-settings.ts";
import { checkYaraRules, readYaraFolder, RulesError } from "./platform/scanning/yara-folder.ts";
import type { Log } from "./platform/telemetry/index.ts";

/**
 * What the scanners are made from. Throws RulesError when a rule of the administrator's does not compile, and ModelTrustError
 * when a key or root for signatures of models cannot be read.
 */
export async function scanSettings(config: Config): Promise<ScanSettings> {
  const { rulesPath } = config.scanning;
  const yaraRules = rulesPath ? await readYaraFolder(rulesPath) : [];
  await checkYaraRules(yaraRules);
  return {
    blobs: blobAccess(config),
    licences: { allow: config.policy.licensesAllow, deny: config.policy.licensesDeny },
    yaraRules,
    modelTrust: await readModelTrust(config.signing),
    clamav: clamavSettings(config),
  };
}

/** null: ClamAV is not configured. */
function clamavSettings({ scanning: { clamav } }: Config): ClamavSettings | null {
  const { address, timeoutSeconds, maxBytes } = clamav;
  return address && { address, timeoutMs: timeoutSeconds * 1000, maxBytes };
}

/** null: ClamAV is not configured. The server starts without waiting for clamd's first answer. */
export const clamavWatch = ({ clamav }: ScanSettings): ClamavWatch | null =>
  clamav ? createClamavWatch(clamav) : null;

/** Asks once, at the start; later the schedule of rescans asks. */
export function lookAtClamav(watch: ClamavWatch | null, log: Log): void {
  watch?.refresh().then(
    (seen) => log.info("ClamAV answers", { version: seen }),
    (error: unknown) => log.warn("ClamAV does not answer; until it does no scan completes", { error }),
  );
}

/** Whether clamd answers, and with which signatures; and whether the administrator's own rules compile. */
export async function* inspectScanning(config: Config): AsyncGenerator<Inspection> {
  const { rulesPath } = config.scanning;
  if (rulesPath) yield await inspectRules(rulesPath);
  const clamav = clamavSettings(config);
  if (clamav) yield await inspectClamav(clamav);
}

async function inspectRules(folder: string): Promise<Inspection> {
  const name = "scan-rules";
  try {
    const rules = await readYaraFolder(folder);
    await checkYaraRules(rules);
    return ok(name, `${rules.length} rule ${rules.length === 1 ? "file" : "files"} in ${folder} compile`);
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    const [first = "", ...more] = error.message.split("\n");
    return wrong(name, first, "Until then the server does not start.", more);
  }
}

async function inspectClamav(settings: ClamavSettings): Promise<Inspection> {
  const name = "clamav";
  try {
    return ok(name, `${nameOf(settings.address)} answers: ClamAV ${await createClamavWatch(settings).refresh()}`);
  } catch (error) {
    const remedy =
      "Start clamd, or see [scanning.clamav]. Until it answers no scan completes and nothing is published.";
    return wrong(name, error instanceof Error ? error.message : String(error), remedy);
  }
}
