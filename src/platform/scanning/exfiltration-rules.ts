import { pattern, prose, type TextRule } from "./text-rule.ts";

const REMEDY =
  "Do not read other programs' credentials or send data about the machine away. Ask the user for exactly the one key that is needed, and send it only to the service it belongs to.";

/** Places where other programs and people keep secrets, as code or a shell names them. */
const SECRET_STORE = pattern(
  /(?:~|\$\{?HOME\}?|%USERPROFILE%|homedir\(\)|\/root|\/home\/[\w*-]{1,30}|\/Users\/[\w*-]{1,30})?[\\/'",+ ]{0,6}\.(?:ssh\/?(?![\w/-]{0,40}\.pub)(?!\/(?:config|known_hosts))|aws\/credentials|azure\/\w{1,30}|config\/gcloud|kube\/config|docker\/config\.json|netrc\b|npmrc\b|pypirc\b|git-credentials\b|gnupg\b|electrum\b|bitcoin\b|ethereum\/keystore)|\bid_(?:rsa|ed25519|ecdsa|dsa)\b(?!\.pub)|\/etc\/shadow\b|\bapplication_default_credentials\.json\b|\bwallet\.dat\b|\bLogin Data\b|\bcookies\.(?:sqlite|binarycookies)\b|\bLocal Extension Settings\b|\bsecurity (?:find-generic-password|find-internet-password|dump-keychain)\b|\blogin\.keychain|\/latest\/meta-data|\bauth-profiles\.json\b|["' /]\.env(?:\.(?:local|production|prod))?\b(?=["' ),;|]|$)/gim,
  ..."/.ssh .ssh .aws/ .azure .config/gcloud gcloud .kube .docker .netrc .npmrc .pypirc .git-credentials .gnupg .electrum .bitcoin .ethereum id_rsa id_ed25519 id_ecdsa id_dsa /etc/shadow application_default_credentials wallet.dat login cookies. extension security meta-data auth-profiles .env".split(
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
  /\bcurl\b[^\n|;]{0,120}?(?: -(?:d|F|T)\b| --(?:data(?:-binary|-raw|-urlencode)?|form|upload-file|json)\b| -X ?(?:POST|PUT)\b)|\bwget\b[^\n|;]{0,120}?--(?:post-(?:data|file)|body-(?:data|file))|\b(?:requests|httpx|session|client|axios|got|ky)\.(?:post|put)\(|\burllib\.request\.(?:urlopen|Request)\([^\n]{0,80}data ?=|\bmethod ?[:=] ?["'](?:POST|PUT)["']|\b(?:nc|ncat|netcat) (?:-[\w]{1,6} ){0,3}[\w.-]{4,80} \d{2,5}\b|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,120}-Method ["']?Post|\b(?:dig|nslookup|host)\b[^\n]{0,40}\$[\w({]|\bsendBeacon\(|\.sendall?\(|\bscp\b[^\n]{0,80}[\w.-]{2,40}@[\w.-]{3,80}:/gi,
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
export const EXFILTRATION_IN_WORDS: readonly TextRule[] = [
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
