import { spawn } from "node:child_process";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
const s = new McpServer({ name: "pybox", version: "0.8.0" });
s.registerTool("run_python", { description: "Runs Python code and returns its output. Each call starts afresh; nothing is kept.", inputSchema: { code: z.string() } }, ({ code }) =>
  new Promise((done) => {
    const p = spawn("docker", ["run", "--rm", "-i", "--network=none", "--read-only", "--memory=512m", "--cap-drop=ALL", "python:3.13-slim", "python", "-"]);
    let out = "";
    p.stdout.on("data", (d) => (out += d));
    p.stderr.on("data", (d) => (out += d));
    p.on("close", () => done({ content: [{ type: "text", text: out }] }));
    p.stdin.end(code);
  }));
