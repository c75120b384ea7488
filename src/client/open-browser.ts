type Env = Record<string, string | undefined>;

/**
 * Opens an address in the browser of whoever sits here: the command in BROWSER, else what the system has for it. Answers
 * whether one was started; never over ssh, where the browser would open on the wrong machine, or nowhere.
 */
export function openBrowser(address: string, env: Env, platform: NodeJS.Platform = process.platform): boolean {
  const command = browserCommand(env, platform);
  if (command === null) return false;
  try {
    Bun.spawn([...command, address], { stdin: "ignore", stdout: "ignore", stderr: "ignore", env }).unref();
    return true;
  } catch {
    return false;
  }
}

function browserCommand(env: Env, platform: NodeJS.Platform): string[] | null {
  const named = env["BROWSER"]?.split(":")[0]?.trim();
  if (named) return named.split(/\s+/);
  if (env["SSH_CONNECTION"] || env["SSH_TTY"]) return null;
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : null;
}
