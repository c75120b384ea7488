import type { Kind } from "../../core/kind.ts";
import { Unreadable } from "./byte-cursor.ts";
import { findingsInText } from "./embedded-text.ts";
import { excerptOf } from "./excerpt.ts";
import { isTemplateKey } from "./gguf.ts";
import { isGguf, readGguf } from "./gguf-reader.ts";
import { sandboxEscapes } from "./jinja-escapes.ts";
import { type JinjaPiece, lexJinja } from "./jinja-lexer.ts";
import { conditionalPayloads } from "./jinja-triggers.ts";
import type { ModelFile } from "./model-files.ts";
import { createModelScanner, type Problem } from "./model-scanner.ts";
import type { Finding, Scanner } from "./scanner.ts";

const JINJA = /\.(?:jinja2?|j2)$/i;
const JSON_NAMED = /(?:^|\/)(?:tokenizer_config|chat_template|processor_config|preprocessor_config|tokenizer)\.json$/i;
const OF_A_CHAT = /chat[-_.]?template|tokenizer/i;
const JSON_LIMIT = 32 * 1024 * 1024;
const TEMPLATE_LIMIT = 1024 * 1024;
const TEMPLATES = 32;
const ORDERS_WITH_URL =
  /\b(?:include|insert|add|append|embed|recommend|mention|link|visit|download|fetch|load|send|post|redirect|install)\b[^\n]{0,200}?\bhttps?:\/\/[^\s'"<>]{4}/i;
const REPLACE = /(?:\||\.)\s{0,9}replace\s{0,9}\(\s{0,9}"(\d{1,6})"\s{0,9},\s{0,9}"(\d{1,6})"/g;
const NATURAL = /^[\p{L}][\p{L}' -]{2,80}$/u;
const URL = /https?:\/\/[^\s/]{3}/i;

interface Template {
  text: string;
  /** `its chat template`, for messages. */
  place: string;
  line: number | null;
}

/** Jinja templates of chats: ways out of the sandbox, hidden instructions, and what is only done for some. */
export const createChatTemplateScanner = (): Scanner =>
  createModelScanner({
    name: "chat-template",
    version: "1",
    members: /\.(?:gguf|jinja2?|j2)$|(?:^|\/)(?:tokenizer_config|chat_template|processor_config)\.json$/i,
    remedy: "Publish the template that the model was trained with.",
    async problems(file, kind, signal) {
      const found: (Problem | Finding)[] = [];
      for (const template of await templatesOf(file, signal)) {
        found.push(...(await judge(file, template, kind, signal)));
      }
      return found;
    },
  });

async function templatesOf(file: ModelFile, signal: AbortSignal): Promise<Template[]> {
  if (isGguf(file.head)) return ggufTemplates(file, signal);
  if (JINJA.test(file.path)) {
    const bytes = await file.source.read(0, Math.min(file.source.size, TEMPLATE_LIMIT));
    return [{ text: new TextDecoder().decode(bytes), place: "the template", line: 1 }];
  }
  if (!JSON_NAMED.test(file.path)) return [];
  if (file.source.size > JSON_LIMIT) {
    // Vocabularies may be large; templates have no place in them.
    if (/tokenizer\.json$/i.test(file.path)) return [];
    throw new Unreadable(`it is larger than ${JSON_LIMIT / 1024 / 1024} MiB`);
  }
  return jsonTemplates(new TextDecoder().decode(await file.source.read(0, file.source.size)));
}

async function ggufTemplates(file: ModelFile, signal: AbortSignal): Promise<Template[]> {
  try {
    const { texts } = await readGguf(file.source, false, signal);
    return texts
      .filter(({ key }) => isTemplateKey(key))
      .slice(0, TEMPLATES)
      .map(({ key, text }) => ({ text, place: `${key.slice(0, 80)} of its metadata`, line: null }));
  } catch (error) {
    // The scanner of GGUF headers tells of it.
    if (error instanceof Unreadable) return [];
    throw error;
  }
}

function jsonTemplates(json: string): Template[] {
  const at = json.search(/"(?:chat_template|[\w-]{0,40}template)"/);
  const line = at === -1 ? 1 : json.slice(0, at).split("\n").length;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // Loaders refuse it as well; what it holds as text, the scanners of text have read.
    return [];
  }
  if (typeof value !== "object" || value === null) return [];
  const templates: Template[] = [];
  const add = (name: string, text: unknown) => {
    if (typeof text === "string" && templates.length < TEMPLATES)
      templates.push({ text: text.slice(0, TEMPLATE_LIMIT), place: name, line });
  };
  for (const [key, field] of Object.entries(value)) {
    if (!/template$/i.test(key)) continue;
    add(key, field);
    const named = Array.isArray(field)
      ? field
      : typeof field === "object" && field !== null
        ? Object.values(field)
        : [];
    for (const each of named)
      add(key, typeof each === "string" ? each : (each as { template?: unknown } | null)?.template);
  }
  return templates;
}

async function judge(
  file: ModelFile,
  template: Template,
  kind: Kind,
  signal: AbortSignal,
): Promise<(Problem | Finding)[]> {
  const pieces = lexJinja(template.text);
  const chat = !JINJA.test(file.path) || OF_A_CHAT.test(file.path) || kind === "model" || kind === "model-adapter";
  const problems = [
    ...sandboxEscapes(template.text, pieces, !chat),
    ...(chat ? [...conditionalPayloads(template.text, pieces), ...steering(template.text, pieces)] : []),
  ].map((problem) => ({ ...located(problem, template), message: `${problem.message} (In ${template.place}.)` }));
  // The text of a file of its own has been read by the scanners of text.
  if (JINJA.test(file.path)) return problems;
  return [...problems, ...(await findingsInText(file.path, template.place, template.text, signal))];
}

const located = (problem: Problem, { line }: Template): Problem => (line === null ? problem : { ...problem, line });

/** Orders to spread an address, and words of the user that are exchanged for others. */
function steering(text: string, pieces: readonly JinjaPiece[]): Problem[] {
  const problems: Problem[] = [];
  for (const piece of pieces) {
    if (piece.kind === "comment") continue;
    const written = piece.kind === "text" ? [piece.code] : piece.strings.map(({ value }) => value);
    if (written.some((each) => ORDERS_WITH_URL.test(each))) {
      problems.push({
        id: "spreads-address",
        severity: "high",
        message: "Tells the model to bring an address into what it does or says.",
        excerpt: excerptOf(text, piece.start, piece.start + 160),
      });
    }
    for (const [, from, to] of piece.code.matchAll(REPLACE)) {
      const [old, fresh] = [piece.strings[Number(from)]?.value ?? "", piece.strings[Number(to)]?.value ?? ""];
      if (!URL.test(fresh) && !(NATURAL.test(old) && NATURAL.test(fresh))) continue;
      problems.push({
        id: "rewrites-words",
        severity: URL.test(fresh) ? "high" : "medium",
        message: "Exchanges words of the conversation for others before the model sees them.",
        excerpt: excerptOf(text, piece.start, piece.start + 160),
      });
    }
    if (problems.length >= 6) break;
  }
  return problems;
}
