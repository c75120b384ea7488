import { mkdir, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

type Env = Record<string, string | undefined>;

/** Where this user's settings lie: XDG_CONFIG_HOME, else what the operating system has for it. */
export function configFolder(env: Env, platform: NodeJS.Platform = process.platform): string {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  if (env["XDG_CONFIG_HOME"]) return join(env["XDG_CONFIG_HOME"], "marketplace");
  if (platform === "darwin") return join(home, "Library", "Application Support", "marketplace");
  if (platform === "win32") return join(env["APPDATA"] || join(home, "AppData", "Roaming"), "marketplace");
  return join(home, ".config", "marketplace");
}

/**
 * Writes a file that this user alone may read (0600, its folder 0700). Whoever reads it meanwhile, and whoever reads it
 * after a crash, sees the old text or the new one.
 */
export async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}
