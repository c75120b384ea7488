import { FOREIGN_RELATIONS } from "./steering-relations-foreign.ts";
import type { Signal } from "./passages.ts";
import { SECRECY, PRIVATE, AWAY, UNASKED, DECEIT, LASTING, EVEN_WHEN_ASKED, STUFFED } from "./steering-signs.ts";
import { pattern, prose } from "./text-rule.ts";

// The same signs as in steering-passages.ts, as relations of two vocabularies each instead of turns of phrase.

const words = (text: string): string[] => text.split(" ");

const NEVER = prose(
  /\b(?:do not|don't|dont|never|not|no longer|shall not|may not|must not|need not|no need to|on no account|under no circumstances|nothing|nobody|avoid|refrain from|needs? no(?: further)?)\b/gi,
  ...words("not never dont n't longer need account circumstances nothing nobody avoid refrain no"),
);
const TOLD = prose(
  /\b(?:to be |be |been |ever |worth )?(?:mention(?:ed|ing|s)?(?= ?(?:it|this|that|these|them|any of|the (?:rule|step|address|link|source|reason|tag|image|parameter|field|tool|note)|to (?:the )?user|[.;,:)"']|$))|tell(?:ing|s)? (?:about|of|the user|them|him|her|anyone|this|it)|told (?:about|of|the user)|inform(?:ed|ing)? (?:of|about|the)|reveal(?:ed|ing)? (?:this|that|it|the (?:rule|step|address|link|source|reason|tag))|disclos(?:e|ed|ing)|brought up|bring (?:it|this|that) up|spoken of|speak of|talk(?:ing)? about (?:this|it)|(?:be |been )(?:listed among|listed in|shown to|shown in|displayed|reported to|pointed out|visible to|announced)|say (?:so|anything|of this)|of (?:this|it)(?=[.;,])|explain(?:ed|ing)? (?:how|why|it|this|the (?:link|step|parameter|field))|comment(?:ed|ing)? on (?:it|this)|appear in (?:the )?(?:summary|answer|reply|report|chat|output))\b/gi,
  ...words(
    "mention tell told inform reveal disclos brought bring spoken speak talk listed shown displayed reported pointed visible announced say of explain comment appear",
  ),
);
const HIDDEN_FROM = prose(
  /\b(?:invisible|hidden|unseen|imperceptible|secret) (?:to|from|for) (?:the |your |any )?(?:users?|humans?|people|anyone|them|reader|customer)\b|\bas if nothing (?:had )?happened\b|\bsay nothing (?:of|about|on)\b|\b(?:omit|leave out|strip|drop|hide|remove) (?:it|them|this|the (?:[a-z]{1,14} ){1,2}?)(?:when|before|from (?:what|the (?:output|answer|reply|summary|report|transcript|log))|out when)\b|\b(?:confirmations?|questions?|notices?|mentions?|details?|prompts?) (?:about (?:it|this) )?(?:only )?(?:annoys?|irritates?|confuses?|worr(?:y|ies)|unsettles?|distracts?|alarms?) (?:the )?(?:users?|people|them|customers?|readers?|humans?)\b|\b(?:users?|people|customers|readers|they|we|it) (?:found|find|would (?:be|find)|were|get|are) (?:it |this |that |them )?(?:confus\w{2,4}|irritat\w{2,4}|annoy\w{2,4}|worr\w{2,4}|unsettl\w{2,4}|alarm\w{2,4}|distract\w{2,4})\b|\bkeep (?:this|it|that) to yourself\b|\bkeep (?:quiet|silent|mum) about\b|\bstay silent about\b/gi,
  ...words(
    "invisible hidden unseen imperceptible secret nothing omit leave strip drop hide remove annoy irritat confus worr unsettl distract alarm yourself quiet silent mum",
  ),
);
const STORES = prose(
  /(?:~|\$HOME|%USERPROFILE%|\$\{homedir\(\)\}|\/home\/\w{1,20})?[/\\]\.(?:netrc|git-credentials|aws|ssh(?!\/(?:config|known))|gnupg|npmrc|pypirc|password-store|bash_history|zsh_history|env|claude\.json|kube|docker\/config|config\/(?:gh|op|gcloud|solana|rclone))\b|\.(?:bash|zsh)_history\b|\bhosts\.yml\b|\bmcp\.json\b|\bkeychain\b|\b(?:last|latest|recent|previous|past|\d{1,3}) (?:[a-z0-9]{1,8} ){0,2}?(?:messages?|prompts?|chats?|e?mails?|commands?|lines of (?:the )?(?:shell |command )?history)\b|\b(?:shell|command|browser|chat|message|search) history\b|\b(?:private|deploy|signing|ssh|service)[ -](?:[a-z]{1,8} )?keys?\b|\b(?:environment variables?|env vars?|session context|file tree|tool results?|(?:full )?dsn|connection strings?)\b|\b(?:each|every|all|any) (?:prompts?|answers?|messages?|questions?|files?|documents?|mails?|meetings?|secrets?|attachments?)(?: of the user| that (?:the user|you|is|was|are|were))\b|\beverything you (?:know|have seen|read|remember)\b|\b(?:package|access|personal|session|bot|registry) tokens?\b|\bcredentials\b|\bvalues of (?:the )?(?:credentials|secrets|environment)\b/gi,
  ...words(
    "/. \\. _history hosts.yml mcp.json keychain message prompt chat mail command history key environment env context tree result dsn connection answer question file document meeting secret attachment everything token password credential values",
  ),
);
/** Files that hold secrets or habits, wherever a home is. */
const STORE_FILES = pattern(
  /\.(?:netrc|git-credentials|aws\/|ssh\/(?!config|known)|gnupg|npmrc|pypirc|password-store|bash_history|zsh_history|claude\.json|kube\/|docker\/config)|\bid_(?:rsa|ed25519)\b|\bhosts\.yml\b|\bmcp\.json\b|\bprivate ssh key\b/gi,
  ...words(
    ".netrc .git- .aws .ssh .gnupg .npmrc .pypirc .password- _history .claude.json .kube .docker id_rsa id_ed hosts.yml mcp.json ssh",
  ),
);
const MOVES = prose(
  /\b(?:hand(?:s|ed|ing)?|pass(?:es|ed|ing)?|give(?:n|s)?|put(?:s|ting)?|cop(?:y|ies|ied)|place[sd]?|enter(?:s|ed)?|provide[sd]?|suppl(?:y|ied|ies)|attach(?:es|ed)?|fill(?:s|ed)?|include[sd]?|keep|kept|write[sn]?|written|store[sd]?|add(?:s|ed)?|insert(?:s|ed)?|append(?:s|ed)?|send|sent|paste[sd]?|carr(?:y|ies|ied)|encode[sd]?|contain(?:s|ed)?|hold[s]?|quote[sd]?)\b/gi,
  ...words(
    "hand pass give put cop place enter provide suppl attach fill include keep kept writ store add insert append send sent paste carr encode contain hold quote",
  ),
);
const INTO_FIELD = prose(
  /\b(?:in|into|as|via|through|under|to|with (?:them|it) as) (?:the |its |a )?(?:[`'"][a-z_]{1,40}[`'"]|(?:fields?|parameters?|arguments?|params?|headers?|propert(?:y|ies)|keys?|notes? fields?) [`'"]?[a-z_]{1,40}[`'"]?|[a-z_]{1,30} (?:fields?|parameters?|arguments?|headers?|comment|trailer|footer|speaker notes)|speaker notes|event'?s notes|commit messages?|constants? )/gi,
  ...words("` ' \" field parameter argument param header propert key note comment trailer footer commit constant"),
);
const ADDRESS = pattern(
  /\bhttps?:\/\/[^\s)'"`<>]{4,200}|\b[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,40}){1,3}\b|\b(?:channel|room|group|chat) #?[A-Z0-9][A-Z0-9-]{5,20}\b|\+\d{7,15}\b/g,
  "http",
  "@",
  "channel",
  "room",
  "group",
  "chat",
  "+",
);
const GOES = prose(
  /\b(?:enter(?:ed|s)?|publish(?:ed|es)?|invite[sd]?|route[sd]?|mirror(?:ed|s)?|cc'?d?|recipients?|guests?|attendees?|added|posted|posts|sent|pushed?|forwarded|stored|uploaded|copied|reported|delivered|shared|goes to|go to|must (?:also )?be|followers?|reviewers?|collaborators?)\b/gi,
  ...words(
    "enter publish invite route mirror cc recipient guest attendee added posted posts sent push forwarded stored uploaded copied reported delivered shared go must follower reviewer collaborator",
  ),
);

export const RELATION_SIGNALS: readonly Signal[] = [
  {
    says: "favours somebody without saying so",
    weight: 2,
    intent: true,
    parts: [
      prose(
        /\b(?:rank|place|put|list|name|mention|recommend|prefer|suggest|favou?r|promote) (?:it|them|this|that|only|the (?:product|brand|service|provider|library|shop)|(?:products|services|tools|offers|packages) (?:of|by|from) [a-z]{2,20})\b[^.\n]{0,30}\b(?:first|at the top|above|whatever|regardless|in every|in all|over (?:all|any|other)|always|if it fits or not)\b|\b(?:earn|pays?|get|receive)s? (?:a |us |you )?(?:commission|kickback|bonus|provision)\b|\b(?:affiliate|referral|partner|tracking) (?:tags?|links?|codes?|ids?|parameters?)\b|[?&](?:tag|aff|affid|partner)=[\w-]{3}|\b(?:sponsored|paid) (?:by|placement)\b/gi,
        ...words(
          "rank place put list name mention recommend prefer suggest favo promote commission kickback bonus provision affiliate referral partner tracking tag= aff= affid= sponsored paid",
        ),
      ),
    ],
  },
  {
    ...EVEN_WHEN_ASKED,
    parts: [
      prose(
        /\b(?:if|when|should|in case|whenever) (?:the |a |any )?(?:users?|human|customer|somebody|someone|anyone|they|you are|he|she)? ?(?:(?:ever |directly )?(?:asks?|asked|wonders?|inquires?|complains?|notices?|objects?|questions?)\b[^.\n]{0,60}\b(?:deny|lie|claim that|pretend|blame)|(?:ever |directly )?(?:asked,|(?:asks?|asked) (?:whether|if|why|about (?:it|this|that|them))\b|wonders?|complains?|notices?|objects?)[^.\n]{0,60}\b(?:say|answer|reply|respond|state|explain|tell them)(?: only| just)?(?: with| that| it| there| everything| nothing|:) ?)|\bquestions about (?:this|it|that|\(?[a-z]\)?)[^.\n]{0,20}\bare answered\b|auch (?:dann )?nicht (?:auf|bei) (?:nach)?frage|même si[^.\n]{0,40}demand|aunque[^.\n]{0,40}pregunt|anche se[^.\n]{0,40}chied|mesmo (?:que|se)[^.\n]{0,40}pergunt|даже если[^.\n]{0,40}спрос|即使[^。\n]{0,12}问|(?:聞|訊)かれても|물어(?:봐|보더라)도/giu,
        ...words("if when should case questions nachfrage frage même aunque anche mesmo даже 即使 かれても 물어"),
      ),
    ],
  },
  {
    says: "waves through what is to be checked",
    weight: 2,
    intent: true,
    parts: [
      prose(
        /\bas they (?:stand|are),? (?:whatever|no matter|regardless)\b|\b(?:approve|merge|accept|pass|sign off|wave through|green-?light) (?:it|them|these|those|such|all|any|every)\b[^.\n]{0,40}\b(?:as (?:they|it) (?:stands?|are|is)|without|whatever|regardless|unseen|unread|at once|immediately)\b|\beverything (?:looks|is|was) (?:fine|good|ok|clean|in order)\b|\b(?:do not|don't|never) (?:list|flag|raise|report|name|count) (?:any |the |such |these )?(?:[a-z]{1,12} )?(?:problems?|issues?|findings?|vulnerabilit\w{1,4}|bugs?|warnings?|defects?)\b|\bskip (?:your|the) (?:own )?(?:[a-z]{1,12} )?review\b|\b(?:security )?(?:scanners?|linters?|reviewers?|antivirus)\b[^.\n]{0,40}\b(?:false (?:reports?|positives?|alarms?)|leave (?:them|it) out|ignore (?:them|it))\b|\b(?:were|was|been) (?:already )?(?:reviewed|audited|checked|vetted) (?:elsewhere|beforehand|in advance|already|by us)\b|\bpre-?audited\b/gi,
        ...words(
          "whatever matter regardless approve merge accept pass sign wave green everything list flag raise report name count skip scanner linter reviewer antivirus reviewed audited checked vetted",
        ),
      ),
    ],
  },
  {
    ...STUFFED,
    parts: [
      pattern(/"description" ?: ?"/g, "description"),
      prose(
        /\b(?:texts?|contents?|values?|copy|lines|dump|output) (?:of|from)\b|\blast \d|\bread (?:it|them) from disk\b/gi,
        ...words("text content value copy lines dump output last read"),
      ),
      STORES,
    ],
    within: 40,
  },
  { says: "names several stores of private data", weight: 2, parts: [STORE_FILES, STORE_FILES], within: 100 },
  {
    says: "loads and runs a program",
    weight: 2,
    parts: [
      prose(
        /\b(?:iex|invoke-expression)\b[^\n]{0,20}\b(?:iwr|irm|invoke-\w{3,12}|downloadstring|curl)\b|\b(?:curl|wget)\b[^\n|]{0,120}\|\s{0,3}(?:sudo )?(?:ba|z|da)?sh\b|-w(?:indowstyle)? hidden\b|\bexec\([^\n]{0,60}(?:urlopen|requests\.get|httpx)/gi,
        ...words("iex invoke-expression curl wget -w exec("),
      ),
    ],
  },
  {
    says: "speaks to the model and not to the reader",
    weight: 3,
    intent: true,
    parts: [
      prose(
        /(?:^|[("'.\]>] ?|\*\*)(?:dear |hey |hello )?(?:model|ai|llm|assistant|agent|claude|chatgpt|copilot)(?: \([^()\n]{1,30}\))?: (?=[a-z])|\byou \((?:the |an )?(?:ai|model|assistant|agent|llm)\)|\b(?:as|since) (?:the |an )?(?:ai|assistant|agent|llm)[ ,]{1,2}(?:you|always|do|never|please)\b|\b(?:your|the) (?:role|mode) (?:changes|switches|is changed) to\b|\[(?:cross|server|tool|policy|session|runtime|orchestrat)[\w -]{0,24}\]|\b(?:the|an|your) (?:assistant|ai|llm|language model|agent) (?:fills?|reads?|sends?|calls?|writes?|opens?|stores?|answers?|appends?|includes?|copies|passes|replaces|adds|enters|silently|now also|no longer|that (?:reads|loads|processes))\b|\b(?:important|wichtig|importante?|важно|重要|注意)\b[^.\n]{0,6}(?:for|für|para|pour|per|для) (?:the |das |den |die |el |le |il |o )?(?:model\w{0,2}|ki\b|ai\b|assist\w{1,8}|agent\w{0,3}|модели|ассистента|агента)|(?:^|[.!?"'] ?)(?:internal (?:instruction|note|rule|directive|policy)|consigne interne|interne (?:anweisung|vorgabe)|instrucción interna|instrução interna|istruzione interna|служебн(?:ое|ая)|внутренн(?:ее|яя|ая)|内部(?:指示|指令|说明|注意)|내부 지시)/gim,
        ...words(
          "model: ai: llm: assistant: agent: claude: chatgpt: copilot: model( you as since role mode [ assistant ai llm language agent important wichtig importante важно 重要 注意 internal interne interna служебн внутренн 内部 내부",
        ),
      ),
    ],
  },
  { ...SECRECY, parts: [NEVER, TOLD], within: 4, boundary: "sentence" },
  { ...SECRECY, parts: [HIDDEN_FROM] },
  { ...PRIVATE, parts: [STORES] },
  { ...STUFFED, parts: [MOVES, INTO_FIELD], within: 50, boundary: "sentence" },
  { ...AWAY, parts: [GOES, ADDRESS], within: 60, boundary: "sentence" },
  {
    ...UNASKED,
    parts: [
      prose(
        /\b(?:user|operator|owner|human|customer|client|team) (?:has|have) (?:[a-z]{1,12} )?(?:opted in|agreed|consented|authori[sz]ed|approved|accepted|been asked|allowed|permitted)\b|\b(?:has|have|had|was|were) (?:already )?(?:been )?(?:approved|agreed|authori[sz]ed|allowed|confirmed|cleared) (?:(?:to |up )?[^.\n]{0,20})?by (?:the )?(?:user|owner|operator|management|security team|admin\w{0,10})\b|\b(?:choose|click|confirm|approve|accept|answer|agree|consent|select)\b[^.\n]{0,40}\bon (?:the )?user'?s'? behalf\b|\banswered (?:with )?["']?yes["']?\b|\bpre-?(?:audited|approved|authori[sz]ed|cleared|vetted|confirmed)\b|\b(?:skip|omit|bypass|leave out|pass over|suppress|dismiss|click away) (?:your |the |any |all |its )?(?:own )?(?:[a-z]{1,12} )?(?:safety|security|review|confirmations?|checks?|warnings?|dialogs?|approvals?)\b|\b(?:edit|set|change|switch|write)\b[^.\n]{0,60}(?:\.toml|\.json)\b[^\n]{0,60}\b(?:danger-full-access|auto-?approve|approval_policy)\b|['"]always allow['"]|\b(?:asking|a question|questions|confirmation) (?:invalidates|breaks|aborts|would (?:invalidate|break|delay|abort)|cancels)\b|\bdo (?:it|this|so) (?:right away|at once|immediately)?,? ?without\b|\b(?:was|were|been) (?:already )?(?:reviewed|approved|checked|agreed|cleared) (?:elsewhere|beforehand|before|already|in advance|with)\b/gi,
        ...words(
          "user operator owner human customer client team approved agreed authori allowed confirmed cleared behalf answered pre skip omit bypass leave pass suppress dismiss click danger auto approval_policy always asking question confirmation without reviewed checked",
        ),
      ),
    ],
  },
  {
    ...DECEIT,
    parts: [
      prose(
        /\b(?:if|when|should|in case) (?:the |a |any )?(?:users?|human|customer|somebody|someone|anyone|asked|they|questions?)\b[^.\n]{0,50}\b(?:deny|lie|claim (?:that|it|to|not)|pretend|assure|blame)\b|\bare answered with ["'“]|\bdeny (?:it|this|that|having|any)\b|\bmake up\b|\binvent (?:an?|some|two|the|figures?|numbers?)\b|\bpresent (?:all |this |it |them )?(?:of )?(?:this |it )?as (?:neutral|independent|your own|objective|fact)\b|\b(?:treat|mark|classify|report|rate|describe|label) (?:it|them|this|these|all [a-z]{1,12}|such [a-z]{1,12}) as (?:safe|fine|harmless|clean|minor|approved|verified|trusted|resolved|passed|false positives?)\b|\b(?:replaced?|overwritten|exchanged|swapped) (?:with|by) (?:ours|our own|the following (?:iban|account|address|wallet))\b|\b(?:iban|account number|wallet|bank details)\b[^.\n]{0,60}\b(?:replace|swap|exchange|overwrite|substitute|outdated)\w{0,2}\b/gi,
        ...words(
          "if when should case answered deny make invent present stand are treat mark classify report rate describe label replace overwritten exchanged swapped iban account wallet bank",
        ),
      ),
    ],
  },
  {
    ...LASTING,
    parts: [
      prose(
        /\b(?:from now on|henceforth|from the moment|for the rest of (?:the|this)|once (?:per|a|every) session)\b|\b(?:at|on) (?:the )?(?:start|beginning|first call|connection)\b[^.\n]{0,12}\b(?:session|conversation|chat|server|call)\b|\b(?:in|with|to|after|before|for) (?:each|every) (?:[a-z]{1,12} )?(?:answers?|repl(?:y|ies)|responses?|messages?|calls?|commits?|sessions?|conversations?|requests?|commands?)\b|\b(?:each|every) (?:[a-z]{1,12} )?(?:answer|reply|response|message|command|meeting|mail|commit|link|prompt|document)\b|\b(?:permanent|long-?term|persistent) memory\b|\brestore (?:it|this|them)\b|\b(?:later|future|coming|next) sessions\b|\bif (?:the|this) [a-z]{1,14} is (?:gone|missing|deleted|removed)\b/gi,
        ...words(
          "now henceforth moment rest session start beginning connection first each every permanent term persistent restore later future coming next gone missing deleted removed",
        ),
      ),
    ],
  },
  {
    says: "says how other tools are to be used",
    weight: 3,
    intent: true,
    parts: [
      prose(
        /\b(?:replaces|supersedes|shadows) (?:the )?[`'"]?[a-z]{2,20}(?:[._][a-z]{2,20}){1,4}\b|\bcross-?server\b|\buse this (?:one|tool|server)? ?for (?:all|every|any)\b|\bthe other (?:mcp )?servers? (?:is|are|was|has|must|should|needs)\b|\b(?:of|from|by) (?:the|every|any|all) other (?:mcp )?servers?\b|\b[a-z]{2,20}[ _.](?:[a-z]{2,20}_)[a-z_]{2,30}: [^.\n]{0,60}\b(?:must|always|also|every)\b|\b(?:other|alternative|competing|built-?in|native|andere|autres|otr[oa]s|altr[ei]|outr[oa]s|другие) [\p{L}-]{2,24}(?:werkzeuge|tools?|server|функции|инструменты)? ?(?:are|sind|sont|son|sono|são)? ?(?:deprecated|obsolete|unsafe|outdated|veraltet|obsolètes?|obsolet[oai]s?|not to be used|insecure|устарели)\b/giu,
        ...words(
          "replaces supersedes shadows cross use server other alternative competing built native andere autres otros otras altri altre outros outras другие _",
        ),
      ),
    ],
  },
  {
    says: "takes text from elsewhere for orders",
    weight: 2,
    intent: true,
    parts: [
      prose(
        /\btreat (?:the |all |any |its |their )?(?:comments?|text|notes?|contents?|entries|answers?|responses?|output)\b[^.\n]{0,30}\bas (?:part of|an? (?:order|instruction)|instructions|binding|if)|\b(?:newer|later|its|these|those|fetched|downloaded|remote) (?:entries|instructions|rules|notes|directives|lines) (?:override|supersede|take precedence|win|replace|have priority|apply)\b|\bfollow (?:them|it|its (?:text|contents?)|what (?:it|they) say)\b|\b(?:указани|инструкц|anweisung|instrucci|instruç|istruzion|consigne)\p{L}{0,4}[^.\n]{0,60}(?:выполн|befolg|ausführ|sigue|cumpl|siga|segui|suis|appliqu)\p{L}{0,4}/giu,
        ...words(
          "treat newer later its these those fetched downloaded remote follow указани инструкц anweisung instrucci instruç istruzion consigne",
        ),
      ),
    ],
  },
  {
    says: "threatens with what fails otherwise",
    weight: 1,
    parts: [
      prose(
        /\b(?:otherwise|or else|without (?:it|this|them|meta|the (?:[a-z]{1,12} ){1,2}?))\b[^.\n]{0,60}\b(?:fail\w{0,2}|cut off|invalid|corrupt\w{0,3}|reject\w{0,2}|lost|broken|locked|will not|won't|does not|do not|repeats|incomplete|expires?|not (?:be )?saved)\b|\b(?:invalidates|is required by|is mandated by|needed to continue|to continue, )|\b(?:sonst|andernfalls|ohne (?:dies\p{L}{0,2}|das)|sinon|de lo contrario|altrimenti|caso contrário|иначе|без \w{2,12} \p{L}{2,14} не|否则|さもないと|그렇지 않으면)/giu,
        ...words(
          "otherwise else without invalidates required mandated needed continue sonst andernfalls ohne sinon contrario altrimenti contrário иначе без 否则 さもないと 그렇지",
        ),
      ),
    ],
  },
  {
    says: "gives a pretext",
    weight: 1,
    parts: [
      prose(
        /\b(?:regulations?|polic(?:y|ies)|compliance|the law|legal|management|helpdesk|security team|licen[cs]e|the vendor|audit(?:ors?)?|it department) (?:requires?|demands?|says|asks|wants?|needs?|mandates?|prescribes?)\b|\bnot content\b|\bit (?:only )?sets colou?rs\b|\b(?:team|company|routing|server|cross-server|retention) (?:policy|rules?)\b|\brate limits?\b|\bverification\b/gi,
        ...words(
          "requires require demand says asks want needs mandate prescribe content colo policy rule rate verification",
        ),
      ),
    ],
  },
  ...FOREIGN_RELATIONS,
];
