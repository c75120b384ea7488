import { createModelScanner, type Problem } from "./model-scanner.ts";
import { isNumpy, NUMPY_HEADER_BYTES, readNumpyHeader } from "./numpy-header.ts";
import type { Scanner } from "./scanner.ts";

const HEADER_LIMIT = 10_000;

/** Headers of NumPy arrays, also in .npz files; what pickle an array of objects holds, the pickle scanner walks. */
export const createNumpyScanner = (): Scanner =>
  createModelScanner({
    name: "numpy",
    version: "1",
    members: /\.npy$/i,
    remedy: "Save arrays of numbers or fixed-length text with numpy.save(…, allow_pickle=False).",
    async problems({ path, head, source, whole }) {
      if (!isNumpy(head)) {
        return /\.npy$/i.test(path)
          ? [{ id: "no-array", severity: "medium", message: "Is named a NumPy array and is none." }]
          : [];
      }
      const header = readNumpyHeader(await source.read(0, Math.min(source.size, NUMPY_HEADER_BYTES)));
      const problems: Problem[] = [];
      const bad = (id: string, severity: Problem["severity"], message: string, excerpt = "") =>
        problems.push({ id, severity, message, excerpt });
      if (header.dataStart > source.size) {
        if (whole) bad("beyond-end", "high", "Its header claims more bytes than the file has.", `${header.dataStart}`);
        return problems;
      }
      if (header.dataStart > HEADER_LIMIT) {
        bad("long-header", "medium", `Its header is longer than ${HEADER_LIMIT} bytes, which numpy refuses to read.`);
      }
      if (header.problem !== null) {
        bad(
          "no-literal",
          "high",
          "Its header is more than a plain literal: a reader that evaluates it would run it.",
          header.problem,
        );
      } else if (header.objects) {
        bad(
          "objects",
          "medium",
          "Is an array of Python objects, which is a pickle: numpy loads it with allow_pickle alone.",
        );
      } else if (whole && header.dataSize !== null && header.dataSize !== source.size - header.dataStart) {
        const has = source.size - header.dataStart;
        const message =
          has > header.dataSize
            ? "Bytes follow the array: something else may hide there."
            : "Lacks bytes that its shape asks for.";
        bad(
          "length-mismatch",
          has > header.dataSize ? "high" : "medium",
          message,
          `${has} of ${header.dataSize} bytes`,
        );
      }
      return problems;
    },
  });
