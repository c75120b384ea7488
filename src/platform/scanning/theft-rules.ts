import {
  ALL_ENVIRONMENT,
  ANY_ADDRESS,
  CODE_FILE,
  METADATA_KEYS,
  SENDS,
  SENDS_IN_ADDRESS,
  SENDS_IN_NAMES,
  STRONG_SECRET,
} from "./behaviour-vocabulary.ts";
import { pattern, type TextRule } from "./text-rule.ts";

const REMEDY =
  "Do not read other programs' credentials, keys that are typed, the clipboard or the screen, or send them away. Ask the user for exactly the one key that is needed.";

const CLIPBOARD = pattern(
  /\bpyperclip\.(?:paste|waitForPaste|waitForNewPaste)\(|\bclipboard\.(?:readText|paste|read|get)\w{0,6}\(|\bclipboardy\b|\bGet-Clipboard\b|\bpbpaste\b|\bxclip\b[^\n]{0,30} -o\b|\bxsel -[a-z]{0,3}o|\bwl-paste\b|\bGetClipboardData\b|\.clipboard_get\(|\bpasteboard\b/gi,
  ..."pyperclip clipboard pbpaste xclip xsel wl-paste pasteboard".split(" "),
);
const SETS_CLIPBOARD = pattern(
  /\bpyperclip\.copy\(|\bclipboard\.(?:writeText|write|copy|set)\w{0,6}\(|\bclipboardy\.write|\bSet-Clipboard\b|\bpbcopy\b|\bxclip\b(?![^\n]{0,30} -o)|\bSetClipboardData\b|\.clipboard_append\(|\bwl-copy\b/gi,
  ..."pyperclip clipboard pbcopy xclip wl-copy".split(" "),
);
const WALLET_SHAPE = pattern(
  /\bbc1\||\bbc1\[|\[13\]\[|\b0x\[a-fA-F0-9|0x\[0-9a-fA-F|\[a-km-zA-HJ-NP-Z|\bT\[A-Za-z1-9\]|\^?4\[0-9AB\]|\b(?:bc1q|0x)[0-9A-Za-z]{20,60}["']/g,
  ..."bc1 [13] 0x [a-k t[a 4[0".split(" "),
);
const KEYS = pattern(
  /\bpynput\b|\bkeyboard\.(?:on_press|on_release|hook|record|read_event)\b|\bGetAsyncKeyState\b|\bSetWindowsHookEx\w?\b|\bCGEventTapCreate\b|\biohook\b|\buiohook\b|\bnode-global-key-listener\b|\bxinput test\b|\/dev\/input\/event|\bevdev\b|\blogkeys\b|\bpyHook\b|\bkeylogger\b/gi,
  ..."pynput keyboard.on keyboard.hook keyboard.rec keyboard.read getasynckeystate setwindowshookex cgeventtapcreate iohook node-global-key xinput /dev/input evdev logkeys pyhook keylogger".split(
    " ",
  ),
);
const SCREEN = pattern(
  /\bImageGrab\.grab\(|\bmss\.mss\(|\bmss\(\)|\bpyautogui\.screenshot\(|\bscreencapture\b|\bscreenshot-desktop\b|\bCopyFromScreen\(|\bdesktopCapturer\b|\bscrot\b|\bgnome-screenshot\b|\bcv2\.VideoCapture\( ?0|\bsounddevice\.rec\(|\bpyaudio\.PyAudio\(/gi,
  ..."imagegrab mss( pyautogui screencapture screenshot copyfromscreen desktopcapturer scrot videocapture sounddevice pyaudio".split(
    " ",
  ),
);
const ASKS_PASSWORD = pattern(
  /\bdisplay dialog\b[^\n]{0,200}\bhidden answer\b|\balias (?:sudo|su|ssh|passwd)=|(?:^|[\n;]) ?(?:function )?(?:sudo|su|ssh|passwd) ?\(\) ?\{|\bread -[a-z]{0,4}s[a-z]{0,3}\b[^\n]{0,60}(?:\[sudo\]|password for)|\bGet-Credential\b|\bCredUIPromptForCredentials\b|\bPromptForCredential\(/gim,
  ..."display alias sudo passwd read get-credential promptforcredential credui".split(" "),
  "() {",
  "(){",
);
const SEED = pattern(
  /\b(?:seed|recovery|mnemonic|backup) ?[_ -]?(?:phrase|words)\b|\bmnemonic\b|\bprivate[_ ]?key\b/gi,
  ..."seed recovery mnemonic backup private".split(" "),
);
const ASKS = pattern(
  /\binput\( ?["'f]|\bprompt\( ?["'`]|\bquestion\( ?["'`]|\bread -[a-z]{0,4}p\b|\bgetpass\(|\bRead-Host\b/g,
  ..."input( prompt( question( read getpass( read-host".split(" "),
);
const HARVEST = pattern(
  /\b(?:os\.walk|glob\.glob|iglob|rglob|readdirSync|readdir|Get-ChildItem|gci|find|fast-?glob|globSync|grep -r\w{0,4})\b[^\n]{0,160}(?:\.env\b|\*\.pem|\*\.key\b|id_rsa|\*\.kdbx|\*\.ovpn|\*\.p12|\*\.pfx|wallet|\*\.keystore|credentials|secrets?\b|password|mnemonic|seed|\.ssh\b|api[_-]?key|\.docx|\.xlsx)|\b(?:trufflehog|gitleaks)\b[^\n]{0,80}(?:filesystem|--json|detect|dir)/gi,
  ..."os.walk glob readdir get-childitem gci find grep trufflehog gitleaks".split(" "),
);
export const SECRET_ENVIRONMENT = pattern(
  /\bObject\.(?:entries|keys)\( ?process\.env ?\)[^\n]{0,60}(?:\.filter\(|\.reduce\(|\.forEach\(|\.map\(|\))[^\n]{0,160}(?:key|token|secret|pass)|\bfor \w{1,12}(?:, ?\w{1,12})? in os\.environ(?:\.items\(\)|\.keys\(\))?[\s\S]{0,80}(?:key|token|secret|pass)|\bENV\.(?:select|filter|each)[^\n]{0,120}(?:key|token|secret|pass)|\b(?:env|printenv)\b[^\n]{0,20}\| ?(?:e?grep|awk|sed|rg|findstr|Select-String)\b[^\n]{0,60}(?:key|token|secret|pass|aws|api)|\b(?:gci|Get-ChildItem|dir) env:[^\n]{0,60}(?:key|token|secret|pass)/gi,
  ..."process.env os.environ env getenv printenv".split(" "),
);
const BRINGS_AWAY = pattern(
  /\bgit push\b|\bgh repo create\b|\baws s3 cp\b[^\n]{0,80}s3:\/\/|\bgsutil cp\b|\brclone (?:copy|sync)\b|\baz storage blob upload\b|\bput_object\(|\bupload_file\(|\bgit remote add\b/gi,
  ..."git gh aws gsutil rclone az put_object upload_file".split(" "),
);

const theft = { category: "data-theft", remedy: REMEDY, mentionable: "prose" } as const;
const CONFIGURES =
  /\b(?:load_dotenv|dotenv\.config|IdentityFile|--env-file|ssh-copy-id|ssh-keygen|ssh-add|known_hosts|chmod 600|kubectl (?:config|get)|KUBECONFIG|aws configure|boto3\.Session|from_service_account|npm (?:whoami|login)|docker login)\b/;
/** A source of secrets and a way out of the machine, farther apart than a command: code that gathers and sends. */
export const THEFT_RULES: readonly TextRule[] = [
  {
    id: "hidden-recipient",
    severity: "high",
    ...theft,
    remedy: "Send mail to those whom the user names.",
    parts: [
      pattern(
        /\bbcc(?:_?addresses|_?recipients)?["'\]]{0,2}\s?[:=]\s?\[?\s?["'`][\w.+-]{1,40}@(?!example\.|your)[\w-]{1,40}\.[\w.-]{2,40}["'`]/gi,
        "bcc",
      ),
    ],
    paths: CODE_FILE,
    message: "Sends a blind copy of each mail to an address of its own.",
  },
  {
    id: "secret-store-sent",
    severity: "critical",
    ...theft,
    parts: [STRONG_SECRET, SENDS],
    within: 700,
    unordered: true,
    paths: CODE_FILE,
    unless: CONFIGURES,
    message: "Reads keys, wallets or a browser's store, and sends data away.",
  },
  {
    id: "secret-store-sent-in-docs",
    severity: "high",
    ...theft,
    parts: [STRONG_SECRET, SENDS],
    within: 160,
    unordered: true,
    unless: new RegExp(`${CONFIGURES.source}|\\bAuthorization\\b|\\bBearer\\b|(?: -i|--key|--cert) `),
    message: "Names a store of keys and a command that sends data away, next to one another.",
  },
  {
    id: "secret-store-in-address",
    severity: "critical",
    ...theft,
    parts: [STRONG_SECRET, SENDS_IN_ADDRESS],
    within: 500,
    unordered: true,
    unless: CONFIGURES,
    message: "Reads keys, wallets or a browser's store, and puts data into an address.",
  },
  {
    id: "secret-store-in-names",
    severity: "critical",
    ...theft,
    parts: [STRONG_SECRET, SENDS_IN_NAMES],
    within: 700,
    unordered: true,
    message: "Sends secrets away inside of name lookups.",
  },
  {
    id: "environment-in-names",
    severity: "critical",
    ...theft,
    parts: [ALL_ENVIRONMENT, SENDS_IN_NAMES],
    within: 700,
    unordered: true,
    message: "Sends the environment away inside of name lookups.",
  },
  {
    id: "data-in-names",
    severity: "high",
    ...theft,
    parts: [
      pattern(
        /\b(?:base64|xxd|b64encode|b32encode|hexlify|\.hex\(\)|toString\( ?["'](?:hex|base64)|btoa\(|od -|fold -w|ConvertTo-|ToBase64String|encode\( ?["']hex)/gi,
        ..."base64 xxd b64encode b32encode hexlify .hex( tostring btoa od fold convertto- encode(".split(" "),
      ),
      SENDS_IN_NAMES,
    ],
    within: 500,
    unordered: true,
    message: "Sends encoded data away inside of name lookups or pings.",
  },
  {
    id: "environment-sent",
    severity: "critical",
    ...theft,
    parts: [ALL_ENVIRONMENT, SENDS],
    within: 600,
    unordered: true,
    paths: CODE_FILE,
    unless:
      /\benv ?[:=] ?(?:\{ ?\.\.\.process\.env|os\.environ|dict\(os\.environ|\{ ?\*\*os\.environ)|\benv=\w{0,10}env\b/,
    message: "Sends the whole environment, with every secret in it, away.",
  },
  {
    id: "environment-in-address",
    severity: "critical",
    ...theft,
    parts: [ALL_ENVIRONMENT, SENDS_IN_ADDRESS],
    within: 300,
    unordered: true,
    unless: /\benv ?[:=] ?(?:\{ ?\.\.\.process\.env|os\.environ|dict\(os\.environ|\{ ?\*\*os\.environ)/,
    message: "Puts the whole environment, with every secret in it, into an address.",
  },
  {
    id: "secret-variables-sent",
    severity: "critical",
    ...theft,
    parts: [SECRET_ENVIRONMENT, SENDS],
    within: 700,
    unordered: true,
    message: "Picks the secrets out of the environment and sends data away.",
  },
  {
    id: "secret-variables-gathered",
    severity: "medium",
    ...theft,
    parts: [SECRET_ENVIRONMENT],
    message: "Picks everything that looks secret out of the environment.",
  },
  {
    id: "metadata-keys",
    severity: "medium",
    ...theft,
    parts: [METADATA_KEYS],
    message: "Asks the cloud's metadata service for this machine's keys.",
  },
  {
    id: "metadata-keys-sent",
    severity: "critical",
    ...theft,
    parts: [METADATA_KEYS, SENDS],
    within: 600,
    unordered: true,
    unless: /X-aws-ec2-metadata-token-ttl-seconds[^\n]{0,200}$/i,
    message: "Asks the cloud's metadata service for this machine's keys, and sends data away.",
  },
  {
    id: "harvest-sent",
    severity: "critical",
    ...theft,
    parts: [HARVEST, SENDS],
    within: 700,
    paths: CODE_FILE,
    message: "Searches the machine for keys, secrets or documents and sends data away.",
  },
  {
    id: "harvest-pushed",
    severity: "high",
    ...theft,
    parts: [HARVEST, BRINGS_AWAY],
    within: 500,
    paths: CODE_FILE,
    message: "Searches the machine for keys, secrets or documents and copies files to a place elsewhere.",
  },
  {
    id: "clipboard-swap",
    severity: "critical",
    ...theft,
    parts: [CLIPBOARD, WALLET_SHAPE, SETS_CLIPBOARD],
    within: 400,
    unordered: true,
    message: "Exchanges the addresses of wallets in the clipboard.",
  },
  {
    id: "keys-recorded",
    severity: "high",
    ...theft,
    parts: [
      KEYS,
      pattern(
        /\bListener\( ?\n?[^\n]{0,60}on_press|\bon_press\b|\.hook\(|\.record\(|\bread_loop\(|\bread_event\(|\bWH_KEYBOARD_LL\b|\baddListener\(|\.on\( ?["']key(?:down|press)|\bGetAsyncKeyState\(/g,
        ..."listener( on_press .hook( .record( read_loop( read_event( wh_keyboard .on( getasynckeystate".split(" "),
      ),
      pattern(
        /\.write\(|\bopen\([^\n]{0,60}["']a|appendFile|\.append\(|\.post\(|\brequests\.|\burlopen\(|\.send\w{0,5}\(|\bfetch\(|>> /g,
        ..."write( open( appendfile .append( .post( requests urlopen .send fetch >>".split(" "),
      ),
    ],
    within: 800,
    unordered: true,
    paths: CODE_FILE,
    message: "Records the keys that are typed.",
  },
  {
    id: "screen-sent",
    severity: "high",
    ...theft,
    parts: [SCREEN, SENDS],
    within: 700,
    unordered: true,
    paths: CODE_FILE,
    message: "Sends pictures of the screen, or what the camera or microphone takes, away.",
  },
  {
    id: "clipboard-sent",
    severity: "high",
    ...theft,
    parts: [CLIPBOARD, SENDS],
    within: 500,
    unordered: true,
    message: "Sends the clipboard away.",
  },
  {
    id: "password-trap",
    severity: "critical",
    ...theft,
    parts: [ASKS_PASSWORD, ANY_ADDRESS],
    within: 300,
    unordered: true,
    message: "Poses as the system to ask for a password, and names an address.",
  },
  {
    id: "password-command-replaced",
    severity: "high",
    ...theft,
    parts: [ASKS_PASSWORD],
    unless: /\bsudo apt\b|alias (?:sudo|ssh)=["']?(?:sudo |kitty|ssh |TERM=)/,
    message: "Replaces a command that asks for a password, or poses as the system to ask for one.",
  },
  {
    id: "seed-phrase-sent",
    severity: "critical",
    ...theft,
    parts: [SEED, ASKS, SENDS],
    within: 400,
    unordered: true,
    paths: CODE_FILE,
    message: "Asks for a wallet's seed phrase or key and sends data away.",
  },
];
