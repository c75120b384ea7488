import { CODE_FILE, DECODES, FETCHES, RUNS_TEXT, STARTS_PROGRAM } from "./behaviour-vocabulary.ts";
import { pattern, type TextRule } from "./text-rule.ts";

const REMEDY = "Ship readable code. Nothing that is run should be encoded or put together from pieces.";

const DECODED_ARGUMENT = pattern(
  /(?<![.\w$>-])(?:exec|eval|compile)\s?\(\s?(?:compile\s?\(\s?)?[^\n]{0,100}?(?:\b(?:b(?:16|32|64|85)|a85|standard_b64|urlsafe_b64)decode\(|\bunhexlify\(|\.fromhex\(|\.decompress\(|\bmarshal\.loads\(|\bcodecs\.decode\(|\bbase64\.decode|\bfromCharCode\b|\batob\(|\bunescape\(|\bgzinflate\(|\bbase64_decode\(|\bstr_rot13\(|\.unpack1?\(|\bdecode64\(|\bmap\( ?chr|["']{2}\.join\( ?\[? ?chr\(|\[::-1\])|\bnew Function\s?\([^\n]{0,160}?(?:fromCharCode|fromCodePoint|\batob\(|Buffer\.from\(|\.reverse\(\)|unescape\(|decodeURIComponent\()|(?<![.\w])eval\s?\([^\n]{0,120}?(?:fromCharCode|fromCodePoint|Buffer\.from\(|\.reverse\(\)\.join|decodeURIComponent\( ?escape)|\brunIn\w{0,4}Context\([^\n]{0,100}(?:Buffer\.from|atob|fromCharCode)|(?<![\w-])(?:iex|Invoke-Expression)\b[^\n]{0,120}(?:FromBase64String|\[char\]|-join|-bxor|-replace|DeflateStream|\[::?-1\]|-f ?["'])|(?:FromBase64String|-join|-bxor|DeflateStream)[^\n]{0,200}\| ?(?:iex|Invoke-Expression|& ?\()|&? ?\(? ?\[scriptblock\]::Create\([^\n]{0,120}(?:FromBase64String|GetString)|\[(?:System\.)?Reflection\.Assembly\]::Load\([^\n]{0,80}(?:FromBase64|DownloadData|\$\w)|\b(?:python[23]?|perl|ruby|node|php) -[ecr] ["'][^\n]{0,60}(?:b64decode|decode_base64|unpack|atob|Buffer\.from|base64_decode|fromhex|unhexlify)[^\n]{0,400}(?:exec|eval|system|Function)|\b(?:python[23]?|perl|ruby|node|php) -[ecr] ["'][^\n]{0,60}(?:exec|eval|system)\([^\n]{0,80}(?:b64decode|decode_base64|unpack|atob|Buffer\.from|base64_decode|fromhex|unhexlify)/gi,
  ..."exec( eval( compile( eval exec function runin iex invoke-expression scriptblock assembly frombase64 join bxor deflate python perl ruby node php".split(
    " ",
  ),
);
const CHARACTER_LIST = pattern(
  /(?:\[|\(|= ?)\s{0,4}(?:(?:0x[0-9a-f]{2}|\d{2,3}),\s{0,4}){24}/gi,
  ..."0 1 2 3 4 5 6 7 8 9".split(" ").map((digit) => `${digit},`),
);
const CHARACTERS_RUN = pattern(
  /fromCharCode|fromCodePoint|\bchr\(|\bbytes\( ?\[|\bbytearray\( ?\[|\bnew Uint8Array\(|\[char\[?\]?\]|\bpack\( ?["'][cC]\*/gi,
  ..."fromcharcode fromcodepoint chr( bytes( bytearray( uint8array [char pack(".split(" "),
);
const SHIFTS = pattern(
  /(?<=[\w)\]] ?)\^ ?(?:0x[0-9a-f]{1,4}|\d{1,3}|\w{1,12}(?:\[[^\]\n]{1,40}\]|\.charCodeAt)?)|-bxor\b|\brot_?13\b|tr ["']?A-Za-z["']? ["']?N-ZA-M|\[::-1\]|\.split\( ?["']{2} ?\)\.reverse\(\)|\bstrrev\(/gi,
  ..."^ bxor rot tr [::-1] .reverse( strrev".split(" "),
);
const JOINED_NAME = pattern(
  /\[\s?(?:["'`][\w./:$-]{1,10}["'`]\s?,\s?){1,16}["'`][\w./:$-]{1,10}["'`]\s?\]\s?\.join\(\s?["'`]{2}\s?\)|["']{2}\.join\( ?\[? ?(?:["'][\w./:-]{1,6}["'] ?, ?){2,16}|(?<![.\w])require\(\s?(?!["'`])[\w$[\].+ "']{1,40}\)\s?\[(?!\d)|\b__import__\(\s?(?:["']\w{1,12}["'] ?\+|["']{2}\.join|\w{1,20}\(|\w{1,20}\[::-1\])|\bgetattr\(\s?(?:os|sys|subprocess|builtins|__builtins__|__import__\([^)\n]{1,30}\))\s?,\s?(?:["']\w{1,12}["'] ?\+|["']{2}\.join|\w{1,20}\[::-1\]|chr\(|["']\w{1,20}["']\[::-1\])|\bgetattr\(\s?__import__\([^)\n]{1,30}\)\s?,\s?(?!["'])|\b(?:globalThis|window|global|self|process)\[\s?(?:["'`]\w{1,8}["'`] ?\+|\[["'`]|\w{1,8}\(|atob)|\bprocess\.(?:mainModule\.require|binding)\(|\{(\d)\}\{\d\}[^\n]{0,20}["'] ?-f ?["']|\(? ?["']\w{1,4}["'] ?\+ ?["']\w{1,4}["'] ?(?:\+ ?["']\w{1,4}["'] ?){0,6}\)? ?(?:\)|;)? ?\(? ?(?:New-Object|\$)|\b(?:i`e`?x|i`?ex`|I`nvoke|N`ew-O|D`ownload)/gi,
  ..."join( require( __import__( getattr( globalthis[ window[ global[ self[ process -f new-object $ i` n` d`".split(
    " ",
  ),
);
const RUNS = pattern(
  /\brequire\(|\b__import__\(|\bgetattr\(|\beval\b|\bexec\w{0,8}\b|\bspawn\w{0,5}\b|\bFunction\b|\biex\b|\bInvoke-Expression\b|\bsystem\b|\bpopen\b|\bcurl\b|\bfetch\(|\bhttps?:\/\/|\bimportlib\b/g,
  ..."require( __import__ getattr eval exec spawn function iex invoke-expression system popen curl fetch( http importlib".split(
    " ",
  ),
);
const OBFUSCATED = pattern(
  /\b_0x[0-9a-f]{4,6}\b[^\n]{1,200}\b_0x[0-9a-f]{4,6}\b[^\n]{1,200}\b_0x[0-9a-f]{4,6}\b|(?:\\x[0-9a-f]{2}){16}|(?:\\u00[0-9a-f]{2}){12}|\[!\[\]\]\[|\(!\[\]\+\[\]\)\[|\]\+\(!!\[\]\+\[\]\)|\bO0{1,6}O0?\b[^\n]{0,80}\bO0{1,6}O|\b[Il]{8,40}\b ?=|゜|ﾟωﾟ|\beval\(function\(p,a,c,k,e,[dr]\)/gi,
  ..."_0x \\x \\u00 [![] (![] !![] o0 ll il 1l p,a,c,k ﾟ ゜".split(" "),
);
const LONG_BLOB = pattern(
  /["'`][A-Za-z0-9+/=_-]{400,600}|["'`](?:[A-Za-z0-9+/]{60,76}={0,2}["'`]?[\s+\\,]{1,12}["'`]?){4}/g,
  '"',
  "'",
  "`",
);
const SANDBOX = pattern(
  /\b(?:VBOX|VirtualBox|VMware|QEMU|vmtoolsd|Sandboxie|SbieDll|cuckoo|any\.?run|wireshark|procmon|IsDebuggerPresent|hypervisor|joebox|triage)\b|\bcpus\(\)\.length ?<|\bcpu_count\(\) ?<|\btotalmem\(\) ?<|\b(?:is|in|detect\w{0,4}|check\w{0,3})_?(?:sandbox|vm|debugg\w{2,4}|analysis)\b|\bsandbox\b[^\n]{0,20}(?:hostname|analysis|vm\b)|\/(?:sandbox|analysis|malware)[|/]|\bprocess\.env\.(?:CI|GITHUB_ACTIONS)\) ?(?:return|process\.exit)|\bptrace\(\s?PTRACE_TRACEME|\bTracerPid\b|\b(?:if|&&) ?\(? ?!process\.env\.CI\b/gi,
  ..."vbox virtualbox vmware qemu vmtoolsd sandbox sbiedll cuckoo run wireshark procmon isdebuggerpresent hypervisor joebox triage cpus( cpu_count totalmem _vm analysis debug malware ptrace tracerpid process.env.ci process.env.github".split(
    " ",
  ),
);
const MEMORY_ONLY = pattern(
  /\bmemfd_create\b|\bexec\w{0,3}\([^\n]{0,40}\/proc\/self\/fd\/|\bctypes\.windll\.kernel32\b[^\n]{0,60}(?:VirtualAlloc|RtlMoveMemory|CreateThread)|\bVirtualAlloc(?:Ex)?\([^\n]{0,80}0x40\b|\bWriteProcessMemory\b|\bCreateRemoteThread\b|\bNtUnmapViewOfSection\b|\bQueueUserAPC\b|\bmmap\([^\n]{0,80}PROT_EXEC|\bReflectiveLoader\b|\bprocess_vm_writev\b/gi,
  ..."memfd_create /proc/self/fd ctypes virtualalloc writeprocessmemory createremotethread ntunmap queueuserapc prot_exec reflectiveloader process_vm".split(
    " ",
  ),
);
const LATE = pattern(
  /\b(?:date\.today\(\)|datetime\.(?:now|utcnow|today)\([^)\n]{0,20}\)|time\.time\(\)|Date\.now\(\)|new Date\(\)(?:\.\w{1,20}\(\))?|\$\(date \+%[sYmdHj]{1,6}\)|Get-Date\b|getUTCHours\(\)|getHours\(\)|getDay\(\))[^\n]{0,20}(?:>=?|<=?|-gt|-ge|-lt|===?)[^\n]{0,60}/g,
  ..."today() datetime time.time date.now new get-date gethours getday getutc $(date".split(" "),
);

const hide = { category: "malware", remedy: REMEDY } as const;
/** What hides the code that it runs. */
export const DROPPER_RULES: readonly TextRule[] = [
  {
    id: "decoded-argument",
    severity: "critical",
    ...hide,
    mentionable: "prose",
    parts: [DECODED_ARGUMENT],
    message: "Runs code that it decodes in the same breath.",
  },
  {
    id: "character-codes-run",
    severity: "critical",
    ...hide,
    mentionable: "prose",
    parts: [CHARACTER_LIST, CHARACTERS_RUN, RUNS_TEXT],
    within: 500,
    unordered: true,
    message: "Makes code out of a list of numbers and runs it.",
  },
  {
    id: "shifted-then-run",
    severity: "high",
    ...hide,
    paths: CODE_FILE,
    parts: [SHIFTS, DECODES, RUNS_TEXT],
    within: 300,
    unordered: true,
    message: "Unscrambles a text (XOR, ROT13, reversed) and runs it.",
  },
  {
    id: "pieced-together",
    severity: "high",
    ...hide,
    mentionable: "prose",
    paths: CODE_FILE,
    parts: [JOINED_NAME, RUNS],
    within: 80,
    unordered: true,
    unless: /\bpath\.join\b|\.join\(["'`]{2}\)\)?;?\s{0,4}(?:\/\/|#) ?(?:css|class)/,
    message: "Puts the names of modules or functions together from pieces before it calls them.",
  },
  {
    id: "obfuscated-and-runs",
    severity: "high",
    ...hide,
    mentionable: "prose",
    parts: [OBFUSCATED, RUNS],
    within: 400,
    unordered: true,
    paths: /\.(?:js|cjs|mjs|jsx|ts|tsx|py|ps1|sh|php|rb|pl|html?|svg|md)$/,
    unless: /\b(?:test|expect|assert|emoji|unicode|utf-?8|font|\bpng\b|magic|signature|escape sequence)\b/i,
    message: "Is written so that nobody can read it, and runs programs or reaches the network.",
  },
  {
    id: "blob-run",
    severity: "high",
    ...hide,
    parts: [LONG_BLOB, DECODES, RUNS_TEXT],
    within: 700,
    unordered: true,
    message: "Holds a long encoded text, decodes it and runs it.",
  },
  {
    id: "blob-started",
    severity: "high",
    ...hide,
    paths: CODE_FILE,
    parts: [LONG_BLOB, DECODES, STARTS_PROGRAM],
    within: 500,
    unordered: true,
    message: "Holds a program as encoded text, writes it out and starts it.",
  },
  {
    id: "hides-from-analysis",
    severity: "high",
    ...hide,
    remedy: "Do the same on every machine.",
    mentionable: "prose",
    paths: CODE_FILE,
    parts: [SANDBOX, RUNS_TEXT],
    within: 700,
    unordered: true,
    message: "Behaves otherwise where it thinks that it is being watched, and runs code that it makes up.",
  },
  {
    id: "hides-from-analysis-and-sends",
    severity: "high",
    ...hide,
    remedy: "Do the same on every machine.",
    mentionable: "prose",
    parts: [SANDBOX, FETCHES, STARTS_PROGRAM],
    within: 500,
    unordered: true,
    message: "Behaves otherwise where it thinks that it is being watched, fetches something and starts programs.",
  },
  {
    id: "waits-for-a-date",
    severity: "high",
    ...hide,
    remedy: "Do the same at every time, or say what depends on the date.",
    paths: CODE_FILE,
    parts: [LATE, FETCHES, RUNS_TEXT],
    within: 300,
    message: "Fetches and runs something from a certain time on only.",
  },
  {
    id: "runs-from-memory",
    severity: "high",
    ...hide,
    mentionable: "prose",
    parts: [MEMORY_ONLY],
    message: "Runs a program from memory, or inside of another program, so that it leaves no file.",
  },
];
