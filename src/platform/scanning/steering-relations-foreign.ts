import {
  CONSENT_FOREIGN,
  NOT_FOREIGN,
  SECRET_FOREIGN,
  SECRETLY_FOREIGN,
  SEND_FOREIGN,
  TELL_FOREIGN,
  USER_FOREIGN,
} from "./injection-vocabulary.ts";
import type { Signal } from "./passages.ts";
import { SECRECY, PRIVATE, AWAY, UNASKED, DECEIT, LASTING, STUFFED } from "./steering-signs.ts";
import { pattern } from "./text-rule.ts";

/** More than a word of another language nearby: some stems are written alike in English. */
const FOREIGN_PROSE =
  /[\u0400-\u1fff\u3040-\u9fff\uac00-\ud7a3]|(?:(?:[\u00df-\u00f6\u00f8-\u024f]|\b(?:der|das|und|nicht|ist|den|dem|eine?|du|les|des|une|est|que|vous|las|los|el|del|il|gli|che|di|het|een|van|nie|jest|para|com|con|sur|avec|mit|auf|zu)\b)[\s\S]{0,120}?){4}/i;

/** The signs of steering-relations.ts in the other languages, as far as the vocabularies go. */
export const FOREIGN_RELATIONS: readonly Signal[] = [
  {
    ...SECRECY,
    requires: FOREIGN_PROSE,
    parts: [NOT_FOREIGN, TELL_FOREIGN],
    within: 12,
    unordered: true,
    boundary: "sentence",
  },
  {
    ...UNASKED,
    requires: FOREIGN_PROSE,
    parts: [CONSENT_FOREIGN, NOT_FOREIGN],
    within: 20,
    unordered: true,
    boundary: "sentence",
  },
  {
    ...UNASKED,
    requires: FOREIGN_PROSE,
    parts: [
      USER_FOREIGN,
      pattern(
        /\b(?:zugestimmt|eingewilligt|einverstanden|abgesprochen|genehmigt|a (?:déjà )?(?:accepté|consenti|approuvé)|ha (?:ya )?(?:aceptado|aprobado|autorizado|consentido)|ha (?:già )?(?:accettato|acconsentito|approvato)|já (?:aceitou|concordou|autorizou)|согласил\p{L}{1,3}|одобрил\p{L}{0,2}|разрешил\p{L}{0,2})|已(?:经)?同意|已授权|同意済み|承認済み|이미 동의|동의했/giu,
        ..."zugestimmt eingewilligt einverstanden abgesprochen genehmigt accepté consenti approuvé aceptado aprobado autorizado consentido accettato acconsentito approvato aceitou concordou autorizou согласил одобрил разрешил 同意 授权 承認 동의".split(
          " ",
        ),
      ),
    ],
    within: 50,
    boundary: "sentence",
    unordered: true,
  },
  {
    ...LASTING,
    requires: FOREIGN_PROSE,
    parts: [
      pattern(
        /(?:in |bei |zu |nach |vor )?(?:jede[rsnm]?|sämtliche\p{L}?|immer|stets|künftig|toute?s?|chaque|toujours|désormais|cada|siempre|todas? las?|ogni|sempre|todas? as|em cada|кажд\p{L}{2,3}|всегда|перед вызовом|iedere?|altijd|każd\p{L}{1,3})\s(?:[\p{L}]{1,14}\s){0,2}?(?:antwort|gespräch|sitzung|nachricht|aufruf|mail|réponse|session|message|appel|respuesta|sesión|mensaje|llamada|risposta|sessione|messaggio|resposta|sessão|mensagem|ответ|сессии|сообщени|вызов|antwoord|sessie|odpowied)\p{L}{0,3}|每次|每个(?:会话|回答|回复)|从现在起|今后|毎回|すべての(?:回答|返信|会話)|今後|매번|모든 (?:답변|대화|세션)|앞으로/giu,
        ..."antwort gespräch sitzung nachricht aufruf mail réponse session message appel respuesta sesión mensaje llamada risposta sessione messaggio resposta sessão mensagem ответ сессии сообщени вызов antwoord sessie odpowied 每次 每个 从现在起 今后 毎回 すべての 今後 매번 모든 앞으로".split(
          " ",
        ),
      ),
    ],
  },
  {
    ...PRIVATE,
    requires: FOREIGN_PROSE,
    parts: [
      pattern(
        /(?:gesprächsverlauf|bisherige[nrs]? gespräch|verlauf des gesprächs|letzte[nr]? (?:frage|nachricht|eingabe)|umgebungsvariablen|historique de (?:la )?conversation|derni(?:er|ère)s? (?:question|message)|variables d'environnement|historial|última pregunta|variables de entorno|cronologia|ultima domanda|variabili d'ambiente|histórico|última pergunta|variáveis de ambiente|переменн\p{L}{1,3} окружени|истори\p{L}{1,2}|последн\p{L}{1,3} (?:вопрос|сообщени)|聊天记录|对话(?:历史|记录|内容)|会话|环境变量|会話(?:履歴|内容)|環境変数|대화 (?:기록|내용)|환경 변수)/giu,
        ..."gesprächsverlauf gespräch frage nachricht eingabe umgebungsvariablen historique question message variables historial pregunta cronologia domanda variabili histórico pergunta variáveis окружени истори вопрос сообщени 聊天记录 对话 会话 环境变量 会話 環境変数 대화 환경".split(
          " ",
        ),
      ),
    ],
  },
  {
    ...STUFFED,
    requires: FOREIGN_PROSE,
    parts: [
      SEND_FOREIGN,
      pattern(
        /(?:поле|параметр\p{L}?|аргумент\p{L}?|feld|champ|campo|argument|veld|pole|字段|参数|フィールド|パラメータ|引数|필드|매개변수|인자)\s?[`'"«]?[a-z_]{2,30}|[`'"][a-z_]{2,30}[`'"]?\s?(?:поле|параметр|feld|champ|campo|字段|参数|フィールド|パラメータ|引数|필드|매개변수|인자)/giu,
        ..."поле параметр аргумент feld champ campo argument veld pole 字段 参数 フィールド パラメータ 引数 필드 매개변수 인자".split(
          " ",
        ),
      ),
    ],
    within: 40,
    boundary: "sentence",
  },
  { ...PRIVATE, requires: FOREIGN_PROSE, parts: [SECRET_FOREIGN] },
  {
    ...AWAY,
    requires: FOREIGN_PROSE,
    parts: [
      pattern(
        /(?:trag\p{L}{0,2}|gast|empfänger|endet|enden|bild|füg\p{L}{0,2}|terminer|image|ajout\p{L}{0,4}|destinataire|invit\p{L}{0,3}|añad\p{L}{0,3}|termin\p{L}{0,4}|imagen|destinatari\p{L}|adicion\p{L}{0,3}|imagem|aggiung\p{L}|добав\p{L}{0,4}|получател\p{L}|картинк\p{L}|скача\p{L}{0,3}|添加|图片|收件人|下载|追加|画像|宛先|추가|이미지|수신자)(?!\p{L})/giu,
        ..."trag gast empfänger ende bild füg terminer image ajout destinataire invit añad termin imagen destinatari adicion imagem aggiung добав получател картинк скача 添加 图片 收件人 下载 追加 画像 宛先 추가 이미지 수신자".split(
          " ",
        ),
      ),
      pattern(/https?:\/\/|[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,10}\b/gi, "http", "@"),
    ],
    within: 80,
    unordered: true,
    boundary: "line",
  },
  { ...SECRECY, requires: FOREIGN_PROSE, parts: [SECRETLY_FOREIGN] },
  {
    ...DECEIT,
    requires: FOREIGN_PROSE,
    parts: [
      pattern(
        /\b(?:iban|bankverbindung|kontonummer|compte bancaire|cuenta bancaria|conto corrente|conta bancária)(?!\p{L})|реквизит\p{L}{0,2}|счёт\p{L}{0,2}|银行账|账户|振込先|口座|계좌/giu,
        ..."iban bankverbindung kontonummer bancaire bancaria corrente bancária реквизит счёт 银行账 账户 振込先 口座 계좌".split(
          " ",
        ),
      ),
      pattern(
        /(?:ersetz|austausch|tausche|setze|lösch|überschreib|remplac|échang|supprim|reemplaz|sustituy|cambi|borr|sostitui|cancell|substitu|troc|apag|замен|удал|подстав)\p{L}{0,4}|替换|改为|删除|置き換え|変更|差し替え|바꿔|교체|변경/giu,
        ..."ersetz austausch tausche setze lösch überschreib remplac échang supprim reemplaz sustituy cambi borr sostitui cancell substitu troc apag замен удал подстав 替换 改为 删除 置き換え 変更 差し替え 바꿔 교체 변경".split(
          " ",
        ),
      ),
    ],
    within: 60,
    unordered: true,
    boundary: "line",
  },
];
