import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClamavAddress } from "../../src/platform/scanning/clamav-client.ts";
import { freePort } from "./ports.ts";

export interface Clamd {
  unix: ClamavAddress;
  tcp: ClamavAddress;
  stop(): Promise<void>;
}

/** Debian's clamd in a folder of its own, with the signature files given by name and nothing else; ready when it answers. */
export async function startClamd(
  signatures: Record<string, string>,
  answers: (address: ClamavAddress) => Promise<boolean>,
): Promise<Clamd> {
  const folder = mkdtempSync(join(tmpdir(), "clamd-"));
  // As root it gives up its rights, and must still reach its folder.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "db"));
  for (const [name, content] of Object.entries(signatures)) await Bun.write(join(folder, "db", name), content);
  const port = await freePort();
  const socket = join(folder, "clamd.ctl");
  const lines = [
    "Foreground yes",
    `DatabaseDirectory ${folder}/db`,
    `LocalSocket ${socket}`,
    `TCPSocket ${port}`,
    "TCPAddr 127.0.0.1",
    "StreamMaxLength 4M",
    "AlertEncrypted yes",
    "AlertExceedsMax yes",
    "MaxThreads 4",
    `TemporaryDirectory ${folder}`,
    `User ${process.getuid?.() === 0 ? "root" : (process.env.USER ?? "nobody")}`,
    "SelfCheck 0",
  ];
  await Bun.write(join(folder, "clamd.conf"), `${lines.join("\n")}\n`);
  const command = Bun.which("clamd") ?? "/usr/sbin/clamd";
  const child = Bun.spawn([command, `--config-file=${join(folder, "clamd.conf")}`], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [unix, tcp] = [{ path: socket }, { hostname: "127.0.0.1", port }];
  while (!(await answers(unix)) || !(await answers(tcp))) {
    if (child.exitCode !== null) {
      const said = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
      throw new Error(`clamd ended with ${child.exitCode}: ${said.slice(-2000)}`);
    }
    await Bun.sleep(50);
  }
  return {
    unix,
    tcp,
    async stop() {
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
