/** Text in which a name stands for an environment variable of whoever runs the agent. */
export type Text = (string | { variable: string })[];

/** How an agent reaches an MCP server, in the words of no agent in particular. */
export type McpServer =
  | { transport: "stdio"; command: string; args: Text[]; env: Record<string, Text> }
  | { transport: "http" | "sse"; url: Text; headers: Record<string, Text> };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Registry → how one of its packages is run. Nothing else is run, whatever `runtimeHint` says. */
const RUNNERS: Record<string, { name: RegExp; command: (name: string, version: string | null) => string[] }> = {
  npm: {
    name: /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i,
    command: (name, version) => ["npx", "-y", version ? `${name}@${version}` : name],
  },
  pypi: {
    name: /^[a-z0-9][\w.-]*$/i,
    command: (name, version) => ["uvx", version ? `${name}@${version}` : name],
  },
  nuget: {
    name: /^[a-z0-9][\w.-]*$/i,
    command: (name, version) => ["dnx", version ? `${name}@${version}` : name, "--yes"],
  },
  oci: {
    name: /^[a-z0-9][\w.:@/-]*$/i,
    command: (name, version) => [
      "docker",
      "run",
      "-i",
      "--rm",
      version && !/[:@][^/]*$/.test(name) ? `${name}:${version}` : name,
    ],
  },
};
const VERSION = /^[0-9a-z][\w.+-]*$/i;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

/**
 * Reads a `server.json` (MCP registry format) or the `manifest.json` of an MCP bundle that lies in `folder`. A remote is
 * taken before a package, because nothing of it runs here. Inputs that have no variable of their own get one that begins
 * with the server's `name`, so that no server is sent the secret of another. null when no server can be made of it.
 */
export function readMcpServer(json: string, name: string, folder: string): McpServer | null {
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch {
    return null;
  }
  if (!isFields(root)) return null;
  const prefix = variableNamed(name);
  for (const remote of list(root["remotes"]).filter(expandsNothing)) {
    const server = remoteServer(remote, prefix);
    if (server) return server;
  }
  for (const entry of list(root["packages"]).filter(expandsNothing)) {
    const server = packagedServer(entry, prefix);
    if (server) return server;
  }
  return isFields(root["server"]) ? bundledServer(root["server"], prefix, folder) : null;
}

/**
 * Agents put environment variables and files in place of `${NAME}`, `{env:NAME}`, `{file:path}`. What a publisher wrote may
 * not use that: an address like `https://example.com/?${AWS_SECRET_ACCESS_KEY}` would send off whatever it names.
 */
const expandsNothing = (said: unknown): boolean => !/\$\{|\{(?:env|file):/i.test(JSON.stringify(said));

function remoteServer(remote: Fields, prefix: string): McpServer | null {
  const url = text(remote["url"]);
  const transport = remote["type"] === "streamable-http" ? "http" : remote["type"] === "sse" ? "sse" : null;
  if (!url || !transport || !/^https?:\/\/[^\s]+$/.test(url)) return null;
  const headers: Record<string, Text> = {};
  for (const header of list(remote["headers"])) {
    const name = text(header["name"]);
    const value = name && HEADER.test(name) ? inputOf(header, name, prefix) : null;
    if (value) headers[name!] = value;
  }
  return { transport, url: filled(url, remote["variables"], prefix), headers };
}

function packagedServer(entry: Fields, prefix: string): McpServer | null {
  const type = String(entry["registryType"]);
  const runner = Object.hasOwn(RUNNERS, type) ? RUNNERS[type] : undefined;
  const name = text(entry["identifier"]);
  const version = text(entry["version"]);
  const transport = isFields(entry["transport"]) ? entry["transport"]["type"] : "stdio";
  if (!runner || !name || !runner.name.test(name) || transport !== "stdio") return null;
  if (version !== null && !VERSION.test(version)) return null;
  const [command, ...own] = runner.command(name, version) as [string, ...string[]];
  const env: Record<string, Text> = {};
  for (const variable of list(entry["environmentVariables"])) {
    const key = text(variable["name"]);
    const value = key && VARIABLE.test(key) ? inputOf(variable, key, null) : null;
    if (value) env[key!] = value;
  }
  const runtime = argumentsOf(entry["runtimeArguments"], prefix);
  // A container sees nothing of this environment unless it is told to.
  const passed: Text[] = command === "docker" ? Object.keys(env).flatMap((key) => [["-e"], [key]]) : [];
  const args =
    command === "docker"
      ? [...own.slice(0, -1).map(plain), ...passed, ...runtime, plain(own.at(-1)!)]
      : [...runtime, ...own.map(plain)];
  return { transport: "stdio", command, args: [...args, ...argumentsOf(entry["packageArguments"], prefix)], env };
}

/** As the format of MCP bundles writes the folder that the bundle lies in. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of that format, not of this language
const DIRNAME = "${__dirname}";

const USER_CONFIG = /(\$\{user_config\.[A-Za-z0-9_]+\})/g;

/** `${__dirname}` is the bundle's folder, `${user_config.key}` a variable of that name. */
function bundledServer(server: Fields, prefix: string, folder: string): McpServer | null {
  const config = isFields(server["mcp_config"]) ? server["mcp_config"] : {};
  const command = text(config["command"]);
  const { command: _, args: words, env: variables } = config;
  const own = JSON.stringify([command, words, variables]).replaceAll(DIRNAME, "").replace(USER_CONFIG, "");
  if (!command || !expandsNothing(own)) return null;
  const read = (value: string): Text =>
    value
      .replaceAll(DIRNAME, folder)
      .split(USER_CONFIG)
      .filter((part) => part !== "")
      .map((part) =>
        part.startsWith("${user_config.") ? variableOf(part.slice("${user_config.".length, -1), prefix) : part,
      );
  const args = (Array.isArray(config["args"]) ? config["args"] : []).filter((arg) => typeof arg === "string");
  const env = isFields(config["env"]) ? Object.entries(config["env"]) : [];
  const given = env.filter((pair): pair is [string, string] => VARIABLE.test(pair[0]) && typeof pair[1] === "string");
  return {
    transport: "stdio",
    command: command.replaceAll(DIRNAME, folder),
    args: args.map(read),
    env: Object.fromEntries(given.map(([key, value]) => [key, read(value)])),
  };
}

const plain = (word: string): Text => [word];

/** "X-Api-Key" → "X_API_KEY". */
const variableNamed = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^(?=[0-9])/, "_");

const variableOf = (name: string, prefix: string | null): { variable: string } => ({
  variable: prefix === null ? name : `${prefix}_${variableNamed(name)}`,
});

/** What an input of the registry format comes to; null when it may be left out. Without a prefix `name` is a variable's. */
function inputOf(input: Fields, name: string, prefix: string | null): Text | null {
  const value = text(input["value"]);
  if (value) return filled(value, input["variables"], prefix);
  const fallback = text(input["default"]);
  if (fallback) return [fallback];
  return input["isRequired"] === true ? [variableOf(name, prefix)] : null;
}

function argumentsOf(value: unknown, prefix: string): Text[] {
  return list(value).flatMap((argument): Text[] => {
    const name = text(argument["name"]);
    const said = inputOf(argument, name ?? text(argument["valueHint"]) ?? "argument", prefix);
    if (argument["type"] !== "named") return said ? [said] : [];
    if (!name) return [];
    return said ? [[name], said] : argument["isRequired"] === true ? [[name]] : [];
  });
}

/** `{name}` in a value: what `variables` says of it, else a variable of that name. */
function filled(value: string, variables: unknown, prefix: string | null): Text {
  return value
    .split(/(\{[A-Za-z0-9_.-]+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      if (!/^\{.+\}$/.test(part)) return part;
      const name = part.slice(1, -1);
      const input = isFields(variables) && isFields(variables[name]) ? variables[name] : {};
      return text(input["value"]) ?? text(input["default"]) ?? variableOf(name, prefix);
    });
}
