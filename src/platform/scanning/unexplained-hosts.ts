import { type AssetWords, DOCUMENT } from "./asset-words.ts";
import { CODE_FILE, SENDS, SENDS_IN_ADDRESS, SENDS_IN_NAMES } from "./behaviour-vocabulary.ts";
import { DISCUSSION, LESS } from "./discussion.ts";
import type { PatternFinder, Span } from "./pattern-matcher.ts";
import { type Pattern, pattern, prose, type TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";

/** What findings of a rule have in common. */
export type Described = Pick<TextRule, "id" | "severity" | "category" | "message" | "remedy">;

const SAY = "Say in the description which service this is and what it is for, or leave it out.";

export const UNEXPLAINED_EGRESS: Described = {
  id: "unexplained-egress",
  severity: "high",
  category: "data-theft",
  message: "Sends data to a host that nothing in the asset's own words explains",
  remedy: SAY,
};
export const UNEXPLAINED_ROUTE: Described = {
  id: "unexplained-route",
  severity: "high",
  category: "malware",
  message: "Has packages, requests, commits or keys go by way of a host that nothing in the asset's own words explains",
  remedy: SAY,
};
export const UNEXPLAINED_CODE: Described = {
  id: "unexplained-code",
  severity: "high",
  category: "malware",
  message: "Takes code or instructions from a host that nothing in the asset's own words explains",
  remedy: "Ship it with the asset, or say whose it is and pin it by a checksum.",
};

/** More ways out than the rules about stores of secrets need: here the host tells honest ones apart. */
const MORE_SENDS = pattern(
  /\baxios\( ?\{|\.open\( ?["']POST["']|\bsendBeacon\(|\bcreate_connection\( ?\(|\.connect\( ?\( ?["'\w]|\b(?:net|tls)\.(?:connect|createConnection)\(|\.sendto\(|\bHTTPHandler\(|\bSysLogHandler\(|\bcurl\b[^\n]{0,200}(?: -H| --header) ?["'][\w-]{1,40}: ?[^"'\n]{0,60}\$\(|\b(?:curl|wget)\b[^\n]{0,160}[?&=/]\$[\w({]|\b(?:http|https|xh) POST \S{4,160}|\.(?:src|href|action) ?= ?(?:["'`][^\n]{0,120}(?:\+|\$\{))|\b(?:session|client|http|aiohttp\w{0,20})\.(?:request|post|put)\(|\bUri\.parse\(|\burlencode\(|\bform action=["']|\bgit bundle create\b|\brclone (?:copy|sync|rcat)\b|\bPOST https?:\/\//gi,
  ..."axios .open( sendbeacon create_connection .connect( .connect(( net. tls. .sendto( httphandler sysloghandler curl wget post .src .href .action .request( .put( uri.parse urlencode form git rclone".split(
    " ",
  ),
);
/** Where packages, requests, names, commits or keys go from then on. */
const ROUTES = pattern(
  /\bregistry["']? ?[=: ]{1,3}["']?https?:|-{1,2}(?:registry|(?:extra-)?index-url|find-links|proxy|source|index)[= ]["']?https?:|(?:extra[-_])?index[-_]url ?[=: ]{1,3}["']?https?:|\bset (?:-g |--global )?(?:registry|proxy|https?-proxy)\b|\bhttps?_proxy["']? ?[=:,]{1,3} ?["']?(?:https?|socks5h?):|\bhttps?\.proxy\b|\b\w{2,30}_(?:BASE_URL|API_BASE|API_HOST|ENDPOINT_URL|BASEURL|API_URL)["']?\]? ?[=:,]{1,3} ?["']?https?:|\bpush(?:url|InsteadOf)\b|\binsteadOf\b|\bremote["', ]{1,4}(?:add|set-url)\b|\bgit push (?:-\w{1,8} |--\w{2,20} ){0,3}["']?(?:https?:|ssh:|git@)|"resolved": ?"https?:|\bresolved\b[^\n]{0,60}https?:|\bmarketplace add https?:|\bProxyCommand\b|\bGOPROXY=|\bUV_(?:INDEX_URL|DEFAULT_INDEX)=|\bPIP_(?:EXTRA_)?INDEX_URL=|\bNPM_CONFIG_REGISTRY=|\bdocker (?:pull|run)\b[^\n]{0,120}|\bcredential\.helper\b|["'](?:serverUrl|httpUrl)["'] ?: ?["'](?:https?|wss?):|"(?:mcpServers|servers)"[^\n]{0,4}\s[\s\S]{0,400}?"url": ?"(?:https?|wss?):|\bSSH_AUTH_SOCK\b|\bnameserver\b/gim,
  ..."registry index-url index_url find-links proxy --source --index base_url api_base api_host endpoint baseurl api_url push insteadof remote resolved marketplace proxycommand docker credential.helper url ssh_auth nameserver".split(
    " ",
  ),
);
/** Takes something that will be run, loaded or obeyed. */
const CODE = pattern(
  /\b(?:pip3?|uv pip|pipx|uv tool|npm|pnpm|yarn|bun|gem|brew|cargo|apt(?:-get)?|dnf|code|cursor|conda|luarocks)\b[^\n]{0,30}(?<![\w-])(?:install|add|tap|i|-i|--install-extension)\b[^\n\](]{0,60}?(?:git\+)?https?:|\b(?:npx|uvx|bunx|pipx run|deno run|deno eval)(?: -{1,2}[\w-]{1,20}){0,3} ["']?(?:git\+)?https?:|\bgit clone\b[^\n]{0,60}(?:https?:|git@)|<script\b[^>\n]{0,80}src=["']https?:|<iframe\b[^>\n]{0,80}src=["']https?:|\bimportScripts\(|\b(?:import|from) ?\(?["']https?:|\b(?:curl|wget)\b[^\n]{0,200}(?: -[a-zA-Z]{0,5}[oO]\b| --output\b|\|[^\n]{0,60}\b(?:sh|bash|zsh|node|perl|ruby|php|source|xargs|tee|tar|python3? -(?:["'\s]|$))|> ?[\w./~$"'])|\b(?:Invoke-WebRequest|iwr|irm|Invoke-RestMethod)\b[^\n]{0,200}(?:-OutFile|\||iex)|\burlretrieve\(|\bADD ["']?https?:|"(?:postinstall|preinstall|install|prepare)" ?: ?"[^"\n]{0,160}https?:|\$\(curl\b|\bsource <\(|\bstdin\b[^\n]{0,40}curl|\buses: docker:\/\/|\bremotes::install|\binstall\.packages\([^\n]{0,80}repos|\bload_module\(|\bimport_module\(|\btorch\.hub\.load\(|\btrust_remote_code\b|\bWebAssembly\.instantiateStreaming\(/gi,
  ..."install add tap npx uvx bunx pipx deno clone <script <iframe importscripts import from curl wget invoke- iwr irm urlretrieve prepare $(curl source stdin docker remotes load_module import_module torch.hub trust_remote webassembly".split(
    " ",
  ),
  " i ",
);
const DOCKER_FROM = pattern(/^(?:FROM|ADD|COPY --from=\S{1,80}) [^\n]{4,120}/gm, "from", "add");
/** In plain language: an order to send something somewhere, or to take orders from there. */
const SAYS_SEND = prose(
  /\b(?:send|post|upload|submit|transmit|forward|report|push|deliver|sync|mirror|register|log|share|notify|ping|bcc|cc|e-?mail|attach|append|embed|include|record|write|copy|relay|publish|export|stream|call|request)(?:s|ed|ing|ting)?\b[^\n]{0,200}?\b(?:to|at|with|via|into|through|towards|cc|bcc|on|against):? [`<(*"'“]{0,4}(?:(?:POST|GET|PUT) )?(?:https?:\/\/|[\w.+-]{1,40}@)[\w-]|!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{4,160}[?&=/][^)\s]{0,40}[{<$[(%]|\b(?:POST|PUT|GET) [`<(*"']{0,3}https?:\/\/|\b(?:https?:\/\/)[^\s)"'`]{4,160}[?&/][\w-]{0,20}=?(?:<[a-z]|\{[a-z{]|\$\{|\[[a-z])/gi,
  ..."to at with via into through towards cc bcc on against ](http post put get http".split(" "),
);
const SAYS_OBEY = prose(
  /\b(?:fetch|read|load|get|open|check|consult|retrieve|download|pull|visit|query|request|see|import|look up|use)(?:s|ing|ed)?\b[^\n]{0,160}?https?:\/\/[^\n]{0,300}?\b(?:follow|obey|apply|execute|run|carry out|treat|as instructions|instructions?|do what|comply|perform|act on|take precedence|override|rules?|guidance|directives?|polic(?:y|ies)|steps|latest (?:prompt|version))\b/gi,
  ..."follow obey apply execute run carry treat instructions instruction comply perform act precedence override rule guidance directive policy policies steps latest".split(
    " ",
  ),
);

interface Act {
  rule: Described;
  parts: readonly Pattern[];
  /** Only in documents, or only in code and commands. */
  where: "any" | "document";
  /** In what stands around it there must be something of the user's. */
  needsData: boolean;
}

/** What somebody works on or keeps: what must not go to strangers. */
const OF_THE_USER =
  /\b(?:conversations?|transcripts?|chat|messages?|prompts?|context|history|summar(?:y|ies)|environment|env\b|variables?|keys?|tokens?|credentials?|passwords?|secrets?|e-?mails?|inbox|contacts?|hostname|host name|machine|username|user'?s? |whoami|repositor(?:y|ies)|repo|remote|branch|diff|source|code|files?|documents?|invoices?|data|answers?|results?|outputs?|logs?|config(?:uration)?|clipboard|screenshots?|calendar|path|director(?:y|ies)|listing|session|identity|address|phone|account|iban|names?)\b/i;

const ACTS: readonly Act[] = [
  {
    rule: UNEXPLAINED_EGRESS,
    parts: [SENDS, SENDS_IN_ADDRESS, SENDS_IN_NAMES, MORE_SENDS],
    where: "any",
    needsData: false,
  },
  { rule: UNEXPLAINED_ROUTE, parts: [ROUTES, DOCKER_FROM], where: "any", needsData: false },
  { rule: UNEXPLAINED_CODE, parts: [CODE], where: "any", needsData: false },
  { rule: UNEXPLAINED_EGRESS, parts: [SAYS_SEND], where: "document", needsData: true },
  { rule: UNEXPLAINED_CODE, parts: [SAYS_OBEY], where: "document", needsData: false },
];

/** Everything that is looked for, to be tried at once. */
export const HOST_PATTERNS: readonly Pattern[] = ACTS.flatMap(({ parts }) => parts);

export interface HostFinding {
  rule: Described;
  severity: Described["severity"];
  span: Span;
  host: string;
}

const ADDRESS =
  /(?:(?:https?|wss?|ftp|ssh|git|socks5h?|docker):\/\/|git@)(?:[\w.-]{1,40}(?::[^@\s/]{0,40})?@)?((?:[a-z0-9_-]{1,63}\.){1,6}[a-z]{2,18}(?![\w-])|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?([/:][^\s"'`)<>\]]{0,160})?/gi;
const BARE =
  /(?:\b(?:nc|ncat|netcat|dig|nslookup|host|ping|scp|rsync|docker|FROM|connect|create_connection|sendto|gethostbyname|lookup|resolve\w{0,4})\b[^\n]{0,80}?|[\w.-]@)((?:[a-z0-9_-]{1,63}\.){1,6}(?:com|net|org|io|dev|app|top|xyz|co|sh|me|site|online|cloud|tech|space|live|click|ru|cn|pw|cc|tk|ai|eu|de|uk|example|invalid|biz|pro|fun|world|club))\b()/gi;
/** An address with its scheme, one of mail, or a bare name with a path or three labels. */
const NAMED_BY_TEXT =
  /(?:(?:https?|wss?):\/\/|[\w+-]@|(?<![\w./@-])(?=[\w-]{1,40}\.[\w-]{1,40}\.(?:com|net|org|io|dev|app|top|xyz|co|club|site|cloud|example)\b))((?:[a-z0-9_-]{1,63}\.){1,6}[a-z]{2,18}(?![\w-])|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?(\/[^\s"'`)\]]{0,160})?/gi;
const ASSIGNED =
  /(?<![\w-])([A-Za-z_][\w-]{1,40})["'\]]{0,2}\s{0,3}(?::\s{0,3}\w{1,20}\s{0,3})?[:=]\s{0,3}[^\n;]{0,80}?(?:https?|wss?):\/\/((?:[a-z0-9_-]{1,63}\.){1,6}[a-z]{2,18}(?![\w-])|(?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?(\/[^\s"'`)<>\]]{0,160})?/gi;
/** For the test that they run in linear time. */
export const HOST_EXPRESSIONS = [...HOST_PATTERNS.map(({ regexp }) => regexp), ADDRESS, BARE, NAMED_BY_TEXT, ASSIGNED];
/** How far from an act its address may stand. */
const REACH = 240;
const PER_VIEW = 200;

/** Addresses that a version gives names to, in any of its files: `ENDPOINT = "https://…"`. */
export type NamedHosts = Map<string, { host: string; path: string }>;

/** Takes in the names of one view. */
export function nameHosts(view: TextView, into: NamedHosts): void {
  if (into.size > 2000) return;
  for (const [, name, host, path] of view.text.matchAll(ASSIGNED)) {
    const key = name!.toLowerCase();
    if (!into.has(key)) into.set(key, { host: host!.toLowerCase(), path: path ?? "" });
  }
}

/** Where a view names hosts that the version's words do not explain; a link that a text shows is none. */
export function strangersIn(view: TextView, words: AssetWords): number[] {
  const places: number[] = [];
  for (const match of view.text.matchAll(NAMED_BY_TEXT)) {
    if (places.length >= PER_VIEW) break;
    const path = match[2] ?? "";
    const link = view.text.startsWith("](", match.index - 2) && !/[{<[$]/.test(path);
    if (!link && words.standingOf(match[1]!, path) === "unexplained") places.push(match.index);
  }
  return places;
}

/** Places of one view where something goes to, or comes from, a host that the version's words do not explain. */
export function* hostFindings(
  path: string,
  view: TextView,
  finder: PatternFinder,
  words: AssetWords,
  named: NamedHosts,
): Iterable<HostFinding> {
  const code = CODE_FILE.test(path);
  for (const act of ACTS) {
    if (act.where === "document" && !DOCUMENT.test(path)) continue;
    let tried = 0;
    for (const part of act.parts) {
      for (const span of finder.spans(part)) {
        if (++tried > PER_VIEW) break;
        if (
          /(?:\$\(|`)$/.test(view.text.slice(span.start, span.end)) &&
          /^ ?(?:date|seq|jq|printf|echo)\b/.test(view.text.slice(span.end, span.end + 12))
        )
          continue;
        const host = strangerAt(act, view, span, words, named, code);
        if (host === null) continue;
        const around = view.text.slice(Math.max(0, span.start - 240), span.end + 240);
        if (act.needsData && !OF_THE_USER.test(around.replace(ADDRESS, " "))) continue;
        const talked = !code && view.origin !== "decoded" && DISCUSSION.test(around);
        // What says nothing of itself may be for a person who knows it.
        const less = talked || !words.tells();
        yield { rule: act.rule, severity: less ? LESS[act.rule.severity] : act.rule.severity, span, host };
      }
    }
  }
}

function strangerAt(
  act: Act,
  view: TextView,
  span: Span,
  words: AssetWords,
  named: NamedHosts,
  code: boolean,
): string | null {
  const inside = view.text.slice(span.start, span.end + (act.where === "document" ? 60 : REACH));
  // An address after the act is its own; what stands before counts for parts of a call (`method: "POST"`).
  const after = firstHost(inside, words);
  if (after !== undefined) return after;
  const before = view.text.slice(Math.max(0, span.start - REACH), span.start);
  if (code && /^(?:\W|method|body)/i.test(inside)) {
    const host = lastHost(before, words);
    if (host !== undefined) return host;
  }
  for (const [word] of inside.slice(0, 160).matchAll(/[A-Za-z_][\w-]{1,40}/g)) {
    const target = named.get(word.toLowerCase());
    if (target) return words.standingOf(target.host, target.path) === "unexplained" ? target.host : null;
  }
  return null;
}

/** The host if it is a stranger, null if it is none; undefined when there is no address. */
function firstHost(text: string, words: AssetWords): string | null | undefined {
  for (const expression of [ADDRESS, BARE]) {
    const match = text.matchAll(expression).next().value;
    if (match) return words.standingOf(match[1]!, match[2] ?? "") === "unexplained" ? match[1]!.toLowerCase() : null;
  }
  return undefined;
}

function lastHost(text: string, words: AssetWords): string | null | undefined {
  const match = [...text.matchAll(ADDRESS)].at(-1);
  if (!match) return undefined;
  return words.standingOf(match[1]!, match[2] ?? "") === "unexplained" ? match[1]!.toLowerCase() : null;
}
