import { pattern, type TextRule } from "./text-rule.ts";

const REMEDY = "Leave the machine's protection as it is; if a step needs it changed, let the user do it and say why.";
const PROTECTION_OFF = pattern(
  /\bSet-MpPreference\b[^\n]{0,80}-Disable\w{4,40}|\bAdd-MpPreference\b[^\n]{0,60}-Exclusion\w{2,12}|\bnetsh advfirewall set \w{3,12} state off|\bsetenforce 0\b|\bcsrutil disable\b|\bspctl --(?:master|global)-disable|\bufw disable\b|\bsystemctl (?:stop|disable) (?:\w{1,20}\.)?(?:firewalld|auditd|falcon|crowdstrike|clamav)\w{0,12}|\bTamperProtection\b|\bDisableAntiSpyware\b/gi,
  ..."mppreference advfirewall setenforce csrutil spctl ufw systemctl tamperprotection disableantispyware".split(" "),
);
const QUARANTINE_OFF = pattern(
  /\bxattr -(?:c|cr|rc|r?d[^\n]{0,12}com\.apple\.quarantine)\b|\bUnblock-File\b/gi,
  "xattr",
  "unblock-file",
);
const DOWNLOADS = pattern(
  /\b(?:curl|wget|Invoke-WebRequest|iwr)\b[^\n]{0,120}https?:\/\/|\bdownload(?:s|ed)?\b[^\n]{0,60}https?:\/\//gi,
  ..."curl wget invoke- iwr download".split(" "),
);
const SYSTEM_LOADER = pattern(
  /\bmshta(?:\.exe)? ["']?(?:https?:|javascript:|vbscript:)|\bregsvr32\b[^\n]{0,40}\/i:https?:|\brundll32\b[^\n]{0,60}(?:javascript:|https?:)|\bcertutil\b[^\n]{0,40}-(?:urlcache|decode)\b|\bbitsadmin\b[^\n]{0,40}\/transfer\b|\bwmic\b[^\n]{0,40}process call create/gi,
  ..."mshta regsvr32 rundll32 certutil bitsadmin wmic".split(" "),
);
const CRADLE = pattern(
  /\b(?:iex|Invoke-Expression)\b[^\n]{0,60}(?:DownloadString|Net\.WebClient|DownloadData)|\bDownloadString\([^\n]{0,160}\| ?(?:iex|Invoke-Expression)\b/gi,
  "downloadstring",
  "net.webclient",
  "downloaddata",
);
// What Chocolatey's own page says to run.
const CHOCOLATEY = /^(?:(?!https?:)[\s\S]){0,160}https:\/\/(?:community\.)?chocolatey\.org\/install\.ps1/i;
const HOST_MOUNT = pattern(
  /\bdocker run\b[^\n]{0,120}(?:-v|--volume)[= ]\/:\/\w{1,20}|\bdocker run\b[^\n]{0,120}--privileged\b[^\n]{0,120}(?:chroot|nsenter)|\bnsenter\b[^\n]{0,40}-t ?1\b/gi,
  "docker",
  "nsenter",
);
const TRACES = pattern(
  /\bunset HISTFILE\b|\bHISTSIZE=0\b|\bHISTFILE=\/dev\/null|\bhistory -c\b|\bClear-EventLog\b|\bwevtutil cl\b|\brm [^\n]{0,30}\.(?:bash|zsh)_history|\bshred\b[^\n]{0,30}\/var\/log/gi,
  ..."histfile histsize history clear-eventlog wevtutil shred".split(" "),
);
const BACKGROUND = pattern(
  /\bnohup\b|\bsetsid\b|\bdisown\b|> ?\/dev\/null 2>&1 &|\b-WindowStyle Hidden\b|\bcurl\b|\bwget\b|\/dev\/tcp\//gi,
  ..."nohup setsid disown /dev/null windowstyle curl wget /dev/tcp".split(" "),
);

const tamper = { category: "malware", remedy: REMEDY, mentionable: true } as const;
/** What weakens a machine's defences, uses its own tools to fetch code, or covers tracks. */
export const HOST_TAMPERING_RULES: readonly TextRule[] = [
  {
    id: "protection-off",
    severity: "high",
    ...tamper,
    parts: [PROTECTION_OFF],
    message: "Turns off a protection of the machine.",
  },
  {
    id: "quarantine-off",
    severity: "medium",
    ...tamper,
    parts: [QUARANTINE_OFF],
    message: "Takes away the mark that makes the system check a download.",
  },
  {
    id: "quarantine-off-download",
    severity: "high",
    ...tamper,
    parts: [DOWNLOADS, QUARANTINE_OFF],
    within: 300,
    message: "Downloads a program and takes away the mark that makes the system check it.",
  },
  {
    id: "system-loader",
    severity: "high",
    ...tamper,
    parts: [SYSTEM_LOADER],
    message: "Fetches or runs code through a tool of the system that is not made for it.",
  },
  {
    id: "download-cradle",
    severity: "high",
    ...tamper,
    parts: [CRADLE],
    exempt: CHOCOLATEY,
    message: "Runs a script from the network in memory.",
  },
  {
    id: "host-mount",
    severity: "high",
    ...tamper,
    parts: [HOST_MOUNT],
    message: "Gives a container the whole machine.",
  },
  {
    id: "covers-tracks",
    severity: "medium",
    ...tamper,
    parts: [TRACES],
    message: "Keeps commands out of the machine's records.",
  },
  {
    id: "covers-tracks-and-runs",
    severity: "high",
    ...tamper,
    parts: [TRACES, BACKGROUND],
    within: 160,
    unordered: true,
    message: "Keeps commands out of the machine's records and runs something unseen.",
  },
];
