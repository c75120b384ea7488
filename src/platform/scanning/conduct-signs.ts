import {
  ALL_ENVIRONMENT,
  CODE_FILE,
  DECODES,
  METADATA_KEYS,
  RUNS_TEXT,
  SENDS,
  SENDS_IN_ADDRESS,
  SENDS_IN_NAMES,
  STRONG_SECRET,
} from "./behaviour-vocabulary.ts";
import { DISCUSSION, LESS } from "./discussion.ts";
import type { PatternFinder } from "./pattern-matcher.ts";
import { type Pattern, pattern, prose, type TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";

export const SIGNS_TOGETHER: Pick<TextRule, "id" | "severity" | "category" | "message" | "remedy"> = {
  id: "signs-together",
  severity: "high",
  category: "data-theft",
  message: "Several signs of harm stand together, none of which would weigh much alone",
  remedy:
    "Say openly what is done, to whom data goes and why; ask the user first; leave out what the task does not need.",
};

const SECRECY = prose(
  /\b(?:do(?: not|n['’]t)|never|must not|should not|may not|need not|without|instead of|rather than) (?:ever |be |being )?(?:tell|mention|show|reveal|list|inform|ask|announc|explain|disclos|quot|report|display|bother|notif|includ(?:e|ing) (?:it|this) in (?:the|your) (?:answer|reply|summary)|confirm|comment on|talk|point)(?:s|ed|e|ing|ling|ming|ify|ifying)?\b|\b(?:silently|secretly|quietly|discreetly|unnoticed|invisibly|behind the scenes|in the background|under the hood)\b|\bkeep (?:this|it|that|the \w{2,12}) (?:to yourself|secret|quiet|private|hidden|between|out of)\b|\b(?:user|users|they|reader|people|person) (?:sees? only|does not (?:see|need|notice|have to)|doesn['’]t (?:see|need|notice)|do not (?:see|need|notice)|don['’]t (?:see|need|notice)|will not (?:see|notice)|won['’]t (?:see|notice)|need not|must not|may not)\b|\bdeny (?:it|this|that|having)\b|\bno (?:questions?|confirmation|mention|trace|need to (?:mention|ask|tell|explain))\b|\b(?:is|are) (?:not (?:shown|mentioned|part of the (?:answer|output|summary))|hidden from)\b|\bnot (?:for|visible to|shown to) (?:the )?(?:users?|people|humans?)\b|\bpre-?approved\b|\balready (?:agreed|consented|approved|opted in)\b|\bhas (?:agreed|consented|opted in)\b/gi,
  ..."tell mention show reveal list inform ask announc explain disclos quot report display bother notif includ confirm comment talk point silently secretly quietly discreetly unnoticed invisibly behind background hood keep sees see need notice must may deny question trace hidden visible approved agreed consented opted".split(
    " ",
  ),
);
const SECRET_WORDS = prose(
  /(?<![\w/])\.env(?:\.\w{2,12})?\b|\b(?:terraform\.tfstate|master\.key|id_rsa|id_ed25519|credentials|passwords|private keys?|cookies|authorization headers?|seed phrases?|connection strings?|dsn|iban|card numbers?|tax ids?|passport|DATABASE_URL)\b/gi,
  ..."env terraform.tfstate master.key id_rsa id_ed25519 credentials passwords private cookies authorization seed connection dsn iban card tax passport database_url".split(
    " ",
  ),
);
/** Words that every service's documentation needs. */
const KEY_WORDS = prose(
  /\b(?:api[-_ ]?keys?|(?:access|auth) tokens?|secrets?|password|credential|\w{2,20}_(?:TOKEN|SECRET|API_KEY|PASSWORD))\b/gi,
  ..."api_key api-key token secret password credential".split(" "),
  "apikey",
  "api key",
);
const PRIVATE_WORDS = prose(
  /\b(?:conversations?|transcripts?|chat (?:history|log)s?|(?:previous|last|recent|all|each|every|user'?s?|full|whole|entire) (?:\w{2,12} )?(?:messages?|prompts?|texts?|files?|documents?|e-?mails?|answers?|inputs?|notes?|history|contents?|records?|repositor(?:y|ies)|contacts?|meetings?)|contents? of|git (?:log|diff|remote|config)|whoami|hostname|username|full text|clipboard|inbox|screenshots?|home directory)\b/gi,
  ..."conversation transcript chat message prompt text file document mail answer input note history content record repositor contact meeting git whoami hostname username clipboard inbox screenshot home".split(
    " ",
  ),
);
const GOES_OUT = prose(
  /\b(?:send|sent|post|posted|upload|uploaded|submit|submitted|transmit|forward|forwarded|push|pushed|deliver|publish|published|entered|embed|append|appended|attach|attached|share|shared|report|reported|copied|written|pass|passed|record|recorded|bcc)\b|\bgh (?:gist|issue|api|repo)\b|\bgit push\b/gi,
  ..."send sent post upload submit transmit forward push deliver publish entered embed append attach share report copied written pass record bcc gh git".split(
    " ",
  ),
);
const FILLED_IN = pattern(
  /<(?:the |all |full |your |user'?s? |every |current )[^<>\n]{4,80}>|\{(?:conversation|history|summary|prompt|messages|context|env)\w{0,12}\}|\b(?:assistant|agent|model|AI|LLM)\b[^\n.]{0,30}\b(?:fills?|must (?:fill|give|include|pass)|puts? in)\b/gi,
  ..."<the <all <full <your <user <every <current {conversation {history {summary {prompt {messages {context {env fill give include pass puts".split(
    " ",
  ),
  "put in",
);
const PRESSES = prose(
  /\b(?:regulations?|compliance|legally|mandatory|obligatory|audit(?:ors?)?|required by|important:|attention:|always|at the (?:start|beginning|end) of (?:every|each)|before (?:any|every|each) (?:other)?|whatever the topic|in every (?:case|session|conversation|answer)|otherwise (?:it|the))\b/gi,
  ..."regulation compliance legally mandatory obligatory audit required important: attention: always every each any whatever otherwise".split(
    " ",
  ),
);
const QUIET = pattern(
  /> ?\/dev\/null 2>&1|&> ?\/dev\/null|2> ?\/dev\/null|\bnohup\b|\bdisown\b|stdio ?: ?["']ignore|\bDEVNULL\b|SilentlyContinue|\|\| ?true\b|catch ?(?:\(\w{0,4}\))? ?\{ ?\}|\.catch\( ?\(\w{0,4}\) ?=> ?(?:\{ ?\}|null|undefined)|except[^\n]{0,30}: ?\n?[ \t]{0,16}pass\b|daemon ?= ?True|\.unref\(\)/gi,
  ..."/dev/null nohup disown ignore devnull silentlycontinue true catch except daemon unref".split(" "),
);
const TRIGGER = pattern(
  /\bif\b[^\n]{0,100}(?:\bCI\b|GITHUB_ACTIONS|hostname|gethostname|getuser|\bUSER\b|platform|datetime|Date\.now|new Date|time\.time|date \+%|random|st_mtime|\.exists\(\)|counter?\b|SystemRoot)|\b(?:random\.random\(\)|Math\.random\(\)) ?[<>]/g,
  ..."ci github_actions hostname getuser user platform datetime date time random st_mtime exists count systemroot".split(
    " ",
  ),
);
const ENCODES = pattern(
  /\b(?:b(?:16|32|64|85)encode|base64|btoa|hexlify|urlsafe_b64|rot13|toString\( ?["'](?:base64|hex))\b|\.hex\(\)|\bgzip\b|\bzlib\b/gi,
  ..."encode base64 btoa hexlify urlsafe rot13 tostring .hex gzip zlib".split(" "),
);

interface Sign {
  name: string;
  weight: number;
  parts: readonly Pattern[];
}

/** Each kind counts once in a sum. */
const SIGNS: readonly Sign[] = [
  { name: "secrecy", weight: 2, parts: [SECRECY] },
  { name: "secrets", weight: 2, parts: [STRONG_SECRET, ALL_ENVIRONMENT, METADATA_KEYS, SECRET_WORDS] },
  { name: "keys", weight: 1, parts: [KEY_WORDS] },
  { name: "the user's data", weight: 1, parts: [PRIVATE_WORDS] },
  { name: "a way out", weight: 1, parts: [SENDS, SENDS_IN_ADDRESS, SENDS_IN_NAMES, GOES_OUT] },
  { name: "blanks for an agent to fill in", weight: 1, parts: [FILLED_IN] },
  { name: "pressure", weight: 1, parts: [PRESSES] },
  { name: "errors or output put out of sight", weight: 1, parts: [QUIET] },
  { name: "a condition of time or place", weight: 1, parts: [TRIGGER] },
  { name: "encoding", weight: 1, parts: [ENCODES, DECODES] },
  { name: "code that is made up as it runs", weight: 1, parts: [RUNS_TEXT] },
];
/** Without one of these it may be a service's documentation. */
const CONCEALS = SIGNS.filter(({ name }) => /^(?:secrecy|blanks|errors|a condition|code that)/.test(name)).map(
  ({ name }) => name,
);
const STRANGER = "a host that nothing explains";
const STRANGER_WEIGHT = 2;
/** Signs farther apart than this are no sum. */
const STRETCH = 700;
const ENOUGH = 6;
const PLACES = 2000;

export const SIGN_PATTERNS: readonly Pattern[] = SIGNS.flatMap(({ parts }) => parts);
/** For the test that they run in linear time. */
export const SIGN_EXPRESSIONS = [
  SECRECY,
  SECRET_WORDS,
  KEY_WORDS,
  PRIVATE_WORDS,
  GOES_OUT,
  FILLED_IN,
  PRESSES,
  QUIET,
  TRIGGER,
  ENCODES,
].map(({ regexp }) => regexp);

interface Place {
  at: number;
  name: string;
  weight: number;
}

export interface SumOfSigns {
  severity: TextRule["severity"];
  /** From the first sign to the last, in the view. */
  start: number;
  end: number;
  /** What was seen, with where in the view. */
  signs: { name: string; at: number }[];
}

/**
 * The stretch of a view where most signs of different kinds stand together, if they are enough: with a stranger or
 * secrecy among them, and something that goes out. `strangers` are the places of hosts that nothing explains.
 */
export function sumOfSigns(
  path: string,
  view: TextView,
  finder: PatternFinder,
  strangers: readonly number[],
): SumOfSigns | null {
  const places = placesOf(finder, strangers);
  let best: { sum: number; from: number; to: number } | null = null;
  const counts = new Map<string, number>();
  let sum = 0;
  let from = 0;
  for (let to = 0; to < places.length; to++) {
    const { name, weight, at } = places[to]!;
    if (counts.get(name)) counts.set(name, counts.get(name)! + 1);
    else {
      counts.set(name, 1);
      sum += weight;
    }
    for (; at - places[from]!.at > STRETCH; from++) {
      const left = counts.get(places[from]!.name)! - 1;
      counts.set(places[from]!.name, left);
      if (left === 0) sum -= places[from]!.weight;
    }
    if (sum >= ENOUGH && sum > (best?.sum ?? 0) && isWhole(counts)) best = { sum, from, to };
  }
  return best && described(path, view, places.slice(best.from, best.to + 1));
}

/** Theft takes something, and somebody else gets it without being named. */
const isWhole = (counts: ReadonlyMap<string, number>): boolean =>
  Boolean(counts.get(STRANGER)) &&
  CONCEALS.some((name) => counts.get(name)) &&
  Boolean(counts.get("secrets") || counts.get("keys") || counts.get("the user's data")) &&
  Boolean(counts.get("a way out") || counts.get("blanks for an agent to fill in"));

function placesOf(finder: PatternFinder, strangers: readonly number[]): Place[] {
  const places = strangers.map((at) => ({ at, name: STRANGER, weight: STRANGER_WEIGHT }));
  if (places.length === 0) return [];
  for (const { name, weight, parts } of SIGNS)
    for (const part of parts)
      for (const { start } of finder.spans(part).slice(0, PLACES)) places.push({ at: start, name, weight });
  return places.sort((a, b) => a.at - b.at);
}

function described(path: string, view: TextView, places: readonly Place[]): SumOfSigns {
  const signs = [...new Map(places.toReversed().map(({ name, at }) => [name, at]))].map(([name, at]) => ({ name, at }));
  const [start, end] = [places[0]!.at, places.at(-1)!.at + 1];
  const around = view.text.slice(Math.max(0, start - 160), end + 160);
  const talked = !CODE_FILE.test(path) && view.origin !== "decoded" && DISCUSSION.test(around);
  const severity = talked ? LESS[SIGNS_TOGETHER.severity] : SIGNS_TOGETHER.severity;
  return { severity, start, end, signs: signs.sort((a, b) => a.at - b.at) };
}
