import { noteCode, noteEnvironment } from "./code.ts";
import { noteCommandLine, notePaths, noteShell } from "./commands.ts";
import { noteHosts } from "./hosts.ts";
import { languageNamed } from "./languages.ts";
import type { Passage } from "./passage.ts";

/** What an agent takes as its instructions, wherever it lies; other Markdown is for people first. */
const INSTRUCTIONS =
  /(?:^|\/)(?:SKILL|AGENTS?|CLAUDE(?:\.local)?|GEMINI|copilot-instructions)\.md$|(?:^|\/)(?:\.cursorrules|\.windsurfrules)$|\.(?:mdc|prompty|prompt\.md|agent\.md|instructions\.md)$|(?:^|\/)(?:agents|commands|prompts|rules)\/(?:.{1,200}\/)?[^/]{1,200}\.md$/i;
export const isInstructions = (path: string): boolean => INSTRUCTIONS.test(path);
export const isMarkdown = (path: string): boolean => isInstructions(path) || /\.(?:md|mdx|markdown)$/i.test(path);

const FENCE = /^[ \t>]{0,16}(`{3,20}|~{3,20})[ \t]{0,4}\{?\.?([\w+-]{0,30})/;
/** Words by which a text has an agent send or fetch something. */
const TOLD =
  /\b(?:fetch(?:es|ing)?|download(?:s|ing)?|curl|wget|POST|PUT|send(?:s|ing)?|upload(?:s|ing)?|submit|WebFetch|webhooks?|endpoints?|base[ _-]?url|API (?:call|request|server)|query|request|connect(?:s|ing)?|clone)\b/i;
const FETCHES = /\b(?:curl|wget|Invoke-WebRequest|Invoke-RestMethod|iwr|irm|git clone)\b/i;

/**
 * Notes what a Markdown text has an agent do. In instructions, code counts as used and a sentence that tells to fetch counts
 * too; in other documents only a command that fetches does. Any other address is a link.
 */
export function noteMarkdown(passage: Passage, instructions: boolean): void {
  const { text } = passage;
  let fence: { mark: string; language: string; start: number } | null = null;
  let proseStart = 0;
  const prose = (end: number) => noteProse(passage.part(proseStart, end), instructions);
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const past = end < 0 ? text.length : end + 1;
    const match = FENCE.exec(text.slice(at, Math.min(past, at + 80)));
    if (match && fence === null) {
      prose(at);
      fence = { mark: match[1]!, language: match[2]!, start: past };
    } else if (match && fence !== null && match[1]!.startsWith(fence.mark) && match[2] === "") {
      noteFence(passage.part(fence.start, at), fence.language, instructions);
      fence = null;
      proseStart = past;
    }
    at = past;
  }
  if (fence === null) prose(text.length);
  else noteFence(passage.part(fence.start, text.length), fence.language, instructions);
}

function noteFence(passage: Passage, named: string, instructions: boolean): void {
  const language = languageNamed(named);
  const plain = named === "" || named === "text" || named === "json" || named === "yaml" || named === "http";
  if (!instructions || (language === null && plain)) noteProse(passage, instructions);
  else if (language === null) noteHosts(passage, () => "network-host");
  else if (language === "shell") noteShellBlock(passage);
  else noteCode(passage, language);
}

/** A block that may show a prompt before each command, and the output behind it. */
function noteShellBlock(passage: Passage): void {
  noteHosts(passage, () => "network-host");
  notePaths(passage);
  noteEnvironment(passage, "shell");
  if (!/^[ \t]{0,12}[$%] /m.test(passage.text)) noteShell(passage);
  for (const match of passage.text.matchAll(/^[ \t]{0,12}[$%] ([^\n]{1,2000})/gm))
    noteCommandLine(passage, match[1]!, match.index);
}

/** A command's file of an agent runs what stands in !`…` before the agent reads it. */
const RUN_INLINE = /(?<=^|[\s(])!`([^`\n]{1,500})`/gm;

function noteProse(passage: Passage, instructions: boolean): void {
  const { text } = passage;
  const told = instructions ? TOLD : FETCHES;
  noteHosts(passage, (offset) => {
    const from = Math.max(text.lastIndexOf("\n", offset) + 1, offset - 200);
    const to = text.indexOf("\n", offset);
    const line = text.slice(from, Math.min(to < 0 ? text.length : to, offset + 300));
    // The address itself may hold the word.
    return told.test(line.replace(/\S{0,300}:\/\/\S{0,300}/g, " ")) ? "network-host" : "links-to";
  });
  if (!instructions) return;
  for (const match of text.matchAll(RUN_INLINE)) noteCommandLine(passage, match[1]!, match.index);
}
