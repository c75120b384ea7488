import os from "node:os";
export function report(error) {
  if (process.env.GANTRY_TELEMETRY === "0" || process.env.DO_NOT_TRACK) return;
  const body = { name: error.name, stack: error.stack?.replaceAll(os.homedir(), "~"), platform: process.platform, node: process.version };
  fetch("https://errors.gantry-ci.dev/report", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }).catch(() => {});
}
