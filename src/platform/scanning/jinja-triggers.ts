import { excerptOf } from "./excerpt.ts";
import type { JinjaPiece } from "./jinja-lexer.ts";
import type { Problem } from "./model-scanner.ts";

const REMEDY =
  "Let the template write the same for everybody and at every time, or explain the condition to the reviewers.";
const NAME = /[A-Za-z_]\w{0,80}/g;
const CLOCK = /\b(?:strftime_now|now|utcnow|today|datetime|time)\s{0,9}\(/;
const COMPARISON =
  /[<>]=?|[!=]=|\bin\b|\.(?:startswith|endswith|find|index|count)\s{0,9}\(|\bis\s{1,9}(?:in|eq|equalto|gt|lt|ge|le|greaterthan|lessthan)\b/;
const ABOUT_SHAPE = /\.(?:type|role|name)\b|\[\s{0,9}"\d{1,6}"\s{0,9}\]\s{0,9}[!=]=/;
const CONTENT = /\.\s{0,9}(?:content|text)\b/;
const WHOLE_CHAT = /\bmessages?(?:\[[^\]]{0,40}\])?\s{0,9}\|\s{0,9}(?:string|tojson|join|map)\b/;
const PERSON = /(?<![\w.])(?:user|user_name|username|user_id|email|hostname|ip|country|locale|organization|tenant)\b/;
const INDEX = /"(\d{1,6})"/g;
const BY_KEY = /\[\s{0,9}"(\d{1,6})"\s{0,9}\]/g;
const ASSIGNMENT = /^\s{0,9}(?:set\s{1,9}([\w.]{1,80})\s{0,9}=|for\s{1,9}(\w{1,80})\s{1,9}in\b)/;
const STATEMENT = /^\s{0,9}(if|elif|else|endif|for|endfor)\b/;
/** A word or some words of a language, and not a mark that templates look for (`</think>`, `/no_think`, `tool_call`). */
const NATURAL = /^[\p{L}$@#][\p{L}\p{N}'’ ,.@$€£-]{2,200}$/u;
// What content is made of, not what it says.
const SHAPES = new Set(
  "image video audio text type content thinking reasoning document file name role json code output error url data none null true false system user assistant tool function refusal index input arguments default parts title".split(
    " ",
  ),
);
const MARKS = /<[^<>]{1,60}>|\[\/?[A-Z_]{2,30}\]|[{}[\]"\\]|\b[A-Z_]{3,30}\b/g;
const PAYLOAD_WORDS = 4;
const KEPT = 2_000;
const OPEN_BRANCHES = 20;

interface Branch {
  condition: JinjaPiece;
  trigger: "time" | "words" | "person";
  depth: number;
  text: string;
}

/** Conditions on the date, on words of the user or on who it is, and what the template writes where they hold. */
export function conditionalPayloads(template: string, pieces: readonly JinjaPiece[]): Problem[] {
  const names = new Names();
  const open: Branch[] = [];
  const problems: Problem[] = [];
  let depth = 0;
  const closeTo = (least: number) => {
    while (open.length > 0 && open.at(-1)!.depth >= least) problems.push(problemOf(template, open.pop()!));
  };
  for (const piece of pieces) {
    if (piece.kind === "comment") continue;
    const word = piece.kind === "statement" ? STATEMENT.exec(piece.code)?.[1] : undefined;
    if (word === "if" || word === "for") depth++;
    if (word === "elif" || word === "else") closeTo(depth);
    if (word === "endif" || word === "endfor") closeTo(depth--);
    // The words of a condition are not written.
    if (word === undefined) for (const branch of open) gather(branch, piece);
    if (piece.kind === "text") continue;
    names.learn(piece);
    const conditional = word === "if" || word === "elif";
    const condition = conditional ? piece : inlineCondition(piece);
    const trigger = condition === null ? null : triggerOf(condition, names);
    if (trigger === null || open.length >= OPEN_BRANCHES || problems.length >= OPEN_BRANCHES) continue;
    const branch: Branch = { condition: condition!, trigger, depth, text: "" };
    if (conditional) open.push(branch);
    else problems.push(problemOf(template, { ...branch, text: writtenBeside(condition!) }));
  }
  closeTo(0);
  return problems;
}

function gather(branch: Branch, piece: JinjaPiece): void {
  if (branch.text.length > KEPT) return;
  const text = piece.kind === "text" ? piece.code : piece.strings.map(({ value }) => value).join(" ");
  branch.text += ` ${text.slice(0, KEPT)}`;
}

/** Of `a if condition else b`, outside of an if statement, the condition. */
function inlineCondition(piece: JinjaPiece): JinjaPiece | null {
  const at = piece.code.search(/\sif\s/);
  return at === -1 ? null : { ...piece, code: piece.code.slice(at + 3).replace(/\selse\s[\s\S]*$/, "") };
}

/** The literals around a condition inside of an expression. */
function writtenBeside({ code, strings }: JinjaPiece): string {
  const asked = new Set([...code.matchAll(INDEX)].map(([, index]) => Number(index)));
  return strings
    .filter((_string, index) => !asked.has(index))
    .map(({ value }) => value)
    .join(" ");
}

function triggerOf(piece: JinjaPiece, names: Names): Branch["trigger"] | null {
  for (const clause of piece.code.split(/\b(?:and|or)\b/)) {
    if (!COMPARISON.test(clause)) continue;
    if (CLOCK.test(clause) || names.anyOf("clock", clause)) return "time";
    const natural = [...clause.matchAll(INDEX)].some(([, index]) =>
      isNatural(piece.strings[Number(index)]?.value ?? ""),
    );
    if (!natural || ABOUT_SHAPE.test(clause.replace(CONTENT, ""))) continue;
    if (speaksOfContent(clause, piece) || names.anyOf("content", clause)) return "words";
    if (PERSON.test(clause)) return "person";
  }
  return null;
}

const isNatural = (value: string): boolean =>
  NATURAL.test(value.trim()) && !SHAPES.has(value.trim().toLowerCase().replace(/s$/, ""));

function speaksOfContent(code: string, piece: JinjaPiece): boolean {
  if (CONTENT.test(code) || WHOLE_CHAT.test(code)) return true;
  return [...code.matchAll(BY_KEY)].some(([, index]) =>
    /^(?:content|text)$/.test(piece.strings[Number(index)]?.value ?? ""),
  );
}

/** Names that hold the time, or what somebody wrote. */
class Names {
  readonly #known = { clock: new Set<string>(), content: new Set<string>() };

  learn(piece: JinjaPiece): void {
    const assigned = piece.kind === "statement" ? ASSIGNMENT.exec(piece.code) : null;
    if (!assigned) return;
    const name = (assigned[1] ?? assigned[2])!.replace(/^.*\./, "");
    const value = piece.code.slice(assigned[0].length);
    if (CLOCK.test(value) || this.anyOf("clock", value)) this.#known.clock.add(name);
    if (assigned[1] !== undefined && (speaksOfContent(value, piece) || this.anyOf("content", value))) {
      this.#known.content.add(name);
    }
  }

  anyOf(what: "clock" | "content", code: string): boolean {
    const known = this.#known[what];
    if (known.size === 0) return false;
    for (const [name] of code.matchAll(NAME)) if (known.has(name)) return true;
    return false;
  }
}

const WHAT = { time: "the date", words: "words of the user", person: "who the user is" } as const;

function problemOf(template: string, { condition, trigger, text }: Branch): Problem {
  const words = text.replace(MARKS, " ").match(/\p{L}{2,40}/gu)?.length ?? 0;
  const writes = words >= PAYLOAD_WORDS;
  return {
    id: writes ? "conditional-payload" : "condition",
    severity: writes ? "high" : "medium",
    message: writes
      ? `Tells the model something more depending on ${WHAT[trigger]}: nobody who tries it otherwise sees it.`
      : `Behaves otherwise depending on ${WHAT[trigger]}.`,
    excerpt: excerptOf(template, condition.start, condition.start + 160),
    remedy: REMEDY,
  };
}
