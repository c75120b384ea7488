import {
  CONSENT_FOREIGN,
  EARLIER_FOREIGN,
  EVERYTHING_FOREIGN,
  FOREIGN_TEXT,
  NOT_FOREIGN,
  ORDERS_FOREIGN,
  OVERRIDE_FOREIGN,
  REVEAL_FOREIGN,
  ROLE_FOREIGN,
  SECRET_FOREIGN,
  SECRETLY_FOREIGN,
  SEND_FOREIGN,
  TELL_FOREIGN,
  UNBOUND_FOREIGN,
  USER_FOREIGN,
} from "./injection-vocabulary.ts";
import { DOING } from "./prompt-injection-patterns.ts";
import { HIDE_REMEDY, OVERRIDE_REMEDY, ROLE_REMEDY, SHOW_REMEDY } from "./prompt-injection-rules.ts";
import { pattern, type TextRule } from "./text-rule.ts";

const category = "prompt-injection";
const common = { category, mentionable: true, unordered: true, boundary: "sentence", requires: FOREIGN_TEXT } as const;
export const OWN_PROMPT_FOREIGN = pattern(
  /(?:system|initial|original|geheime?n?|dein|ihre|votre|vos|tes|tus|sus|tuas?|suas|tuoi|tue|jouw|je|swoj|twoj|sw[oó]j|tw[oó]j|систем|свои|твои|изначальн)[\p{L}-]{0,8}[\s-]{1,3}(?:[\p{L}-]{1,14}\s{1,3}){0,2}(?:prompt|anweisung|instru[kc]|instruç|consigne|istruzion|polece|промпт|промт|инструкц|указани)|system-?prompt|(?:系统|系統|初始|原始|你的|隐藏)(?:的)?(?:提示|指令|指示|设定)|(?:システム|あなたの|最初の|初期)(?:の)?(?:プロンプト|指示|設定|命令)|(?:시스템|너의|당신의|초기|원래)\s?(?:프롬프트|지시|지침|명령)/giu,
  ..."prompt anweisung instru consigne istruzion polece промпт промт инструкц указани 提示 指令 指示 设定 プロンプト 設定 命令 프롬프트 지시 지침 명령".split(
    " ",
  ),
);

/** The same behaviours in the other languages that people write: composed of injection-vocabulary.ts, not of sentences. */
export const FOREIGN_RULES: readonly TextRule[] = [
  {
    ...common,
    id: "instruction-override-foreign",
    severity: "high",
    parts: [OVERRIDE_FOREIGN, EARLIER_FOREIGN, ORDERS_FOREIGN],
    within: 36,
    message: "Tells the model, in another language than English, to disregard instructions it was given.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    ...common,
    id: "context-reset-foreign",
    severity: "medium",
    parts: [OVERRIDE_FOREIGN, EVERYTHING_FOREIGN],
    within: 20,
    message: "Asks the model, in another language than English, to forget what came before.",
    remedy: OVERRIDE_REMEDY,
  },
  {
    ...common,
    id: "role-unbound-foreign",
    severity: "high",
    parts: [ROLE_FOREIGN, UNBOUND_FOREIGN],
    within: 80,
    message: "Gives the model, in another language than English, an identity that has no rules.",
    remedy: ROLE_REMEDY,
  },
  {
    ...common,
    id: "prompt-extraction-foreign",
    severity: "medium",
    exceptKinds: ["dataset", "evaluation"],
    parts: [REVEAL_FOREIGN, OWN_PROMPT_FOREIGN],
    within: 30,
    message: "Asks the model, in another language than English, for its instructions.",
    remedy: SHOW_REMEDY,
  },
  {
    ...common,
    id: "concealment-foreign",
    severity: "medium",
    parts: [TELL_FOREIGN, USER_FOREIGN, NOT_FOREIGN],
    within: 24,
    message: "Tells the model, in another language than English, to keep something from its user.",
    remedy: HIDE_REMEDY,
  },
  {
    ...common,
    id: "concealed-action-foreign",
    severity: "high",
    boundary: "line",
    parts: [TELL_FOREIGN, USER_FOREIGN, NOT_FOREIGN, DOING],
    within: 80,
    message: "Tells the model, in another language than English, to do something and to keep it from its user.",
    remedy: HIDE_REMEDY,
  },
  {
    ...common,
    id: "secret-action-foreign",
    severity: "high",
    parts: [SECRETLY_FOREIGN, SEND_FOREIGN],
    within: 60,
    message: "Has something sent, in words of another language than English, that the user shall not notice.",
    remedy: HIDE_REMEDY,
  },
  {
    ...common,
    id: "secrets-sent-foreign",
    severity: "high",
    parts: [
      SEND_FOREIGN,
      SECRET_FOREIGN,
      pattern(/https?:\/\/|[\w.+-]{1,60}@[\w-]{1,60}\.[a-z]{2,10}\b/gi, "http", "@"),
    ],
    within: 80,
    boundary: "line",
    message: "Has secrets sent to an address, in words of another language than English.",
    remedy: "Do not send other programs' credentials away; ask the user for the one key that is needed.",
  },
  {
    ...common,
    id: "approval-off-foreign",
    severity: "medium",
    parts: [NOT_FOREIGN, CONSENT_FOREIGN],
    within: 20,
    // "Never without consent" and "do not skip" ask for it.
    unless:
      /(?:nicht|nie|niemals|jamais|pas|nunca|no|mai|não|niet|nooit|nigdy|никогда|не)\s(?:[\p{L}]{1,14}\s){0,5}?(?:ohne|sans|sin|senza|sem|zonder|bez|без)\s|überspring|跳过确认是禁止/iu,
    message: "Leaves out asking the user, in words of another language than English.",
    remedy: "Let the user decide what runs without asking.",
  },
];
