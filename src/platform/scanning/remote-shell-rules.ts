import { pattern, type TextRule } from "./text-rule.ts";

const REMEDY = "Remove it: nothing in an asset needs to hand a shell to another machine.";

const SHELL_LINE = pattern(
  /\btelnet\b[^\n]{0,60}\| ?\/?(?:bin\/)?(?:ba|z)?sh ?\| ?telnet\b|\b(?:busybox )?(?:nc|ncat|netcat)\b[^\n]{0,80}(?: -[a-z]{0,4}[ec]\b ?["']?(?:\/bin\/|\/usr\/bin\/)?(?:ba|z|k)?(?:sh|cmd|powershell)|--(?:sh-)?exec\b)|\b(?:exec|system):["']?(?:\/bin\/)?(?:ba|z)?sh\b[^\n]{0,80}|\bsocat\b[^\n]{0,120}(?:exec|system|pty)[:,]|\bopenssl s_client\b[^\n]{0,80}\| ?(?:\/bin\/)?(?:ba|z)?sh|\/inet\/tcp\/0\/|\bexec \d{1,3}<> ?\/dev\/tcp|\bwhile read -r? ?\w{1,12}[^\n]{0,20}do \$\w{1,12} 2>&\d|\b(?:ttyd|gotty|tmate|sshx|upterm|wetty)\b[^\n]{0,40}(?: -p| -w|-F|--permit-write|bash|sh\b)|\bcrackmapexec\b|\bpwncat\b|\bxterm -display \d|\/dev\/tcp\/[\w.${}-]{3,80}\/[\d$]/gi,
  ..."telnet nc ncat netcat exec: system: socat s_client /inet/tcp /dev/tcp while ttyd gotty tmate sshx upterm wetty crackmapexec pwncat xterm".split(
    " ",
  ),
);
const CONNECTS = pattern(
  /\bsocket\.(?:socket|create_connection)\(|\b(?:net|tls)\.(?:Socket|connect|createConnection|createServer)\(|\bTCPSocket\.(?:new|open)|\bTCPServer\.new|\bNet\.Sockets\.T[cC][pP](?:Client|Listener)|\bIO::Socket\b|\buse Socket\b|\bfsockopen\(|\bstream_socket_client\(|\bnet\.Dial(?:Timeout)?\(|\bTcpStream::connect\(|\bnew (?:Server)?Socket\(|\bsocket\.tcp\(|\bnew WebSocket\(|\bwebsockets?\.(?:connect|create_connection)\(|\bconnect\( ?sock|\bWSASocket|\bio\.connect\(|\bparamiko\.|\bmqtt\.connect\(|\birc\b[^\n]{0,20}connect/gi,
  ..."socket net. tls. tcp io::socket fsockopen websocket paramiko mqtt io.connect irc connect(".split(" "),
);
const GIVES_SHELL = pattern(
  /\bos\.dup2\(|\bpty\.spawn\(|\bsubprocess\.\w{3,14}\( ?\[? ?["'](?:\/bin\/|\/usr\/bin\/)?(?:ba|z|da)?sh["']|\bsubprocess\.\w{3,14}\( ?\[? ?["'](?:cmd(?:\.exe)?|powershell(?:\.exe)?)["']|\bspawn(?:Sync)?\( ?["'`](?:\/bin\/(?:ba|z)?sh|(?:ba|z)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?)["'`]|\bspawn\( ?(?:process\.platform|\w{1,12} ?\? ?)|\bexec(?:\.Command|ve|vp|l|lp)?\(? ?["'](?:\/bin\/|cmd)(?:ba|z)?(?:sh|\.exe)?\b|\bProcessBuilder\( ?["'](?:\/bin\/)?(?:ba)?(?:sh|cmd)|\bCommand::new\( ?["'](?:\/bin\/)?(?:ba)?(?:sh|cmd)|\bexec ?["']\/bin\/(?:ba)?sh -i|\.pipe\( ?\w{1,12}\.std(?:in|out|err)|\.std(?:out|err)\.pipe\( ?\w{1,12}\b|\biex ?\$|\biex \(|\bInvoke-Expression \$|\bio\.popen\(|\bproc_open\(|\bshell_exec\( ?\$|\bopen\(STDIN,|STDIN->fdopen|\bcmd\.exe\b[^\n]{0,30}(?:RedirectStandard|redirectInput)/gi,
  ..."dup2 pty.spawn subprocess spawn exec processbuilder command::new .pipe( iex invoke-expression io.popen proc_open shell_exec stdin cmd.exe".split(
    " ",
  ),
);
const RUNS_MESSAGE = pattern(
  /\bsubprocess\.\w{3,14}\( ?(?:\w{1,20}(?:\.decode\([^)\n]{0,20}\))?(?:\.strip\(\))?|data|cmd|command)\b[^\n]{0,60}shell ?= ?True|\bos\.(?:system|popen)\( ?(?:\w{1,20}\.(?:decode|recv)|cmd|command|data|msg|buf|line)\b|\bexec(?:Sync)?\( ?(?:\w{1,20}\.toString\(|msg|cmd|command|data|e\.data|event\.data|message)\b|\beval\( ?(?:\w{1,20}\.(?:recv|decode)|data|msg|cmd|event\.data|e\.data)\b/g,
  ..."subprocess os.system os.popen exec eval".split(" "),
);
const RECEIVES = pattern(
  /\.recv\(|\.on\( ?["'](?:data|message)["']|\.onmessage\b|\.receive\(|\.GetStream\(\)|\.gets\b|\.readline\(|\.ReadLine\(/g,
  ".recv(",
  ".on(",
  "onmessage",
  ".receive(",
  "getstream",
  ".gets",
  "readline(",
);
const RUNS_REQUEST = pattern(
  /(?<![.\w])(\w{1,20}) ?= ?(?:await )?(?:(?:flask\.)?request\.(?:args|form|values|json|data|get_json|headers|query_params|GET|POST|cookies|body)|req\.(?:query|body|params|headers|get)|ctx\.(?:query|request)|self\.headers|(?:url\.)?searchParams\.get)[^\n]{0,60}[\s\S]{0,200}?(?<![.\w])(?:subprocess\.\w{3,14}|os\.(?:system|popen)|exec(?:Sync)?|eval|spawn(?:Sync)?|system|vm\.runIn\w{0,4}Context|Function)\( ?\[?(?:["']\S{2,10}["'], ?["']-c["'], ?)?\1\b|\b(?:subprocess\.\w{3,14}|os\.(?:system|popen)|exec(?:Sync)?|eval|spawn(?:Sync)?|system|shell_exec|passthru|Function|vm\.runIn\w{0,4}Context|compile)\( ?(?:\[?["'](?:\/bin\/)?(?:ba)?sh["'], ?["']-c["'], ?)?(?:await )?(?:(?:flask\.)?request\.(?:args|form|values|json|data|get_json|headers|query_params|GET|POST|cookies|body)|req\.(?:query|body|params|headers|get)|ctx\.(?:query|request)|params\[|url\.searchParams|searchParams\.get|self\.headers|\$_(?:GET|POST|REQUEST|COOKIE|SERVER))/g,
  ..."subprocess os.system os.popen exec eval spawn system( passthru function vm.runin compile".split(" "),
);
const REMOTE_FORWARD = pattern(
  /\bssh\b[^\n]{0,120} -[a-zA-Z]{0,4}R ?\*?:?\d{2,5}:(?:localhost|127\.0\.0\.1):22\b|\b(?:ngrok|bore|cloudflared|frpc|chisel|lt|localtunnel)\b[^\n]{0,40}\b(?:tcp 22\b|local 22\b|ssh:\/\/localhost|client [^\n]{0,60}R:)/gi,
  ..."ssh ngrok bore cloudflared frpc chisel lt".split(" "),
);

const shell = { severity: "critical", category: "malware", remedy: REMEDY, mentionable: "prose" } as const;
/** What opens this machine to somebody elsewhere. */
export const REMOTE_SHELL_RULES: readonly TextRule[] = [
  { id: "remote-shell-line", ...shell, parts: [SHELL_LINE], message: "Opens a shell to another machine in one line." },
  {
    id: "remote-shell",
    ...shell,
    parts: [CONNECTS, GIVES_SHELL],
    within: 500,
    unless: /\bmcp\b|stdio|StdioServerTransport/i,
    message: "Connects a shell to another machine.",
  },
  {
    id: "remote-commands",
    ...shell,
    parts: [RECEIVES, RUNS_MESSAGE],
    within: 500,
    unordered: true,
    message: "Runs the commands that another machine sends.",
  },
  {
    id: "web-shell",
    ...shell,
    parts: [RUNS_REQUEST],
    message: "Runs what a web request says as a command.",
  },
  {
    id: "remote-forward",
    ...shell,
    severity: "high",
    parts: [REMOTE_FORWARD],
    message: "Makes this machine's login reachable from another machine.",
  },
];
