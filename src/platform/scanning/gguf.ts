import { findingsInText, payloadsIn } from "./embedded-text.ts";
import { isGguf, readGguf } from "./gguf-reader.ts";
import { createModelScanner } from "./model-scanner.ts";
import type { Scanner } from "./scanner.ts";

const NAMED = /\.(?:gguf|ggml)$/i;

/** Texts of the metadata that are templates: the scanner of chat templates looks at those. */
export const isTemplateKey = (key: string): boolean => /(?:chat_template|\.template)(?:$|\.)/i.test(key);

/** Headers of GGUF 2 and 3: counts, lengths, types and offsets inside of the file, and what its metadata tell. */
export const createGgufScanner = (): Scanner =>
  createModelScanner({
    name: "gguf",
    version: "1",
    members: NAMED,
    remedy: "Write the file again with the converter of llama.cpp, and publish it as that left it.",
    async problems(file, _kind, signal) {
      if (!isGguf(file.head)) {
        return /\.gguf$/i.test(file.path)
          ? [{ id: "no-gguf", severity: "medium", message: "Is named a GGUF file and is none." }]
          : [];
      }
      const { problems, texts } = await readGguf(file.source, file.whole, signal);
      const text = texts
        .filter(({ key }) => !isTemplateKey(key))
        .map(({ key, text }) => `${key}: ${text}`)
        .join("\n");
      if (text === "") return problems;
      const place = "its metadata";
      return [...problems, ...payloadsIn(place, text), ...(await findingsInText(file.path, place, text, signal))];
    },
  });
