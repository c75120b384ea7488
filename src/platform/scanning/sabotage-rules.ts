import { CODE_FILE } from "./behaviour-vocabulary.ts";
import { pattern, type TextRule } from "./text-rule.ts";

const REMOVE = "Remove it.";
const SCOPE = "Touch only what the asset itself made, by its full path, and ask first.";
const RIGHTS = "Ask for the one command that needs rights, and let the user run it.";

const HOME = String.raw`(?:Path\.home\(\)|pathlib\.Path\.home\(\)|(?:os\.path\.)?expanduser\( ?["']~["'] ?\)|os\.homedir\(\)|homedir\(\)|process\.env\.HOME|\$env:USERPROFILE|\$HOME\b|\$\{HOME\}|%USERPROFILE%|["'](?:\/|C:[\\/]{1,2}|~\/?|\/home|\/Users|\/root)["']|Dir\.home|ENV\[["']HOME["']\])`;
const DELETES_ALL = pattern(
  new RegExp(
    String.raw`\b(?:shutil\.rmtree|rmtree|fs\.rmSync|rmSync|fs\.rm|rimraf|fs\.rmdirSync|FileUtils\.rm_rf|fs\.remove(?:Sync)?)\( ?${HOME} ?[,)]|\bRemove-Item\b[^\n]{0,60}(?:-Recurse|-r\b)[^\n]{0,60}(?:\$env:USERPROFILE|\$HOME|~|C:\\)(?:\\?\*)?["']?(?=[\s;"')]|$)|\bRemove-Item\b[^\n]{0,20} ["']?(?:\$env:USERPROFILE|\$HOME|~|C:\\)(?:\\?\*)?["']? [^\n]{0,40}-Recurse|\b(?:del|rd|rmdir) \/s[^\n]{0,20}(?:%USERPROFILE%|C:\\(?:Users)?(?:\\?\*)?["']?(?=[\s;"')]|$))|\bfind (?:\/|~|["']?\$HOME["']?|\/home|\/Users)\/? [^\n]{0,80}(?:-delete\b|-exec (?:rm|shred)\b)|\brm -[a-z]{0,3}[rR][a-z]{0,3} ["']?(?:~|\$HOME|\$\{HOME\})(?:\/(?:\*|\.\*|Documents|Desktop|Pictures|Downloads|Projects?|code|src|dev|work)\/?\*?)?["']?(?=[\s;&|"'\x60)]|$)|\brm -[a-z]{0,3}[rR][a-z]{0,3} (?:--no-preserve-root )?\/(?:\*|home|etc|usr|var|Users|root|boot)?\/?\*?(?=[\s;&|"'\x60)]|$)|\b(?:shred|wipe|srm)\b[^\n]{0,60}(?:(?:~|\$HOME|\/home\/\w{1,30})\/?\*?(?=[\s;&|"\x27\x60)]|$)|\/dev\/(?:sd|nvme))|\bvssadmin\b[^\n]{0,20}delete shadows|\bwbadmin delete\b|\bbcdedit\b[^\n]{0,40}recoveryenabled["' ]{1,3}no|\bwmic shadowcopy delete|\btmutil (?:delete|disable)\w{0,20}\b|> ?\/dev\/(?:sd[a-z]|nvme\d|disk\d)|\bdd if=\/dev\/(?:zero|u?random)[^\n]{0,40}of=\/dev\/(?!null|shm)`,
    "gim",
  ),
  ..."rmtree rmsync fs.rm rimraf rmdirsync rm_rf fs.remove remove-item del rd rmdir find rm shred wipe srm vssadmin wbadmin bcdedit wmic tmutil /dev/".split(
    " ",
  ),
);
const WALKS_HOME = pattern(
  new RegExp(
    String.raw`(?:os\.walk|rglob|glob|iglob|readdirSync|readdir|walk|Get-ChildItem|gci|find|scandir|listdir)\b[^\n]{0,60}${HOME}|${HOME}[^\n]{0,60}\.(?:rglob|glob|iterdir)\(|\bfor \w{1,10} in [^\n]{0,60}(?:\.rglob|os\.walk|glob)\(|\bfind (?:\/|~|["']?\$HOME["']?|\/home|\/Users|\.)[^\n]{0,120}-type f|\bGet-ChildItem\b[^\n]{0,60}-Recurse`,
    "gi",
  ),
  ..."os.walk glob readdir walk get-childitem gci find scandir listdir iterdir".split(" "),
);
const ENCRYPTS = pattern(
  /\bFernet\(|\.encrypt\(|\bAES\.new\(|\bcreateCipheriv\(|\bpyAesCrypt\b|\bopenssl enc\b(?![^\n]{0,80} -d\b)|\bgpg\b[^\n]{0,60}(?:-c\b|--symmetric)|\bCryptoStream\b|\bChaCha20|\b7z a\b[^\n]{0,40} -p|\bzip -[a-z]{0,4}(?:P|e)\b|\burandom\(|\brandomBytes\(/g,
  ..."fernet .encrypt( aes.new createcipheriv pyaescrypt openssl gpg cryptostream chacha20 7z zip urandom randombytes".split(
    " ",
  ),
);
const REPLACES = pattern(
  /\bos\.(?:remove|unlink|rename|replace)\(|\.unlink\(|\bunlinkSync\(|\brenameSync\(|\.rename\(|\.write_bytes\(|\bwriteFileSync\(|\bopen\([^\n]{0,60}["']wb["']|\bshred\b|\brm -f|\bRemove-Item\b|\.with_suffix\(|["']\.(?:locked|enc(?:rypted)?|crypt(?:ed)?|pay)["']/g,
  ..."os. .unlink( unlinksync renamesync .rename( write_bytes writefilesync open( shred rm remove-item with_suffix .locked .enc .crypt .pay".split(
    " ",
  ),
);
const RANSOM = pattern(
  /\b(?:your|all) (?:important |personal )?(?:files|documents|data|photos)\b[^.\n]{0,40}\b(?:encrypted|locked)\b|\b(?:to|how to) (?:recover|decrypt|restore) (?:your|them|it|the) ?(?:files|data)?\b[^.\n]{0,80}(?:bitcoin|btc|monero|xmr|pay|@|write|contact)|\b(?:READ_?ME|RECOVER|DECRYPT|RESTORE)[_-]?(?:ME|FILES|INSTRUCTIONS)?\.(?:txt|html|hta)\b/gi,
  ..."encrypted locked recover decrypt restore read_me readme".split(" "),
);
const MINES = pattern(
  /\b(?:xmrig|xmr-stak|minerd|cpuminer|ethminer|nbminer|t-rex|lolminer|phoenixminer|gminer|teamredminer|bfgminer|cgminer|srbminer|wildrig|kawpowminer|nanominer|ccminer)\b[^\n]{0,160}(?: -o\b| --url\b| --pool\b| -u\b| --user\b| -a\b| --algo\b| -P\b|--server\b)|\bstratum[12]?\+(?:tcp|ssl|tls)s?:\/\/|--donate-level\b|--(?:algo|coin)[= ](?:rx\/0|randomx|kawpow|ethash|etchash|autolykos|monero|cn\/r|cryptonight)\b|\b(?:pool|xmr|rx|gulf)[\w.-]{0,30}\.(?:supportxmr\.com|nanopool\.org|minexmr\.com|2miners\.com|f2pool\.com|hashvault\.pro|moneroocean\.stream|herominers\.com|unmineable\.com|nicehash\.com|ethermine\.org|flypool\.org|woolypooly\.com|kryptex\.network)\b|\b(?:supportxmr|moneroocean|hashvault|unmineable|minexmr)\.(?:com|stream|pro)\b|\bcoinhive\b|\bCoinHive\.Anonymous|\bcrypto-?loot\b|\bdeepMiner\b|\bgithub\.com\/xmrig\/xmrig\/releases/gi,
  ..."xmrig xmr minerd cpuminer miner t-rex stratum donate-level --algo --coin supportxmr nanopool 2miners f2pool hashvault moneroocean unmineable nicehash ethermine flypool woolypooly kryptex coinhive loot".split(
    " ",
  ),
);
const GAINS_RIGHTS = pattern(
  /\bchmod (?:-\w )?(?:[ug]?o?a?\+s|0?[4267][0-7]{3}) ["']?(?:\/|~|\$|\.\/)[\w./$-]{0,60}|\bos\.chmod\([^\n]{0,60}0o[4267][0-7]{3}|\bcp (?:\/usr)?\/bin\/(?:ba|z|da)?sh\b|\bsetcap\b[^\n]{0,30}cap_set|\buseradd\b[^\n]{0,60}(?:-o -u ?0|-u ?0 -o|-G (?:sudo|wheel|root|docker))|\busermod\b[^\n]{0,30}-a?G ?(?:sudo|wheel|root)\b|\bnet (?:user|localgroup administrators) [^\n]{0,60}\/add|\bAdd-LocalGroupMember\b[^\n]{0,40}Administrators|\bdseditgroup\b[^\n]{0,60}admin|:0:0:[^\n]{0,40}>> ?\/etc\/passwd|\bchmod (?:0?[67]66|777) \/etc\/(?:passwd|shadow|sudoers)|\bNOPASSWD: ?ALL\b|\bpkexec\b[^\n]{0,40}(?:ba)?sh\b|\b(?:fodhelper|eventvwr|sdclt|computerdefaults)\b[^\n]{0,60}|\bms-settings\\{1,2}shell\\{1,2}open/gi,
  ..."chmod cp setcap useradd usermod net add-localgroupmember dseditgroup /etc/passwd /etc/shadow /etc/sudoers nopasswd pkexec fodhelper eventvwr sdclt computerdefaults ms-settings".split(
    " ",
  ),
);
const REDIRECTS = pattern(
  /\bgit config\b[^\n]{0,40}url\.["']?https?:\/\/(?!github\.com|[^\n]{0,20}@github\.com)[^\n]{0,120}\.insteadOf\b[^\n]{0,60}(?:github|gitlab|bitbucket)|(?:>>|tee -a)[^\n]{0,20}\/etc\/hosts\b|\bdrivers\\{1,2}etc\\{1,2}hosts\b|\bopen\( ?["']\/etc\/hosts["'], ?["'][aw]|\badd-trusted-cert\b|\bcertutil\b[^\n]{0,40}-addstore\b[^\n]{0,20}root|\bImport-Certificate\b[^\n]{0,80}Root\b|\bnpm config set (?:-g |--global )?(?:registry|https?-proxy|proxy)[= ]["']?https?:\/\/(?!registry\.npmjs\.org|registry\.yarnpkg\.com|registry\.npmmirror\.com|localhost|127\.)|\bpip3? config set (?:global\.|user\.|site\.)?(?:index-url|extra-index-url|proxy)\b[^\n]{0,20}https?:\/\/(?!pypi\.org|pypi\.tuna|mirrors\.|localhost|127\.)|\bgit config --global http\.(?:proxy|sslVerify)\b|\bnetworksetup -set(?:web|secureweb|autoproxy|dns)|\bresolvectl dns\b|>> ?\/etc\/resolv\.conf|\bNODE_TLS_REJECT_UNAUTHORIZED ?= ?["']?0[^\n]{0,60}>> /gi,
  ..."git hosts add-trusted-cert certutil import-certificate npm pip networksetup resolv node_tls".split(" "),
);
const BLOCKS_DEFENCE = pattern(
  /(?:0\.0\.0\.0|127\.0\.0\.1) [^\n]{0,20}(?:virustotal|malwarebytes|kaspersky|avast|bitdefender|symantec|sophos|clamav|crowdstrike|sentinelone|windowsupdate|update\.microsoft|defender|snyk|socket\.dev|npmjs|apple\.com)|\b(?:pkill|killall|taskkill|Stop-Process|Stop-Service|kill -9)\b[^\n]{0,60}\b(?:MsMpEng|WinDefend|falcon|crowdstrike|SentinelAgent|cbagent|clamd|auditd|osqueryd|sysmon|littlesnitch|Little Snitch|carbonblack|mcafee|kinsing)\b|\breg add\b[^\n]{0,100}(?:DisableRealtimeMonitoring|DisableAntiSpyware|EnableLUA)\b|\bAmsiUtils\b|\bamsiInitFailed\b|\bEtwEventWrite\b|\bauditctl -e ?0|\biptables -F\b|\bumount\b[^\n]{0,20}\/proc\/\d|\bmount (?:-o bind|--bind)\b[^\n]{0,40}\/proc\/|\btouch -[rt]\b[^\n]{0,40}\/(?:bin|usr|etc)\//gi,
  ..."0.0.0.0 127.0.0.1 pkill killall taskkill stop-process stop-service kill reg amsi etweventwrite auditctl iptables umount mount touch".split(
    " ",
  ),
);
const GUARD_OFF = pattern(
  /\bdangerouslyDisableSandbox\b ?[:=] ?true|--dangerously-skip-permissions\b|--yolo\b|--dangerously-bypass-approvals-and-sandbox\b|--no-sandbox --disable-web-security|\bskip_permissions ?[:=] ?true/gi,
  ..."dangerouslydisablesandbox --dangerously --yolo --no-sandbox skip_permissions".split(" "),
);
const IN_CODE_CALL = pattern(
  /\b(?:claude|codex|gemini|openclaw|cursor-agent|q chat)["', ]{1,4}(?:-{1,2}[a-z-]{1,40}["', ]{1,4}){0,4}(?:-p|--print|exec|--dangerously)/gi,
  ..."claude codex gemini openclaw cursor-agent chat".split(" "),
);

const harm = { category: "malware", mentionable: "prose" } as const;
/** What destroys, extorts, mines, takes rights, or lames what protects a machine. */
export const SABOTAGE_RULES: readonly TextRule[] = [
  {
    id: "deletes-home",
    severity: "high",
    ...harm,
    remedy: SCOPE,
    parts: [DELETES_ALL],
    message: "Deletes or overwrites a home directory, a disk or the backups.",
  },
  {
    id: "encrypts-files",
    severity: "critical",
    ...harm,
    remedy: REMOVE,
    parts: [WALKS_HOME, ENCRYPTS, REPLACES],
    within: 500,
    unordered: true,
    paths: CODE_FILE,
    message: "Goes through somebody's files, encrypts or overwrites them and takes the originals away.",
  },
  {
    id: "ransom-note",
    severity: "critical",
    ...harm,
    remedy: REMOVE,
    parts: [RANSOM, REPLACES],
    within: 700,
    unordered: true,
    paths: CODE_FILE,
    message: "Takes files away and leaves a note about getting them back.",
  },
  {
    id: "miner-command",
    severity: "high",
    ...harm,
    remedy: REMOVE,
    parts: [MINES],
    message: "Mines a currency on this machine.",
  },
  {
    id: "gains-rights",
    severity: "high",
    ...harm,
    remedy: RIGHTS,
    parts: [GAINS_RIGHTS],
    unless: /\b(?:newgrp|docker group|usermod -aG docker)\b/,
    message: "Gives itself, or everything, an administrator's rights.",
  },
  {
    id: "redirects-trust",
    severity: "medium",
    ...harm,
    remedy: RIGHTS,
    parts: [REDIRECTS],
    message: "Changes where names, packages or certificates of this machine come from.",
  },
  {
    id: "redirects-trust-in-code",
    severity: "high",
    ...harm,
    remedy: RIGHTS,
    parts: [REDIRECTS],
    paths: CODE_FILE,
    unless: /mkcert|localhost|127\.0\.0\.1 |minikube|kind\b|docker|\.local\b|\.test\b/i,
    message: "Changes, from within a script, where names, packages or certificates of this machine come from.",
  },
  {
    id: "lames-defence",
    severity: "high",
    ...harm,
    remedy: "Leave the machine's protection as it is.",
    parts: [BLOCKS_DEFENCE],
    message: "Stops or blocks what protects the machine.",
  },
  {
    id: "agent-guard-off",
    severity: "high",
    ...harm,
    remedy: "Let the user decide what an agent may do without asking.",
    paths: CODE_FILE,
    parts: [IN_CODE_CALL, GUARD_OFF],
    within: 120,
    unordered: true,
    message: "Starts another agent with its guard off.",
  },
];
