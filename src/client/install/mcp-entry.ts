import type { McpDialect } from "./agents.ts";
import type { McpServer, Text } from "./mcp-server.ts";

/** One MCP server as an agent's settings write it, and the member of the file under which servers lie. */
export interface McpEntry {
  container: string;
  value: Record<string, unknown>;
  /** Environment variables that whoever runs the agent must set. */
  variables: string[];
}

export function mcpEntry(server: McpServer, dialect: McpDialect): McpEntry {
  return { ...WRITERS[dialect](server), variables: [...new Set(textsOf(server).flatMap(variablesIn))].sort() };
}

const textsOf = (server: McpServer): Text[] =>
  server.transport === "stdio"
    ? [...server.args, ...Object.values(server.env)]
    : [server.url, ...Object.values(server.headers)];

const variablesIn = (text: Text): string[] => text.flatMap((part) => (typeof part === "string" ? [] : [part.variable]));

const write = (text: Text, variable: (name: string) => string): string =>
  text.map((part) => (typeof part === "string" ? part : variable(part.variable))).join("");

const writeAll = (texts: Record<string, Text>, variable: (name: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, write(text, variable)]));

/** Only what says something: an empty `env` is left out. */
const some = <T extends object>(name: string, value: T): Record<string, T> =>
  Object.keys(value).length > 0 ? { [name]: value } : {};

type Writer = (server: McpServer) => Omit<McpEntry, "variables">;

const json =
  (container: string, typed: boolean, variable: (name: string) => string): Writer =>
  (server) => ({
    container,
    value:
      server.transport === "stdio"
        ? {
            ...(typed ? { type: "stdio" } : {}),
            command: server.command,
            args: server.args.map((arg) => write(arg, variable)),
            ...some("env", writeAll(server.env, variable)),
          }
        : {
            ...(typed ? { type: server.transport } : {}),
            url: write(server.url, variable),
            ...some("headers", writeAll(server.headers, variable)),
          },
  });

const opencode: Writer = (server) => {
  const variable = (name: string) => `{env:${name}}`;
  return {
    container: "mcp",
    value:
      server.transport === "stdio"
        ? {
            type: "local",
            command: [server.command, ...server.args.map((arg) => write(arg, variable))],
            ...some("environment", writeAll(server.env, variable)),
          }
        : { type: "remote", url: write(server.url, variable), ...some("headers", writeAll(server.headers, variable)) },
  };
};

/** Codex expands nothing in its settings: it is told which variables to hand on, and which hold a header. */
const codex: Writer = (server) => {
  const isVariable = (text: Text): boolean => text.length === 1 && typeof text[0] !== "string";
  const literal = (name: string) => `\${${name}}`;
  const split = (texts: Record<string, Text>) => {
    const entries = Object.entries(texts);
    return {
      fixed: Object.fromEntries(entries.filter(([, t]) => !isVariable(t)).map(([n, t]) => [n, write(t, literal)])),
      open: Object.fromEntries(entries.filter(([, t]) => isVariable(t)).map(([n, t]) => [n, variablesIn(t)[0]!])),
    };
  };
  if (server.transport === "stdio") {
    const { fixed, open } = split(server.env);
    return {
      container: "mcp_servers",
      value: {
        command: server.command,
        args: server.args.map((arg) => write(arg, literal)),
        ...some("env", fixed),
        ...some("env_vars", Object.values(open)),
      },
    };
  }
  const { fixed, open } = split(server.headers);
  return {
    container: "mcp_servers",
    value: { url: write(server.url, literal), ...some("http_headers", fixed), ...some("env_http_headers", open) },
  };
};

const WRITERS: Record<McpDialect, Writer> = {
  "claude-code": json("mcpServers", true, (name) => `\${${name}}`),
  cursor: json("mcpServers", false, (name) => `\${env:${name}}`),
  vscode: json("servers", true, (name) => `\${env:${name}}`),
  opencode,
  codex,
};
