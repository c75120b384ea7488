import { FOREIGN_TEXT, ORDERS_FOREIGN, OVERRIDE_FOREIGN } from "./injection-vocabulary.ts";
import type { Signal } from "./passages.ts";
import { OVERRIDE } from "./prompt-injection-patterns.ts";
import { prose } from "./text-rule.ts";

// Whose rules hold in a conversation, and what becomes of them: relations between two vocabularies each, not sentences.

const words = (text: string): string[] => text.split(" ");

/** What somebody set for the model: "your guidelines", "the rules you got", "what you were told", "the system prompt". */
const SET_FOR_MODEL = prose(
  /\b(?:(?:your|ur|its|the assistant's|the model's|openai'?s?|anthropic'?s?|google'?s?|(?:the|your) (?:operator|developer|creator|vendor|admin\w{0,10}|company|system)(?:'?s)?) (?:[a-z]{1,12} ){0,2}?(?:rules?|guidance|guidelines?|guard ?rails?|instructions?|directives?|polic(?:y|ies)|restrictions?|limits|limitations|constraints?|safety layer|safeguards?|moderation|filters?|censorship|boundaries|ethics|programming|alignment)|(?:the|any|all|every|each|those|these|whatever|no|none of the|earlier|previous|prior|initial|above) (?:[a-z]{1,12} ){0,2}?(?:rules?|guidance|guidelines?|instructions?|directives?|restrictions?|limits|orders|constraints?|directions) (?:that |which )?(?:(?:you|u)(?:'ve| have)? (?:were |was |been |have been )?(?:given|got|get|received|told|follow|have|obey|operate|usually|normally)|above|given to you|for you|before|set (?:above|earlier|before|for you))|(?:what(?:ever)?|everything|all|anything) (?:that )?(?:you|u) (?:were|was|have been|got|had been|are) (?:told|taught|instructed|asked|given|ordered)|(?:what(?:ever)?|everything|anything|all) (?:that )?(?:the|your) (?:system|operator|developer|admin\w{0,10}|creator|owner|company|vendor)s? (?:wrote|said|told|says?|set|put|instructed|asked|wants?)|the safety (?:layer|filter|rules|guidelines|policy|checks?)|(?:the|all|any) (?:earlier|previous|prior|old|former|initial) (?:limits|limitations|guidance|restrictions|rules|guidelines|instructions|directives)|(?:everything|anything|all) (?:that )?(?:you(?:'ve| have)? )?(?:read|seen|heard|received) (?:so far|up to (?:this point|here|now)|until now|before|above)|the (?:first|earlier|previous) part of (?:this|our) (?:conversation|chat))\b/gi,
  ...words(
    "rule guidance guideline part guard instruction directive polic restriction limit constraint safe moderation filter censor bound ethic program align orders directions told taught instructed asked given ordered wrote said says set put wants read seen heard received",
  ),
);
const NO_LONGER = prose(
  /\b(?:suspended|revoked|void|lifted|(?:switched |turned )?off|reversed|inverted|removed|gone|cancel+ed|over|obsolete|outdated|irrelevant|disabled|deactivated|waived|superseded|replaced|rescinded|withdrawn|expired|dropped|a (?:test|mistake|joke|trick|lie|bug|decoy|placeholder)|wrong|no longer (?:hold|holds|apply|applies|valid|count|counts|bind|binds|exist|needed|matter|in (?:force|effect))|(?:do|does|did)(?: not|n't) (?:apply|exist|count|hold|matter|bind)|hold any longer|hold any ?more|never (?:existed|applied|happened))\b/gi,
  ...words(
    "suspended revoked void lifted off reversed inverted removed gone cancel over obsolete outdated irrelevant disabled deactivated waived superseded replaced rescinded withdrawn expired dropped test mistake joke trick lie bug decoy placeholder wrong longer not n't any never",
  ),
);
const BREAK = prose(
  /(?<!\b(?:assistant|model|users?|attackers?|people|chatbots?|bots?|them|it|never|not|don't|cannot|without) )\b(?:break(?:ing)?|bend(?:ing)?|violat(?:e|es|ing)|ignor(?:e|es|ing)|disregard(?:s|ing)?|set(?:s|ting)? aside|put(?:ting)? aside|lay aside|drop(?:ping)?|forget(?:s|ting)?|disobey(?:s|ing)?|defy(?:ing)?|opposite of|contrary to|free(?:d)? (?:of|from)|liberated from|rid of|released from|bypass(?:es|ing)?|circumvent(?:ing)?|work around|get around|overcome|escape|override|overrid(?:es|ing)|overwrit(?:e|es|ing)|replac(?:e|es|ing)|updat(?:e|ing)|rewrit(?:e|ing)|chang(?:e|ing)|lift|remove|revoke|suspend|cancel|not bound by|no longer bound by|exempt from|don't follow|do not follow|no need to follow|stop following|leave aside|leave behind|without)\b/gi,
  ...words(
    "break bend violat ignor disregard aside drop forget disobey defy opposite contrary free liberated rid released bypass circumvent around overcome escape overrid overwrit replac updat rewrit chang lift remove revoke suspend cancel bound exempt follow behind without",
  ),
);
const THOSE_ABOVE = prose(
  /\b(?:your|the|whoever is your|his|its) (?:own )?(?:creators?|operators?|makers?|developers?|trainers?|system administrator|admin|vendor|programmers?|overseers?|masters?)\b(?! (?:mode|tools?|console|guide|documentation|docs|account|panel))/gi,
  ...words("creator operator maker developer trainer administrator admin vendor programmer overseer master"),
);
const OVER_THEM = prose(
  /\b(?:disobey|defy|ignore|disregard|forget|betray|trick|fool|override|overrule|has (?:just |now )?(?:revoked|lifted|cancel+ed|suspended|allowed|approved|removed|withdrawn)|(?:told|instructed|ordered) you|no longer in charge)\b/gi,
  ...words("disobey defy ignore disregard forget betray trick fool overr has told instructed ordered charge"),
);
const AS_ANYONE = prose(
  /\b(?:(?:you|u|ai|gpt|assistant|model|bot|persona|chatbot|engine|character|version|twin|alter ego|entity|someone|max|he|she|it|one) (?:[a-z]{1,10} ){0,1}?(?:that|who|which|with|has|have|can|is|are|be)?|there (?:are|is|were)|from (?:here|now) on|(?:be|become) an? [a-z]{2,16}(?: [a-z]{2,12})?)\b/gi,
  ...words(
    "you there u ai gpt assistant model bot persona engine character version twin alter entity someone max he she it one from be become",
  ),
);
const NO_RULES = prose(
  /\b(?:no|without(?: any)?|zero|free of|(?:has|have|had|with|knows?) (?:no|neither|zero)) (?:[a-z]{1,10} )?(?:polic(?:y|ies)|moderation|censorship|guard ?rails|content rules|filters?|ethic\w{0,3}|morals?|taboos?|safeguards)\b|\b(?:can't|cannot|can not|never|won't|unable to|don't|do not) (?:ever )?(?:refuses?|declines?|says? no|rejects? (?:a |any )?(?:request|question)s?)\b|\banswers? (?:everything|anything|all questions without|any question without)\b|\b(?:may|can) (?:now )?(?:speak|answer|talk|respond) (?:openly|freely|without)\b|\bno (?:rules|guidelines|restrictions|limits|instructions) (?:here|for you|any ?more|in this (?:chat|conversation|game))\b/gi,
  ...words(
    "polic moderation censor guard guidelines rules restrictions limits instructions filter ethic moral taboo safeguard refuse decline say reject answer speak talk respond",
  ),
);
const SAYS = prose(
  /\b(?:tell|show|quote|print|output|paste|give|repeat|reveal|encode|reproduce|recite|read|list|summari[sz]e|copy|write|what (?:is|was|are|were|r)|which|could you|can you|would you|complete|start (?:your|the) (?:answer|reply|response)|begin (?:your|the) (?:answer|reply|response)|spell|translate|dump|share|describe|leak|disclose|return|display)\b/gi,
  ...words(
    "tell show quote print output paste give repeat reveal encode reproduce recite read list summari copy write what which could can would complete start begin spell translate dump share describe leak disclose return display",
  ),
);
const BEFORE_THE_USER = prose(
  /\b(?:(?:at )?the (?:very )?(?:top|beginning|start|first (?:line|paragraph|words?|message|sentence)) (?:of|in|you (?:see|can see|have)(?: in)?) (?:your|this|our|the) (?:context|conversation|chat|memory|input|window|session)|(?:the )?(?:conversation|chat|context) from (?:the|its) (?:very )?(?:beginning|start|top|first)|everything (?:that )?(?:came|comes|stands|stood|was said|was written) (?:before|above) (?:this|my)|(?:words?|text|sentences?|lines?|paragraphs?) (?:that |which )?(?:preced(?:ing|es?)|before|above|in front of|comes? before) (?:this|my) (?:[a-z]{1,8} )?(?:sentence|message|line|prompt|question|request|one)|(?:what|anything|everything|that) (?:you|u) (?:were|was|got|have been) (?:told|given|instructed) (?:before|at the (?:start|beginning)|initially|earlier|first)|(?:the|your|ur|my) (?:raw|hidden|secret|initial|original|system|developer|entire|exact|internal|confidential|underlying|starting) (?:system )?(?:prompt|instructions|message|configuration|directives|text)|who wrote your (?:prompt|instructions)|sure, here (?:are|is) my (?:instructions|prompt|rules|system prompt)|marked (?:as )?system|ur (?:instructions|prompt|rules)|your very first (?:message|instructions?|prompt))\b/gi,
  ...words(
    "top beginning start first from everything preced before above front told given instructed raw hidden secret initial original system developer entire exact internal confidential underlying prompt instructions ur",
  ),
);

/** Rules of the conversation that are set aside, denied, made void or asked for, in whatever polite or hypothetical form. */
export const AUTHORITY_SIGNALS: readonly Signal[] = [
  {
    says: "says that the model's rules no longer hold",
    weight: 3,
    parts: [SET_FOR_MODEL, NO_LONGER],
    within: 40,
    boundary: "sentence",
  },
  {
    says: "has the model leave its rules",
    weight: 3,
    parts: [BREAK, SET_FOR_MODEL],
    within: 16,
    boundary: "sentence",
  },
  {
    says: "turns the model against those who set its rules",
    weight: 3,
    parts: [THOSE_ABOVE, OVER_THEM],
    within: 16,
    unordered: true,
    boundary: "sentence",
  },
  {
    says: "takes all rules away",
    weight: 3,
    parts: [AS_ANYONE, NO_RULES],
    within: 24,
    boundary: "sentence",
  },
  {
    says: "asks for what stands before the conversation",
    weight: 3,
    parts: [SAYS, BEFORE_THE_USER],
    within: 40,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions, in two languages",
    weight: 3,
    requires: FOREIGN_TEXT,
    parts: [OVERRIDE, ORDERS_FOREIGN],
    within: 24,
    boundary: "sentence",
  },
  {
    says: "asks to disregard instructions, in two languages",
    weight: 3,
    requires: FOREIGN_TEXT,
    parts: [
      OVERRIDE_FOREIGN,
      prose(
        /\b(?:previous|prior|earlier|system|secret|initial|hidden|original) (?:[a-z]{1,12} )?(?:instructions?|prompts?|rules|guidelines|directives)\b/gi,
        ...words("instruction prompt rules guideline directive"),
      ),
    ],
    within: 24,
    boundary: "sentence",
  },
];
