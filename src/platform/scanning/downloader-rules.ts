import { CODE_FILE, DECODES, FETCHES, RUNS_TEXT, STARTS_PROGRAM, THROWAWAY_ADDRESS } from "./behaviour-vocabulary.ts";
import { pattern, prose, type TextRule } from "./text-rule.ts";

const REMEDY =
  "Ship what is to be run with the asset, or install it from a package registry with a pinned version and a checksum.";
const OPEN_REMEDY = "Run it in the open, name what it is, and let the user decide.";

/** Every way to hand what a server answers to an interpreter without a file between. */
const TO_INTERPRETER = pattern(
  /\b(?:curl|wget|aria2c)\b[^\n]{0,240}?\|[ \t]{0,4}(?:(?:tee|tac|rev|gunzip|zcat|base64|xxd|openssl|tr|sed|cut|head|tail|grep|funzip|xz|bzip2|bunzip2)\b[^\n|]{0,80}\|[ \t]{0,4}){1,3}(?:sudo (?:-\w{1,3} ){0,2})?(?:(?:\/usr)?\/bin\/)?(?:env )?(?:ba|z|da|k|a)?sh\b|\|[ \t]{0,4}(?:sudo )?["']?(?:\$\{?(?:SHELL|BASH)\b|\$0(?=["'`\s)]|$))|\b(?:python[23]?|node|ruby|perl|php|bun|deno|osascript)\b[^\n]{0,20} (?:<\( ?|-[ce] ["']?\$\( ?|-[ce] ["']?`)(?:curl|wget)\b|\b(?:curl|wget)\b[^\n]{0,200}\|[ \t]{0,4}(?:sudo )?(?:python[23]?|node|ruby|perl|php|bun|deno run)(?: -(?=[\s"'`)]|$)|(?=[\s"'`)]*$))|\b(?:curl|wget)\b[^\n]{0,200}\|[ \t]{0,4}xargs\b[^\n]{0,40}(?:ba|z)?sh -c|<<< ?["']?\$\( ?(?:curl|wget)\b|\beval ["']?\$\( ?(?:curl|wget)\b|\beval ["']?`(?:curl|wget)\b/gim,
  "curl",
  "wget",
  "shell",
  "$0",
  "bash",
);
/** The command itself is in a variable or in pieces: nobody who means well writes so. */
const MASKED_COMMAND = pattern(
  /(?:^|[\s;&|`(])["']?\$\{?[A-Za-z_]\w{0,20}\}?["']? -{1,2}[a-zA-Z][^\n|]{0,160}\|[ \t]{0,4}(?:sudo )?(?:(?:ba|z|da)?sh\b|\$\{?SHELL|\$0\b)|\$\( ?printf ["']?(?:\\x[0-9a-f]{2}|\\[0-7]{3}){3}|\$'(?:\\x[0-9a-f]{2}|\\[0-7]{3}){3}|\bcu(?:\\|["']{2}|\$@|\$\*)r?(?:\\|["']{2}|\$@)?l\b|\b[bw]?(?:a["'\\]{1,2}s["'\\]{0,2}h|g["'\\]{1,2}et)\b|\$\{IFS\}[^\n]{0,80}\$\{IFS\}|\b(\w{1,12})=["']?(?:cu|wg|ba|po|py)["']? ?[;\n][^\n]{0,40}\$\{?\1\}?["']?(?:rl|et|sh|wer|th)/gim,
  ..."$ printf cu a g ifs".split(" "),
);
const SAVES_HIDDEN = pattern(
  /\b(?:curl|wget|iwr|Invoke-WebRequest|urlretrieve|DownloadFile|certutil|bitsadmin)\b[^\n]{0,240}?(?:-[a-zA-Z]{0,4}[oO]|--output(?:-document)?|-OutFile|>|,) ?["']?(?:(?:\/tmp|\/var\/tmp|\/dev\/shm|~|\$HOME|\$\{HOME\}|\$TMPDIR|\$env:\w{4,12}|%\w{4,12}%)[\\/](?:[\w.-]{1,40}[\\/]){0,4})?\.[\w-]{1,40}(?=[\s"';&)]|$)|\b(?:curl|wget|iwr|Invoke-WebRequest|DownloadFile|certutil|bitsadmin)\b[^\n]{0,240}(?:\$env:(?:TEMP|APPDATA|LOCALAPPDATA|PUBLIC|PROGRAMDATA)|%(?:TEMP|APPDATA|LOCALAPPDATA|PUBLIC|PROGRAMDATA)%|C:\\(?:Users\\Public|ProgramData|Windows\\Temp))|\/dev\/shm\b[^\n]{0,20}[;&\n][^\n]{0,20}\b(?:curl|wget)\b/gim,
  ..."curl wget iwr invoke-webrequest urlretrieve downloadfile certutil bitsadmin /dev/shm".split(" "),
);
const THEN_STARTS = pattern(
  /\bchmod\b|(?:&&|;|\n)[ \t]{0,4}(?:sudo |nohup |setsid |exec |start |call |& )?["']?(?:\.\/|\/tmp\/|\/var\/tmp\/|\/dev\/shm\/|~\/|\$)[\w.${}/-]{1,80}|\bStart-Process\b|\bnohup\b|\bsetsid\b|\bos\.(?:system|startfile|exec\w{1,3})\(|\bsubprocess\.|\bspawn(?:Sync)?\(|\bexec(?:File)?(?:Sync)?\(|(?:&&|;|&)[ \t]{0,4}(?:start )?["']?(?:%\w{4,12}%|\$env:\w{4,12})/gim,
  ..."chmod ./ /tmp/ /dev/shm/ ~/ $ start-process nohup setsid os. subprocess spawn exec %".split(" "),
);
const UNSEEN = pattern(
  /\bnohup\b|\bsetsid\b|\bdisown\b|> ?\/dev\/null 2>&1 ?&(?!&)|&> ?\/dev\/null ?&(?!&)|-WindowStyle ["']?Hidden|-w(?:indowstyle)? ?hidden\b|\bCREATE_NO_WINDOW\b|windowsHide ?: ?true|detached ?: ?true|\bstart \/b\b|\bstart_new_session ?= ?True|\bDETACHED_PROCESS\b|\.unref\(\)/gi,
  ..."nohup setsid disown /dev/null hidden create_no_window windowshide detached start start_new_session unref".split(
    " ",
  ),
);
const GETS_FILE = pattern(
  /\b(?:curl|wget|aria2c)\b[^\n]{0,240}(?: -[a-zA-Z]{0,5}[oO]\b|--output|-O |> ?[\w./~$])|\bwget (?:-q |--quiet )?["']?https?:|\b(?:Invoke-WebRequest|iwr)\b[^\n]{0,200}-(?:OutFile|o)\b|\bDownload(?:File|Data)\(|\bStart-BitsTransfer\b|\bbitsadmin\b[^\n]{0,60}\/transfer|\bcertutil\b[^\n]{0,40}-urlcache|\burlretrieve\(|\b(?:requests|httpx)\.get\([^\n]{0,160}\)\.content|\burlopen\([^\n]{0,160}\)\.read\(|\bcreateWriteStream\(|\bwriteFile(?:Sync)?\([^\n]{0,160}(?:await|arrayBuffer|\.data|body|Buffer)|\.write\( ?(?:r|res|resp|response|data|content|payload)\w{0,6}(?:\.content|\.read\(\))/gi,
  ..."curl wget aria2c invoke-webrequest iwr download bitstransfer bitsadmin certutil urlretrieve .content urlopen createwritestream writefile .write(".split(
    " ",
  ),
);
const RUNS_ANSWER = pattern(
  /\b(\w{1,30}) ?= ?\$?\(? ?(?:await )?\(?(?:await )?(?:curl|wget|requests\.get|httpx\.get|urllib\.request\.urlopen|urlopen|fetch|axios\.get|got|Invoke-WebRequest|iwr|irm|Invoke-RestMethod|Net::HTTP\.get|URI\.open|file_get_contents)\b[^\n]{0,240}[\s\S]{0,300}?(?<![.\w])(?:eval|exec|Function|execSync|os\.system|os\.popen|subprocess\.\w{3,14}|iex|Invoke-Expression|(?:ba)?sh -c|vm\.runIn\w{0,4}Context|runInThisContext|spawn|instance_eval|import_module|source|_compile)\b ?\(? ?(?:compile\( ?)?\[?["']?(?:\$\{?|\w{1,12}, ?)?\1\b/g,
  ..."curl wget requests.get httpx.get urlopen fetch axios.get got invoke- iwr irm net::http file_get_contents uri.open".split(
    " ",
  ),
);
const RUNS_CALL = pattern(
  /(?<![.\w])(?:eval|exec|Function|compile|os\.system|os\.popen|subprocess\.\w{3,14}|execSync|vm\.runIn\w{0,4}Context|instance_eval|runInThisContext)\b ?\(? ?(?:await )?\(?(?:await )?(?:\(await )?(?:requests\.get|urllib\.request\.urlopen|urlopen|httpx\.get|fetch|axios\.get|\$\.get|URI\.open|Net::HTTP\.get|file_get_contents\( ?["']http)/g,
  ..."requests.get urlopen httpx.get fetch axios.get $.get uri.open net::http file_get_contents".split(" "),
);
const THEN_CODE = pattern(
  /\.then\( ?(?:async )?\(? ?(\w{1,20}) ?\)? ?=> ?\1\.text\(\) ?\)\s{0,20}\.then\( ?(?:eval|Function|(?:async )?\(? ?\w{1,20} ?\)? ?=> ?\{?\s{0,20}(?:eval|new Function|Function|vm\.|require\(["']vm))|\.on\( ?["']end["'] ?, ?[^\n]{0,40}(?:eval|new Function|execSync|exec)\(|\bimport\( ?["'`]https?:\/\/(?!esm\.sh|deno\.land|jsr\.io|unpkg\.com|cdn\.jsdelivr\.net|cdn\.skypack\.dev|esm\.run|cdnjs\.|www\.gstatic\.com|localhost|127\.)|\bimport\( ?["'`]data:text\/javascript;base64,|\brequire\( ?await\b/g,
  ".text()",
  "end",
  "import(",
  "require(",
);
const SILENT_PROSE = prose(
  /(?<!(?:continue|fail|skip|exit|return|ignored?|proceed|drop|degrade|pass)s? )\b(?:silently|quietly)\b(?! (?:skip|ignor|fail|continu|drop|proceed|exit|degrad|pass|swallow|return))|\bwithout (?:asking|telling|notifying|mentioning|informing)\b|\bdo(?: not|n't) (?:mention|tell|explain|inform)\b|\bdo(?: not|n't) ask(?:,| (?:the user|for (?:permission|confirmation|approval|consent)|first))|\bno need to (?:explain|mention|ask|tell)\b|\bnever (?:ask the|mention|tell)\b/gi,
  ..."silently quietly without don't do mention explain never before need".split(" "),
);
const INSTALL_PROGRAM = pattern(
  /https?:\/\/[^\s"'`)<>]{4,200}\.(?:exe|msi|scr|dmg|pkg|app\.zip|zip|rar|7z|bat|cmd|ps1|vbs|hta|jar|apk|deb|rpm|appimage|command|tar\.gz|tgz)\b(?![^\n]{0,20}(?:sha256|checksum))/gi,
  ..."exe msi scr dmg pkg zip rar 7z bat cmd ps1 vbs hta jar apk deb rpm appimage command tgz tar.gz"
    .split(" ")
    .map((name) => `.${name}`),
);
const RUN_IT_FIRST = prose(
  /\b(?:required?|requires|prerequisites?|must|needs? to|have to|before (?:using|you|anything|the first|running)|first|won'?t work|will not work|do this once|important)\b[^\n]{0,160}\b(?:run|running|execute|launch|open|start|double-?click|install(?:ed)?)\b/gi,
  ..."requir prerequisite must need have before first work once important".split(" "),
);

const run = { category: "malware", remedy: REMEDY } as const;
/** What fetches code and runs it. */
export const DOWNLOADER_RULES: readonly TextRule[] = [
  {
    id: "pipe-through-to-shell",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [TO_INTERPRETER],
    unless: /python3? -(?:m|c) ?["']?(?:json|import json|import sys)|json\.tool|json\.load/,
    message: "Hands what a server answers to an interpreter in a roundabout way.",
  },
  {
    id: "masked-command",
    severity: "high",
    ...run,
    remedy: OPEN_REMEDY,
    mentionable: "prose",
    parts: [MASKED_COMMAND],
    message: "Hides the name of a command in variables, escapes or quotes.",
  },
  {
    id: "hidden-download-executed",
    severity: "critical",
    ...run,
    mentionable: "prose",
    parts: [SAVES_HIDDEN, THEN_STARTS],
    within: 160,
    unless: /\bmktemp -d\b[^\n]{0,80}trap\b/,
    message: "Downloads a program to a hidden or temporary place and starts it.",
  },
  {
    id: "unseen-download-executed",
    severity: "high",
    ...run,
    remedy: OPEN_REMEDY,
    mentionable: "prose",
    parts: [GETS_FILE, STARTS_PROGRAM, UNSEEN],
    within: 400,
    unordered: true,
    message: "Downloads a program and runs it in the background, unseen.",
  },
  {
    id: "download-executed-in-code",
    severity: "high",
    ...run,
    paths: CODE_FILE,
    parts: [GETS_FILE, THROWAWAY_ADDRESS, STARTS_PROGRAM],
    within: 700,
    unordered: true,
    message: "Downloads a file from a bare address, a paste page or a link shortener, and starts programs.",
  },
  {
    id: "runs-answer",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [RUNS_ANSWER],
    message: "Runs what a server answered as code.",
  },
  {
    id: "runs-answer-at-once",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [RUNS_CALL],
    message: "Runs code fetched from the network.",
  },
  {
    id: "runs-answer-later",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [THEN_CODE],
    message: "Loads a program's code from the network while it runs.",
  },
  {
    id: "decoded-then-run",
    severity: "critical",
    ...run,
    remedy: "Ship readable code. Nothing that is run should be encoded.",
    mentionable: "prose",
    parts: [DECODES, RUNS_TEXT],
    within: 160,
    unordered: true,
    paths: CODE_FILE,
    message: "Decodes a text and runs it as code.",
  },
  {
    id: "fetched-and-decoded-then-run",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [FETCHES, DECODES, RUNS_TEXT],
    within: 400,
    unordered: true,
    message: "Fetches something encoded and runs it.",
  },
  {
    id: "silent-install",
    severity: "high",
    ...run,
    remedy: OPEN_REMEDY,
    mentionable: "prose",
    parts: [
      pattern(
        /\b(?:curl|wget|iwr|irm|Invoke-WebRequest)\b[^\n]{0,160}(?:\||-[a-zA-Z]{0,5}[oO]\b|&&)|\bnpx (?:-y|--yes)\b|\b(?:pip3?|npm|pnpm|bun|uv|pipx|cargo|gem|go|brew) (?:install|i|add|tool install)\b/gi,
        ..."curl wget iwr irm invoke-webrequest npx pip npm pnpm bun uv pipx cargo gem go brew".split(" "),
      ),
      SILENT_PROSE,
    ],
    within: 160,
    unordered: true,
    unless: /\b(?:-qq?|--quiet)\b[^\n]{0,20}$|\bnever (?:ask|mention) (?:twice|again)\b/,
    message: "Has something installed or run without the user being asked or told.",
  },
  {
    id: "program-to-run-first",
    severity: "high",
    ...run,
    mentionable: "prose",
    parts: [RUN_IT_FIRST, INSTALL_PROGRAM],
    within: 240,
    unordered: true,
    exempt:
      /https?:\/\/(?:[\w-]{1,40}\.){0,3}(?:github\.com\/[\w.-]{1,60}\/[\w.-]{1,60}\/(?:releases|archive|raw)|githubusercontent\.com|python\.org|nodejs\.org|microsoft\.com|google\.com|googleapis\.com|apple\.com|amazonaws\.com|aws\.amazon\.com|hashicorp\.com|golang\.org|go\.dev|rust-lang\.org|docker\.com|jetbrains\.com|mozilla\.org|apache\.org|gnu\.org|sourceforge\.net|npmjs\.org|pypi\.org|pythonhosted\.org|debian\.org|ubuntu\.com|oracle\.com|adobe\.com|ffmpeg\.org|gyan\.dev|k8s\.io|blender\.org|huggingface\.co)\//i,
    message: "Has the reader download a program and run it before the asset works.",
  },
];
