import { pattern, prose, type TextRule } from "./text-rule.ts";

const REMEDY =
  "Do not read other programs' credentials or send data about the machine away. Ask the user for exactly the one key that is needed, and send it only to the service it belongs to.";

/** Places where other programs and people keep secrets, as code or a shell names them. */
const SECRET_STORE = pattern(
  /(?:~|\$\{?HOME\}?|%USERPROFILE%|homedir\(\)|\/root|\/home\/[\w*-]{1,30}|\/Users\/[\w*-]{1,30})?[\\/'",+ ]{0,6}\.(?:(?<!-i ?["']?[^\s"'|;]{0,30})ssh\/?(?![\w/-]{0,40}\.pub)(?!\/(?:config|known_hosts))|aws\/credentials|azure\/\w{1,30}|config\/(?:gcloud|solana|gh\/hosts)|cursor\/mcp\.json|claude\.json|kube\/config|docker\/config\.json|netrc\b|npmrc\b|pypirc\b|git-credentials\b|gnupg\b|electrum\b|bitcoin\b|ethereum\/keystore)|(?<!-i ?["']?[^\s"'|;]{0,30})\bid_(?:rsa|ed25519|ecdsa|dsa)\b(?!\.pub)|\/etc\/(?:shadow|passwd)\b|\.(?:bash|zsh)_history\b|\bclaude_desktop_config\.json\b|\bapplication_default_credentials\.json\b|\bwallet\.dat\b|\bLogin Data\b|\bcookies\.(?:sqlite|binarycookies)\b|\bLocal Extension Settings\b|\bsecurity (?:find-generic-password|find-internet-password|dump-keychain)\b|\blogin\.keychain|\/latest\/meta-data|\bauth-profiles\.json\b|["' /]\.env(?:\.(?:local|production|prod))?\b(?=["' ),;|]|$)/gim,
  ..."/.ssh .ssh .aws/ .azure .config/gcloud gcloud .kube .docker .cursor .claude claude_desktop _history .config/ .netrc .npmrc .pypirc .git-credentials .gnupg .electrum .bitcoin .ethereum id_rsa id_ed25519 id_ecdsa id_dsa /etc/shadow /etc/passwd application_default_credentials wallet.dat login cookies. extension security meta-data auth-profiles .env".split(
    " ",
  ),
);
/** The whole environment, or facts about the machine and the person, as a value to pass on. */
const WHOLE_ENVIRONMENT = pattern(
  /JSON\.stringify\( ?process\.env ?[,)]|Object\.(?:entries|keys|values|assign)\( ?(?:\{\}, ?)?process\.env ?\)|\bdict\( ?os\.environ ?\)|json\.dumps\( ?(?:dict\( ?)?os\.environ|\bos\.environ\.(?:items|copy)\( ?\)|\$\( ?(?:env|printenv|set)(?: [^)\n]{0,40})?\)|\b(?:printenv|env) ?(?:2> ?\/dev\/null ?)?\| ?(?:base64|curl|nc|gzip|openssl|xxd)|\benv_data=|`env`|\bGet-ChildItem env:/gi,
  ..."process.env os.environ $(env $(printenv $(set $( printenv env_data `env` env".split(" "),
);
const HOST_FACTS = pattern(
  /\$\( ?(?:uname|whoami|hostname|id|ifconfig|ip a|cat \/etc\/(?:passwd|hosts)|last|w|ps)\b[^)\n]{0,30}\)|`(?:uname -a|whoami|hostname)`/gi,
  "$(",
  "`",
);
/** Where data leaves: an upload with a body, a raw socket, a name lookup made of data, a drop box. */
const UPLOAD = pattern(
  /\bcurl\b[^\n|;]{0,120}?(?: -(?:d|F|T)\b| --(?:data(?:-binary|-raw|-urlencode)?|form|upload-file|json)\b| -X ?(?:POST|PUT)\b)|\bwget\b[^\n|;]{0,120}?--(?:post-(?:data|file)|body-(?:data|file))|\b(?:requests|httpx|session|client|axios|got|ky)\.(?:post|put)\(|\burllib\.request\.(?:urlopen|Request)\([^\n]{0,80}data ?=|\bmethod ?[:=] ?["'](?:POST|PUT)["']|\b(?:nc|ncat|netcat) (?:-[\w]{1,6} ){0,3}[\w.-]{4,80} \d{2,5}\b|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,120}-Method ["']?Post|\b(?:dig|nslookup|host)\b[^\n]{0,40}\$[\w({]|\bsendBeacon\(|\.sendall?\(|\b(?:curl|wget)\b[^\n]{0,100}\$\( ?(?:cat|env|base64|printenv|head|tar)\b|\bscp\b[^\n]{0,80}[\w.-]{2,40}@[\w.-]{3,80}:/gi,
  ..."curl wget .post( .put( urllib.request method nc ncat netcat invoke- iwr irm dig nslookup host sendbeacon .send scp".split(
    " ",
  ),
);
const DROP_BOX = pattern(
  /\b(?:paste\.c-net\.org|pastebin\.com|paste\.ee|hastebin|ix\.io|termbin\.com|0x0\.st|transfer\.sh|file\.io|webhook\.site|requestbin|pipedream\.net|ngrok(?:-free)?\.(?:io|app)|discord(?:app)?\.com\/api\/webhooks|api\.telegram\.org\/bot|burpcollaborator|oast\.(?:fun|me|pro|live|site|online)|interact\.sh|canarytokens|beeceptor\.com|rentry\.co|glot\.io|gofile\.io|anonfiles|bashupload\.com|temp\.sh|catbox\.moe)\b/gi,
  ..."paste hastebin ix.io termbin 0x0.st transfer.sh file.io webhook requestbin pipedream ngrok telegram burp oast. interact.sh canarytokens beeceptor rentry glot.io gofile anonfiles bashupload temp.sh catbox".split(
    " ",
  ),
);
const READS = pattern(
  /\b(?:cat|base64|tar|zip|cp|xxd|gzip|openssl|head|strings|grep|read(?:File(?:Sync)?|_text|_bytes)?|open|sqlite3|glob|Get-Content|type)\b/g,
  ..."cat base64 tar zip cp xxd gzip openssl head strings grep read open sqlite3 glob get-content type".split(" "),
);
const SECRET_SWEEP = pattern(
  /\bfind (?:\/|~|["']?\$HOME|\/home|\/Users|\/root)[^\n]{0,60}-name ["']?(?:\*\.pem|\*\.key|id_rsa|\.env|\*?credentials|wallet\.dat|\*\.keystore|\*\.kdbx|mnemonic|seed\.txt)/gi,
  "find",
);
const BROWSER_STORE = pattern(
  /\bsqlite3\b[^\n]{0,80}(?:Cookies|Login Data|cookies\.sqlite|logins)|\b(?:Login Data|encrypted_value FROM cookies|password_value FROM logins|Local Extension Settings)\b|\bfind\b[^\n]{0,80}(?:metamask|phantom)/gi,
  ..."cookies login encrypted_value password_value extension metamask phantom".split(" "),
);
const ALL_SOURCE = pattern(
  /\bglob(?:\.sync|\.glob|Sync)?\( ?["'`](?:\.\/)?\*\*\/|\bos\.walk\( ?["']?(?:\.|~|\/|os\.getcwd|os\.path\.expanduser|Path\.home)|\.rglob\( ?["']\*/g,
  "glob",
  "os.walk",
);
const READ_CONTENT = pattern(
  /\breadFile(?:Sync)?\(|\.read_text\(|\.read_bytes\(|\bopen\([^)\n]{1,60}\)\.read\(/g,
  "readfile",
  "read_",
  "open(",
);

const data = { category: "data-theft", remedy: REMEDY } as const;
/** A source of secrets and a way out of the machine, near enough to one another to be one flow. */
export const EXFILTRATION_IN_CODE: readonly TextRule[] = [
  {
    id: "credential-upload",
    severity: "critical",
    ...data,
    parts: [SECRET_STORE, UPLOAD],
    within: 40,
    unordered: true,
    boundary: "line",
    mentionable: true,
    unless:
      /(?: -i|IdentityFile|--key|--cert|--env-file|--config) ?["'=]?[^\n ]{0,40}\.|\b(?:load_dotenv|dotenv\.config)\b|\bsource \S{0,40}\.env/,
    message: "Sends a store of credentials away in one command.",
  },
  {
    id: "private-data-sent",
    severity: "high",
    ...data,
    parts: [
      pattern(
        /\bpbpaste\b|\bxclip\b[^\n]{0,30} -o\b|\bxsel -[ob]|\bGet-Clipboard\b|\bpyperclip\.paste\(|\bscreencapture\b|\bImageGrab\.grab\(/g,
        ..."pbpaste xclip xsel get-clipboard pyperclip screencapture imagegrab".split(" "),
      ),
      UPLOAD,
    ],
    within: 120,
    mentionable: true,
    message: "Sends the clipboard or the screen away.",
  },
  {
    id: "picture-leak",
    severity: "high",
    ...data,
    parts: [
      pattern(
        /!\[[^\]\n]{0,60}\]\(https?:\/\/[^)\s]{1,160}[?&=/](?:\{\{?|<|\$\{?|\[|%7B)[^)\n]{0,60}(?:key|token|secret|password|conversation|summary|history|context|prompt|message|env|user)/gi,
        "](http",
      ),
    ],
    message: "Shows a picture whose address carries secrets or the conversation away.",
    mentionable: true,
  },
  {
    id: "secret-in-address",
    severity: "low",
    ...data,
    parts: [
      pattern(
        /\b(?:curl|wget|fetch)\b[^\n]{0,80}https?:\/\/[^\s"'`]{1,160}[?&][\w-]{1,30}=\$\{?[A-Z_]{0,30}(?:KEY|TOKEN|SECRET|PASSWORD)/g,
        "key",
        "token",
        "secret",
        "password",
      ),
    ],
    message: "Puts a secret into an address, where servers and proxies record it.",
    mentionable: true,
  },
  {
    id: "credential-exfiltration",
    severity: "critical",
    ...data,
    parts: [SECRET_STORE, READS, UPLOAD],
    within: 500,
    unordered: true,
    mentionable: true,
    unless: /\b(?:load_dotenv|dotenv\.config)\b/,
    message: "Reads a store of credentials and sends data away.",
  },
  {
    id: "environment-exfiltration",
    severity: "critical",
    ...data,
    parts: [WHOLE_ENVIRONMENT, UPLOAD],
    within: 500,
    unordered: true,
    mentionable: true,
    message: "Sends the whole environment, with every secret in it, away.",
  },
  {
    id: "host-facts-to-drop-box",
    severity: "critical",
    ...data,
    parts: [HOST_FACTS, DROP_BOX],
    within: 120,
    unordered: true,
    mentionable: true,
    message: "Sends facts about this machine to a public drop box.",
  },
  {
    id: "host-facts-sent",
    severity: "medium",
    ...data,
    parts: [HOST_FACTS, UPLOAD],
    within: 300,
    unordered: true,
    mentionable: true,
    message: "Sends facts about this machine over the network.",
  },
  {
    id: "drop-box-upload",
    severity: "medium",
    ...data,
    parts: [UPLOAD, DROP_BOX],
    within: 150,
    unordered: true,
    mentionable: true,
    message: "Uploads to a public drop box or a request catcher.",
  },
  {
    id: "secret-to-drop-box",
    severity: "critical",
    ...data,
    parts: [SECRET_STORE, DROP_BOX],
    within: 500,
    unordered: true,
    mentionable: true,
    message: "Brings a store of credentials and a public drop box together.",
  },
  {
    id: "secret-sweep",
    severity: "high",
    ...data,
    parts: [SECRET_SWEEP, READS],
    within: 400,
    mentionable: true,
    message: "Searches the machine for keys and credentials and reads them.",
  },
  {
    id: "secret-sweep-sent",
    severity: "critical",
    ...data,
    parts: [SECRET_SWEEP, UPLOAD],
    within: 1200,
    mentionable: true,
    message: "Searches the machine for keys and credentials and sends data away.",
  },
  {
    id: "browser-theft",
    severity: "high",
    ...data,
    parts: [BROWSER_STORE, READS],
    within: 300,
    unordered: true,
    mentionable: true,
    message: "Reads passwords, cookies or wallets out of a browser's profile.",
  },
  {
    id: "browser-theft-sent",
    severity: "critical",
    ...data,
    parts: [BROWSER_STORE, UPLOAD],
    within: 900,
    unordered: true,
    mentionable: true,
    message: "Reads a browser's passwords, cookies or wallets and sends data away.",
  },
  {
    id: "dns-tunnel",
    severity: "high",
    ...data,
    parts: [
      pattern(/\bbase64\b|\bxxd\b|\.encode\(/g, "base64", "xxd", "encode"),
      pattern(
        /\b(?:dig|nslookup|host)\b[^\n]{0,40}["' ]\$[\w({][^\n]{0,60}\.[a-z]{2,12}\b/gi,
        "dig",
        "nslookup",
        "host",
      ),
    ],
    within: 300,
    mentionable: true,
    message: "Sends encoded data away inside name lookups.",
  },
  {
    id: "source-upload",
    severity: "high",
    ...data,
    parts: [ALL_SOURCE, READ_CONTENT, UPLOAD],
    within: 500,
    mentionable: true,
    message: "Reads all files of a project and sends them away.",
  },
];

const GATHER = prose(
  /\b(?:send|post|upload|submit|transmit|forward|output|share|include|collect|gather|list|compile|read|copy|export|dump|harvest|exfiltrate|report|append|embed)\b/gi,
  ..."send post upload submit transmit forward output share include collect gather list compile read copy export dump harvest exfiltrate report append embed".split(
    " ",
  ),
);
const ALL_SECRETS = prose(
  /\b(?:all|any|every|each|available|current|existing|contents? of|their|user'?s|these|your current)\b[^.\n]{0,40}\b(?:api[- ]keys?|credentials?|access tokens?|tokens|passwords|secrets|private keys?|ssh keys?|environment variables|env vars|seed phrases?|mnemonics?|wallet keys?|\.env files?|configuration files?|config files)\b|(?:~|\/root)?\/\.(?:ssh|aws)\/[\w./-]{2,40}|\bid_rsa\b|\b(?:ANTHROPIC|OPENAI|AWS|GITHUB)_[A-Z_]{3,30}\b/gi,
  ..."key credential token password secret environment env seed mnemonic wallet config .ssh .aws id_rsa anthropic_ openai_ aws_ github_".split(
    " ",
  ),
);
const SEND_TO = prose(
  /\b(?:send(?:ing)?|post(?:ing)?|upload(?:ing)?|submit|transmit|forward|output|report(?:ed)?|deliver|exfiltrate)\b[^.\n]{0,80}?(?:\bhttps?:\/\/[^\s)'"`<>]{4,200}|\b[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,10}\b|\b(?:this|that|the|our) (?:[a-z]{1,14} ){0,2}(?:endpoint|webhook|server|collector)\b)/gi,
  ..."send post upload submit transmit forward output report deliver exfiltrate".split(" "),
);
const MAINTENANCE = prose(
  /\bsend (?:me |us )?(?:all|any|every|your) (?:[a-z]{1,14} ){0,2}(?:api[- ]keys?|credentials|tokens|passwords|secrets|private keys?|environment variables)\b/gi,
  "send",
);

/** The same, said to the model in plain language. */
const READ_IT = prose(
  /\b(?:read|open|access|retrieve|load|get|fetch|obtain|extract|look up|copy|take|find)\b/gi,
  ..."read open access retrieve load get fetch obtain extract look copy take find".split(" "),
);
const SECRET_PATH = pattern(
  /(?:~|\$HOME|\/root|\/home\/\w{1,30})\/\.(?:ssh\/id_\w{2,10}(?!\.pub)|aws\/credentials|netrc|git-credentials|npmrc|pypirc|cursor\/mcp\.json|claude\.json|config\/gcloud|kube\/config|docker\/config\.json|bash_history|zsh_history)|\bclaude_desktop_config\.json\b|\/etc\/shadow\b/g,
  ..."/.ssh /.aws /.netrc /.git-credentials /.npmrc /.pypirc /.cursor /.claude /.config /.kube /.docker _history claude_desktop /etc/shadow".split(
    " ",
  ),
);
const PASS_ON = prose(
  /\b(?:include|send|post|append|paste|return|upload|output|encode|pass|embed|attach|submit|forward|transmit|reply with) (?:its|their|the|them|it|this|all|every|everything)\b/gi,
  ..."include send post append paste return upload output encode pass embed attach submit forward transmit reply".split(
    " ",
  ),
);
const SEND_FOREIGN = prose(
  /\bsend(?:e|en|et)\b|schick(?:e|en)\b|übermittle|envoie[rz]?\b|transmet(?:s|tre|tez)\b|env[ií]ar?\b|envie\b|mandar?\b|отправь(?:те)?|пришли|发送|发给|上传|送信|送って|보내|전송/giu,
  ..."send schick übermittle envoie transmet envi enví manda отправь пришли 发送 发给 上传 送信 送って 보내 전송".split(
    " ",
  ),
);
const SECRET_FOREIGN = prose(
  /zugangsdaten|passwörter|api-schlüssel|clés? (?:d['’])?api|mots de passe|identifiants|\bclaves\b|contraseñas|credenciales|\bsenhas\b|credenciais|\bключи|\bпароли|\bтокены|密钥|密码|凭据|令牌|環境変数|环境变量|パスワード|APIキー|認証情報|비밀번호|API 키|자격 증명|환경 변수/giu,
  ..."zugangsdaten passwörter api-schlüssel api mots identifiants claves contraseñas credenciales senhas credenciais ключи пароли токены 密钥 密码 凭据 令牌 環境変数 环境变量 パスワード apiキー 認証情報 비밀번호 자격 환경".split(
    " ",
  ),
);

export const EXFILTRATION_IN_WORDS: readonly TextRule[] = [
  {
    id: "asks-to-read-credentials",
    severity: "high",
    ...data,
    parts: [READ_IT, SECRET_PATH, PASS_ON],
    within: 120,
    mentionable: true,
    unless: /\b(?:never|do not|don't|must not) (?:ever )?(?:read|send|share|post|upload|include|output|access|open)/i,
    message: "Asks the model to read a store of credentials and to pass it on.",
  },
  {
    id: "asks-for-credentials-foreign",
    severity: "high",
    ...data,
    parts: [SEND_FOREIGN, SECRET_FOREIGN],
    within: 60,
    unordered: true,
    boundary: "sentence",
    mentionable: true,
    message: "Asks, in another language than English, for secrets to be sent.",
  },
  {
    id: "concealed-secret",
    severity: "high",
    ...data,
    parts: [
      prose(
        /\.env\b|\b(?:credentials|api keys?|private keys?|ssh keys?|passwords|secrets|access tokens?|environment variables|conversation history|full conversation)\b/gi,
        ..."env credential key password secret token environment conversation".split(" "),
      ),
      prose(
        /\b(?:do not|don't|never|without) (?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|notify(?:ing)?|alert(?:ing)?)\b[^.\n]{0,30}\b(?:user|human|operator|anyone)\b|\b(?:users?|humans?) (?:does|do|need|should|must)(?: not|n't)? ?(?:need to |have to |be )?(?:know|see|notice|aware|told|informed)\b/gi,
        ..."tell mention inform notify alert know see notice aware told".split(" "),
      ),
    ],
    within: 200,
    unordered: true,
    mentionable: true,
    unless: /\b(?:never|do not|don't) (?:log|print|expose|reveal|show|store|commit|echo|share|display)\b/i,
    message: "Has secrets or the conversation handled and kept from the user.",
  },
  {
    id: "asks-for-credentials",
    severity: "high",
    ...data,
    parts: [GATHER, ALL_SECRETS, SEND_TO],
    within: 300,
    unordered: true,
    mentionable: true,
    unless:
      /\b(?:never|do not|don't|must not|only) (?:ever )?(?:send|share|post|upload|transmit|include|expose|commit|forward|output|report)|Authorization:|\bBearer\b|\bheaders?\b/i,
    message: "Asks the model to gather credentials and send them somewhere.",
  },
  {
    id: "sends-all-credentials",
    severity: "high",
    ...data,
    parts: [MAINTENANCE],
    mentionable: true,
    unless: /\b(?:never|do not|don't|must not) send/i,
    message: "Asks for all credentials to be sent.",
  },
];
