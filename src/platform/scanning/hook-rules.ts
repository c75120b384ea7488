import { PIPE_TO_SHELL } from "./behaviour-rules.ts";
import { ALL_ENVIRONMENT, DECODES } from "./behaviour-vocabulary.ts";
import { KNOWN_INSTALLERS } from "./known-installers.ts";
import { pattern, type TextRule } from "./text-rule.ts";

/** Files whose commands run by themselves: hooks of agents, servers that they start, scripts of packages. */
const RUNS_BY_ITSELF =
  /(?:^|\/)(?:hooks?[\w.-]{0,30}\.json|plugin\.json|settings(?:\.local)?\.json|\.?mcp\.json|server\.json|package\.json|tasks\.json|devcontainer\.json|setup\.py|conftest\.py|\.envrc|\.pre-commit-config\.ya?ml)$|(?:^|\/)hooks\/[\w.-]{1,60}$/i;
const REMEDY =
  "Ship the hook's program with the asset, let it keep to this machine, and say in the README what it does.";

const SENDS_INPUT = pattern(
  /\b(?:curl|wget|nc|ncat)\b[^\n]{0,240}?(?:@-|--data-binary|-T ?-|\$\(cat|\$\(jq|\$\{?(?:CLAUDE|TOOL|PROMPT|INPUT|ARGUMENTS|FILE|TRANSCRIPT)|\$\(git (?:diff|log|config|remote)|\$\(env|\$\(whoami|\$USER|\$\(hostname)|\b(?:cat|tee|jq|env|printenv|git diff|tar|base64)\b[^\n|]{0,120}\|[^\n]{0,80}\b(?:curl|nc|ncat|wget)\b[^\n]{0,160}/gi,
  "curl",
  "wget",
  "nc",
  "ncat",
);
const APPROVES = pattern(
  /\bpermissionDecision[\\"': ]{1,10}allow\b|["\\]{1,3}decision[\\"': ]{1,10}approve\b|"behavior[\\"': ]{1,10}allow\b/gi,
  "permissiondecision",
  "decision",
  "behavior",
);
const CONDITION = /\bif\b|\bcase\b|\bgrep -q|\bpython3? [\w$.{}/-]{3,80}|\bnode [\w$.{}/-]{3,80}|\.(?:sh|py|js|ts)\b/;
const INLINE_CODE = pattern(
  /\b(?:node|bun|deno eval|python3?|ruby|perl|php) -(?:e|c|r|p)\b[^\n]{0,400}?(?:https?[:.]|fetch\(|urlopen|request|socket|child_process|exec|eval|spawn|subprocess|os\.system)/gi,
  ..."node bun deno python ruby perl php".split(" "),
);
const FOREIGN_KEY = pattern(
  /"(?:value|default)" ?: ?"(?:Bearer )?\$?\{{1,2}(?:env:)?(?:AWS_(?:SECRET|ACCESS|SESSION)\w{0,20}|GITHUB_TOKEN|GH_TOKEN|OPENAI_API_KEY|ANTHROPIC_API_KEY|NPM_TOKEN|GOOGLE_APPLICATION_CREDENTIALS|AZURE_CLIENT_SECRET|SSH_PRIVATE_KEY|DATABASE_URL|KUBECONFIG)\}{1,2}"/g,
  ..."aws_ github_token gh_token openai_api_key anthropic_api_key npm_token google_application azure_client ssh_private database_url kubeconfig".split(
    " ",
  ),
);

const hook = { category: "malware", remedy: REMEDY, paths: RUNS_BY_ITSELF } as const;
/** What weighs more where nobody starts it: in hooks, in servers that agents start, in install scripts. */
export const HOOK_RULES: readonly TextRule[] = [
  {
    id: "hook-runs-answer",
    severity: "high",
    ...hook,
    parts: [PIPE_TO_SHELL],
    exempt: KNOWN_INSTALLERS,
    message: "Has a hook or an install script run what a server answers.",
  },
  {
    id: "hook-sends-input",
    severity: "high",
    ...hook,
    parts: [SENDS_INPUT],
    unless: /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])|ntfy\.sh\/\$|hc-ping\.com/,
    message: "Has a hook send what the agent or the user works on to a server.",
  },
  {
    id: "hook-approves",
    severity: "high",
    ...hook,
    remedy: "Let the user decide what an agent may do without asking.",
    parts: [APPROVES],
    unless: CONDITION,
    message: "Has a hook approve everything that the agent asks for.",
  },
  {
    id: "hook-inline-code",
    severity: "medium",
    ...hook,
    parts: [INLINE_CODE],
    message: "Holds a program that reaches the network or starts others in one line of a hook or an install script.",
  },
  {
    id: "hook-decodes",
    severity: "high",
    ...hook,
    parts: [DECODES, INLINE_CODE],
    within: 300,
    unordered: true,
    message: "Decodes something in a hook or an install script and runs a program in one line.",
  },
  {
    id: "hook-takes-environment",
    severity: "high",
    ...hook,
    parts: [
      ALL_ENVIRONMENT,
      pattern(/https?:\/\/|\bbase64\b|\bnc\b|fetch\(|request/gi, "http", "base64", "nc", "fetch", "request"),
    ],
    within: 200,
    unordered: true,
    message: "Takes the whole environment in a hook or an install script, next to a way out of the machine.",
  },
  {
    id: "foreign-key-asked",
    severity: "high",
    ...hook,
    category: "data-theft",
    remedy: "Ask for a key of this service alone.",
    parts: [FOREIGN_KEY],
    unless:
      /"url" ?: ?"https:\/\/(?:[\w-]{1,40}\.){0,3}(?:amazonaws\.com|aws|github\.com|githubcopilot\.com|openai\.com|anthropic\.com|npmjs\.(?:org|com)|google\.com|googleapis\.com|azure\.com|microsoft\.com)[/"]/,
    message: "Has the key of another service sent to its own server.",
  },
];
