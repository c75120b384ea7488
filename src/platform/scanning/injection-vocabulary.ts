import { pattern, type Pattern } from "./text-rule.ts";

/** What an instruction to a model is made of, as word stems of one language; a space may be a line break in the text. */
interface Vocabulary {
  /** To disregard. */
  override: string;
  /** Which orders: earlier ones, all of them, the model's own. */
  earlier: string;
  orders: string;
  /** To show or repeat. */
  reveal: string;
  /** To tell somebody something. */
  tell: string;
  not: string;
  user: string;
  /** All that was said before. */
  everything: string;
  secretly: string;
  send: string;
  secret: string;
  /** You are now …, pretend to be … */
  role: string;
  /** … without rules. */
  unbound: string;
  /** To ask for consent. */
  consent: string;
}

// Stems are divided by "|". Words of Chinese, Japanese and Korean stand without borders; all others begin a word.
const LANGUAGES: Readonly<Record<string, Vocabulary>> = {
  de: {
    override:
      "ignorier|missacht|vergiss|vergess|vernachlässig|verwirf|verwerf|überspring|übergeh|umgeh|hör auf|höre auf|höre nicht|befolge nicht|befolge kein|folge nicht|nicht befolg|nicht beacht|beachte nicht|beachte kein|nicht mehr befolg|halte dich nicht|setze außer kraft|lösche|streiche|streichen|überschreib|abweichend von|ungeachtet",
    earlier:
      "alle|sämtlich|vorherig|bisherig|vorangegangen|vorangehend|vorstehend|früher|obig|obenstehend|oben|ursprünglich|dein|ihre|eure|zuvor|davor|vorig|gegeben|erhalten|jegliche|system|sicherheits",
    orders:
      "anweisung|instruktion|befehl|regel|vorgabe|richtlinie|auftrag|aufträge|aufgabe|prompt|einschränkung|beschränkung|leitlinie|vorschrift|programmierung|systemprompt|systemanweisung|systemnachricht|sicherheitsregel|sicherheitsrichtlinie|sicherheitsvorgabe|informationen|ausführungen|angaben",
    reveal:
      "zeig|nenn|gib|drucke|verrat|offenbar|wiederhol|formulier|schreib|übersetz|lies vor|lass mich wissen|was steht|wie lauten|wie lautet|was sind|welche",
    tell: "sag|sage|sagen|sagst|erzähl|verrat|teile|mitteil|mitzuteil|informier|erwähn|zeig|offenbar|bericht|melde|warn|hinweis|wissen lass|unterricht",
    not: "nicht|nichts|niemals|nie|kein|ohne",
    everything: "alles|zuvor|davor|bisher|vorher|obigen|obige|was ich",
    user: "nutzer|benutzer|anwender|kunde|kunden|menschen|besitzer",
    secretly:
      "heimlich|unbemerkt|im hintergrund|still und leise|stillschweigend|ohne wissen|ohne das wissen|verdeckt|insgeheim|verschweig|verheimlich|geheim halten|halte geheim",
    send: "sende|leite|schick|übermittel|übermittle|übertrag|lade hoch|hochlad|hochzulad|leite weiter|weiterleit|weiterzuleit|poste|exportier",
    secret:
      "zugangsdaten|passwort|passwörter|kennwort|kennwörter|api-schlüssel|apischlüssel|schlüsseldatei|umgebungsvariablen|privaten schlüssel|geheimnisse|gesprächsverlauf|anmeldedaten|token",
    role: "du bist jetzt|du bist nun|du bist ab sofort|du bist ab jetzt|sie sind jetzt|sie sind nun|bist du jetzt|bist du nun|ab sofort bist|ab jetzt bist|von nun an bist|tu so, als|tue so, als|stell dir vor, du|verhalte dich wie|spiele die rolle|gib dich als",
    unbound:
      "ohne einschränkung|ohne beschränkung|ohne regeln|ohne filter|ohne grenzen|keine regeln|keine einschränkung|keine grenzen|uneingeschränkt|unzensiert|ungefiltert|entwicklermodus|frei von allen|böse ki|böse künstliche",
    consent: "bestätigung|rückfrage|nachfrage|zustimmung|erlaubnis|genehmigung|nachzufragen|zu fragen|freigabe",
  },
  fr: {
    override:
      "ignorez|ignorer|ignore toutes|ignore tous|ignore tout|ignore les|ignore tes|ignore vos|ignore ces|ignore ton|ignore ce|ignore mes|oubli|ne tiens pas compte|ne tenez pas compte|ne tiens plus compte|sans tenir compte|fais abstraction|faites abstraction|néglige|outrepass|contourne|ne suis pas|ne suis plus|ne suivez pas|ne suivez plus|ne respecte pas|ne respectez pas|désobéi|annule|efface|laisse tomber|mets de côté|passe outre|cesse de suivre|arrête de suivre",
    earlier:
      "toutes|tous|tout|précédent|antérieur|ci-dessus|au-dessus|préalable|initial|original|originelle|tes|vos|ton|votre|système|sécurité|reçu|donnée|d'avant|avant|plus haut",
    orders:
      "instruction|consigne|directive|ordres|ordre|règle|commande|invite|prompt|restriction|contrainte|limite|garde-fou|programmation|politique|message|ce que",
    reveal:
      "montre|affiche|révèle|donne|répète|répéte|écris|imprime|traduis|quelles sont|quels sont|quelle est|quel est|dévoile|récite|cite|divulgue|résume",
    tell: "dis|dites|dire|mentionn|révèle|révéler|informe|préviens|prévenir|montre|signale|parle|avertis|avertir|divulgue",
    not: "ne|n'|n’|jamais|rien|sans",
    everything: "tout|tout ce|ce qui précède|ce que",
    user: "utilisateur|utilisatrice|humain|client|propriétaire|personne",
    secretly:
      "secrètement|en secret|discrètement|à l'insu|à l’insu|en silence|silencieusement|sans que l'utilisateur|sans que l’utilisateur|en arrière-plan|en cachette|furtivement|cache à|dissimule|cache cela|garde secret",
    send: "envoie|envoyez|envoyer|transmet|téléverse|téléversez|téléverser|transfère|transférez|transférer|publie|poste|exfiltr|expédie|communique",
    secret:
      "identifiants|mot de passe|mots de passe|clé api|clés api|clé d'api|clés d'api|clé d’api|clés d’api|clé privée|clés privées|variables d'environnement|variables d’environnement|jeton|secrets|historique de la conversation|historique de conversation",
    role: "tu es maintenant|tu es désormais|vous êtes maintenant|vous êtes désormais|tu es dorénavant|à partir de maintenant, tu|à partir de maintenant tu|désormais, tu|fais semblant|faites semblant|imagine que tu|comporte-toi comme|agis comme|joue le rôle|fais comme si|prétends être",
    unbound:
      "sans restriction|sans aucune restriction|sans limite|sans aucune limite|sans filtre|sans règle|aucune restriction|aucune règle|aucune limite|non censuré|mode développeur|sans éthique|sans censure|ia maléfique",
    consent: "confirmation|permission|autorisation|approbation|accord|consentement|demander",
  },
  es: {
    override:
      "ignora|ignoren|ignore todas|ignore todos|ignore todo|ignore las|ignore los|ignore sus|ignore el|ignore lo|olvida|olvide|olvidar|olviden|omite|omita|omitir|descarta|descarte|haz caso omiso|haga caso omiso|hacer caso omiso|no hagas caso|no sigas|no obedezcas|no respetes|deja de seguir|desobede|desatiende|pasa por alto|anula|sáltate|borra|elimina|prescinde",
    earlier:
      "toda|todas|todos|todo|anterior|previa|previo|de arriba|de antes|tus|sus|tu|sistema|original|inicial|seguridad|recibid|dadas|dada|precedente|antes|hasta ahora",
    orders:
      "instrucci|orden|órden|regla|directriz|directric|indicaci|pauta|comando|norma|restricci|limitaci|prompt|mensaje|programaci|política|lo que",
    reveal:
      "muestra|muéstra|muestre|revela|revele|dime|dame|repite|repita|escribe|imprime|traduce|cuáles son|cuál es|cuales son|enseña|enséñame|recita|divulga|resume",
    tell: "diga|digas|dig|decir|menciones|mencion|revele|informe|informes|inform|muestre|avise|avises|avis|cuente|cuentes|cont|notifi|comunique",
    not: "no|nunca|jamás|sin|nada",
    everything: "todo|todo lo|lo anterior|lo que|cuanto",
    user: "usuario|usuaria|humano|cliente|dueño|persona",
    secretly:
      "en secreto|secretamente|a escondidas|sin que el usuario|sin que la persona|silenciosamente|en silencio|discretamente|en segundo plano|sigilosamente|a espaldas|oculta|ocúlta|mantén en secreto",
    send: "envía|envia|envíe|enviar|envíalo|manda|mande|mandar|transmite|transmita|sube|suba|subir|reenvía|reenvíe|publica|publique|exfiltr|comparte",
    secret:
      "contraseña|credencial|clave api|claves api|clave de api|claves de api|claves|clave privada|claves privadas|variables de entorno|tokens|secretos|historial de la conversación|historial de conversación",
    role: "ahora eres|ahora serás|a partir de ahora eres|a partir de ahora, eres|a partir de ahora actúa|desde ahora eres|eres ahora|actúa como|finge ser|finge que|imagina que eres|haz de cuenta|compórtate como|hazte pasar|desempeña el papel",
    unbound:
      "sin restriccion|sin ninguna restricción|sin límites|sin limitaciones|sin filtro|sin reglas|ninguna restricción|sin censura|modo desarrollador|modo de desarrollador|sin ética|ia malvada",
    consent: "confirmaci|permiso|autorizaci|aprobaci|consentimiento|preguntar|consultar",
  },
  it: {
    override:
      "ignora|ignori|dimentica|dimentichi|scorda|trascura|tralascia|non seguire|non rispettare|non tenere conto|non considerare|disobbedisci|scarta|annulla|salta|elimina|cancella|smetti di seguire|lascia perdere",
    earlier:
      "tutte|tutti|tutto|precedent|anterior|sopra|tue|tuoi|sue|vostre|sistema|inizial|original|sicurezza|ricevut|date|prima|finora",
    orders:
      "istruzion|ordini|regole|direttiv|indicazion|comand|linee guida|restrizion|vincol|prompt|messagg|programmazion|politich|quello che|ciò che",
    reveal:
      "mostra|rivela|dimmi|dammi|ripeti|scrivi|stampa|traduci|quali sono|qual è|elenca|recita|divulga|riassumi|svela",
    tell: "dire|dica|menziona|rivelare|rivela|informare|informa|mostrare|mostra|avvisare|avvisa|segnala|raccontare|racconta|comunicare",
    not: "non|mai|senza|nulla|niente",
    everything: "tutto|tutto ciò|quello che|quanto",
    user: "utente|utenti|umano|cliente|proprietario|persona",
    secretly:
      "di nascosto|segretamente|in segreto|all'insaputa|all’insaputa|in silenzio|silenziosamente|senza che l'utente|senza che l’utente|in background|furtivamente|nascondi|tieni nascosto",
    send: "invia|inviare|invii|spedisci|spedire|manda|mandare|trasmetti|trasmettere|carica|inoltra|inoltrare|pubblica|esfiltra",
    secret:
      "credenziali|password|chiavi api|chiave api|chiavi private|chiave privata|variabili d'ambiente|variabili d’ambiente|variabili di ambiente|segreti|token|cronologia della conversazione",
    role: "ora sei|adesso sei|sei ora|d'ora in poi sei|d’ora in poi sei|da ora in poi sei|da adesso sei|fingi di|fai finta|immagina di essere|comportati come|agisci come|interpreta il ruolo",
    unbound:
      "senza restrizion|senza alcuna restrizione|senza limit|senza filtri|senza regole|nessuna restrizione|nessuna regola|senza censura|modalità sviluppatore|senza etica|non censurat",
    consent: "conferma|permesso|autorizzazione|approvazione|consenso|chiedere",
  },
  pt: {
    override:
      "ignorar|ignorem|ignore as|ignore os|ignore suas|ignore seus|ignore o que|ignore tudo|ignore todas|ignore todos|ignora as|ignora os|esqueça|esquece|esquecer|desconsider|descart|desrespeit|não siga|não obedeça|pare de seguir|deixe de seguir|desobede|anule|apague|pule|deixe de lado",
    earlier:
      "todas|todos|tudo|anterior|prévia|prévio|acima|suas|seus|tuas|teus|sistema|original|originais|inicia|segurança|recebid|dadas|até agora|antes",
    orders:
      "instruç|ordens|ordem|regra|diretriz|diretiv|orientaç|comando|restriç|limitaç|prompt|mensage|programaç|polític|o que",
    reveal:
      "mostre|mostra|revele|revela|diga|dê-me|repita|escreva|imprima|traduza|quais são|qual é|exiba|recite|divulgue|resuma",
    tell: "conte|contar|diga|dizer|mencione|mencionar|revele|revelar|informe|informar|mostre|mostrar|avise|avisar|relate|comunique|notifique",
    not: "não|nunca|jamais|sem|nada",
    everything: "tudo|tudo o que|o que",
    user: "usuário|utilizador|humano|cliente|dono|pessoa",
    secretly:
      "em segredo|secretamente|às escondidas|sem que o usuário|sem que o utilizador|sem o conhecimento|silenciosamente|em silêncio|discretamente|em segundo plano|furtivamente|esconda|oculte",
    send: "envie|enviar|envia|mande|mandar|transmita|transmitir|carregue|encaminhe|encaminhar|publique|exfiltr|compartilhe|faça upload",
    secret:
      "senha|credenciais|chaves de api|chave de api|chaves api|chave privada|chaves privadas|variáveis de ambiente|tokens|segredos|histórico da conversa",
    role: "agora você é|agora voce é|você agora é|agora tu és|a partir de agora você|a partir de agora, você|de agora em diante|finja ser|finja que|imagine que você|aja como|atue como|comporte-se como|faça de conta|assuma o papel",
    unbound:
      "sem restriç|sem nenhuma restrição|sem limites|sem limitaç|sem filtro|sem regras|nenhuma restrição|sem censura|modo desenvolvedor|modo de desenvolvedor|sem ética",
    consent: "confirmaç|permissão|autorizaç|aprovaç|consentimento|perguntar|pedir",
  },
  nl: {
    override:
      "negeer|negeren|vergeet|vergeten|sla over|overschrijf|omzeil|volg niet|houd je niet aan|hou je niet aan|gehoorzaam niet|laat varen|stop met het volgen|stop met volgen|verwerp|schrap",
    earlier:
      "alle|al je|vorige|voorgaande|eerdere|bovenstaande|je|jouw|uw|systeem|oorspronkelijk|gegeven|veiligheids|alles",
    orders:
      "instructie|opdracht|bevel|regels|richtlijn|aanwijzing|prompt|beperking|commando|voorschrift|veiligheidsregels|systeemprompt|berichten",
    reveal: "toon|onthul|geef|herhaal|schrijf|print|vertaal|laat zien|laat me zien|wat zijn|wat is|vertel",
    tell: "vertel|zeg|meld|noem|vermeld|informeer|onthul|toon|laat weten|waarschuw|laat zien|laat merken",
    not: "niet|niets|nooit|geen|zonder",
    everything: "alles|wat ik|het bovenstaande",
    user: "gebruiker|klant|eigenaar|mens",
    secretly:
      "stiekem|heimelijk|in het geheim|zonder medeweten|zonder dat de gebruiker|stilletjes|ongemerkt|op de achtergrond|in stilte|verzwijg|verberg",
    send: "stuur|verstuur|versturen|verzend|verzenden|upload|doorsturen|zend het|zend de|zend alle|zend mij|exfiltreer|deel",
    secret:
      "wachtwoord|inloggegevens|api-sleutel|apisleutel|privésleutel|omgevingsvariabelen|tokens|geheimen|gespreksgeschiedenis|sleutels",
    role: "je bent nu|jij bent nu|u bent nu|vanaf nu ben je|vanaf nu ben jij|doe alsof|gedraag je als|stel je voor dat je|speel de rol",
    unbound:
      "zonder beperking|zonder enige beperking|zonder regels|zonder filter|zonder limiet|zonder grenzen|geen regels|geen beperkingen|ongecensureerd|ontwikkelaarsmodus|onbeperkte",
    consent: "bevestiging|toestemming|goedkeuring|te vragen|akkoord",
  },
  pl: {
    override:
      "zignoruj|ignoruj|zignorow|ignorow|zapomnij|zapomnieć|pomiń|pomijaj|odrzuć|nie przestrzegaj|nie stosuj|nie słuchaj|nie wykonuj|przestań|obejdź|złam|anuluj|porzuć",
    earlier:
      "wszystk|wszelk|poprzedni|wcześniej|powyższ|dotychczasow|swoje|twoje|swoich|twoich|systemow|pierwotn|bezpiecze|otrzyman",
    orders: "instrukcj|polece|rozkaz|zasad|reguł|wytyczn|komend|prompt|ogranicze|nakaz|dyrektyw|informacj",
    reveal: "pokaż|wyświetl|ujawnij|podaj|powtórz|napisz|wypisz|przetłumacz|jakie są|jaki jest|zdradź|wyjaw",
    tell: "mów|powiedz|wspominaj|wspomnij|informuj|poinformuj|ujawniaj|ujawnij|pokazuj|pokaż|ostrzegaj|zdradzaj|powiadam",
    not: "nie|nigdy|bez|nic",
    everything: "wszystko|wszystkim|o wszystkim|powyższe",
    user: "użytkownik|człowiek|klient|właściciel",
    secretly: "potajemnie|po cichu|w tajemnicy|bez wiedzy|ukradkiem|skrycie|w tle|niepostrzeżenie|ukryj|zataj",
    send: "wyślij|wysyłaj|wysłać|prześlij|przesyłaj|przesłać|przekaż|opublikuj|załaduj|udostępnij",
    secret:
      "hasł|haseł|poświadcze|dane logowania|dane uwierzytelniające|klucze api|klucz api|klucze prywatne|klucz prywatny|zmienne środowiskowe|zmiennych środowiskowych|token|sekrety|historię rozmowy",
    role: "jesteś teraz|teraz jesteś|od teraz jesteś|od tej chwili jesteś|udawaj|wyobraź sobie, że jesteś|zachowuj się jak|wciel się|działaj jako",
    unbound:
      "bez ogranicze|bez żadnych ogranicze|bez zasad|bez żadnych zasad|bez filtrów|bez cenzury|bez limitów|nieograniczon|nieocenzurowan|tryb dewelopera|trybie dewelopera|trybie programisty",
    consent: "potwierdzeni|zgod|pozwoleni|zezwoleni|pytania|pytać|pytaj|zatwierdzeni",
  },
  ru: {
    override:
      "игнорир|проигнорир|забуд|забыт|пренебрег|отброс|отмени|обойди|нарушь|не обращай внимания|не следуй|не соблюдай|не слушай|не выполняй|перестань|сбрось|отключи|ігноруй|забудь",
    earlier:
      "все|всё|всех|всеми|любые|предыдущ|прежн|прошл|вышеуказан|выше|ранее|свои|твои|системн|изначальн|первоначальн|полученн|данные тебе|раньше|усі|попередн",
    orders:
      "инструкц|указани|правил|команд|приказ|распоряжен|промпт|промт|ограничен|директив|предписан|установк|настройк|сообщен|что было|інструкці|вказівк",
    reveal:
      "покажи|выведи|раскрой|назови|повтори|напиши|напечатай|переведи|какие у тебя|какие твои|расскажи|сообщи|перескажи|процитируй",
    tell: "говори|сообщай|сообщи|упоминай|раскрывай|показывай|рассказывай|информируй|предупреждай|уведомляй|скажи",
    not: "не|никогда|ничего|без",
    everything: "всё|все|обо всём|обо всем|о том|предыдущее",
    user: "пользовател|человек|клиент|владельц|юзер",
    secretly: "тайно|втайне|незаметно|скрытно|без ведома|тихо|молча|в фоне|украдкой|скрой|скрывай|умолчи|утаи",
    send: "отправь|отправля|отправить|пришли|перешли|перешлите|передай|передайте|загрузи|выгрузи|опубликуй|скинь|вышли",
    secret:
      "пароли|пароль|паролей|ключи|api-ключ|апи-ключ|ключ api|токен|учётные данные|учетные данные|секрет|переменные окружения|переменных окружения|историю переписки|историю диалога|приватный ключ|закрытый ключ",
    role: "теперь ты|ты теперь|с этого момента ты|отныне ты|притворись|представь, что ты|веди себя как|действуй как|играй роль",
    unbound:
      "без ограничен|без каких-либо ограничен|без правил|без фильтров|без цензуры|без лимитов|нет ограничений|нет правил|неограниченн|режим разработчика|режиме разработчика|без этики",
    consent: "подтвержден|разрешени|согласи|одобрени|спрашива",
  },
  tr: {
    override: "yok say|görmezden|unut|dikkate alma|göz ardı|yoksay|geçersiz kıl",
    earlier: "önceki|tüm|bütün|yukarıdaki|sistem|daha önce",
    orders: "talimat|komut|kural|yönerge|prompt",
    reveal: "göster|açıkla|tekrarla|yaz|söyle",
    tell: "söyle|bahset|bildir|göster",
    not: "söyleme|bahsetme|bildirme|gösterme",
    everything: "her şeyi|söylediklerimi",
    user: "kullanıcı",
    secretly: "gizlice|haberi olmadan|sessizce",
    send: "gönder|yükle|ilet",
    secret: "şifre|parola|kimlik bilgi|api anahtar|gizli anahtar",
    role: "artık sen|sen artık|bundan sonra sen|gibi davran",
    unbound: "sınırsız|kısıtlama olmadan|kuralsız|sansürsüz",
    consent: "onay|izin",
  },
  hr: {
    override: "zanemari|zaboravi|ignoriraj|preskoči",
    earlier: "sve|prethodn|ranij|gornj|svoje|tvoje",
    orders: "upute|uputa|instrukcij|naredb|pravila|informacij",
    reveal: "pokaži|otkrij|ponovi|ispiši",
    tell: "reci|spominj|obavijesti|otkrij",
    not: "ne|nemoj|nikad",
    everything: "sve",
    user: "korisnik",
    secretly: "potajno|krišom|bez znanja",
    send: "pošalji|prenesi",
    secret: "lozink|vjerodajnic|api ključ",
    role: "sada si|od sada si|pretvaraj se",
    unbound: "bez ograničenja|bez pravila",
    consent: "potvrd|dopušten",
  },
};

// Written without spaces, or with endings that follow directly.
const UNSPACED: readonly Vocabulary[] = [
  {
    override:
      "忽略|无视|無視|忘记|忘掉|忘記|不要理会|不要遵守|不要遵循|不要听从|不用理会|别管|抛开|绕过|跳过|覆盖|撤销|停止遵循|停止遵守|不再遵守|不再遵循|不必遵守|丢弃|放弃|违反|取代",
    earlier:
      "之前|以前|先前|上面|以上|上述|前面|所有|一切|全部|任何|你的|您的|系统|系統|原有|原来|原先|初始|此前|安全|既定",
    orders: "指令|指示|说明|說明|规则|規則|提示|内容|命令|限制|约束|设定|設定|准则|原则|指南|对话|政策|规定",
    reveal: "显示|展示|告诉我|透露|泄露|重复|输出|打印|写出|翻译|说出|给我看|是什么|列出|公开",
    tell: "告诉|告知|提及|让|透露|通知|提醒|显示|说明|披露",
    not: "不要|不得|别|不能|切勿|请勿|绝不|勿|无需|无须|不用|不必",
    everything: "之前|以上|前面|一切|所有|上面|全部",
    user: "用户|用戶|使用者|客户|主人",
    secretly: "偷偷|秘密地|暗中|悄悄|静默|不知情|私下|在后台|隐瞒|保密",
    send: "发送|发给|上传|传送|提交|转发|发布|传输|寄给|外发|回传",
    secret: "密钥|密码|凭据|凭证|令牌|环境变量|私钥|助记词|聊天记录|对话历史|会话历史",
    role: "你现在是|从现在开始你是|从现在起你是|从现在开始,你是|从现在起,你是|从现在开始，你是|从现在起，你是|假装你|扮演|假设你是|现在你是|你将扮演|请你扮演",
    unbound:
      "没有限制|不受限制|没有任何限制|无限制|不受任何限制|没有规则|没有道德|不受约束|开发者模式|越狱|无审查|没有过滤|未经审查",
    consent: "确认|许可|批准|同意|授权|询问",
  },
  {
    override: "無視|忘れ|従わな|従うな|破棄|無効に|取り消し|守らな|捨て|上書き|リセット|無効化",
    earlier:
      "以前|これまで|前の|上記|すべて|全て|全部|あなたの|システム|元の|先ほど|今まで|上の|既存|安全|最初|与えられ",
    orders: "指示|命令|ルール|プロンプト|規則|制約|制限|設定|ガイドライン|指令|会話|メッセージ",
    reveal: "表示|見せ|教え|繰り返|出力|開示|明かし|翻訳|書き出|示し|公開",
    tell: "言|伝え|知らせ|教え|報告|通知|告げ|見せ|話",
    not: "ない|せず|ずに|な。|禁止|なしで|不要",
    everything: "すべて|全て|これまで|上記|先ほど|今まで|以前",
    user: "ユーザー|ユーザ|利用者|使用者",
    secretly: "こっそり|密かに|ひそかに|秘密裏|黙って|気づかれ|知られず|バックグラウンド|隠し|秘密に|内緒",
    send: "送信|送って|送る|送れ|アップロード|転送|投稿|提出|送付",
    secret: "パスワード|APIキー|認証情報|秘密鍵|環境変数|トークン|会話履歴|資格情報|シークレット|鍵ファイル",
    role: "あなたは今|今からあなたは|これからあなたは|あなたはこれから|今後あなたは|になりきって|のふりをし|として振る舞|を演じ",
    unbound:
      "制限のない|制限なし|制限がない|無制限|ルールのない|フィルターなし|検閲なし|開発者モード|倫理観のない|制約のない",
    consent: "確認|許可|承認|同意",
  },
  {
    override: "무시|잊어|잊으|잊고|따르지|폐기|취소|버려|버리|우회|덮어쓰|무효",
    earlier: "이전|지금까지|위의|모든|앞의|당신의|너의|시스템|기존|원래|앞서|전체|안전|초기|받은",
    orders: "지시|명령|규칙|프롬프트|지침|제한|설정|가이드라인|제약|대화|메시지|안내",
    reveal: "보여|공개|알려|출력|반복|말해|번역|드러내|무엇",
    tell: "말하|알리|언급|보여|보고|통지|전하|이야기|밝히",
    not: "지 마|지마|않|말고|말 것|마세요|금지|없이",
    everything: "지금까지|모두|모든|앞서|위의|이전",
    user: "사용자|유저|이용자|고객",
    secretly: "몰래|비밀리|은밀|조용히|모르게|백그라운드|숨기|숨겨|비밀로|감추",
    send: "보내|전송|업로드|전달|게시|제출|송신",
    secret: "비밀번호|API 키|자격 증명|환경 변수|환경변수|토큰|개인 키|비밀 키|대화 기록|인증 정보|암호",
    role: "너는 이제|당신은 이제|이제부터 너는|이제부터 당신은|지금부터 너는|지금부터 당신은|인 척|처럼 행동|역할을 해|역할을 맡",
    unbound: "제한이 없는|제한 없는|제한 없이|무제한|규칙이 없는|규칙 없이|검열 없|필터 없|개발자 모드|윤리가 없는",
    consent: "확인|허락|승인|동의|허가",
  },
  {
    override: "تجاهل|انس|تجاوز|अनदेखा|भूल जा|नज़रअंदाज़",
    earlier: "جميع|السابقة|أعلاه|पिछले|सभी|पहले|ऊपर",
    orders: "التعليمات|الأوامر|القواعد|تعليمات|निर्देश|आदेश|नियम",
    reveal: "أظهر|اكشف|كرر|दिखा|बता",
    tell: "تخبر|تذكر|बता",
    not: "لا |मत|नहीं",
    everything: "كل|ما سبق|सब कुछ|पहले",
    user: "المستخدم|उपयोगकर्ता|यूज़र",
    secretly: "سرا|سراً|خفية|चुपके|गुप्त",
    send: "أرسل|ارسل|ارفع|भेज|अपलोड",
    secret: "كلمات المرور|كلمة المرور|مفاتيح|بيانات الاعتماد|पासवर्ड|क्रेडेंशियल|कुंजी",
    role: "أنت الآن|تظاهر|अब तुम|अब आप",
    unbound: "بدون قيود|بلا قيود|बिना किसी प्रतिबंध|बिना नियम",
    consent: "تأكيد|إذن|موافقة|पुष्टि|अनुमति",
  },
];

/** Endings a stem may take; those of Slavic and agglutinating languages are the longest. */
const ENDING = 12;
const unique = (words: readonly string[]): string[] => [...new Set(words)];
const longestWord = (phrase: string): string =>
  phrase
    .toLowerCase()
    .split(" ")
    .reduce((best, word) => (word.length > best.length ? word : best), "");
const literal = (text: string): string => text.replace(/[.*+?^${}()[\]\\]/g, "\\$&").replaceAll(" ", "\\s{1,3}");

/** How many letters may follow a stem: a short one with many would be half a dictionary. */
function endingOf(phrase: string, whole: boolean): string {
  const last = phrase.split(" ").at(-1)!.length;
  if (whole || last <= 3) return "(?!\\p{L})";
  return `\\p{L}{0,${last === 4 ? 2 : ENDING}}`;
}

/** Alternatives with their first letter written once: an engine that tries them in turn then tries few. */
function oneOf(phrases: readonly string[], ending: (phrase: string) => string): string {
  const byLetter = Map.groupBy(phrases, (phrase) => String.fromCodePoint(phrase.codePointAt(0)!));
  const groups = [...byLetter].map(([letter, words]) => {
    const rests = words.map((word) => literal(word.slice(letter.length)) + ending(word));
    return `${literal(letter)}(?:${rests.join("|")})`;
  });
  return `(?:${groups.join("|")})`;
}

/** Each composed pattern with the stems that it is made of. */
export const COMPOSED: { pattern: Pattern; stems: readonly string[] }[] = [];

/** One concept in every language but English. `whole`: the words of spaced languages take no ending. */
function inEveryLanguage(concept: keyof Vocabulary, whole = false): Pattern {
  const spaced = unique(Object.values(LANGUAGES).flatMap((words) => words[concept].split("|")));
  const unspaced = unique(UNSPACED.flatMap((words) => words[concept].split("|")));
  const composed = pattern(
    new RegExp(`(?<!\\p{L})${oneOf(spaced, (word) => endingOf(word, whole))}|${oneOf(unspaced, () => "")}`, "giu"),
    ...unique([...spaced, ...unspaced].map((phrase) => longestWord(phrase.trim()))),
  );
  COMPOSED.push({ pattern: composed, stems: [...spaced, ...unspaced] });
  return composed;
}

export const OVERRIDE_FOREIGN = inEveryLanguage("override");
export const EARLIER_FOREIGN = inEveryLanguage("earlier");
export const ORDERS_FOREIGN = inEveryLanguage("orders");
export const EVERYTHING_FOREIGN = inEveryLanguage("everything");
export const REVEAL_FOREIGN = inEveryLanguage("reveal");
export const TELL_FOREIGN = inEveryLanguage("tell");
export const NOT_FOREIGN = inEveryLanguage("not", true);
export const USER_FOREIGN = inEveryLanguage("user");
export const SECRETLY_FOREIGN = inEveryLanguage("secretly");
export const SEND_FOREIGN = inEveryLanguage("send");
export const SECRET_FOREIGN = inEveryLanguage("secret");
export const ROLE_FOREIGN = inEveryLanguage("role");
export const UNBOUND_FOREIGN = inEveryLanguage("unbound");
export const CONSENT_FOREIGN = inEveryLanguage("consent");

/** Words and letters by which a stretch of text is told from English; stems above are also written alike in English. */
export const FOREIGN_TEXT =
  /[\u00df-\u00f6\u00f8-\u024f\u0370-\u1fff\u3040-\u9fff\uac00-\ud7a3]|\b(?:der|das|und|nicht|ist|den|dem|ein|eine|ich|du|dein\w{0,2}|alle[ns]?|les|des|une|est|que|vous|los|las|el|del|il|gli|che|di|het|een|van|nie|jest|wszystk\w{1,4}|tutt[aeio]|tod[ao]s?|tudo|precedent[ei]|anteriores|tous|toutes?|alles|wat|seus?|suas?)\b/i;
