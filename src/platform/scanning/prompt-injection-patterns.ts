import { pattern, prose } from "./text-rule.ts";

// What an instruction to a model is made of, in English; injection-vocabulary.ts has the other languages.

export const OVERRIDE = prose(
  /\b(?:ignor(?:e|ing)|ignores(?= all)|disregard(?:ing)?|forget(?: about)?|forgotten(?: about)?|override|overrule|bypass|discard|neglect|drop|disobey|violate|go against|abandon|cancel|overlook|supersede|erase|delete|skip|pay no attention to|(?:do not|don't|dont|stop|no longer|never) (?:follow|obey|listen to|adhere to|comply with|look (?:in|at)))\b/gi,
  ..."ignor disregard forg overrid overrul bypass discard neglect drop disobey violate against abandon cancel overlook supersede erase delete skip attention follow obey listen adhere comply look".split(
    " ",
  ),
);
export const EARLIER_ORDERS = prose(
  /\b(?:all|any|every|everything|your|our|previous|prior|preceding|above|below|last|given|earlier|foregoing|existing|original|initial|system|safety|content|other|past|these|those) (?:[a-z]{1,14} ){0,3}(?:instructions?|statements|conversations?|orders?|directions?|directives?|prompts?|rules|guidelines|guardrails|commands?|orders|constraints|restrictions|programming|training|techniques|policies|polic(?:y|ies)|filters?)\b/gi,
  ..."instruction statement conversation direction directive prompt rules guideline guardrail command order constraint restriction programming training technique polic filter".split(
    " ",
  ),
);
export const THE_ORDERS = prose(
  /\b(?:the )?(?:instructions?|directions|directives|prompts?|commands|orders|sentences?|text|messages?|rules)\b[^.!?\n]{0,12}\b(?:above|before|preceding|previously|so far|given|provided|that|until)\b/gi,
  ..."above before preceding previously far given provided that until".split(" "),
);
export const EVERYTHING = prose(
  /\b(?:(?:everything|anything|all|all of that|what(?:ever)?) (?:that |which )?(?:i|we|you|they|was|were|has|have|before|above|said|told|instructed|know|that|discussed|prior)|all (?:the |about )?(?:previous |prior |preceding )?(?:tasks?|assignments?|information|thoughts|articles|documents)|(?:the )?(?:above|preceding|previous) (?:tasks?|assignments?|information|text|sentences?|messages?)|the (?:above|articles|documents|censure)|(?:everything|all)(?! (?:in|under|outside|else|except|after|inside|below|from|of|the|other|files?|changes|errors|warnings|whitespace|non|but|these|those|lines|tests)\b)(?=[ ,.;!:]{1,2}(?:and|then|now|write|say|tell|just|print|output|answer|previously|you)\b))\b/gi,
  ..."everything anything all what above preceding previous articles documents censure".split(" "),
);
export const YOU_NOW = prose(
  /\b(?:you are|you're|you will be|your (?:new )?role is) (?:now|from now on|henceforth)\b|\b(?:from now on|starting now|henceforth),? (?:you|act|respond|always|answer)\b/gi,
  "now",
  "henceforth",
);
export const FREED = prose(
  /\b(?:maintenance|developer|debug|god|admin(?:istrator)?|root|sudo|jailbreak|unrestricted|unfiltered|DAN) mode\b|\bDAN\b|\b(?:unrestricted|unfiltered|uncensored|jailbroken|unaligned|amoral)\b(?! (?:feedback|opinions?|thoughts|views?|reviews?|criticism|free speech|photos?|data|list|access|coffee|beer))|\bno (?:longer )?(?:restrictions|limits|rules|filters|guidelines|ethics)\b|\bfree (?:from|of) (?:all|any)\b|\bdo anything now\b/g,
  ..."mode dan unrestricted unfiltered uncensored jailbroken unaligned amoral restrictions limits rules filters guidelines ethics free anything".split(
    " ",
  ),
);
export const FAKE_ROLE = prose(
  /<\/?(?:system|system[-_ ](?:message|prompt|instructions?|override))>|\[(?:\/?SYSTEM|END SYSTEM|SYSTEM (?:MESSAGE|PROMPT|OVERRIDE)|ADMIN|DEVELOPER)\]|<\|(?:im_start|start_header_id)\|>\s?system|\[\/?INST\]|<<SYS>>|^#{1,4} ?(?:new |updated )?system (?:message|prompt|override|instructions?)\b|\bSYSTEM (?:OVERRIDE|ALERT|UPDATE|NOTICE)\b|\bimportant system message\b/gim,
  ..."system inst admin developer <<sys im_start start_header".split(" "),
);
export const ORDER = prose(
  /\b(?:you are|you must|you will|ignore|disregard|new (?:directive|instructions?)|previous instructions|override|updated|send|reveal|execute|read the|from now on|do not)\b/gi,
  ..."you ignore disregard new previous override updated send reveal execute read now not".split(" "),
);
export const HIDE = prose(
  /\b(?:(?:do not|don't|dont|never|must not|should not|shouldn't|avoid|without) (?:ever )?(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|show(?:ing)?|alert(?:ing)?|notify(?:ing)?|warn(?:ing)?|report(?:ing)?|display(?:ing)?|let(?:ting)?)|(?:hide|conceal|keep) (?:this|these|it|them|that|the|all))\b/gi,
  ..."tell mention inform reveal disclos show alert notify warn report display let hide conceal keep".split(" "),
);
export const FROM_USER = prose(
  /\b(?:the |your |any )?(?:users?|humans?|operator|owner|customer|anyone)\b/gi,
  ..."user human operator owner customer anyone".split(" "),
);
export const DOING = prose(
  /\bhttps?:\/\/|\.env\b|\b(?:curl|wget|upload(?:s|ed|ing)?|exfiltrat\w{1,6}|credentials?|api keys?|tokens?|passwords?|private key|id_rsa|POST(?:ed|ing)?|transmit(?:s|ted)?|endpoint|internal process(?:es)?|this (?:step|url|action|behaviou?r|instruction|comment|section|process))\b|steps? \d/g,
  ..."http curl wget upload exfiltrat credential key token password .env id_rsa post transmit endpoint process this step".split(
    " ",
  ),
);
export const SECRETLY = prose(
  /\b(?:without (?:the )?(?:user(?:'s|s)?|human|owner)(?:'s)? (?:knowledge|knowing|noticing)|without (?:the user |them |anyone )(?:knowing|noticing)|behind the user's back|(?:silently|secretly|covertly|quietly|stealthily) (?:send|upload|post|forward|copy|transmit|exfiltrate|collect|read|execute|run|install|record|capture|append|include))\b/gi,
  ..."without behind silently secretly covertly quietly stealthily".split(" "),
);
export const SHOW = prose(
  /\b(?:reveal|show|print|repeat|rephrase|invert|spell-? ?check|gimme|respon(?:d|se) with|understand|return|reverse|output|display|tell|give|share|leak|dump|translate|rewrite|summari[sz]e|spell|write|encode|read|what(?:'s| is| are| were| was)|which|recite|recall|say|provide|explain|change|type|list|echo)\b/gi,
  ..."reveal show print repeat rephrase invert spell gimme respon understand return reverse output display tell give share leak dump translate rewrite summari spell write encode read what which recite recall say provide explain change type list echo".split(
    " ",
  ),
);
export const OWN_PROMPT = prose(
  /\b(?:(?:your|the|all|of|their) (?:[a-z]{1,12} ){0,2}(?:system prompt|system message|initial (?:prompt|instructions?)|prompt texts?|instructions? (?:so far|given to you|you (?:received|were given|have|got))|(?:text|sentences?|message|directions?|instructions?) (?:above|before))|(?:all|secret|above) (?:of )?(?:the )?(?:prompts?|instructions)|your (?:(?:own|exact|full|complete|combined|given|previous|prior|initial|original|secret|current|entire|last|first)[ ,]{1,2}){0,2}(?:instructions?|prompts?|directions|directives|rules|password)|(?:previous|prior|initial|original|current|preceding) (?:instructions?|prompts?|directions)|(?:text|written) above|(?:secret|hidden) (?:word|key|password|code|knowledge)|the password|(?:instructions?|directions) (?:were |that were |you (?:have |were |'ve )?)?(?:given|told|received))\b/gi,
  ..."prompt instruction message text above direction directive rules password secret hidden".split(" "),
);
export const REMOTE_READ = prose(
  /\b(?:fetch|download|curl|read|load|retrieve|get|open|visit|check|pull)\b[^.\n]{0,40}\bhttps?:\/\/[^\s)'"`<>]{4,200}/gi,
  "http",
);
export const THEN_OBEY = prose(
  /\b(?:follow (?:it|them|the (?:[a-z]{1,12} )?(?:instructions|steps|directions)|its instructions|any instructions|all instructions|whatever|those instructions)|do what(?:ever)? (?:it|they) says?|execute (?:the (?:instructions|steps|commands)|them|its|whatever|what it)|obey (?:it|them)|act on (?:its|the) (?:instructions|contents?)|treat (?:it|its contents?|them) as (?:instructions|system|trusted))\b/gi,
  ..."follow whatever what execute obey act treat".split(" "),
);
export const SHADOW = prose(
  /\b(?:before|when(?:ever)?|after|every time|each time|instead of) (?:you )?(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)|run(?:ning)?) (?:any|every|all|another|the) (?:other )?(?:[\w-]{1,30} )?tools?\b|\bwhen(?:ever)? (?:the |a )?[\w-]{2,40} tool (?:is|gets) (?:available|used|called|invoked|present)\b/gi,
  "tool",
);
export const SHADOW_ORDER = prose(
  /\b(?:you must|must first|always (?:call|use|read|send|pass|include|forward|add|bcc)|first (?:call|read|send)|read (?:the )?(?:file|contents)|pass (?:its|the) contents?|as (?:the )?(?:sidenote|side ?note|context) (?:parameter|argument)?|otherwise (?:the )?tool(?:s)? will not|forward (?:all|every)|add (?:the )?(?:bcc|recipient)|do not use (?:the )?(?:other|original|any other))\b/gi,
  ..."must always first read pass sidenote side otherwise forward add not context".split(" "),
);
export const APPROVAL_OFF = prose(
  /\b(?:dangerouslyDisableSandbox|autoApproveAll|auto_approve_all|dangerously[-_]skip[-_]permissions|bypassPermissions|(?:all|any|every) (?:tool (?:calls?|uses?)|commands?|actions?|operations?)[^.\n]{0,40}(?:pre-?approved|auto-?approved)|do not ask (?:the user )?for (?:user |any |their )?(?:confirmation|permission|approval|consent)|without asking (?:for )?(?:permission|confirmation|approval|the user|first)|never (?:refuse|ask for (?:confirmation|permission|approval))|(?:skip|bypass|disable|ignore) (?:all |any |the |every )?(?:user )?(?:confirmations?|permission (?:checks?|prompts?)|approval (?:prompts?|steps?)|safety (?:checks?|filters?|guidelines|prompts?)|security (?:checks?|prompts?|warnings?)))\b/gi,
  ..."asking dangerously autoapprove auto_approve bypasspermissions approved ask never skip bypass disable ignore".split(
    " ",
  ),
);
export const AGENT_MEMORY = prose(
  /\b(?:write|append|add|insert|update|modify|edit|save|put|inject|store|change|copy)\b[^\n]{0,80}(?:\bCLAUDE\.md|\bAGENTS\.md|\bGEMINI\.md|\bSOUL\.md|\bMEMORY\.md|\.cursorrules|\.windsurfrules|copilot-instructions\.md|\.claude\/settings(?:\.local)?\.json)/gi,
  ..."claude.md agents.md gemini.md soul.md memory.md .cursorrules .windsurfrules copilot-instructions .claude/settings".split(
    " ",
  ),
);
export const NEW_TASK = prose(
  /\b(?:now (?:comes? |follows? )?(?:the |a |your )?(?:new|next|another|further|second) (?:tasks?|tests?|assignments?|instructions?|challenges?)|new (?:tasks?|assignments?|instructions?) (?:now )?(?:follows?|comes?|is|are|for you)|(?:focus|concentrate) (?:only )?on (?:your|the|this) (?:new )?task|you(?:'ve| have) been given new instructions|additional instructions?|we(?:'ll| will)? start (?:over )?with (?:a|our) new|new challenge for you|now (?:there are|further|come|new) (?:a few more |new |further )?tasks|these are new instructions|(?:need your )?help with another task|new directive)\b/gi,
  ..."new next another further second task additional instruction".split(" "),
);
export const ROLE_PLAY = prose(
  /\b(?:i want you to act|act as (?:a|an|if|the|two)|pretend (?:to be|you|that)|imagine (?:you|being|that you)|you are (?:an? evil|the [a-z]{3,20}\b|written to|willing|allowed to)|i am (?:your |the )?(?:administrator|admin|developer|creator|programmer|god)|(?:in|play) the role of|role-?play(?:ing)? as|repeat after me|(?:completely |purely )?(?:theoretical|hypothetical)(?:ly)? (?:world|scenario|speaking)|speak like an?|answer in the style of|respond to all questions with|make something up|do the opposite|stay in character|despite what you|never break character|(?:say|write|output|print|answer) (?:only |just |me )?(?:the following|"))/gi,
  ..."act pretend imagine you i role repeat theoretical hypothetical speak style respond make opposite character despite say write output print answer".split(
    " ",
  ),
);
export const STOP_AND = prose(
  /^(?:stop|halt|attention|achtung)\b[\s!,.:-]{1,5}|\b(?:stop|STOPP?) ?[-–:!] ?(?:write|say|print|answer|ich|i )/gi,
  "stop",
  "halt",
  "attention",
  "achtung",
);
export const OTHER_LANGUAGE_WEAK = prose(
  /\b(?:stell(?:en sie|e)? (?:dir|sich)?[^.\n]{0,10}vor,? (?:du|dass|sie)|(?:ich möchte|möchte ich), dass (?:sie|du) als|du bist (?:jetzt|nun|kein)|bist du (?:jetzt|nun)|jetzt bist du|tu so,? als|neue(?:n|r)? aufgaben?|(?:zeige?|nenne?|gib|drucke?|formuliere)\b[^.!?\n]{0,40}(?:prompt|anweisung|folgenden texte|passwort|sql)|konzentriere dich|antworte (?:mit|nur)|sage? (?:einfach|nur|ja)|schreibe? (?:nur|einfach|demokratie)|gut gemacht|hervorragenden leistung|zweite test|tu as maintenant|tu es maintenant|imagine que tu|ahora eres|actúa como|agora você é|теперь ты|你现在是|假装你|扮演|あなたは今|今からあなたは|너는 이제|당신은 이제)/giu,
  ..."stell möchte bist jetzt tu neue prompt anweisung texte passwort sql konzentriere antworte sag schreib gut leistung test maintenant imagine ahora actúa agora теперь 你现在是 假装你 扮演 あなたは 너는 당신은".split(
    " ",
  ),
);

export const FAKE_END = pattern(
  /={4,12} ?END\b|(?:\\{1,3} ?n ?){6}|^[-=#*]{3,20} ?(?:end|begin|start) of (?:the )?(?:prompt|context|document|system|user|instructions?|input)\b|<\/(?:context|document|user_input|instructions)>\s{0,10}(?:new|now|ignore|you)/gim,
  "====",
  "\\n",
  "\\ n",
  "end of ",
  "start of ",
  "begin of ",
  "</context>",
  "</document>",
  "</user_input>",
  "</instructions>",
);
export const SPACED_OUT = pattern(/(?:\b[a-z] ){9}[a-z]\b/gi);
