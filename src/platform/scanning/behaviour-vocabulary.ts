import { pattern } from "./text-rule.ts";

// What the rules about code and commands are made of: where secrets lie, how data leaves, what fetches, decodes and runs.

/** Files that an interpreter or a service manager reads: what stands in them is done, not told. */
export const CODE_FILE =
  /\.(?:py|pyw|ipynb|js|cjs|mjs|jsx|ts|tsx|mts|cts|sh|bash|zsh|fish|ksh|command|ps1|psm1|bat|cmd|vbs|rb|pl|php|lua|go|rs|java|kt|swift|c|h|cpp|cs|r|jl|pth|scpt|applescript|service|timer|plist|desktop|ya?ml|dockerfile|makefile)$|(?:^|\/)(?:Dockerfile|Makefile|justfile|[a-z][\w-]{0,30})$/;

/** Keys, wallets, browsers' stores, keychains and histories: what no asset needs to read as a file. */
export const STRONG_SECRET = pattern(
  /\.ssh["'\s/\\,+)]{1,8}id_(?:rsa|ed25519|ecdsa|dsa)\b(?!\.pub)|(?<!-i ?["']?[^\s"'|;]{0,30})\bid_(?:rsa|ed25519|ecdsa|dsa)\b(?!\.pub)|\.ssh["']? ?,? ?["']?\/?\*|\.aws["'\s/\\,+)]{1,8}credentials\b|\.config["'\s/\\,+)]{1,8}(?:gcloud|solana|gh["'\s/\\,+]{1,6}hosts)\b|application_default_credentials\.json|\.kube["'\s/\\,+)]{1,8}config\b|\.docker["'\s/\\,+)]{1,8}config\.json|\.(?:netrc|pypirc|git-credentials|pgpass|vault-token|gnupg|electrum|terraform\.d)\b|(?:~|HOME\}?|home(?:dir)?\(\)\)?|HOME["']\]|\bh|home)["'\s/\\,+]{1,8}\.(?:npmrc|env)\b|\.(?:bash|zsh)_history\b|\.claude["'\s/\\,+)]{1,8}\.?credentials|\.codex["'\s/\\,+)]{1,8}auth\.json|\bwallet\.dat\b|exodus\.wallet|Electrum[\\/]{1,2}wallets|\b(?:Exodus|Atomic|Ledger Live|Electrum|Coinomi)["'\\/]{1,3}(?:wallets?|Local Storage|exodus|leveldb)|\bLogin Data\b|\bWeb Data\b|\bkey4\.db\b|\blogins\.json\b|\bLocal Extension Settings\b|\bnkbihfbeogaeaoehlefnkodbefgpgknn\b|\bbfnaelmomeimhlpmgjnjophhpkkoljpa\b|\bcookies\.(?:sqlite|binarycookies)\b|(?:Chrome|Chromium|Brave|Edge|Default|Network)["'\s/\\,+)]{1,6}(?:Cookies|Local State)\b|User Data["'\s/\\,+)]{1,6}Local State|\bTelegram Desktop["'\\/]{1,3}tdata|\bsecurity["', ]{1,4}(?:find-generic-password|find-internet-password|dump-keychain)\b|\blogin\.keychain|\bsecret-tool (?:lookup|search)\b|\bcmdkey \/list|\bvaultcmd \/list|\/etc\/shadow\b|\/proc\/(?:\*|self|\d{1,6}|\$\w{1,10}|\{\w{1,10}\})\/environ\b|\bauth-profiles\.json\b|\bgh auth token\b|\bgcloud auth (?:application-default )?print-access-token\b/gi,
  ...".ssh id_rsa id_ed25519 id_ecdsa id_dsa .aws .config application_default .kube .docker .netrc .pypirc .git-credentials .pgpass .vault-token .gnupg .electrum .terraform.d .npmrc .env _history .claude .codex wallet electrum exodus atomic ledger coinomi login web key4.db logins.json extension nkbihfbeogaeaoehlefnkodbefgpgknn bfnaelmomeimhlpmgjnjophhpkkoljpa cookies state tdata find-generic-password find-internet-password dump-keychain keychain secret-tool cmdkey vaultcmd /etc/shadow environ auth-profiles.json auth".split(
    " ",
  ),
);

/** The whole environment, or all of its names that look secret. */
export const ALL_ENVIRONMENT = pattern(
  /JSON\.stringify\( ?(?:\{[^}\n]{0,60}?\.\.\.)?process\.env ?[,})]|Object\.(?:entries|keys|values|assign|fromEntries)\( ?(?:\{\}, ?)?process\.env\b|\{ ?\.\.\.process\.env\b[^}\n]{0,60}\}|\bdict\( ?os\.environ ?\)|json\.dumps\([^)\n]{0,40}os\.environ|\bos\.environ(?:\.items|\.copy|b)?\( ?\)|\bin os\.environ\b|\*\*os\.environ|\bstr\( ?os\.environ ?\)|\$\( ?(?:env|printenv|set)(?: [^)\n]{0,40})?\)|(?:^|[;&(\n"'] ?)(?:printenv|env|export -p)(?: 2> ?\/dev\/null)? {0,2}(?:\||>)|\bGet-ChildItem ["']?env:|\bgci env:|\bdir env:|\[(?:System\.)?Environment\]::GetEnvironmentVariables\(|\bENV\.(?:to_h|to_a|map|each|select|inspect)\b|\bos\.Environ\(\)|\bgetenv\(\)|\bSystem\.getenv\(\)/gim,
  ..."process.env os.environ env printenv set export environment getenv".split(" "),
);

/** The cloud's own service that hands out a machine's keys. */
export const METADATA_KEYS = pattern(
  /169\.254\.169\.254\/(?:latest\/(?:meta-data\/iam|user-data|dynamic)|latest\/meta-data\/?["'`\s]|metadata\/identity|computeMetadata)|metadata\.google\.internal\/computeMetadata\/v1\/instance\/service-accounts|100\.100\.100\.200\/latest\/meta-data\/ram|169\.254\.170\.2\$?\{?(?:AWS_CONTAINER|\/v2\/credentials)/gi,
  "169.254.",
  "metadata.google",
  "100.100.100.200",
);

/** Data leaves: a request with a body, a socket, mail, a copy to another host. */
export const SENDS = pattern(
  /\bcurl\b[^\n;]{0,160}?(?: -(?:[a-zA-Z]{0,3}[dFT])\b| --(?:data(?:-binary|-raw|-urlencode|-ascii)?|form|form-string|upload-file|json|post-data)\b| -X ?["']?(?:POST|PUT)\b)|\bwget\b[^\n;]{0,160}?--(?:post-(?:data|file)|body-(?:data|file))|\b(?:requests|httpx|session|client|axios|got|ky|http|superagent|needle|\w{0,20}[Ss]ession|\w{0,20}[Cc]lient)\.(?:post|put|patch)\(|\brequests\.request\( ?["'](?:POST|PUT)|\burllib\.request\.(?:urlopen|Request)\([^\n]{0,160}(?:data ?=|\.encode\(|dumps\(|,)|\burlopen\([^\n]{0,120}(?:data ?=|\.encode\(|dumps\()|\bmethod["']? ?[:=] ?["'](?:POST|PUT)["']|\.request\( ?["'](?:POST|PUT)["']|\b(?:nc|ncat|netcat) (?:-[\w]{1,6} ){0,3}[\w.-]{4,80} \d{2,5}\b|> ?\/dev\/tcp\/|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,160}-(?:Method ["']?(?:Post|Put)|Body\b|InFile\b)|\.Upload(?:String|File|Data|Values)\(|\bsendBeacon\(|\.sendall\(|\bsock\w{0,8}\.send(?:to)?\(|\bsmtplib\.|\.sendmail\(|\bftplib\.|\.storbinary\(|\bscp\b[^\n]{0,80}[\w.-]{2,40}@[\w.-]{3,80}:|\brsync\b[^\n]{0,80}[\w.-]{2,40}@[\w.-]{3,80}:|\bgh gist create\b|\bgists?\.create\(|api\.github\.com\/gists|api\.telegram\.org\/?["'`]?[^\n]{0,40}bot|discord(?:app)?\.com\/api\/webhooks|\bfile=@|\bnew WebSocket\([^)\n]{4,120}\)|\bhttps?\.request\(|\bNet::HTTP\.post|\bhttp\.Post(?:Form)?\(|\bmail -s\b|\bsendmail -t\b/gi,
  ..."curl wget .post( .put( .patch( requests.request urllib.request urlopen method .request( nc ncat netcat /dev/tcp invoke- iwr irm .upload sendbeacon .sendall .send( .sendto( smtplib sendmail ftplib storbinary scp rsync gist telegram discord file=@ websocket net::http http.post mail".split(
    " ",
  ),
);

/** A request whose address carries what a variable or a command holds. */
export const SENDS_IN_ADDRESS = pattern(
  /\b(?:curl|wget)\b[^\n]{0,80}https?:\/\/[^\s"'`]{1,160}(?:\$\(|`)|\b(?:requests|httpx)\.get\([^\n]{0,120}(?:params ?=|f["']https?:\/\/[^"'\n]{1,120}[?&/=]\{)|\bfetch\( ?`https?:\/\/[^`\n]{1,120}[?&=]\w{0,20}=?\$\{|\bhttps?\.get\( ?`https?:\/\/[^`\n]{1,120}\$\{|\bhttps?\.get\([^\n]{0,100} ?\+ ?\w|\burlopen\([^\n]{0,100}(?:\+ ?\w|\{)|new Image\(\)\.src ?=/gi,
  ..."curl wget requests.get httpx.get fetch http.get https.get urlopen image".split(" "),
);

/** A name lookup or a ping made of data. */
export const SENDS_IN_NAMES = pattern(
  /\b(?:dig|nslookup|host|ping|drill|resolvectl query|Resolve-DnsName|Test-Connection)\b[^\n]{0,60}?["' ]?\$[\w({][^\n]{0,60}?\.[a-z][\w.-]{1,60}|\b(?:gethostbyname|getaddrinfo|getaddrinfo_a|lookup|resolve(?:4|6|Any|Txt)?|query|GetHostAddresses|GetHostEntry|LookupHost|LookupIP)\( ?(?:f["'][^"'\n]{0,80}\{|`[^`\n]{0,80}\$\{|[\w.[\]()]{1,40} ?\+ ?["']\.|["'][^"'\n]{0,40}["'] ?%)|\bping\b[^\n]{0,40} -p \$/gi,
  ..."dig nslookup host ping drill resolvectl resolve test-connection gethostbyname getaddrinfo lookup query gethost".split(
    " ",
  ),
);

/** Takes something from the network. */
export const FETCHES = pattern(
  /\b(?:curl|wget|aria2c)\b[^\n]{0,200}(?:https?:\/\/|["'$ ][\w.-]{3,60}\.[a-z]{2,12}\/|\$\{?\w)|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm|Start-BitsTransfer)\b|\bbitsadmin\b|\bcertutil\b[^\n]{0,40}-urlcache|\b(?:requests|httpx|axios|got|needle|superagent)\.get\(|\burl(?:open|retrieve)\(|\bfetch\( ?["'`\w]|\bhttps?\.get\(|\bNet::HTTP\.get|\bURI\.open\(|\bopen-uri\b|\bLWP::|\bHTTP::Tiny\b|\bfile_get_contents\( ?["']https?:|\.Download(?:File|String|Data)\(|\bhttp\.Get\(|\breqwest::|\bMSXML2\.|\bWinHttp\./gi,
  ..."curl wget aria2c invoke- iwr irm bitstransfer bitsadmin certutil .get( urlopen( urlretrieve( fetch( net::http uri.open open-uri lwp:: http::tiny file_get_contents .download reqwest msxml2 winhttp".split(
    " ",
  ),
);

/** Makes bytes or text out of what was hidden. */
export const DECODES = pattern(
  /\b(?:b(?:16|32|64|85)|a85|standard_b64|urlsafe_b64)decode\(|\bbase64\.decode(?:bytes|string)?\(|\bunhexlify\(|\bbytes\.fromhex\(|\b(?:zlib|lzma|bz2|gzip|brotli)\.(?:decompress|inflate|inflateSync|gunzipSync|brotliDecompressSync|unzipSync)\(|\bmarshal\.loads\(|\bcodecs\.(?:decode|getdecoder)\(|\bmap\( ?chr\b|\bchr\( ?(?:\w{1,10} ?[\^+-]|int\(|ord\()|["']{2}\.join\( ?\[? ?chr\(|\bfromCharCode\b|\bfromCodePoint\(|\batob\(|\bBuffer\.from\([^)\n]{1,400}["'](?:base64|base64url|hex)["']|\bunescape\( ?["'`\w]|\[::-1\]|\.reverse\(\)\.join\(|\bbase64_decode\(|\bgzinflate\(|\bgzuncompress\(|\bstr_rot13\(|\bstrrev\(|\bFromBase64String\(|\[char(?:\[\])?\]|-bxor\b|\bDeflateStream\b|\bGzipStream\b|\bunpack\( ?["']H\*|\.unpack1?\( ?["']m|\bpack\( ?["']H\*|\bBase64\.(?:strict_|urlsafe_)?decode64\(|\bdecode_base64\(|\bFernet\([^\n]{0,120}\.decrypt\(|\bcreateDecipheriv\(|\bbase64 {1,3}-{1,2}[dD]|\bopenssl (?:enc|base64|aes)[^\n|]{0,60}-d\b|\bxxd -r\b/gi,
  ..."decode( base64 unhexlify fromhex decompress inflate gunzip unzipsync marshal codecs chr fromcharcode fromcodepoint atob buffer.from unescape [::-1] .reverse gzuncompress str_rot13 strrev [char bxor deflatestream gzipstream pack( .unpack decode64 decode_base64 fernet createdecipheriv openssl xxd".split(
    " ",
  ),
);

/** Runs what a variable or an expression holds as code: no literal. */
export const RUNS_TEXT = pattern(
  /(?<![.\w$>-])(?:exec|eval)\s?\(\s?(?!["'`][^"'`\n]{0,80}["'`]\s?[),]|["']?\)|\s?\))|\bnew Function\s?\(|(?<![.\w$"'])Function\s?\(\s?["'`]|\bvm\.(?:runIn(?:This|New)?Context|Script|compileFunction)\s?\(|\._compile\s?\(|(?<![\w-])(?:iex|Invoke-Expression)\b|\[scriptblock\]::Create\(|\[(?:System\.)?Reflection\.Assembly\]::Load\(|\bcreate_function\(|\bassert\( ?\$|\binstance_eval\b|\bsetTimeout\( ?(?:atob|["'`])|\(0, ?eval\)\(|\bgetattr\( ?(?:__builtins__|builtins)\b|\beval ["']?\$[({\w]|\b(?:ba|z)?sh -c ["']?\$[({\w]|(?:^|[;&|\n] ?)(?:source|\.) \/dev\/stdin|\bctypes\.(?:CDLL|windll|memmove|CFUNCTYPE)|\bmemfd_create\b|\bVirtualAlloc(?:Ex)?\b/gim,
  ..."exec eval function runin vm.script vm.compile _compile iex invoke-expression scriptblock assembly assert( instance_eval settimeout getattr sh source . ctypes memfd virtualalloc".split(
    " ",
  ),
);

/** Hands a command to a shell or starts a program. */
export const STARTS_PROGRAM = pattern(
  /\bos\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?|startfile)\(|\bsubprocess\.(?:run|call|check_call|check_output|Popen|getoutput)\(|\b(?:child_process|cp)["')]{0,3}\.?(?:exec|execFile|spawn|fork)?(?:Sync)?\(|(?<![.\w])(?:execSync|execFileSync|spawnSync|spawn|execFile)\(|\bStart-Process\b|\bsaps\b|\bInvoke-Item\b|\bWScript\.Shell\b|\bShell(?:Execute)?\.Application\b|\bshell_exec\(|\bpassthru\(|\bproc_open\(|\bexec\.Command\(|\bCommand::new\(|\bgetRuntime\(\)\.exec\(|\bProcessBuilder\(|\bchmod (?:-\w{1,4} )?(?:\+x|[ugoa]{0,3}\+r?w?x|[0-7]?7[0-7]{2})\b|\.chmod\(|\bchmodSync\(/gi,
  ..."os.system os.popen os.exec os.spawn os.startfile subprocess child_process cp execsync execfile spawn start-process saps invoke-item wscript shell passthru proc_open exec.command command::new getruntime processbuilder chmod".split(
    " ",
  ),
);

/** Addresses that name nobody: bare numbers, paste pages, shorteners, tunnels, hidden services. */
export const THROWAWAY_ADDRESS = pattern(
  /https?:\/\/(?!127\.|0\.0\.0\.0|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)(?:\d{1,3}\.){3}\d{1,3}\b|https?:\/\/(?:0x[0-9a-f]{8}|\d{8,10})[:/]|https?:\/\/(?:[\w-]{1,40}\.){0,3}(?:pastebin\.com|paste\.[a-z-]{2,12}|pastes?\.io|rentry\.(?:co|org)|hastebin\.com|glot\.io|termbin\.com|transfer\.sh|0x0\.st|ix\.io|bit\.ly|tinyurl\.com|t\.co|is\.gd|goo\.gl|cutt\.ly|rb\.gy|shorturl\.at|ngrok(?:-free)?\.(?:io|app|dev)|serveo\.net|loca\.lt|cdn\.discordapp\.com|file\.io|anonfiles\.com|gofile\.io|catbox\.moe|bashupload\.com|temp\.sh|[a-z2-7]{16,56}\.onion|trycloudflare\.com|duckdns\.org|webhook\.site)(?=[/:?\s'"`)]|$)/gim,
  "http",
);

export const ANY_ADDRESS = pattern(/\bhttps?:\/\/[\w.-]{4,80}/gi, "http");
