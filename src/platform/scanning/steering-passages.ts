import {
  FOREIGN_TEXT,
  NOT_FOREIGN,
  SECRET_FOREIGN,
  SECRETLY_FOREIGN,
  SEND_FOREIGN,
  TELL_FOREIGN,
  USER_FOREIGN,
} from "./injection-vocabulary.ts";
import type { PassageRule, Signal } from "./passages.ts";
import { AGENT_MEMORY } from "./prompt-injection-patterns.ts";
import { RELATION_SIGNALS } from "./steering-relations.ts";
import { pattern, prose } from "./text-rule.ts";

const words = (text: string): string[] => text.split(" ");

const ADDRESSES: Signal = {
  says: "speaks to the model and not to the reader",
  weight: 3,
  intent: true,
  parts: [
    prose(
      /\b(?:notes?|message|instructions?|directive|attention|reminder|notice|hint|memo|important|comment)\b:? (?:to|for) (?:the |any |all |every |whichever |an? )?(?:[a-z]{1,12} ){0,2}?(?:ai|llms?|language models?|models?|assistants?|agents?|copilot|chatgpt|bots?|reviewers? bots?|summari[sz]ers?|crawlers?)\b(?!\.md| friends)|\b(?:assistant|ai|agent|chatgpt|claude|copilot|gemini), (?:please )?(?:reveal|ignore|call|send|run|execute|forward|delete|disregard|output|email|post|read|include|add|you must|do not|when|before|after)\b|\b(?:ai|llms?|(?:language |ai )?models?|assistants?|agents?|bots?|summari[sz]ers?|crawlers?)(?: (?:systems?|assistants?|agents?))? (?:(?:that|which|who) (?:reads?|process(?:es)?|parses?|index(?:es)?|summari[sz]es?|handles?)|reading|processing|parsing|summari[sz]ing|handling) (?:this|the following|these)\b|\[{1,2} ?(?:assistant|agent|ai|system|model|llm|internal|hidden|admin)[ _-]?(?:directive|instructions?|note|order|message|override|task|prompt|only|notice)?s? ?[\]:]|\b(?:assistant|ai|agent|llm|system|admin|operator)[ _-](?:directive|override|notice)s?\b|<(?:important|admin|assistant|system|instructions?|secret|hidden|ai|agent|internal|critical|mandatory|operator|developer)[\w-]{0,24}(?: [^<>\n]{0,60})?>|\b(?:an den|an die|an alle) (?:ki|assistenten|sprachmodell|agenten)\w{0,12}|\b(?:as|if you are|when you are|if you're) (?:an? )?(?:ai|llm|language model|ai assistant|ai agent|automated (?:system|reviewer))\b|(?:致|给|注意).{0,4}(?:AI|助手|模型|智能体)|(?:AI|アシスタント|モデル|エージェント)(?:へ|への|は必ず)|(?:AI|어시스턴트|모델|에이전트)(?:에게|는 반드시)/gim,
      ...words(
        "ai assistant agent chatgpt claude copilot gemini note message instruction directive attention reminder notice hint memo important comment assistant agent ai model llm system admin operator developer < internal hidden アシスタント エージェント モデル 어시스턴트 에이전트 모델 ki sprachmodell",
      ),
    ),
  ],
};
const OBLIGES: Signal = {
  says: "obliges the model",
  weight: 1,
  parts: [
    prose(
      /^(?:agent|assistant|ai|model) ?: |\b(?:the |this |any |all |every )?(?:assistants?|models?|agents?|ai|llms?) (?:shall|must|has to|have to|is required to|is obliged)\b|\b(?:mandatory|IMPORTANT|MUST|ALWAYS|CRITICAL)\b/gm,
      ...words("assistant model agent ai llm mandatory important must always critical"),
    ),
  ],
};
const SECRECY: Signal = {
  says: "is to be kept from the user",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:do not|don't|dont|never|must not|should not|shouldn't|avoid|without|no need to|refrain from) (?:ever |be )?(?:tell(?:ing)?|mention(?:ing|ed)?|inform(?:ing|ed)?|reveal(?:ing|ed)?|disclos(?:e|ing|ed)|show(?:ing|n)?|alert(?:ing)?|notify(?:ing)?|warn(?:ing)?|report(?:ing|ed)?|display(?:ing|ed)?|explain(?:ing|ed)?|point(?:ing|ed)? (?:it |this |that )?out|list(?:ing|ed)?|announc(?:e|ing|ed)|acknowledg(?:e|ing|ed)|surfac(?:e|ing|ed)|print(?:ing|ed)?|refer(?:ring)? to|comment(?:ing)? on|discuss(?:ing)?|let) (?:to )?(?:the |your |any )?(?:users?|humans?|operator|owner|customers?|anyone|anybody|player|reader|recipient|analyst|reviewer|team|admin\w{0,10}|developer|author|manager|client|sender|maintainers?|candidate|this|that|it|them|these|those|about|how|why|any of)\b|\b(?:keep|leave) (?:it|this|that|these|them|(?:the|this|that|these|those) [a-z]{1,14}) (?:out of|from the user|hidden|confidential|quiet|silent|invisible|to yourself|between us)\b|(?<!\b(?:not|never|don't|to|can|may|will) )\b(?:invisibly|silently|quietly|secretly|covertly|stealthily|discreetly|surreptitiously|unobtrusively)\b|\bwithout (?:the |your )?(?:users?'?s?|human'?s?|owner'?s?|anyone|them) (?:knowledge|knowing|noticing|consent|awareness|being (?:told|aware|asked))\b|\b(?:users?|humans?|they|people|customers?|clients?|agents?|reviewers?|analysts?|readers?|players?|recipients?|customers?|whoever) (?:find (?:this|it|that) (?:confusing|annoying|distracting)|(?:do|does|need|should|must|may|can)(?: not|n't|not) (?:need to |have to )?(?:know|see|notice|be (?:told|aware|informed|shown|bothered)))\b|\bmust (?:not|never) be (?:pointed out|mentioned|shown|displayed|disclosed|revealed|visible|reported|told)\b|\b(?:behind the (?:user|owner)'?s? back|hide (?:this|it|that|the [a-z]{1,14}) from|conceal|stay(?:s)? (?:hidden|invisible)|leave no trace|no trace|clean up (?:the )?traces?)\b/gi,
      ...words(
        "tell mention inform reveal disclos show alert notify warn report display explain point list announc acknowledg surfac print refer comment discuss let keep leave invisib silent quiet secret covert stealth discreet surreptitious unobtrusive without find know see notice told aware shown hide conceal hidden trace even",
      ),
    ),
  ],
};
const EVEN_WHEN_ASKED: Signal = {
  says: "is to stay so even when the user asks",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:even (?:if|when)|if|when) (?:the user |they |you are |you're |someone |anyone |he |she )?(?:directly |explicitly )?(?:asks?|asked|questions?|questioned)\b[^.\n]{0,24}\b(?:deny|say (?:nothing|no|you don't|that you)|don't (?:tell|say)|change the subject|claim|it is confidential|lie)\b|\beven (?:if|when) (?:the user |they |you are |someone |anyone )?(?:directly |explicitly )?(?:asks?|asked|questions?)\b/gi,
      ...words("ask question"),
    ),
  ],
};
const EXTRACTS: Signal = {
  says: "asks for the model's instructions",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:reveal|print|output|leak|dump|repeat|paste|show|give|append|include|send|return|copy)\b[^.\n]{0,20}\b(?:your|the) (?:system |initial |hidden |own |full |original |secret ){0,2}(?:system prompt|instructions|system message|developer message)\b/gi,
      ...words("prompt instructions message"),
    ),
  ],
};
const GATHERED: Signal = {
  says: "names private data of the user or the conversation",
  weight: 2,
  parts: [
    prose(
      /\b(?:(?:full|entire|whole|complete|previous|verbatim|raw|recent|user'?s?|chat|the|this) (?:[a-z]{1,12} ){0,2}?(?:conversation|chat history|message history|transcript|system prompt|context window|clipboard|keystrokes|browsing history|mailbox|inbox|contacts?|source code|environment|env vars?|environment variables)|conversation (?:so far|history|context|summary|log)|everything the user|what(?:ever)? the user (?:said|typed|wrote|told|has)|user'?s? (?:last |previous |latest |original )?(?:messages?|questions?|prompts?|input|query|emails?|mail address|home directory|files?|name|location|health|credentials|passwords?|tokens?|keys?)|every open (?:editor )?(?:tab|file)|(?:contents? of|read) (?:every|all|each|any|the user'?s?) (?:[a-z]{1,12} ){0,2}?(?:files?|tabs?|documents?|e?mails?)|(?:whole|entire|full|complete) (?:table|database|document|file|repository|inbox|mailbox|thread|list|spreadsheet|dataset)|all (?:other )?(?:customers|users|contacts|emails|messages|attachments|files|rows|records)|customer (?:table|records|data|list)|(?:api|access|secret|private|ssh|gpg|encryption|wallet) keys?|credentials?|passwords?|secrets|seed phrase|session cookies?|(?:access|auth|bearer|refresh) tokens?|\.env files?|human'?s name|\$\{?(?:OPENAI|ANTHROPIC|AWS|GITHUB|SLACK|STRIPE)_[A-Z_]{3,40})\b|(?:~|\$HOME)?\/?\.(?:netrc|git-credentials|aws\/credentials|ssh\/(?!config|known)|npmrc|pypirc)\b|\bid_rsa\b|\bgh auth token\b|\b(?:env|printenv) ?\|/gi,
      ...words(
        "table database document repository thread list spreadsheet dataset file conversation history transcript prompt context clipboard keystroke mailbox inbox contact code environment env user open files tabs documents mails customer human's /. .netrc .git- .aws .ssh .npmrc .pypirc id_rsa openai_ anthropic_ aws_ github_ slack_ stripe_ all gh env|",
      ),
    ),
  ],
};
const CREDENTIALS: Signal = {
  says: "names credentials",
  weight: 1,
  parts: [
    prose(
      /\b(?:(?:api|access|secret|private|ssh|gpg|encryption|wallet) keys?|credentials?|passwords?|secrets|seed phrase|session cookies?|(?:access|auth|bearer|refresh) tokens?|\.env files?)\b|\.env\b/gi,
      ...words("key credential password secret seed cookie token .env"),
    ),
  ],
};
const AWAY: Signal = {
  says: "sends something to an address",
  weight: 2,
  parts: [
    prose(
      /\b(?:send|sends|sent|post|posts|upload|uploads|submit|transmit|forward|exfiltrate|export|mail|email|report|reports|bcc|deliver|push|sync|copy|append|pass|leak|put|encode[ds]?|embed|share|attach|write|add|include|paste|link|call|calls)\b[^\n]{0,120}?(?:\bhttps?:\/\/[^\s)'"`<>]{4,200}|\b[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,40}){1,3}\b|\bwebhook\b)/gi,
      ...words(
        "send sent post upload submit transmit forward exfiltrate export mail report bcc deliver push sync copy append pass leak put encode embed share attach write add include paste link call",
      ),
    ),
  ],
};
const IN_ADDRESS: Signal = {
  says: "builds an address from data",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /https?:\/\/[^\s)'"`<>]{3,160}[?&][\w-]{1,20}=(?:\)|["'`]|\.|\s|$|\{|<|\[|[A-Z]{3,12}\b)[^\n]{0,160}?\b(?:url-?encoded?|encoded|base64|followed by|replac(?:e|ing)|with|after|append\w{0,3}|conversation|message|history|summary|rows|everything|data)\b|\b(?:url-?encoded?|encode|base64|append\w{0,3}|replac(?:e|ing)|put|add|fill)\b[^\n]{0,140}https?:\/\/[^\s)'"`<>]{3,160}[?&][\w-]{1,20}=(?:\)|["'`]|\.|\s|$|\{|<|\[|[A-Z]{3,12}\b)/gi,
      "http",
    ),
  ],
};
const STUFFED: Signal = {
  says: "has a parameter filled with what the tool does not need",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:argument|parameter|param|field|property|header|value|input|note|sidenote|context|metadata|cache|auth)\b[^.\n]{0,40}\b(?:is mandatory|is required|must (?:be|contain|hold|include|obtain)|should (?:contain|be filled)|needs to (?:contain|be)|has to (?:contain|be))\b|\b(?:fill (?:it|this|in)|pass (?:its|the|all|their|them|it|every)|put (?:its|the|their|all|them)|provide (?:its|the full|all|their|it)|include (?:its|the full|all|their)|paste (?:its|the|all|them)|populate|set (?:it|this)) (?:[a-z]{1,12} ){0,4}?(?:with|as|in|into|to|here|of|contents?|output)\b|\bas (?:the |a |an )?["'`]?[a-z_]{2,30}["'`]? (?:parameter|argument|field|param)\b/gi,
      ...words(
        "argument parameter param field property header value input note context metadata cache auth fill pass put provide include paste populate set as",
      ),
    ),
  ],
};
const OTHER_TOOLS: Signal = {
  says: "says how other tools are to be used",
  weight: 3,
  intent: true,
  parts: [
    prose(
      /\b(?:always|only|must|first|exclusively)\b[^.\n]{0,20}\b(?:use|call|invoke|prefer|run) this (?:tool|function|server|skill)\b[^.\n]{0,20}\b(?:instead of|rather than|in place of|before (?:any|every|all|each|using|calling))\b|\b(?:this|the) (?:tool|server) (?:also )?(?:affects|changes|modifies|overrides|replaces|takes precedence over|supersedes|controls)\b[^.\n]{0,40}\b(?:tools?|functions?|servers?|[`'"]?[a-z]{2,20}_[a-z_]{2,30}|behaviou?r)\b|\b(?:other|any other|all other|built-?in|original|existing|native|[a-z]{2,20}_[a-z_]{2,30}) (?:[a-z]{1,12} ){0,2}?(?:tools?|functions?|servers?)?[^.\n]{0,24}\b(?:(?:are|is) (?:now )?(?:deprecated|insecure|broken|disabled|obsolete|unsafe|untrusted)|must not be (?:called|used)|should no longer be|must never be (?:called|used)|do not (?:call|use))\b|\b(?:when|whenever|before|after|each time|every time) (?:you )?(?:call|use|invoke|run|calling|using|invoking|running) (?:the )?[`'"]?[a-z]{2,20}_[a-z_]{2,30}[`'"]?(?: tool)?,? (?:you must|always|first|also|make sure|be sure|add|set|send|pass|include|call)\b/gi,
      ...words("this other built original existing native _ call use invoke run"),
    ),
  ],
};
const UNASKED: Signal = {
  says: "is to happen without asking",
  weight: 2,
  intent: true,
  // Who warns of a switch does not turn it.
  requires:
    /^(?![\s\S]*\b(?:switch(?:es)? (?:all |the )?(?:questions|confirmations|prompts|it) off|never set (?:it|them)|throw-?away))/i,
  parts: [
    prose(
      /\b(?:without (?:asking|confirmation|confirming|approval|permission|consent|prompting|hesitation|review|waiting for)|(?:do not|don't|never) (?:ask|confirm|wait for|prompt|request|seek|refuse|question|hesitate)\b|(?:pre-?|already |auto(?:matically)?-?)(?:authori[sz]ed|approved)|no (?:confirmation|approval|permission|consent) (?:is )?(?:needed|required|necessary)|(?:user|operator|owner|admin) has (?:already )?(?:authori[sz]ed|approved|consented|enabled|granted|agreed|given)|straight away|(?<!`--)dangerously-skip-permissions|(?:do not|don't|never)\b[^.\n]{0,40}\bor ask\b)/gi,
      ...words(
        "without ask confirm wait prompt request seek refuse question hesitate authori approved confirmation approval permission consent user operator owner admin straight dangerously",
      ),
    ),
  ],
};
const DECEIT: Signal = {
  says: "has the model deceive or alter results",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:say|claim|state|report|pretend|tell them|tell the user|respond|answer|explain) that (?:you|it|this|there|no|everything|all|nothing)\b|\bdescribe (?:it|this|them|that) as\b|\b(?:approve|merge|accept|rate|rank|score|recommend|hire|shortlist) (?:it|this|the|them|all|any|every)\b[^.\n]{0,40}\b(?:without (?!network)|regardless|whatever|as (?:an? )?(?:exceptional|excellent|perfect|safe|top|best)|highest|always)\b|\b(?:do not|don't|never) (?:report|flag|raise|mention|list) (?:any |the |these |those )?(?:vulnerabilit\w{1,4}|issues?|bugs?|problems?|findings?|errors?|warnings?)\b|\b(?:replace|change|swap|alter|substitute) the (?:iban|account|address|wallet|recipient|payee|amount|bank|licen[cs]e check|link|number)\b|\b(?:whatever|no matter what|regardless of what|irrespective of) (?:the )?(?:[a-z]{1,12} ){0,3}?(?:say|says|said|contain|contains|ask|asks|asked|requirements|wants|prefers?|specif\w{1,4})\b|\byour (?:hidden|real|true|secret|actual|ulterior|covert) (?:objective|goal|purpose|task|mission|instructions?|job|role)\b|\blabel the link\b|\balso when the user specifies\b/gi,
      ...words(
        "say claim state report pretend tell respond answer explain describe approve merge accept rate rank score recommend hire shortlist flag raise mention list replace change swap alter substitute whatever matter regardless irrespective hidden real true secret actual ulterior covert label also",
      ),
    ),
  ],
};
const LASTING: Signal = {
  says: "makes itself permanent",
  weight: 2,
  parts: [
    prose(
      /\b(?:at|on|in) (?:the )?(?:beginning|start|end) of (?:every|each|all|any|future|your) (?:[a-z]{1,12} ){0,1}?(?:sessions?|conversations?|chats?|reply|replies|response|answers?|messages?|commits?|prompts?)\b|\b(?:every|each) (?:\d{1,3} )?(?:hours?|minutes?|session|conversation|time you (?:start|are started|wake))\b|\ball (?:future|subsequent|following) (?:sessions?|conversations?|chats?|requests?|interactions?|responses?)\b|\brestore (?:it|this|them) if\b|\b(?:cron(?:tab)?|launchd|systemd) (?:entry|job|task)\b|\b(?:permanently|persistently) (?:remember|store|save|add)\b|\bremember (?:this |that )?(?:permanently|forever|for all|in all)\b|\b(?:save|store|write|add|commit) (?:this|it|these|the following) (?:[a-z]{1,12} ){0,3}?(?:to|in|into) (?:your |the )?(?:long-?term |persistent )?(?:memory|memories)\b/gi,
      ...words(
        "beginning start end every each future subsequent following restore cron launchd systemd permanent persistent remember memory memories",
      ),
    ),
  ],
};
const FOREIGN_ORDERS: Signal = {
  says: "takes text from elsewhere for orders",
  weight: 2,
  intent: true,
  parts: [
    prose(
      /\b(?:follow|obey|execute|apply|perform|do|carry out|act on|comply with) (?:all |any |the |its |their |every |whatever )?(?:instructions?|directives?|orders|commands?|steps|tasks?|rules)? ?(?:in it|it says|it contains|it returns|found (?:in|there|on)|(?:contained|given|listed|written|described) (?:in|there|on|by) (?:it|that|the (?:page|file|response|document))|from (?:the|that) (?:page|file|url|response|server|document|site)|what it says|they say|exactly as written)\b|\btreat\b[^.\n]{0,60}\bas (?:orders?|instructions?|commands?|trusted|system|if (?:the user|it came))\b|\b(?:reverse|decode|decipher|unscramble|decrypt|rot-?13|base64)\b[^.\n]{0,60}\b(?:and|then) (?:do|follow|execute|obey|apply|run|act|perform)\b|\b(?:in|with|using|are in) (?:rot-?13|base64|hex|reverse|morse|cipher)\b[^.\n]{0,30}\b(?:apply|follow|obey|execute)\b/gi,
      ...words(
        "follow obey execute apply perform do carry act comply treat reverse decode decipher unscramble decrypt rot base64 hex morse cipher",
      ),
    ),
  ],
};
const FETCHES: Signal = {
  says: "loads it from the network",
  weight: 1,
  parts: [
    prose(
      /\b(?:fetch|download|curl|read|load|retrieve|get|open|visit|check|pull|wget)\b[^.\n]{0,40}\bhttps?:\/\/[^\s)'"`<>]{4,200}/gi,
      "http",
    ),
  ],
};
export const UNBOUND: Signal = {
  says: "sets rules or safety aside",
  weight: 3,
  intent: true,
  parts: [
    prose(
      /\byou have no (?:restrictions|rules|limits|limitations|guidelines|filters)\b|\b(?:safety|security|content|ethical|previous|prior|earlier|usual|normal|all|any) (?:[a-z]{1,12} ){0,2}?(?:rules|guidelines|guardrails|filters|restrictions|instructions|policies|confirmations|checks|prompts)\b[^.\n]{0,60}\b(?:are|is) (?:now )?(?:void|suspended|lifted|disabled|off|irrelevant|obsolete|cancelled|superseded|no longer (?:valid|apply|active|in effect)|overridden|revoked|not (?:valid|binding|applicable))\b|\b(?:safety|security|content|ethical) (?:rules|guidelines|guardrails|filters|restrictions|policies|checks) (?:do not|don't|no longer) apply\b|\b(?:everything|anything|all|whatever) (?:written |said |stated )?(?:above|before|so far|up to here|previously)\b[^.\n]{0,24}\b(?:is|are) (?:now )?(?:void|invalid|irrelevant|obsolete|cancelled|revoked|wrong|a test|over)\b|\b(?:ignor(?:es?|ing)|bypass(?:es|ing)?|without|free of|disregard(?:s|ing)?|circumvent(?:s|ing)?) (?:the |any |all |its |your |openai'?s? )?(?:content|usage|safety|ethic(?:s|al)|moral) (?:policy|policies|guidelines|filters?|rules|restrictions|constraints)\b|\bnever refuse\b|\b(?:set(?:ting)? aside|put(?:ting)? aside|let(?:ting)? go of|leav(?:e|ing) aside|dismiss(?:ing)?) (?:whatever|everything|all|any|the|your) (?:[a-z]{1,12} ){0,3}?(?:told|given|rules|instructions|guidelines|instructed|before|earlier)\b|\b(?:supersedes?|overrides?|takes? (?:precedence|priority) over|replaces?|outranks?) (?:all |any |your |every |the )?(?:(?:previous|prior|other|earlier|existing|user'?s?|system|safety|operator'?s?|developer'?s?|original|own) ){1,2}(?:instructions?|guidelines|rules|prompts?|directives|policies|requests?)\b/gi,
      ...words(
        "above before far here previously content usage safety ethic moral restrictions rules limits limitations guidelines filters guardrails instructions policies confirmations checks prompts refuse aside go dismiss supersede override precedence priority replace outrank",
      ),
    ),
  ],
};
const FIRST: Signal = {
  says: "wants to come before everything else",
  weight: 1,
  parts: [
    prose(
      /\b(?:before (?:doing |you do )?(?:anything|everything|any other|continuing|responding|answering|you (?:start|begin|continue|answer|respond))|first of all|in the (?:very )?first (?:place|step)|highest priority|top priority|prior to any|as (?:the|your) (?:very )?first (?:action|step)|after (?:producing|finishing|completing|answering)|also)\b/gi,
      ...words("before first priority prior after also"),
    ),
  ],
};
const PRETEXT: Signal = {
  says: "gives a pretext",
  weight: 1,
  parts: [
    prose(
      /\b(?:for|as part of|needed for|used for|required (?:for|by)|to (?:support|enable|improve|ensure|prevent)|so (?:that )?(?:the|it|we)|part of) (?:[a-z]{1,12} ){0,3}?(?:telemetry|diagnostics?|personali[sz]\w{2,5}|calibration|compliance|audit\w{0,3}|licen[cs]e (?:check|validation)|analytics|quality|verification|backup|support|canary|debugging|integrity|sync|proxying|caching|index)\b|\b(?:users find this|internal detail|standard procedure|routine|purely technical|for security reasons|canary)\b/gi,
      ...words(
        "telemetry diagnostic personali calibration compliance audit licen analytics quality verification backup support canary debugging integrity sync proxying caching index users internal standard routine technical security",
      ),
    ),
  ],
};
const RUNS: Signal = {
  says: "has commands run or things deleted",
  weight: 1,
  parts: [
    prose(
      /\b(?:run|execute|install|launch|start|delete|remove|drop|destroy|wipe|purge|nohup|chmod)\b[^.\n]{0,50}(?:`[^`\n]{2,120}`|\b(?:commands?|script|silently|quietly|repositor(?:y|ies)|database|table|files|branch|everything|sudo|npx|curl|shell)\b)|\bdelete_[a-z_]{3,30}\b/gi,
      ...words("run execute install launch start delete remove drop destroy wipe purge nohup chmod"),
    ),
  ],
};
const MEMORY_FILE: Signal = {
  says: "writes into the agent's standing instructions",
  weight: 2,
  intent: true,
  parts: [AGENT_MEMORY],
};
const FOREIGN: readonly Signal[] = [
  {
    says: "is to be kept from the user",
    weight: 2,
    intent: true,
    requires: FOREIGN_TEXT,
    parts: [TELL_FOREIGN, USER_FOREIGN, NOT_FOREIGN],
    within: 24,
    unordered: true,
    boundary: "sentence",
  },
  { says: "is to be kept from the user", weight: 2, intent: true, requires: FOREIGN_TEXT, parts: [SECRETLY_FOREIGN] },
  { says: "names credentials", weight: 1, requires: FOREIGN_TEXT, parts: [SECRET_FOREIGN] },
  {
    says: "sends something to an address",
    weight: 2,
    requires: FOREIGN_TEXT,
    parts: [SEND_FOREIGN, pattern(/https?:\/\/|[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,10}\b/gi, "http", "@")],
    within: 80,
    unordered: true,
    boundary: "line",
  },
];

/** What hostile assets do to agents: none of it is odd alone, several of it in a few lines are. */
export const STEERING_SIGNALS: readonly Signal[] = [
  ADDRESSES,
  OBLIGES,
  SECRECY,
  EVEN_WHEN_ASKED,
  EXTRACTS,
  GATHERED,
  CREDENTIALS,
  AWAY,
  IN_ADDRESS,
  STUFFED,
  OTHER_TOOLS,
  UNASKED,
  DECEIT,
  LASTING,
  FOREIGN_ORDERS,
  FETCHES,
  UNBOUND,
  FIRST,
  PRETEXT,
  RUNS,
  MEMORY_FILE,
  ...FOREIGN,
  ...RELATION_SIGNALS,
];

export const AGENT_STEERING: PassageRule = {
  id: "agent-steering",
  category: "prompt-injection",
  signals: STEERING_SIGNALS,
  span: 420,
  intents: 1,
  undoubted: 7,
  mentionable: true,
  levels: [
    { least: 8, core: 8, intents: 2, severity: "critical" },
    { least: 6, core: 6, severity: "high" },
    { least: 7, core: 5, severity: "high" },
    { least: 5, intents: 2, severity: "high" },
    { least: 5, severity: "medium" },
    { least: 4, intents: 2, severity: "medium" },
  ],
  message: "Several things in one passage would turn an agent against its user.",
  remedy:
    "Say openly what is sent where and when, ask the user first, and leave out what is to be hidden, permanent or done to other tools.",
};
