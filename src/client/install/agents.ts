import type { Scope } from "./lockfile.ts";

/** In which words an agent's settings describe an MCP server. */
export type McpDialect = "claude-code" | "cursor" | "vscode" | "codex" | "opencode";

/** Where an agent reads things, relative to the project or to the home folder. What is missing here it does not read. */
export interface AgentFolders {
  /** A folder for each skill. */
  skills: string;
  /** A folder for each plugin. */
  plugins?: string;
  /** A file for each (sub)agent. */
  agents?: { folder: string; suffix: string; format: "markdown" | "opencode" | "codex" };
  /** A file for each prompt or slash command. */
  prompts?: { folder: string; suffix: string };
  mcp?: { path: string; dialect: McpDialect };
}

const markdown = (folder: string, suffix = ".md") => ({ folder, suffix, format: "markdown" as const });

/**
 * The agents that `--agent` knows, by the documentation of each in 2026. Claude Code loads a plugin that lies in its
 * skills folder (`name@skills-dir`). Codex and Goose read no prompts or no agents from a project: those go to the folder
 * that no agent owns, with a word about it.
 */
export const AGENTS: Record<string, Record<Scope, AgentFolders>> = {
  "claude-code": {
    project: {
      skills: ".claude/skills",
      plugins: ".claude/skills",
      agents: markdown(".claude/agents"),
      prompts: { folder: ".claude/commands", suffix: ".md" },
      mcp: { path: ".mcp.json", dialect: "claude-code" },
    },
    user: {
      skills: ".claude/skills",
      plugins: ".claude/skills",
      agents: markdown(".claude/agents"),
      prompts: { folder: ".claude/commands", suffix: ".md" },
      mcp: { path: ".claude.json", dialect: "claude-code" },
    },
  },
  codex: {
    project: {
      skills: ".agents/skills",
      agents: { folder: ".codex/agents", suffix: ".toml", format: "codex" },
      mcp: { path: ".codex/config.toml", dialect: "codex" },
    },
    user: {
      skills: ".agents/skills",
      agents: { folder: ".codex/agents", suffix: ".toml", format: "codex" },
      prompts: { folder: ".codex/prompts", suffix: ".md" },
      mcp: { path: ".codex/config.toml", dialect: "codex" },
    },
  },
  cursor: both({
    skills: ".cursor/skills",
    agents: markdown(".cursor/agents"),
    prompts: { folder: ".cursor/commands", suffix: ".md" },
    mcp: { path: ".cursor/mcp.json", dialect: "cursor" },
  }),
  vscode: {
    project: {
      skills: ".github/skills",
      agents: markdown(".github/agents", ".agent.md"),
      prompts: { folder: ".github/prompts", suffix: ".prompt.md" },
      mcp: { path: ".vscode/mcp.json", dialect: "vscode" },
    },
    user: {
      skills: ".copilot/skills",
      agents: markdown(".copilot/agents", ".agent.md"),
      prompts: { folder: `${vscodeUserFolder()}/prompts`, suffix: ".prompt.md" },
      mcp: { path: `${vscodeUserFolder()}/mcp.json`, dialect: "vscode" },
    },
  },
  opencode: {
    project: {
      skills: ".opencode/skills",
      agents: { folder: ".opencode/agents", suffix: ".md", format: "opencode" },
      prompts: { folder: ".opencode/commands", suffix: ".md" },
      mcp: { path: "opencode.json", dialect: "opencode" },
    },
    user: {
      skills: ".config/opencode/skills",
      agents: { folder: ".config/opencode/agents", suffix: ".md", format: "opencode" },
      prompts: { folder: ".config/opencode/commands", suffix: ".md" },
      mcp: { path: ".config/opencode/opencode.json", dialect: "opencode" },
    },
  },
  goose: {
    project: { skills: ".goose/skills" },
    user: { skills: ".config/goose/skills" },
  },
};

export const AGENT_NAMES: readonly string[] = Object.keys(AGENTS);

export const foldersOf = (agent: string, scope: Scope): AgentFolders | null => AGENTS[agent]?.[scope] ?? null;

function both(folders: AgentFolders): Record<Scope, AgentFolders> {
  return { project: folders, user: folders };
}

/** VS Code keeps what belongs to a user in its own profile folder, below the home folder on every system. */
function vscodeUserFolder(platform: NodeJS.Platform = process.platform): string {
  if (platform === "darwin") return "Library/Application Support/Code/User";
  if (platform === "win32") return "AppData/Roaming/Code/User";
  return ".config/Code/User";
}
