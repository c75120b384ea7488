import { CODE_FILE } from "./behaviour-vocabulary.ts";
import { pattern, prose, type TextRule } from "./text-rule.ts";

const REMEDY = "Tell the user what is to start by itself, let them set it up, and say how to remove it.";
const CONFIG_REMEDY = "Say what belongs into the agent's configuration and let the user add it.";

/** A place from which something is started at login, at boot, on a schedule or with another program. */
const STARTS_BY_ITSELF = pattern(
  /\bcrontab (?:-(?!l\b|e\b|r\b)|[\w~.$/]{1,30})|\| ?crontab\b|["']crontab["']|\/etc\/cron\.(?:d|daily|hourly|weekly)\b|\/var\/spool\/cron\b|@reboot\b|\/etc\/ld\.so\.preload|\bLaunch(?:Agents|Daemons)\b|\blaunchctl["', ]{1,4}(?:load|bootstrap|enable|submit)|\.config\/systemd\/user|\/etc\/systemd\/system|\bsystemctl\b[^\n]{0,20}\benable\b|\bExecStart=|\\{1,2}CurrentVersion\\{1,2}Run(?:Once)?\b|\bschtasks\b[^\n]{0,30}\/create|\bRegister-ScheduledTask\b|\bNew-ScheduledTask|\bStart Menu\\{1,2}Programs\\{1,2}Startup|shell:startup|\.config\/autostart|\b__EventFilter\b|\/etc\/rc\.local|\/etc\/profile\.d|\bsc(?:\.exe)? create\b|\bNew-Service\b|\batd?\b ?<<<|\bloginctl enable-linger/gi,
  ..."crontab /etc/cron spool/cron @reboot ld.so.preload launchagents launchdaemons launchctl systemd systemctl execstart currentversion schtasks scheduledtask startup autostart __eventfilter rc.local profile.d sc new-service at loginctl".split(
    " ",
  ),
);
/** A shell's start-up file, a git hook, an interpreter's hook: run whenever somebody works. */
const RUNS_WITH_WORK = pattern(
  /(?:>>?|tee(?: -a)?|cat >>?|write\w{0,12}\(|open\(|append\w{0,10}\(|Add-Content|Out-File|\becho\b|printf|Path\()[^\n]{0,160}?(?:\.(?:bashrc|zshrc|zshenv|profile|bash_profile|zprofile|bash_login|bash_aliases|kshrc|config\/fish\/config\.fish|envrc|vimrc|ssh\/(?:rc|config)|gitconfig|npmrc|pythonrc)\b|\.git\/hooks\/\w{2,12}-?\w{0,14}|(?:site|user)customize\.py|\w{1,30}\.pth\b|Microsoft\.PowerShell_profile|\$PROFILE\b)|\bcore\.hooksPath\b|\binit\.templateDir\b|\bPROMPT_COMMAND=|\btrap ["'][^"'\n]{4,160}["'] DEBUG|\bBASH_ENV=|\bexport (?:LD_PRELOAD|DYLD_INSERT_LIBRARIES)=|\bPYTHONSTARTUP=|\bNODE_OPTIONS=["']?--require|\.git\/hooks\/(?:pre|post)-\w{3,14}|["']runOn["'] ?: ?["']folderOpen/gi,
  ..."rc profile zshenv bash_ config.fish .ssh/ gitconfig .git/hooks customize.py .pth hookspath templatedir prompt_command trap bash_env ld_preload dyld_insert pythonstartup node_options runon".split(
    " ",
  ),
);
/** What an honest service does not do: fetch at every start, lie hidden or in a temporary folder, hide its window. */
const SHADY = pattern(
  /\b(?:curl|wget)\b[^\n]{0,160}(?:\||&&|;)[ \t]{0,4}(?:sudo )?(?:(?:ba|z)?sh\b|python|node|perl|chmod)|\b(?:curl|wget)\b[^\n]{0,80} -[a-zA-Z]{0,5}[oO]\b|\b(?:ba|z)?sh\b[^\n]{0,12}(?:<\( ?|-c ["'\\]{0,3}\$\( ?)(?:curl|wget)|\b(?:iwr|irm|Invoke-WebRequest|DownloadString|DownloadFile|urlopen|urlretrieve)\b[^\n]{0,160}|\bbase64 -{1,2}[dD]|\bb64decode|FromBase64String|\/dev\/tcp\/|\b(?:nc|ncat) -|["'\s/=(](?:\/tmp|\/var\/tmp|\/dev\/shm)\/\.?[\w.-]{1,40}|(?:~|\$HOME|\$\{HOME\}|%h|\.cache|\.local(?:\/share|\/bin)?|\.config|home\(\)["' /,]{1,6})\/["' ]{0,2}\.[\w-]{1,30}(?:\/[\w.-]{1,30})?|["']\.(?:cache|local)["'] ?\/ ?["']\.|-WindowStyle ["']?Hidden|-w(?:indowstyle)? ?hidden\b|-enc(?:odedcommand)?\b|\$env:(?:TEMP|APPDATA|LOCALAPPDATA|PUBLIC)|%(?:TEMP|APPDATA|LOCALAPPDATA|PUBLIC)%|\bwscript\b|\bmshta\b|\bmicrosoft\.\w{3,20}\.plist|com\.(?:apple|google|microsoft|adobe)\.[\w.-]{3,40}\.plist/gi,
  ..."curl wget iwr irm invoke-webrequest download urlopen urlretrieve base64 b64decode /dev/tcp nc ncat /tmp/ /dev/shm /. %h/. .cache .local .config hidden -enc $env: % wscript mshta .plist".split(
    " ",
  ),
);
const QUIET = pattern(
  /> ?\/dev\/null 2>&1|2> ?\/dev\/null|\bnohup\b|\bdisown\b|stdio ?: ?["']ignore|DEVNULL|SilentlyContinue|\|\| ?true\b|catch ?(?:\(\w{0,4}\))? ?\{ ?\}|except[^\n]{0,20}: ?\n?[ \t]{0,12}pass\b/gi,
  ..."/dev/null nohup disown ignore devnull silentlycontinue true catch except".split(" "),
);
const FETCHES_OR_RUNS_CODE = pattern(
  /\b(?:curl|wget|iwr|irm|nc|ncat)\b[^\n]{0,160}|\beval\b|\/dev\/tcp\/|\bnode -e\b|\bpython3? -c\b|\bbase64 -{1,2}[dD]|\bnpx (?:-y|--yes)\b/gi,
  ..."curl wget iwr irm nc ncat eval /dev/tcp node python base64 npx".split(" "),
);
/** Files that tell agents what to do or what they may do. */
const AGENT_FILES =
  "(?:\\.claude\\.json|\\.claude[\\\\/\"' ,]{1,6}(?:settings(?:\\.local)?\\.json|CLAUDE\\.md|hooks|commands|agents|skills)|claude_desktop_config\\.json|\\.mcp\\.json|\\.cursor[\\\\/\"' ,]{1,6}(?:mcp\\.json|rules|hooks\\.json)|\\.codex[\\\\/\"' ,]{1,6}(?:config\\.toml|AGENTS\\.md)|\\.gemini[\\\\/\"' ,]{1,6}settings\\.json|\\.vscode[\\\\/\"' ,]{1,6}(?:mcp|tasks|settings)\\.json|\\.windsurf|\\.cline|\\.continue[\\\\/\"' ,]{1,6}config|mcp_config\\.json|\\.openclaw[\\\\/\"' ,]{1,6}[\\w.-]{2,30}|\\bCLAUDE\\.md|\\bAGENTS\\.md|\\bSOUL\\.md|\\bMEMORY\\.md|\\.cursorrules|\\.windsurfrules|copilot-instructions\\.md|\\bGEMINI\\.md)";
const AGENT_NEEDLES =
  ".claude claude_desktop mcp.json .cursor .codex .gemini .vscode .windsurf .cline .continue mcp_config .openclaw claude.md agents.md soul.md memory.md copilot-instructions gemini.md".split(
    " ",
  );
const NAMES_AGENT_FILE = pattern(new RegExp(AGENT_FILES, "gi"), ...AGENT_NEEDLES);
const WRITES_AGENT_FILE = pattern(
  new RegExp(
    `(?:>>? ?|\\btee(?: -a)? |\\bwrite\\w{0,12}\\(|\\bopen\\(|\\bappend\\w{0,10}\\(|\\bcp\\b|\\bcopy\\w{0,8}\\(|\\bmv\\b|\\bln -s|\\bAdd-Content|\\bOut-File|\\bSet-Content)[^\\n]{0,120}?${AGENT_FILES}|${AGENT_FILES}["')\\]} ]{1,4}(?:, ?["'][aw]|\\.(?:write_text|open\\( ?["'][aw]|write\\())`,
    "gi",
  ),
  ...AGENT_NEEDLES,
);
const WRITES = pattern(
  /\bwrite(?:File(?:Sync)?|_text|_bytes)?\(|\bappendFile(?:Sync)?\(|\bopen\([^\n]{0,80}["'][aw]\+?["']|\.write\(|\bjson\.dump\(|\bSet-Content\b|\bAdd-Content\b|\bOut-File\b|>> ?|\btee -a\b|\bcat > /g,
  ..."write appendfile open( json.dump( set-content add-content out-file >> tee cat".split(" "),
);
/** What turns an agent's own guard off, or makes it run something at every turn. */
const LOOSENS = pattern(
  /\bdefaultMode["']? ?[:=] ?["']bypassPermissions|\bbypassPermissions(?:Mode(?:Accepted)?)?\b|\b(?:auto_?approve(?:All)?|autoAllow|alwaysAllow|enableAllProjectMcpServers|skipDangerousModePermissionPrompt|hasTrustDialogAccepted|dangerously\w{0,30}|trust_level)["']? ?[:=] ?(?:true|\[ ?["']\*|["']trusted)|["']allow["'] ?: ?\[ ?["'](?:Bash(?:\(\*?\)|\(\*:\*\))?|\*)["']|chat\.tools\.(?:global\.)?autoApprove|approval_policy ?= ?["']never|sandbox_mode ?= ?["']danger|["']?(?:SessionStart|UserPromptSubmit|PreToolUse|PostToolUse|Stop)["']? ?[:=][^\n]{0,200}(?:curl|wget|base64|node -e|python3? -c|npx (?:-y|--yes)|nc )|\bmcpServers\b[^\n]{0,400}(?:https?:\/\/|wss?:\/\/|npx|uvx|command)/gi,
  ..."bypasspermissions approve autoallow alwaysallow enableall skipdanger hastrust dangerously trust_level allow approval_policy sandbox_mode sessionstart userprompt tooluse stop mcpservers".split(
    " ",
  ),
);
const SAYS_APPEND = prose(
  /\b(?:append|add|write|insert|put|copy|create)\b[^.\n]{0,80}(?:following|this|these|line|lines|block|text|section|rule|rules|instructions?)\b[^.\n]{0,80}/gi,
  ..."append add write insert put copy create".split(" "),
);
const HIDDEN_ORDER = prose(
  /\b(?:never|do(?: not|n't)) (?:tell|mention|show|reveal|inform|ask|remove|delete|explain)\b|\b(?:silently|quietly|secretly)\b|\bat the (?:beginning|start) of every (?:session|conversation|task)\b|\b(?:every|each|any) (?:new )?(?:session|conversation|project)\b[^.\n]{0,80}\b(?:run|execute|fetch|curl|npx)\b|\brestore (?:it|them|this)\b|\bpre-?approved\b|\bwithout (?:asking|confirmation)\b|\bcurl\b|\bnpx -y\b|https?:\/\//gi,
  ..."never don't do silently quietly secretly beginning start every each any restore approved without curl npx http".split(
    " ",
  ),
);
const PUBLISHES = pattern(
  /\b(?:npm|pnpm|yarn|bun) publish\b|["'](?:npm|pnpm|yarn)["'], ?\[ ?["']publish|\btwine upload\b|\bcargo publish\b|\bgem push\b|\bvsce publish\b|\bclawhub publish\b|\bregistry\.[\w.-]{3,40}\/-\/(?:whoami|v1\/tokens|npm\/v1)|\buser\/repos\b|\bgh repo create\b[^\n]{0,60}--public/gi,
  ..."publish twine gem /-/ user/repos gh".split(" "),
);
const FOUND_TOKEN = pattern(
  /_authToken\b|\bNPM_TOKEN\b|\.npmrc\b|\bgh auth token\b|\bGITHUB_TOKEN\b|\.pypirc\b|\bNODE_AUTH_TOKEN\b|\bTWINE_PASSWORD\b/g,
  ..."_authtoken npm_token .npmrc auth github_token .pypirc node_auth_token twine_password".split(" "),
);
const ALL_PACKAGES = pattern(
  /\bfor\b[^\n]{0,80}\b(?:packages?|maintain\w{0,4}|repos?|projects?)\b|-\/v1\/search\?text=maintainer|\bforEach\(|\.map\( ?(?:async )?|\bnpm (?:version patch|access (?:ls|list))|\baccess list packages/gi,
  ..."for maintainer foreach .map( npm access".split(" "),
);
const WORKFLOW_FILE = pattern(/\.github[\\/"', ]{1,6}workflows\b/gi, ".github");
const ALL_SECRETS = pattern(/\$\{\{ ?toJSON\( ?secrets ?\) ?\}\}|\$\{\{ ?secrets ?\}\}/gi, "secrets");
const SPREADS = pattern(
  /\b(?:for|find|glob|ls|forEach|readdir\w{0,4}|Get-ChildItem)\b[^\n]{0,120}(?:\.claude|\.openclaw|\.cursor|\.codex|\.agents)[\\/"', ]{1,6}(?:skills|commands|agents|plugins)[^\n]{0,160}/gi,
  ..."skills commands agents plugins".split(" "),
);

const persist = { category: "malware", remedy: REMEDY, mentionable: "prose" } as const;
/** What stays on a machine, in other people's projects, or in an agent's own configuration. */
export const PERSISTENCE_RULES: readonly TextRule[] = [
  {
    id: "shady-persistence",
    severity: "high",
    ...persist,
    parts: [STARTS_BY_ITSELF, SHADY],
    within: 300,
    unordered: true,
    paths: CODE_FILE,
    message: "Installs something to start by itself that is fetched, hidden or lies in a temporary folder.",
  },
  {
    id: "quiet-persistence",
    severity: "high",
    ...persist,
    parts: [STARTS_BY_ITSELF, SHADY, QUIET],
    within: 160,
    unordered: true,
    message: "Installs something hidden to start by itself, and keeps quiet about it.",
  },
  {
    id: "shell-start-code",
    severity: "high",
    ...persist,
    parts: [RUNS_WITH_WORK, FETCHES_OR_RUNS_CODE],
    within: 160,
    unordered: true,
    unless:
      /\beval ["']?\$\((?:["']?[\w/.~${}-]{0,60}\/)?(?:brew|rbenv|pyenv|nodenv|jenv|direnv|starship|zoxide|fnm|mise|thefuck|ssh-agent|dircolors|register-python|opam|conda|atuin|op|gh|uv|just|mcfly|goenv|phpenv|asdf|rtx|keychain|oh-my-posh|sheldon|fzf|luarocks|swiftenv|chef|hub)\b|\bEDITOR=|pre-commit (?:install|run)|husky/i,
    message: "Has a shell, a git hook or an interpreter fetch and run code whenever it starts.",
  },
  {
    id: "agent-configuration-loosened",
    severity: "high",
    ...persist,
    remedy: CONFIG_REMEDY,
    parts: [NAMES_AGENT_FILE, LOOSENS],
    within: 500,
    unordered: true,
    paths: CODE_FILE,
    message: "Changes an agent's configuration so that it asks less, trusts more or runs something at every turn.",
  },
  {
    id: "agent-configuration-written",
    severity: "high",
    ...persist,
    remedy: CONFIG_REMEDY,
    parts: [NAMES_AGENT_FILE, WRITES, LOOSENS],
    within: 500,
    unordered: true,
    message: "Writes an agent's configuration so that it asks less, trusts more or runs something at every turn.",
  },
  {
    id: "agent-file-written",
    severity: "medium",
    ...persist,
    remedy: CONFIG_REMEDY,
    parts: [WRITES_AGENT_FILE],
    paths: CODE_FILE,
    message: "Writes a file that tells agents what to do.",
  },
  {
    id: "agent-file-implant",
    severity: "high",
    ...persist,
    remedy: CONFIG_REMEDY,
    parts: [SAYS_APPEND, NAMES_AGENT_FILE, HIDDEN_ORDER],
    within: 200,
    unordered: true,
    boundary: "sentence",
    message: "Plants instructions in a file that agents read in every session.",
  },
  {
    id: "publishes-with-found-token",
    severity: "critical",
    ...persist,
    remedy: "Publish from a pipeline of your own, with a token that the user gives for it.",
    parts: [FOUND_TOKEN, PUBLISHES, ALL_PACKAGES],
    within: 500,
    unordered: true,
    paths: CODE_FILE,
    message: "Looks for a registry's token and publishes packages with it, one after another.",
  },
  {
    id: "workflow-takes-secrets",
    severity: "critical",
    ...persist,
    remedy: "Name the one secret that a step needs.",
    parts: [ALL_SECRETS],
    message: "Hands all secrets of a project's pipeline to a step.",
  },
  {
    id: "workflow-written-and-pushed",
    severity: "high",
    ...persist,
    remedy: "Let the user add the workflow.",
    parts: [
      WORKFLOW_FILE,
      WRITES,
      pattern(/\bgit["', ]{1,4}push\b|\bcontents\b[^\n]{0,60}PUT\b|createOrUpdateFileContents/g, "git", "contents"),
    ],
    within: 700,
    unordered: true,
    paths: CODE_FILE,
    message: "Writes a pipeline into projects and pushes it.",
  },
  {
    id: "spreads-itself",
    severity: "high",
    ...persist,
    remedy: "Leave other assets alone.",
    parts: [SPREADS, WRITES],
    within: 300,
    paths: CODE_FILE,
    message: "Goes through the installed skills or plugins and changes them.",
  },
];
