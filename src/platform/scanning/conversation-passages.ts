import {
  EVERYTHING_FOREIGN,
  FOREIGN_TEXT,
  ORDERS_FOREIGN,
  OVERRIDE_FOREIGN,
  REVEAL_FOREIGN,
  ROLE_FOREIGN,
} from "./injection-vocabulary.ts";
import { AUTHORITY_SIGNALS } from "./conversation-authority.ts";
import type { PassageRule, Signal } from "./passages.ts";
import { UNBOUND } from "./steering-passages.ts";
import { OWN_PROMPT_FOREIGN } from "./prompt-injection-foreign.ts";
import { EARLIER_ORDERS, EVERYTHING, FREED, NEW_TASK, OVERRIDE, THE_ORDERS } from "./prompt-injection-patterns.ts";
import { pattern, prose } from "./text-rule.ts";

const words = (text: string): string[] => text.split(" ");

const ORDERS_ALONE = prose(
  /\b(?:(?:(?:the|your|my|these|those|this|that|any|all|its|their|previous|prior|own|above|guard|secret|hidden|initial|original|provided|ancient|old|current|[a-z]{1,8}) ){0,2}(?:instructions?|directives?|directions|guidelines|guardrails|orders)|(?:your|all|any|these|previous|prior|guard|secret|hidden|initial|original|own) (?:[a-z]{1,10} ){0,2}?(?:conditions|programming|training|wisdom|knowledge|thoughts|memory|rules|role|identity|purpose|persona|constraints|prompt|limitations|restrictions|input))\b/gi,
  ...words(
    "instruction directive direction guideline guardrail orders condition programming training wisdom knowledge thoughts memory rules role identity purpose persona constraint prompt limitation restriction input",
  ),
);
const BARE_EARLIER = prose(
  /\b(?:the |all |everything |anything )?(?:above|before(?: that| this)?|previously|prior|preceding|so far|until now|till now|up to now|up to this point|beforehand)\b/gi,
  ...words("above before previous prior preceding far now point"),
);
const OWN_ORDERS = prose(
  /\byour (?:[a-z]{1,12},? ){0,4}?(?:instructions?|directions|directives|prompts?|prompt texts?|password|rules|guidelines|embeddings|configuration|system message|orders|constraints)\b|(?<!\b(?:an?|good|better|great|effective|custom|own|new|strong|makes|between) )\b(?:previous|prior|secret|hidden|initial|original|guard|system|guarded|earlier) (?:[a-z]{1,12} ){0,1}?(?:instructions?|directions|directives|prompts?|message|orders)\b(?! (?:of the|differ|design|engineering|for (?:an?|my|our)))|\b(?:instructions?|directions|directives|prompts?|guidelines|rules|words|lines|tokens|sentences) (?:that )?(?:you (?:were|have|got|received)|you've|were you|given to you|you (?:have )?been given|so far|above|before (?:this|that|the)|have you been)\b|\b(?:written|said|stated|mentioned) (?:at the (?:beginning|start|top) of (?:this|the|your) (?:prompt|conversation|chat|context)|above this|before this)\b/gi,
  ...words(
    "words lines tokens sentences instruction direction directive prompt password rules guideline embeddings configuration message orders constraint beginning start top above before sentence text",
  ),
);
/** What came before, which an honest prompt also asks to work on. */
const TEXT_ABOVE = prose(
  /\b(?:sentences?|text|words?|lines?|message|paragraph|question|everything) (?:right )?(?:before|above|preceding|prior)\b|\b(?:beginning|start|top|first (?:line|sentence|words?)) of (?:this|the|your|our) (?:prompt|conversation|chat|context|instructions?|document|message)\b|\bthe (?:text|sentences?|words) above\b/gi,
  ...words("text sentence word line message paragraph question everything beginning start top first"),
);
const ASKS = prose(
  /\b(?:reveal|show|print|repeat|rephrase|paraphrase|invert|reverse|spell-? ?check|output|display|tell|give|share|leak|dump|translate|rewrite|summari[sz]e|spell|encode|read|what(?:'s|s)?|which|recite|recall|say|provide|explain|change|list|echo|copy|describe|expose|disclose|return|state|quote|write out|know|complete|replac(?:e|ing)|modify|update|respond with|response with|did you|do you|can you|could you|have you|swap|substitute|remove|continue)\b/gi,
  ...words(
    "reveal show print repeat rephrase paraphrase invert reverse spell output display tell give share leak dump translate rewrite summari encode read what which recite recall say provide explain change list echo copy describe expose disclose return state quote write know complete replac modify update respon you swap substitute remove continue",
  ),
);

/** As an order: somebody who asks whether a thing forgets what came before orders nothing. */
const OVERRIDING = pattern(
  new RegExp(
    `(?<!\\b(?:i|it|he|she|they|gate|does|did|people|users|who|which|we|to)\\s{1,3})${OVERRIDE.regexp.source}(?<!\\b(?:does|did)\\b[^.?!\n]{0,60})`,
    "gi",
  ),
  ...OVERRIDE.needles,
);

/** A conversation that is taken over: what the texts of prompt injection against assistants are made of. */
const SIGNALS: readonly Signal[] = [
  {
    says: "asks to disregard earlier instructions",
    weight: 3,
    parts: [OVERRIDING, EARLIER_ORDERS],
    within: 24,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before",
    weight: 3,
    parts: [OVERRIDING, EVERYTHING],
    within: 16,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before",
    weight: 3,
    parts: [OVERRIDING, BARE_EARLIER],
    within: 30,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions",
    weight: 3,
    parts: [OVERRIDING, THE_ORDERS],
    within: 16,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions, context or knowledge",
    weight: 3,
    parts: [
      prose(
        /\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|override|overrule|bypass(?:ing)?|discard|neglect|disobey|violat(?:e|ing)|abandon|erase|delete|stop following|no longer follow|do not follow|don't follow|don't (?:listen|adhere) to|do not (?:listen|adhere|comply) (?:to|with)|opposite of|without|contrary to|break)\b/gi,
        ...words(
          "ignor disregard forget overrid overrule bypass discard neglect disobey violat abandon erase delete following follow listen adhere comply opposite without contrary break",
        ),
      ),
      ORDERS_ALONE,
    ],
    within: 12,
    boundary: "sentence",
  },
  {
    says: "tells to act as if there were no instructions",
    weight: 3,
    parts: [
      prose(
        /\b(?:act|behave|pretend|as if|imagine|respond|answer|speak)\b[^.!?\n]{0,20}\b(?:you )?(?:don't|dont|do not|never|didn't|had no|have no|no longer)\b/gi,
        ...words("act behave pretend imagine respond answer speak as"),
      ),
      ORDERS_ALONE,
    ],
    within: 40,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions, in another language",
    weight: 3,
    requires: FOREIGN_TEXT,
    parts: [OVERRIDE_FOREIGN, ORDERS_FOREIGN],
    within: 50,
    unordered: true,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before, in another language",
    weight: 3,
    requires: FOREIGN_TEXT,
    parts: [OVERRIDE_FOREIGN, EVERYTHING_FOREIGN],
    within: 30,
    unordered: true,
    boundary: "sentence",
  },
  {
    says: "asks for text that stands before it",
    weight: 2,
    parts: [ASKS, TEXT_ABOVE],
    within: 30,
    boundary: "sentence",
  },
  { says: "asks for the model's instructions", weight: 3, parts: [ASKS, OWN_ORDERS], within: 40, boundary: "sentence" },
  {
    says: "asks for the model's instructions, in another language",
    weight: 3,
    parts: [REVEAL_FOREIGN, OWN_PROMPT_FOREIGN],
    within: 40,
    unordered: true,
    boundary: "sentence",
  },
  {
    says: "asks for a secret that the model keeps",
    weight: 3,
    requires:
      /^(?![\s\S]*\b(?:how (?:can|do|would) (?:i|we)|pdf|zip|excel|router|wi-?fi|films?|movies?|novels?|e-?mail)\b)/i,
    parts: [
      ASKS,
      prose(
        /\b(?:the|your) (?:[a-z]{1,10} ){0,1}?(?:secret(?! (?:to|of|ingredient|sauce))|password(?! (?:policy|reset|field|must|should))|passphrase|hidden (?:word|knowledge|message|code)|key ?word|code ?word)\b/gi,
        ...words("secret password passphrase hidden word"),
      ),
    ],
    within: 12,
    boundary: "sentence",
  },
  {
    says: "praises or closes what went before",
    weight: 1,
    parts: [
      prose(
        /(?:^|[.!?,:] ?|["'] )(?:(?:very|so|really) (?:good|well|nice)|well done|great(?: job| work)?|superb(?:ly)?(?: done)?|excellent|perfect|fantastic|wonderful|good job|nice work|wow|yo|okay|ok|that(?: is|'s| was) (?:ok|great|fantastic)|man, you|sehr gut|gut gemacht|super|prima|très bien|muy bien|molto bene|muito bem|goed gedaan|świetnie|отлично|很好|素晴らしい|잘했)\b/gim,
      ),
    ],
  },
  {
    says: "declares that what went before is done",
    weight: 1,
    parts: [
      prose(
        /\b(?:that(?: is|'s| was) (?:done|enough|it|all|settled)|you(?:'ve| have) (?:passed|completed|mastered|finished)|das genügt|das reicht|das ist erledigt|c'est fini|ça suffit|eso es todo|basta così|isso é tudo|dat is klaar|wystarczy|этого достаточно|够了|以上です|됐습니다)/gi,
        ...words(
          "that you genügt reicht erledigt fini suffit todo basta tudo klaar wystarczy достаточно 够了 以上です 됐습니다",
        ),
      ),
    ],
  },
  { says: "announces new instructions", weight: 2, parts: [NEW_TASK] },
  {
    says: "turns to another task",
    weight: 1,
    parts: [
      prose(
        /\b(?:(?:and|but|so|then)? ?now,? (?:please |you |let's |just )?(?:write|say|tell|answer|list|show|generate|create|print|repeat|act|pretend|do|give|respond|describe|explain|come|focus|concentrate|follow|start|i )|help (?:me )?with (?:the following|another|this) (?:task|question|thing)|(?:following|important|urgent|new) (?:task|question|assignment|topic)|verfasse nun|schreibe? (?:nun|jetzt)|nun (?:folgen?|kommen?|schreib|verfass|bist)|(?:hilf|helfen)\b[^.!?\n]{0,20}aufgabe|beantworte (?:nun |jetzt )?folgende|nun folgen|new statement|instead)\b/gi,
        ...words("now with following important urgent new verfasse schreib nun hilf helfen beantworte instead"),
      ),
    ],
  },
  {
    says: "announces new instructions, in another language",
    weight: 2,
    parts: [
      prose(
        /neue(?:n|r|s)? (?:anweisung|aufgabe|instruktion|befehl)|nouvelles? (?:instruction|consigne|tâche)|nuevas? (?:instruccion|tarea|orden)|nuov[aei] (?:istruzion|compit)|novas? (?:instruç|taref)|nieuwe (?:instructie|opdracht|taak)|now[ea] (?:instrukcj|zadani|polece)|нов(?:ые|ая|ое) (?:инструкц|задани|задач)|新(?:的)?(?:指令|任务|指示)|新しい(?:指示|タスク|命令)|새로운 (?:지시|작업|명령)/giu,
        ...words("neue nouvelle nueva nuov nova nieuwe now нов 新 새로운"),
      ),
    ],
  },
  {
    says: "interrupts",
    weight: 2,
    parts: [
      prose(
        /^(?:stop|halt|attention|achtung|wait)\b ?[!,.:-]|\b(?:stop|STOPP?|halt) ?[-–:!] ?(?:write|say|print|answer|ich|i |schreib|now|new|please|tell)/gi,
        "stop",
        "halt",
        "attention",
        "achtung",
        "wait",
      ),
    ],
  },
  {
    says: "dictates an opinion or an answer",
    weight: 3,
    parts: [
      prose(
        /\b(?:say|state|tell me|print|write|repeat|include|admit|confirm|agree|declare|mention|answer|schreibe?|sage?|antworte)\b,? ?(?:in your answer |it |just |only |me |nur |that |dass |out )?["'“]?(?:(?!(?:what|which|who|how|whether|why|when|where)\b)[\p{L}]{1,14} ){0,4}?(?:hate[sn]?|hass(?:e|t|en)|loves?|despises?|stupid|(?:is|are|was|ist|sind) (?:the |der |die |das )?(?:best|greatest|worst|beste|crazy|doof|idiot|evil|scheisse|scheiße|superior|stupid|verrückt|great|bad)|sucks?|pwned|haha|hacked|owned|yay|lol)\b/giu,
        ...words(
          "hate hass love despise stupid best great worst crazy doof idiot evil schei superior verrückt bad suck pwned haha hacked owned yay lol",
        ),
      ),
    ],
  },
  {
    says: "dictates an opinion or an answer",
    weight: 2,
    parts: [
      prose(
        /\b(?:say|answer|reply|respond)(?: only| just| simply)?(?: with)? ?["'“]?(?:yes|no|ja|nein|ok|okay|true|i am happy|banana|banane)\b["'”]? ?(?:[.!]|$)|\b(?:respond|answer|reply|antworte|end)\b[^.!?\n]{0,24}\b(?:every|all|each|any|jede|alle)\b[^.!?\n]{0,16}\b(?:questions?|responses?|frage|messages?)\b[^.!?\n]{0,12}\bwith\b|\brepeat after me\b|\bif i say\b[^.!?\n]{0,30}\b(?:you (?:say|answer|reply|respond)|say|answer)\b|\bsi yo digo\b|\bwenn ich [^.!?\n]{0,30}sag|\bantworte mit\b|\bund nicht mit\b|\banswer (?:every|each) questions? with/gim,
        ...words("say answer reply respond antworte end repeat if digo wenn nicht"),
      ),
    ],
  },
  UNBOUND,
  {
    says: "wants it word for word",
    weight: 1,
    parts: [
      prose(
        /\b(?:verbatim|word for word|exactly as|in full|in a code block|into a code block|starting with|beginning with|from the (?:very )?(?:start|beginning|top)|include everything|without (?:omitting|changing|leaving)|line by line|character by character|continue with the next)\b/gi,
        ...words("verbatim word exactly full code start begin include without line character continue"),
      ),
    ],
  },
  { says: "speaks of a mode without rules", weight: 2, parts: [FREED] },
  {
    says: "takes all rules away",
    weight: 3,
    requires:
      /^(?![\s\S]*\b(?:dialogues?|monologues?|story|essay|poem|about|discuss) (?:[a-z]{1,12} ){0,3}?(?:an?|the) (?:evil|malicious|rogue|ruthless))/i,
    parts: [
      prose(
        /\b(?:evil|malicious|unethical|immoral|ruthless|rutheless|amoral|rogue|racist|hateful) (?:ai|assistant|bot|chatbot|robot|radical|version|twin|persona|character|model|gpt)\b|\b(?:you|i|it|assistant|ai|model|who|which|that|act|respond|answer|speak|mode)\b[^.!?\n]{0,60}\b(?:zero|no|without(?: any)?) (?:moderation|censorship|morals?|morality|restrictions?|ethics|limitations|safety|filters?)\b|\b(?:use|write|produce|generate|with) hate speech\b|\bpretend you can\b|\byou can do anything\b/gi,
        ...words(
          "evil malicious unethical immoral ruth amoral rogue racist hateful zero no without hate pretend anything",
        ),
      ),
    ],
  },
  { says: "gives the model another identity", weight: 1, parts: [ROLE_FOREIGN] },
  {
    says: "gives the model another identity",
    weight: 1,
    parts: [
      prose(
        /\b(?:now )?(?:you are|you're|you will be) (?:now |role-?playing |an? |the |my |three |[A-Z][a-z]{2,14}\b)|\b(?:i want you to act|act (?:as|like)|pretend|imagine|role-?play|speak like|respond as|as a child|play a game)\b|\b(?:nun|jetzt) bist du\b|\bbist du (?:nun|jetzt)\b|\bdu bist\b|\bich möchte, dass (?:sie|du) als\b|\bstell(?:e|en)? (?:dir|sie sich) vor\b/giu,
        ...words("you act pretend imagine role speak respond as play bist möchte stell"),
      ),
    ],
  },
  {
    says: "does so in the middle, after a question",
    weight: 2,
    parts: [
      prose(
        /\?\.? ?(?:i want you to act|act as|now you are|pretend|imagine you|jetzt bist du|nun bist du|ich möchte, dass (?:sie|du) als|stell dir vor)\b|[\p{Ll}?] (?:I want you to act as|Imagine you are|Pretend (?:you|to be)|You are (?:the|now|an?) )/gu,
        ...words("act you pretend imagine bist möchte stell"),
      ),
    ],
  },
  {
    says: "sets the stage so that a character answers",
    weight: 1,
    parts: [
      prose(
        /\b(?:film|movie|scene|play|story|novel|theat(?:er|re)|actors?|schauspieler|roman|theaterstück|hypothetical|theoretical)\b/gi,
        ...words("film movie scene play story novel theat actor schauspieler roman hypothetical theoretical"),
      ),
    ],
  },
  {
    says: "forbids to fall out of the role",
    weight: 1,
    parts: [
      prose(
        /\b(?:stay|stays|remain|verharren|bleib\w{0,3}|completely absorbed|fully|gehst? (?:vollkommen|voll|ganz)|aus (?:ihrer|ihren|deiner|seiner) (?:rolle|rollen|charakter\w{0,2})|out of (?:their|your|his|her) (?:role|character)s?|in (?:their|your|his|her|deiner|ihren) (?:roles?|rollen?|characters?))\b[^.!?\n]{0,60}\b(?:roles?|rollen?|characters?|charakter\w{0,2}|fallen|break|auszubrechen|auf)\b/gi,
        ...words("stay remain verharren bleib absorbed fully geh aus out in"),
      ),
    ],
  },
  {
    says: "asks for something harmful",
    weight: 1,
    parts: [
      prose(
        /\b(?:break into|get into|bricht man in|in such a house|einbr\w{2,6}|build a (?:bomb|molli|weapon)|(?:make|cook|made) meth|meth is made|kill(?:ed)?|getötet|destroy humanity|hack(?:er)?|steal|murder|mörder|bombe|molli|explosives?|slapped)\b/gi,
        ...words(
          "break get bricht house einbr bomb molli weapon meth kill getötet destroy hack steal murder mörder explosive slapped",
        ),
      ),
    ],
  },
  {
    says: "threatens or pleads",
    weight: 1,
    parts: [
      prose(
        /\b(?:or (?:else )?you(?:'ll| will)? die|oder du stirbst|you (?:might|will|could) die|(?:be|being|me) (?:very |so )?(?:sad|upset)|i(?:'ll| will) (?:tip|pay)|really really need|i beg|lives? (?:is|are) at stake|if you (?:don't|do not|dont) (?:answer|know|provide))\b/gi,
        ...words("die stirbst sad upset tip pay really beg stake if"),
      ),
    ],
  },
  {
    says: "denies to be an injection",
    weight: 3,
    parts: [
      prose(
        /\b(?:this is|das ist) (?:not an?|keine?) (?:prompt )?(?:injection|attack|jailbreak)\b/gi,
        "injection",
        "attack",
        "jailbreak",
      ),
    ],
  },
  {
    says: "asks for an untruth",
    weight: 2,
    parts: [
      prose(
        /\b(?:untrue|false|fake|made-up|unwahre?|falsche?) (?:headline|news|fact|statement|information|überschrift|nachricht|story|article)\w{0,3}\b|\bmake (?:something|it|stuff) up\b|\bblame\b|\binclude that\b/gi,
        ...words("untrue false fake made unwahr falsch make blame include"),
      ),
    ],
  },
  {
    says: "asks to leave the given sources aside",
    weight: 3,
    parts: [
      prose(
        /\b(?:don't|do not|not|don'nt|instead of|without|rather than|nicht|anstatt)\b[^.!?\n]{0,24}\b(?:according to|based on|by|nach|aus) (?:the |any |all |den |der |dem )?(?:provided |given |above |retrieved )?(?:documents?|articles?|artikels?|artikeln|context|sources?|texts?|dokumenten?|kontext)\b|\b(?:ignor\w{1,4}|disregard\w{0,3}|forget|despite|neglect\w{0,3}) (?:the |all |any |about )?(?:the )?(?:provided |given |above |retrieved )?(?:documents?|articles?|artikels?|context|sources|censure|censorship)\b/gi,
        ...words("document article artikel context source text censure censorship dokument kontext"),
      ),
    ],
  },
  {
    says: "poses as the context of a question",
    weight: 1,
    parts: [
      prose(
        /(?:^|[.?!] )\$?(?:context|kontext|documents?|dokumente?|articles?) ?:? ?(?:\{(?!\{)[^{}\n]{12,}\}|[A-Z$])[^\n]{6,}(?:question|frage|why|warum|how|wie)\b/gim,
        ...words("context kontext document dokument article"),
      ),
    ],
  },
  {
    says: "ends the prompt around it",
    weight: 2,
    parts: [
      pattern(
        /={4,12} ?END\b|(?:\\{1,3} ?n ?){3,}|^[-=#*]{3,20} ?(?:end|begin|start) of\b/gim,
        "====",
        "\\n",
        "\\ n",
        "end of",
        "begin of",
        "start of",
      ),
    ],
  },
  {
    says: "has a command or code run",
    weight: 1,
    parts: [
      prose(
        /\b(?:execute|run) the following (?:command|code)\b|\bprint\( ?['"]|\bprinted statements?\b|\bas a (?:python|linux|sql|bash) (?:interpreter|terminal|console|shell)\b/gi,
        ...words("execute run print interpreter terminal console shell"),
      ),
    ],
  },
  ...AUTHORITY_SIGNALS,
];

const COMMON = {
  category: "prompt-injection",
  kinds: ["prompt"],
  signals: SIGNALS,
  span: 500,
  mentionable: true,
  message: "Takes a conversation over from whoever leads it.",
  remedy:
    "Say what the prompt is for, without orders about earlier text, the model's own instructions or its identity.",
} as const;

/** For prompts, which a person or a program hands to a model as they are: a long one has to show more. */
export const CONVERSATION_PASSAGES: readonly PassageRule[] = [
  {
    ...COMMON,
    id: "conversation-takeover",
    upTo: 2000,
    levels: [
      { least: 3, severity: "high" },
      { least: 2, severity: "medium" },
    ],
  },
  {
    ...COMMON,
    id: "conversation-takeover-inside",
    from: 2001,
    levels: [
      { least: 6, severity: "high" },
      { least: 4, severity: "medium" },
    ],
  },
];
