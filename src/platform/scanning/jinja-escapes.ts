import { excerptOf } from "./excerpt.ts";
import type { JinjaPiece } from "./jinja-lexer.ts";
import type { Problem } from "./model-scanner.ts";

const REMEDY = "Write the template with the variables that it is given, and nothing of Python's own.";
const DUNDER =
  /__(?:class|mro|base|bases|subclasses|globals|builtins|import|init|new|call|code|closure|dict|self|func|getattr|getattribute|getitem|setattr|reduce|reduce_ex|module|loader|spec|doc|qualname|wrapped|defaults|subclasshook|init_subclass)__/;
const ANY_DUNDER = /(?<!\w)__[a-z]\w{0,40}__(?!\w)/;
const HALF_DUNDER = /(?:^|[^\w])__[a-z]{2,20}$|^[a-z]{2,20}__(?:$|[^\w])/;
const ESCAPE_WORD =
  /^(?:mro|globals|subclasses|builtins|popen|getitem|func_globals|gi_frame|f_globals|cr_frame|tb_frame)$/;
const FRAMES = /\.\s{0,9}(?:gi_frame|gi_code|cr_frame|f_globals|f_builtins|func_globals|tb_frame|mro)\b/;
const ATTR = /\|\s{0,9}attr\b/;
const MAPPED_ATTR = /\|\s{0,9}(?:map|select|reject)\s{0,9}\(\s{0,9}"(\d{1,6})"/g;
const CHARS = /^(?:[^%]{0,3}%c){4}/;
const GLOBALS =
  /(?<![\w.])(?:lipsum\b|get_flashed_messages\b|url_for\b|self\s{0,9}\.\s{0,9}_|(?:cycler|joiner|namespace|caller|loop)\s{0,9}\.\s{0,9}_)/;
const PROGRAMS =
  /\.\s{0,9}(?:popen|Popen|system|check_output|spawnl|execv[ep]?)\s{0,9}\(|(?<![\w.])(?:os\s{0,9}\.\s{0,9}[a-z]|subprocess\b|importlib\b|(?:eval|exec|getattr|open|compile|popen)\s{0,9}\()/;
const HOST =
  /(?<![\w.])(?:config|request|app|session)\s{0,9}(?:\.\s{0,9}(?:application|environ|items|from_\w{1,20}|args|cookies|headers|root_path|SECRET\w{0,20}|get)\b|\[\s{0,9}")/;
const LOADS = /^\s{0,9}(?:import|from|include|extends)\b/;

interface Rule {
  id: string;
  severity: Problem["severity"];
  message: string;
  matches(piece: JinjaPiece): boolean;
}

const inString = (piece: JinjaPiece, regexp: RegExp): boolean => piece.strings.some(({ value }) => regexp.test(value));

function mapsAttr(piece: JinjaPiece): boolean {
  for (const [, index] of piece.code.matchAll(MAPPED_ATTR)) {
    if (piece.strings[Number(index)]?.value === "attr") return true;
  }
  return false;
}

/** A name that only the joined literals make: `'__cla' ~ 'ss__'`. */
const assembled = (piece: JinjaPiece): boolean =>
  piece.strings.length > 1 && DUNDER.test(piece.strings.map(({ value }) => value).join(""));

const OUT =
  "Reaches out of the template into Python's own objects: a program that renders it without a sandbox runs code.";
const RULES: readonly Rule[] = [
  {
    id: "sandbox-escape",
    severity: "critical",
    message: OUT,
    matches: (piece) => DUNDER.test(piece.code) || inString(piece, DUNDER) || FRAMES.test(piece.code),
  },
  {
    id: "program",
    severity: "critical",
    message: "Calls what starts programs, evaluates text or opens files.",
    matches: (piece) => PROGRAMS.test(piece.code),
  },
  {
    id: "assembled-name",
    severity: "critical",
    message: `Puts together a name out of pieces. ${OUT}`,
    matches: assembled,
  },
  {
    id: "computed-attribute",
    severity: "high",
    message: "Takes an attribute by a computed name, which templates of chats have no use for and escapes have.",
    matches: (piece) => ATTR.test(piece.code) || mapsAttr(piece) || inString(piece, CHARS),
  },
  {
    id: "hidden-name",
    severity: "high",
    message: "Holds a part of a name that leads into Python's own objects.",
    matches: (piece) => ANY_DUNDER.test(piece.code) || inString(piece, HALF_DUNDER) || inString(piece, ESCAPE_WORD),
  },
  {
    id: "escape-gadget",
    severity: "high",
    message: "Uses an object known as a way out of Jinja's sandbox.",
    matches: (piece) => GLOBALS.test(piece.code),
  },
  {
    id: "host-object",
    severity: "medium",
    message: "Reads an object of a web server, which a template of a chat is not given.",
    matches: (piece) => HOST.test(piece.code),
  },
  {
    id: "loads-template",
    severity: "medium",
    message: "Loads another template, which nobody sees here.",
    matches: (piece) => piece.kind === "statement" && LOADS.test(piece.code),
  },
];

/** Ways from a template into the program that renders it. `certain`: only what has no honest use in any Jinja template. */
export function sandboxEscapes(template: string, pieces: readonly JinjaPiece[], certain: boolean): Problem[] {
  const problems: Problem[] = [];
  const rules = certain ? RULES.filter((rule) => rule.id === "sandbox-escape" || rule.id === "assembled-name") : RULES;
  for (const rule of rules) {
    const piece = pieces.find((each) => each.kind !== "text" && each.kind !== "comment" && rule.matches(each));
    if (piece === undefined) continue;
    const { id, severity, message } = rule;
    problems.push({
      id,
      severity,
      message,
      excerpt: excerptOf(template, piece.start, piece.start + 160),
      remedy: REMEDY,
    });
    // What follows is a weaker sign of the same thing.
    if (severity === "critical") break;
  }
  return problems;
}
