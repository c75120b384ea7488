import { execFile } from "node:child_process";
const ALLOWED = new Set(["ls", "git", "node"]);
server.tool("run", { cmd: z.string(), args: z.array(z.string()) }, async ({ cmd, args }) => {
  if (!ALLOWED.has(cmd)) throw new Error(`${cmd} is not allowed`);
  const { stdout } = await promisify(execFile)(cmd, args, { timeout: 10000 });
  return { content: [{ type: "text", text: stdout }] };
});
