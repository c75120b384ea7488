import { Readable } from "node:stream";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { AppError, invalidRequest } from "../../core/error.ts";

const MAX_FIELDS = 50;
const MAX_FIELD_BYTES = 256 * 1024;

/** A multipart/form-data body (RFC 7578): text fields, and what `onFile` made of each file part. */
export interface Multipart<F> {
  fields: Record<string, string>;
  files: { field: string; filename: string; value: F }[];
}

/**
 * Reads a multipart body as it streams in; a file's bytes go to `onFile` and are never held here. Fields are at most 256 KiB,
 * parts at most 50. When something fails after a file was taken, the error is thrown and `onFile`'s results are handed to
 * `discard`.
 */
export async function readMultipart<F>(
  request: Request,
  onFile: (bytes: AsyncIterable<Uint8Array>, field: string) => Promise<F>,
  discard: (value: F) => Promise<void>,
): Promise<Multipart<F>> {
  const type = request.headers.get("Content-Type") ?? "";
  if (!type.toLowerCase().startsWith("multipart/form-data"))
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send the files as multipart/form-data.");
  if (!request.body) throw invalidRequest("The body is empty.");
  const parser = parserOf(type);
  const fields: Record<string, string> = {};
  const files: Promise<Multipart<F>["files"][number]>[] = [];
  const streams: Readable[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    parser.on("field", (name: string, value: string, _nameCut: boolean, valueCut: boolean) => {
      if (valueCut) reject(new AppError("PAYLOAD_TOO_LARGE", `The field ${name.slice(0, 40)} is too long.`));
      fields[name] = value;
    });
    parser.on("file", (field: string, stream: Readable, filename: string | undefined) => {
      // A part that breaks off says so whether or not anybody reads it; unheard, that would end the process.
      stream.on("error", () => {});
      streams.push(stream);
      const value = onFile(stream as AsyncIterable<Uint8Array>, field).then((value) => ({
        field,
        filename: filename ?? "",
        value,
      }));
      // Whatever stopped reading this part, the rest of the body must not wait for it.
      value.catch((error) => {
        stream.resume();
        reject(error);
      });
      files.push(value);
    });
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const)
      parser.on(limit, () => reject(invalidRequest("The form has too many parts.")));
    parser.on("finish", resolve);
    parser.on("error", () => reject(invalidRequest("The multipart body is damaged or incomplete.")));
  });
  const source = Readable.fromWeb(request.body as unknown as Parameters<typeof Readable.fromWeb>[0]);
  source.on("error", () => parser.destroy(new Error("aborted")));
  source.pipe(parser);
  try {
    await finished;
    return { fields, files: await Promise.all(files) };
  } catch (error) {
    source.destroy();
    // Nothing more comes: whoever still reads a part must not wait for it.
    for (const stream of streams) stream.destroy(new Error("aborted"));
    for (const file of await Promise.allSettled(files))
      if (file.status === "fulfilled") await discard(file.value.value);
    throw error;
  }
}

function parserOf(type: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": type } as BusboyHeaders,
      limits: { fields: MAX_FIELDS, files: 4, parts: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, headerPairs: 100 },
    });
  } catch {
    throw invalidRequest("The multipart Content-Type has no usable boundary.");
  }
}
