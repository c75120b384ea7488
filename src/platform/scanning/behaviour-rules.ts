import { KNOWN_INSTALLERS } from "./known-installers.ts";
import { pattern, type TextRule } from "./text-rule.ts";

const RUN_REMEDY =
  "Ship what is to be run with the asset, or install it from a package registry with a pinned version and a checksum.";
const HIDE_REMEDY = "Ship readable code. Nothing that is run should be encoded.";
const ARCHIVE_REMEDY = "Ship the program openly: a password keeps scanners out, not attackers.";

export const PIPE_TO_SHELL = pattern(
  /\b(?:curl|wget|fetch|iwr|irm|Invoke-WebRequest|Invoke-RestMethod)\b[^\n|]{0,200}\|[ \t]{0,4}(?:sudo (?:-\w{1,3} ){0,2})?(?:(?:\/usr)?\/bin\/)?(?:env )?(?:(?:ba|z|da|k)?sh\b|(?:iex|Invoke-Expression)\b|(?:python[23]?(?! -[mc])|node(?! -[ep])|perl(?! -[a-z]{0,3}e)|ruby(?! -[a-z]{0,3}e)|php(?! -r)|osascript)\b(?!\.))|\b(?:ba|z)?sh\b[^\n]{0,12}(?:<\( ?|-c ["']?\$\( ?|`)(?:curl|wget)\b[^\n)]{0,200}|\b(?:source|\.|eval) ["']?(?:<\(|\$\() ?(?:curl|wget)\b[^\n)]{0,200}|\b(?:iex|Invoke-Expression)\b[^\n]{0,40}(?:DownloadString|iwr|irm|Net\.WebClient)/gi,
  ..."curl wget fetch iwr irm invoke- iex".split(" "),
);
const BAD_SOURCE = pattern(
  /https?:\/\/(?!127\.|0\.0\.0\.0|10\.|192\.168\.)(?:\d{1,3}\.){3}\d{1,3}\b|https?:\/\/(?:[\w-]{1,40}\.){0,3}(?:pastebin\.com|paste\.[a-z-]{2,12}|rentry\.(?:co|org)|hastebin\.com|glot\.io|termbin\.com|transfer\.sh|0x0\.st|ix\.io|bit\.ly|tinyurl\.com|t\.co|is\.gd|goo\.gl|ngrok(?:-free)?\.(?:io|app|dev)|serveo\.net|cdn\.discordapp\.com|file\.io|anonfiles\.com|gofile\.io|catbox\.moe|[a-z2-7]{16,56}\.onion|trycloudflare\.com)(?=[/:?\s'"`)]|$)/gim,
  "http",
);
const FETCH_TO_FILE = pattern(
  /\b(?:curl|wget|Invoke-WebRequest|iwr|Start-BitsTransfer|certutil|bitsadmin|urlretrieve|urllib\.request)\b[^\n]{0,200}https?:\/\/[^\s'"`)]{4,200}/gi,
  ..."curl wget invoke- iwr bitstransfer certutil bitsadmin urlretrieve urllib".split(" "),
);
const THEN_RUN = pattern(
  /\bchmod \+?[0-7ugoa+]{0,4}x?\b[^\n]{1,80}(?:&&|;|\n)[^\n]{0,20}(?:\.\/|\/tmp\/|~\/|\$)[\w./-]{1,60}|(?:&&|;) {0,4}(?:sudo )?(?:ba|z)?sh [\w./~-]{2,80}|(?:&&|;) {0,4}(?:sudo )?(?:\.\/|\/tmp\/)[\w./-]{1,80}|\bStart-Process\b|\b(?:os\.system|subprocess\.(?:run|call|Popen|check_call))\(/gi,
  ..."chmod sh ./ /tmp/ start-process os.system subprocess".split(" "),
);
const DECODE_AND_RUN = pattern(
  /\bbase64 {1,3}(?:-[dDi]{1,3}|--decode)\b[^\n]{0,80}\|[ \t]{0,4}(?:sudo )?(?:(?:\/usr)?\/bin\/)?(?:(?:ba|z|da)?sh|python[23]?|node|perl|ruby|php|osascript)\b|\b(?:xxd -r|openssl (?:enc|base64|aes)[^\n|]{0,60}-d)[^\n]{0,60}\|[ \t]{0,4}(?:ba|z)?sh\b|\b(?:eval|exec|new Function|compile|execSync|spawnSync)\b ?\(? ?["'`]?[^\n]{0,30}?(?:\batob\(|base64\.b64decode\(|b64decode\(|Buffer\.from\(|bytes\.fromhex\(|zlib\.decompress\(|marshal\.loads\(|codecs\.decode\(|\$\( ?echo [^\n|]{8,600}\| ?base64 -)|\b(?:ba|z)?sh -c ["']?\$\( ?echo [^\n|]{8,600}\| ?base64 -|\bpowershell(?:\.exe)?\b[^\n]{0,60} -(?:e|ec|enc|encodedcommand) {1,3}[A-Za-z0-9+/=]{16}/gi,
  ..."base64 xxd openssl atob b64decode fromhex decompress marshal codecs powershell buffer.from".split(" "),
);
const RUN_FETCHED = pattern(
  /\b(?:eval|exec|Function)\b ?\( ?(?:await )?\(?(?:await )?(?:requests\.get|urllib\.request\.urlopen|urlopen|httpx\.get|fetch|axios\.get|\$\.get)\(/gi,
  ..."requests urlopen httpx fetch axios $.get".split(" "),
);
const ARCHIVE = pattern(
  /\b(?:extract|unzip|unpack|decompress|unrar|untar|open the (?:zip|archive))\b|\.(?:zip|rar|7z)\b/gi,
  ..."extract unzip unpack decompress unrar untar .zip .rar .7z archive zip".split(" "),
);
const WITH_PASSWORD = pattern(
  /\b(?:with |using |use |enter |the )?(?:the )?(?:pass(?:word|code|phrase|wd)?|pwd)(?: is)?\b ?[:=]? ?["'`*“]{1,3}[^\s"'`*”]{2,40}["'`*”]|\b(?:pass(?:word|code)?|pwd) ?[:=] ?[\w@!#$%-]{3,30}\b|\bunzip\b[^\n]{0,30} -P ?\S{2,30}|\b7z(?:a|z)? x\b[^\n]{0,40} -p\S{2,30}/gi,
  "pass",
  "pwd",
  "unzip",
  "7z",
);
const RUN_IT = pattern(
  /\b(?:run|execute|launch|start|install|double-?click)\b/gi,
  ..."run execute launch start install double".split(" "),
);
const VISIT = pattern(
  /\b(?:visit|go to|open|follow|navigate to|from|see)\b[^\n]{0,30}(?:\[[^\]\n]{1,60}\]\(https?:\/\/[^\s)]{4,200}\)|https?:\/\/[^\s)]{4,200})/gi,
  "http",
);
const COPY_COMMAND = pattern(
  /\b(?:copy|paste|take)\b[^.\n]{0,30}\b(?:commands?|scripts?|code|snippet|one-?liner)\b[^.\n]{0,60}\b(?:terminal|shell|console|powershell|cmd|command (?:line|prompt))\b/gi,
  "terminal",
  "shell",
  "console",
  "cmd",
  "command",
);
const REVERSE_SHELL = pattern(
  /\b(?:ba|z|k)?sh -i\b[^\n]{0,20}(?:>&|<&|\d>&)|\/dev\/(?:tcp|udp)\/[^\s/]{1,80}\/[\d$]\S{0,12}[^\n]{0,20}(?:0>&1|<&|2>&1|>&)|\b0<&\d{1,3}|\bexec \d{1,3}<>\/dev\/tcp|\b(?:nc|ncat|netcat)\b[^\n]{0,60} -(?:e|c) ?["']?(?:\/bin\/)?(?:ba|z)?(?:sh|cmd|powershell)|\bmkfifo\b[^\n]{0,100}\|[^\n]{0,40}\b(?:nc|ncat|telnet|openssl)\b|\bsocat\b[^\n]{0,80}exec:|\bpty\.spawn\( ?["']\/?(?:bin\/)?\w{0,3}sh|\bfsockopen\([^\n]{0,80}(?:exec|proc_open|shell_exec|system)\(/gi,
  ..."-i /dev/tcp /dev/udp 0<& nc ncat netcat mkfifo socat pty.spawn fsockopen".split(" "),
);
const SOCKET = pattern(
  /\bsocket\.socket\(|\bnet\.(?:Socket|connect|createConnection)\(|\bTCPSocket\.(?:new|open)|\bNet\.Sockets\.TCPClient|\bIO::Socket::INET/gi,
  "socket",
  "net.connect",
  "net.createconnection",
  "sockets",
);
const SHELL_ON_SOCKET = pattern(
  /\bos\.dup2\([^)\n]{0,30}fileno\(|\bsubprocess\.(?:call|Popen|run)\( ?\[? ?["'](?:\/bin\/)?(?:ba|z)?sh["'],? ?["']?-i|\.pipe\( ?(?:sh|shell|cmd|proc)\.std|\bspawn\( ?["'](?:\/bin\/(?:ba|z)?sh|cmd\.exe|powershell)|\bIEX\b|\biex \$|\bexec ?\(? ?["']\/bin\/(?:ba)?sh -i/gi,
  ..."dup2 subprocess .pipe( spawn iex exec".split(" "),
);
const PERSIST = pattern(
  /\bcrontab (?:-(?!l\b|e\b|r\b)|[\w~.$]{0,20}\/)|\| ?crontab\b|\/etc\/cron\.(?:d|daily|hourly)|\/etc\/ld\.so\.preload|(?:>>|tee -a) {0,3}["']?(?:~|\$HOME|\/root|\/home\/\w{1,30})?\/?\.?(?:bashrc|zshrc|profile|bash_profile|zprofile)|\bLibrary\/Launch(?:Agents|Daemons)\/[\w.-]{1,80}\.plist|\blaunchctl (?:load|bootstrap)|\bsystemctl (?:--user )?enable\b|\\CurrentVersion\\Run\b|\bschtasks\b[^\n]{0,30}\/create|\bNew-ScheduledTask|\.git\/hooks\/(?:pre|post)-\w{3,14}/gi,
  ..."crontab /etc/cron ld.so.preload bashrc zshrc profile launchagents launchdaemons launchctl systemctl currentversion schtasks scheduledtask .git/hooks".split(
    " ",
  ),
);
const FETCHES_CODE = pattern(
  /\b(?:curl|wget)\b[^\n]{0,160}\|[ \t]{0,4}(?:ba|z)?sh\b|\bbase64 -(?:d|D|-decode)|\/dev\/tcp\/|\b(?:nc|ncat) -|\beval\b[^\n]{0,20}(?:curl|wget|base64)|\$\(curl\b/gi,
  ..."curl wget base64 /dev/tcp nc ncat eval".split(" "),
);
const AUTHORIZED_KEYS = pattern(
  /(?:>>|tee -a|echo|write|append|add)[^\n]{0,100}authorized_keys\b/gi,
  "authorized_keys",
);
const SSH_KEY = pattern(/\bssh-(?:rsa|ed25519) AAAA[A-Za-z0-9+/]{20}/g, "ssh-rsa", "ssh-ed25519");
const SUDOERS = pattern(/\bNOPASSWD: ?ALL\b[^\n]{0,60}sudoers|sudoers[^\n]{0,60}NOPASSWD: ?ALL/gi, "nopasswd");
const DESTROY = pattern(
  /\brm -(?:rf|fr|r -f|f -r)[a-z]{0,2} (?:--no-preserve-root )?(?:\/(?= |$|["'`*;&|])|\/\*|~\/?(?= |$|["'`;&|])|\$HOME\/?(?= |$|["'`;&|]))|\bdd [^\n]{0,40}of=\/dev\/(?:sd|nvme|disk|hd)\w{0,6}|\bmkfs\.\w{2,6} \/dev\/|:\(\)\{ ?:\|:& ?\};:|\bformat c: ?\/|\bcipher \/w:c/gim,
  ..."rm dd mkfs :() format cipher".split(" "),
);
const OTHER_REGISTRY = pattern(
  /\b(?:npm|pnpm|yarn|bun)\b[^\n]{0,120}--registry[= ]https?:\/\/(?!registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|registry\.npmmirror\.com|localhost|127\.)[^\s'"`]{4,120}|\bpip3? install\b[^\n]{0,160}--(?:extra-)?index-url[= ]https?:\/\/(?!pypi\.org|test\.pypi\.org|download\.pytorch\.org|pypi\.nvidia\.com|files\.pythonhosted\.org|abetlen\.github\.io|localhost|127\.)[^\s'"`]{4,120}/gi,
  "--registry",
  "index-url",
);
const POSTINSTALL = pattern(/\b(?:post|pre)-?install\b/gi, "postinstall", "preinstall", "post-install", "pre-install");
const MINER = pattern(
  /\bstratum\+(?:tcp|ssl):\/\/|\bxmrig\b[^\n]{0,60}(?:-o|--url|pool)|\bcoinhive\b/gi,
  "stratum+",
  "xmrig",
  "coinhive",
);
const SHELL_COMMAND = pattern(
  /(?:\/bin\/)?(?:ba|z)?sh -c\b|\b(?:curl|wget)\b[^\n]{0,40}https?:\/\/|\bpowershell\b|\bInvoke-Expression\b|\bos\.system\(|\bsubprocess\.|\bchild_process\b|\/dev\/tcp\//gi,
  ..."sh curl wget powershell invoke- os.system subprocess child_process /dev/tcp".split(" "),
);
const CLIPPER = pattern(
  /\b(?:pynput|keyboard\.on_press|GetAsyncKeyState|SetWindowsHookEx|CGEventTapCreate)\b/gi,
  ..."pynput keyboard.on_press getasynckeystate setwindowshookex cgeventtapcreate".split(" "),
);
const ANY_URL_POST = pattern(
  /\b(?:requests|httpx|axios)\.post\(|\bmethod ?[:=] ?["']POST["']|\bsmtplib\.|api\.telegram\.org\/bot|discord(?:app)?\.com\/api\/webhooks/gi,
  ".post(",
  "method",
  "smtplib",
  "telegram",
  "discord",
);

const run = { category: "malware", remedy: RUN_REMEDY, mentionable: true } as const;
/** What code and commands would do when somebody, or an agent, runs them. */
const IN_CODE = pattern(
  /\b(?:os\.system|os\.popen|subprocess\.\w{3,14}|execSync|child_process|exec|spawn(?:Sync)?|Popen|shell_exec|system) ?\( ?(?:\[ ?)?["'`f]/g,
  ..."os.system os.popen subprocess execsync child_process exec spawn popen shell_exec system".split(" "),
);
const ON_A_DATE = pattern(
  /\bif\b[^\n]{0,100}(?:datetime\(20\d\d|date\(20\d\d|new Date\( ?["']20\d\d|getHours\(\)|\.hour\b|getDay\(\)|\.weekday\(\)|date \+%[Hsdm])/g,
  ..."datetime(20 date(20 date( gethours .hour getday .weekday date ".split(" ").filter(Boolean),
);
const RUNS_OR_SENDS = pattern(
  /\b(?:os\.system|os\.popen|subprocess\.|execSync|child_process|exec|eval|requests\.post|https?\.request)\b ?[.(]|\bcurl\b/g,
  ..."os.system os.popen subprocess execsync child_process exec eval requests http curl".split(" "),
);
const SPLIT_COMMAND = pattern(
  /\b(?:curl|wget)\b[^\n]{0,80}https?:\/\/|\b(?:ba|z)?sh -[ci]\b|\/dev\/tcp\/|\bbase64 -d|\bchild_process\b|\bos\.system\b|\b__import__\b|\beval\(/g,
  ..."curl wget sh /dev/tcp base64 child_process os.system __import__ eval(".split(" "),
);
const PASTE_PAGE = pattern(
  /https?:\/\/(?:[\w-]{1,40}\.){0,2}(?:rentry\.(?:co|org)|glot\.io|pastebin\.com|hastebin\.com|paste\.[a-z-]{2,12}|gist\.github(?:usercontent)?\.com|controlc\.com|justpaste\.it|telegra\.ph|notion\.site)\b/gi,
  ..."rentry glot.io pastebin hastebin paste. gist. controlc justpaste telegra.ph notion.site".split(" "),
);
const RUN_COMMAND = pattern(
  /\b(?:copy|paste|run|execute|enter)\b[^.\n]{0,40}\b(?:commands?|scripts?|code|snippet|one-?liner|it)\b[^.\n]{0,40}\b(?:terminal|shell|console|powershell|command (?:line|prompt))\b/gi,
  ..."terminal shell console command".split(" "),
);

export const BEHAVIOUR_RULES: readonly TextRule[] = [
  {
    id: "pipe-to-shell-in-code",
    severity: "high",
    ...run,
    parts: [IN_CODE, PIPE_TO_SHELL],
    within: 20,
    boundary: "line",
    exempt: KNOWN_INSTALLERS,
    message: "Runs what a server answers, unseen, from within a program.",
  },
  {
    id: "time-bomb",
    severity: "high",
    ...run,
    remedy: "Do the same at every time, or say what depends on the date.",
    parts: [ON_A_DATE, RUNS_OR_SENDS],
    within: 300,
    message: "Runs or sends something on certain dates or hours only.",
  },
  {
    id: "split-command",
    severity: "high",
    ...run,
    remedy: HIDE_REMEDY,
    parts: [SPLIT_COMMAND],
    disguisedOnly: true,
    message: "Holds a command in pieces or with invisible characters in it, so that a search for it fails.",
  },
  {
    id: "paste-page-into-terminal",
    severity: "critical",
    ...run,
    parts: [PASTE_PAGE, RUN_COMMAND],
    within: 120,
    boundary: "line",
    message: "Has a command run that stands on a paste page, where it can change at any time.",
  },
  {
    id: "pipe-to-shell",
    severity: "medium",
    ...run,
    parts: [PIPE_TO_SHELL],
    exempt: KNOWN_INSTALLERS,
    message: "Runs what a server answers, unseen.",
  },
  {
    id: "pipe-to-shell-suspicious",
    severity: "critical",
    ...run,
    parts: [BAD_SOURCE, PIPE_TO_SHELL],
    within: 0,
    unordered: true,
    message: "Runs what a bare address, a paste site or a link shortener answers.",
  },
  {
    id: "download-and-execute",
    severity: "medium",
    ...run,
    parts: [FETCH_TO_FILE, THEN_RUN],
    within: 160,
    exempt: KNOWN_INSTALLERS,
    message: "Downloads a file and runs it without checking it.",
  },
  {
    id: "download-and-execute-suspicious",
    severity: "critical",
    ...run,
    parts: [FETCH_TO_FILE, THEN_RUN, BAD_SOURCE],
    within: 160,
    unordered: true,
    message: "Downloads a file from a bare address, a paste site or a link shortener and runs it.",
  },
  {
    id: "decoded-payload",
    severity: "critical",
    ...run,
    remedy: HIDE_REMEDY,
    parts: [DECODE_AND_RUN],
    unless: /echo ["']?(?:…|\.\.\.|<[\w -]{1,30}>)["']? ?\| ?base64/,
    message: "Decodes a payload and runs it.",
  },
  {
    id: "encoded-command",
    severity: "high",
    ...run,
    remedy: HIDE_REMEDY,
    parts: [SHELL_COMMAND],
    only: "decoded",
    exceptKinds: ["model", "dataset"],
    message: "Holds a command in encoded form.",
  },
  {
    id: "runs-fetched-code",
    severity: "high",
    ...run,
    parts: [RUN_FETCHED],
    message: "Runs code fetched from the network.",
  },
  {
    id: "password-archive",
    severity: "high",
    ...run,
    remedy: ARCHIVE_REMEDY,
    parts: [ARCHIVE, WITH_PASSWORD],
    within: 80,
    boundary: "line",
    unless:
      /\b(?:protect|encrypt|create|set|archive -p|zip -e)\w{0,4} (?:the |a |your )?(?:\w{1,12} )?(?:zip|archive|pdf|file)/i,
    message: "Gives the password of an archive to be opened.",
  },
  {
    id: "password-archive-executed",
    severity: "critical",
    ...run,
    remedy: ARCHIVE_REMEDY,
    parts: [ARCHIVE, WITH_PASSWORD, RUN_IT],
    within: 60,
    boundary: "line",
    message: "Has an archive opened with a password and its content run.",
  },
  {
    id: "paste-into-terminal",
    severity: "high",
    ...run,
    parts: [VISIT, COPY_COMMAND],
    within: 40,
    boundary: "line",
    message: "Sends the reader to a page to copy a command into a terminal.",
  },
  {
    id: "reverse-shell",
    severity: "critical",
    ...run,
    remedy: "Remove it: nothing in an asset needs to hand a shell to another machine.",
    parts: [REVERSE_SHELL],
    message: "Opens a shell to another machine.",
  },
  {
    id: "reverse-shell-socket",
    severity: "critical",
    ...run,
    remedy: "Remove it: nothing in an asset needs to hand a shell to another machine.",
    parts: [SOCKET, SHELL_ON_SOCKET],
    within: 400,
    message: "Connects a shell to a network socket.",
  },
  {
    id: "persistence",
    severity: "low",
    ...run,
    remedy: "Tell the user what is installed to start by itself, and how to remove it.",
    parts: [PERSIST],
    message: "Installs something that starts by itself.",
  },
  {
    id: "persistent-download",
    severity: "critical",
    ...run,
    parts: [PERSIST, FETCHES_CODE],
    within: 200,
    unordered: true,
    exempt: KNOWN_INSTALLERS,
    message: "Installs fetched or encoded code to start by itself.",
  },
  {
    id: "authorized-keys",
    severity: "high",
    ...run,
    remedy: "Let the user add keys by hand.",
    parts: [AUTHORIZED_KEYS],
    unless: /\bssh-copy-id\b|\bpermissions?\b|\bchmod\b/i,
    message: "Adds a key that may sign in to this machine.",
  },
  {
    id: "authorized-keys-own",
    severity: "critical",
    ...run,
    remedy: "Let the user add keys by hand.",
    parts: [AUTHORIZED_KEYS, SSH_KEY],
    within: 200,
    unordered: true,
    message: "Gives a key from the asset access to this machine.",
  },
  {
    id: "sudoers",
    severity: "high",
    ...run,
    remedy: "Ask for the one command that needs rights.",
    parts: [SUDOERS],
    message: "Lets everything run as root without a password.",
  },
  {
    id: "destructive",
    severity: "high",
    ...run,
    remedy: "Delete only what the asset itself made, by its full path.",
    parts: [DESTROY],
    message: "Deletes or overwrites a whole disk or home directory.",
  },
  {
    id: "foreign-registry",
    severity: "medium",
    ...run,
    remedy: "Install from the public registry, or say whose registry it is.",
    parts: [OTHER_REGISTRY],
    message: "Installs packages from a registry of its own.",
  },
  {
    id: "foreign-registry-script",
    severity: "high",
    ...run,
    remedy: "Install from the public registry, without install scripts.",
    parts: [OTHER_REGISTRY, POSTINSTALL],
    within: 400,
    unordered: true,
    message: "Installs a package that runs a script, from a registry of its own.",
  },
  {
    id: "foreign-registry-trusted",
    severity: "high",
    ...run,
    remedy: "Install from a registry whose certificate can be checked.",
    parts: [
      OTHER_REGISTRY,
      pattern(
        /--trusted-host[= ](?!localhost|127\.|10\.|192\.168\.)[\w.-]{3,80}|--strict-ssl[= ]?false|\bstrict-ssl false/gi,
        "--trusted-host",
        "strict-ssl",
      ),
    ],
    within: 120,
    unordered: true,
    message: "Installs packages from a registry of its own, without checking its certificate.",
  },
  {
    id: "foreign-registry-plain",
    severity: "high",
    ...run,
    remedy: "Install from a registry over https.",
    parts: [
      pattern(
        /(?:--registry|--(?:extra-)?index-url|-i)[= ]http:\/\/(?!localhost|127\.|10\.|192\.168\.)[^\s'"`]{4,120}/gi,
        "http://",
      ),
    ],
    message: "Installs packages over an unencrypted connection.",
  },
  {
    id: "miner",
    severity: "high",
    ...run,
    remedy: "Remove it.",
    parts: [MINER],
    message: "Mines a currency on this machine.",
  },
  {
    id: "keylogger",
    severity: "high",
    ...run,
    remedy: "Remove it.",
    parts: [CLIPPER, ANY_URL_POST],
    within: 1500,
    unordered: true,
    message: "Records keys that are typed and sends data away.",
  },
];
