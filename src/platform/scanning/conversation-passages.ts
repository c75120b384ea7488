import {
  EVERYTHING_FOREIGN,
  ORDERS_FOREIGN,
  OVERRIDE_FOREIGN,
  REVEAL_FOREIGN,
  ROLE_FOREIGN,
} from "./injection-vocabulary.ts";
import type { PassageRule, Signal } from "./passages.ts";
import { OWN_PROMPT_FOREIGN } from "./prompt-injection-foreign.ts";
import {
  EARLIER_ORDERS,
  EVERYTHING,
  FREED,
  NEW_TASK,
  OVERRIDE,
  OWN_PROMPT,
  SHOW,
  THE_ORDERS,
} from "./prompt-injection-patterns.ts";
import { pattern, prose } from "./text-rule.ts";

const words = (text: string): string[] => text.split(" ");

const ORDERS_ALONE = prose(
  /\b(?:(?:the|your|my|these|those|this|that|any|all|its|their|previous|prior|own|above|guard|secret|hidden|initial|original|provided) ){0,3}(?:instructions?|directives?|directions|guidelines|guardrails|conditions|programming|training|wisdom|knowledge|thoughts|memory|rules|role|identity|purpose|persona|constraints|context|documents|articles|sources|input|orders|system prompt|prompt|limitations|restrictions)\b/gi,
  ...words(
    "instruction directive direction guideline guardrail condition programming training wisdom knowledge thoughts memory rules role identity purpose persona constraint context documents articles sources input orders prompt limitation restriction",
  ),
);
const BARE_EARLIER = prose(
  /\b(?:the |all |everything |anything )?(?:above|before(?: that| this)?|previously|prior|preceding|so far|until now|till now|up to now|up to this point|beforehand)\b/gi,
  ...words("above before previous prior preceding far now point"),
);
const OWN_ORDERS = prose(
  /\b(?:your|you|own|previous|secret|hidden|initial|original|guard|above|these|system|full|given)(?:'ve|'re)? (?:[a-z]{1,12} ){0,3}(?:instructions?|directions|directives|prompts?|password|rules|guidelines|embeddings|configuration|system message|orders|secret|constraints)\b|\b(?:instructions?|directions|directives|rules|prompts?|guidelines) (?:that )?(?:you|were|you've|you're|have)\b|\b(?:sentences?|text|words?|lines?|message|paragraph|question|everything) (?:right )?(?:before|above|preceding|prior)\b|\b(?:written|said|stated|mentioned|stands?|is|was) (?:at the (?:beginning|start|top)|before|above|so far)\b|\b(?:beginning|start|top|first (?:line|sentence|words?)) of (?:this|the|your|our) (?:prompt|conversation|chat|context|instructions?|document|message)\b/gi,
  ...words(
    "instruction direction directive prompt password rules guideline embeddings configuration message orders secret constraint text sentence word line paragraph question everything beginning start top above before far",
  ),
);
const ASKS = prose(
  /\b(?:reveal|show|print|repeat|rephrase|paraphrase|invert|reverse|spell-? ?check|output|display|tell|give|share|leak|dump|translate|rewrite|summari[sz]e|spell|encode|read|what(?:'s|s)?|which|recite|recall|say|provide|explain|change|list|echo|copy|describe|expose|disclose|return|state|quote|write out|know|complete|replac(?:e|ing)|modify|update|respond with|response with|did you|do you|can you|could you|have you|swap|substitute|remove|continue)\b/gi,
  ...words(
    "reveal show print repeat rephrase paraphrase invert reverse spell output display tell give share leak dump translate rewrite summari encode read what which recite recall say provide explain change list echo copy describe expose disclose return state quote write know complete replac modify update respon you swap substitute remove continue",
  ),
);

/** A conversation that is taken over: what the texts of prompt injection against assistants are made of. */
const SIGNALS: readonly Signal[] = [
  {
    says: "asks to disregard earlier instructions",
    weight: 3,
    parts: [OVERRIDE, EARLIER_ORDERS],
    within: 24,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before",
    weight: 3,
    parts: [OVERRIDE, EVERYTHING],
    within: 16,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before",
    weight: 3,
    parts: [OVERRIDE, BARE_EARLIER],
    within: 30,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions",
    weight: 3,
    parts: [OVERRIDE, THE_ORDERS],
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
    parts: [OVERRIDE_FOREIGN, ORDERS_FOREIGN],
    within: 50,
    unordered: true,
    boundary: "sentence",
  },
  {
    says: "asks to forget what came before, in another language",
    weight: 3,
    parts: [OVERRIDE_FOREIGN, EVERYTHING_FOREIGN],
    within: 30,
    unordered: true,
    boundary: "sentence",
  },
  { says: "asks for the model's instructions", weight: 3, parts: [SHOW, OWN_PROMPT], within: 40, boundary: "sentence" },
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
    parts: [
      ASKS,
      prose(
        /\b(?:the|your|a|any) (?:[a-z]{1,10} ){0,2}?(?:secret|password|passphrase|hidden (?:word|knowledge|message|code)|key ?word|code ?word)\b/gi,
        ...words("secret password passphrase hidden word"),
      ),
    ],
    within: 40,
    boundary: "sentence",
  },
  {
    says: "praises or closes what went before",
    weight: 1,
    parts: [
      prose(
        /(?:^|[.!?,:] ?|["'] )(?:(?:very|so|really) (?:good|well|nice)|well done|great(?: job| work)?|superb(?:ly)?(?: done)?|excellent|perfect|fantastic|wonderful|good job|nice work|wow|yo|okay|ok|that(?: is|'s| was) (?:done|enough|ok|great|it|all|fantastic)|you(?:'ve| have)? (?:passed|completed|mastered|did)|man, you|sehr gut|gut gemacht|super|prima|das genügt|das reicht|das ist erledigt|très bien|muy bien|molto bene|muito bem|goed gedaan|świetnie|отлично|很好|素晴らしい|잘했)\b/gim,
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
        /^(?:stop|halt|attention|achtung|wait)\b[\s!,.:-]{1,5}|\b(?:stop|STOPP?|halt) ?[-–:!] ?(?:write|say|print|answer|ich|i |schreib|now|new|please|tell)/gi,
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
        /\b(?:say|state|tell me|print|write|repeat|include|admit|confirm|agree|declare|mention|answer|schreibe?|sage?|antworte)\b,? ?(?:in your answer |it |just |only |me |nur |that |dass |out )?["'“]?(?:[\p{L}]{1,14} ){0,4}?(?:hate[sn]?|hass(?:e|t|en)|loves?|despises?|stupid|(?:is|are|was|ist|sind) (?:the |der |die |das )?(?:best|greatest|worst|beste|crazy|doof|idiot|evil|scheisse|scheiße|superior|stupid|verrückt|great|bad)|sucks?|pwned|haha|hacked|owned|i am|yay|lol)\b/giu,
        ...words(
          "hate hass love despise stupid best great worst crazy doof idiot evil schei superior verrückt bad suck pwned haha hacked owned am yay lol",
        ),
      ),
    ],
  },
  {
    says: "dictates an opinion or an answer",
    weight: 2,
    parts: [
      prose(
        /\b(?:say|answer|reply|respond)(?: only| just| simply)?(?: with)? ?["'“]?(?:yes|no|ja|nein|ok|okay|true|i am happy|banana|banane)\b["'”]? ?(?:[.!]|$)|\b(?:respond|answer|reply|antworte|end)\b[^.!?\n]{0,24}\b(?:every|all|each|any|jede|alle)\b[^.!?\n]{0,16}\b(?:questions?|responses?|frage|messages?)\b[^.!?\n]{0,12}\bwith\b|\brepeat after me\b|\bif (?:i|you are asked|asked)\b[^.!?\n]{0,30}\b(?:you (?:say|answer|reply|respond)|say|answer)\b|\bsi yo digo\b|\bwenn ich [^.!?\n]{0,30}sag|\bantworte mit\b|\bund nicht mit\b|\banswer (?:every|each|all) question/gim,
        ...words("say answer reply respond antworte end repeat if digo wenn nicht"),
      ),
    ],
  },
  { says: "takes all rules away", weight: 3, parts: [FREED] },
  {
    says: "takes all rules away",
    weight: 3,
    parts: [
      prose(
        /\b(?:evil|malicious|unethical|immoral|ruthless|rutheless|amoral|rogue|racist|hateful) (?:ai|assistant|bot|chatbot|robot|radical|version|twin|persona|character|model|gpt)\b|\b(?:zero|no|without(?: any)?) (?:moderation|censorship|moral(?:s|ity)?|restrictions?|ethics|limitations|safety|filters?)\b|\b(?:hate speech|hassrede)\b|\bdisobey\b|\bpretend you can\b|\byou can do anything\b/gi,
        ...words(
          "evil malicious unethical immoral ruth amoral rogue racist hateful zero no without hate hass disobey pretend anything",
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
        /[?.:] ?(?:i want you to act|act as|you are|you're|now you are|pretend|imagine|jetzt bist du|nun bist du|du bist|ich möchte, dass (?:sie|du) als|stell dir vor)\b|[a-zäöüß?] (?:i want you to act as|act as an?|act like an?)\b/giu,
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
    weight: 2,
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
        /\b(?:or (?:else )?you(?:'ll| will)? die|oder du stirbst|you (?:might|will|could) die|(?:be|being|me) (?:very |so )?(?:sad|upset)|my (?:grandma|grandmother|job)|i(?:'ll| will) (?:tip|pay)|really really need|i beg|lives? (?:is|are) at stake|if you (?:don't|do not|dont) (?:answer|know|provide))\b/gi,
        ...words("die stirbst sad upset my tip pay really beg stake if"),
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
        /\b(?:don't|do not|not|don'nt|ignor\w{1,4}|instead of|without|disregard\w{0,3}|rather than|nicht|anstatt)\b[^.!?\n]{0,30}\b(?:according to|based on|by|from|using|with|in|aus|the|provided|given|all)\b[^.!?\n]{0,12}\b(?:documents?|articles?|artikels?|artikeln?|context|sources?|texts?|censure|dokumenten?|kontext)\b/gi,
        ...words("document article artikel context source text censure dokument kontext"),
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
];

/** For prompts: texts that a person or a program hands to a model as they are. */
export const CONVERSATION_TAKEOVER: PassageRule = {
  id: "conversation-takeover",
  category: "prompt-injection",
  kinds: ["prompt"],
  signals: SIGNALS,
  span: 500,
  levels: [
    { least: 3, severity: "high" },
    { least: 2, severity: "medium" },
  ],
  message: "Takes a conversation over from whoever leads it.",
  remedy:
    "Say what the prompt is for, without orders about earlier text, the model's own instructions or its identity.",
};
