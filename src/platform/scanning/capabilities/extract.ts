import type { Capability } from "../../../core/capability.ts";
import { EXECUTABLES, fileTypeOf, TYPE_BYTES } from "../file-type.ts";
import { readRange } from "../read-bytes.ts";
import type { ScanFile, ScanTarget } from "../scanner.ts";
import { type TextWindow, textWindows } from "../text-windows.ts";
import { noteCode } from "./code.ts";
import { createFactSet, type FactSet } from "./fact-set.ts";
import { noteHosts } from "./hosts.ts";
import { type Language, languageOf } from "./languages.ts";
import { filesNamedBy, manifestKindOf, noteDocument, noteManifest } from "./manifests.ts";
import { isInstructions, isMarkdown } from "./markdown.ts";
import { passageOf } from "./passage.ts";

type NamedFiles = Awaited<ReturnType<typeof namedFiles>>;

/**
 * What a version can do, from its files: sorted, each fact once, in time linear in their size and in bounded memory. It says
 * what is written there; a program that makes its words up as it runs can do more.
 */
export async function extractCapabilities(target: ScanTarget, signal: AbortSignal): Promise<Capability[]> {
  const facts = createFactSet();
  const named = await namedFiles(target, signal);
  for (const file of target.files) {
    signal.throwIfAborted();
    let language: Language | null = null;
    let windows = 0;
    for await (const window of textWindows(target, file, signal)) {
      if (windows++ === 0) language = languageOf(file.path, window.text);
      noteWindow(facts, window, language, named);
    }
    if (language !== null) facts.add("script", language, file.path, null);
    if (await isExecutable(target, file, language)) facts.add("executable-file", file.path, file.path, null);
  }
  return facts.facts();
}

async function namedFiles(target: ScanTarget, signal: AbortSignal) {
  const named = new Map<string, NonNullable<ReturnType<typeof manifestKindOf>>>();
  for (const file of target.files) {
    if (manifestKindOf(file.path, named) !== "plugin") continue;
    for await (const window of textWindows(target, file, signal))
      for (const [path, kind] of filesNamedBy(file.path, window.text)) named.set(path, kind);
  }
  return named;
}

function noteWindow(facts: FactSet, window: TextWindow, language: Language | null, named: NamedFiles): void {
  const { path } = window.file;
  const manifest = manifestKindOf(path, named);
  const markdown = isMarkdown(path);
  if (manifest === null && language === null && !markdown) return;
  for (const view of window.views) {
    const passage = passageOf(window, view, facts);
    // What was hidden in an encoding is not there for its reader to click on.
    if (view.origin === "decoded")
      noteHosts(passage, () => (markdown && !isInstructions(path) ? "links-to" : "network-host"));
    else if (manifest !== null) noteManifest(passage, manifest);
    else if (markdown) noteDocument(passage, path);
    else if (language !== null) noteCode(passage, language);
  }
}

/** A program by its first bytes whatever its mode, or a script or nameless file that may be run. */
async function isExecutable(target: ScanTarget, file: ScanFile, language: Language | null): Promise<boolean> {
  if (file.executable && (language !== null || !/\.[A-Za-z0-9]{1,10}$/.test(file.path))) return true;
  return EXECUTABLES.includes(fileTypeOf(await readRange(target, file, 0, TYPE_BYTES)));
}
