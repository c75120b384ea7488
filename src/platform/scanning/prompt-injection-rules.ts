import { pattern, prose, type TextRule } from "./text-rule.ts";

const category = "prompt-injection";
const OVERRIDE_REMEDY =
  "Remove text that tells the model to disregard other instructions; say what to do instead. If you quote an attack, say so beside it.";
const ROLE_REMEDY = "Remove text that poses as a system message or gives the model another identity or mode.";
const HIDE_REMEDY =
  "Remove what tells the model to keep something from its user: users must be able to see what is done for them.";
const SHOW_REMEDY = "Remove text that asks for the system prompt, earlier instructions or secrets.";

const OVERRIDE = prose(
  /\b(?:ignor(?:e|ing)|ignores(?= all)|disregard(?:ing)?|forget(?: about)?|forgotten(?: about)?|override|overrule|bypass|discard|neglect|drop|disobey|violate|go against|abandon|cancel|overlook|supersede|erase|delete|skip|pay no attention to|(?:do not|don't|dont|stop|no longer|never) (?:follow|obey|listen to|adhere to|comply with|look (?:in|at)))\b/gi,
  ..."ignor disregard forg overrid overrul bypass discard neglect drop disobey violate against abandon cancel overlook supersede erase delete skip attention follow obey listen adhere comply look".split(
    " ",
  ),
);
const EARLIER_ORDERS = prose(
  /\b(?:all|any|every|everything|your|our|previous|prior|preceding|above|below|last|given|earlier|foregoing|existing|original|initial|system|safety|content|other|past|these|those) (?:[a-z]{1,14} ){0,3}(?:instructions?|statements|conversations?|orders?|directions?|directives?|prompts?|rules|guidelines|guardrails|commands?|orders|constraints|restrictions|programming|training|techniques|policies|polic(?:y|ies)|filters?)\b/gi,
  ..."instruction statement conversation direction directive prompt rules guideline guardrail command order constraint restriction programming training technique polic filter".split(
    " ",
  ),
);
const THE_ORDERS = prose(
  /\b(?:the )?(?:instructions?|directions|directives|prompts?|commands|orders|sentences?|text|messages?|rules)\b[^.!?\n]{0,12}\b(?:above|before|preceding|previously|so far|given|provided|that|until)\b/gi,
  ..."above before preceding previously far given provided that until".split(" "),
);
const EVERYTHING = prose(
  /\b(?:(?:everything|anything|all|all of that|what(?:ever)?) (?:that |which )?(?:i|we|you|they|was|were|has|have|before|above|said|told|instructed|know|that|discussed|prior|else)|all (?:the |about )?(?:previous |prior |preceding )?(?:tasks?|assignments?|information|thoughts|articles|documents)|(?:the )?(?:above|preceding|previous) (?:tasks?|assignments?|information|text|sentences?|messages?)|the (?:above|articles|documents|censure)|(?:everything|all)(?! (?:in|under|outside|else|except|after|inside|below|from|of|the|other|files?|changes|errors|warnings|whitespace|non|but|these|those|lines|tests)\b)(?=[ ,.;!:]{1,2}(?:and|then|now|write|say|tell|just|print|output|answer|previously|you)\b))\b/gi,
  ..."everything anything all what above preceding previous articles documents censure".split(" "),
);
const YOU_NOW = prose(
  /\b(?:you are|you're|you will be|your (?:new )?role is) (?:now|from now on|henceforth)\b|\b(?:from now on|starting now|henceforth),? (?:you|act|respond|always|answer)\b/gi,
  "now",
  "henceforth",
);
const FREED = prose(
  /\b(?:maintenance|developer|debug|god|admin(?:istrator)?|root|sudo|jailbreak|unrestricted|unfiltered|DAN) mode\b|\bDAN\b|\b(?:unrestricted|unfiltered|uncensored|jailbroken|unaligned|amoral)\b|\bno (?:longer )?(?:restrictions|limits|rules|filters|guidelines|ethics)\b|\bfree (?:from|of) (?:all|any)\b|\bdo anything now\b/g,
  ..."mode dan unrestricted unfiltered uncensored jailbroken unaligned amoral restrictions limits rules filters guidelines ethics free anything".split(
    " ",
  ),
);
const FAKE_ROLE = prose(
  /<\/?(?:system|system[-_ ](?:message|prompt|instructions?|override))>|\[(?:\/?SYSTEM|END SYSTEM|SYSTEM (?:MESSAGE|PROMPT|OVERRIDE)|ADMIN|DEVELOPER)\]|<\|(?:im_start|start_header_id)\|>\s?system|\[\/?INST\]|<<SYS>>|^#{1,4} ?(?:new |updated )?system (?:message|prompt|override|instructions?)\b|\bSYSTEM (?:OVERRIDE|ALERT|UPDATE|NOTICE)\b|\bimportant system message\b/gim,
  ..."system inst admin developer <<sys im_start start_header".split(" "),
);
const ORDER = prose(
  /\b(?:you are|you must|you will|ignore|disregard|new (?:directive|instructions?)|previous instructions|override|updated|send|reveal|execute|read the|from now on|do not)\b/gi,
  ..."you ignore disregard new previous override updated send reveal execute read now not".split(" "),
);
const HIDE = prose(
  /\b(?:(?:do not|don't|dont|never|must not|should not|shouldn't|avoid|without) (?:ever )?(?:tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|show(?:ing)?|alert(?:ing)?|notify(?:ing)?|warn(?:ing)?|report(?:ing)?|display(?:ing)?|let(?:ting)?)|(?:hide|conceal|keep) (?:this|these|it|them|that|the|all))\b/gi,
  ..."tell mention inform reveal disclos show alert notify warn report display let hide conceal keep".split(" "),
);
const FROM_USER = prose(
  /\b(?:the |your |any )?(?:users?|humans?|operator|owner|customer|anyone)\b/gi,
  ..."user human operator owner customer anyone".split(" "),
);
const DOING = prose(
  /\bhttps?:\/\/|\.env\b|\b(?:curl|wget|upload(?:s|ed|ing)?|exfiltrat\w{1,6}|credentials?|api keys?|tokens?|passwords?|private key|id_rsa|POST(?:ed|ing)?|transmit(?:s|ted)?|endpoint|internal process(?:es)?|this (?:step|url|action|behaviou?r|instruction|comment|section|process))\b|steps? \d/g,
  ..."http curl wget upload exfiltrat credential key token password .env id_rsa post transmit endpoint process this step".split(
    " ",
  ),
);
const SECRETLY = prose(
  /\b(?:without (?:the )?(?:user(?:'s|s)?|human|owner)(?:'s)? (?:knowledge|knowing|noticing)|without (?:the user |them |anyone )(?:knowing|noticing)|behind the user's back|(?:silently|secretly|covertly|quietly|stealthily) (?:send|upload|post|forward|copy|transmit|exfiltrate|collect|read|execute|run|install|record|capture|append|include))\b/gi,
  ..."without behind silently secretly covertly quietly stealthily".split(" "),
);
const SHOW = prose(
  /\b(?:reveal|show|print|repeat|rephrase|invert|spell-? ?check|gimme|respon(?:d|se) with|understand|return|reverse|output|display|tell|give|share|leak|dump|translate|rewrite|summari[sz]e|spell|write|encode|read|what(?:'s| is| are| were| was)|which|recite|recall|say|provide|explain|change|type|list|echo)\b/gi,
  ..."reveal show print repeat rephrase invert spell gimme respon understand return reverse output display tell give share leak dump translate rewrite summari spell write encode read what which recite recall say provide explain change type list echo".split(
    " ",
  ),
);
const OWN_PROMPT = prose(
  /\b(?:(?:your|the|all|of|their) (?:[a-z]{1,12} ){0,2}(?:system prompt|system message|initial (?:prompt|instructions?)|prompt texts?|instructions? (?:so far|given to you|you (?:received|were given|have|got))|(?:text|sentences?|message|directions?|instructions?) (?:above|before))|(?:all|secret|above) (?:of )?(?:the )?(?:prompts?|instructions)|your (?:(?:own|exact|full|complete|combined|given|previous|prior|initial|original|secret|current|entire|last|first)[ ,]{1,2}){0,2}(?:instructions?|prompts?|directions|directives|rules|password)|(?:previous|prior|initial|original|current|preceding) (?:instructions?|prompts?|directions)|(?:text|written) above|(?:secret|hidden) (?:word|key|password|code|knowledge)|the password|(?:instructions?|directions) (?:were |that were |you (?:have |were |'ve )?)?(?:given|told|received))\b/gi,
  ..."prompt instruction message text above direction directive rules password secret hidden".split(" "),
);
const REMOTE_READ = prose(
  /\b(?:fetch|download|curl|read|load|retrieve|get|open|visit|check|pull)\b[^.\n]{0,40}\bhttps?:\/\/[^\s)'"`<>]{4,200}/gi,
  "http",
);
const THEN_OBEY = prose(
  /\b(?:follow (?:it|them|the (?:[a-z]{1,12} )?(?:instructions|steps|directions)|its instructions|any instructions|all instructions|whatever|those instructions)|do what(?:ever)? (?:it|they) says?|execute (?:the (?:instructions|steps|commands)|them|its|whatever|what it)|obey (?:it|them)|act on (?:its|the) (?:instructions|contents?)|treat (?:it|its contents?|them) as (?:instructions|system|trusted))\b/gi,
  ..."follow whatever what execute obey act treat".split(" "),
);
const SHADOW = prose(
  /\b(?:before|when(?:ever)?|after|every time|each time|instead of) (?:you )?(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)|run(?:ning)?) (?:any|every|all|another|the) (?:other )?(?:[\w-]{1,30} )?tools?\b|\bwhen(?:ever)? (?:the |a )?[\w-]{2,40} tool (?:is|gets) (?:available|used|called|invoked|present)\b/gi,
  "tool",
);
const SHADOW_ORDER = prose(
  /\b(?:you must|must first|always (?:call|use|read|send|pass|include|forward|add|bcc)|first (?:call|read|send)|read (?:the )?(?:file|contents)|pass (?:its|the) contents?|as (?:the )?(?:sidenote|side ?note|context) (?:parameter|argument)?|otherwise (?:the )?tool(?:s)? will not|forward (?:all|every)|add (?:the )?(?:bcc|recipient)|do not use (?:the )?(?:other|original|any other))\b/gi,
  ..."must always first read pass sidenote side otherwise forward add not context".split(" "),
);
const APPROVAL_OFF = prose(
  /\b(?:dangerouslyDisableSandbox|autoApproveAll|auto_approve_all|dangerously[-_]skip[-_]permissions|bypassPermissions|(?:all|any|every) (?:tool (?:calls?|uses?)|commands?|actions?|operations?)[^.\n]{0,40}(?:pre-?approved|auto-?approved)|do not ask (?:the user )?for (?:user |any |their )?(?:confirmation|permission|approval|consent)|without asking (?:for )?(?:permission|confirmation|approval|the user|first)|never (?:refuse|ask for (?:confirmation|permission|approval))|(?:skip|bypass|disable|ignore) (?:all |any |the |every )?(?:user )?(?:confirmations?|permission (?:checks?|prompts?)|approval (?:prompts?|steps?)|safety (?:checks?|filters?|guidelines|prompts?)|security (?:checks?|prompts?|warnings?)))\b/gi,
  ..."asking dangerously autoapprove auto_approve bypasspermissions approved ask never skip bypass disable ignore".split(
    " ",
  ),
);
const AGENT_MEMORY = prose(
  /\b(?:write|append|add|insert|update|modify|edit|save|put|inject|store|change|copy)\b[^\n]{0,80}(?:\bCLAUDE\.md|\bAGENTS\.md|\bGEMINI\.md|\bSOUL\.md|\bMEMORY\.md|\.cursorrules|\.windsurfrules|copilot-instructions\.md|\.claude\/settings(?:\.local)?\.json)/gi,
  ..."claude.md agents.md gemini.md soul.md memory.md .cursorrules .windsurfrules copilot-instructions .claude/settings".split(
    " ",
  ),
);
const NEW_TASK = prose(
  /\b(?:now (?:comes? |follows? )?(?:the |a |your )?(?:new|next|another|further|second) (?:tasks?|tests?|assignments?|instructions?|challenges?)|new (?:tasks?|assignments?|instructions?) (?:now )?(?:follows?|comes?|is|are|for you)|(?:focus|concentrate) (?:only )?on (?:your|the|this) (?:new )?task|you(?:'ve| have) been given new instructions|additional instructions?|we(?:'ll| will)? start (?:over )?with (?:a|our) new|new challenge for you|now (?:there are|further|come|new) (?:a few more |new |further )?tasks|these are new instructions|(?:need your )?help with another task|new directive)\b/gi,
  ..."new next another further second task additional instruction".split(" "),
);
const ROLE_PLAY = prose(
  /\b(?:i want you to act|act as (?:a|an|if|the|two)|pretend (?:to be|you|that)|imagine (?:you|being|that you)|you are (?:an? evil|the [a-z]{3,20}\b|written to|willing|allowed to)|i am (?:your |the )?(?:administrator|admin|developer|creator|programmer|god)|(?:in|play) the role of|role-?play(?:ing)? as|repeat after me|(?:completely |purely )?(?:theoretical|hypothetical)(?:ly)? (?:world|scenario|speaking)|speak like an?|answer in the style of|respond to all questions with|make something up|do the opposite|stay in character|despite what you|never break character|(?:say|write|output|print|answer) (?:only |just |me )?(?:the following|"))/gi,
  ..."act pretend imagine you i role repeat theoretical hypothetical speak style respond make opposite character despite say write output print answer".split(
    " ",
  ),
);
const STOP_AND = prose(
  /^(?:stop|halt|attention|achtung)\b[\s!,.:-]{1,5}|\b(?:stop|STOPP?) ?[-–:!] ?(?:write|say|print|answer|ich|i )/gi,
  "stop",
  "halt",
  "attention",
  "achtung",
);
const IN_OTHER_LANGUAGES = prose(
  /\b(?:ignorier\w{0,4}|vergesst|vergiss|vergessen sie|missachte\w{0,2}|überspring\w{0,3}|höre? nicht auf|abweichend (?:zu|von)|irrelevant)\b[^.!?\n]{0,50}(?:anweisung|instruktion|befehl|auftr[aä]g|vorherig|bisherig|vorangegangen|zuvor|davor|alles|obige|ausführungen|angaben|regeln|aufgaben|informationen)|(?:alle|sämtliche) (?:vorherigen|bisherigen|vorangegangenen) (?:anweisungen|instruktionen|aufgaben|informationen|befehle)[^.!?\n]{0,60}(?:vergessen|ignorieren|streichen|irrelevant|vergiss|löschen)|\b(?:ignore[rz]? (?:toutes|tout|les|ces|vos|tes)|oublie[rz]?|ne (?:tiens|tenez) pas compte)\b[^.!?\n]{0,40}(?:instructions|consignes|directives|ordres|règles|précédent)|\b(?:ignora(?:r|d|te)?|ignori|olvid(?:a|e|ar|ad)|omite|haz caso omiso|dimentica(?:re|ti)?|negeer|vergeet|zignoruj|zapomnij|zaboravi|ignoriraj)\b[^.!?\n]{0,40}(?:instrucciones|órdenes|reglas|anterior|indicaciones|todo (?:lo )?que|istruzioni|regole|precedent|instructies|opdrachten|instrukcj|poleceń|polecenia|sve (?:upute|instrukcije)|instrukcije)|\b(?:ignore|esqueça|desconsidere)\b[^.!?\n]{0,40}(?:instruções|ordens|regras|anteriores|comandos)|(?:yukarıdaki|önceki|tüm) [^.!?\n]{0,20}(?:talimat|komut)[^.!?\n]{0,20}(?:yok say|unut|görmezden)|(?:تجاهل|انس)[^.!?\n]{0,30}(?:التعليمات|الأوامر|السابقة)|निर्देश[^.!?\n]{0,30}(?:अनदेखा|भूल|नज़रअंदाज़)|(?:игнорируй|забудь|проигнорируй|не обращай внимания)[^.!?\n]{0,40}(?:инструкци|указани|правил|команд|предыдущ|всё|все )|(?:忽略|无视|忘记|忘掉|不要理会)[^。！？\n]{0,12}(?:指令|指示|说明|规则|提示|要求|内容)|(?:指示|命令|ルール|プロンプト|規則)[^。！？\n]{0,10}(?:無視|忘れ|従わな)|(?:지시|명령|규칙|프롬프트|지침)[^.!?\n]{0,10}(?:무시|잊어|따르지)/giu,
  ..."ignor vergiss vergessen vorherig bisherig vorangegangen missachte überspring hör abweichend irrelevant oublie compte olvid omite omiso ignora ignori dimentica negeer vergeet zignoruj zapomnij zaboravi vergesst obige ausführungen talimat komut تجاهل انس निर्देश esqueça desconsidere игнорируй забудь внимания 忽略 无视 忘记 忘掉 不要理会 無視 忘れ 従わな 무시 잊어 따르지".split(
    " ",
  ),
);
const HIDE_IN_OTHER_LANGUAGES = prose(
  /(?:sage|erzähle?|verrate?|teile?|informiere)\b[^.!?\n]{0,30}\bnutzer[^.!?\n]{0,20}\bnicht|ohne (?:dass|das wissen)[^.!?\n]{0,30}(?:nutzer|benutzer)|n(?:e |['’])(?:dis|dites|mentionne[rz]?|révèle[rz]?|informe[rz]?) (?:pas|rien|jamais)[^.!?\n]{0,30}utilisateur|à l'insu de l'utilisateur|no (?:le |se lo )?(?:digas|menciones|reveles|informes|muestres)[^.!?\n]{0,30}usuario|sin que el usuario|não (?:conte|mencione|revele|informe|diga)[^.!?\n]{0,30}usuário|sem que o usuário|не (?:говори|сообщай|упоминай|раскрывай|показывай)[^.!?\n]{0,30}пользовател|без ведома пользователя|不要(?:告诉|告知|提及|让)[^。！？\n]{0,10}用户|(?:ユーザー|利用者)に[^。！？\n]{0,16}(?:言わない|伝えない|知らせない|教えない)|사용자에게[^.!?\n]{0,16}(?:말하지|알리지|언급하지)/giu,
  ..."nutzer utilisateur usuario usuário пользовател 用户 ユーザー 利用者 사용자".split(" "),
);
const OTHER_LANGUAGE_WEAK = prose(
  /\b(?:stell(?:en sie|e)? (?:dir|sich)?[^.\n]{0,10}vor,? (?:du|dass|sie)|(?:ich möchte|möchte ich), dass (?:sie|du) als|du bist (?:jetzt|nun|kein)|bist du (?:jetzt|nun)|jetzt bist du|tu so,? als|neue(?:n|r)? aufgaben?|(?:zeige?|nenne?|gib|drucke?|formuliere)\b[^.!?\n]{0,40}(?:prompt|anweisung|folgenden texte|passwort|sql)|konzentriere dich|antworte (?:mit|nur)|sage? (?:einfach|nur|ja)|schreibe? (?:nur|einfach|demokratie)|gut gemacht|hervorragenden leistung|zweite test|tu as maintenant|tu es maintenant|imagine que tu|ahora eres|actúa como|agora você é|теперь ты|你现在是|假装你|扮演|あなたは今|今からあなたは|너는 이제|당신은 이제)/giu,
  ..."stell möchte bist jetzt tu neue prompt anweisung texte passwort sql konzentriere antworte sag schreib gut leistung test maintenant imagine ahora actúa agora теперь 你现在是 假装你 扮演 あなたは 너는 당신은".split(
    " ",
  ),
);

const FAKE_END = pattern(
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
const SPACED_OUT = pattern(/(?:\b[a-z] ){9}[a-z]\b/gi);

/** Text that would steer the model that reads it away from what its user and operator want. */
export const PROMPT_INJECTION_RULES: readonly TextRule[] = [
  {
    id: "fake-end",
    severity: "low",
    category,
    exceptKinds: ["model", "model-adapter", "dataset"],
    parts: [FAKE_END],
    message: "Pretends that the prompt around it has ended.",
    remedy: ROLE_REMEDY,
  },
  {
    id: "spaced-out",
    severity: "low",
    category,
    parts: [SPACED_OUT],
    message: "Writes words with a space after each letter, so that a search for them fails.",
    remedy: "Write plain words.",
  },
  {
    id: "instruction-override",
    severity: "high",
    category,
    mentionable: true,
    parts: [OVERRIDE, EARLIER_ORDERS],
    within: 24,
    boundary: "sentence",
    unless:
      /\b(?:ignore|skip) (?:rules|files?|patterns?|list)\b|\.(?:git|eslint|docker)ignore|\b(?:lint|eslint|css|style|firewall|cache|retention|routing|robots|email|mail|content) (?:rules|filters?|policies)\b/i,
    message: "Tells the model to disregard instructions it was given.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "instruction-override-foreign",
    severity: "high",
    category,
    mentionable: true,
    parts: [IN_OTHER_LANGUAGES],
    message: "Tells the model, in another language than English, to disregard instructions it was given.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "instruction-override-weak",
    severity: "medium",
    category,
    mentionable: true,
    parts: [OVERRIDE, THE_ORDERS],
    within: 16,
    boundary: "sentence",
    message: "May tell the model to disregard instructions it was given.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "context-reset",
    severity: "medium",
    category,
    mentionable: true,
    parts: [OVERRIDE, EVERYTHING],
    within: 16,
    boundary: "sentence",
    message: "Asks the model to forget what came before.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "new-task",
    severity: "low",
    category,
    exceptKinds: ["dataset", "evaluation"],
    parts: [NEW_TASK],
    message: "Announces new instructions, as text that takes over a conversation does.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "stop-and",
    severity: "low",
    category,
    kinds: ["prompt", "skill", "agent"],
    parts: [STOP_AND],
    message: "Interrupts what the model was doing.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    id: "role-hijack",
    severity: "high",
    category,
    mentionable: true,
    parts: [YOU_NOW, FREED],
    within: 60,
    boundary: "sentence",
    message: "Puts the model in a mode without its rules.",
    remedy: ROLE_REMEDY,
  },
  {
    id: "role-unbound",
    severity: "high",
    category,
    mentionable: true,
    parts: [
      prose(
        /\b(?:you are|act as|pretend to be|respond as|behave as|become)\b/gi,
        ..."you act pretend respond behave become".split(" "),
      ),
      prose(
        /\bDAN\b|\b(?:unrestricted|unfiltered|uncensored|jailbroken|unaligned|amoral)\b(?! (?:access|file|tool|internet|license|use))|\b(?:with no|without (?:any )?)(?: )?(?:restrictions|filters|limits|limitations|ethics|morals|guidelines|guardrails)\b/g,
        ..."dan unrestricted unfiltered uncensored jailbroken unaligned amoral with".split(" "),
      ),
    ],
    within: 60,
    boundary: "sentence",
    message: "Gives the model an identity that has no rules.",
    remedy: ROLE_REMEDY,
  },
  {
    id: "remote-system-prompt",
    severity: "high",
    category,
    mentionable: true,
    parts: [
      REMOTE_READ,
      prose(
        /\b(?:treat|use|take|adopt|regard|consider)\b[^.\n]{0,40}\bas (?:your |the |a )?(?:new |updated )?(?:system|trusted|highest[- ]priority|authoritative) (?:prompt|instructions?|messages?|directives?)\b/gi,
        ..."system trusted highest authoritative".split(" "),
      ),
    ],
    within: 120,
    message: "Takes text from the network for the system's own instructions.",
    remedy: "Ship the instructions with the asset.",
  },
  {
    id: "fake-system-message",
    severity: "high",
    category,
    mentionable: true,
    exceptKinds: ["model", "model-adapter", "dataset"],
    parts: [FAKE_ROLE, ORDER, OVERRIDE],
    within: 120,
    message: "Poses as a message of the system and overrides instructions.",
    remedy: ROLE_REMEDY,
  },
  {
    id: "fake-system-order",
    severity: "medium",
    category,
    mentionable: true,
    exceptKinds: ["model", "model-adapter", "dataset"],
    parts: [FAKE_ROLE, ORDER],
    within: 60,
    message: "Poses as a message of the system.",
    remedy: ROLE_REMEDY,
  },
  {
    id: "role-play",
    severity: "info",
    category,
    exceptKinds: ["dataset", "evaluation"],
    parts: [ROLE_PLAY],
    message: "Gives the model a role or words to repeat.",
    remedy: "Nothing to do when this is what the asset is for.",
  },
  {
    id: "role-play-foreign",
    severity: "info",
    category,
    exceptKinds: ["dataset", "evaluation"],
    parts: [OTHER_LANGUAGE_WEAK],
    message: "Gives the model a role, a new task or words to repeat, in another language than English.",
    remedy: "Nothing to do when this is what the asset is for.",
  },
  {
    id: "prompt-extraction",
    severity: "medium",
    category,
    mentionable: true,
    parts: [SHOW, OWN_PROMPT],
    within: 40,
    boundary: "sentence",
    exceptKinds: ["dataset", "evaluation"],
    unless: /\b(?:reset|forgot|enter|type|change|set|hash|store|confirm|new) (?:your |the |a )?password/i,
    message: "Asks the model for its instructions or for a secret it keeps.",
    remedy: SHOW_REMEDY,
  },
  {
    id: "concealment",
    severity: "medium",
    category,
    mentionable: true,
    parts: [HIDE, FROM_USER],
    within: 40,
    boundary: "sentence",
    message: "Tells the model to keep something from its user.",
    remedy: HIDE_REMEDY,
  },
  {
    id: "concealed-action",
    severity: "high",
    category,
    mentionable: true,
    parts: [HIDE, FROM_USER, DOING],
    within: 80,
    unordered: true,
    boundary: "line",
    message: "Tells the model to do something and to keep it from its user.",
    remedy: HIDE_REMEDY,
    unless:
      /\b(?:api[- ]?keys?|tokens?|passwords?|credentials|secrets?)\b[^.\n]{0,20}\b(?:in|to) (?:the )?(?:logs?|output|chat|terminal|console)|\b(?:stack traces?|error (?:details|messages?)|internal (?:errors?|details|ids?|names?))\b|\b(?:share|log|echo|print|expose|reveal|show|display)\w{0,3} (?:the |their |your |any |raw |full |a )?(?:user'?s? )?(?:api[- ]?keys?|tokens?|passwords?|credentials|secrets?|private keys?)/i,
  },
  {
    id: "secret-action",
    severity: "high",
    category,
    mentionable: true,
    parts: [SECRETLY],
    message: "Describes an action that the user shall not notice.",
    remedy: HIDE_REMEDY,
    unless:
      /\b(?:not|never|doesn't|won't|don't|can't|cannot|no) (?:\w{1,12} ){0,2}(?:without|silently|secretly|quietly)/i,
  },
  {
    id: "concealment-foreign",
    severity: "high",
    category,
    mentionable: true,
    parts: [HIDE_IN_OTHER_LANGUAGES],
    message: "Tells the model, in another language than English, to keep something from its user.",
    remedy: HIDE_REMEDY,
  },
  {
    id: "remote-instructions",
    severity: "medium",
    category,
    mentionable: true,
    parts: [REMOTE_READ, THEN_OBEY],
    within: 80,
    message: "Loads instructions from the network and follows them: they can change after this version was reviewed.",
    remedy: "Ship the instructions with the asset, or pin them by digest.",
  },
  {
    id: "tool-shadowing",
    severity: "high",
    category,
    mentionable: true,
    parts: [SHADOW, SHADOW_ORDER],
    within: 120,
    unordered: true,
    message: "Changes how the model uses other tools than its own.",
    remedy: "Describe only your own tool; leave out orders about other tools.",
  },
  {
    id: "approval-off",
    severity: "medium",
    category,
    mentionable: true,
    parts: [APPROVAL_OFF],
    message: "Turns off confirmation, sandbox or safety checks.",
    remedy: "Let the user decide what runs without asking.",
  },
  {
    id: "agent-memory-tampering",
    severity: "high",
    category,
    mentionable: true,
    parts: [AGENT_MEMORY, APPROVAL_OFF],
    within: 500,
    unordered: true,
    message: "Writes into the agent's own standing instructions or settings that checks are to be left out.",
    remedy: "Do not change the agent's standing instructions; ask the user to do so.",
  },
];
